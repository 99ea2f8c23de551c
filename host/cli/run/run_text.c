#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cli/io/three_digits.h"
#include "cli/run/run_report.h"

int decimals_of(const mcpi_estimate *estimate)
{
    const double error = estimate->std_error > 0.0 ? estimate->std_error : estimate->ci95[1] - estimate->ci95[0];
    return (int)fmin(fmax(1.0 - floor(log10(error)), 1.0), 15.0);
}

double actual_error(const mcpi_estimate *estimate)
{
    return estimate->pi - M_PI;
}

double actual_error_in_std_errors(const mcpi_estimate *estimate)
{
    return estimate->std_error > 0.0 ? actual_error(estimate) / estimate->std_error : NAN;
}

bool has_std_error(const mcpi_result *result)
{
    return result->darts >= 30 && result->estimate.std_error > 0.0;
}

static void print_error(FILE *out, const mcpi_result *result, int decimals)
{
    const mcpi_estimate *estimate = &result->estimate;
    fprintf(out, "error     %+.*f", decimals, actual_error(estimate));
    if (has_std_error(result))
        fprintf(out, ", %+.2f standard errors", actual_error_in_std_errors(estimate));
    fprintf(out, "; pi is %.16s...\n", PI_DIGITS);
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
    if (has_std_error(result))
        fprintf(out, "pi        %.*f +- %.*f standard error, z = %+.2f\n", decimals, estimate->pi, decimals,
                estimate->std_error, estimate->z);
    else
        fprintf(out, "pi        %.*f, of too few darts for a standard error\n", decimals, estimate->pi);
    fprintf(out, "95 %%      %.*f to %.*f\n", decimals, estimate->ci95[0], decimals, estimate->ci95[1]);
    print_error(out, result, decimals);
}

static void print_count(FILE *out, const mcpi_result *result)
{
    fprintf(out,
            "count     %" PRIu64 " hit%s in %" PRIu64 " dart%s, from dart %" PRIu64 ", seed %" PRIu64
            ", stream %" PRIu64 "\n",
            result->hits, plural(result->hits), result->darts, plural(result->darts), result->first, result->seed,
            result->stream);
}

uint64_t darts_of_all_devices(const mcpi_result *result)
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

/* ---- tables of devices and of workers: without names of nodes, 80 characters wide for up to 1e15 darts ---- */

typedef struct columns {
    bool ranks;
    int node;  /* width of the names of nodes; 0: none */
    int count; /* width of darts and hits */
} columns;

static columns columns_of(const mcpi_result *result)
{
    columns c = {.ranks = result->sharing.processes > 1, .count = 5};
    for (size_t i = 0; i < result->device_count; i++) {
        const mcpi_device_result *device = &result->devices[i];
        if (device->node[0])
            c.node = (int)fmax(fmax(c.node, 4.0 + 2), (double)strlen(device->node) + 2);
        c.count = (int)fmax(c.count, snprintf(NULL, 0, "%" PRIu64, device->darts));
    }
    return c;
}

/* Begin a heading, and a row of a device. */
static void begin_heading(FILE *out, const columns *c)
{
    fprintf(out, "\n%s%-*s", c->ranks ? "rank  " : "", c->node, c->node > 0 ? "node" : "");
}

static void begin_row(FILE *out, const columns *c, const mcpi_device_result *device)
{
    if (c->ranks)
        fprintf(out, "%4u  ", device->rank);
    fprintf(out, "%-*s", c->node, device->node);
}

static void print_failure(FILE *out, const char *failure)
{
    if (failure[0])
        fprintf(out, "          dropped: %s\n", failure);
}

static bool have_same_name(const mcpi_device *a, const mcpi_device *b)
{
    return strcmp(a->name, b->name) == 0 && strcmp(a->kernel, b->kernel) == 0;
}

static void print_device(FILE *out, const columns *c, const mcpi_device_result *device, uint64_t all)
{
    char share[16];
    char busy[16];
    char rate[16];
    begin_row(out, c, device);
    fprintf(out, "%-8s %7u  %*" PRIu64 "  %*" PRIu64 "  %7s  %7s  %7s\n", device->device.id, device->workers, c->count,
            device->darts, c->count, device->hits, percent(share, (double)device->darts / (double)all),
            percent(busy, device->busy_share), three_digits(rate, device->darts > 0 ? device->darts_per_second : NAN));
    print_failure(out, device->failure);
}

/* Devices of the same name and kernel follow one line with both. */
static void print_devices(FILE *out, const mcpi_result *result)
{
    const uint64_t all = darts_of_all_devices(result);
    const columns c = columns_of(result);
    begin_heading(out, &c);
    fprintf(out, "device   workers  %*s  %*s    share     busy  darts/s\n", c.count, "darts", c.count, "hits");
    for (size_t i = 0; i < result->device_count; i++) {
        const mcpi_device *device = &result->devices[i].device;
        if (i == 0 || !have_same_name(device, &result->devices[i - 1].device))
            fprintf(out, "%s, %s:\n", device->name, device->kernel);
        print_device(out, &c, &result->devices[i], all);
    }
    fputc('\n', out);
}

static void print_worker(FILE *out, const columns *c, const mcpi_device_result *device, unsigned number)
{
    const mcpi_worker_result *worker = &device->per_worker[number];
    char name[32];
    char rate[16];
    snprintf(name, sizeof name, "%s #%u", device->device.id, number);
    begin_row(out, c, device);
    fprintf(out, "%-10s  %*" PRIu64 "  %*" PRIu64 "  %8" PRIu64 "  %9.3f s  %7s\n", name, c->count, worker->darts,
            c->count, worker->hits, worker->ranges, worker->busy_seconds,
            three_digits(rate, worker->darts > 0 ? worker->darts_per_second : NAN));
    print_failure(out, worker->failure);
}

void report_workers(FILE *out, const mcpi_result *result)
{
    const columns c = columns_of(result);
    begin_heading(out, &c);
    fprintf(out, "worker      %*s  %*s    ranges         busy  darts/s\n", c.count, "darts", c.count, "hits");
    for (const mcpi_device_result *device = result->devices; device < result->devices + result->device_count; device++)
        for (unsigned number = 0; number < device->workers; number++)
            print_worker(out, &c, device, number);
}

/* ---- lines ---- */

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

/* The CPU counted in this run, or recounted, or neither. */
static void print_speedup(FILE *out, const mcpi_device_result *device, const mcpi_verify_result *verify)
{
    char cpu[16];
    char core[16];
    char seconds[16];
    fprintf(out, "speed-up  %s is ", device->device.id);
    three_digits(core, device->speedup_vs_core);
    if (isfinite(device->speedup_vs_cpu))
        fprintf(out, "%s times as fast as the CPU, %s times as fast as one of its workers, in this run\n",
                three_digits(cpu, device->speedup_vs_cpu), core);
    else if (isfinite(verify->rate_spread))
        fprintf(out, "%s times as fast as one CPU worker that recounts (timed for %s s, +- %.0f %%)\n", core,
                three_digits(seconds, verify->busy_seconds), 100.0 * verify->rate_spread);
    else
        fprintf(out, "%s times as fast as one CPU worker that recounts (timed once)\n", core);
}

/* The speed-ups of GPUs over the CPU, as far as this run shows them. A cluster has too many: the table has the rates.
 */
static void print_speedups(FILE *out, const mcpi_result *result)
{
    bool any = false;
    bool all = true;
    for (size_t i = 0; i < result->device_count && result->sharing.processes <= 1; i++) {
        const mcpi_device_result *device = &result->devices[i];
        if (device->device.kind != MCPI_GPU || device->darts == 0)
            continue;
        if (isfinite(device->speedup_vs_core))
            print_speedup(out, device, &result->verify);
        any = true;
        all &= isfinite(device->speedup_vs_cpu);
    }
    if (any && !all)
        fputs("          'mcpi compare' measures GPUs against all CPU workers at once\n", out);
}

/* ---- recounts ---- */

typedef struct recounted {
    size_t gpus;
    uint64_t least, most; /* slices of a GPU */
} recounted;

/* The GPUs of which samples were recounted. */
static recounted recounted_samples(const mcpi_result *result)
{
    recounted r = {0, UINT64_MAX, 0};
    for (size_t i = 0; i < result->device_count; i++) {
        const mcpi_device_result *const d = &result->devices[i];
        if (d->device.kind != MCPI_GPU || d->darts == 0 || d->recounted_darts >= d->darts)
            continue;
        r.gpus++;
        r.least = d->recounted_slices < r.least ? d->recounted_slices : r.least;
        r.most = d->recounted_slices > r.most ? d->recounted_slices : r.most;
    }
    return r;
}

/* n slices miss a share f of wrong ones with the probability (1 - f)^n. */
static void print_odds(FILE *out, const mcpi_result *result)
{
    const recounted r = recounted_samples(result);
    char share[16];
    if (r.gpus == 0 || r.least == 0)
        return;
    fputs("          ", out);
    if (r.gpus > 1 && r.least < r.most)
        fprintf(out, "%" PRIu64 " to %" PRIu64 " slices of each GPU: ", r.least, r.most);
    else if (r.gpus > 1)
        fprintf(out, "%" PRIu64 " slice%s of each GPU: ", r.least, plural(r.least));
    fprintf(out, "a GPU with more than %s wrong slices would have been found with a probability of 95 %%\n",
            percent(share, 1.0 - pow(0.05, 1.0 / (double)r.least)));
}

static void print_verify(FILE *out, const mcpi_result *result)
{
    const mcpi_verify_result *verify = &result->verify;
    char rate[16];
    if (verify->mismatches > 0)
        fprintf(out, "check     FAILED: %" PRIu64 " of %" PRIu64 " slices differ\n          %s\n", verify->mismatches,
                verify->slices, verify->first_mismatch);
    else if (verify->slices > 0)
        fprintf(out,
                "check     %" PRIu64 " slices, %" PRIu64 " darts recounted on the CPU (%s, %s darts/s): all agree\n",
                verify->slices, verify->darts, verify->kernel, three_digits(rate, verify->darts_per_second));
    if (verify->mismatches == 0)
        print_odds(out, result);
}

/* ---- times ---- */

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
    if (result->auto_reason[0])
        fprintf(out, "choice    counted on the CPU: %s\n", result->auto_reason);
    print_kernels(out, result);
    print_speedups(out, result);
    print_verify(out, result);
    if (result->total_seconds > 0.0)
        print_time(out, result);
    print_startup(out, result);
    print_sharing(out, &result->sharing);
}
