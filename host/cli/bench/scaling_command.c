/*
 * mcpi scaling: how much faster do more workers count? A sweep over 1, 2, 4 ... CPU workers, physical cores first, then
 * hyperthreads, then over 1, 2, 4 ... GPUs, then all of them together.
 */
#include <math.h>

#include "cli/bench/scaling.h"
#include "cli/commands.h"
#include "cli/io/exit_process.h"
#include "cli/io/three_digits.h"

static const double default_seconds = 20.0;

/* Without -T, all cores together count for at least this long in each run, which can lengthen the whole. */
static const double least_seconds = 0.025;

/* Rounds take about the time asked for: a little less if the machine is quiet, a little more if it is not. */
static const double least_time = 0.8, most_time = 1.2;

/* The CPU workers of the step after one with `workers`; 0 after the last. */
static unsigned step_after(const cli_options *options, const mcpi_topology *topology, unsigned workers)
{
    const number_list *const list = &options->steps;
    unsigned i = 0;
    if (list->count < 2)
        return scaling_step_after(topology, options->run.threads ? options->run.threads : topology->workers, workers);
    while (i < list->count && list->numbers[i] <= workers)
        i++;
    return i < list->count ? list->numbers[i] : 0;
}

/* One worker is always measured: it is the base of the speed-ups. For weak scaling, each GPU counts as much as the most
   CPU workers that do not share CPUs, and all devices together as much as all GPUs. */
static void add_rows(sweep *s, const mcpi_topology *topology, bool weak)
{
    const unsigned most = s->options->run.threads ? s->options->run.threads : topology->workers;
    const unsigned usable = most < topology->workers ? most : topology->workers;
    for (unsigned workers = 1; workers > 0; workers = step_after(s->options, topology, workers)) {
        char label[24];
        snprintf(label, sizeof label, "%u worker%s", workers, plural(workers));
        sweep_add_cpu(s, label, workers);
    }
    sweep_add_gpu_steps(s);
    sweep_add_together(s, usable);
    for (unsigned i = 1; i < s->options->worker_kinds.count; i++)
        sweep_repeat(s, (mcpi_workers)s->options->worker_kinds.values[i]);
    for (int i = 0; i < s->row_count; i++) {
        sweep_row *const row = &s->rows[i];
        row->share = !weak ? 1 : row->kind == SWEEP_CPU ? row->workers : usable * row->gpus;
    }
}

/* The time of all rows in a round, or in the check, in which each counts the common darts once; in units of the time of
   one worker for these. GPUs take next to none. */
static double round_time(const sweep *s, const mcpi_topology *topology, bool checking)
{
    double time = 0.0;
    for (int i = 0; i < s->row_count; i++)
        if (s->rows[i].kind == SWEEP_CPU)
            time += (checking ? 1.0 : s->rows[i].share) / scaling_expected_speedup(topology, s->rows[i].workers);
    return time;
}

/* Plan the rounds, and the time in which one worker may count the common darts, so that the whole takes about
   `seconds`. With --weak no run is shorter than that of one worker. */
static void plan(sweep *s, const mcpi_topology *topology, double seconds)
{
    const double check = round_time(s, topology, true);
    const double round = round_time(s, topology, false);
    const double shortest = 1.0 / (s->options->weak ? 1 : scaling_cores(topology));
    const int rounds = sweep_plan_rounds(s, seconds * shortest / round, least_time, most_time);
    s->round_seconds = seconds / (check + rounds * round);
    if (!is_given(s->options, "time"))
        s->round_seconds = fmax(s->round_seconds, least_seconds * scaling_cores(topology));
}

static const report_renderers renderers = {{[REPORT_TEXT] = scaling_text,
                                            [REPORT_JSON] = scaling_json,
                                            [REPORT_CSV] = scaling_csv,
                                            [REPORT_MARKDOWN] = scaling_markdown}};

/* Returns the exit code of the picture. Without timings there is no picture. */
static int draw(plot *picture, const scaling *s)
{
    if (s->sweep->rounds_done > 0) {
        scaling_plot(picture, s);
        return plot_finish(picture);
    }
    plot_discard(picture);
    return EXIT_DONE;
}

static int end_without_memory(const cli_options *options, plot *picture)
{
    if (options->plot)
        plot_discard(picture);
    return exit_code_of(MCPI_NO_MEMORY);
}

static int report_and_draw(const cli_options *options, const sweep *sweep, const mcpi_topology *topology,
                           const report_files *files, plot *picture)
{
    scaling scaling;
    if (!scaling_summarise(&scaling, sweep, topology, options->weak))
        return end_without_memory(options, picture);
    if (sweep->rounds_done > 0 || sweep_disagrees(sweep))
        report_write(files, &renderers, &scaling);
    const int code = options->plot ? draw(picture, &scaling) : EXIT_DONE;
    scaling_free(&scaling);
    return code;
}

static int command_scaling(const cli_options *options, report_files *files)
{
    const double seconds = options->run.time_limit_seconds > 0.0 ? options->run.time_limit_seconds : default_seconds;
    mcpi_topology topology;
    plot picture;
    if (options->plot && !plot_open(&picture, options->plot))
        return EXIT_USAGE;
    mcpi_read_topology(&topology);
    sweep *const s = sweep_new(options);
    if (!s)
        return end_without_memory(options, &picture);
    add_rows(s, &topology, options->weak);
    s->darts = is_given(options, "samples") ? options->run.darts : 0;
    plan(s, &topology, s->darts > 0 ? INFINITY : seconds);
    const mcpi_status status = sweep_carry_out(s);
    sweep_warn(s);
    const int reported = report_and_draw(options, s, &topology, files, &picture);
    warnings_print(&s->warnings);
    sweep_free(s);
    return status == MCPI_OK ? reported : exit_code_of(status);
}

/* ---- the row ---- */

static bool complete_scaling(cli_options *options, usage_error *error)
{
    if (is_given(options, "samples") && options->run.darts == 0)
        return usage_fail(error, "--samples 0: there is nothing to time");
    if (is_given(options, "samples") && is_given(options, "time"))
        return usage_fail(error, "--time: --samples already sets how much is counted; omit one of them");
    if (options->worker_kinds.count > 0)
        options->run.workers = (mcpi_workers)options->worker_kinds.values[0];
    if (options->steps.count > 0)
        options->run.threads = options->steps.numbers[options->steps.count - 1];
    return true;
}

static const cli_option option_weak =
    CLI_OPTION("weak", 0, NULL, OPTION_FLAG, weak, "N darts for each worker, not for all together");

const cli_command scaling_command = {
    .name = "scaling",
    .summary = "time 1, 2, 4 ... workers: speed-up, efficiency, Amdahl's law",
    .report = command_scaling,
    .formats = REPORT_TABLES,
    .complete = complete_scaling,
    .pin = MCPI_PIN_THREADS, /* the name of a step is true only if each worker stays where it was placed */
    .options = {{&option_device, NULL},
                {&option_thread_steps, "the most CPU workers, or a list: 1,2,4,8  [all cores]"},
                {&option_worker_kinds, "threads, processes, or both: threads,processes"},
                {&option_kernel, NULL},
                {&option_samples, "number of darts  [chosen to take the time of -T]"},
                {&option_time, "time for everything  [20s; more above 35 cores]"},
                {&option_rounds, NULL},
                {&option_weak, NULL},
                {&option_first, NULL},
                {&option_seed, NULL},
                {&option_stream, NULL},
                {&option_expect, NULL},
                {&option_quiet, NULL},
                {&option_verbose, NULL},
                {&option_progress, NULL},
                {&option_interval, NULL},
                {&option_plot, "draw speed-up and efficiency (.svg or .png)"}},
    .examples = {{"scaling -t 1,2,4 --plot scaling.svg", "table and picture"}},
};
