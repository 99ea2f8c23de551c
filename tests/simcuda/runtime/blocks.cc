// The executor of translated kernels: the scheduler of one block's fibers, and the pool of host threads.
#include "../translator/kernel.h"

#include <condition_variable>
#include <mutex>
#include <sys/mman.h>
#include <thread>

namespace
{

const int NOTES_PRINTED = 5;

void fiber_main() __attribute__((noinline));
thread_local HostThread host_thread;

void fiber_main()
{
    Thr *t = host_thread.current;
    t->L->fn(t, t->L->params);
    t->state = DONE;
    for (;;)
        yield_(t);
}

void note_undefined(const Launch &L, const Thr *t, const char *what)
{
    if (L.undefined++ < NOTES_PRINTED)
        fprintf(stderr, "simcuda: undefined: %s: block (%u,%u,%u) thread %u\n", what, t->cta->cx, t->cta->cy,
                t->cta->cz, t->lin);
}

[[gnu::cold]] void fail(const Launch &L, int code, const std::string &message)
{
    int none = 0;
    if (L.failed.compare_exchange_strong(none, -code)) {
        L.message = message;
        L.failed = code;
    }
}

u32 reduce_pair(int kind, u32 x, u32 y)
{
    switch (kind) {
    case W_REDUX_ADD:
        return x + y;
    case W_REDUX_MINS:
        return (u32)std::min((s32)x, (s32)y);
    case W_REDUX_MAXS:
        return (u32)std::max((s32)x, (s32)y);
    case W_REDUX_MINU:
        return std::min(x, y);
    case W_REDUX_MAXU:
        return std::max(x, y);
    case W_REDUX_AND:
        return x & y;
    case W_REDUX_OR:
        return x | y;
    case W_REDUX_XOR:
        return x ^ y;
    }
    return x;
}

// The lane a shuffle reads, and whether it is inside the segment (PTX ISA, shfl.sync).
int shuffle_source(const Thr *t, int lane, bool *in_range)
{
    int b = t->b & 31, seg = (t->c >> 8) & 31, clamp = t->c & 31;
    int max_lane = (lane & seg) | (clamp & ~seg), min_lane = lane & seg, s = lane;
    switch (t->kind) {
    case W_SHFL_UP:
        s = lane - b;
        *in_range = s >= max_lane;
        break;
    case W_SHFL_DOWN:
        s = lane + b;
        *in_range = s <= max_lane;
        break;
    case W_SHFL_BFLY:
        s = lane ^ b;
        *in_range = s <= max_lane;
        break;
    default:
        s = min_lane | (b & ~seg);
        *in_range = s <= max_lane;
    }
    return *in_range ? s : lane;
}

void finish_warp_op(const Launch &L, Thr *w, int n, u32 live, int kind)
{
    u32 ballot = 0, reduced = 0;
    u64 first_value = 0;
    bool first = true, all_equal = true;
    for (int j = 0; j < n; j++) {
        if (!((live >> j) & 1))
            continue;
        if (w[j].a)
            ballot |= 1u << j;
        if (first)
            reduced = (u32)w[j].a, first_value = w[j].a;
        else
            reduced = reduce_pair(kind, reduced, (u32)w[j].a), all_equal &= w[j].a == first_value;
        first = false;
    }
    for (int j = 0; j < n; j++) {
        if (!((live >> j) & 1))
            continue;
        Thr *t = &w[j];
        switch (kind) {
        case W_SHFL_UP:
        case W_SHFL_DOWN:
        case W_SHFL_BFLY:
        case W_SHFL_IDX: {
            int s = shuffle_source(t, j, &t->p);
            if ((live >> s) & 1)
                t->r = (u32)w[s].a;
            else
                note_undefined(L, t, "shfl reads a lane that takes no part"), t->r = 0xDEADBEEF;
            break;
        }
        case W_BALLOT:
            t->r = ballot;
            break;
        case W_ALL:
            t->p = ballot == live;
            break;
        case W_ANY:
            t->p = ballot != 0;
            break;
        case W_UNI:
            t->p = ballot == 0 || ballot == live;
            break;
        case W_MATCH_ANY:
            t->r = 0;
            for (int q = 0; q < n; q++)
                if (((live >> q) & 1) && w[q].a == t->a)
                    t->r |= 1u << q;
            break;
        case W_MATCH_ALL:
            t->p = all_equal;
            t->r = all_equal ? live : 0;
            break;
        case W_SYNC:
            break;
        default:
            t->r = reduced;
        }
    }
    for (int j = 0; j < n; j++)
        if ((live >> j) & 1)
            w[j].state = READY;
}

// w[0..n): the threads of a warp. Completes every warp operation all of whose members have arrived.
bool resolve_warp(const Launch &L, Thr *w, int n)
{
    bool any = false;
    for (int i = 0; i < n; i++) {
        if (w[i].state != IN_WARP_OP)
            continue;
        const u32 mask = w[i].mask;
        const int kind = w[i].kind;
        u32 live = 0;
        bool complete = true;
        for (int j = 0; j < n && complete; j++) {
            if (!((mask >> j) & 1) || w[j].state == DONE)
                continue;
            live |= 1u << j;
            complete = w[j].state == IN_WARP_OP && w[j].kind == kind && w[j].mask == mask;
        }
        if (!complete)
            continue;
        finish_warp_op(L, w, n, live, kind);
        any = true;
    }
    return any;
}

bool resolve_barriers(const Launch &L, std::vector<Thr> &th, u32 n, u32 done)
{
    bool released = false;
    for (u32 id = 0; id < 16; id++) {
        u32 arrived = 0, expected = 0, votes = 0;
        int op = 0;
        for (u32 i = 0; i < n; i++) {
            if (th[i].state != AT_BARRIER || th[i].bar_id != id)
                continue;
            arrived++;
            expected = th[i].bar_count;
            votes += th[i].p;
            op = th[i].bar_op;
        }
        if (!arrived || arrived < (expected ? expected : n - done))
            continue;
        if (expected && arrived > expected) {
            fail(L, LAUNCH_FAILURE, "more threads at barrier " + std::to_string(id) + " than its count");
            return true;
        }
        for (u32 i = 0; i < n; i++) {
            if (th[i].state != AT_BARRIER || th[i].bar_id != id)
                continue;
            th[i].r = op == 1 ? votes : op == 2 ? votes == arrived : votes != 0;
            th[i].state = READY;
        }
        released = true;
    }
    return released;
}

struct Scratch { // one host thread's memory for the blocks it runs
    std::vector<Thr> threads;
    u8 *stacks = nullptr;
    size_t stack_bytes = 0, stack_count = 0, smem_bytes = 0;
    u8 *smem = nullptr;

    void reserve(const Launch &L, u32 n)
    {
        if (L.stack_bytes > stack_bytes || n > stack_count) {
            if (stacks)
                munmap(stacks, stack_bytes * stack_count);
            stack_bytes = std::max<size_t>(stack_bytes, L.stack_bytes);
            stack_count = std::max<size_t>(stack_count, n);
            stacks = (u8 *)mmap(nullptr, stack_bytes * stack_count, PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
            if (stacks == MAP_FAILED)
                abort();
        }
        if (L.smem_total > smem_bytes || !smem) {
            free(smem);
            smem_bytes = (L.smem_total + 1023) / 1024 * 1024 + 1024;
            smem = (u8 *)aligned_alloc(1024, smem_bytes);
        }
        threads.resize(n);
    }
};

void prepare_block(const Launch &L, Scratch &s, Cta *c)
{
    memset(s.smem, 0xA5, L.smem_total); // shared memory starts as garbage, as on hardware
    const u32 n = L.bx * L.by * L.bz;
    for (u32 i = 0; i < n; i++) {
        Thr &t = s.threads[i];
        t = Thr();
        t.stack = s.stacks + s.stack_bytes * i;
        t.cta = c;
        t.L = &L;
        t.host = &host_thread;
        t.lin = i;
        t.tx = i % L.bx;
        t.ty = i / L.bx % L.by;
        t.tz = i / L.bx / L.by;
        t.lane = i & 31;
        t.warp = i >> 5;
        t.state = READY;
        void **top = (void **)(((u64)t.stack + L.stack_bytes - 64) & ~15ull);
        top[0] = (void *)fiber_main;
        for (int k = 1; k <= 6; k++)
            top[-k] = nullptr;
        t.sp = top - 6;
    }
}

void run_block(const Launch &L, Scratch &s, u64 index, const std::vector<u32> &warp_order)
{
    Cta c;
    c.cx = index % L.gx;
    c.cy = index / L.gx % L.gy;
    c.cz = index / L.gx / L.gy;
    c.smem = s.smem;
    prepare_block(L, s, &c);
    const u32 n = L.bx * L.by * L.bz;
    for (;;) {
        bool ran = false;
        for (u32 w : warp_order) {
            Thr *first = &s.threads[w * 32];
            const int lanes = std::min(n - w * 32, 32u);
            for (;;) {
                bool stepped = false;
                for (int k = 0; k < lanes; k++) {
                    Thr *t = first + (L.order == 1 ? lanes - 1 - k : k);
                    if (t->state != READY)
                        continue;
                    host_thread.current = t;
                    ptx_switch(&host_thread.scheduler_sp, t->sp);
                    if (__builtin_expect(L.failed != 0, 0))
                        return;
                    stepped = true;
                }
                ran |= stepped;
                if (!resolve_warp(L, first, lanes) && !stepped)
                    break;
            }
        }
        u32 done = 0;
        for (u32 i = 0; i < n; i++)
            done += s.threads[i].state == DONE;
        if (done == n)
            return;
        if (resolve_barriers(L, s.threads, n, done) || ran)
            continue;
        for (u32 i = 0; i < n; i++) {
            const Thr &t = s.threads[i];
            if (t.state == DONE)
                continue;
            char text[200];
            const char *where = t.state == AT_BARRIER ? "barrier" : "warp operation";
            snprintf(text, sizeof text, "deadlock: block (%u,%u,%u) thread %u waits in a %s, mask %08x, barrier %u",
                     c.cx, c.cy, c.cz, i, where, t.mask, t.bar_id);
            return fail(L, LAUNCH_FAILURE, text);
        }
    }
}

u64 shuffled(u64 x, std::vector<u32> &v)
{
    for (size_t k = v.size(); k > 1; k--) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        std::swap(v[k - 1], v[x % k]);
    }
    return x;
}

} // namespace

struct Pool::Impl {
    std::mutex m;
    std::condition_variable wake, idle;
    std::vector<std::thread> threads;
    const Launch *job = nullptr;
    u64 generation = 0;
    int running = 0;
    bool stop = false;
    std::atomic<u64> next{0};

    void work()
    {
        Scratch scratch;
        for (u64 seen = 0;;) {
            const Launch *L;
            {
                std::unique_lock<std::mutex> lock(m);
                wake.wait(lock, [&] { return stop || generation != seen; });
                if (stop)
                    return;
                seen = generation;
                L = job;
            }
            run_blocks(*L, scratch);
            std::lock_guard<std::mutex> lock(m);
            if (--running == 0)
                idle.notify_all();
        }
    }

    void run_blocks(const Launch &L, Scratch &scratch)
    {
        const u32 n = L.bx * L.by * L.bz;
        const u64 blocks = (u64)L.gx * L.gy * L.gz;
        scratch.reserve(L, n);
        host_thread.hit = Range{1, 0, nullptr};
        std::vector<u32> order((n + 31) / 32);
        for (u64 i; (i = next++) < blocks && !L.failed;) {
            u64 block = L.order == 1 ? blocks - 1 - i : i;
            if (i >= L.fail_at_block)
                return fail(L, L.fail_code, "injected fault");
            for (u32 k = 0; k < order.size(); k++)
                order[k] = k;
            if (L.order == 1)
                std::reverse(order.begin(), order.end());
            if (L.order == 2)
                shuffled(L.seed * 0x9E3779B97F4A7C15ull + i + 1, order);
            run_block(L, scratch, block, order);
        }
    }
};

Pool::Pool(int threads) : impl(new Impl)
{
    for (int i = 0; i < threads; i++)
        impl->threads.emplace_back([this] { impl->work(); });
}
Pool::~Pool()
{
    {
        std::lock_guard<std::mutex> lock(impl->m);
        impl->stop = true;
    }
    impl->wake.notify_all();
    for (auto &t : impl->threads)
        t.join();
    delete impl;
}
void Pool::run(const Launch &L)
{
    std::unique_lock<std::mutex> lock(impl->m);
    impl->job = &L;
    impl->next = 0;
    impl->running = (int)impl->threads.size();
    impl->generation++;
    impl->wake.notify_all();
    impl->idle.wait(lock, [&] { return impl->running == 0; });
}
