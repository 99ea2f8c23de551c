// Entry points: versions, errors, devices and their attributes.
#include "call.h"

#include <algorithm>
#include <strings.h>

using namespace sim;

namespace
{

const int WARP = 32, MOST_THREADS = 1024;

void bus_id(char *out, size_t n, int dev)
{
    snprintf(out, n, "0000:%02X:00.0", 0x10 + dev);
}

// What mcpi does not look at is left at 0.
cudaDeviceProp properties(int dev)
{
    cudaDeviceProp p = {};
    snprintf(p.name, sizeof p.name, "%s", device_name(dev).c_str());
    device_uuid(dev, true, p.uuid.bytes);
    p.totalGlobalMem = options().memory;
    p.sharedMemPerBlock = 48 << 10;
    p.sharedMemPerBlockOptin = 227 << 10;
    p.sharedMemPerMultiprocessor = 228 << 10;
    p.reservedSharedMemPerBlock = 1 << 10;
    p.regsPerBlock = p.regsPerMultiprocessor = 65536;
    p.warpSize = WARP;
    p.maxThreadsPerBlock = p.maxThreadsDim[0] = p.maxThreadsDim[1] = MOST_THREADS;
    p.maxThreadsDim[2] = 64;
    p.maxGridSize[0] = 0x7fffffff;
    p.maxGridSize[1] = p.maxGridSize[2] = 65535;
    p.totalConstMem = 64 << 10;
    p.major = options().cc_major;
    p.minor = options().cc_minor;
    p.multiProcessorCount = options().sms;
    p.canMapHostMemory = p.unifiedAddressing = p.concurrentKernels = p.streamPrioritiesSupported = 1;
    p.ECCEnabled = 1;
    p.pciBusID = 0x10 + dev;
    p.asyncEngineCount = 1;
    p.memoryBusWidth = 5120;
    p.l2CacheSize = 50 << 20;
    p.maxThreadsPerMultiProcessor = 2048;
    p.maxBlocksPerMultiProcessor = 32;
    return p;
}

int attribute(cudaDeviceAttr a, int dev)
{
    const cudaDeviceProp p = properties(dev);
    switch (a) {
    case cudaDevAttrMaxThreadsPerBlock:
        return p.maxThreadsPerBlock;
    case cudaDevAttrMaxBlockDimX:
        return p.maxThreadsDim[0];
    case cudaDevAttrMaxGridDimX:
        return p.maxGridSize[0];
    case cudaDevAttrMaxSharedMemoryPerBlock:
        return (int)p.sharedMemPerBlock;
    case cudaDevAttrMaxSharedMemoryPerBlockOptin:
        return (int)p.sharedMemPerBlockOptin;
    case cudaDevAttrMaxSharedMemoryPerMultiprocessor:
        return (int)p.sharedMemPerMultiprocessor;
    case cudaDevAttrTotalConstantMemory:
        return (int)p.totalConstMem;
    case cudaDevAttrWarpSize:
        return p.warpSize;
    case cudaDevAttrMaxRegistersPerBlock:
        return p.regsPerBlock;
    case cudaDevAttrMaxRegistersPerMultiprocessor:
        return p.regsPerMultiprocessor;
    case cudaDevAttrClockRate:
        return 1980000;
    case cudaDevAttrMemoryClockRate:
        return 2619000;
    case cudaDevAttrGlobalMemoryBusWidth:
        return p.memoryBusWidth;
    case cudaDevAttrMultiProcessorCount:
        return p.multiProcessorCount;
    case cudaDevAttrCanMapHostMemory:
        return p.canMapHostMemory;
    case cudaDevAttrConcurrentKernels:
        return p.concurrentKernels;
    case cudaDevAttrEccEnabled:
        return p.ECCEnabled;
    case cudaDevAttrPciBusId:
        return p.pciBusID;
    case cudaDevAttrL2CacheSize:
        return p.l2CacheSize;
    case cudaDevAttrMaxThreadsPerMultiProcessor:
        return p.maxThreadsPerMultiProcessor;
    case cudaDevAttrMaxBlocksPerMultiprocessor:
        return p.maxBlocksPerMultiProcessor;
    case cudaDevAttrAsyncEngineCount:
        return p.asyncEngineCount;
    case cudaDevAttrUnifiedAddressing:
        return p.unifiedAddressing;
    case cudaDevAttrComputeCapabilityMajor:
        return p.major;
    case cudaDevAttrComputeCapabilityMinor:
        return p.minor;
    case cudaDevAttrSingleToDoublePrecisionPerfRatio:
        return options().fp64_ratio;
    case cudaDevAttrComputeMode:
        return dev == options().prohibited ? cudaComputeModeProhibited : cudaComputeModeDefault;
    default:
        return 0;
    }
}

} // namespace

extern "C" {

cudaError_t cudaDriverGetVersion(int *v)
{
    CALL(NO_DRIVER, {
        if (!v)
            return cudaErrorInvalidValue;
        *v = driver_version();
        return cudaSuccess;
    });
}

cudaError_t cudaRuntimeGetVersion(int *v)
{
    CALL(NO_DRIVER, {
        if (!v)
            return cudaErrorInvalidValue;
        *v = CUDART_VERSION;
        return cudaSuccess;
    });
}

cudaError_t cudaGetLastError(void)
{
    return last_error(true);
}

cudaError_t cudaPeekAtLastError(void)
{
    return last_error(false);
}

const char *cudaGetErrorName(cudaError_t e)
{
    return error_name(e);
}

const char *cudaGetErrorString(cudaError_t e)
{
    return error_text(e);
}

cudaError_t cudaGetDeviceCount(int *n)
{
    if (n)
        *n = 0;
    CALL(NO_DEVICE, {
        if (!n)
            return cudaErrorInvalidValue;
        *n = device_count();
        return *n ? cudaSuccess : cudaErrorNoDevice;
    });
}

cudaError_t cudaGetDevice(int *dev)
{
    CALL(IGNORES_STICKY, {
        if (!dev)
            return cudaErrorInvalidValue;
        *dev = current_device();
        return cudaSuccess;
    });
}

cudaError_t cudaSetDevice(int dev)
{
    CALL(IGNORES_STICKY, {
        if (!known_device(dev))
            return cudaErrorInvalidDevice;
        if (dev == options().prohibited)
            return cudaErrorDevicesUnavailable;
        current_device() = dev;
        here().initialised = true;
        return cudaSuccess;
    });
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp *p, int dev)
{
    // Named here, because the headers of CUDA 12 make this function cudaGetDeviceProperties_v2.
    return call("cudaGetDeviceProperties", IGNORES_STICKY, [&] {
        if (!p)
            return cudaErrorInvalidValue;
        if (!known_device(dev))
            return cudaErrorInvalidDevice;
        *p = properties(dev);
        return cudaSuccess;
    });
}

cudaError_t cudaDeviceGetAttribute(int *value, cudaDeviceAttr a, int dev)
{
    CALL(IGNORES_STICKY, {
        if (!value)
            return cudaErrorInvalidValue;
        if (!known_device(dev))
            return cudaErrorInvalidDevice;
        *value = attribute(a, dev);
        return cudaSuccess;
    });
}

cudaError_t cudaDeviceGetPCIBusId(char *out, int n, int dev)
{
    CALL(IGNORES_STICKY, {
        if (!out || n < 13)
            return cudaErrorInvalidValue;
        if (!known_device(dev))
            return cudaErrorInvalidDevice;
        bus_id(out, n, dev);
        return cudaSuccess;
    });
}

cudaError_t cudaDeviceSynchronize(void)
{
    CALL(NEEDS_DEVICE, {
        Lock lock(mu);
        wait_device(lock, here());
        return device_error(here());
    });
}

cudaError_t cudaProfilerStart(void)
{
    CALL(NEEDS_DEVICE, { return cudaSuccess; });
}

cudaError_t cudaProfilerStop(void)
{
    CALL(NEEDS_DEVICE, { return cudaSuccess; });
}

} // extern "C"
