/*
 * mcpi stress: test whether this machine counts correctly.
 *
 * While the test runs, it shows one line on a terminal, redrawn; otherwise, with or without --json, it prints one line
 * every interval. The first fault and the first failure of each device are reported at once. The metrics file is
 * written before anything is counted, so that it does not show an earlier test, then every interval, after a fault or a
 * failure, and at the end.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/args/file_conflicts.h"
#include "cli/args/library_texts.h"
#include "cli/commands.h"
#include "cli/io/complain.h"
#include "cli/io/exit_process.h"
#include "cli/io/interrupt.h"
#include "cli/io/output.h"
#include "cli/run/progress.h"
#include "cli/stress/stress_nodes.h"
#include "cli/stress/stress_report.h"
#include "cli/stress/stress_test.h"
#include "core/backend.h"
#include "core/status.h"

enum { line_width = 400 };

static const double draw_seconds = 1.0;

/* The mode of a new metrics file, regardless of the umask: its collector may run as another user. */
static const mode_t readable_by_all = 0644;

/* What has been reported about a device. */
typedef struct told {
    bool fault, failure;
} told;

typedef struct session {
    const cli_options *options;
    const stress_observer *observer; /* NULL: the test is the whole program */
    progress progress;
    meter live, lines;     /* for the redrawn line, and for the lines of each interval */
    double next_interval;  /* test time in seconds at which the next interval ends */
    told *told;            /* for each device */
    double paused_seconds; /* pauses reported so far */
    bool prepared, no_memory, told_any;
    bool metrics_failed;       /* reported only once; fails the test */
    const report_files *files; /* NULL: there are none */
    inventory found;
    stress_state state;
} session;

/* Allocates once the number of devices is known. */
static bool prepare(session *s, const mcpi_stress_report *report)
{
    if (!s->prepared && !s->no_memory) {
        s->told = calloc(report->row_count, sizeof *s->told);
        s->prepared = meter_start(&s->live, report->row_count) && meter_start(&s->lines, report->row_count) && s->told;
        s->no_memory = !s->prepared;
    }
    return s->prepared;
}

static void release(session *s)
{
    meter_free(&s->live);
    meter_free(&s->lines);
    free(s->told);
}

static void observe(const session *s, const mcpi_stress_report *report)
{
    if (s->observer)
        s->observer->watch(s->observer->user, report, &s->state);
}

/* Replace the file of --metrics atomically. On failure returns false, sets errno and leaves the old file unchanged. */
static bool replace_metrics(const char *name, const mcpi_stress_report *report, const double *rates,
                            const stress_state *state)
{
    output out;
    if (!output_open(&out, name, readable_by_all))
        return false;
    stress_metrics(out.file, report, rates, state);
    return output_commit(&out);
}

static void write_metrics(session *s, const mcpi_stress_report *report)
{
    const char *const name = s->options->metrics;
    if (!name || replace_metrics(name, report, s->lines.rates, &s->state))
        return;
    if (!s->metrics_failed)
        complain_of_file("--metrics", name, errno);
    s->metrics_failed = true;
}

static void write_json(const session *s, FILE *out, const mcpi_stress_report *report)
{
    stress_json(out, report, s->lines.rates, &s->state);
}

static void write_files(const session *s, const mcpi_stress_report *report)
{
    for (size_t i = 0; s->files && i < s->files->count; i++)
        write_json(s, s->files->files[i].file, report);
}

static bool prints_json(const session *s)
{
    return s->options->format == REPORT_JSON;
}

static void judge(session *s, mcpi_status status, int exit_code)
{
    s->state.judged = true;
    s->state.status = status;
    s->state.exit_code = exit_code;
    s->state.judged_seconds = (uint64_t)time(NULL);
}

static void end(session *s)
{
    s->state.running = false;
    s->state.origin = origin_end(&s->options->origin);
}

/* The test does not start. All files record this in place of a verdict, so that none shows an earlier one. */
static void refuse(session *s, mcpi_status status, const char *error)
{
    const mcpi_options *const run = &s->options->run;
    const mcpi_stress_report nothing = {
        .seed = run->seed, .stream = run->stream, .first = run->first, .asked_seconds = run->time_limit_seconds};
    end(s);
    s->state.error = error;
    judge(s, status, exit_code_of(status));
    write_metrics(s, &nothing);
    if (prints_json(s))
        write_json(s, stdout, &nothing);
    write_files(s, &nothing);
    observe(s, &nothing);
    s->state.error = NULL; /* the caller's string */
}

/* With --json, text lines are printed only on request. */
bool stress_has_lines(const cli_options *options)
{
    return !options->quiet && (options->progress == PROGRESS_ALWAYS ||
                               (options->progress == PROGRESS_AUTO && options->format != REPORT_JSON));
}

static void end_interval(session *s, const mcpi_stress_report *report)
{
    char line[line_width + 1];
    s->next_interval = report->seconds + s->options->interval_seconds;
    meter_read(&s->lines, report);
    write_metrics(s, report);
    if (prints_json(s)) {
        write_json(s, stdout, report);
        fflush(stdout);
    }
    if (!s->progress.terminal && stress_has_lines(s->options)) {
        stress_line(line, line_width, report, s->lines.rates);
        complain_from(&s->options->origin, "%s", line);
    }
}

static void draw(session *s, const mcpi_stress_report *report)
{
    char line[line_width + 1];
    if (report->seconds < s->live.seconds + draw_seconds)
        return;
    meter_read(&s->live, report);
    stress_line(line, line_width, report, s->live.rates);
    progress_say(&s->progress, line);
}

/* Returns true if it was new. */
static bool tell_once(session *s, bool *told, const char *text)
{
    if (*told || text[0] == '\0')
        return false;
    *told = s->told_any = true;
    progress_finish(&s->progress);
    complain_from(&s->options->origin, "%s", text);
    return true;
}

/* Report each pause after it is over. */
static void tell_pause(session *s, const mcpi_stress_report *report)
{
    const double pause = report->paused_seconds - s->paused_seconds;
    s->paused_seconds = report->paused_seconds;
    if (pause <= 0.0 || s->options->quiet)
        return;
    progress_finish(&s->progress);
    note_pause(pause);
}

static bool tell(session *s, const mcpi_stress_report *report)
{
    bool news = false;
    tell_pause(s, report);
    for (size_t i = 0; i < report->row_count; i++) {
        news |= tell_once(s, &s->told[i].fault, report->rows[i].first_fault);
        news |= tell_once(s, &s->told[i].failure, report->rows[i].failure);
    }
    return news;
}

/* A fault or a failure decides how the test will end, so the metrics need not wait for the end. */
static void judge_at_once(session *s, const mcpi_stress_report *report)
{
    const mcpi_status status = report->disagreements > 0 ? MCPI_MISMATCH : MCPI_DEVICE_FAILED;
    if (!s->state.judged || s->state.status != status)
        judge(s, status, exit_code_of(status));
    write_metrics(s, report);
}

/* Check that all expected devices are tested. */
static int ready(void *user, const mcpi_stress_report *report)
{
    session *const s = user;
    name_options_in_rows(s->options, report);
    s->found.tested = report;
    if (!expectation_met(&s->options->expected, &s->found, &s->options->origin)) {
        refuse(s, MCPI_NO_DEVICE, "an expected device is not tested");
        s->told_any = true;
        return 0;
    }
    if (prepare(s, report))
        write_metrics(s, report);
    return 1;
}

static void watch(void *user, const mcpi_stress_report *report)
{
    session *const s = user;
    name_options_in_rows(s->options, report);
    if (!prepare(s, report))
        return;
    if (tell(s, report))
        judge_at_once(s, report);
    draw(s, report);
    if (report->seconds >= s->next_interval)
        end_interval(s, report);
    observe(s, report);
}

static int request(const session *s)
{
    return s->observer ? s->observer->stop(s->observer->user) : interrupt_requested(NULL);
}

/* Whether standard output is lost. With an observer nothing is printed there. */
static bool lost_stdout(const session *s)
{
    return !s->observer && (fflush(stdout) != 0 || ferror(stdout));
}

/* Also stops the test if its output is lost. */
static int stop(void *user)
{
    const session *const s = user;
    return s->no_memory || (!s->observer && ferror(stdout)) ? MCPI_STOP : request(s);
}

/* The exit code is not 0 if an output is lost. It is not 130 if the lost output, and no signal, ended the test. */
static int final_code(const session *s, mcpi_status status)
{
    const int code = exit_code_of(status);
    const bool lost = s->metrics_failed || lost_stdout(s);
    const bool passed = code == EXIT_DONE || (code == EXIT_INTERRUPTED && !request(s));
    return passed && lost ? EXIT_FAILED : code;
}

static void print_summary(const session *s, const mcpi_stress_report *report)
{
    print_job(stdout, &s->state.origin);
    stress_summary(stdout, report);
}

/* The metrics are written last, because they contain the exit code. If that fails, the exit code changes once more. */
static void conclude(session *s, const mcpi_stress_report *report, mcpi_status status)
{
    tell(s, report);
    meter_read(&s->lines, report);
    end(s);
    judge(s, status, final_code(s, status));
    if (prints_json(s))
        write_json(s, stdout, report);
    else if (!s->observer)
        print_summary(s, report);
    write_files(s, report);
    s->state.exit_code = final_code(s, status);
    write_metrics(s, report);
    s->state.exit_code = final_code(s, status);
    observe(s, report);
}

static session begin(const cli_options *options, const report_files *files, const stress_observer *observer)
{
    return (session){
        .options = options,
        .observer = observer,
        .progress = progress_start(options),
        .next_interval = options->interval_seconds,
        .files = files,
        .state = {.running = true, .expected = &options->expected, .origin = options->origin},
    };
}

/* Metrics without devices; expected devices have not been checked yet, either. */
static bool write_bare_metrics(const cli_options *options, stress_state state)
{
    const mcpi_stress_report nothing = {0};
    const expectation unknown = {0};
    state.expected = &unknown;
    return !options->metrics || replace_metrics(options->metrics, &nothing, NULL, &state);
}

void stress_never_ran(const cli_options *options, int exit_code)
{
    write_bare_metrics(options,
                       (stress_state){.judged = true, .exit_code = exit_code, .judged_seconds = (uint64_t)time(NULL)});
}

/* Returns the exit code. */
static int test(session *s)
{
    mcpi_stress_options stress = {.run = s->options->run, .ready = ready, .watch = watch};
    mcpi_stress_report *report;
    mcpi_error error;
    stress.run.stop = stop;
    stress.run.user = s;
    if (!s->observer)
        interrupt_poll_begin();
    mcpi_status status = mcpi_stress(&stress, &report, &error);
    if (!s->observer)
        interrupt_poll_end();
    progress_finish(&s->progress);
    ending_note_hung(report && report->hung);
    name_options_in_error(s->options, status, &error);
    if (report)
        name_options_in_rows(s->options, report);
    if (report && !prepare(s, report))
        status = mcpi_fail(&error, MCPI_NO_MEMORY, "out of memory");
    else if (report)
        conclude(s, report, status);
    s->found.tested = NULL;
    if (!s->state.judged)
        refuse(s, status, error.message);
    const bool is_told = s->told_any || (status == MCPI_STOPPED && (s->observer || !interrupt_requested(NULL)));
    if (status != MCPI_OK && !is_told)
        complain_from(&s->options->origin, "%s", error.message);
    mcpi_stress_report_free(report);
    return s->state.exit_code;
}

int stress_test(const cli_options *options, const report_files *files, const stress_observer *observer)
{
    session s = begin(options, files, observer);
    s.state.found = &s.found;
    /* Find out before the test whether the metrics can be written. A call of the driver may never return, so the file
       must be valid by then. */
    if (!write_bare_metrics(options, s.state)) {
        complain_of_file("--metrics", options->metrics, errno);
        return EXIT_USAGE;
    }
    if (options->expected.spec)
        inventory_take(&s.found);
    int code = EXIT_NO_DEVICE;
    if (expectation_met(&options->expected, &s.found, &options->origin))
        code = test(&s);
    else
        refuse(&s, MCPI_NO_DEVICE, "an expected device is missing");
    release(&s);
    return code;
}

/* ---- the row ---- */

static int command_stress(const cli_options *options, report_files *files)
{
    return options->job ? stress_lead(options, files, options->job) : stress_test(options, files, NULL);
}

static const cli_option option_metrics =
    CLI_OPTION("metrics", 0, "FILE", OPTION_FILE, metrics,
               "write Prometheus metrics to FILE, for the textfile\ncollector of node_exporter");

const cli_command stress_command = {
    .name = "stress",
    .summary = "count and recount until stopped; name devices that count wrong",
    .report = command_stress,
    .options = {{&option_device, "auto, cpu, gpu, gpu:0,1 (or UUIDs) or all  [all]"},
                {&option_threads, "cores to test, each with a worker bound to it"},
                {&option_workers, "threads, or processes  [processes for GPUs]"},
                {&option_kernel, NULL},
                {&option_time, "test for D: 10s, 5m, 2h  [until Ctrl-C or SIGTERM]"},
                {&option_first, NULL},
                {&option_seed, NULL},
                {&option_stream, NULL},
                {&option_expect, "exit with 4 if these are not tested: gpu=8,cpu=64"},
                {&option_interval, "print a line (with --json: an object) and update\n"
                                   "metrics every D; a terminal's line is redrawn  [1m]"},
                {&option_metrics, NULL},
                {&option_quiet, NULL},
                {&option_verbose, NULL},
                {&option_progress, NULL}},
    .examples = {{"stress -T 10m", "all devices, ten minutes"},
                 {"stress -d gpu -T 1h --expect gpu=8", "fail with fewer than 8 GPUs"}},
    .devices = "all",
    .with_mpi = true,
    .checks_expected = true,
};
