/* The result for an issue, a wiki or a lab book: tables and lists as GitHub renders them. */
#include <inttypes.h>
#include <math.h>

#include "cli/io/report_table.h"
#include "cli/io/three_digits.h"
#include "cli/run/run_report.h"

static void put_estimate(FILE *out, const mcpi_result *result)
{
    const mcpi_estimate *estimate = &result->estimate;
    const int decimals = decimals_of(estimate);
    fprintf(out, "| pi | %.*f", decimals, estimate->pi);
    if (has_std_error(result))
        fprintf(out, " ± %.*f", decimals, estimate->std_error);
    fprintf(out, " |\n| 95 %% interval | %.*f to %.*f |\n", decimals, estimate->ci95[0], decimals, estimate->ci95[1]);
    fprintf(out, "| error | %+.*f", decimals, actual_error(estimate));
    if (has_std_error(result))
        fprintf(out, ", %+.2f standard errors", actual_error_in_std_errors(estimate));
    fputs(" |\n", out);
}

static void put_facts(FILE *out, const mcpi_result *result, const run_origin *origin)
{
    char rate[16];
    fputs("| mcpi " MCPI_VERSION " | ", out);
    markdown_text(out, origin->host);
    fputs(" |\n|---|---|\n", out);
    fprintf(out, "| hits | %" PRIu64 " |\n| darts | %" PRIu64 "%s |\n", result->hits, result->darts,
            result->complete ? "" : " (incomplete)");
    fprintf(out, "| first dart, seed, stream | %" PRIu64 ", %" PRIu64 ", %" PRIu64 " |\n", result->first, result->seed,
            result->stream);
    if (result->darts > 0)
        put_estimate(out, result);
    if (result->counting_seconds > 0.0)
        fprintf(out, "| counting | %.3f s, %s darts/s |\n", result->counting_seconds,
                three_digits(rate, (double)darts_of_all_devices(result) / result->counting_seconds));
    if (result->verify.slices > 0)
        fprintf(out, "| recounted on the CPU | %" PRIu64 " slices, %" PRIu64 " differ |\n", result->verify.slices,
                result->verify.mismatches);
}

static void add_device(table *t, const mcpi_device_result *device)
{
    char rate[16];
    if (device->node[0])
        table_add(t, "%s, rank %u, %s", device->node, device->rank, device->device.id);
    else
        table_add(t, "%s", device->device.id);
    table_add(t, "%s", device->device.name);
    table_add(t, "%s", device->device.kernel);
    table_add(t, "%u", device->workers);
    table_add(t, "%" PRIu64, device->darts);
    table_add(t, "%" PRIu64, device->hits);
    if (isfinite(device->busy_share))
        table_add(t, "%.1f %%", 100.0 * device->busy_share);
    else
        table_add(t, "%s", "");
    table_add(t, "%s", device->darts > 0 ? three_digits(rate, device->darts_per_second) : "");
}

static void put_devices(FILE *out, const mcpi_result *result)
{
    static const table_column columns[] = {{"device", true}, {"name", true},  {"kernel", true}, {"workers", false},
                                           {"darts", false}, {"hits", false}, {"busy", false},  {"darts/s", false}};
    table t = table_begin(columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < result->device_count; i++)
        add_device(&t, &result->devices[i]);
    fputc('\n', out);
    table_print_markdown(out, &t);
    table_free(&t);
}

void report_markdown(FILE *out, const mcpi_result *result, const run_origin *origin, const warning_list *warnings)
{
    put_facts(out, result, origin);
    if (result->device_count > 0)
        put_devices(out, result);
    warnings_markdown(out, warnings);
}
