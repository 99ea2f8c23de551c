#include <errno.h>
#include <string.h>

#include "cli/args/file_conflicts.h"
#include "cli/args/library_texts.h"
#include "cli/commands.h"
#include "cli/io/complain.h"
#include "cli/io/exit_process.h"
#include "cli/io/interrupt.h"
#include "cli/run/checkpointing.h"
#include "cli/run/progress.h"
#include "cli/run/run_log.h"
#include "cli/run/run_report.h"
#include "cli/run/run_warnings.h"
#include "cli/run/trace.h"
#include "mcpi/dart.h"

/* The GPUs that `auto` would have used. Asks the driver. */
static inventory unused_gpus(const cli_options *options, const mcpi_result *result)
{
    inventory found = {0};
    if (!result->left_behind && strcmp(options->run.devices, "auto") == 0 && !result->auto_reason[0] &&
        result->devices[0].device.kind == MCPI_CPU)
        inventory_take(&found);
    return found;
}

/* Why a GPU was not used that is expected to work, */
static void warn_of_fallback(warning_list *w, const inventory *unused)
{
    for (const mcpi_device *device = unused->device; device < unused->device + unused->count; device++)
        if (device->kind == MCPI_GPU && device->broken)
            warnings_add(w, "cpu_instead_of_gpu", "counted on the CPU: %s: %s", device->id, device->note);
}

/* and why there is none. */
static void note_fallback(const inventory *unused)
{
    for (const mcpi_device *device = unused->device; device < unused->device + unused->count; device++)
        if (device->kind == MCPI_GPU && !device->broken)
            complain("counted on the CPU: %s: %s", device->id, device->note);
}

typedef struct observed {
    progress progress;
    checkpointing checkpointing;
    run_log log;
} observed;

static void show_progress(void *user, const mcpi_progress *state)
{
    progress_update(&((observed *)user)->progress, state);
}

static void save(void *user, const mcpi_state *state)
{
    checkpointing_save(&((observed *)user)->checkpointing, state);
}

static void log_event(void *user, const mcpi_event *event)
{
    run_log_write(&((observed *)user)->log, event);
}

typedef struct run_report {
    const cli_options *options;
    const mcpi_result *result;
    run_origin origin;
    const warning_list *warnings;
} run_report;

static void write_text(FILE *out, const void *report)
{
    const run_report *const r = report;
    print_job(out, &r->origin);
    report_text(out, r->result);
    if (r->options->per_worker)
        report_workers(out, r->result);
}

static void write_json(FILE *out, const void *report)
{
    const run_report *const r = report;
    report_json(out, r->result, &r->origin, r->warnings);
}

static void write_csv(FILE *out, const void *report)
{
    const run_report *const r = report;
    report_csv(out, r->result, &r->origin);
}

static void write_markdown(FILE *out, const void *report)
{
    const run_report *const r = report;
    report_markdown(out, r->result, &r->origin, r->warnings);
}

static const report_renderers renderers = {{[REPORT_TEXT] = write_text,
                                            [REPORT_JSON] = write_json,
                                            [REPORT_CSV] = write_csv,
                                            [REPORT_MARKDOWN] = write_markdown}};

/* Report the result and its warnings, which are added to *warnings. */
static void report(const cli_options *options, const mcpi_result *result, const report_files *files,
                   warning_list *warnings)
{
    const inventory unused = unused_gpus(options, result);
    warn_of_result(warnings, result);
    warn_of_fallback(warnings, &unused);
    report_write(files, &renderers, &(run_report){options, result, origin_end(&options->origin), warnings});
    warnings_print(warnings);
    if (!options->quiet)
        note_fallback(&unused);
}

/* A run of several processes ends only when all of them end: a later SIGINT ends this process at once. */
static mcpi_status count(const cli_options *options, const mcpi_options *run, mcpi_result **result, mcpi_error *error)
{
    if (options->runner == mcpi_run)
        interrupt_poll_begin();
    else
        interrupt_work_begins();
    const mcpi_status status = options->runner(run, result, error);
    interrupt_poll_end();
    name_options_in_run(options, status, *result, error);
    return status;
}

/* Open the checkpoint and the log of events. */
static mcpi_status open_files(observed *o, const cli_options *options, mcpi_options *run)
{
    const mcpi_status status = checkpointing_open(&o->checkpointing, options, run);
    if (status != MCPI_OK || run_log_open(&o->log, options))
        return status;
    complain_of_file("--log", options->log, errno);
    checkpointing_close(&o->checkpointing);
    return MCPI_BAD_OPTION;
}

/* Count and report. Returns the exit code. */
static int run_observed(const cli_options *options, mcpi_options *run, const report_files *files, trace_files *c)
{
    observed o = {.progress = progress_start(options)};
    warning_list warnings = {0};
    mcpi_result *result;
    mcpi_error error;
    mcpi_status status = open_files(&o, options, run);
    if (status != MCPI_OK) {
        trace_finish(c, NULL, NULL);
        return exit_code_of(status);
    }
    run->stop = interrupt_requested;
    run->progress = show_progress;
    run->event = o.log.file ? log_event : NULL;
    run->save = o.checkpointing.checkpoint ? save : NULL;
    run->user = &o;

    status = count(options, run, &result, &error);
    progress_finish(&o.progress);
    ending_note_devices(result);
    if (result)
        report(options, result, files, &warnings);
    if (status != MCPI_OK)
        complain("%s", error.message);
    else if (o.checkpointing.failure.status != MCPI_OK)
        complain("%s; the checkpoint is older than the result", o.checkpointing.failure.message);
    const bool kept = o.checkpointing.failure.status == MCPI_OK;
    checkpointing_close(&o.checkpointing);
    const bool logged = run_log_close(&o.log);
    const bool drawn = trace_finish(c, result, &warnings) == EXIT_DONE;
    warnings_free(&warnings);
    mcpi_result_free(result);
    return status == MCPI_OK && !(kept && logged && drawn) ? EXIT_FAILED : exit_code_of(status);
}

static int command_run(const cli_options *options, report_files *files)
{
    mcpi_options run = options->run;
    trace_files c;
    run.trace = options->trace || options->plot;
    return trace_open(&c, options) ? run_observed(options, &run, files, &c) : EXIT_USAGE;
}

/* ---- the row ---- */

/* A run with a stop rule but no number of darts runs until the rule is met. --continue sets both file options. */
static bool complete_run(cli_options *options, usage_error *error)
{
    const char *const other = options->checkpoint ? "checkpoint" : options->resume ? "resume" : NULL;
    const bool stop_rule = is_given(options, "target-error") || is_given(options, "time");
    if (options->continued && other)
        return usage_fail(error, "--continue: starts, continues and saves a run; omit --%s", other);
    if (stop_rule && !is_given(options, "samples"))
        options->run.darts = MCPI_DART_END - options->run.first;
    options->run.profile = options->profile;
    return true;
}

static const cli_option option_target_error =
    CLI_OPTION("target-error", 'e', "E", OPTION_POSITIVE, run.target_error,
               "stop when the standard error of pi is at most E", .wanted = "a standard error above 0, as in 1e-6");

static const option_choice verify_choices[] = {
    {"on", MCPI_VERIFY_ON}, {"off", MCPI_VERIFY_OFF}, {"full", MCPI_VERIFY_FULL}, {NULL, 0}};
static const cli_option option_verify =
    CLI_OPTION("verify", 0, "WHEN", OPTION_CHOICE, run.verify,
               "recount GPU results on the CPU: on (samples of them),\nfull (everything) or off  [on]",
               .wanted = "on, off or full", .choices = verify_choices);

static const cli_option option_continue =
    CLI_OPTION("continue", 0, "FILE", OPTION_FILE, continued, "start or continue the run in FILE; for requeued jobs");

static const cli_option option_checkpoint =
    CLI_OPTION("checkpoint", 0, "FILE", OPTION_FILE, checkpoint, "save progress to FILE, for --resume");

static const cli_option option_checkpoint_every =
    CLI_OPTION("checkpoint-every", 0, "D", OPTION_SECONDS, run.save_seconds, "how often to save progress  [5s]");

static const cli_option option_resume =
    CLI_OPTION("resume", 0, "FILE", OPTION_FILE, resume, "continue the run in FILE, and save progress there");

static const cli_option option_profile =
    CLI_OPTION("profile", 0, NULL, OPTION_FLAG, profile, "mark the counting for nsys profile -c cudaProfilerApi");

static const cli_option option_log =
    CLI_OPTION("log", 0, "FILE", OPTION_FILE, log, "log what each worker does; by rank: FILE.0, FILE.1");

static const cli_option option_per_worker =
    CLI_OPTION("per-worker", 0, NULL, OPTION_FLAG, per_worker, "print a row for each worker, too");

static const cli_option option_trace =
    CLI_OPTION("trace", 0, "FILE", OPTION_FILE, trace, "write counts after 10, 11, 12, 14 ... darts as CSV");

const cli_command run_command = {
    .name = "run",
    .summary = "estimate pi (the default command)",
    .report = command_run,
    .formats = REPORT_TABLES,
    .complete = complete_run,
    .options = {{NULL, "Darts"},
                {&option_samples, "number of darts: 1e10, 2^33, 10G  [1e9]"},
                {&option_first, NULL},
                {&option_seed, NULL},
                {&option_stream, NULL},
                {&option_target_error, NULL},
                {&option_time, "stop after counting for D: 10s, 5m, 2h"},
                {NULL, "Devices"},
                {&option_device, "auto (GPUs if any; short runs: the CPU), all, a list:\n"
                                 "cpu, gpu, gpu:0,1, UUIDs; gpu:0,0: 2 workers  [auto]"},
                {&option_threads, NULL},
                {&option_pin, NULL},
                {&option_workers, NULL},
                {&option_kernel, NULL},
                {&option_verify, NULL},
                {&option_expect, NULL},
                {&option_profile, NULL},
                {NULL, "Files"},
                {&option_continue, NULL},
                {&option_checkpoint, NULL},
                {&option_checkpoint_every, NULL},
                {&option_resume, NULL},
                {&option_log, NULL},
                {&option_trace, NULL},
                {&option_plot, "draw how the estimate converged (.svg or .png)"},
                {NULL, "Output"},
                {&option_per_worker, NULL},
                {&option_quiet, NULL},
                {&option_verbose, NULL},
                {&option_progress, NULL},
                {&option_interval, NULL}},
    .examples = {{"-n 1e10", "ten billion darts"},
                 {"-d all -T 1m -o pi.json", "all devices, for a minute"},
                 {"-n 1e15 --continue pi.state", "a long run, in one or more jobs"}},
    .with_mpi = true,
};
