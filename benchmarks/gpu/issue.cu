/*
 * The instructions of the shipped loop on compute capability 9.0, by kind and in its proportions, without its
 * dependencies: there are eight chains, so that many instructions in a row need nothing of each other.
 *
 * The compiler must not fold them: every operation reads what another one has just made, none combines with the next,
 * and all end up in a result that the host checks. tests/gpu/sass.tsv holds the compiled loops to the numbers below.
 */
#include "issue.h"

#include "cuda/kernels/slices.cuh"

namespace
{

constexpr int chains = 8;

/* For turn_darts darts. Left out is what closes the loop, once a turn. */
constexpr int wide_operations = 176;  /* Philox's products and the squares */
constexpr int logic_operations = 152; /* xors of three words */
constexpr int hit_additions = 16;
constexpr int counter_additions = 8;

/* Wide multiplications alone cannot go on for ever: products of products run out of ones. Every so often each chain
   takes two logic operations against that, which run beside the multiplications and well below their own limit. */
constexpr int refresh_interval = 44;

struct Chains {
    uint64_t product[chains];
    uint32_t word[chains], hits[chains], counter[chains];
};

MCPI_HOST_DEVICE Chains first_chains(uint64_t thread)
{
    Chains c;
    for (int i = 0; i < chains; i++) {
        const mcpi_words random = mcpi_philox({{(uint32_t)thread, (uint32_t)i, 0, 0}}, 0);
        c.product[i] = (uint64_t)random.w[1] << 32 | random.w[0];
        c.word[i] = random.w[2];
        c.hits[i] = c.counter[i] = 0;
    }
    return c;
}

MCPI_HOST_DEVICE uint64_t sum_of(const Chains &c)
{
    uint64_t sum = 0;
    for (int i = 0; i < chains; i++)
        sum += c.product[i] ^ c.word[i] ^ c.hits[i] ^ (uint64_t)c.counter[i] << 32;
    return sum;
}

MCPI_HOST_DEVICE uint32_t low(uint64_t product)
{
    return (uint32_t)product;
}

MCPI_HOST_DEVICE uint32_t high(uint64_t product)
{
    return (uint32_t)(product >> 32);
}

/* One instruction: C++ has only a multiplication of 64-bit words, of which the compiler makes two here. */
MCPI_HOST_DEVICE uint64_t product_of(uint32_t a, uint32_t b)
{
#if defined(__CUDA_ARCH__)
    uint64_t product;
    asm("mul.wide.u32 %0, %1, %2;" : "=l"(product) : "r"(a), "r"(b));
    return product;
#else
    return (uint64_t)a * b;
#endif
}

/* Wide: of two words that are both in registers, as the squares are. */
MCPI_HOST_DEVICE void multiply(Chains &c, int i)
{
    uint64_t &p = c.product[i % chains];
    p = product_of(low(p), high(p));
}

MCPI_HOST_DEVICE void refresh(Chains &c)
{
    for (int i = 0; i < chains; i++) {
        uint64_t &p = c.product[i];
        p = (uint64_t)(high(p) ^ c.word[i]) << 32 | low(p) | 1;
    }
}

/* Logic: of three words. */
MCPI_HOST_DEVICE void combine(Chains &c, int i)
{
    c.word[i % chains] ^= c.word[(i + 3) % chains] & c.word[(i + 5) % chains];
}

/* Logic and wide, as in a round of Philox. */
MCPI_HOST_DEVICE void mix(Chains &c, int i)
{
    uint64_t &p = c.product[i % chains];
    p = product_of(high(p) ^ low(c.product[(i + 4) % chains]) ^ c.word[i % chains], MCPI_PHILOX_M0);
}

MCPI_HOST_DEVICE void add_hit(Chains &c, int i)
{
    c.hits[i % chains] = mcpi_add_hit(c.hits[i % chains], c.product[(i + 4) % chains]);
}

MCPI_HOST_DEVICE void add_counter(Chains &c, int i)
{
    c.counter[i % chains] += low(c.product[(i + 4) % chains]);
}

/* Whether one of `operations` operations, spread evenly over the wide ones, goes with wide operation i. */
MCPI_HOST_DEVICE constexpr bool is_due(int i, int operations)
{
    return i * operations / wide_operations < (i + 1) * operations / wide_operations;
}

MCPI_HOST_DEVICE void turn_of_wide(Chains &c)
{
#pragma unroll
    for (int i = 0; i < wide_operations; i++) {
        if (i % refresh_interval == 0)
            refresh(c);
        multiply(c, i);
    }
}

MCPI_HOST_DEVICE void turn_of_logic(Chains &c)
{
#pragma unroll
    for (int i = 0; i < logic_operations; i++)
        combine(c, i);
}

MCPI_HOST_DEVICE void turn_of_mix(Chains &c)
{
    int hits = 0, counters = 0;
#pragma unroll
    for (int i = 0; i < wide_operations; i++) {
        if (is_due(i, logic_operations))
            mix(c, i);
        else
            multiply(c, i);
        if (is_due(i, hit_additions))
            add_hit(c, hits++);
        if (is_due(i, counter_additions))
            add_counter(c, counters++);
    }
}

template <void (*turn)(Chains &)> MCPI_HOST_DEVICE uint64_t take_turns(uint64_t thread, uint64_t turns)
{
    Chains c = first_chains(thread);
#pragma unroll 2
    for (uint32_t i = 0; i < (uint32_t)turns; i++)
        turn(c);
    return sum_of(c);
}

template <void (*turn)(Chains &)>
__global__ void __launch_bounds__(roof_threads) issue(const uint64_t turns, uint64_t *const results)
{
    const uint64_t thread = blockIdx.x * roof_threads + threadIdx.x;
    results[thread] = take_turns<turn>(thread, turns);
}

template <void (*turn)(Chains &)> cudaError_t resident(int *blocks)
{
    return cudaOccupancyMaxActiveBlocksPerMultiprocessor(blocks, issue<turn>, roof_threads, 0);
}

template <void (*turn)(Chains &)>
cudaError_t launch(unsigned blocks, uint64_t turns, uint64_t *results, cudaStream_t stream)
{
    issue<turn><<<blocks, roof_threads, 0, stream>>>(turns, results);
    return cudaGetLastError();
}

template <void (*turn)(Chains &)> Roof roof(const char *name)
{
    return {name, resident<turn>, launch<turn>, take_turns<turn>};
}

} // namespace

std::vector<Roof> roofs()
{
    return {roof<turn_of_wide>("wide"), roof<turn_of_logic>("logic"), roof<turn_of_mix>("mix")};
}
