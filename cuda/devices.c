/* Lists the GPUs, and says why one cannot be used. */
#include "cuda/devices.h"

#include <cuda.h>
#include <cuda_runtime_api.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cuda/coverage.h"
#include "cuda/driver.h"
#include "cuda/kernels/table.h"
#include "cuda/prediction.h"

static void write_version(char *text, size_t size, int version)
{
    snprintf(text, size, "%d.%d", version / 1000, version % 1000 / 10);
}

/* cudaErrorInsufficientDriver means either no driver or an old one, which need different remedies. */
static void explain_driver(mcpi_device *device)
{
    char needed[16];
    char found[16];
    int version = 0;
    cudaDriverGetVersion(&version);
    write_version(needed, sizeof needed, CUDART_VERSION / 1000 * 1000); /* drivers support all minor versions */
    write_version(found, sizeof found, version);
    device->broken = version != 0;
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

/* The driver ignores everything after a number below 0 or a word that is no UUID. Slurm uses NoDevFiles for no GPU. A
   number that is too large also hides all GPUs, but not on purpose: the user expects that GPU. */
static bool hides_gpus(const char *visible)
{
    return visible && (visible[0] == '\0' || visible[0] == '-' || strcmp(visible, "NoDevFiles") == 0);
}

static void describe_none(mcpi_device *device, cudaError_t code)
{
    *device = (mcpi_device){.name = "none", .kernel = "-", .broken = 1, .kind = MCPI_GPU, .index = -1};
    if (code == cudaErrorInsufficientDriver) {
        explain_driver(device);
    } else if (code == cudaErrorNoDevice && hides_gpus(getenv("CUDA_VISIBLE_DEVICES"))) {
        device->broken = 0;
        snprintf(device->note, sizeof device->note, "CUDA_VISIBLE_DEVICES hides all GPUs from this process");
    } else {
        snprintf(
            device->note, sizeof device->note,
            "cudaGetDeviceCount: %s: nvidia-smi shows what the driver sees, CUDA_VISIBLE_DEVICES what this process "
            "may use",
            cudaGetErrorString(code));
    }
}

/* ---- properties from the driver ---- */

/* A function of the driver API, found through the runtime, so that the program starts without a driver. */
static cudaError_t find_in_driver(const char *name, void **function)
{
#if CUDART_VERSION < 12000
    return cudaGetDriverEntryPoint(name, function, cudaEnableDefault);
#else
    enum cudaDriverEntryPointQueryResult found = cudaDriverEntryPointSymbolNotFound;
#if CUDART_VERSION < 12050
    const cudaError_t code = cudaGetDriverEntryPoint(name, function, cudaEnableDefault, &found);
#else
    const cudaError_t code =
        cudaGetDriverEntryPointByVersion(name, function, CUDART_VERSION, cudaEnableDefault, &found);
#endif
    return code == cudaSuccess && found != cudaDriverEntryPointSuccess ? cudaErrorSymbolNotFound : code;
#endif
}

/*
 * As nvidia-smi -L prints it: RFC 4122, section 3, after "GPU-", or after "MIG-" for an instance of a partitioned GPU.
 * The driver returns the bytes only; the name of such an instance is "NVIDIA A100-SXM4-40GB MIG 1g.5gb".
 */
static void write_uuid(mcpi_device *device, const CUuuid *uuid)
{
    const size_t size = sizeof device->uuid;
    size_t used = (size_t)snprintf(device->uuid, size, "%s", strstr(device->name, " MIG ") ? "MIG" : "GPU");
    for (size_t i = 0; i < sizeof uuid->bytes && used < size; i++) {
        const bool group_begins = i == 0 || i == 4 || i == 6 || i == 8 || i == 10;
        used += (size_t)snprintf(device->uuid + used, size - used, "%s%02x", group_begins ? "-" : "",
                                 (unsigned)(unsigned char)uuid->bytes[i]);
    }
}

/* Name, UUID and memory. In the runtime only cudaGetDeviceProperties has them, which takes milliseconds for each
   GPU. */
static const char *ask_driver(mcpi_device *device)
{
    CUresult (*get)(CUdevice *, int) = NULL;
    CUresult (*get_name)(char *, int, CUdevice) = NULL;
    CUresult (*get_uuid)(CUuuid *, CUdevice) = NULL;
    CUresult (*get_memory)(size_t *, CUdevice) = NULL;
    CUdevice handle;
    CUuuid uuid;
    size_t bytes;
    if (find_in_driver("cuDeviceGet", (void **)&get) != cudaSuccess || get(&handle, device->index) != CUDA_SUCCESS)
        return "cuDeviceGet";
    if (find_in_driver("cuDeviceGetName", (void **)&get_name) != cudaSuccess ||
        get_name(device->name, sizeof device->name, handle) != CUDA_SUCCESS)
        return "cuDeviceGetName";
    if (find_in_driver("cuDeviceGetUuid", (void **)&get_uuid) != cudaSuccess || get_uuid(&uuid, handle) != CUDA_SUCCESS)
        return "cuDeviceGetUuid";
    if (find_in_driver("cuDeviceTotalMem", (void **)&get_memory) != cudaSuccess ||
        get_memory(&bytes, handle) != CUDA_SUCCESS)
        return "cuDeviceTotalMem";
    write_uuid(device, &uuid);
    device->memory_bytes = bytes;
    return NULL;
}

/* The value of the attribute, or -1; the caller then has to clear the runtime's error. */
static int attribute(enum cudaDeviceAttr name, int index)
{
    int value = -1;
    return cudaDeviceGetAttribute(&value, name, index) == cudaSuccess ? value : -1;
}

static int fp64_ratio(int index)
{
    return attribute(cudaDevAttrSingleToDoublePrecisionPerfRatio, index);
}

static const char *preferred_kernel(int index)
{
    const int ratio = fp64_ratio(index);
    size_t i = 0;
    while (!mcpi_cuda_admits(mcpi_cuda_kernels[i], ratio))
        i++;
    return mcpi_cuda_kernels[i]->name;
}

/* PTX needs a driver that knows its version: one for the CUDA version of this toolkit, or newer. Machine code does
   not. */
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

/* Decide whether the device can run the code of this build; if not, say why. */
static void decide(mcpi_device *device, int major, int minor)
{
    const size_t written =
        (size_t)snprintf(device->note, sizeof device->note, "compute capability %d.%d", major, minor);
    const mcpi_coverage coverage = mcpi_cuda_coverage(MCPI_CUDA_ARCHITECTURES, 10 * major + minor);
    int driver = 0;
    device->available =
        coverage == MCPI_COVERED_BY_MACHINE_CODE || (coverage == MCPI_COVERED_BY_PTX && driver_compiles(&driver));
    if (coverage == MCPI_NOT_COVERED)
        explain_coverage(device->note + written, sizeof device->note - written);
    else if (!device->available)
        explain_ptx(device->note + written, sizeof device->note - written, driver);
}

static void describe_driver(mcpi_device *device)
{
    int cuda = 0;
    if (cudaDriverGetVersion(&cuda) != cudaSuccess)
        cudaGetLastError();
    mcpi_write_driver(device->driver, sizeof device->driver, "", cuda);
}

static void prohibit(mcpi_device *device)
{
    device->available = 0;
    snprintf(device->note, sizeof device->note,
             "its compute mode is PROHIBITED: no program may use it; nvidia-smi -i %s -c DEFAULT allows it again",
             device->uuid);
}

static void describe(mcpi_device *device, int index)
{
    *device = (mcpi_device){.kind = MCPI_GPU, .index = index, .broken = 1};
    snprintf(device->kernel, sizeof device->kernel, "%s", preferred_kernel(index));
    describe_driver(device);

    const char *const failed = ask_driver(device);
    const int units = attribute(cudaDevAttrMultiProcessorCount, index);
    const int major = attribute(cudaDevAttrComputeCapabilityMajor, index);
    const int minor = attribute(cudaDevAttrComputeCapabilityMinor, index);
    const int mode = attribute(cudaDevAttrComputeMode, index);
    if (failed || units < 0 || major < 0 || minor < 0 || mode < 0) {
        snprintf(device->note, sizeof device->note, "%s failed: nvidia-smi and the kernel log (dmesg) may say why",
                 failed ? failed : "cudaDeviceGetAttribute");
        cudaGetLastError(); /* clear the error, which is reported here */
        return;
    }
    device->units = (unsigned)units;

    decide(device, major, minor);
    if (mode == cudaComputeModeProhibited)
        prohibit(device);
    device->broken = !device->available;
}

static void explain_fp64(char *text, size_t size, int ratio)
{
    if (ratio > 0)
        snprintf(text, size, "FP64 of this GPU runs at 1/%d of the rate of FP32", ratio);
    else
        snprintf(text, size, "the driver does not report the FP64 rate of this GPU");
}

size_t mcpi_cuda_list_kernels(const mcpi_device *device, mcpi_kernel *kernels, size_t capacity)
{
    const int ratio = fp64_ratio(device->index);
    for (size_t i = 0; i < MCPI_CUDA_KERNELS && i < capacity; i++) {
        const mcpi_cuda_kernel *const from = mcpi_cuda_kernels[i];
        kernels[i] = (mcpi_kernel){.available = mcpi_cuda_admits(from, ratio), .competes = from->competes};
        snprintf(kernels[i].name, sizeof kernels[i].name, "%s", from->name);
        snprintf(kernels[i].summary, sizeof kernels[i].summary, "%s", from->summary);
        if (!kernels[i].available)
            explain_fp64(kernels[i].note, sizeof kernels[i].note, ratio);
    }
    return MCPI_CUDA_KERNELS;
}

static bool admits(const mcpi_device *device, const char *kernel)
{
    for (size_t i = 0; mcpi_cuda_kernels[i]; i++)
        if (strcmp(mcpi_cuda_kernels[i]->name, kernel) == 0)
            return mcpi_cuda_admits(mcpi_cuda_kernels[i], fp64_ratio(device->index));
    return false;
}

mcpi_bound mcpi_cuda_bound(const mcpi_device *device, const char *kernel, unsigned workers)
{
    (void)workers;
    const int kilohertz = attribute(cudaDevAttrClockRate, device->index);
    const int major = attribute(cudaDevAttrComputeCapabilityMajor, device->index);
    const int minor = attribute(cudaDevAttrComputeCapabilityMinor, device->index);
    const bool known = kilohertz > 0 && major > 0 && minor >= 0 && admits(device, kernel);
    cudaGetLastError(); /* clear the error of an attribute that is unknown */
    const double hertz = 1e3 * kilohertz;
    return (mcpi_bound){
        .darts_per_second = known ? mcpi_predicted_rate(kernel, 10 * major + minor, device->units, hertz) : NAN,
        .predicted = true,
        .clock_hertz = kilohertz > 0 ? hertz : NAN,
    };
}

size_t mcpi_cuda_devices(mcpi_device *devices, size_t capacity)
{
    int count = 0;
    cudaError_t code = cudaGetDeviceCount(&count);
    if (code == cudaSuccess && count == 0)
        code = cudaErrorNoDevice;
    if (code != cudaSuccess) {
        if (capacity > 0)
            describe_none(&devices[0], code);
        return 1;
    }
    for (int i = 0; i < count && (size_t)i < capacity; i++)
        describe(&devices[i], i);
    return (size_t)count;
}
