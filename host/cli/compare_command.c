/*
 * mcpi compare: who counts how fast, and do all count the same?
 *
 * First everybody counts the same darts, and the counts must be one integer: a rate of something that counts wrong is
 * worth nothing. Then all are timed in turn, several times over, so that whatever else the machine does hits all alike.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/json.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "mcpi/dart.h"
#include "stats/spread.h"

enum { rounds = 5, most_rows = 260, most_devices = 256 };

static const double default_seconds = 2.0;

/* A spread beyond this says that the machine was not quiet. */
static const double noisy_spread = 0.05;

typedef struct row {
    char label[24];
    char devices[24]; /* as --device takes it */
    unsigned threads; /* 0: all */
    mcpi_device device;
    unsigned workers;
    uint64_t hits; /* in the common prefix */
    double rate[rounds];
    mcpi_spread rates, vs_core, vs_cpu;
} row;

typedef struct comparison {
    const cli_options *options;
    progress progress;
    double round_seconds;
    uint64_t prefix; /* darts that everybody counts */
    int disagrees;   /* index of a row whose count differs from the first row's; -1: none */
    int rounds_done;
    int all_cores; /* index of the row that uses all CPU threads */
    int count;
    row rows[most_rows];
} comparison;

/* ---- who takes part ---- */

static row *add_row(comparison *c, const char *label, const char *devices, const mcpi_device *device)
{
    row *r = &c->rows[c->count++];
    *r = (row){.device = *device, .workers = 1};
    snprintf(r->label, sizeof r->label, "%s", label);
    snprintf(r->devices, sizeof r->devices, "%s", devices);
    return r;
}

static void add_cpu_rows(comparison *c, const mcpi_device *cpu)
{
    const unsigned threads = c->options->run.threads ? c->options->run.threads : cpu->units;
    add_row(c, "one core", "cpu", cpu)->threads = 1;
    if (threads > 1) {
        row *all = add_row(c, "all cores", "cpu", cpu);
        all->threads = all->workers = threads;
        c->all_cores = c->count - 1;
    }
}

/* Is `id`, as in "gpu:3", among those that --device names? */
static bool is_selected(const char *selection, const char *id)
{
    const char *number = strchr(id, ':');
    if (strncmp(selection, "gpu:", 4) != 0)
        return strcmp(selection, "cpu") != 0;
    for (const char *item = selection + 4; number; item += strcspn(item, ",") + 1) {
        const size_t length = strcspn(item, ",");
        if (length == strlen(number + 1) && strncmp(item, number + 1, length) == 0)
            return true;
        if (item[length] == '\0')
            break;
    }
    return false;
}

static void add_rows(comparison *c)
{
    mcpi_device devices[most_devices];
    const char *selection = c->options->run.devices;
    size_t count = mcpi_list_devices(devices, most_devices);
    size_t gpus = 0;
    count = count < most_devices ? count : most_devices;
    for (size_t i = 0; i < count; i++)
        if (devices[i].kind == MCPI_CPU)
            add_cpu_rows(c, &devices[i]);
    for (size_t i = 0; i < count; i++) {
        if (devices[i].kind == MCPI_GPU && devices[i].available && is_selected(selection, devices[i].id)) {
            add_row(c, devices[i].id, devices[i].id, &devices[i]);
            gpus++;
        }
    }
    if (gpus > 0 && strncmp(selection, "gpu:", 4) != 0) {
        row *together = add_row(c, "together", "all", &c->rows[0].device);
        snprintf(together->device.name, sizeof together->device.name, "all CPU threads and all GPUs");
        together->workers = c->rows[c->all_cores].workers + (unsigned)gpus;
    }
}

/* ---- counting ---- */

/* One run of a row: `darts` darts, or as many as it can in `seconds`. A failure is told at once. */
static mcpi_status count(comparison *c, const row *r, uint64_t darts, double seconds, mcpi_result **result)
{
    mcpi_options run = c->options->run;
    mcpi_error error;
    run.devices = r->devices;
    if (r->threads)
        run.threads = r->threads;
    run.darts = darts;
    run.time_limit_seconds = seconds;
    run.verify = MCPI_VERIFY_OFF;
    run.stop = interrupt_requested;
    const mcpi_status status = mcpi_run(&run, result, &error);
    if (status != MCPI_OK) {
        progress_finish(&c->progress);
        complain("%s", error.message);
    }
    return status;
}

static uint64_t all_darts(const comparison *c)
{
    return MCPI_DART_END - c->options->run.first;
}

static mcpi_status check_row(comparison *c, int index)
{
    row *r = &c->rows[index];
    mcpi_result *result;
    char line[80];
    snprintf(line, sizeof line, "checking: %s", r->label);
    progress_say(&c->progress, line);
    /* The first row, one core, decides how far everybody goes. */
    const mcpi_status status =
        index == 0 ? count(c, r, all_darts(c), c->round_seconds, &result) : count(c, r, c->prefix, 0.0, &result);
    if (status == MCPI_OK) {
        if (index == 0)
            c->prefix = result->darts;
        r->hits = result->hits;
        snprintf(r->device.kernel, sizeof r->device.kernel, "%s",
                 result->device_count == 1 ? result->devices[0].device.kernel : "-");
        if (r->hits != c->rows[0].hits && c->disagrees < 0)
            c->disagrees = index;
    }
    mcpi_result_free(result);
    return status;
}

static mcpi_status time_row(comparison *c, int index, int round)
{
    row *r = &c->rows[index];
    mcpi_result *result;
    char line[80];
    snprintf(line, sizeof line, "round %d of %d: %s", round + 1, rounds, r->label);
    progress_say(&c->progress, line);
    const mcpi_status status = count(c, r, all_darts(c), c->round_seconds, &result);
    if (status == MCPI_OK)
        r->rate[round] = (double)result->darts / result->counting_seconds;
    mcpi_result_free(result);
    return status;
}

static mcpi_status check_all(comparison *c)
{
    mcpi_status status = MCPI_OK;
    for (int i = 0; i < c->count && status == MCPI_OK; i++)
        status = check_row(c, i);
    return status;
}

static mcpi_status time_all(comparison *c)
{
    mcpi_status status = MCPI_OK;
    for (; c->rounds_done < rounds; c->rounds_done++)
        for (int i = 0; i < c->count; i++)
            if ((status = time_row(c, i, c->rounds_done)) != MCPI_OK)
                return status;
    return status;
}

/* ---- what it comes to ---- */

static mcpi_spread ratios(const row *r, const row *base, int count)
{
    double ratio[rounds];
    for (int i = 0; i < count; i++)
        ratio[i] = r->rate[i] / base->rate[i];
    return mcpi_spread_of(ratio, (size_t)count);
}

static void summarise(comparison *c)
{
    for (int i = 0; i < c->count; i++) {
        row *r = &c->rows[i];
        double rate[rounds];
        memcpy(rate, r->rate, sizeof rate);
        r->rates = mcpi_spread_of(rate, (size_t)c->rounds_done);
        r->vs_core = ratios(r, &c->rows[0], c->rounds_done);
        r->vs_cpu = ratios(r, &c->rows[c->all_cores], c->rounds_done);
    }
}

/* Half the distance between the extremes, as a share of the median. */
static double spread_of(const mcpi_spread *values)
{
    return (values->highest - values->lowest) / 2.0 / values->median;
}

static void print_rows(FILE *out, const comparison *c)
{
    fprintf(out, "%-9s  %-6s  %7s  %8s  %7s  %-19s  %-6s  name\n", "who", "kernel", "workers", "darts/s", "spread",
            "x one core", "x CPU");
    for (int i = 0; i < c->count; i++) {
        const row *r = &c->rows[i];
        char text[5][16];
        char core[40];
        snprintf(core, sizeof core, "%s (%s-%s)", three_digits(text[0], r->vs_core.median),
                 three_digits(text[1], r->vs_core.lowest), three_digits(text[2], r->vs_core.highest));
        fprintf(out, "%-9s  %-6s  %7u  %8s  %5.1f %%  %-19s  %-6s  %s\n", r->label, r->device.kernel, r->workers,
                three_digits(text[3], r->rates.median), 100.0 * spread_of(&r->rates), core,
                three_digits(text[4], r->vs_cpu.median), r->device.name);
    }
}

static void print_text(FILE *out, const comparison *c)
{
    print_rows(out, c);
    fprintf(out,
            "\nMedians of %d interleaved rounds of %.3g s (lowest-highest); spread is half the distance between these "
            "two.\n"
            "Rates are darts over counting time, without set-up. CPU means all its threads.\n",
            c->rounds_done, c->round_seconds);
    if (c->disagrees < 0)
        fprintf(out,
                "All %d count %" PRIu64 " hits in the %" PRIu64 " darts from dart %" PRIu64 ", seed %" PRIu64
                ", stream %" PRIu64 ".\n",
                c->count, c->rows[0].hits, c->prefix, c->options->run.first, c->options->run.seed,
                c->options->run.stream);
}

static void write_spread(json_writer *j, const char *key, const mcpi_spread *spread)
{
    put_open(j, key, '{');
    put_number(j, "median", spread->median);
    put_number(j, "lowest", spread->lowest);
    put_number(j, "highest", spread->highest);
    put_close(j, '}');
}

static void print_json(FILE *out, const comparison *c)
{
    json_writer j = {.out = out};
    put_open(&j, NULL, '{');
    put_string(&j, "schema", "mcpi.compare.v1");
    put_string(&j, "version", mcpi_version());
    put_integer(&j, "seed", c->options->run.seed);
    put_integer(&j, "stream", c->options->run.stream);
    put_integer(&j, "first", c->options->run.first);
    put_integer(&j, "darts", c->prefix);
    put_bool(&j, "identical", c->disagrees < 0);
    put_integer(&j, "rounds", (uint64_t)c->rounds_done);
    put_seconds(&j, "round_seconds", c->round_seconds);
    put_open(&j, "rows", '[');
    for (int i = 0; i < c->count; i++) {
        const row *r = &c->rows[i];
        put_open(&j, NULL, '{');
        put_string(&j, "who", r->label);
        put_string(&j, "name", r->device.name);
        put_string(&j, "kernel", r->device.kernel);
        put_integer(&j, "workers", r->workers);
        put_integer(&j, "hits", r->hits);
        write_spread(&j, "darts_per_second", &r->rates);
        write_spread(&j, "speedup_vs_core", &r->vs_core);
        write_spread(&j, "speedup_vs_cpu", &r->vs_cpu);
        put_close(&j, '}');
    }
    put_close(&j, ']');
    put_close(&j, '}');
    fputc('\n', out);
}

static void complain_of_mismatch(const comparison *c)
{
    const row *other = &c->rows[c->disagrees];
    complain("counts disagree: in %" PRIu64 " darts from dart %" PRIu64 " %s counts %" PRIu64
             " hits, %s counts %" PRIu64,
             c->prefix, c->options->run.first, c->rows[0].label, c->rows[0].hits, other->label, other->hits);
}

static void warn_of_noise(const comparison *c)
{
    for (int i = 0; i < c->count && !c->options->quiet; i++)
        if (spread_of(&c->rows[i].rates) > noisy_spread)
            complain(
                "the rates of '%s' spread by %.0f %%: the machine was not quiet, or is too slow for %.3g s a round; "
                "take the ratios with care",
                c->rows[i].label, 100.0 * spread_of(&c->rows[i].rates), c->round_seconds);
}

static mcpi_status check_selection(const cli_options *options)
{
    /* A run of no darts checks the options and the devices named, and counts nothing. */
    mcpi_options none = options->run;
    mcpi_result *result;
    mcpi_error error;
    none.darts = 0;
    none.verify = MCPI_VERIFY_OFF;
    const mcpi_status status = mcpi_run(&none, &result, &error);
    if (status != MCPI_OK)
        complain("%s", error.message);
    mcpi_result_free(result);
    return status;
}

int command_compare(const cli_options *options, FILE *file)
{
    comparison c;
    const double seconds = options->run.time_limit_seconds > 0.0 ? options->run.time_limit_seconds : default_seconds;
    c = (comparison){
        .options = options, .progress = progress_start(options), .round_seconds = seconds / rounds, .disagrees = -1};
    mcpi_status status = check_selection(options);
    if (status != MCPI_OK)
        return exit_code_of(status);
    add_rows(&c);
    if (all_darts(&c) == 0) {
        complain("--first %" PRIu64 ": there are no darts from there on", options->run.first);
        return EXIT_USAGE;
    }
    status = check_all(&c);
    if (status == MCPI_OK && c.disagrees < 0)
        status = time_all(&c);
    progress_finish(&c.progress);
    summarise(&c);
    if (c.disagrees >= 0)
        complain_of_mismatch(&c);
    if (c.rounds_done > 0 || c.disagrees >= 0) {
        (options->json ? print_json : print_text)(stdout, &c);
        if (file)
            print_json(file, &c);
        warn_of_noise(&c);
    }
    return c.disagrees >= 0 ? EXIT_MISMATCH : exit_code_of(status);
}
