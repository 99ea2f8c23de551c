#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cli/io/three_digits.h"
#include "cli/run/run_report.h"

/* By chance, a p-value is below this once in a million runs. */
static const double least_p_value = 1e-6;

int decimals_of(const mcpi_estimate *estimate)
{
    const double error = estimate->std_error > 0.0 ? estimate->std_error : estimate->ci95[1] - estimate->ci95[0];
    return (int)fmin(fmax(1.0 - floor(log10(error)), 1.0), 15.0);
}

static void print_estimate(FILE *out, const mcpi_result *result)
{
    const mcpi_estimate *estimate = &result->estimate;
    if (!result->complete)
        fputs("INCOMPLETE: more darts were requested; the count covers exactly the darts below\n", out);
    if (result->darts == 0) {
        fputs("pi        no estimate, because no darts were counted\n", out);
        return;
    }
    const int decimals = decimals_of(estimate);
    fprintf(out, "pi        %.*f +- %.*f standard error, z = %+.2f\n", decimals, estimate->pi, decimals,
            estimate->std_error, estimate->z);
    fprintf(out, "95 %%      %.*f to %.*f\n", decimals, estimate->ci95[0], decimals, estimate->ci95[1]);
}

static void print_count(FILE *out, const mcpi_result *result)
{
    fprintf(out,
            "count     %" PRIu64 " hit%s in %" PRIu64 " dart%s, from dart %" PRIu64 ", seed %" PRIu64
            ", stream %" PRIu64 "\n",
            result->hits, plural(result->hits), result->darts, plural(result->darts), result->first, result->seed,
            result->stream);
}

static uint64_t darts_of_all_devices(const mcpi_result *result)
{
    uint64_t darts = 0;
    for (size_t i = 0; i < result->device_count; i++)
        darts += result->devices[i].darts;
    return darts;
}

static const char *percent(char *text, double share)
{
    enum { size = 16 };
    if (isfinite(share))
        snprintf(text, size, "%.1f %%", 100.0 * share);
    else
        snprintf(text, size, "-");
    return text;
}

/* The width of the longest node name or the heading; 0 without nodes. */
static int node_width(const mcpi_result *result)
{
    size_t width = 0;
    for (size_t i = 0; i < result->device_count; i++)
        width = strlen(result->devices[i].node) > width ? strlen(result->devices[i].node) : width;
    return width == 0 ? 0 : (int)fmax((double)width, 4.0) + 2;
}

static int kernel_width(const mcpi_result *result)
{
    size_t width = 8;
    for (size_t i = 0; i < result->device_count; i++)
        width = (size_t)fmax((double)width, (double)strlen(result->devices[i].device.kernel));
    return (int)width;
}

static void print_devices(FILE *out, const mcpi_result *result)
{
    const uint64_t all = darts_of_all_devices(result);
    const int width = node_width(result);
    const int kernel = kernel_width(result);
    const bool ranks = result->sharing.processes > 1;
    fprintf(out, "\n%s%-*sdevice    %-*s workers                darts   share     busy   darts/s  name\n",
            ranks ? "rank  " : "", width, width > 0 ? "node" : "", kernel, "kernel");
    for (size_t i = 0; i < result->device_count; i++) {
        const mcpi_device_result *device = &result->devices[i];
        char share[16];
        char busy[16];
        char rate[16];
        if (ranks)
            fprintf(out, "%4u  ", device->rank);
        fprintf(out, "%-*s%-9s %-*s %7u %20" PRIu64 " %7s  %7s  %8s  %s\n", width, device->node, device->device.id,
                kernel, device->device.kernel, device->workers, device->darts,
                percent(share, (double)device->darts / (double)all), percent(busy, device->busy_share),
                three_digits(rate, device->darts > 0 ? device->darts_per_second : NAN), device->device.name);
        if (device->failure[0])
            fprintf(out, "          dropped: %s\n", device->failure);
    }
    fputc('\n', out);
}

/* Print the rate of each kernel of a device, if several counted. */
static void print_kernels(FILE *out, const mcpi_result *result)
{
    for (size_t i = 0; i < result->device_count; i++) {
        const mcpi_device_result *device = &result->devices[i];
        if (device->kernel_count < 2 || result->sharing.processes > 1)
            continue;
        fprintf(out, "kernels   %s:", device->device.id);
        for (size_t k = 0; k < device->kernel_count; k++) {
            char rate[16];
            fprintf(out, "%s %s %s darts/s", k > 0 ? "," : "", device->kernels[k].name,
                    three_digits(rate, device->kernels[k].darts_per_second));
        }
        fputc('\n', out);
    }
}

static unsigned cpu_threads(const mcpi_result *result)
{
    for (size_t i = 0; i < result->device_count; i++)
        if (result->devices[i].device.kind == MCPI_CPU)
            return result->devices[i].workers;
    return 0;
}

/* Print the speed-up of each GPU over the CPU. The CPU's rate is its own in this run or, if it did not count, that of
   its recounts. */
static void print_speedups(FILE *out, const mcpi_result *result)
{
    const unsigned threads = cpu_threads(result);
    if (result->sharing.processes > 1)
        return; /* too many lines for the GPUs of a cluster; the table has the rates */
    for (size_t i = 0; i < result->device_count; i++) {
        const mcpi_device_result *device = &result->devices[i];
        char cpu[16];
        char core[16];
        if (device->device.kind != MCPI_GPU || !isfinite(device->speedup_vs_core))
            continue;
        fprintf(out, "speed-up  %s is %s times as fast as all CPU threads, %s times as fast as one (%s rate%s)\n",
                device->device.id, three_digits(cpu, device->speedup_vs_cpu),
                three_digits(core, device->speedup_vs_core), threads ? "the CPU's own" : "their recount's",
                threads ? " in this run" : "");
    }
}

static void print_verify(FILE *out, const mcpi_verify_result *verify)
{
    char rate[16];
    if (verify->mismatches > 0)
        fprintf(out, "check     FAILED: %" PRIu64 " of %" PRIu64 " slices differ\n          %s\n", verify->mismatches,
                verify->slices, verify->first_mismatch);
    else if (verify->slices > 0)
        fprintf(out,
                "check     %" PRIu64 " slices, %" PRIu64 " darts recounted on the CPU (%s, %s darts/s): all agree\n",
                verify->slices, verify->darts, verify->kernel, three_digits(rate, verify->darts_per_second));
}

static void print_dispersion(FILE *out, const mcpi_dispersion *dispersion)
{
    char chi_square[16];
    char p_value[16];
    if (dispersion->slices > 0 && dispersion->p_value < least_p_value)
        fprintf(out,
                "WARNING: the counts of %" PRIu64 " slices scatter too %s: chi-square %s, which has a "
                "probability of %s by chance; suspect the machine\n",
                dispersion->slices, dispersion->chi_square > (double)dispersion->slices ? "much" : "little",
                three_digits(chi_square, dispersion->chi_square), three_digits(p_value, dispersion->p_value));
}

static void print_time(FILE *out, const mcpi_result *result)
{
    char rate[16];
    const double rest = result->total_seconds - result->setup_seconds - result->counting_seconds;
    fprintf(out, "time      %.3f s: %.3f set-up, %.3f counting", result->total_seconds, result->setup_seconds,
            result->counting_seconds);
    if (result->counting_seconds > 0.0)
        fprintf(out, " at %s darts/s",
                three_digits(rate, (double)darts_of_all_devices(result) / result->counting_seconds));
    fprintf(out, ", %.3f to finish\n", fmax(rest, 0.0));
}

static void print_sharing(FILE *out, const mcpi_sharing *sharing)
{
    if (sharing->processes == 0)
        return;
    fprintf(out, "ranks     %u on %u node%s: %" PRIu64 " chunk%s handed out", sharing->processes, sharing->nodes,
            plural(sharing->nodes), sharing->chunks, plural(sharing->chunks));
    if (sharing->reports > 0)
        fprintf(out, ", %" PRIu64 " report%s of %" PRIu64 " bytes", sharing->reports, plural(sharing->reports),
                sharing->report_bytes);
    fprintf(out, ", %u round%s", sharing->rounds, plural(sharing->rounds));
    if (sharing->lost > 0)
        fprintf(out, "; %u rank%s LOST", sharing->lost, plural(sharing->lost));
    fputc('\n', out);
}

/* Only the parts that the backend has measured: not every device has a driver or a context. */
static void print_parts(FILE *out, const mcpi_startup *startup)
{
    const struct {
        const char *name;
        double seconds;
    } parts[] = {{"driver", startup->driver},
                 {"context", startup->context},
                 {"kernel", startup->module},
                 {"memory", startup->memory}};
    const char *separator = ": ";
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (parts[i].seconds <= 0.0)
            continue;
        fprintf(out, "%s%s %.3f", separator, parts[i].name, parts[i].seconds);
        separator = ", ";
    }
}

/* Print the set-up of the GPU that was ready last. The run does not wait for it, but in a short run it may not count at
   all. */
static void print_startup(FILE *out, const mcpi_result *result)
{
    const mcpi_device_result *last = NULL;
    for (size_t i = 0; i < result->device_count; i++) {
        const mcpi_device_result *device = &result->devices[i];
        if (device->device.kind == MCPI_GPU && (!last || device->setup_seconds > last->setup_seconds))
            last = device;
    }
    if (!last || last->setup_seconds <= 0.0)
        return;
    fprintf(out, "set-up    %s was ready after %.3f s", last->device.id, last->setup_seconds);
    print_parts(out, &last->startup);
    fputc('\n', out);
}

void report_text(FILE *out, const mcpi_result *result)
{
    print_estimate(out, result);
    print_count(out, result);
    if (result->resumed_darts > 0)
        fprintf(out, "resumed   %" PRIu64 " of these darts had been counted before\n", result->resumed_darts);
    if (result->device_count > 0)
        print_devices(out, result);
    print_kernels(out, result);
    print_speedups(out, result);
    print_verify(out, &result->verify);
    print_dispersion(out, &result->dispersion);
    if (result->total_seconds > 0.0)
        print_time(out, result);
    print_startup(out, result);
    print_sharing(out, &result->sharing);
}
