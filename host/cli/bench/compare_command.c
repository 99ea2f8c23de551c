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
#include "cli/run/run_report.h"

enum { rounds = 5 };

static const double default_seconds = 2.0;

typedef struct comparison {
    sweep sweep;
    const sweep_row *one_core, *all_cores;
} comparison;

/* Rates of a row, and their ratios to those of one core and of all CPU threads. */
typedef struct figures {
    mcpi_spread rates, vs_core, vs_cpu;
} figures;

static void add_rows(comparison *c)
{
    const unsigned threads = c->sweep.options->run.threads ? c->sweep.options->run.threads : c->sweep.cpu.units;
    c->one_core = c->all_cores = sweep_add_cpu(&c->sweep, "one core", 1);
    if (threads > 1)
        c->all_cores = sweep_add_cpu(&c->sweep, "all cores", threads);
    sweep_add_each_gpu(&c->sweep);
    sweep_add_together(&c->sweep, threads);
}

static figures figures_of(const comparison *c, const sweep_row *row)
{
    return (figures){
        .rates = sweep_rates(&c->sweep, row),
        .vs_core = sweep_ratios(&c->sweep, row, c->one_core),
        .vs_cpu = sweep_ratios(&c->sweep, row, c->all_cores),
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
    const int width = kernel_width(&c->sweep);
    fprintf(out, "%-9s  %-*s  %7s  %8s  %7s  %-19s  %-6s  name\n", "device", width, "kernel", "workers", "darts/s",
            "spread", "x one core", "x CPU");
    for (int i = 0; i < c->sweep.row_count; i++) {
        const sweep_row *row = &c->sweep.rows[i];
        const figures f = figures_of(c, row);
        char text[5][16];
        char core[40];
        snprintf(core, sizeof core, "%s (%s-%s)", three_digits(text[0], f.vs_core.median),
                 three_digits(text[1], f.vs_core.lowest), three_digits(text[2], f.vs_core.highest));
        fprintf(out, "%-9s  %-*s  %7u  %8s  %5.1f %%  %-19s  %-6s  %s\n", row->label, width, row->device.kernel,
                row->workers, three_digits(text[3], f.rates.median), 100.0 * sweep_noise(&f.rates), core,
                three_digits(text[4], f.vs_cpu.median), row->device.name);
    }
}

static void print_text(FILE *out, const void *report)
{
    const comparison *const c = report;
    const sweep *s = &c->sweep;
    print_job(out, &s->origin);
    print_rows(out, c);
    fprintf(out,
            "\nMedians of %d interleaved rounds of %.3g s (lowest-highest); spread is half the range of the rates.\n"
            "Rates are darts over counting time, without set-up. CPU means all its threads.\n",
            s->rounds_done, s->round_seconds);
    sweep_text(out, s);
}

static void print_json(FILE *out, const void *report)
{
    const comparison *const c = report;
    const sweep *s = &c->sweep;
    const mcpi_options *const run = &s->options->run;
    json_writer j = json_begin(out, "mcpi.compare.v1");
    put_integer(&j, "seed", run->seed);
    put_integer(&j, "stream", run->stream);
    put_integer(&j, "first", run->first);
    put_integer(&j, "darts", s->darts);
    put_exact_range(&j, &(mcpi_job){run->seed, run->stream, run->first, s->darts});
    put_bool(&j, "identical", !sweep_disagrees(s));
    put_integer(&j, "rounds", (uint64_t)s->rounds_done);
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
        put_close(&j, '}');
    }
    put_close(&j, ']');
    json_end(&j);
}

static int command_compare(const cli_options *options, report_files *files)
{
    static const report_renderers renderers = {{[REPORT_TEXT] = print_text, [REPORT_JSON] = print_json}};
    comparison c;
    sweep_init(&c.sweep, options, rounds);
    c.sweep.round_seconds =
        (options->run.time_limit_seconds > 0.0 ? options->run.time_limit_seconds : default_seconds) / rounds;
    add_rows(&c);
    const mcpi_status status = sweep_carry_out(&c.sweep);
    if (c.sweep.rounds_done > 0 || sweep_disagrees(&c.sweep)) {
        report_write(files, &renderers, &c);
        sweep_warn_of_noise(&c.sweep);
    }
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
                {&option_time, "time for each row of the table  [2s]"},
                {&option_first, NULL},
                {&option_seed, NULL},
                {&option_stream, NULL},
                {&option_expect, NULL},
                {&option_quiet, NULL},
                {&option_progress, NULL}},
    .examples = {{"compare -d all", "CPU and GPUs"}, {"compare -d cpu --kernel avx2", "one kernel"}},
};
