// Run-time support for kernels translated from PTX to C++ (see simcuda.py).
//
// Every CUDA thread is a fiber with its own small stack. It runs until it needs others (barrier, shuffle, vote),
// then hands control to the scheduler of its block (runtime/blocks.cc). Blocks are spread over host threads.
//
// Addresses. A kernel sees three kinds of generic addresses: its block's shared memory and its own stack, which are
// host addresses, and global memory, which is a list of ranges, each with a device address and the host address
// that backs it. Every access is looked up, so an address outside all of them ends the kernel with an error.
#pragma once
#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;
typedef unsigned __int128 u128;
typedef __int128 s128;

struct Thr;
struct Cta;
struct Launch;

// What a kernel can die of; the numbers are those of cudaError_t.
enum KernelFault { ILLEGAL_ADDRESS = 700, ASSERT_FAILED = 710, MISALIGNED_ADDRESS = 716, LAUNCH_FAILURE = 719 };

// One piece of memory a kernel may touch: device addresses [lo, hi) are backed by host memory at base.
struct Range {
    u64 lo, hi;
    u8 *base;
};

enum ThreadState { READY, IN_WARP_OP, AT_BARRIER, DONE };
enum WarpOp {
    W_SHFL_UP = 1,
    W_SHFL_DOWN,
    W_SHFL_BFLY,
    W_SHFL_IDX,
    W_BALLOT,
    W_ALL,
    W_ANY,
    W_UNI,
    W_MATCH_ANY,
    W_MATCH_ALL,
    W_SYNC,
    W_REDUX_ADD,
    W_REDUX_MINS,
    W_REDUX_MAXS,
    W_REDUX_MINU,
    W_REDUX_MAXU,
    W_REDUX_AND,
    W_REDUX_OR,
    W_REDUX_XOR
};

struct HostThread { // what the fibers of one host thread share
    void *scheduler_sp;
    Thr *current;
    Range hit; // the range of the latest global access
};

struct Thr {
    void *sp;
    int state;
    u32 tx, ty, tz, lin, lane, warp;
    Cta *cta;
    HostThread *host;
    const Launch *L;
    u8 *stack;
    // the pending warp operation or barrier: operands, and the result left by the scheduler
    int kind;
    u32 mask;
    u64 a;
    u32 b, c;
    u64 r;
    bool p;
    u32 bar_id, bar_count;
    int bar_op;
    u32 cc;     // carry flag of add.cc and friends
    u64 clock_; // stands in for %clock
};

struct Cta {
    u32 cx, cy, cz;
    u8 *smem;
};

struct Launch {
    u32 gx, gy, gz, bx, by, bz;
    u32 smem_total, dyn;
    int order; // of blocks' warps and threads: 0 forwards, 1 backwards, 2 shuffled by seed
    u64 seed;
    void (*fn)(Thr *, const u8 *);
    const u8 *params;
    u32 param_bytes;
    u32 stack_bytes;
    const Range *ranges; // sorted by lo
    size_t range_count;
    const u64 *vars;           // device address of each module variable the kernel uses
    u64 fail_at_block = ~0ull; // fault injection: this block ends the launch with fail_code
    int fail_code = LAUNCH_FAILURE;
    // results
    mutable std::atomic<int> failed{0}; // a KernelFault, or 0
    mutable std::atomic<u64> undefined{0};
    mutable std::string message;
};

// Exported by a translated kernel under the name "ptx_kernel".
struct ParamInfo {
    u32 offset, size;
};
struct KernelInfo {
    void (*fn)(Thr *, const u8 *);
    u32 param_count, param_bytes;
    const ParamInfo *params;
    u32 smem_static, stack_bytes, local_bytes, max_threads;
    u32 var_count;
    const char *const *vars;
};

// Runs all blocks on `threads` host threads; the outcome is in L.failed, L.undefined and L.message.
class Pool
{
  public:
    explicit Pool(int threads);
    ~Pool();
    void run(const Launch &L);

  private:
    struct Impl;
    Impl *impl;
};

// ---- fibers ------------------------------------------------------------------------------------------------------
#if __has_attribute(noipa) // GCC: no caller may know which registers it leaves alone
__attribute__((noipa))
#endif
static __attribute__((naked, noinline, unused)) void
ptx_switch(void ** /*save*/, void * /*to*/)
{
    asm volatile("pushq %rbp\n pushq %rbx\n pushq %r12\n pushq %r13\n pushq %r14\n pushq %r15\n"
                 "movq %rsp,(%rdi)\n movq %rsi,%rsp\n"
                 "popq %r15\n popq %r14\n popq %r13\n popq %r12\n popq %rbx\n popq %rbp\n ret\n");
}
static inline void yield_(Thr *t)
{
    ptx_switch(&t->sp, t->host->scheduler_sp);
}

static __attribute__((noinline, noreturn, format(printf, 3, 4), unused)) void die(Thr *t, int code, const char *fmt,
                                                                                  ...)
{
    char what[200], where[120];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(what, sizeof what, fmt, ap);
    va_end(ap);
    snprintf(where, sizeof where, "block (%u,%u,%u) thread (%u,%u,%u): ", t->cta->cx, t->cta->cy, t->cta->cz, t->tx,
             t->ty, t->tz);
    int none = 0;
    if (t->L->failed.compare_exchange_strong(none, -code)) {
        t->L->message = std::string(where) + what;
        t->L->failed = code;
    }
    t->state = DONE;
    for (;;)
        yield_(t); // the scheduler sees the failure and never comes back
}

static inline u64 warp_op(Thr *t, int kind, u64 a, u32 b, u32 c, u32 mask, bool *p)
{
    t->kind = kind;
    t->a = a;
    t->b = b;
    t->c = c;
    t->mask = mask;
    t->state = IN_WARP_OP;
    if (!((mask >> t->lane) & 1))
        die(t, LAUNCH_FAILURE, "warp operation: own lane not in member mask %08x", mask);
    yield_(t);
    if (p)
        *p = t->p;
    return t->r;
}
static inline u64 barrier(Thr *t, u32 id, u32 count, int op, bool v)
{
    t->bar_id = id;
    t->bar_count = count;
    t->bar_op = op;
    t->p = v;
    t->state = AT_BARRIER;
    yield_(t);
    return t->r;
}

// ---- memory ------------------------------------------------------------------------------------------------------
static __attribute__((noinline, unused)) u8 *global_slow(Thr *t, u64 a, u32 n)
{
    const Launch &L = *t->L;
    u64 s = (u64)t->cta->smem, st = (u64)t->stack, pa = (u64)L.params;
    if (a >= s && a + n <= s + L.smem_total)
        return (u8 *)a;
    if (a >= st && a + n <= st + L.stack_bytes)
        return (u8 *)a;
    if (a >= pa && a + n <= pa + L.param_bytes)
        return (u8 *)a;
    const Range *r =
        std::upper_bound(L.ranges, L.ranges + L.range_count, a, [](u64 x, const Range &y) { return x < y.lo; });
    if (r != L.ranges && a + n <= r[-1].hi) {
        t->host->hit = r[-1];
        return r[-1].base + (a - r[-1].lo);
    }
    die(t, ILLEGAL_ADDRESS, "global access out of bounds: %llx size %u", (unsigned long long)a, n);
}
static inline u8 *global_ptr(Thr *t, u64 a, u32 n)
{
    if (a & (n - 1))
        die(t, MISALIGNED_ADDRESS, "misaligned global access: %llx size %u", (unsigned long long)a, n);
    const Range &r = t->host->hit;
    if (a >= r.lo && a + n <= r.hi)
        return r.base + (a - r.lo);
    return global_slow(t, a, n);
}
static inline u8 *shared_ptr_(Thr *t, u64 a, u32 n)
{
    a = (u32)a;
    if (a & (n - 1))
        die(t, MISALIGNED_ADDRESS, "misaligned shared access: %llx size %u", (unsigned long long)a, n);
    if (a + n > t->L->smem_total)
        die(t, LAUNCH_FAILURE, "shared access out of bounds: %llx size %u of %u", (unsigned long long)a, n,
            t->L->smem_total);
    return t->cta->smem + a;
}
static inline u8 *local_ptr(Thr *t, u64 a, u32 n)
{
    u64 stack = (u64)t->stack;
    if (a < stack || a + n > stack + t->L->stack_bytes)
        die(t, ILLEGAL_ADDRESS, "local access out of bounds: %llx size %u", (unsigned long long)a, n);
    return (u8 *)a;
}
template <class T> static inline T load(const u8 *p)
{
    T v;
    memcpy(&v, p, sizeof v);
    return v;
}
template <class T> static inline void store(u8 *p, T v)
{
    memcpy(p, &v, sizeof v);
}
template <class T, class F> static inline T atomic_update(u8 *p, F f)
{
    T o = __atomic_load_n((T *)p, __ATOMIC_SEQ_CST);
    while (!__atomic_compare_exchange_n((T *)p, &o, f(o), false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
    }
    return o;
}

// ---- arithmetic --------------------------------------------------------------------------------------------------
static inline float f32(u32 x)
{
    float f;
    memcpy(&f, &x, 4);
    return f;
}
static inline u32 bf(float f)
{
    u32 x;
    memcpy(&x, &f, 4);
    return x;
}
static inline double f64(u64 x)
{
    double f;
    memcpy(&f, &x, 8);
    return f;
}
static inline u64 bd(double f)
{
    u64 x;
    memcpy(&x, &f, 8);
    return x;
}
static inline float ftz(float f)
{
    return std::fpclassify(f) == FP_SUBNORMAL ? std::copysign(0.f, f) : f;
}
static inline double ftz(double f)
{
    return f;
}
static inline u32 lop3(u32 a, u32 b, u32 c, u32 table)
{
    u32 r = 0;
    for (int i = 0; i < 8; i++)
        if ((table >> i) & 1)
            r |= ((i & 4) ? a : ~a) & ((i & 2) ? b : ~b) & ((i & 1) ? c : ~c);
    return r;
}
static inline u32 prmt(u32 a, u32 b, u32 selector)
{
    u64 v = ((u64)b << 32) | a;
    u32 r = 0;
    for (int i = 0; i < 4; i++) {
        u32 n = (selector >> (4 * i)) & 15, x = (v >> (8 * (n & 7))) & 255;
        if (n & 8)
            x = (x & 128) ? 255 : 0;
        r |= x << (8 * i);
    }
    return r;
}
template <class T> static inline T reverse_bits(T v)
{
    T w = 0;
    for (size_t i = 0; i < 8 * sizeof(T); i++)
        w = (T)((w << 1) | (v & 1)), v >>= 1;
    return w;
}
template <class U> static inline U bit_field_extract(U v, u32 pos, u32 len, bool is_signed)
{
    const u32 n = 8 * sizeof(U);
    pos &= 255;
    len &= 255;
    if (!len)
        return 0;
    u32 sign = is_signed ? (u32)((v >> std::min(pos + len - 1, n - 1)) & 1) : 0;
    U w = 0;
    for (u32 i = 0; i < n; i++)
        w |= (U)((i < len && pos + i < n) ? (u32)((v >> (pos + i)) & 1) : sign) << i;
    return w;
}
template <class U> static inline U bit_field_insert(U a, U b, u32 pos, u32 len)
{
    const u32 n = 8 * sizeof(U);
    pos &= 255;
    len &= 255;
    for (u32 i = 0; i < len && pos + i < n; i++)
        b = (b & ~((U)1 << (pos + i))) | (((a >> i) & 1) << (pos + i));
    return b;
}
// The rounding of a directed operation, as MXCSR has it.
enum Rounding : u32 { DOWNWARD = 0x2000, UPWARD = 0x4000, TOWARD_ZERO = 0x6000 };

// The result of f, computed with this rounding. The two empty statements keep the computation between the changes of
// MXCSR: the first makes what f has captured unknown, the second needs the result.
template <class F> static __attribute__((noinline)) auto rounded(Rounding mode, F f)
{
    const u32 old = __builtin_ia32_stmxcsr();
    __builtin_ia32_ldmxcsr((old & ~(u32)TOWARD_ZERO) | mode);
    asm volatile("" : "+m"(f));
    auto r = f();
    asm volatile("" : "+x"(r));
    __builtin_ia32_ldmxcsr(old);
    return r;
}

template <class I, class F> static inline I float_to_int(F f)
{
    typedef std::numeric_limits<I> N;
    if (f != f)
        return 0;
    if ((double)f <= (double)N::min())
        return N::min();
    if ((double)f >= std::ldexp(1.0, sizeof(I) * 8 - (N::is_signed ? 1 : 0)))
        return N::max();
    return (I)f;
}
template <class D, class S> static inline D saturate(S v)
{
    s128 x = v, lo = std::numeric_limits<D>::min(), hi = std::numeric_limits<D>::max();
    return (D)(x < lo ? lo : x > hi ? hi : x);
}
template <class F> static inline F saturate_01(F f)
{
    return f != f ? F(0) : f < F(0) ? F(0) : f > F(1) ? F(1) : f;
}
template <class F> static inline F float_min(F a, F b)
{
    if (a != a)
        return b;
    if (b != b)
        return a;
    if (a == 0 && b == 0)
        return std::signbit(a) ? a : b;
    return a < b ? a : b;
}
template <class F> static inline F float_max(F a, F b)
{
    if (a != a)
        return b;
    if (b != b)
        return a;
    if (a == 0 && b == 0)
        return std::signbit(a) ? b : a;
    return a > b ? a : b;
}

// printf of a kernel: fmt is a generic address, args the buffer of promoted arguments.
static __attribute__((noinline, unused)) void device_printf(Thr *t, u64 fmt, u64 args)
{
    auto text = [&](u64 a) {
        std::string s;
        for (char c; (c = (char)*global_ptr(t, a, 1)); a++)
            s += c;
        return s;
    };
    const std::string f = text(fmt);
    std::string out;
    char piece[400];
    for (size_t i = 0; i < f.size(); i++) {
        if (f[i] != '%' || f[i + 1] == '%') {
            out += f[i];
            if (f[i] == '%')
                i++;
            continue;
        }
        size_t end = f.find_first_of("diouxXeEfgGaAcsp", i);
        if (end == std::string::npos)
            break;
        std::string spec = f.substr(i, end - i + 1);
        const char kind = f[end];
        const bool wide = strchr("eEfgGaAsp", kind) || spec.find('l') != std::string::npos;
        if (wide)
            args = (args + 7) & ~7ull;
        u64 v = wide ? load<u64>(global_ptr(t, args, 8)) : load<u32>(global_ptr(t, args, 4));
        args += wide ? 8 : 4;
        if (kind == 's')
            snprintf(piece, sizeof piece, spec.c_str(), text(v).c_str());
        else if (strchr("eEfgGaA", kind))
            snprintf(piece, sizeof piece, spec.c_str(), f64(v));
        else
            snprintf(piece, sizeof piece, spec.c_str(), v);
        out += piece;
        i = end;
    }
    fputs(out.c_str(), stdout);
}
