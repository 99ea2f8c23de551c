// The few functions of the driver that a program can ask the runtime for, and how it asks. Everything else is "not
// found". A fault is matched with the base name, without _v2; its CUDA error is returned as the driver's error of the
// same number, which means the same wherever both have it.
#include "call.h"

using namespace sim;

namespace
{

typedef int Result; // CUresult; cuda.h is not part of every package of the runtime

const Result INVALID_VALUE = cudaErrorInvalidValue, INVALID_DEVICE = cudaErrorInvalidDevice;

template <class F> Result driver_call(const char *name, int dev, F f)
{
    Result r = 0;
    {
        Lock lock(mu);
        r = injected(name, known_device(dev) ? dev : current_device());
    }
    if (!r)
        r = known_device(dev) ? f() : INVALID_DEVICE;
    if (options().trace)
        warn("trace: device %d: %s -> %d", dev, name, r);
    return r;
}

Result cuDeviceGet(int *handle, int dev)
{
    return driver_call("cuDeviceGet", dev, [&] {
        if (!handle)
            return INVALID_VALUE;
        *handle = dev;
        return 0;
    });
}

Result cuDeviceGetName(char *name, int size, int dev)
{
    return driver_call("cuDeviceGetName", dev, [&] {
        if (!name || size <= 0)
            return INVALID_VALUE;
        snprintf(name, (size_t)size, "%s", device_name(dev).c_str());
        return 0;
    });
}

// Of a MIG instance, the first version gives the whole GPU's.
Result uuid(char *bytes, int dev, bool of_instance)
{
    return driver_call("cuDeviceGetUuid", dev, [&] {
        if (!bytes)
            return INVALID_VALUE;
        device_uuid(dev, of_instance, bytes);
        return 0;
    });
}

Result cuDeviceGetUuid(char *bytes, int dev)
{
    return uuid(bytes, dev, false);
}

Result cuDeviceGetUuid_v2(char *bytes, int dev)
{
    return uuid(bytes, dev, true);
}

Result cuDeviceTotalMem_v2(size_t *bytes, int dev)
{
    return driver_call("cuDeviceTotalMem", dev, [&] {
        if (!bytes)
            return INVALID_VALUE;
        *bytes = options().memory;
        return 0;
    });
}

// Newest first. A base name gives the newest that the version asked for has; a full name only itself.
const struct Symbol {
    const char *base, *full;
    unsigned since; // CUDA 11.4 is 11040
    void *function;
} SYMBOLS[] = {
    {"cuDeviceGet", "cuDeviceGet", 2000, (void *)cuDeviceGet},
    {"cuDeviceGetName", "cuDeviceGetName", 2000, (void *)cuDeviceGetName},
    {"cuDeviceGetUuid", "cuDeviceGetUuid_v2", 11040, (void *)cuDeviceGetUuid_v2},
    {"cuDeviceGetUuid", "cuDeviceGetUuid", 9020, (void *)cuDeviceGetUuid},
    {"cuDeviceTotalMem", "cuDeviceTotalMem_v2", 3020, (void *)cuDeviceTotalMem_v2},
};

cudaDriverEntryPointQueryResult find_symbol(const std::string &name, unsigned version, void **function)
{
    bool known = false;
    for (auto &s : SYMBOLS) {
        if (name != s.base && name != s.full)
            continue;
        known = true;
        if (version < s.since)
            continue;
        *function = s.function;
        return cudaDriverEntryPointSuccess;
    }
    return known ? cudaDriverEntryPointVersionNotSufficent : cudaDriverEntryPointSymbolNotFound;
}

cudaError_t entry_point(const char *name, void **function, unsigned version, cudaDriverEntryPointQueryResult *status)
{
    if (!name || !function || version > (unsigned)driver_version())
        return cudaErrorInvalidValue;
    *function = nullptr;
    const cudaDriverEntryPointQueryResult found = find_symbol(name, version, function);
    if (status)
        *status = found;
    return cudaSuccess;
}

} // namespace

extern "C" {

cudaError_t cudaGetDriverEntryPoint(const char *name, void **function, unsigned long long,
                                    cudaDriverEntryPointQueryResult *status)
{
    CALL(NO_DEVICE, { return entry_point(name, function, CUDART_VERSION, status); });
}

#if CUDART_VERSION >= 12050
cudaError_t cudaGetDriverEntryPointByVersion(const char *name, void **function, unsigned version, unsigned long long,
                                             cudaDriverEntryPointQueryResult *status)
{
    CALL(NO_DEVICE, { return entry_point(name, function, version, status); });
}
#endif

} // extern "C"
