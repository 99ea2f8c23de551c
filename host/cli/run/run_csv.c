/* A row for the run and one for each device. Numbers have one format, and column names include the units. */
#include <math.h>

#include "cli/io/csv.h"
#include "cli/run/run_report.h"

static const char *const columns[] = {"row",
                                      "id",
                                      "name",
                                      "kernel",
                                      "node",
                                      "rank",
                                      "workers",
                                      "ranges",
                                      "first",
                                      "darts",
                                      "hits",
                                      "busy_share",
                                      "busy_seconds",
                                      "setup_seconds",
                                      "counting_seconds",
                                      "total_seconds",
                                      "darts_per_second",
                                      "speedup_vs_cpu",
                                      "speedup_vs_core",
                                      "recounted_slices",
                                      "recounted_darts",
                                      "pi",
                                      "std_error",
                                      "ci95_low",
                                      "ci95_high",
                                      "z",
                                      "error",
                                      "complete",
                                      "failure",
                                      "seed",
                                      "stream",
                                      "host",
                                      "version"};

static void put_empty(csv_writer *w, size_t cells)
{
    while (cells-- > 0)
        csv_text(w, "");
}

/* The cells that say which run it is, so that the rows of several files can be put into one table. */
static void end_row(csv_writer *w, const mcpi_result *result, const run_origin *origin)
{
    csv_integer(w, result->seed);
    csv_integer(w, result->stream);
    csv_text(w, origin->host);
    csv_text(w, MCPI_VERSION);
    csv_end_row(w);
}

static void put_run(csv_writer *w, const mcpi_result *result, const run_origin *origin)
{
    const mcpi_estimate *estimate = &result->estimate;
    uint64_t ranges = 0;
    for (size_t i = 0; i < result->device_count; i++)
        ranges += result->devices[i].ranges;
    csv_text(w, "run");
    put_empty(w, 5);
    csv_integer(w, result->worker_count);
    csv_integer(w, ranges);
    csv_integer(w, result->first);
    csv_integer(w, result->darts);
    csv_integer(w, result->hits);
    put_empty(w, 2);
    csv_number(w, result->setup_seconds);
    csv_number(w, result->counting_seconds);
    csv_number(w, result->total_seconds);
    csv_number(w, (double)darts_of_all_devices(result) / result->counting_seconds);
    put_empty(w, 2);
    csv_integer(w, result->verify.slices);
    csv_integer(w, result->verify.darts);
    csv_number(w, estimate->pi);
    csv_number(w, estimate->std_error);
    csv_number(w, estimate->ci95[0]);
    csv_number(w, estimate->ci95[1]);
    csv_number(w, estimate->z);
    csv_number(w, actual_error(estimate));
    csv_text(w, result->complete ? "true" : "false");
    put_empty(w, 1);
    end_row(w, result, origin);
}

static void put_device(csv_writer *w, const mcpi_result *result, const mcpi_device_result *device,
                       const run_origin *origin)
{
    csv_text(w, "device");
    csv_text(w, device->device.id);
    csv_text(w, device->device.name);
    csv_text(w, device->device.kernel);
    csv_text(w, device->node);
    if (result->sharing.processes > 1)
        csv_integer(w, device->rank);
    else
        put_empty(w, 1);
    csv_integer(w, device->workers);
    csv_integer(w, device->ranges);
    put_empty(w, 1);
    csv_integer(w, device->darts);
    csv_integer(w, device->hits);
    csv_number(w, device->busy_share);
    csv_number(w, device->busy_seconds);
    csv_number(w, device->setup_seconds);
    put_empty(w, 2);
    csv_number(w, device->darts > 0 ? device->darts_per_second : NAN);
    csv_number(w, device->speedup_vs_cpu);
    csv_number(w, device->speedup_vs_core);
    csv_integer(w, device->recounted_slices);
    csv_integer(w, device->recounted_darts);
    put_empty(w, 7);
    csv_text(w, device->failure);
    end_row(w, result, origin);
}

void report_csv(FILE *out, const mcpi_result *result, const run_origin *origin)
{
    csv_writer w = {.out = out};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        csv_text(&w, columns[i]);
    csv_end_row(&w);
    put_run(&w, result, origin);
    for (size_t i = 0; i < result->device_count; i++)
        put_device(&w, result, &result->devices[i], origin);
}
