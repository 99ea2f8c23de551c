#include "engine/auto_device.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/selection.h"
#include "engine/goal.h"

/*
 * The least time from the first call of a GPU's driver until a kernel runs: the driver has to be initialised, a context
 * created and a module loaded. On machines with CUDA this is known to take 0.1 s and more; it has not been measured
 * with mcpi on a GPU. A lower bound is right here: a run that the CPU ends before it could not have been faster on a
 * GPU.
 */
static const double least_gpu_start_seconds = 0.1;

/* A build without a GPU backend has a placeholder that knows no kernels. */
static bool may_have_gpus(const mcpi_backend *const *backends)
{
    while (*backends && !((*backends)->kind == MCPI_GPU && (*backends)->kernels))
        backends++;
    return *backends;
}

static const mcpi_backend *cpu_backend(const mcpi_backend *const *backends)
{
    while (*backends && (*backends)->kind != MCPI_CPU)
        backends++;
    return *backends;
}

/* The rate of one core with this kernel, by the self-test; 0 if the CPU cannot run it, or if it was not timed. */
static double rate_of_core(const mcpi_backend *backend, const mcpi_device *cpu, const char *name)
{
    mcpi_kernel kernels[MCPI_KERNELS_MAX];
    size_t count = backend->kernels ? backend->kernels(cpu, kernels, MCPI_KERNELS_MAX) : 0;
    count = count < MCPI_KERNELS_MAX ? count : MCPI_KERNELS_MAX;
    for (size_t i = 0; i < count; i++)
        if (kernels[i].available && strcmp(kernels[i].name, name) == 0)
            return kernels[i].darts_per_second;
    return 0.0;
}

/* The rate of all workers, in darts per second; 0 if it is unknown. More workers than cores do not count faster. The
   second hardware threads of cores count as cores: 0.1 s is no long time even for half the rate. */
static double rate_of_cpu(const mcpi_options *options, const mcpi_backend *backend)
{
    mcpi_device cpu;
    if (!backend || mcpi_enumerate(backend, &cpu, 1) == 0 || !cpu.available)
        return 0.0;
    const bool few = options->threads > 0 && options->threads < cpu.units;
    const unsigned workers = few ? options->threads : cpu.units;
    return workers * rate_of_core(backend, &cpu, options->kernel ? options->kernel : cpu.kernel);
}

/* Darts that the run is going to count. */
static uint64_t darts_to_count(const mcpi_options *options)
{
    const uint64_t goal = mcpi_expected_goal(options);
    const uint64_t counted =
        options->resume ? mcpi_darts_of_parts(options->resume->parts, options->resume->part_count) : 0;
    return goal > counted ? goal - counted : 0;
}

static void explain(uint64_t darts, double seconds, char *reason, size_t size)
{
    char time[32] = "less than 0.1 ms";
    if (seconds >= 1e-4)
        snprintf(time, sizeof time, "about %.2g ms", 1e3 * seconds);
    snprintf(reason, size, "%" PRIu64 " dart%s the CPU %s; a GPU needs longer to start", darts,
             darts == 1 ? " takes" : "s take", time);
}

bool mcpi_stays_on_cpu(const mcpi_options *options, const mcpi_backend *const *backends, char *reason, size_t size)
{
    reason[0] = '\0';
    const bool is_open = options->devices && strcmp(options->devices, "auto") == 0 && !options->profile &&
                         options->verify != MCPI_VERIFY_FULL && may_have_gpus(backends);
    const double rate = is_open ? rate_of_cpu(options, cpu_backend(backends)) : 0.0;
    if (rate <= 0.0)
        return false;
    const uint64_t darts = darts_to_count(options);
    const double seconds = (double)darts / rate;
    if (seconds >= least_gpu_start_seconds)
        return false;
    explain(darts, seconds, reason, size);
    return true;
}
