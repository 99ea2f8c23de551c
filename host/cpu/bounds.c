#include "cpu/bounds.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "core/status.h"
#include "cpu/machine/quota.h"
#include "cpu/selftest.h"

/* ---- the loops ---- */

#if defined(__x86_64__)

/*
 * Written in assembly, because a compiler would remove loops whose results are unused. Sources are registers that no
 * instruction writes; destinations take turns, so that one that is also read was written half a round before. Their
 * values do not matter. What a kernel does once for a whole group is left out: it is less than half a per cent.
 */
#define DO(instruction) instruction "\n\t"
#define TURNS(instructions) "1:\n\t" instructions DO("dec %[turns]") "jnz 1b"

/* clang-format off */

/* Scalar: half a round; two rounds; a dart. A block is ten rounds and two darts. */
#define HALF(product, high, low) \
    DO("mov %%r15, %%r14") DO("imul %%r15, %%" product) DO("shr $32, %%" high) DO("xor %%r15, %%" low) \
    DO("xor %[key], %%" high)
#define TWO_ROUNDS HALF("rax", "r8", "r9") HALF("rcx", "r10", "r11") HALF("rdx", "r12", "r13") HALF("rdi", "rbx", "rsi")
#define DART \
    DO("movslq %%r15d, %%r14") DO("imul %%r15, %%rax") DO("movslq %%r15d, %%r14") DO("imul %%r15, %%rcx") \
    DO("add %%r15, %%r8") DO("add %%r15, %%r9") DO("shr $63, %%r10") DO("add %%r15, %%r11")

static void bound_scalar(uint64_t turns)
{
    const uint64_t key = 0;
    __asm__ volatile(TURNS(TWO_ROUNDS TWO_ROUNDS TWO_ROUNDS TWO_ROUNDS TWO_ROUNDS DART DART)
                     : [turns] "+r"(turns)
                     : [key] "m"(key)
                     : "cc", "rax", "rbx", "rcx", "rdx", "rdi", "rsi", "r8", "r9", "r10", "r11", "r12", "r13", "r14");
}

/* A vector instruction: two sources that are never written, and a destination. */
#define ZMM(instruction, d) DO(instruction " %%zmm30, %%zmm31, %%zmm" #d)
#define YMM(instruction, d) DO(instruction " %%ymm14, %%ymm15, %%ymm" #d)

/* AVX-512: the products of half a round with the gathering of one half of their words; then, by rounds, the rest. */
#define PRODUCTS512(gather, a, b, c, d) \
    DO("vpsrlq $32, %%zmm30, %%zmm" #a) ZMM("vpmuludq", b) ZMM("vpmuludq", c) ZMM(gather, d)
#define HIGH512 "vshufps $0xdd,"
#define LOW512 "vshufps $0x88,"
#define XOR3 "vpternlogd $0x96,"
#define ROUND1_512 ZMM("vpaddq", 0) ZMM("vpaddq", 1) ZMM(HIGH512, 2) ZMM("vpxord", 3) ZMM(LOW512, 4) ZMM("vpxord", 5)
#define HALF2_512 PRODUCTS512(HIGH512, 6, 7, 8, 9) ZMM("vpxord", 10) ZMM(LOW512, 11)
#define HALF_512(xor) PRODUCTS512(HIGH512, 12, 13, 14, 15) ZMM(XOR3, xor) ZMM(LOW512, 16)
#define ROUND_512 HALF_512(17) HALF_512(18)
#define HALF9_512(xor, low) PRODUCTS512(HIGH512, 6, 7, 8, 9) ZMM(XOR3, xor) ZMM("vpermt2w", low)
#define HALF10_512(both, xor) PRODUCTS512("vpermt2w", 12, 13, 14, both) ZMM(XOR3, xor) ZMM("vpmaddwd", 15)
#define COUNT_512 \
    DO("vpshufb %%zmm30, %%zmm31, %%zmm28%{%%k1%}") ZMM("vpsubw", 1) ZMM("vpminuw", 2) DO("vpmovw2m %%zmm30, %%k2") \
    DO("kmovd %%k1, %%eax")

/* One vector: rounds 2 and 3 have a half each without a word to xor, round 3 one with. */
static void bound_avx512(uint64_t turns)
{
    __asm__ volatile(TURNS(ROUND1_512 HALF2_512 HALF2_512 HALF_512(19)
                           ROUND_512 ROUND_512 ROUND_512 ROUND_512 ROUND_512
                           HALF9_512(20, 21) HALF9_512(22, 23) HALF10_512(24, 25) HALF10_512(26, 27) COUNT_512) "\n\tvzeroupper"
                     : [turns] "+r"(turns)
                     :
                     : "cc", "eax", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10",
                       "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
}

/* AVX2: the same, and what its rounds 9 and 10 do instead. */
#define PRODUCTS256(a, b, c) DO("vpsrlq $32, %%ymm14, %%ymm" #a) YMM("vpmuludq", b) YMM("vpmuludq", c)
#define HIGH256(d) YMM("vshufps $0xdd,", d)
#define LOW256(d) YMM("vshufps $0x88,", d)
#define UPPERS256(a, b) DO("vpsrld $16, %%ymm14, %%ymm" #a) YMM("vpblendw $0xaa,", b)
#define ROUND1_256 YMM("vpaddq", 0) YMM("vpaddq", 1) HIGH256(2) YMM("vxorps", 3) LOW256(4) YMM("vxorps", 5)
#define HALF2_256 PRODUCTS256(6, 7, 8) HIGH256(9) YMM("vxorps", 10) LOW256(11)
#define HALF_256 PRODUCTS256(12, 13, 0) HIGH256(1) YMM("vxorps", 2) YMM("vxorps", 3) LOW256(4)
#define HALF9_256 PRODUCTS256(5, 6, 7) HIGH256(8) YMM("vxorps", 9) YMM("vxorps", 10)
#define ROUND10_256 \
    PRODUCTS256(11, 12, 13) UPPERS256(0, 1) PRODUCTS256(2, 3, 4) UPPERS256(5, 6) HIGH256(7) YMM("vxorps", 8) \
    YMM("vxorps", 9) LOW256(10) YMM("vpmulhw", 11) YMM("vpmulhw", 12) YMM("vpaddw", 13) YMM("vpsubw", 0)
#define VECTOR_256 \
    ROUND1_256 HALF2_256 HALF2_256 HALF_256 \
    HALF_256 HALF_256 HALF_256 HALF_256 HALF_256 HALF_256 HALF_256 HALF_256 HALF_256 HALF_256 \
    HALF9_256 HALF9_256 LOW256(1) LOW256(2) UPPERS256(3, 4) ROUND10_256
#define COUNT_256 YMM("vpacksswb", 5) YMM("vpminub", 6) DO("vpmovmskb %%ymm14, %%eax")

/* Two vectors, whose margins go into one. */
static void bound_avx2(uint64_t turns)
{
    __asm__ volatile(TURNS(VECTOR_256 VECTOR_256 COUNT_256) "\n\tvzeroupper"
                     : [turns] "+r"(turns)
                     :
                     : "cc", "eax", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10",
                       "xmm11", "xmm12", "xmm13");
}

/* clang-format on */

#endif

const mcpi_bound_loop mcpi_bound_loops[] = {
#if defined(__x86_64__)
    {"scalar", bound_scalar, 2},
    {"avx2", bound_avx2, 32},
    {"avx512", bound_avx512, 32},
#endif
    {NULL, NULL, 0},
};

/* ---- their rates ---- */

/* Turns between two looks at the clock: 20 to 50 us. */
enum { WINDOWS = 4, TURNS = 1 << 10 };

typedef enum phase { WARM_UP, MEASURE, CANCEL } phase;

/* Threads warm up until all of them have been started, so that clocks are those of a machine on which all of them run.
   Then they measure at the same time. */
typedef struct measurement {
    const mcpi_bound_loop *loop;
    double begin, window_seconds; /* set before the phase MEASURE */
    _Atomic phase phase;
} measurement;

typedef struct measuring_thread {
    measurement *of;
    pthread_t thread;
    double rate; /* of its best window, by its CPU time: a disturbance only makes a window slower */
} measuring_thread;

static double rate_until(const mcpi_bound_loop *loop, double end)
{
    const double begin = mcpi_thread_seconds();
    uint64_t darts = 0;
    do {
        loop->run(TURNS);
        darts += TURNS * loop->darts;
    } while (mcpi_seconds() < end);
    return (double)darts / (mcpi_thread_seconds() - begin);
}

static void *measure(void *thread)
{
    measuring_thread *const t = thread;
    const measurement *const m = t->of;
    while (m->phase == WARM_UP)
        m->loop->run(TURNS);
    for (int i = 1; i <= WINDOWS && m->phase == MEASURE; i++)
        t->rate = fmax(t->rate, rate_until(m->loop, m->begin + i * m->window_seconds));
    return NULL;
}

static unsigned start_threads(measurement *m, measuring_thread *threads, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        threads[i].of = m;
        if (pthread_create(&threads[i].thread, NULL, measure, &threads[i]) != 0)
            return i;
    }
    return count;
}

static double join_threads(const measuring_thread *threads, unsigned count)
{
    double rate = 0.0;
    for (unsigned i = 0; i < count; i++) {
        pthread_join(threads[i].thread, NULL);
        rate += threads[i].rate;
    }
    return rate;
}

double mcpi_measure_bound(const mcpi_bound_loop *loop, unsigned threads, double seconds)
{
    measuring_thread *const all = threads ? calloc(threads, sizeof *all) : NULL;
    if (!all)
        return NAN;
    measurement m = {.loop = loop, .window_seconds = seconds / WINDOWS, .phase = WARM_UP};
    const unsigned started = start_threads(&m, all, threads);
    m.begin = mcpi_seconds();
    m.phase = started == threads ? MEASURE : CANCEL;
    const double rate = join_threads(all, started);
    free(all);
    return started == threads ? rate : NAN;
}

static unsigned at_most(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

double mcpi_bound_rate(const char *kernel, unsigned threads, double seconds)
{
    const mcpi_count_kernel *runs;
    if (mcpi_pick_kernel(kernel, mcpi_probe_features(&mcpi_this_machine), NULL, &runs, NULL) != MCPI_OK)
        return NAN;
    for (const mcpi_bound_loop *loop = mcpi_bound_loops; loop->kernel; loop++)
        if (strcmp(loop->kernel, runs->name) == 0)
            return mcpi_measure_bound(loop, at_most(threads, mcpi_usable_cores()), seconds);
    return NAN;
}
