/* A table, its findings, and notes on the method. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "cli/bench/scaling.h"
#include "cli/io/report_table.h"
#include "cli/io/three_digits.h"
#include "cli/io/with_error.h"
#include "cli/run/run_report.h"

/* In a shorter run, start and end distort the rate. */
static const double short_seconds = 0.02;

static void print_number(FILE *out, unsigned number, const char *what)
{
    fprintf(out, "%u %s%s", number, what, plural(number));
}

static void print_machine(FILE *out, const scaling *s)
{
    const mcpi_topology *const t = &s->topology;
    const mcpi_device *const cpu = &s->sweep->rows[0].device;
    fprintf(out, "%s, kernel %s: ", cpu->name, cpu->kernel);
    if (t->known) {
        print_number(out, t->cores, "physical core");
        fputs(", ", out);
    }
    print_number(out, t->threads, "hardware thread");
    if (t->workers < t->threads)
        fprintf(out, ", limited by a quota to the time of %u", t->workers);
    if (!t->known)
        fputs("\nwhich of them share a core is unknown: each is treated as a core", out);
    fprintf(out,
            s->weak ? "\nweak scaling: %" PRIu64 " darts for each worker%s\n\n"
                    : "\nstrong scaling: the same %" PRIu64 " darts for any number of workers%s\n\n",
            s->sweep->darts, s->steps[0].row->worker_kind == MCPI_WORKERS_PROCESSES ? " in processes" : "");
}

/* ---- the headline ---- */

typedef struct number_text {
    char text[32];
} number_text;

/* The median with its error, times `unit`; "-" if it is unknown. */
static number_text measured(const mcpi_spread *spread, double unit)
{
    number_text number;
    median_with_error(number.text, spread, unit);
    return number;
}

/* The last step that does not share CPUs. */
static const scaling_step *whole_cpu(const scaling *s)
{
    const scaling_step *const last = scaling_last_at(s, PLACE_HYPERTHREADS);
    return last ? last : scaling_last_at(s, PLACE_CORES);
}

/* Only a sweep whose counts agree has a headline. */
static void print_headline(FILE *out, const scaling *s)
{
    const scaling_step *const cpu = whole_cpu(s);
    const scaling_step *const gpus = scaling_last_at(s, PLACE_GPU);
    char rate[16];
    if (cpu->row->workers > 1)
        fprintf(out, "%u workers are %s times as fast as one; efficiency %.0f %%; all counts agree\n",
                cpu->row->workers, measured(&cpu->speedups, 1.0).text, 100.0 * scaling_efficiency(cpu));
    else
        fprintf(out, "One worker counts %s darts/s; all counts agree\n", three_digits(rate, cpu->rates.median));
    if (gpus)
        fprintf(out, "%s %s %s times as fast as one worker\n", scaling_name_of(gpus).text,
                gpus->row->gpus > 1 ? "are" : "is", measured(&gpus->speedups, 1.0).text);
    fputc('\n', out);
}

/* ---- the table ---- */

/* The median alone, in the digits that its error justifies. */
static number_text without_error(const mcpi_spread *spread, double unit)
{
    number_text number = measured(spread, unit);
    char *const error = strstr(number.text, " +-");
    if (error)
        *error = '\0';
    return number;
}

static void add_step(table *t, const scaling_step *step)
{
    const double percent = step->row->kind == SWEEP_CPU ? 100.0 / step->row->workers : NAN;
    char rate[16];
    table_add(t, "%s", scaling_name_of(step).text);
    table_add(t, "%s", scaling_place_name(step->place));
    table_add_time(t, step->seconds.median, "");
    table_add_time(t, step->setup_seconds.median, "");
    table_add(t, "%s", three_digits(rate, step->rates.median));
    table_add(t, "%s", measured(&step->speedups, 1.0).text);
    table_add(t, isfinite(percent) ? "%s %%" : "%s", without_error(&step->speedups, percent).text);
}

/* At most 80 columns as text. */
static void print_steps(FILE *out, const scaling *s, table_printer *print)
{
    static const table_column columns[] = {{"workers", false},   {"on", true},       {"time", false},
                                           {"set-up", false},    {"darts/s", false}, {"speed-up", false},
                                           {"efficiency", false}};
    table t = table_begin(columns, sizeof columns / sizeof *columns);
    for (int i = 0; i < s->count; i++)
        add_step(&t, &s->steps[i]);
    print(out, &t);
    table_free(&t);
    fputc('\n', out);
}

/* ---- findings ---- */

/* The efficiency of the last step on cores, which needs no law. */
static void print_efficiency(FILE *out, const scaling *s)
{
    const scaling_step *const last = scaling_last_at(s, PLACE_CORES);
    fprintf(out, "%u workers on cores of their own have an efficiency of %s %%.\n", last->row->workers,
            measured(&last->speedups, 100.0 / last->row->workers).text);
}

/* A clock that falls as more cores work looks like serial work: see docs/scaling.md. */
static void print_law(FILE *out, const scaling *s, const char *law)
{
    const mcpi_spread speedup = scaling_prediction(s);
    char text[3][16];
    fprintf(out,
            "%s's law fits with a serial fraction of %.2f %% (95 %%: %.2f to %.2f %%).\n"
            "It gives %u workers a speed-up of %s (%s to %s). A clock that falls as\n"
            "more cores work looks the same, without serial work: more cores then lose less.\n",
            law, 100.0 * s->serial.median, 100.0 * s->serial.low, 100.0 * s->serial.high, scaling_predicted_workers(s),
            three_digits(text[0], speedup.median), three_digits(text[1], speedup.low),
            three_digits(text[2], speedup.high));
}

static void print_bound(FILE *out, const scaling *s, const char *law)
{
    char text[16];
    fprintf(out,
            "No loss beyond the noise: by %s's law the serial fraction is at most\n"
            "%.2f %%, and %u workers have a speed-up of at least %s.\n",
            law, 100.0 * scaling_most_serial(s), scaling_predicted_workers(s),
            three_digits(text, scaling_least_speedup(s)));
}

static void print_fit(FILE *out, const scaling *s)
{
    const char *const law = s->weak ? "Gustafson" : "Amdahl";
    char text[16];
    if (s->fitted > 1)
        print_efficiency(out, s);
    if (s->verdict == LAW_HOLDS)
        print_law(out, s, law);
    else if (s->verdict == LAW_NO_LOSS)
        print_bound(out, s, law);
    else if (s->verdict == LAW_MISFIT)
        fprintf(out, "%s's law does not fit: a step differs by %s %%, which is beyond its noise.\n", law,
                three_digits(text, 100.0 * s->misfit));
    else
        fprintf(out, "%s's law needs at least %s.\n", law,
                s->verdict == LAW_FEW_STEPS ? "three steps on cores" : "6 rounds");
}

/* `before` and `behind` surround the number of the first worker of this kind. */
static void print_gain(FILE *out, const scaling_gain *g, const char *before, const char *behind)
{
    const bool is_loss = g->gain.median < 0.0;
    if (g->to)
        fprintf(out, "%s %u%s: %u count %s %% %s than %u.\n", before, g->from->row->workers + 1, behind,
                g->to->row->workers, measured(&g->gain, is_loss ? -100.0 : 100.0).text, is_loss ? "less" : "more",
                g->from->row->workers);
}

/* Several GPUs against the first. */
static void print_gpus(FILE *out, const scaling *s, const scaling_step *step)
{
    const double efficiency = scaling_gpu_efficiency(s, step);
    if (step->row->kind != SWEEP_GPU || step->row->gpus < 2)
        return;
    fprintf(out, "%s count %s times as fast as %s", step->row->label, measured(&step->gpu_speedups, 1.0).text,
            s->sweep->gpus[0].id);
    if (isfinite(efficiency))
        fprintf(out, ", an efficiency of %s %%.\n", measured(&step->gpu_speedups, 100.0 / step->row->gpus).text);
    else
        fputs("; they are different models.\n", out);
}

static void print_models(FILE *out, const scaling *s)
{
    const mcpi_device *const first = s->sweep->gpus;
    const mcpi_device *const other = sweep_other_model(s->sweep, s->sweep->gpu_count);
    if (other)
        fprintf(out, "The GPUs are different models: %s is %s, %s is %s.\n", first->id, first->name, other->id,
                other->name);
}

static void print_findings(FILE *out, const scaling *s)
{
    print_fit(out, s);
    print_gain(out, &s->hyperthreads, "Hyperthreads begin at", " workers");
    print_gain(out, &s->shared, "From", " on there are more workers than CPUs");
    for (int i = 0; i < s->count; i++)
        print_gpus(out, s, &s->steps[i]);
    print_models(out, s);
}

/* ---- kinds of workers ---- */

static void add_cost(table *t, const scaling *s, const scaling_step *step)
{
    const scaling_cost cost = scaling_cost_of(s, step);
    char rate[16];
    table_add(t, "%s", scaling_name_of(step).text);
    table_add_time(t, step->setup_seconds.median, "");
    table_add(t, "%s", measured(&cost.setup_seconds, 1e3).text);
    table_add(t, "%s", three_digits(rate, step->rates.median));
    table_add(t, "%s", measured(&cost.rates, 1.0).text);
}

/* The steps with another kind of workers, the first of which is number `first`, and what these cost. */
static void print_costs_of(FILE *out, const scaling *s, int first, table_printer *print)
{
    static const table_column columns[] = {
        {"workers", false}, {"set-up", false}, {"set-up cost, ms", false}, {"darts/s", false}, {"rate ratio", false}};
    table t = table_begin(columns, sizeof columns / sizeof *columns);
    for (int i = first; i < first + s->count; i++)
        add_cost(&t, s, &s->steps[i]);
    fprintf(out, "\nWorkers in %s, compared with %s:\n\n", sweep_kind_name(s->steps[first].row->worker_kind),
            sweep_kind_name(s->steps[0].row->worker_kind));
    print(out, &t);
    table_free(&t);
}

static void print_costs(FILE *out, const scaling *s, table_printer *print)
{
    for (int i = s->count; i < s->total; i += s->count)
        print_costs_of(out, s, i, print);
    if (s->total > s->count && s->sweep->gpu_count > 0)
        fputs("\nA process starts the driver of its GPU in each run. Threads find it started by an earlier run.\n",
              out);
}

/* ---- notes ---- */

static bool is_short(const scaling_step *step)
{
    return step->seconds.median < short_seconds;
}

static void print_short_steps(FILE *out, const scaling *s)
{
    bool gpus = false;
    const char *comma = "Too short to reach the full rate (below 20 ms): ";
    for (int i = 0; i < s->count; i++) {
        if (is_short(&s->steps[i])) {
            fprintf(out, "%s%s", comma, scaling_name_of(&s->steps[i]).text);
            comma = ", ";
            gpus = gpus || s->steps[i].place == PLACE_GPU;
        }
    }
    if (comma[0] == ',')
        fputs(".\nUse more darts (-n) or more time (-T).\n", out);
    if (gpus && !s->weak && s->topology.workers > 1)
        fputs("With --weak, each GPU counts as much as all CPU workers together.\n", out);
}

/* The longest set-up of the CPU's steps, compared with the time of one worker, and the effect of a GPU's set-up. */
static void print_setup(FILE *out, const scaling *s)
{
    const scaling_step *const one = &s->steps[0];
    const scaling_step *gpu = NULL;
    double longest = 0.0;
    for (int i = s->count - 1; i >= 0; i--) {
        if (s->steps[i].place == PLACE_GPU)
            gpu = &s->steps[i];
        else if (s->steps[i].row->kind == SWEEP_CPU)
            longest = fmax(longest, s->steps[i].setup_seconds.median);
    }
    fprintf(out,
            "Time, rate and speed-up are without set-up, which starts the workers: up to\n"
            "%.1f ms on the CPU, or %.2f %% of one worker's time. Set-up is serial, too.\n",
            1e3 * longest, 100.0 * longest / one->seconds.median);
    if (gpu) {
        const double seconds = gpu->setup_seconds.median + gpu->seconds.median;
        const double rate = (double)gpu->row->runs[0].darts / seconds;
        char text[16];
        fprintf(out, "With set-up, %s takes %.3f s, which is %s times as fast as one worker.\n", gpu->row->label,
                seconds, three_digits(text, rate / one->rates.median));
    }
}

static void print_notes(FILE *out, const scaling *s)
{
    const number_list *const steps = &s->sweep->options->steps;
    sweep_method_text(out, s->sweep);
    if (steps->count > 1 && steps->numbers[0] > 1)
        fputs("One worker is measured too, because all speed-ups are relative to it.\n", out);
    print_setup(out, s);
    print_short_steps(out, s);
    sweep_text(out, s->sweep);
}

static void print_report(FILE *out, const scaling *s, table_printer *print)
{
    print_job(out, &s->sweep->origin);
    sweep_complete_text(out, s->sweep);
    if (s->sweep->rounds_done > 0)
        print_headline(out, s);
    print_machine(out, s);
    if (s->sweep->rounds_done == 0) {
        fputs("Nothing was timed because counts disagree.\n", out);
        return;
    }
    print_steps(out, s, print);
    print_findings(out, s);
    print_costs(out, s, print);
    fputc('\n', out);
    print_notes(out, s);
}

void scaling_text(FILE *out, const void *report)
{
    print_report(out, report, table_print_text);
}

void scaling_markdown(FILE *out, const void *report)
{
    const scaling *const s = report;
    print_report(out, s, table_print_markdown);
    warnings_markdown(out, &s->sweep->warnings);
}
