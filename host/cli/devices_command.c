#include <inttypes.h>
#include <math.h>

#include "cli/commands.h"
#include "cli/io/exit_process.h"
#include "cli/io/json.h"
#include "cli/io/three_digits.h"
#include "cli/run/run_report.h"

static size_t at_most(size_t count, size_t most)
{
    return count < most ? count : most;
}

static size_t kernels_of(const mcpi_device *device, mcpi_kernel *kernels)
{
    return at_most(mcpi_list_kernels(device, kernels, MCPI_KERNELS_MAX), MCPI_KERNELS_MAX);
}

static void print_kernel(FILE *out, const mcpi_kernel *kernel, bool verbose)
{
    char rate[16];
    fprintf(out, "%-12s %s%s", kernel->name, kernel->available ? "can run" : "cannot run: ", kernel->note);
    if (kernel->available && !kernel->competes)
        fprintf(out, ", only if --kernel names it");
    if (verbose && kernel->darts_per_second > 0.0)
        fprintf(out, ", %s darts/s on one core by the self-test", three_digits(rate, kernel->darts_per_second));
    if (verbose && kernel->available)
        fprintf(out, "; %s", kernel->summary);
    fputc('\n', out);
}

static void print_kernels(FILE *out, const mcpi_device *device, bool verbose)
{
    mcpi_kernel kernels[MCPI_KERNELS_MAX];
    const size_t count = kernels_of(device, kernels);
    fprintf(out, "\nkernels of %s\n", device->id);
    for (size_t i = 0; i < count; i++)
        print_kernel(out, &kernels[i], verbose);
}

static void print_topology(FILE *out)
{
    mcpi_topology topology;
    mcpi_read_topology(&topology);
    fprintf(out, "\nprocessors\nhardware threads  %u\n", topology.threads);
    if (topology.known)
        fprintf(out, "physical cores    %u\nNUMA nodes        %u\n", topology.cores, topology.nodes);
    else
        fprintf(out, "physical cores    unknown, as are NUMA nodes: this mcpi was built without hwloc (Debian: "
                     "libhwloc-dev), or hwloc cannot read this machine\n");
    fprintf(out, "CPU workers       %u%s\n", topology.workers,
            topology.workers < topology.threads ? ", limited by the CPU quota of its cgroups" : "");
}

typedef struct device_report {
    const cli_options *options;
    inventory found;
    run_origin origin;
} device_report;

static void print_text(FILE *out, const void *report)
{
    const device_report *const r = report;
    const inventory *const found = &r->found;
    const bool verbose = r->options->verbose;
    fprintf(out, "device    kernel        units      memory  name\n");
    for (size_t i = 0; i < found->count; i++) {
        const mcpi_device *device = &found->device[i];
        if (!device->available) {
            fprintf(out, "%-9s %s: %s\n", device->id, device->broken ? "broken" : "cannot count", device->note);
            continue;
        }
        char memory[32] = "-";
        if (device->memory_bytes > 0)
            snprintf(memory, sizeof memory, "%.1f GiB", (double)device->memory_bytes / (1024.0 * 1024.0 * 1024.0));
        fprintf(out, "%-9s %-12s %6u %11s  %s%s%s%s%s\n", device->id, device->kernel, device->units, memory,
                device->name, device->note[0] ? "; " : "", device->note, device->uuid[0] ? "; " : "", device->uuid);
    }
    for (size_t i = 0; i < found->count; i++)
        if (found->device[i].available)
            print_kernels(out, &found->device[i], verbose);
    if (verbose)
        print_topology(out);
}

static void write_kernel(json_writer *j, const mcpi_kernel *kernel)
{
    put_open(j, NULL, '{');
    put_string(j, "name", kernel->name);
    put_bool(j, "available", kernel->available);
    put_bool(j, "competes", kernel->competes);
    put_string(j, "summary", kernel->summary);
    put_string(j, "note", kernel->note);
    if (kernel->darts_per_second > 0.0)
        put_number(j, "darts_per_second", kernel->darts_per_second);
    put_close(j, '}');
}

static void write_kernels(json_writer *j, const mcpi_device *device)
{
    mcpi_kernel kernels[MCPI_KERNELS_MAX];
    const size_t count = device->available ? kernels_of(device, kernels) : 0;
    put_open(j, "kernels", '[');
    for (size_t i = 0; i < count; i++)
        write_kernel(j, &kernels[i]);
    put_close(j, ']');
}

static void write_device(json_writer *j, const mcpi_device *device)
{
    put_open(j, NULL, '{');
    put_string(j, "id", device->id);
    put_bool(j, "available", device->available);
    put_bool(j, "broken", device->broken);
    put_string(j, "name", device->name);
    put_string(j, "uuid", device->uuid);
    put_string(j, "kernel", device->kernel);
    put_integer(j, "units", device->units);
    put_integer(j, "memory_bytes", device->memory_bytes);
    put_known(j, "driver", device->driver);
    put_string(j, "note", device->note);
    write_kernels(j, device);
    put_close(j, '}');
}

static void write_topology(json_writer *j)
{
    mcpi_topology topology;
    mcpi_read_topology(&topology);
    put_open(j, "processors", '{');
    put_integer(j, "threads", topology.threads);
    put_number(j, "cores", topology.known ? (double)topology.cores : NAN);
    put_number(j, "nodes", topology.known ? (double)topology.nodes : NAN);
    put_integer(j, "workers", topology.workers);
    put_close(j, '}');
}

static void print_json(FILE *out, const void *report)
{
    const device_report *const r = report;
    const inventory *const found = &r->found;
    json_writer j = json_begin(out, "mcpi.devices.v1");
    put_open(&j, "devices", '[');
    for (size_t i = 0; i < found->count; i++)
        write_device(&j, &found->device[i]);
    put_close(&j, ']');
    for (size_t i = 0; i < found->count; i++)
        if (found->device[i].kind == MCPI_CPU)
            write_kernels(&j, &found->device[i]); /* also at the top level, as in versions in which devices had no lists
                                                     of their own */
    put_origin(&j, &r->origin);
    write_topology(&j);
    put_expectation(&j, &r->options->expected, found);
    json_end(&j);
}

static int command_devices(const cli_options *options, report_files *files)
{
    static const report_renderers renderers = {{[REPORT_TEXT] = print_text, [REPORT_JSON] = print_json}};
    device_report r = {.options = options};
    inventory_take(&r.found);
    r.origin = origin_end(&options->origin);
    report_write(files, &renderers, &r);
    return expectation_met(&options->expected, &r.found, &options->origin) ? EXIT_DONE : EXIT_NO_DEVICE;
}

const cli_command devices_command = {
    .name = "devices",
    .function = "mcpi_list_devices",
    .summary = "list the devices that can count here, and why others cannot",
    .report = command_devices,
    .formats = 1U << REPORT_TEXT,
    .options = {{&option_verbose, "also list processors, kernels, and their test rates"},
                {&option_expect, NULL},
                {&option_quiet, NULL}},
    .examples = {{"devices -v", "with kernels"}, {"devices --expect gpu=8", "fail if a GPU is missing"}},
    .checks_expected = true,
};
