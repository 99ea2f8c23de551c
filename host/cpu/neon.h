/*
 * What the two kernels for Arm share: four blocks in a vector, one word in each 32-bit lane, and four vectors side by
 * side, which take 16 of the 32 registers. With five vectors, gcc 12 spills some.
 *
 * The kernels differ in how they multiply. Before including this file, each defines
 *
 *     typedef struct product { uint32x4_t low, high; } product;
 *     static inline product multiply(uint32x4_t a, uint32_t multiplier);
 *
 * Eight darts at once are decided by the upper halves of their words. In units of 2^47, the edge is at x*x + y*y =
 * 2^15. Leaving out the lower half of x changes x*x by less than 2, in either direction; vqdmulh then rounds down, by
 * less than 1, or saturates 2^15 to 2^15 - 1. So the error of each square is below 3 and that of their sum below 6:
 * from 2^15 + 6 on, all darts are misses, and up to 2^15 - 6 all are hits. One group of 32 darts in a hundred has darts
 * in between; these are decided exactly.
 */
#ifndef MCPI_CPU_NEON_H
#define MCPI_CPU_NEON_H

#include <arm_neon.h>
#include <stdbool.h>

#include "cpu/simd.h"

enum { LANES = 4, VECTORS = 4, GROUP_DARTS = 2 * LANES * VECTORS };

/* In units of 2^47: darts less than NEAR from the edge are decided exactly. */
enum { EDGE = 1 << 15, NEAR = 6 };

/* The four words of four blocks: a counter on its way through the rounds. */
typedef struct words {
    uint32x4_t c0, c1, c2, c3;
} words;

static inline uint32x4_t xor2(uint32x4_t a, uint32x4_t b)
{
    return veorq_u32(a, b);
}

/*
 * `late` is the operand that the multiplier delivers last: only one xor should wait for it. EOR3 would do both xors at
 * once, but on Neoverse V1, N2 and V2 it has only one pipe, which also multiplies (LLVM 19's models): with it the SVE2
 * kernel would take a quarter longer.
 */
static inline uint32x4_t xor3(uint32x4_t late, uint32x4_t b, uint32x4_t c)
{
    return xor2(late, xor2(b, c));
}

static inline uint32x4_t key(uint32_t word)
{
    return vdupq_n_u32(word);
}

/* Rounds 1 to 3 as in simd.h. */
static inline words open_rounds(uint32x4_t blocks, const mcpi_simd_span *span)
{
    const product round1_p0 = multiply(blocks, MCPI_PHILOX_M0);
    const uint32x4_t round1_c2 = xor2(round1_p0.high, key(span->key1[0]));
    const product round2_p1 = multiply(round1_c2, MCPI_PHILOX_M1);
    const uint32x4_t round2_c0 = xor2(round2_p1.high, key(span->key0[1]));
    const uint32x4_t round2_c2 = xor2(round1_p0.low, key(span->key1[1]));
    const product p0 = multiply(round2_c0, MCPI_PHILOX_M0);
    const product p1 = multiply(round2_c2, MCPI_PHILOX_M1);
    const words out = {xor3(p1.high, round2_p1.low, key(span->key0[2])), p1.low, xor2(p0.high, key(span->key1[2])),
                       p0.low};
    return out;
}

static inline words next_round(words in, uint32x4_t key0, uint32x4_t key1)
{
    const product p0 = multiply(in.c0, MCPI_PHILOX_M0);
    const product p1 = multiply(in.c2, MCPI_PHILOX_M1);
    const words out = {xor3(p1.high, in.c1, key0), p1.low, xor3(p0.high, in.c3, key1), p0.low};
    return out;
}

/* x*x and y*y of four darts side by side, in units of 2^47, from the upper halves of x and y. */
static inline int16x8_t rough_squares(uint32x4_t x, uint32x4_t y)
{
    const int16x8_t halves = vtrn2q_s16(vreinterpretq_s16_u32(x), vreinterpretq_s16_u32(y));
    return vqdmulhq_s16(halves, halves);
}

/* x*x + y*y of eight darts, in units of 2^47: at most 2^16 - 2. */
static inline uint16x8_t rough_sums(words in)
{
    return vreinterpretq_u16_s16(vpaddq_s16(rough_squares(in.c0, in.c1), rough_squares(in.c2, in.c3)));
}

/* Add 1 for each of eight darts that is not below the edge. */
static inline uint16x8_t add_beyond(uint16x8_t beyond, uint16x8_t sums)
{
    return vsraq_n_u16(beyond, sums, 15);
}

static inline uint16x8_t from_edge(uint16x8_t sums)
{
    return vabdq_u16(sums, vdupq_n_u16(EDGE));
}

/* Whether no dart needs the exact test, if `nearest` has the smallest distances from the edge. */
static inline bool all_sure(uint16x8_t nearest)
{
    return vminvq_u16(nearest) >= NEAR;
}

/* Count the misses of four darts, one in each lane: the comparison gives -1. A sum is below 2^62 if and only if its
   high half is below 2^30. */
static inline uint32x4_t add_exact_misses(uint32x4_t misses, uint32x4_t word_x, uint32x4_t word_y)
{
    const int32x4_t x = vreinterpretq_s32_u32(word_x), y = vreinterpretq_s32_u32(word_y);
    const int32x2_t x_low = vget_low_s32(x), y_low = vget_low_s32(y);
    const int64x2_t sums_low = vmlal_s32(vmull_s32(x_low, x_low), y_low, y_low);
    const int64x2_t sums_high = vmlal_high_s32(vmull_high_s32(x, x), y, y);
    const uint32x4_t high_halves = vuzp2q_u32(vreinterpretq_u32_s64(sums_low), vreinterpretq_u32_s64(sums_high));
    return vsubq_u32(misses, vcgeq_u32(high_halves, vdupq_n_u32(UINT32_C(1) << 30)));
}

/* Kept out of the loop, which rarely needs it. */
__attribute__((noinline, cold)) static uint32x4_t decide_exactly(uint32x4_t misses, words in)
{
    return add_exact_misses(add_exact_misses(misses, in.c0, in.c1), in.c2, in.c3);
}

/* Add the misses of a group to those in four lanes. */
static inline uint32x4_t add_misses(uint32x4_t misses, const words in[VECTORS])
{
    uint16x8_t beyond = vdupq_n_u16(0), nearest = vdupq_n_u16(EDGE);
    MCPI_UNROLL
    for (int v = 0; v < VECTORS; v++) {
        const uint16x8_t sums = rough_sums(in[v]);
        beyond = add_beyond(beyond, sums);
        nearest = vminq_u16(nearest, from_edge(sums));
    }
    if (__builtin_expect(all_sure(nearest), 1))
        return vpadalq_u16(misses, beyond);
    MCPI_UNROLL
    for (int v = 0; v < VECTORS; v++)
        misses = decide_exactly(misses, in[v]);
    return misses;
}

/* The 2^33 darts of a span are at most 2^31 misses in each lane, so no lane overflows. */
static uint64_t count_groups(const mcpi_simd_span *span, uint32_t block, uint64_t groups)
{
    static const uint32_t lane[LANES] = {0, 1, 2, 3};
    uint32x4_t blocks = vaddq_u32(vdupq_n_u32(block), vld1q_u32(lane));
    uint32x4_t misses = vdupq_n_u32(0);
    for (uint64_t group = 0; group < groups; group++) {
        words in[VECTORS];
        MCPI_UNROLL
        for (int v = 0; v < VECTORS; v++) {
            in[v] = open_rounds(blocks, span);
            blocks = vaddq_u32(blocks, vdupq_n_u32(LANES));
        }
        MCPI_UNROLL
        for (int round = 3; round < MCPI_PHILOX_ROUNDS; round++) {
            const uint32x4_t key0 = key(span->key0[round]);
            const uint32x4_t key1 = key(span->key1[round]);
            MCPI_UNROLL
            for (int v = 0; v < VECTORS; v++)
                in[v] = next_round(in[v], key0, key1);
        }
        misses = add_misses(misses, in);
    }
    return groups * GROUP_DARTS - vaddlvq_u32(misses);
}

#endif
