#include "cli/args/library_texts.h"

void name_options_in_error(const cli_options *options, mcpi_status status, mcpi_error *error)
{
    if (status != MCPI_OK)
        name_options(options, error->message, sizeof error->message);
}

static void name_options_in_result(const cli_options *options, mcpi_result *result)
{
    for (mcpi_device_result *device = result->devices; device < result->devices + result->device_count; device++) {
        name_options(options, device->failure, sizeof device->failure);
        name_options(options, device->first_restart, sizeof device->first_restart);
    }
    for (size_t i = 0; i < result->worker_count; i++)
        name_options(options, result->per_worker[i].failure, sizeof result->per_worker[i].failure);
}

void name_options_in_run(const cli_options *options, mcpi_status status, mcpi_result *result, mcpi_error *error)
{
    name_options_in_error(options, status, error);
    if (result)
        name_options_in_result(options, result);
}

void name_options_in_rows(const cli_options *options, const mcpi_stress_report *report)
{
    for (size_t i = 0; i < report->row_count; i++)
        name_options(options, report->rows[i].failure, sizeof report->rows[i].failure);
}
