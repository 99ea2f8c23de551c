#include <string.h>

#include "cli/commands.h"
#include "cli/convergence.h"
#include "cli/ending.h"
#include "cli/interrupt.h"
#include "cli/keep.h"
#include "cli/progress.h"
#include "cli/report.h"

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
    keeper keeper;
} observed;

static void show_progress(void *user, const mcpi_progress *state)
{
    progress_update(&((observed *)user)->progress, state);
}

static void save(void *user, const mcpi_state *state)
{
    keep_state(&((observed *)user)->keeper, state);
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
static int run_observed(const cli_options *options, mcpi_options *run, FILE *file, convergence *c)
{
    observed o = {.progress = progress_start(options)};
    mcpi_result *result;
    mcpi_error error;
    mcpi_status status = keep_open(&o.keeper, options, run);
    if (status != MCPI_OK) {
        convergence_finish(c, NULL);
        return exit_code_of(status);
    }
    run->stop = interrupt_requested;
    run->progress = show_progress;
    run->save = o.keeper.checkpoint ? save : NULL;
    run->user = &o;

    status = count(options, run, &result, &error);
    progress_finish(&o.progress);
    ending_note_devices(result);
    if (result)
        report(options, result, file);
    if (status != MCPI_OK)
        complain("%s", error.message);
    else if (o.keeper.failure.status != MCPI_OK)
        complain("%s; what it holds is older than the result", o.keeper.failure.message);
    const bool kept = o.keeper.failure.status == MCPI_OK;
    keep_close(&o.keeper);
    const bool drawn = convergence_finish(c, result) == EXIT_DONE;
    mcpi_result_free(result);
    return status == MCPI_OK && !(kept && drawn) ? EXIT_FAILED : exit_code_of(status);
}

int command_run(const cli_options *options, FILE *file)
{
    mcpi_options run = options->run;
    convergence c;
    run.trace = options->trace || options->plot;
    return convergence_open(&c, options) ? run_observed(options, &run, file, &c) : EXIT_USAGE;
}
