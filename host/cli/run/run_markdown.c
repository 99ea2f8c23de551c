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

static void put_device(FILE *out, const mcpi_device_result *device)
{
    char rate[16];
    fputs("| ", out);
    if (device->node[0]) {
        markdown_text(out, device->node);
        fprintf(out, ", rank %u, ", device->rank);
    }
    markdown_text(out, device->device.id);
    fputs(" | ", out);
    markdown_text(out, device->device.name);
    fputs(" | ", out);
    markdown_text(out, device->device.kernel);
    fprintf(out, " | %u | %" PRIu64 " | %" PRIu64 " | ", device->workers, device->darts, device->hits);
    if (isfinite(device->busy_share))
        fprintf(out, "%.1f %%", 100.0 * device->busy_share);
    fprintf(out, " | %s |\n", device->darts > 0 ? three_digits(rate, device->darts_per_second) : "");
}

void report_markdown(FILE *out, const mcpi_result *result, const run_origin *origin, const warning_list *warnings)
{
    put_facts(out, result, origin);
    if (result->device_count > 0)
        fputs("\n| device | name | kernel | workers | darts | hits | busy | darts/s |\n"
              "|---|---|---|--:|--:|--:|--:|--:|\n",
              out);
    for (size_t i = 0; i < result->device_count; i++)
        put_device(out, &result->devices[i]);
    warnings_markdown(out, warnings);
}
