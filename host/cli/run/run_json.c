#include <math.h>

#include "cli/io/exact.h"
#include "cli/io/json.h"
#include "cli/run/run_report.h"

static void write_estimate(json_writer *j, const mcpi_estimate *estimate)
{
    put_number(j, "pi", estimate->pi);
    put_number(j, "std_error", estimate->std_error);
    put_open(j, "ci95", '[');
    put_number(j, NULL, estimate->ci95[0]);
    put_number(j, NULL, estimate->ci95[1]);
    put_close(j, ']');
    put_number(j, "z", estimate->z);
    put_number(j, "error", actual_error(estimate));
    put_number(j, "error_in_std_errors", actual_error_in_std_errors(estimate));
}

static void write_startup(json_writer *j, const mcpi_startup *startup)
{
    put_open(j, "startup_seconds", '{');
    put_seconds(j, "driver", startup->driver);
    put_seconds(j, "context", startup->context);
    put_seconds(j, "module", startup->module);
    put_seconds(j, "memory", startup->memory);
    put_close(j, '}');
}

static void write_kernels(json_writer *j, const mcpi_device_result *device)
{
    put_open(j, "kernels", '[');
    for (size_t i = 0; i < device->kernel_count; i++) {
        const mcpi_kernel_result *kernel = &device->kernels[i];
        put_open(j, NULL, '{');
        put_string(j, "name", kernel->name);
        put_integer(j, "darts", kernel->darts);
        put_integer(j, "recounted_darts", kernel->recounted_darts);
        put_number(j, "darts_per_second", kernel->darts_per_second);
        put_close(j, '}');
    }
    put_close(j, ']');
}

static void write_workers(json_writer *j, const mcpi_device_result *device)
{
    put_open(j, "workers", '[');
    for (unsigned i = 0; i < device->workers; i++) {
        const mcpi_worker_result *worker = &device->per_worker[i];
        put_open(j, NULL, '{');
        if (worker->pid > 0)
            put_integer(j, "pid", (uint64_t)worker->pid);
        if (worker->restarts > 0)
            put_integer(j, "restarts", worker->restarts);
        put_integer(j, "ranges", worker->ranges);
        put_integer(j, "darts", worker->darts);
        put_integer(j, "hits", worker->hits);
        put_seconds(j, "busy_seconds", worker->busy_seconds);
        put_number(j, "darts_per_second", worker->darts_per_second);
        if (worker->failure[0])
            put_string(j, "failure", worker->failure);
        put_close(j, '}');
    }
    put_close(j, ']');
}

static void write_device(json_writer *j, const mcpi_device_result *device)
{
    put_open(j, NULL, '{');
    put_string(j, "id", device->device.id);
    put_string(j, "name", device->device.name);
    if (device->node[0]) {
        put_string(j, "node", device->node);
        put_integer(j, "rank", device->rank);
    }
    if (device->device.uuid[0])
        put_string(j, "uuid", device->device.uuid);
    put_known(j, "driver", device->device.driver);
    put_string(j, "kernel", device->device.kernel);
    write_kernels(j, device);
    put_integer(j, "threads", device->workers);
    put_integer(j, "ranges", device->ranges);
    put_integer(j, "darts", device->darts);
    put_integer(j, "hits", device->hits);
    put_integer(j, "recounted_slices", device->recounted_slices);
    put_integer(j, "recounted_darts", device->recounted_darts);
    put_seconds(j, "setup_seconds", device->setup_seconds);
    if (device->device.kind == MCPI_GPU)
        write_startup(j, &device->startup);
    put_seconds(j, "busy_seconds", device->busy_seconds);
    put_number(j, "busy_share", device->busy_share);
    put_number(j, "darts_per_second", device->darts_per_second);
    put_number(j, "speedup_vs_cpu", device->speedup_vs_cpu);
    put_number(j, "speedup_vs_core", device->speedup_vs_core);
    put_bool(j, "in_processes", device->in_processes != 0);
    if (device->restarts > 0) {
        put_integer(j, "restarts", device->restarts);
        put_string(j, "first_restart", device->first_restart);
    }
    if (device->failure[0])
        put_string(j, "failure", device->failure);
    write_workers(j, device);
    put_close(j, '}');
}

static void write_verify(json_writer *j, const mcpi_verify_result *verify)
{
    put_open(j, "verify", '{');
    put_integer(j, "slices", verify->slices);
    put_integer(j, "darts", verify->darts);
    put_integer(j, "mismatches", verify->mismatches);
    if (verify->slices > 0) {
        put_string(j, "kernel", verify->kernel);
        put_integer(j, "threads", verify->workers);
        put_seconds(j, "busy_seconds", verify->busy_seconds);
        put_number(j, "darts_per_second", verify->darts_per_second);
        put_number(j, "rate_spread", verify->rate_spread);
    }
    if (verify->first_mismatch[0])
        put_string(j, "first_mismatch", verify->first_mismatch);
    put_close(j, '}');
}

static void write_sharing(json_writer *j, const mcpi_sharing *sharing)
{
    put_open(j, "sharing", '{');
    put_integer(j, "processes", sharing->processes);
    put_integer(j, "nodes", sharing->nodes);
    put_integer(j, "rounds", sharing->rounds);
    put_integer(j, "chunks", sharing->chunks);
    put_integer(j, "reports", sharing->reports);
    put_integer(j, "report_bytes", sharing->report_bytes);
    put_seconds(j, "waited_seconds", sharing->waited_seconds);
    put_integer(j, "lost", sharing->lost);
    put_close(j, '}');
}

exact_counts exact_counts_of(const mcpi_result *result)
{
    return (exact_counts){{result->seed, result->stream, result->first, result->darts, result->hits,
                           result->complete ? result->darts : result->goal},
                          result->complete != 0};
}

static void write_exact(json_writer *j, const mcpi_result *result)
{
    const exact_counts counts = exact_counts_of(result);
    put_open(j, "exact", '{');
    for (int i = 0; i < EXACT_NUMBERS; i++)
        put_exact(j, exact_keys[i], counts.numbers[i]);
    put_close(j, '}');
    put_string(j, "checksum", exact_checksum_of(&counts).text);
}

void put_count(json_writer *j, const mcpi_result *result)
{
    put_integer(j, "seed", result->seed);
    put_integer(j, "stream", result->stream);
    put_integer(j, "first", result->first);
    put_integer(j, "darts", result->darts);
    put_integer(j, "hits", result->hits);
    if (result->resumed_darts > 0)
        put_integer(j, "resumed_darts", result->resumed_darts);
    put_bool(j, "complete", result->complete);
    if (!result->complete)
        put_integer(j, "goal", result->goal);
    write_exact(j, result);
    write_estimate(j, &result->estimate);
}

static void write_dispersion(json_writer *j, const mcpi_result *result)
{
    const mcpi_dispersion *const d = &result->dispersion;
    put_open(j, "dispersion", '{');
    put_integer(j, "slices", d->slices);
    put_number(j, "chi_square", d->chi_square);
    put_number(j, "p_value", d->slices > 0 ? d->p_value : NAN);
    if (d->slices > 0) {
        put_number(j, "largest_z", d->largest_z);
        put_number(j, "largest_p_value", d->largest_p_value);
        put_integer(j, "largest_first", d->largest_first);
        put_integer(j, "largest_darts", d->largest_darts);
        put_string(j, "largest_device", d->largest_device);
    }
    if (d->slices > 0 && result->sharing.processes > 1)
        put_integer(j, "largest_rank", d->largest_rank);
    put_close(j, '}');
}

void put_parts(json_writer *j, const mcpi_result *result)
{
    const exact_counts counts = exact_counts_of(result);
    const exact_parts parts = {result->parts, result->part_count, result->unconfirmed_darts};
    put_open(j, "parts", '[');
    for (size_t i = 0; i < parts.count; i++) {
        const mcpi_part *const part = &parts.parts[i];
        put_open(j, NULL, '{');
        put_exact(j, "first", part->first);
        put_exact(j, "darts", part->darts);
        put_exact(j, "hits", part->hits);
        put_close(j, '}');
    }
    put_close(j, ']');
    put_exact(j, "unconfirmed_darts", parts.unconfirmed);
    put_string(j, "parts_checksum", exact_parts_checksum_of(&counts, &parts).text);
}

void report_json(FILE *out, const mcpi_result *result, const run_origin *origin, const warning_list *warnings)
{
    json_writer j = json_begin(out, "mcpi.result.v1");
    put_count(&j, result);
    put_open(&j, "seconds", '{');
    put_seconds(&j, "total", result->total_seconds);
    put_seconds(&j, "setup", result->setup_seconds);
    put_seconds(&j, "counting", result->counting_seconds);
    put_close(&j, '}');
    if (result->total_seconds > 0.0)
        put_seconds(&j, "paused_seconds", result->paused_seconds);
    put_origin(&j, origin);
    put_known(&j, "auto_reason", result->auto_reason);
    put_open(&j, "devices", '[');
    for (size_t i = 0; i < result->device_count; i++)
        write_device(&j, &result->devices[i]);
    put_close(&j, ']');
    write_verify(&j, &result->verify);
    write_dispersion(&j, result);
    if (result->sharing.processes > 0)
        write_sharing(&j, &result->sharing);
    put_warnings(&j, warnings);
    if (result->part_count > 1 || result->unconfirmed_darts > 0)
        put_parts(&j, result);
    json_end(&j);
}
