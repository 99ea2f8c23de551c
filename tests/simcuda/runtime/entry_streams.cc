// Entry points: streams and events.
#include "call.h"

using namespace sim;

namespace
{

cudaError_t stream_state(cudaStream_t handle, bool wait)
{
    Lock lock(mu);
    auto s = find_stream(handle);
    if (!s)
        return cudaErrorInvalidResourceHandle;
    const u64 seq = s->last_seq;
    if (wait)
        wait_for(lock, *s, seq);
    if (cudaError_t e = device_error(*s->device))
        return e;
    return s->done_seq >= seq ? cudaSuccess : cudaErrorNotReady;
}

cudaError_t create_stream(cudaStream_t *out, unsigned flags)
{
    if (!out || flags > cudaStreamNonBlocking)
        return cudaErrorInvalidValue;
    Lock lock(mu);
    auto s = new_stream(here(), flags);
    s->user = true;
    *out = stream_handle(*s);
    return cudaSuccess;
}

cudaError_t create_event(cudaEvent_t *e, unsigned flags)
{
    if (!e)
        return cudaErrorInvalidValue;
    static u64 next = 0x52000000;
    Lock lock(mu);
    auto x = std::make_shared<Event>();
    x->id = next += 16;
    x->device = current_device();
    x->flags = flags;
    events()[x->id] = x;
    *e = (cudaEvent_t)x->id;
    return cudaSuccess;
}

cudaError_t record_event(cudaEvent_t handle, cudaStream_t stream)
{
    Lock lock(mu);
    auto e = find_event(handle);
    auto s = find_stream(stream);
    if (!e || !s)
        return cudaErrorInvalidResourceHandle;
    if (e->device != s->device->id) {
        misuse("event of device %d recorded in a stream of device %d", e->device, s->device->id);
        return cudaErrorInvalidResourceHandle;
    }
    auto op = std::make_shared<Op>();
    op->kind = Op::RECORD;
    op->event = e->record = std::make_shared<EventRecord>();
    enqueue(*s, op);
    return cudaSuccess;
}

cudaError_t wait_event(cudaStream_t stream, cudaEvent_t handle)
{
    Lock lock(mu);
    auto e = find_event(handle);
    auto s = find_stream(stream);
    if (!e || !s)
        return cudaErrorInvalidResourceHandle;
    if (!e->record)
        return cudaSuccess;
    auto op = std::make_shared<Op>();
    op->kind = Op::WAIT;
    op->event = e->record;
    enqueue(*s, op);
    return cudaSuccess;
}

cudaError_t event_state(cudaEvent_t handle, bool wait)
{
    Lock lock(mu);
    auto e = find_event(handle);
    if (!e)
        return cudaErrorInvalidResourceHandle;
    auto record = e->record;
    if (record && wait)
        changed.wait(lock, [&] { return record->done; });
    if (cudaError_t x = device_error(device(e->device)))
        return x;
    return !record || record->done ? cudaSuccess : cudaErrorNotReady;
}

cudaError_t elapsed_time(float *ms, cudaEvent_t a, cudaEvent_t b)
{
    if (!ms)
        return cudaErrorInvalidValue;
    Lock lock(mu);
    auto x = find_event(a);
    auto y = find_event(b);
    if (!x || !y || !x->record || !y->record || x->device != y->device)
        return cudaErrorInvalidResourceHandle;
    if ((x->flags | y->flags) & cudaEventDisableTiming)
        return cudaErrorInvalidResourceHandle;
    if (!x->record->done || !y->record->done)
        return cudaErrorNotReady;
    *ms = (float)((y->record->seconds - x->record->seconds) * 1e3);
    return cudaSuccess;
}

} // namespace

extern "C" {

cudaError_t cudaStreamCreate(cudaStream_t *s)
{
    CALL(NEEDS_DEVICE, { return create_stream(s, cudaStreamDefault); });
}

cudaError_t cudaStreamCreateWithFlags(cudaStream_t *s, unsigned flags)
{
    CALL(NEEDS_DEVICE, { return create_stream(s, flags); });
}

cudaError_t cudaStreamDestroy(cudaStream_t handle)
{
    CALL(NEEDS_DEVICE, {
        Lock lock(mu);
        auto s = find_stream(handle);
        if (!s || !s->user)
            return cudaErrorInvalidResourceHandle;
        if (!s->queue.empty())
            misuse("note: a stream was destroyed with %zu operations pending", s->queue.size());
        s->destroyed = true;
        return cudaSuccess;
    });
}

cudaError_t cudaStreamSynchronize(cudaStream_t s)
{
    CALL(NEEDS_DEVICE, { return stream_state(s, true); });
}

cudaError_t cudaStreamQuery(cudaStream_t s)
{
    CALL(NEEDS_DEVICE, { return stream_state(s, false); });
}

cudaError_t cudaStreamWaitEvent(cudaStream_t s, cudaEvent_t e, unsigned)
{
    CALL(NEEDS_DEVICE, { return wait_event(s, e); });
}

cudaError_t cudaEventCreate(cudaEvent_t *e)
{
    CALL(NEEDS_DEVICE, { return create_event(e, cudaEventDefault); });
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t *e, unsigned flags)
{
    CALL(NEEDS_DEVICE, { return create_event(e, flags); });
}

cudaError_t cudaEventRecord(cudaEvent_t e, cudaStream_t s)
{
    CALL(NEEDS_DEVICE, { return record_event(e, s); });
}

cudaError_t cudaEventQuery(cudaEvent_t e)
{
    CALL(NEEDS_DEVICE, { return event_state(e, false); });
}

cudaError_t cudaEventSynchronize(cudaEvent_t e)
{
    CALL(NEEDS_DEVICE, { return event_state(e, true); });
}

cudaError_t cudaEventElapsedTime(float *ms, cudaEvent_t a, cudaEvent_t b)
{
    CALL(NEEDS_DEVICE, { return elapsed_time(ms, a, b); });
}

cudaError_t cudaEventDestroy(cudaEvent_t handle)
{
    CALL(NEEDS_DEVICE, {
        Lock lock(mu);
        if (!find_event(handle))
            return cudaErrorInvalidResourceHandle;
        events().erase((u64)handle);
        return cudaSuccess;
    });
}

} // extern "C"
