#include "call.h"

#include <pthread.h>

namespace sim
{
namespace
{

thread_local cudaError_t tls_last = cudaSuccess;
bool forked = false;

const struct AtFork {
    AtFork()
    {
        pthread_atfork(nullptr, nullptr, [] { forked = device_count() && device(0).initialised; });
    }
} at_fork;

} // namespace

cudaError_t injected(const char *name, int dev)
{
    for (Fault &f : options().faults) {
        if (f.kind != Fault::CALL || (f.call != name && f.call != "*"))
            continue;
        if ((f.device >= 0 && f.device != dev) || !f.due())
            continue;
        if (f.sticky)
            set_sticky(device(dev), f.error);
        return f.error;
    }
    return cudaSuccess;
}

cudaError_t entry_error(const char *name, int flags)
{
    if (forked)
        return cudaErrorInitializationError;
    Lock lock(mu);
    const int dev = current_device();
    if (cudaError_t e = injected(name, dev))
        return e;
    if (flags & NO_DRIVER)
        return cudaSuccess;
    if (options().driver != "ok")
        return cudaErrorInsufficientDriver;
    if (flags & NO_DEVICE)
        return cudaSuccess;
    if (device_count() == 0)
        return cudaErrorNoDevice;
    return flags & IGNORES_STICKY ? cudaSuccess : device_error(device(dev));
}

cudaError_t finish_call(const char *name, cudaError_t e)
{
    if (e)
        tls_last = e;
    if (options().trace)
        warn("trace: device %d: %s -> %s", current_device(), name, error_name(e));
    return e;
}

cudaError_t last_error(bool clear)
{
    const cudaError_t e = tls_last;
    if (clear)
        tls_last = cudaSuccess;
    if (e || device_count() == 0)
        return e;
    Lock lock(mu);
    return here().sticky_seen ? here().sticky : cudaSuccess;
}

Device &here()
{
    return device(current_device());
}

bool known_device(int dev)
{
    return dev >= 0 && dev < device_count();
}

} // namespace sim
