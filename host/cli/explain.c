#include "cli/explain.h"

#include <string.h>

#include "cli/commands.h"
#include "cli/io/complain.h"
#include "cli/io/three_digits.h"
#include "cli/stress/job_link.h"
#include "core/selection.h"

/* ---- what is to be explained ---- */

/* What a command finds before it chooses. */
typedef struct findings {
    size_t count;
    mcpi_device devices[256];
    bool gpus_sought;  /* otherwise no GPU driver has been started */
    bool gpu_counts;   /* a GPU is available and selected */
    char why_cpu[120]; /* why "auto" does without GPUs; empty if it does not */
    mcpi_topology topology;
} findings;

static bool is_run(const cli_options *options)
{
    return options->command == &run_command;
}

/* Several processes do not make this choice. */
static void find_why_cpu(const cli_options *options, findings *found)
{
    if (is_run(options) && !options->job)
        mcpi_why_cpu(&options->run, found->why_cpu, sizeof found->why_cpu);
}

static void find_devices_of(const mcpi_backend *backend, findings *found)
{
    const size_t room = sizeof found->devices / sizeof *found->devices - found->count;
    const size_t count = mcpi_enumerate(backend, found->devices + found->count, room);
    found->count += count < room ? count : room;
}

static void find(const cli_options *options, findings *found)
{
    const char *const selection = options->run.devices;
    memset(found, 0, sizeof *found);
    find_why_cpu(options, found);
    for (const mcpi_backend *const *backend = mcpi_backends; *backend; backend++) {
        const bool is_gpu = (*backend)->kind == MCPI_GPU;
        if (is_gpu && (found->why_cpu[0] || !mcpi_selection_may_name(selection, *backend)))
            continue;
        found->gpus_sought |= is_gpu;
        find_devices_of(*backend, found);
    }
    for (size_t i = 0; i < found->count; i++)
        found->gpu_counts |= found->devices[i].kind == MCPI_GPU && found->devices[i].available &&
                             mcpi_selection_names(selection, &found->devices[i]);
    mcpi_read_topology(&found->topology);
}

/* ---- in words ---- */

/* Why a device that can count does not; empty if it does. */
static const char *why_left_out(const cli_options *options, const findings *found, const mcpi_device *device)
{
    const char *const selection = options->run.devices;
    if (!mcpi_selection_names(selection, device))
        return "; --device leaves it out";
    const bool prefers_gpus = is_run(options) && strcmp(selection, "auto") == 0 && found->gpu_counts;
    return prefers_gpus && device->kind == MCPI_CPU ? "; --device auto prefers the GPUs" : "";
}

static void explain_device(const cli_options *options, const findings *found, const mcpi_device *device)
{
    const char *const what = device->kind == MCPI_CPU ? "cores to use" : "multiprocessors";
    char memory[32] = "";
    if (device->memory_bytes > 0)
        snprintf(memory, sizeof memory, ", %.1f GiB", (double)device->memory_bytes / (1024.0 * 1024.0 * 1024.0));
    if (!device->available)
        complain("%s: cannot be used: %s", device->id, device->note);
    else
        complain("%s: %s, %u %s%s%s%s%s", device->id, device->name, device->units, what, memory,
                 device->note[0] ? "; " : "", device->note, why_left_out(options, found, device));
}

static void explain_kernel(const mcpi_device *device, const mcpi_kernel *kernel)
{
    char rate[16];
    if (!kernel->available)
        complain("%s: kernel %s cannot run: %s", device->id, kernel->name, kernel->note);
    else if (kernel->darts_per_second > 0.0)
        complain("%s: kernel %s: %s darts/s on one core in the self-test", device->id, kernel->name,
                 three_digits(rate, kernel->darts_per_second));
    else
        complain("%s: kernel %s: %s", device->id, kernel->name,
                 !kernel->competes          ? "only if --kernel names it"
                 : device->kind == MCPI_CPU ? "the slowest, so it is not timed"
                                            : "not timed before the start");
}

static bool has_kernel(const mcpi_kernel *kernels, size_t count, const char *name)
{
    for (size_t i = 0; name && i < count; i++)
        if (kernels[i].available && strcmp(kernels[i].name, name) == 0)
            return true;
    return false;
}

static void explain_kernels(const cli_options *options, const mcpi_device *device)
{
    mcpi_kernel kernels[MCPI_KERNELS_MAX];
    const size_t listed = mcpi_list_kernels(device, kernels, MCPI_KERNELS_MAX);
    const size_t count = listed < MCPI_KERNELS_MAX ? listed : MCPI_KERNELS_MAX;
    for (size_t i = 0; i < count; i++)
        explain_kernel(device, &kernels[i]);
    if (has_kernel(kernels, count, options->run.kernel))
        complain("%s: uses %s, as --kernel says", device->id, options->run.kernel);
    else if (device->kind == MCPI_CPU)
        complain("%s: uses %s, the fastest", device->id, device->kernel);
    else
        complain("%s: begins with %s, the fastest by the model; the run times the others", device->id, device->kernel);
}

static void explain_gpus(const cli_options *options, const findings *found)
{
    if (found->why_cpu[0])
        complain("GPUs: not looked for: %s", found->why_cpu);
    else if (!found->gpus_sought)
        complain("GPUs: not looked for: --device %s names none", options->run.devices);
}

static void explain_workers(const cli_options *options, const mcpi_topology *topology)
{
    const char *const kind = options->run.workers == MCPI_WORKERS_PROCESSES ? "processes" : "threads";
    if (options->steps.count > 1)
        complain("CPU workers (%s): as many as --threads lists", kind);
    else if (options->run.threads > 0)
        complain("CPU workers (%s): %u, as --threads says", kind, options->run.threads);
    else if (topology->workers < topology->threads)
        complain("CPU workers (%s): %u; this process may use %u hardware threads, but the CPU quota of its cgroups "
                 "allows no more workers",
                 kind, topology->workers, topology->threads);
    else
        complain("CPU workers (%s): %u, one for each hardware thread that this process may use", kind,
                 topology->workers);
}

/* A stress test names the hardware thread that counts wrong, so it binds its workers. */
static mcpi_pin pin_of(const cli_options *options)
{
    return options->command == &stress_command ? MCPI_PIN_THREADS : options->run.pin;
}

static void explain_places(const cli_options *options, const mcpi_topology *topology)
{
    static const char *const places[] = {[MCPI_PIN_DEFAULT] =
                                             "CPU workers are not bound, workers of GPUs run near them",
                                         [MCPI_PIN_NONE] = "no worker is bound",
                                         [MCPI_PIN_CORES] = "each CPU worker is bound to a core",
                                         [MCPI_PIN_THREADS] = "each CPU worker is bound to a hardware thread"};
    complain("pinning: %s", places[pin_of(options)]);
    if (topology->known)
        complain("topology, by hwloc: hardware threads %u, cores %u, NUMA nodes %u", topology->threads, topology->cores,
                 topology->nodes);
    else
        complain("topology: unknown, because this mcpi was built without hwloc, or hwloc cannot read the machine");
}

static void explain_recounts(const cli_options *options, const findings *found)
{
    if (!is_run(options))
        return;
    if (options->run.verify == MCPI_VERIFY_FULL)
        complain("recounts: every dart, on the CPU or with another kernel");
    else if (options->run.verify == MCPI_VERIFY_OFF)
        complain("recounts: none, as --verify says");
    else if (found->gpu_counts)
        complain("recounts: parts of what GPUs count, on the CPU, for 5 %% of the time or 50 ms, whichever is more");
    else
        complain("recounts: none, because no GPU counts");
}

void explain(const cli_options *options)
{
    findings found;
    if (!options->verbose || options->command == &devices_command)
        return;
    if (options->command == &merge_command) {
        complain("no device is used: the counts in the files are added up");
        return;
    }
    if (options->job)
        complain("rank 0 of %u: these lines are about it; each rank has its own devices", options->job->ranks);
    find(options, &found);
    for (size_t i = 0; i < found.count; i++) {
        explain_device(options, &found, &found.devices[i]);
        if (found.devices[i].available)
            explain_kernels(options, &found.devices[i]);
    }
    explain_gpus(options, &found);
    explain_workers(options, &found.topology);
    explain_places(options, &found.topology);
    explain_recounts(options, &found);
}
