#include <string.h>

#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/progress.h"
#include "cli/report.h"

/* Somebody who has a GPU should learn why it was not used. */
static void note_fallback(const cli_options *options, const mcpi_result *result)
{
    enum { most = 64 };
    mcpi_device devices[most];
    if (options->quiet || strcmp(options->run.devices, "auto") != 0 || result->devices[0].device.kind != MCPI_CPU)
        return;
    const size_t count = mcpi_list_devices(devices, most);
    for (size_t i = 0; i < count && i < most; i++)
        if (devices[i].kind == MCPI_GPU)
            complain("counted on the CPU: %s", devices[i].note);
}

static void warn_of_failures(const mcpi_result *result)
{
    for (size_t i = 0; i < result->device_count; i++)
        if (result->devices[i].failure[0])
            complain("dropped %s", result->devices[i].failure);
}

int command_run(const cli_options *options, FILE *file)
{
    progress progress = progress_start(options);
    mcpi_options run = options->run;
    mcpi_result *result;
    mcpi_error error;
    run.stop = interrupt_requested;
    run.progress = progress_update;
    run.user = &progress;

    const mcpi_status status = mcpi_run(&run, &result, &error);
    progress_finish(&progress);
    if (result) {
        (options->json ? report_json : report_text)(stdout, result);
        if (file)
            report_json(file, result);
        warn_of_failures(result);
        note_fallback(options, result);
    }
    if (status != MCPI_OK)
        complain("%s", error.message);
    mcpi_result_free(result);
    return exit_code_of(status);
}
