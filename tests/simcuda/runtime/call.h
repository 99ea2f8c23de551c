// How an entry point of the runtime begins and ends: injected faults, sticky errors, the last error, the trace.
#pragma once
#include "sim.h"

namespace sim
{

enum CallFlags {
    NEEDS_DEVICE = 0,
    NO_DRIVER = 1,      // works without a driver
    IGNORES_STICKY = 2, // works on a device that is lost
    NO_DEVICE = 4       // works without a device
};

// The error of an injected fault for this call, or cudaSuccess. Needs the lock.
cudaError_t injected(const char *name, int dev);

// The error that keeps a call from starting, or cudaSuccess.
cudaError_t entry_error(const char *name, int flags);

// Stores an error as the thread's last error and traces the call. Returns the error.
cudaError_t finish_call(const char *name, cudaError_t e);

// The thread's last error, or the error of its device that the program has already been told.
cudaError_t last_error(bool clear);

template <class F> cudaError_t call(const char *name, int flags, F f)
{
    cudaError_t e = entry_error(name, flags);
    return finish_call(name, e ? e : f());
}

Device &here();
bool known_device(int dev);

} // namespace sim

// The body of an entry point. A fault is matched with the name of the function.
#define CALL(flags, ...) return sim::call(__func__, flags, [&]() -> cudaError_t __VA_ARGS__)
