/* A table, its findings, and notes on the method. */
#include <inttypes.h>
#include <math.h>

#include "cli/bench/scaling.h"
#include "cli/io/three_digits.h"
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

/* ---- the table ---- */

/* "99.0 %", or "-" if unknown */
static const char *percent(char *text, size_t size, int decimals, double share)
{
    if (isfinite(share))
        snprintf(text, size, "%.*f %%", decimals, 100.0 * share);
    else
        snprintf(text, size, "-");
    return text;
}

static void print_step(FILE *out, const scaling *s, const scaling_step *step)
{
    char text[4][16];
    char speedup[60];
    char efficiency[32];
    char serial[32];
    snprintf(speedup, sizeof speedup, "%s (%s-%s)", three_digits(text[0], step->speedups.median),
             three_digits(text[1], step->speedups.lowest), three_digits(text[2], step->speedups.highest));
    fprintf(out, "%8s  %-14s  %9.4f s  %4.1f %%  %8.1f ms  %8s  %-19s  %10s  %10s\n", scaling_name_of(step).text,
            scaling_place_name(step->place), step->seconds.median, 100.0 * sweep_noise(&step->seconds),
            1e3 * step->setup_seconds.median, three_digits(text[3], step->rates.median), speedup,
            percent(efficiency, sizeof efficiency, 1, scaling_efficiency(step)),
            percent(serial, sizeof serial, 2, scaling_serial_fraction(s, step)));
}

static void print_steps(FILE *out, const scaling *s)
{
    fprintf(out, "%8s  %-14s  %11s  %6s  %11s  %8s  %-19s  %10s  %10s\n", "workers", "on", "time", "spread", "set-up",
            "darts/s", "speed-up", "efficiency", s->weak ? "Gustafson" : "Karp-Flatt");
    for (int i = 0; i < s->count; i++)
        print_step(out, s, &s->steps[i]);
    fputc('\n', out);
}

/* ---- findings ---- */

/* "48.1 (39.0-62.5)", "48.1 (39.0 or more)", "without limit (39.0 or more)" */
static void print_prediction(FILE *out, const scaling *s, const char *who, double workers)
{
    const mcpi_interval speedup = mcpi_law_interval(s->law, s->serial, workers);
    char text[3][16];
    fprintf(out, "  %-20s  speed-up ", who);
    if (isinf(speedup.median))
        fputs("without limit", out);
    else
        fprintf(out, "%s%s", isinf(workers) ? "below " : "", three_digits(text[0], speedup.median));
    if (isinf(speedup.high))
        fprintf(out, " (%s or more)\n", three_digits(text[1], speedup.low));
    else if (isfinite(speedup.high))
        fprintf(out, " (%s-%s)\n", three_digits(text[1], speedup.low), three_digits(text[2], speedup.high));
    else
        fputc('\n', out);
}

static void print_predictions(FILE *out, const scaling *s)
{
    if (s->fitted > 2)
        fprintf(out, "It fits every measured speed-up within %.1f %%. ", 100.0 * s->misfit);
    fputs("For more cores of this kind it predicts\n", out);
    for (int i = 0; i < scaling_prediction_count; i++) {
        const unsigned workers = scaling_factors[i] * s->most_fitted;
        char who[40];
        snprintf(who, sizeof who, "%2ux: %6u workers", scaling_factors[i], workers);
        print_prediction(out, s, who, workers);
    }
    if (!s->weak)
        print_prediction(out, s, "any number", INFINITY);
    if (s->serial.median < 0.0 || s->serial.low < 0.0 || s->serial.median > 1.0 || s->serial.high > 1.0)
        fputs("A fraction outside 0 to 100 % is noise, or a clock that varies with the load; predictions use the "
              "nearest limit.\n",
              out);
}

static void print_fit(FILE *out, const scaling *s)
{
    const char *const law = s->weak ? "Gustafson" : "Amdahl";
    if (!isfinite(s->serial.median)) {
        fprintf(out, "No fit of %s's law: it needs at least two steps on physical cores.\n", law);
        return;
    }
    fprintf(out, "%s's law: a serial fraction of %.2f %%", law, 100.0 * s->serial.median);
    if (isfinite(s->serial.low))
        fprintf(out, " (95 %%: %.2f to %.2f %%)", 100.0 * s->serial.low, 100.0 * s->serial.high);
    fprintf(out, ", fitted to the %u steps on cores.\n", s->fitted);
    print_predictions(out, s);
}

/* `before` and `behind` surround the number of the first worker of this kind. */
static void print_gain(FILE *out, const scaling_gain *g, const char *before, const char *behind)
{
    if (g->to)
        fprintf(out, "%s %u%s: %u count %+.1f %% (%+.1f to %+.1f) against %u.\n", before, g->from->row->workers + 1,
                behind, g->to->row->workers, 100.0 * g->gain.median, 100.0 * g->gain.lowest, 100.0 * g->gain.highest,
                g->from->row->workers);
}

/* Several GPUs against the first. */
static void print_gpus(FILE *out, const scaling *s, const scaling_step *step)
{
    char text[3][16];
    const double efficiency = scaling_gpu_efficiency(s, step);
    if (step->row->kind != SWEEP_GPU || step->row->gpus < 2)
        return;
    fprintf(out, "%s count %s (%s-%s) times as fast as %s", step->row->label,
            three_digits(text[0], step->gpu_speedups.median), three_digits(text[1], step->gpu_speedups.lowest),
            three_digits(text[2], step->gpu_speedups.highest), s->sweep->gpus[0].id);
    if (isfinite(efficiency))
        fprintf(out, ", an efficiency of %.1f %%.\n", 100.0 * efficiency);
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

static void print_cost(FILE *out, const scaling *s, const scaling_step *step)
{
    const scaling_cost cost = scaling_cost_of(s, step);
    char text[4][16];
    char setup[60];
    snprintf(setup, sizeof setup, "%+.1f ms (%+.1f to %+.1f)", 1e3 * cost.setup_seconds.median,
             1e3 * cost.setup_seconds.lowest, 1e3 * cost.setup_seconds.highest);
    fprintf(out, "%8s  %8.1f ms  %-28s  %8s  %s (%s-%s)\n", scaling_name_of(step).text,
            1e3 * step->setup_seconds.median, setup, three_digits(text[0], step->rates.median),
            three_digits(text[1], cost.rates.median), three_digits(text[2], cost.rates.lowest),
            three_digits(text[3], cost.rates.highest));
}

/* The steps with other kinds of workers, and what these cost. */
static void print_costs(FILE *out, const scaling *s)
{
    const char *const first = sweep_kind_name(s->steps[0].row->worker_kind);
    for (int i = s->count; i < s->total; i++) {
        if (i % s->count == 0)
            fprintf(out, "\nWorkers in %s, compared with %s:\n\n%8s  %11s  %-28s  %8s  rate ratio\n",
                    sweep_kind_name(s->steps[i].row->worker_kind), first, "workers", "set-up", "set-up cost",
                    "darts/s");
        print_cost(out, s, &s->steps[i]);
    }
    if (s->total > s->count && s->sweep->gpu_count > 0)
        fputs("A process starts the driver of its GPU in each run. Threads find it started by an earlier run.\n", out);
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
        fputs(". Use more darts (-n) or more time (-T).\n", out);
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
            "Time, rate and speed-up are without set-up, which starts the workers: up to %.1f ms on the CPU,\n"
            "or %.2f %% of one worker's time. Set-up is serial, too.\n",
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
    fprintf(out, "Medians of %d interleaved rounds (lowest-highest); spread is half the range of the times.\n",
            s->sweep->rounds_done);
    if (steps->count > 1 && steps->numbers[0] > 1)
        fputs("One worker is measured too, because all speed-ups are relative to it.\n", out);
    print_setup(out, s);
    print_short_steps(out, s);
    sweep_text(out, s->sweep);
}

void scaling_text(FILE *out, const void *report)
{
    const scaling *const s = report;
    print_job(out, &s->sweep->origin);
    print_machine(out, s);
    if (s->sweep->rounds_done == 0) {
        fputs("Nothing was timed because counts disagree.\n", out);
        return;
    }
    print_steps(out, s);
    print_findings(out, s);
    print_costs(out, s);
    fputc('\n', out);
    print_notes(out, s);
}
