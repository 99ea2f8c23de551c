/*
 * The loop of the kernels fp32_test and fp64_product: the same darts with fewer wide multiplications than cuRAND's
 * code: 17 or fewer for two darts instead of 22.
 *
 * A round of Philox maps (c0, c1, c2, c3) to
 *
 *     (high(M1 * c2) ^ c1 ^ k0, low(M1 * c2), high(M0 * c0) ^ c3 ^ k1, low(M0 * c0))
 *
 * so the words form two chains, which exchange only low words: one chain multiplies c0 in odd rounds and c2 in even
 * ones, the other c2 in odd rounds and c0 in even ones.
 *
 * - Only the lowest counter word differs between the blocks of a span of 2^32 blocks. One product of round 1 and one of
 *   round 2 depend on the other words only; `Span` holds them.
 * - The lowest counter word grows by a constant from one draw of a thread to the next. So the first product grows by a
 *   constant as well, and an addition updates it. All draws lie in one span, so the word does not wrap.
 * - The second chain may take the high words of its products by FP64, on GPUs with a fast FP64 pipe.
 * - Hits are found by FP32. Darts so near the edge that FP32 cannot decide are rare: a thread keeps the distance of the
 *   nearest dart of a batch of its draws and, if that is too near, counts the batch again by the exact test.
 *
 * arithmetic.h proves that the last two give the same count.
 */
#ifndef MCPI_CUDA_KERNELS_TWO_CHAINS_CUH
#define MCPI_CUDA_KERNELS_TWO_CHAINS_CUH

#include <curand_philox4x32_x.h>

#include "cuda/kernels/arithmetic.h"
#include "cuda/kernels/slices.cuh"

namespace
{

__device__ __forceinline__ uint32_t high(uint64_t product)
{
    return (uint32_t)(product >> 32);
}

__device__ __forceinline__ uint32_t low(uint64_t product)
{
    return (uint32_t)product;
}

/* One instruction for both halves. For a 64-bit product in C++ nvcc sometimes generates two. */
__device__ __forceinline__ uint64_t wide_product(uint32_t a, uint32_t b)
{
    uint64_t product;
    asm("mul.wide.u32 %0, %1, %2;" : "=l"(product) : "r"(a), "r"(b));
    return product;
}

/* What rounds 1 and 2 derive from the seed, the stream and the upper half of the block number: the same for all blocks
   of a span. In the comments, a word is the counter word after the previous round. */
struct Span {
    uint2 key;          /* of round 3 */
    uint32_t round1_c2; /* c2 after round 1 is high(first product) ^ this */
    uint32_t round2_c0; /* c0 after round 2 is high(M1 * c2) ^ this; its c1 is low(M1 * c2) */
    uint32_t round2_c2; /* c2 after round 2 is low(first product) ^ this */
    uint32_t round2_c3; /* c3 after round 2 */
};

__device__ __forceinline__ Span span_of(const uint4 counter, const uint2 key)
{
    const uint2 key2 = make_uint2(key.x + MCPI_PHILOX_W0, key.y + MCPI_PHILOX_W1);
    const uint64_t round1 = wide_product(counter.z, MCPI_PHILOX_M1);
    const uint64_t round2 = wide_product(high(round1) ^ counter.y ^ key.x, MCPI_PHILOX_M0);
    Span span;
    span.key = make_uint2(key2.x + MCPI_PHILOX_W0, key2.y + MCPI_PHILOX_W1);
    span.round1_c2 = counter.w ^ key.y;
    span.round2_c0 = low(round1) ^ key2.x;
    span.round2_c2 = high(round2) ^ key2.y;
    span.round2_c3 = low(round2);
    return span;
}

/* The block with this first product, M0 times its lowest counter word. The second chain takes the high words of
   `fp64_rounds` rounds, from round 3 on, by FP64. */
template <int fp64_rounds> __device__ __forceinline__ uint4 draw(const Span &span, const uint64_t first_product)
{
    const uint64_t round2 = wide_product(high(first_product) ^ span.round1_c2, MCPI_PHILOX_M1);
    uint32_t a = high(round2) ^ span.round2_c0, low_a = low(round2);
    uint32_t b = low(first_product) ^ span.round2_c2, low_b = span.round2_c3;
    uint64_t shifted_b = mcpi_shifted(b);
    uint2 key = span.key;
#pragma unroll
    for (int round = 3; round <= MCPI_PHILOX_ROUNDS; round++) {
        const bool odd = round % 2 == 1;
        const uint32_t multiplier_a = odd ? MCPI_PHILOX_M0 : MCPI_PHILOX_M1;
        const uint32_t multiplier_b = odd ? MCPI_PHILOX_M1 : MCPI_PHILOX_M0;
        const uint32_t xor_a = low_b ^ (odd ? key.y : key.x);
        const uint32_t xor_b = low_a ^ (odd ? key.x : key.y);
        const uint64_t product_a = wide_product(a, multiplier_a);
        a = high(product_a) ^ xor_a;
        low_a = low(product_a);
        if (round < 3 + fp64_rounds) {
            low_b = b * multiplier_b;
            shifted_b = mcpi_shifted_high_word(shifted_b, multiplier_b) ^ xor_b;
            b = low(shifted_b);
        } else {
            const uint64_t product_b = wide_product(b, multiplier_b);
            low_b = low(product_b);
            b = high(product_b) ^ xor_b;
        }
        key.x += MCPI_PHILOX_W0;
        key.y += MCPI_PHILOX_W1;
    }
    return make_uint4(a, low_a, b, low_b);
}

__device__ __forceinline__ uint32_t add_hit_by_fp32(const uint32_t hits, float &nearest, const uint32_t x,
                                                    const uint32_t y)
{
    const float from_edge = mcpi_from_edge_by_fp32(x, y);
    nearest = fminf(nearest, fabsf(from_edge));
    return mcpi_add_hit(hits, (uint64_t)__float_as_uint(from_edge) << 32);
}

__device__ __forceinline__ uint32_t count_exactly(uint4 counter, const uint2 key, const uint32_t draws,
                                                  const uint64_t minus_edge)
{
    uint32_t hits = 0;
#pragma unroll 1
    for (uint32_t i = 0; i < draws; i++) {
        const uint4 words = curand_Philox4x32_10(counter, key);
        hits = mcpi_add_hit(hits, mcpi_from_edge(words.x, words.y, minus_edge));
        hits = mcpi_add_hit(hits, mcpi_from_edge(words.z, words.w, minus_edge));
        counter.x += MCPI_SLICE_THREADS;
    }
    return hits;
}

/* Draws of a thread in a batch: few enough that a warp counts only one batch in 650 again. */
constexpr uint32_t batch_draws = 64;

/* A mcpi_draw_loop. */
template <int fp64_rounds>
__device__ __forceinline__ uint32_t count_by_batches(uint4 counter, const uint2 key, const uint32_t draws,
                                                     const uint64_t minus_edge)
{
    const Span span = span_of(counter, key);
    uint32_t hits = 0;
#pragma unroll 1
    for (uint32_t done = 0; done < draws; done += batch_draws) {
        const uint32_t batch = min(draws - done, batch_draws);
        uint64_t first_product = wide_product(counter.x, MCPI_PHILOX_M0);
        float nearest = MCPI_SURE_BEYOND;
        uint32_t batch_hits = 0;
#pragma unroll 8
        for (uint32_t i = 0; i < batch; i++) {
            const uint4 words = draw<fp64_rounds>(span, first_product);
            batch_hits = add_hit_by_fp32(batch_hits, nearest, words.x, words.y);
            batch_hits = add_hit_by_fp32(batch_hits, nearest, words.z, words.w);
            first_product += (uint64_t)MCPI_PHILOX_M0 * MCPI_SLICE_THREADS;
        }
        if (nearest < MCPI_SURE_BEYOND)
            batch_hits = count_exactly(counter, key, batch, minus_edge);
        hits += batch_hits;
        counter.x += batch_draws * MCPI_SLICE_THREADS;
    }
    return hits;
}

} // namespace

#endif
