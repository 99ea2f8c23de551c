// Simulated devices, streams and events. A device has two engines (threads): one for kernels and copies within the
// device, one for copies from and to the host. A stream is a queue; an engine takes the first operation of any stream
// whose turn it is. Events and waits are operations without work.
#include "sim.h"

#include <chrono>
#include <pthread.h>
#include <signal.h>
#include <thread>
#include <unistd.h>

namespace sim
{

// Never destroyed: engines may still run while the program exits.
std::mutex &mu = *new std::mutex;
std::condition_variable &changed = *new std::condition_variable;

namespace
{
thread_local int tls_device = 0;
thread_local int tls_engine_device = -1;
thread_local std::map<int, std::shared_ptr<Stream>> tls_streams; // cudaStreamPerThread, by device
std::vector<Device> &all_devices()
{
    static std::vector<Device> &d = *[] {
        auto *v = new std::vector<Device>(std::max(1, options().devices));
        for (size_t i = 0; i < v->size(); i++) {
            Device &x = (*v)[i];
            x.id = (int)i;
            x.legacy = std::make_shared<Stream>();
            x.legacy->device = &x;
            x.legacy->legacy = true;
            x.streams.push_back(x.legacy);
        }
        return v;
    }();
    return d;
}
u64 next_stream_id = 1;
const u64 STREAM_HANDLES = 0x51000000;

bool front_before(const Stream &s, u64 seq)
{
    return !s.queue.empty() && s.queue.front()->seq < seq;
}

// The legacy default stream waits for all blocking streams, and they wait for it.
bool in_turn(const Device &d, const Stream &s)
{
    const u64 seq = s.queue.front()->seq;
    if (s.legacy) {
        for (auto &other : d.streams)
            if (other->blocking() && front_before(*other, seq))
                return false;
        return true;
    }
    return !s.blocking() || !front_before(*d.legacy, seq);
}

void pop(Stream &s)
{
    s.done_seq = s.queue.front()->seq;
    s.queue.pop_front();
    changed.notify_all();
}

// Handles events and waits at the heads of queues; true if any queue moved.
bool advance_markers(Device &d)
{
    bool any = false;
    for (auto &s : d.streams) {
        while (!s->busy && !s->queue.empty() && in_turn(d, *s)) {
            Op &op = *s->queue.front();
            if (op.kind == Op::RUN || (op.kind == Op::WAIT && !op.event->done && !d.sticky))
                break;
            if (op.kind == Op::RECORD) {
                op.event->done = true;
                op.event->seconds = now();
            }
            pop(*s);
            any = true;
        }
    }
    return any;
}

void forget_finished_streams(Device &d)
{
    for (size_t i = 0; i < d.streams.size();)
        if (d.streams[i]->destroyed && d.streams[i]->queue.empty())
            d.streams.erase(d.streams.begin() + i);
        else
            i++;
}

// Another number at every turn, and for every seed.
u64 random_turn(const Device &d)
{
    const u64 x = (d.turn + options().seed * 0xD1B54A32D192ED03ull) * 0x9E3779B97F4A7C15ull;
    return (x ^ x >> 32) * 0xD6E8FEB86659FD93ull >> 32;
}

std::shared_ptr<Stream> next_ready(Device &d, Engine engine)
{
    if (d.hung)
        return nullptr;
    while (advance_markers(d)) {
    }
    forget_finished_streams(d);
    const size_t n = d.streams.size();
    const u64 start = options().shuffle_streams ? random_turn(d) : d.turn;
    for (size_t k = 0; k < n; k++) {
        auto &s = d.streams[(start + k) % n];
        if (s->busy || s->queue.empty() || !in_turn(d, *s))
            continue;
        Op &op = *s->queue.front();
        if (op.kind != Op::RUN || op.engine != engine)
            continue;
        d.turn++;
        return s;
    }
    return nullptr;
}

void engine_loop(Device &d, Engine engine)
{
    sigset_t all;
    sigfillset(&all);
    sigdelset(&all, SIGSEGV);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    tls_device = d.id;
    tls_engine_device = d.id;
    Lock lock(mu);
    for (;;) {
        auto s = next_ready(d, engine);
        if (!s) {
            changed.wait(lock);
            continue;
        }
        auto op = s->queue.front();
        if (op->hangs) {
            d.hung = true;
            warn("device %d hangs from launch %llu on (injected)", d.id, (unsigned long long)op->launch);
            continue;
        }
        s->busy = true;
        if (!d.sticky) {
            lock.unlock();
            op->run();
            op->run = nullptr;
            lock.lock();
        }
        s->busy = false;
        pop(*s);
    }
}

void start(Device &d)
{
    if (d.started)
        return;
    d.started = true;
    for (int e = 0; e < ENGINES; e++)
        std::thread([&d, e] { engine_loop(d, (Engine)e); }).detach();
}
} // namespace

Device &device(int id)
{
    return all_devices()[id];
}
int device_count()
{
    return options().devices;
}
int &current_device()
{
    return tls_device;
}
int engine_device()
{
    return tls_engine_device;
}
double now()
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

void sleep_ms(double ms)
{
    if (ms > 0)
        std::this_thread::sleep_for(std::chrono::duration<double, std::milli>(ms));
}

std::shared_ptr<Stream> new_stream(Device &d, unsigned flags)
{
    auto s = std::make_shared<Stream>();
    s->device = &d;
    s->flags = flags;
    s->id = next_stream_id++;
    d.streams.push_back(s);
    return s;
}

cudaStream_t stream_handle(const Stream &s)
{
    return (cudaStream_t)(STREAM_HANDLES + 16 * s.id);
}

std::shared_ptr<Stream> find_stream(cudaStream_t handle)
{
    Device &here = device(current_device());
    if (handle == nullptr || handle == cudaStreamLegacy)
        return here.legacy;
    if (handle == cudaStreamPerThread) {
        auto &s = tls_streams[here.id];
        if (!s)
            s = new_stream(here, cudaStreamDefault);
        return s;
    }
    for (int i = 0; i < device_count(); i++)
        for (auto &s : device(i).streams)
            if (s->user && !s->destroyed && stream_handle(*s) == handle)
                return s;
    misuse("stream %p does not exist (destroyed?)", (void *)handle);
    return nullptr;
}

std::map<u64, std::shared_ptr<Event>> &events()
{
    static auto &e = *new std::map<u64, std::shared_ptr<Event>>;
    return e;
}

std::shared_ptr<Event> find_event(cudaEvent_t handle)
{
    auto it = events().find((u64)handle);
    if (it != events().end())
        return it->second;
    misuse("event %p does not exist (destroyed?)", (void *)handle);
    return nullptr;
}

// A MIG instance has a UUID of its own and its profile at the end of its name.
std::string device_name(int dev)
{
    const std::string name = options().name + " " + std::to_string(dev);
    return options().mig.empty() ? name : name + " MIG " + options().mig;
}

void device_uuid(int dev, bool of_instance, char *bytes)
{
    memcpy(bytes, of_instance && !options().mig.empty() ? "SIMULATED-MIG-\0" : "SIMULATED-GPU-\0", 15);
    bytes[15] = (char)dev;
}

int driver_version()
{
    if (options().driver == "none")
        return 0;
    return options().driver == "old" ? 11000 : CUDART_VERSION;
}

u64 enqueue(Stream &s, std::shared_ptr<Op> op)
{
    Device &d = *s.device;
    start(d);
    op->seq = s.last_seq = ++d.seq;
    s.queue.push_back(op);
    changed.notify_all();
    return op->seq;
}

void wait_for(Lock &lock, Stream &s, u64 seq)
{
    changed.wait(lock, [&] { return s.done_seq >= seq; });
}
void wait_device(Lock &lock, Device &d)
{
    const u64 seq = d.seq;
    changed.wait(lock, [&] {
        for (auto &s : d.streams)
            if (front_before(*s, seq + 1))
                return false;
        return true;
    });
}

cudaError_t device_error(Device &d)
{
    if (d.sticky)
        d.sticky_seen = true;
    return d.sticky;
}
void set_sticky(Device &d, cudaError_t e)
{
    if (!d.sticky)
        d.sticky = e;
    changed.notify_all();
}

} // namespace sim
