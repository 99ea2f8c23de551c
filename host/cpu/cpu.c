#include "cpu/cpu.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/status.h"
#include "cpu/bounds.h"
#include "cpu/kernels.h"
#include "cpu/machine/placement.h"
#include "cpu/machine/quota.h"
#include "cpu/selftest.h"
#include "mcpi/dart.h"

typedef struct cpu_worker {
    mcpi_count_function count;
    mcpi_job job;
    uint64_t hits;
} cpu_worker;

static size_t cpu_enumerate(mcpi_device *devices, size_t capacity)
{
    if (capacity == 0)
        return 1;
    const mcpi_count_kernel *kernel = NULL;
    mcpi_pick_kernel(NULL, mcpi_probe_features(&mcpi_this_machine), mcpi_self_test(), &kernel, NULL);
    mcpi_device *const cpu = &devices[0];
    memset(cpu, 0, sizeof *cpu);
    snprintf(cpu->kernel, sizeof cpu->kernel, "%s", kernel->name);
    mcpi_probe_name(&mcpi_this_machine, cpu->name, sizeof cpu->name);
    cpu->kind = MCPI_CPU;
    cpu->available = 1;
    cpu->units = mcpi_usable_cores();
    return 1;
}

static mcpi_status bind_to(const mcpi_place *place, mcpi_error *error)
{
    const int refused = place->count > 0 ? mcpi_bind_thread(place) : 0;
    if (refused == 0)
        return MCPI_OK;
    return mcpi_fail(error, MCPI_SYSTEM, "cpu: cannot bind a thread to CPU %d%s: %s", place->cpus[0],
                     place->count > 1 ? " and the other CPUs of its core" : "", strerror(refused));
}

static mcpi_status cpu_open(const mcpi_device *device, const mcpi_worker_options *options, void **worker,
                            mcpi_error *error)
{
    (void)device;
    const mcpi_count_kernel *kernel = NULL;
    const mcpi_features features = mcpi_probe_features(&mcpi_this_machine);
    mcpi_status status =
        mcpi_pick_kernel(options->kernel, features, options->kernel ? NULL : mcpi_self_test(), &kernel, error);
    if (status == MCPI_OK)
        status = bind_to(&options->place, error);
    if (status != MCPI_OK)
        return status;
    cpu_worker *const opened = calloc(1, sizeof *opened);
    if (!opened)
        return mcpi_fail(error, MCPI_NO_MEMORY, "cpu: no memory for a worker (%zu bytes)", sizeof *opened);
    opened->count = kernel->count;
    *worker = opened;
    return MCPI_OK;
}

/* Nothing runs in the background: the job is counted when it is collected. */
static mcpi_status cpu_submit(void *worker, const mcpi_job *job, mcpi_error *error)
{
    (void)error;
    ((cpu_worker *)worker)->job = *job;
    return MCPI_OK;
}

static mcpi_status cpu_collect(void *worker, mcpi_counts *counts, mcpi_error *error)
{
    (void)error;
    cpu_worker *const cpu = worker;
    const double start = mcpi_seconds();
    const double busy = mcpi_thread_seconds();
    cpu->hits = cpu->count(cpu->job.seed, cpu->job.stream, cpu->job.first, cpu->job.darts);
    counts->slice_darts = MCPI_DART_END; /* one slice holds any job */
    counts->slices = 1;
    counts->hits = &cpu->hits;
    counts->busy_seconds = mcpi_thread_seconds() - busy;
    counts->elapsed_seconds = mcpi_seconds() - start;
    return MCPI_OK;
}

static size_t cpu_kernels(const mcpi_device *device, mcpi_kernel *kernels, size_t capacity)
{
    (void)device;
    const mcpi_features features = mcpi_probe_features(&mcpi_this_machine);
    const double *darts_per_second = mcpi_self_test();
    for (size_t i = 0; i < mcpi_count_kernels_size && i < capacity; i++) {
        const mcpi_count_kernel *from = &mcpi_count_kernels[i];
        mcpi_kernel *to = &kernels[i];
        memset(to, 0, sizeof *to);
        snprintf(to->name, sizeof to->name, "%s", from->name);
        snprintf(to->summary, sizeof to->summary, "%s", from->needs_name[0] ? from->needs_name : "dart.h, compiled");
        to->available = mcpi_kernel_runs(from, features);
        to->competes = 1;
        to->darts_per_second = darts_per_second[i];
        if (!to->available)
            mcpi_explain_kernel(from, features, to->note, sizeof to->note);
    }
    return mcpi_count_kernels_size;
}

static const double bound_seconds = 0.02;

static mcpi_bound cpu_bound(const mcpi_device *device, const char *kernel, unsigned workers)
{
    (void)device;
    return (mcpi_bound){.darts_per_second = mcpi_bound_rate(kernel, workers, bound_seconds), .clock_hertz = NAN};
}

const mcpi_backend mcpi_backend_cpu = {
    .name = "cpu",
    .kind = MCPI_CPU,
    .in_flight = 1,
    .opening_darts = UINT64_C(1) << 17,
    .enumerate = cpu_enumerate,
    .kernels = cpu_kernels,
    .open = cpu_open,
    .submit = cpu_submit,
    .collect = cpu_collect,
    .close = free,
    .places = mcpi_cpu_places,
    .bound = cpu_bound,
};
