/*
 * mcpi compare: how fast does each device count, how long does a result take, and do all counts agree? A sweep over one
 * core, all cores, each GPU, all GPUs, and all devices together; then a few runs of each row from its start, and one
 * for its energy.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/bench/comparison.h"
#include "cli/commands.h"
#include "cli/io/complain.h"
#include "cli/io/exit_process.h"
#include "cli/saved/compare_files.h"
#include "core/selection.h"
#include "core/status.h"

static const double default_seconds = 2.0;

/* Rounds go on for up to twice the time asked for. */
static const double most_time = 2.0;

/* Of the time from start to result that the table shows, if -n does not say. */
static const uint64_t usual_goal = 10000000000;

/* ---- rows ---- */

/* The kernels of --kernel that a device has; one NULL, its own choice, if it has none of them. */
typedef struct kernel_choice {
    size_t count;
    const char *names[cli_most_kernels];
} kernel_choice;

static kernel_choice kernels_for(const cli_options *options, const mcpi_device *device)
{
    kernel_choice choice = {.names = {NULL}};
    for (size_t i = 0; i < options->kernels.count && choice.count < cli_most_kernels; i++)
        if (sweep_has_kernel(device, options->kernels.names[i]))
            choice.names[choice.count++] = options->kernels.names[i];
    choice.count += choice.count == 0;
    return choice;
}

static void label_cpu(char *label, size_t size, const sweep *s, unsigned workers)
{
    if (workers == 1)
        snprintf(label, size, "one core");
    else if (workers == s->cpu.units)
        snprintf(label, size, "all cores");
    else
        snprintf(label, size, "%u threads", workers);
}

/* The numbers of CPU workers: one, then those of --threads, or all cores. */
static number_list steps_of(const sweep *s)
{
    const number_list *const given = &s->options->steps;
    number_list steps = {.count = 1, .numbers = {1}};
    if (given->count == 0 && s->cpu.units > 1)
        steps.numbers[steps.count++] = s->cpu.units;
    for (unsigned i = 0; i < given->count; i++)
        if (given->numbers[i] > 1)
            steps.numbers[steps.count++] = given->numbers[i];
    return steps;
}

/* The first kernel of the fewest and of the most workers are what the other rows are compared with. */
static void add_cpu_rows(sweep *s)
{
    const number_list steps = steps_of(s);
    const kernel_choice kernels = kernels_for(s->options, &s->cpu);
    for (unsigned i = 0; i < steps.count; i++) {
        for (size_t k = 0; k < kernels.count; k++) {
            char label[24];
            label_cpu(label, sizeof label, s, steps.numbers[i]);
            sweep_row *const row = sweep_add_cpu(s, label, steps.numbers[i]);
            row->kernel = kernels.names[k];
            row->is_base = k == 0 && (i == 0 || i + 1 == steps.count);
        }
    }
}

static void add_gpu_rows(sweep *s)
{
    for (unsigned i = 0; i < s->gpu_count; i++) {
        const kernel_choice kernels = kernels_for(s->options, &s->gpus[i]);
        for (size_t k = 0; k < kernels.count; k++)
            sweep_add_gpu(s, i)->kernel = kernels.names[k];
    }
    if (s->gpu_count > 1)
        sweep_add_all_gpus(s);
}

static void add_rows(sweep *s)
{
    const number_list steps = steps_of(s);
    add_cpu_rows(s);
    add_gpu_rows(s);
    sweep_add_together(s, steps.numbers[steps.count - 1]);
}

/* ---- what the rows mean ---- */

static void find_bases(comparison *c)
{
    c->one_core = c->all_cores = &c->rows[0];
    for (size_t i = 0; i < c->row_count; i++) {
        const sweep_row *const row = c->rows[i].row;
        if (row->kind == SWEEP_CPU && row->is_base)
            c->all_cores = &c->rows[i];
        if (row->kind == SWEEP_GPU && row->gpus > 1)
            c->all_gpus = &c->rows[i];
    }
}

/* The fastest GPUs or, without any, all cores. */
static void find_lead(comparison *c)
{
    c->lead = c->all_cores;
    for (size_t i = 0; i < c->row_count; i++)
        if (c->rows[i].row->kind == SWEEP_GPU &&
            (c->lead->row->kind != SWEEP_GPU || c->rows[i].rates.median > c->lead->rates.median))
            c->lead = &c->rows[i];
}

static void summarise(comparison *c)
{
    const sweep *const s = c->sweep;
    mcpi_topology topology;
    mcpi_read_topology(&topology);
    c->machine_has_hyperthreads = topology.workers > topology.cores;
    c->row_count = (size_t)s->row_count;
    c->break_even_count = 0;
    for (size_t i = 0; i < c->row_count; i++)
        c->rows[i] = (comparison_row){
            .row = &s->rows[i],
            .rates = sweep_rates(s, &s->rows[i]),
            .course = {NAN, NAN},
            .bound = {NAN, false, NAN},
            .energy = {.energy = {NAN, NAN}, .seconds = NAN},
        };
    find_bases(c);
    for (size_t i = 0; i < c->row_count; i++) {
        c->rows[i].vs_core = sweep_ratios(s, c->rows[i].row, c->one_core->row);
        c->rows[i].vs_cpu = sweep_ratios(s, c->rows[i].row, c->all_cores->row);
    }
    find_lead(c);
}

/* ---- from start to result ---- */

/* Takes next to no time to count: the time is that of the set-up. */
static const uint64_t fewest_darts = 1000;

/* Only runs that take less than this are repeated; for a picture, longer ones than the second are not measured. */
static const double repeated_seconds = 1.0, picture_seconds = 0.5;

enum { repeats = 3 };

static mcpi_status time_start(comparison *c, comparison_row *r, uint64_t darts)
{
    double seconds[repeats];
    size_t count = 0;
    do {
        sweep_run run;
        const mcpi_status status =
            sweep_run_again(c->sweep, r->row, &(sweep_job){.darts = darts, .from_start = true}, &run);
        if (status != MCPI_OK)
            return status;
        seconds[count++] = run.total_seconds;
    } while (count < repeats && seconds[0] < repeated_seconds);
    r->times[r->time_count++] = (start_time){darts, mcpi_spread_of(seconds, count)};
    if (darts == fewest_darts)
        r->course = (mcpi_course){r->times[0].seconds.median, r->rates.median};
    return MCPI_OK;
}

/* The set-up; for a picture, powers of ten as long as they are quick; and the darts of -n. */
static mcpi_status time_starts(comparison *c, comparison_row *r)
{
    const cli_options *const options = c->sweep->options;
    const uint64_t goal = is_given(options, "samples") ? c->goal : 0;
    const uint64_t room = sweep_darts_at_most(c->sweep);
    uint64_t darts = fewest_darts;
    mcpi_status status = time_start(c, r, darts < room ? darts : room);
    while (options->plot && status == MCPI_OK && darts <= room / 10 && r->time_count + 1 < comparison_most_times &&
           mcpi_course_seconds(&r->course, 10.0 * (double)darts) < picture_seconds) {
        darts *= 10;
        if (darts != goal)
            status = time_start(c, r, darts);
    }
    if (status == MCPI_OK && goal > fewest_darts)
        status = time_start(c, r, goal);
    return status;
}

/* ---- energy ---- */

/* Enough for the counters of a GPU, and for those of a CPU. */
static const double gpu_energy_seconds = 1.2, cpu_energy_seconds = 0.2;

enum { most_meters = 1 + sweep_most_gpus };

typedef struct meters {
    size_t count;
    mcpi_energy_meter *all[most_meters];
    mcpi_energy_reading before[most_meters];
} meters;

/* The GPUs of a row; there are row->gpus. */
static const mcpi_device *gpus_of(const sweep *s, const sweep_row *row)
{
    return row->kind == SWEEP_GPU && row->gpus == 1 ? &row->device : s->gpus;
}

static void open_meters(meters *m, const sweep *s, const sweep_row *row)
{
    m->count = 0;
    if (row->kind != SWEEP_GPU)
        m->all[m->count++] = mcpi_energy_open_cpu(NULL);
    for (unsigned i = 0; i < row->gpus; i++)
        m->all[m->count++] = mcpi_energy_open_gpu(s->sensors, gpus_of(s, row)[i].uuid);
}

static bool can_measure(const meters *m, comparison_energy *e)
{
    for (size_t i = 0; i < m->count; i++) {
        const char *const absence = m->all[i] ? mcpi_energy_absence(m->all[i]) : "out of memory";
        if (absence[0]) {
            snprintf(e->absence, sizeof e->absence, "%s", absence);
            return false;
        }
    }
    return true;
}

static void read_meters(meters *m)
{
    for (size_t i = 0; i < m->count; i++)
        m->before[i] = mcpi_energy_read(m->all[i]);
}

static void add_up(meters *m, comparison_energy *e)
{
    e->energy = (mcpi_energy){0.0, 0.0};
    e->seconds = 0.0;
    for (size_t i = 0; i < m->count; i++) {
        const mcpi_energy_reading after = mcpi_energy_read(m->all[i]);
        const mcpi_energy used = mcpi_energy_between(m->all[i], &m->before[i], &after);
        e->energy.joules += used.joules;
        e->energy.half_width += used.half_width;
        e->seconds = fmax(e->seconds, after.seconds - m->before[i].seconds);
    }
}

static mcpi_status measure_energy(comparison *c, comparison_row *r)
{
    meters m;
    sweep_run run;
    mcpi_status status = MCPI_OK;
    open_meters(&m, c->sweep, r->row);
    if (can_measure(&m, &r->energy)) {
        const double seconds = r->row->gpus > 0 ? gpu_energy_seconds : cpu_energy_seconds;
        read_meters(&m);
        status = sweep_run_again(c->sweep, r->row, &(sweep_job){.seconds = seconds}, &run);
        if (status == MCPI_OK && run.paused_seconds > 0.0) {
            snprintf(r->energy.absence, sizeof r->energy.absence, "the process was stopped while it was measured");
        } else if (status == MCPI_OK) {
            add_up(&m, &r->energy);
            r->energy.darts = run.darts;
        }
    }
    for (size_t i = 0; i < m.count; i++)
        mcpi_energy_close(m.all[i]);
    return status;
}

/* ---- bounds ---- */

/* Unknown for CPU and GPUs together, and if GPUs have different kernels. */
static mcpi_bound bound_of(const sweep *s, const sweep_row *row)
{
    mcpi_bound sum = {.darts_per_second = NAN, .clock_hertz = NAN};
    if (row->kind == SWEEP_CPU)
        return mcpi_bound_of(mcpi_backends, &row->device, row->device.kernel, row->threads);
    for (unsigned i = 0; row->kind == SWEEP_GPU && i < row->gpus; i++) {
        const mcpi_bound gpu = mcpi_bound_of(mcpi_backends, &gpus_of(s, row)[i], row->device.kernel, 1);
        sum.darts_per_second = gpu.darts_per_second + (i > 0 ? sum.darts_per_second : 0.0);
        sum.predicted = gpu.predicted;
        sum.clock_hertz = gpu.clock_hertz;
    }
    return sum;
}

/* ---- break-even ---- */

/* Whether one is known to be faster; too few rounds for an interval raise no doubt here. */
static bool differs(const mcpi_spread *ratios)
{
    return !(ratios->low <= 1.0 && ratios->high >= 1.0);
}

/* `ratios`: of `fast` to `slow`. */
static void add_break_even(comparison *c, const comparison_row *fast, const comparison_row *slow,
                           const mcpi_spread *ratios)
{
    if (fast == slow)
        return;
    const double darts = mcpi_break_even(&fast->course, &slow->course);
    if (!isnan(darts))
        c->break_evens[c->break_even_count++] = (break_even){fast, slow, differs(ratios), darts};
}

/* All cores over one; the fastest GPU, and all GPUs, over all cores. */
static void find_break_evens(comparison *c)
{
    const comparison_row *const gpu = comparison_fastest_gpu(c);
    add_break_even(c, c->all_cores, c->one_core, &c->all_cores->vs_core);
    if (gpu)
        add_break_even(c, gpu, c->all_cores, &gpu->vs_cpu);
    if (c->all_gpus)
        add_break_even(c, c->all_gpus, c->all_cores, &c->all_gpus->vs_cpu);
}

/* ---- the command ---- */

/* Each row again: from its start, for its energy, and its bound. The first error ends it; what is known is reported. */
static mcpi_status measure_more(comparison *c)
{
    mcpi_status status = MCPI_OK;
    for (size_t i = 0; i < c->row_count && status == MCPI_OK; i++)
        status = time_starts(c, &c->rows[i]);
    for (size_t i = 0; i < c->row_count && status == MCPI_OK; i++)
        status = measure_energy(c, &c->rows[i]);
    for (size_t i = 0; i < c->row_count && status == MCPI_OK; i++)
        c->rows[i].bound = bound_of(c->sweep, c->rows[i].row);
    find_break_evens(c);
    return status;
}

static bool knows_kernels(const sweep *s)
{
    for (size_t i = 0; i < s->options->kernels.count; i++) {
        const char *const name = s->options->kernels.names[i];
        bool known = sweep_has_kernel(&s->cpu, name);
        for (unsigned gpu = 0; gpu < s->gpu_count; gpu++)
            known = known || sweep_has_kernel(&s->gpus[gpu], name);
        if (known)
            continue;
        complain("--kernel %s: no device of this comparison has such a kernel; 'mcpi devices -v' lists them", name);
        return false;
    }
    return true;
}

static void report(comparison *c, const report_files *files)
{
    static const report_renderers renderers = {{[REPORT_TEXT] = comparison_text,
                                                [REPORT_JSON] = comparison_json,
                                                [REPORT_CSV] = comparison_csv,
                                                [REPORT_MARKDOWN] = comparison_markdown}};
    sweep *const s = c->sweep;
    sweep_warn(s);
    report_write(files, &renderers, c);
    warnings_print(&s->warnings);
}

/* Returns the exit code of the picture. Without timings there is no picture. */
static int draw(const comparison *c, plot *picture)
{
    if (c->sweep->rounds_done > 0 && comparison_plot(picture, c))
        return plot_finish(picture);
    plot_discard(picture);
    if (c->sweep->rounds_done == 0)
        return EXIT_DONE;
    complain("--plot: %s", mcpi_status_text(MCPI_NO_MEMORY));
    return EXIT_FAILED;
}

/* `picture` may be NULL; it is finished or discarded. */
static int compare(comparison *c, const report_files *files, plot *picture)
{
    sweep *const s = c->sweep;
    mcpi_status status = knows_kernels(s) ? sweep_carry_out(s) : MCPI_BAD_OPTION;
    const bool has_report = s->rounds_done > 0 || sweep_disagrees(s);
    summarise(c);
    if (status == MCPI_OK)
        status = measure_more(c);
    if (sweep_disagrees(s))
        summarise(c); /* again: no round counts any longer */
    sweep_end(s);
    if (has_report)
        report(c, files);
    const int drawn = picture ? draw(c, picture) : EXIT_DONE;
    return status == MCPI_OK ? drawn : exit_code_of(status);
}

static int command_compare(const cli_options *options, report_files *files)
{
    if (options->operand_count > 0)
        return compare_files(options, files);
    const double seconds = options->run.time_limit_seconds > 0.0 ? options->run.time_limit_seconds : default_seconds;
    plot picture;
    if (options->plot && !plot_open(&picture, options->plot))
        return EXIT_USAGE;
    comparison *const c = calloc(1, sizeof *c);
    int code = exit_code_of(MCPI_NO_MEMORY);
    if (c && (c->sweep = sweep_new(options))) {
        c->goal = is_given(options, "samples") ? options->run.darts : usual_goal;
        c->sweep->darts = is_given(options, "samples") ? options->run.darts : 0;
        c->sweep->round_seconds = seconds / sweep_plan_rounds(c->sweep, seconds, 1.0, most_time);
        add_rows(c->sweep);
        code = compare(c, files, options->plot ? &picture : NULL);
        sweep_free(c->sweep);
    } else {
        complain("out of memory");
        if (options->plot)
            plot_discard(&picture);
    }
    free(c);
    return code;
}

/* ---- the row ---- */

static bool complete_compare(cli_options *options, usage_error *error)
{
    if (options->operand_count > 0)
        return compare_files_check(options, error);
    if (is_given(options, "samples") && options->run.darts == 0)
        return usage_fail(error, "--samples 0: there is nothing to time");
    if (options->steps.count > 0)
        options->run.threads = options->steps.numbers[options->steps.count - 1];
    return true;
}

static const cli_option option_kernels =
    CLI_OPTION("kernel", 0, "LIST", OPTION_KERNELS, kernels, "count with these: avx2,avx512; see 'mcpi devices -v'",
               .wanted = "up to 8 kernels that 'mcpi devices -v' lists, separated by commas");

const cli_command compare_command = {
    .name = "compare",
    .summary = "time one core, all cores, each GPU and all devices together",
    .operands = "[FILE FILE...]",
    .report = command_compare,
    .formats = REPORT_TABLES,
    .complete = complete_compare,
    .options = {{&option_device, NULL},
                {&option_thread_steps, "CPU workers: a number, or a list: 1,2,4  [all cores]"},
                {&option_pin, NULL},
                {&option_workers, NULL},
                {&option_kernels, NULL},
                {&option_samples, "also time these many darts from start to result"},
                {&option_time, "time for the rounds of each row  [2s, at most 4s]"},
                {&option_rounds, NULL},
                {&option_first, NULL},
                {&option_seed, NULL},
                {&option_stream, NULL},
                {&option_expect, NULL},
                {&option_quiet, NULL},
                {&option_verbose, NULL},
                {&option_progress, NULL},
                {&option_interval, NULL},
                {&option_plot, "draw rates, and time against darts (.svg or .png)"}},
    .examples = {{"compare -d all", "CPU and GPUs"},
                 {"compare -t 1,2,4 --kernel avx2,avx512", "workers and kernels"},
                 {"compare -n 1e10 --plot compare.svg", "a picture for a slide"},
                 {"compare before.json after.json", "saved with -o; more are pooled"}},
};
