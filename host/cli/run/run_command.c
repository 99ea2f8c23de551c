#include <string.h>

#include "cli/commands.h"
#include "cli/io/complain.h"
#include "cli/io/exit_process.h"
#include "cli/io/interrupt.h"
#include "cli/run/checkpointing.h"
#include "cli/run/progress.h"
#include "cli/run/run_report.h"
#include "cli/run/trace.h"

/* If you have a GPU, you should learn why it was not used; -q hides that only if there is none that should work. */
static void note_fallback(const cli_options *options, const mcpi_result *result)
{
    inventory found;
    if (strcmp(options->run.devices, "auto") != 0 || result->devices[0].device.kind != MCPI_CPU)
        return;
    inventory_take(&found);
    for (const mcpi_device *device = found.device; device < found.device + found.count; device++)
        if (device->kind == MCPI_GPU && (device->broken || !options->quiet))
            complain("counted on the CPU: %s: %s", device->id, device->note);
}

static void warn_of_failures(const mcpi_result *result)
{
    for (size_t i = 0; i < result->device_count; i++)
        if (result->devices[i].failure[0])
            complain("dropped %s", result->devices[i].failure);
}

/* What the observers of a run share. */
typedef struct observed {
    progress progress;
    checkpointing checkpointing;
} observed;

static void show_progress(void *user, const mcpi_progress *state)
{
    progress_update(&((observed *)user)->progress, state);
}

static void save(void *user, const mcpi_state *state)
{
    checkpointing_save(&((observed *)user)->checkpointing, state);
}

static void report(const cli_options *options, const mcpi_result *result, FILE *file)
{
    const run_origin origin = origin_end(&options->origin);
    if (options->json) {
        report_json(stdout, result, &origin);
    } else {
        print_job(stdout, &origin);
        report_text(stdout, result);
    }
    if (file)
        report_json(file, result, &origin);
    warn_of_failures(result);
    if (!options->quiet)
        note_pause(result->paused_seconds);
    if (!result->left_behind)
        note_fallback(options, result); /* asks the driver */
}

/* A run of several processes ends with all of them only: there, a later SIGINT ends this one at once. */
static mcpi_status count(const cli_options *options, const mcpi_options *run, mcpi_result **result, mcpi_error *error)
{
    if (options->runner == mcpi_run)
        interrupt_poll_begin();
    else
        interrupt_work_begins();
    const mcpi_status status = options->runner(run, result, error);
    interrupt_poll_end();
    return status;
}

/* Count and tell. Returns the exit code. */
static int run_observed(const cli_options *options, mcpi_options *run, FILE *file, trace_files *c)
{
    observed o = {.progress = progress_start(options)};
    mcpi_result *result;
    mcpi_error error;
    mcpi_status status = checkpointing_open(&o.checkpointing, options, run);
    if (status != MCPI_OK) {
        trace_finish(c, NULL);
        return exit_code_of(status);
    }
    run->stop = interrupt_requested;
    run->progress = show_progress;
    run->save = o.checkpointing.checkpoint ? save : NULL;
    run->user = &o;

    status = count(options, run, &result, &error);
    progress_finish(&o.progress);
    ending_note_devices(result);
    if (result)
        report(options, result, file);
    if (status != MCPI_OK)
        complain("%s", error.message);
    else if (o.checkpointing.failure.status != MCPI_OK)
        complain("%s; what it holds is older than the result", o.checkpointing.failure.message);
    const bool kept = o.checkpointing.failure.status == MCPI_OK;
    checkpointing_close(&o.checkpointing);
    const bool drawn = trace_finish(c, result) == EXIT_DONE;
    mcpi_result_free(result);
    return status == MCPI_OK && !(kept && drawn) ? EXIT_FAILED : exit_code_of(status);
}

int command_run(const cli_options *options, FILE *file)
{
    mcpi_options run = options->run;
    trace_files c;
    run.trace = options->trace || options->plot;
    return trace_open(&c, options) ? run_observed(options, &run, file, &c) : EXIT_USAGE;
}
