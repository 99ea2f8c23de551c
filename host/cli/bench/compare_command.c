/*
 * mcpi compare: how fast does each device count, and do all counts agree? A sweep over one core, all cores, each GPU,
 * and all of them together.
 */
#include <string.h>

#include "cli/bench/sweep.h"
#include "cli/commands.h"
#include "cli/io/exit_process.h"
#include "cli/io/json.h"
#include "cli/io/three_digits.h"
#include "cli/io/with_error.h"
#include "cli/run/run_report.h"

static const double default_seconds = 2.0;

/* Rounds go on for up to twice the time asked for. */
static const double most_time = 2.0;

typedef struct comparison {
    sweep *sweep;
    const sweep_row *one_core;
    sweep_row *all_cores;
} comparison;

/* Rates of a row, and their ratios to those of one core and of all CPU threads. */
typedef struct figures {
    mcpi_spread rates, vs_core, vs_cpu;
} figures;

static void add_rows(comparison *c)
{
    const unsigned threads = c->sweep->options->run.threads ? c->sweep->options->run.threads : c->sweep->cpu.units;
    c->one_core = c->all_cores = sweep_add_cpu(c->sweep, "one core", 1);
    if (threads > 1)
        c->all_cores = sweep_add_cpu(c->sweep, "all cores", threads);
    c->all_cores->is_base = true;
    sweep_add_each_gpu(c->sweep);
    sweep_add_together(c->sweep, threads);
}

static figures figures_of(const comparison *c, const sweep_row *row)
{
    return (figures){
        .rates = sweep_rates(c->sweep, row),
        .vs_core = sweep_ratios(c->sweep, row, c->one_core),
        .vs_cpu = sweep_ratios(c->sweep, row, c->all_cores),
    };
}

static int kernel_width(const sweep *s)
{
    size_t width = strlen("kernel");
    for (int i = 0; i < s->row_count; i++)
        width = strlen(s->rows[i].device.kernel) > width ? strlen(s->rows[i].device.kernel) : width;
    return (int)width;
}

static void print_rows(FILE *out, const comparison *c)
{
    const int width = kernel_width(c->sweep);
    fprintf(out, "%-9s  %-*s  %7s  %8s  %-15s  %-15s  name\n", "device", width, "kernel", "workers", "darts/s",
            "x one core", "x CPU");
    for (int i = 0; i < c->sweep->row_count; i++) {
        const sweep_row *row = &c->sweep->rows[i];
        const figures f = figures_of(c, row);
        char text[3][32];
        fprintf(out, "%-9s  %-*s  %7u  %8s  %-15s  %-15s  %s\n", row->label, width, row->device.kernel, row->workers,
                three_digits(text[0], f.rates.median),
                with_error(text[1], f.vs_core.median, mcpi_spread_error(&f.vs_core)),
                with_error(text[2], f.vs_cpu.median, mcpi_spread_error(&f.vs_cpu)), row->device.name);
    }
}

static void print_text(FILE *out, const void *report)
{
    const comparison *const c = report;
    const sweep *s = c->sweep;
    print_job(out, &s->origin);
    print_rows(out, c);
    fputs("\nRates are darts over counting time, without set-up. CPU means all its threads.\n", out);
    sweep_method_text(out, s);
    sweep_text(out, s);
}

static void print_json(FILE *out, const void *report)
{
    const comparison *const c = report;
    const sweep *s = c->sweep;
    const mcpi_options *const run = &s->options->run;
    json_writer j = json_begin(out, "mcpi.compare.v1");
    put_integer(&j, "seed", run->seed);
    put_integer(&j, "stream", run->stream);
    put_integer(&j, "first", run->first);
    put_integer(&j, "darts", s->darts);
    put_exact_range(&j, &(mcpi_job){run->seed, run->stream, run->first, s->darts});
    put_bool(&j, "identical", !sweep_disagrees(s));
    put_integer(&j, "rounds", (uint64_t)s->rounds_done);
    put_string(&j, "rounds_ended_by", sweep_ended_by(s));
    put_seconds(&j, "round_seconds", s->round_seconds);
    put_seconds(&j, "paused_seconds", s->paused_seconds);
    put_origin(&j, &s->origin);
    put_open(&j, "rows", '[');
    for (int i = 0; i < s->row_count; i++) {
        const sweep_row *row = &s->rows[i];
        const figures f = figures_of(c, row);
        put_open(&j, NULL, '{');
        put_string(&j, "who", row->label);
        put_string(&j, "name", row->device.name);
        put_string(&j, "kernel", row->device.kernel);
        put_integer(&j, "workers", row->workers);
        put_integer(&j, "hits", row->hits);
        put_spread(&j, "darts_per_second", &f.rates);
        put_spread(&j, "speedup_vs_core", &f.vs_core);
        put_spread(&j, "speedup_vs_cpu", &f.vs_cpu);
        put_number(&j, "cpu_share", sweep_cpu_share(s, row));
        put_rounds(&j, s, row);
        put_close(&j, '}');
    }
    put_close(&j, ']');
    put_warnings(&j, &s->warnings);
    json_end(&j);
}

static int command_compare(const cli_options *options, report_files *files)
{
    static const report_renderers renderers = {{[REPORT_TEXT] = print_text, [REPORT_JSON] = print_json}};
    const double seconds = options->run.time_limit_seconds > 0.0 ? options->run.time_limit_seconds : default_seconds;
    comparison c = {.sweep = sweep_new(options)};
    if (!c.sweep)
        return exit_code_of(MCPI_NO_MEMORY);
    c.sweep->round_seconds = seconds / sweep_plan_rounds(c.sweep, seconds, 1.0, most_time);
    add_rows(&c);
    const mcpi_status status = sweep_carry_out(c.sweep);
    if (c.sweep->rounds_done > 0 || sweep_disagrees(c.sweep)) {
        sweep_warn(c.sweep);
        report_write(files, &renderers, &c);
        warnings_print(&c.sweep->warnings);
    }
    sweep_free(c.sweep);
    return exit_code_of(status);
}

const cli_command compare_command = {
    .name = "compare",
    .summary = "time one core, all cores, each GPU and all devices together",
    .report = command_compare,
    .formats = 1U << REPORT_TEXT,
    .options = {{&option_device, NULL},
                {&option_threads, NULL},
                {&option_pin, NULL},
                {&option_workers, NULL},
                {&option_kernel, NULL},
                {&option_time, "time for each row of the table  [2s, or up to 4s]"},
                {&option_rounds, NULL},
                {&option_first, NULL},
                {&option_seed, NULL},
                {&option_stream, NULL},
                {&option_expect, NULL},
                {&option_quiet, NULL},
                {&option_progress, NULL}},
    .examples = {{"compare -d all", "CPU and GPUs"}, {"compare -d cpu --kernel avx2", "one kernel"}},
};
