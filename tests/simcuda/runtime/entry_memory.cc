// Entry points: memory of devices, and of the host that devices can reach.
#include "call.h"

using namespace sim;

namespace
{

cudaError_t free_memory(void *p, Block::Kind kind)
{
    if (!p)
        return cudaSuccess;
    Lock lock(mu);
    if (cudaError_t e = check_allocated((u64)p))
        return e;
    const Block *b = find_block((u64)p);
    if (b->kind != kind) {
        misuse("memory freed by the wrong function: 0x%llx", (unsigned long long)b->address);
        return cudaErrorInvalidValue;
    }
    wait_device(lock, device(b->device)); // not the others: a device that hangs must not take them along
    if (cudaError_t e = check_allocated((u64)p))
        return e;
    release((u64)p);
    return cudaSuccess;
}

cudaError_t allocate_host(void **p, size_t size)
{
    if (!p)
        return cudaErrorInvalidValue;
    *p = nullptr;
    Lock lock(mu);
    return size ? allocate_pinned(size, p) : cudaSuccess;
}

} // namespace

extern "C" {

cudaError_t cudaMemGetInfo(size_t *free_bytes, size_t *total)
{
    CALL(NEEDS_DEVICE, {
        Lock lock(mu);
        if (free_bytes)
            *free_bytes = options().memory - here().used;
        if (total)
            *total = options().memory;
        return cudaSuccess;
    });
}

cudaError_t cudaMalloc(void **p, size_t size)
{
    CALL(NEEDS_DEVICE, {
        if (!p)
            return cudaErrorInvalidValue;
        *p = nullptr;
        if (!size)
            return cudaSuccess;
        Lock lock(mu);
        u64 address = 0;
        const cudaError_t e = allocate(here(), size, Block::DEVICE, &address);
        *p = (void *)address;
        return e;
    });
}

cudaError_t cudaFree(void *p)
{
    CALL(NEEDS_DEVICE, { return free_memory(p, Block::DEVICE); });
}

cudaError_t cudaMallocHost(void **p, size_t size)
{
    CALL(NEEDS_DEVICE, { return allocate_host(p, size); });
}

cudaError_t cudaHostAlloc(void **p, size_t size, unsigned)
{
    CALL(NEEDS_DEVICE, { return allocate_host(p, size); });
}

cudaError_t cudaFreeHost(void *p)
{
    CALL(NEEDS_DEVICE, { return free_memory(p, Block::PINNED); });
}

cudaError_t cudaHostGetDevicePointer(void **out, void *p, unsigned)
{
    CALL(NEEDS_DEVICE, {
        Lock lock(mu);
        if (!out || locate(p, 1).kind != Place::PINNED)
            return cudaErrorInvalidValue;
        *out = p;
        return cudaSuccess;
    });
}

} // extern "C"
