/* Which GPUs there are, and why not. */
#include <cuda_runtime_api.h>
#include <stdio.h>

#include "cuda/count.h"
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

    const int lowest = mcpi_count_capability();
    device->available = 10 * found.major + found.minor >= lowest;
    const int written =
        snprintf(device->note, sizeof device->note, "compute capability %d.%d", found.major, found.minor);
    if (!device->available)
        snprintf(device->note + written, sizeof device->note - (size_t)written, ", this build needs %d.%d", lowest / 10,
                 lowest % 10);
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
