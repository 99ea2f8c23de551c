/* Which GPUs there are, and why not. */
#include <cuda_runtime_api.h>
#include <stdbool.h>
#include <stdio.h>

#include "cuda/coverage.h"
#include "cuda/devices.h"

static void write_version(char *text, size_t size, int version)
{
    snprintf(text, size, "%d.%d", version / 1000, version % 1000 / 10);
}

/* cudaErrorInsufficientDriver covers both no driver and an old one. They want different remedies. */
static void explain_driver(mcpi_device *device)
{
    char needed[16];
    char found[16];
    int version = 0;
    cudaDriverGetVersion(&version);
    write_version(needed, sizeof needed, CUDART_VERSION / 1000 * 1000); /* drivers serve all minor versions */
    write_version(found, sizeof found, version);
    if (version == 0)
        snprintf(device->note, sizeof device->note,
                 "no CUDA driver is installed: install an NVIDIA driver for CUDA %s or newer", needed);
    else
        snprintf(
            device->note, sizeof device->note,
            "the NVIDIA driver is for CUDA %s, this build needs %s: install a newer driver, or build with an older "
            "CUDA toolkit",
            found, needed);
}

static void describe_none(mcpi_device *device, cudaError_t code)
{
    *device = (mcpi_device){.id = "gpu", .name = "none", .kernel = "philox", .kind = MCPI_GPU};
    if (code == cudaErrorInsufficientDriver)
        explain_driver(device);
    else
        snprintf(
            device->note, sizeof device->note,
            "cudaGetDeviceCount: %s: nvidia-smi shows what the driver sees, CUDA_VISIBLE_DEVICES what this process "
            "may use",
            cudaGetErrorString(code));
}

/* As nvidia-smi prints it: RFC 4122, section 3, behind "GPU-". */
static void write_uuid(char *text, size_t size, const cudaUUID_t *uuid)
{
    size_t used = (size_t)snprintf(text, size, "GPU");
    for (size_t i = 0; i < sizeof uuid->bytes && used < size; i++) {
        const bool group_begins = i == 0 || i == 4 || i == 6 || i == 8 || i == 10;
        used += (size_t)snprintf(text + used, size - used, "%s%02x", group_begins ? "-" : "",
                                 (unsigned)(unsigned char)uuid->bytes[i]);
    }
}

/* PTX needs a driver that knows its version: one for this toolkit's CUDA, or newer. Machine code does not. */
static bool driver_compiles(int *version)
{
    *version = 0;
    return cudaDriverGetVersion(version) == cudaSuccess && *version >= CUDART_VERSION;
}

static void explain_coverage(char *text, size_t size)
{
    const int written = snprintf(text, size, ", this build has code for ");
    mcpi_write_coverage(text + written, size - (size_t)written, MCPI_CUDA_ARCHITECTURES);
}

static void explain_ptx(char *text, size_t size, int driver)
{
    char needed[16];
    char found[16];
    write_version(needed, sizeof needed, CUDART_VERSION);
    write_version(found, sizeof found, driver);
    snprintf(text, size,
             ", this build has only PTX for it, which needs a driver for CUDA %s or newer; this one is for %s", needed,
             found);
}

/* Whether the device can run what this build holds, and why not. */
static void decide(mcpi_device *device, int major, int minor)
{
    const size_t written =
        (size_t)snprintf(device->note, sizeof device->note, "compute capability %d.%d", major, minor);
    const mcpi_coverage coverage = mcpi_cuda_coverage(MCPI_CUDA_ARCHITECTURES, 10 * major + minor);
    int driver;
    device->available =
        coverage == MCPI_COVERED_BY_MACHINE_CODE || (coverage == MCPI_COVERED_BY_PTX && driver_compiles(&driver));
    if (coverage == MCPI_NOT_COVERED)
        explain_coverage(device->note + written, sizeof device->note - written);
    else if (!device->available)
        explain_ptx(device->note + written, sizeof device->note - written, driver);
}

static void describe(mcpi_device *device, int index)
{
    *device = (mcpi_device){.kernel = "philox", .kind = MCPI_GPU, .index = index};
    snprintf(device->id, sizeof device->id, "gpu:%d", index);

    struct cudaDeviceProp found;
    const cudaError_t code = cudaGetDeviceProperties(&found, index);
    if (code != cudaSuccess) {
        snprintf(device->note, sizeof device->note, "cudaGetDeviceProperties: %s", cudaGetErrorString(code));
        return;
    }
    snprintf(device->name, sizeof device->name, "%.*s", (int)sizeof device->name - 1, found.name);
    write_uuid(device->uuid, sizeof device->uuid, &found.uuid);
    device->units = (unsigned)found.multiProcessorCount;
    device->memory_bytes = found.totalGlobalMem;

    decide(device, found.major, found.minor);
}

size_t mcpi_cuda_devices(mcpi_device *devices, size_t capacity)
{
    int count = 0;
    const cudaError_t code = cudaGetDeviceCount(&count);
    if (code != cudaSuccess) {
        if (capacity > 0)
            describe_none(&devices[0], code);
        return 1;
    }
    for (int i = 0; i < count && (size_t)i < capacity; i++)
        describe(&devices[i], i);
    return (size_t)count;
}
