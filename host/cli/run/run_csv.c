/* A row for the run and one for each device. Numbers have one format, and column names include the units. */
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

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

/* A cell, after the one before it in its row. */
static void put_text(FILE *out, const char *text)
{
    const bool quoted = strpbrk(text, ",\"\r\n") != NULL;
    fputs(quoted ? ",\"" : ",", out);
    for (const char *c = text; *c; c++)
        fprintf(out, *c == '"' ? "\"%c" : "%c", *c);
    fputs(quoted ? "\"" : "", out);
}

static void put_count_cell(FILE *out, uint64_t count)
{
    fprintf(out, ",%" PRIu64, count);
}

static void put_value(FILE *out, double value)
{
    fputc(',', out);
    if (isfinite(value))
        write_number(out, value);
}

static void put_empty(FILE *out, size_t cells)
{
    while (cells-- > 0)
        fputc(',', out);
}

/* The cells that say which run it is, so that the rows of several files can be put into one table. */
static void end_row(FILE *out, const mcpi_result *result, const run_origin *origin)
{
    put_count_cell(out, result->seed);
    put_count_cell(out, result->stream);
    put_text(out, origin->host);
    put_text(out, MCPI_VERSION);
    fputc('\n', out);
}

static void put_run(FILE *out, const mcpi_result *result, const run_origin *origin)
{
    const mcpi_estimate *estimate = &result->estimate;
    uint64_t ranges = 0;
    for (size_t i = 0; i < result->device_count; i++)
        ranges += result->devices[i].ranges;
    fputs("run", out);
    put_empty(out, 5);
    put_count_cell(out, result->worker_count);
    put_count_cell(out, ranges);
    put_count_cell(out, result->first);
    put_count_cell(out, result->darts);
    put_count_cell(out, result->hits);
    put_empty(out, 2);
    put_value(out, result->setup_seconds);
    put_value(out, result->counting_seconds);
    put_value(out, result->total_seconds);
    put_value(out, (double)darts_of_all_devices(result) / result->counting_seconds);
    put_empty(out, 2);
    put_count_cell(out, result->verify.slices);
    put_count_cell(out, result->verify.darts);
    put_value(out, estimate->pi);
    put_value(out, estimate->std_error);
    put_value(out, estimate->ci95[0]);
    put_value(out, estimate->ci95[1]);
    put_value(out, estimate->z);
    put_value(out, actual_error(estimate));
    put_text(out, result->complete ? "true" : "false");
    put_empty(out, 1);
    end_row(out, result, origin);
}

static void put_device(FILE *out, const mcpi_result *result, const mcpi_device_result *device, const run_origin *origin)
{
    fputs("device", out);
    put_text(out, device->device.id);
    put_text(out, device->device.name);
    put_text(out, device->device.kernel);
    put_text(out, device->node);
    if (result->sharing.processes > 1)
        put_count_cell(out, device->rank);
    else
        put_empty(out, 1);
    put_count_cell(out, device->workers);
    put_count_cell(out, device->ranges);
    put_empty(out, 1);
    put_count_cell(out, device->darts);
    put_count_cell(out, device->hits);
    put_value(out, device->busy_share);
    put_value(out, device->busy_seconds);
    put_value(out, device->setup_seconds);
    put_empty(out, 2);
    put_value(out, device->darts > 0 ? device->darts_per_second : NAN);
    put_value(out, device->speedup_vs_cpu);
    put_value(out, device->speedup_vs_core);
    put_count_cell(out, device->recounted_slices);
    put_count_cell(out, device->recounted_darts);
    put_empty(out, 7);
    put_text(out, device->failure);
    end_row(out, result, origin);
}

void report_csv(FILE *out, const mcpi_result *result, const run_origin *origin)
{
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        fprintf(out, "%s%s", i > 0 ? "," : "", columns[i]);
    fputc('\n', out);
    put_run(out, result, origin);
    for (size_t i = 0; i < result->device_count; i++)
        put_device(out, result, &result->devices[i], origin);
}
