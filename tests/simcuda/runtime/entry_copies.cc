// Entry points: copies and memsets.
#include "call.h"

using namespace sim;

namespace
{

struct Transfer {
    u8 *to;
    const u8 *from;
    size_t bytes;
    int device; // whose engine works on it
    bool device_to_host;
    std::shared_ptr<std::vector<u8>> staged; // pageable memory, taken before the call returned
};

void flip_bits(const Transfer &c)
{
    for (Fault &f : options().faults) {
        if (f.kind != Fault::FLIP || (f.device >= 0 && f.device != c.device))
            continue;
        {
            Lock lock(mu);
            if (!f.due())
                continue;
        }
        c.to[(size_t)(f.bit / 8) % c.bytes] ^= (u8)(1 << (f.bit % 8));
        warn("device %d: bit %d of a copy to the host flipped (injected)", c.device, f.bit);
    }
}

void carry_out(const Transfer &c)
{
    sleep_ms(options().copy_delay_ms);
    memmove(c.to, c.staged ? c.staged->data() : c.from, c.bytes);
    if (c.device_to_host)
        flip_bits(c);
}

// Pinned memory counts as either, because it is mapped to the device.
bool fits_direction(const Place &to, const Place &from, cudaMemcpyKind kind)
{
    if (kind == cudaMemcpyDefault)
        return true;
    const bool to_device = kind == cudaMemcpyHostToDevice || kind == cudaMemcpyDeviceToDevice;
    const bool from_device = kind == cudaMemcpyDeviceToHost || kind == cudaMemcpyDeviceToDevice;
    return (to_device == (to.kind == Place::DEVICE) || to.kind == Place::PINNED) &&
           (from_device == (from.kind == Place::DEVICE) || from.kind == Place::PINNED);
}

cudaError_t submit(Lock &lock, Stream &s, Engine engine, std::function<void()> work, bool wait)
{
    auto op = std::make_shared<Op>();
    op->engine = engine;
    op->run = std::move(work);
    const u64 seq = enqueue(s, op);
    if (!wait)
        return cudaSuccess;
    wait_for(lock, s, seq);
    return device_error(*s.device);
}

cudaError_t copy(void *dst, const void *src, size_t bytes, cudaMemcpyKind kind, cudaStream_t handle, bool async,
                 const char *name)
{
    if (kind < cudaMemcpyHostToHost || kind > cudaMemcpyDefault)
        return cudaErrorInvalidMemcpyDirection;
    Lock lock(mu);
    auto s = find_stream(handle);
    if (!s)
        return cudaErrorInvalidResourceHandle;
    if (!bytes)
        return cudaSuccess;
    const Place to = locate(dst, bytes);
    const Place from = locate(src, bytes);
    if (to.kind == Place::INVALID || from.kind == Place::INVALID || !dst || !src)
        return cudaErrorInvalidValue;
    if (!fits_direction(to, from, kind)) {
        misuse("%s: the direction given does not fit the pointers", name);
        return cudaErrorInvalidValue;
    }
    const bool to_device = to.kind == Place::DEVICE, from_device = from.kind == Place::DEVICE;
    const bool pageable = to.kind == Place::PAGEABLE || from.kind == Place::PAGEABLE;
    if (async && pageable && (to_device || from_device))
        misuse("note: %s from or to pageable memory is not asynchronous", name);
    Transfer c{to.host, from.host, bytes, s->device->id, from_device && !to_device, nullptr};
    if (c.device_to_host)
        c.device = from.device;
    if (async && from.kind == Place::PAGEABLE) // taken before the call returns, as CUDA does
        c.staged = std::make_shared<std::vector<u8>>(from.host, from.host + bytes);
    // Copies within a device never make the host wait, and a staged one need not.
    const bool wait = async ? pageable && !c.staged : !(to_device && from_device);
    if (options().poison && !wait && c.device_to_host)
        memset(to.host, GARBAGE, bytes);
    return submit(
        lock, *s, to_device && from_device ? COMPUTE : COPY, [c] { carry_out(c); }, wait);
}

cudaError_t fill(void *p, int value, size_t bytes, cudaStream_t handle, bool async)
{
    Lock lock(mu);
    auto s = find_stream(handle);
    if (!s)
        return cudaErrorInvalidResourceHandle;
    if (!bytes)
        return cudaSuccess;
    const Place to = locate(p, bytes);
    if (to.kind == Place::INVALID || to.kind == Place::PAGEABLE)
        return cudaErrorInvalidValue;
    const bool wait = !async && to.kind != Place::DEVICE; // host memory is set before the call returns
    u8 *const at = to.host;
    const auto work = [=] {
        sleep_ms(options().copy_delay_ms);
        memset(at, value, bytes);
    };
    return submit(lock, *s, COMPUTE, work, wait);
}

// The device address of count bytes at an offset into a variable.
cudaError_t in_symbol(const void *sym, size_t count, size_t offset, void **address)
{
    u64 start = 0;
    size_t size = 0;
    if (cudaError_t e = symbol(sym, &start, &size))
        return e;
    if (offset > size || count > size - offset)
        return cudaErrorInvalidValue;
    *address = (void *)(start + offset);
    return cudaSuccess;
}

} // namespace

extern "C" {

cudaError_t cudaMemcpy(void *d, const void *s, size_t n, cudaMemcpyKind k)
{
    CALL(NEEDS_DEVICE, { return copy(d, s, n, k, cudaStreamLegacy, false, "cudaMemcpy"); });
}

cudaError_t cudaMemcpyAsync(void *d, const void *s, size_t n, cudaMemcpyKind k, cudaStream_t q)
{
    CALL(NEEDS_DEVICE, { return copy(d, s, n, k, q, true, "cudaMemcpyAsync"); });
}

cudaError_t cudaMemset(void *p, int v, size_t n)
{
    CALL(NEEDS_DEVICE, { return fill(p, v, n, cudaStreamLegacy, false); });
}

cudaError_t cudaMemsetAsync(void *p, int v, size_t n, cudaStream_t q)
{
    CALL(NEEDS_DEVICE, { return fill(p, v, n, q, true); });
}

cudaError_t cudaMemcpyToSymbol(const void *sym, const void *src, size_t n, size_t offset, cudaMemcpyKind k)
{
    CALL(NEEDS_DEVICE, {
        void *to = nullptr;
        const cudaError_t e = in_symbol(sym, n, offset, &to);
        return e ? e : copy(to, src, n, k, cudaStreamLegacy, false, "cudaMemcpyToSymbol");
    });
}

cudaError_t cudaMemcpyFromSymbol(void *dst, const void *sym, size_t n, size_t offset, cudaMemcpyKind k)
{
    CALL(NEEDS_DEVICE, {
        void *from = nullptr;
        const cudaError_t e = in_symbol(sym, n, offset, &from);
        return e ? e : copy(dst, from, n, k, cudaStreamLegacy, false, "cudaMemcpyFromSymbol");
    });
}

} // extern "C"
