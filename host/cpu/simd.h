/*
 * What the SIMD kernels share: how a range of darts falls into their groups of blocks, and the part of Philox that the
 * blocks of a span have in common.
 *
 * A span is 2^32 neighbouring blocks: their counters differ in word 0 alone. In a counter (b, h, s, t) of which only b
 * changes, the first rounds hold few products that depend on b:
 *
 *     round 1   M0*b goes on to the next block by adding M0; M1*s is the same for all
 *     round 2   M1*c2 is the first real product; M0*c0 is the same for all, for c0 holds nothing of b yet
 *
 * What is the same for all is worked out once a span and xored into the round keys. A kernel is left with 17 products
 * for a block instead of 20:
 *
 *     round 1   p0 = M0*b                  c2 = high(p0) ^ key1[0]         c3 = low(p0)
 *     round 2               p1 = M1*c2     c0 = high(p1) ^ key0[1]         c1 = low(p1)
 *                                          c2 = c3 ^ key1[1]
 *     round 3   p0 = M0*c0  p1 = M1*c2     c0 = high(p1) ^ c1 ^ key0[2]    c1 = low(p1)
 *                                          c2 = high(p0) ^ key1[2]         c3 = low(p0)
 *     later     p0 = M0*c0  p1 = M1*c2     c0 = high(p1) ^ c1 ^ key0[r]    c1 = low(p1)
 *                                          c2 = high(p0) ^ c3 ^ key1[r]    c3 = low(p0)
 *
 * How a dart (x, y) is decided. Nearly always the upper halves of its words do: with x = 2^16 X + a, 0 <= a < 2^16, X
 * signed, and y likewise, S = X*X + Y*Y is not far from R = (x*x + y*y) / 2^32, and the dart hits if R < 2^30:
 *
 *     |R - S| < 2(|X| + |Y|) + 2 <= 2 sqrt(2 S) + 2    which is below 92690 for S <= 2^30 + 2^17
 *     S <= 2^30 - 2^17   then R < 2^30: a hit
 *     S >= 2^30 + 2^17   then R > 2^30: a miss; for S - 2 sqrt(2 S) - 2 grows with S from there on
 *
 * A kernel works out T, at most S / 2^16 and less than 2 below it, in 16 bits without a sign, for S is at most 2^31.
 * With floor(S / 2^16), T <= 16381 is a hit and T >= 16386 a miss; with floor(X*X / 2^16) + floor(Y*Y / 2^16), 16380
 * and 16386. Less the first T between, this is the margin of a dart: negative, read as a signed number, for a hit; from
 * 0 on, near the edge, where S does not tell, for the first few numbers; a miss above. One dart in 5000 is near. The
 * kernel notes which, counts it as a miss, and mcpi_count_near adds what dart.h says of it.
 */
#ifndef MCPI_CPU_SIMD_H
#define MCPI_CPU_SIMD_H

#include "cpu/kernels.h"
#include "mcpi/dart.h"

typedef struct mcpi_simd_span {
    uint64_t seed, stream;
    uint64_t first;                    /* the number of its first dart */
    uint32_t key0[MCPI_PHILOX_ROUNDS]; /* its round keys, from round 1 at index 0 on; key0[0] is not needed */
    uint32_t key1[MCPI_PHILOX_ROUNDS];
} mcpi_simd_span;

/* What a SIMD kernel can do: count whole groups from block `block` of the span on, as long as they stay inside it. */
typedef struct mcpi_group_counter {
    uint64_t (*count)(const mcpi_simd_span *span, uint32_t block, uint64_t groups);
    uint64_t group_darts;
    mcpi_count_function narrower; /* counts what makes no whole group */
} mcpi_group_counter;

/* Count any range with it. */
uint64_t mcpi_count_in_groups(const mcpi_group_counter *counter, uint64_t seed, uint64_t stream, uint64_t first,
                              uint64_t darts);

/*
 * Hits among those darts of a group that are near the edge, by their definition. The group begins with block `block` of
 * the span; near[i] has a bit for each of the darts from 32*i on: bit b stands for dart 32*i + dart_of[b].
 */
uint64_t mcpi_count_near(const mcpi_simd_span *span, uint32_t block, const uint32_t *near, unsigned size,
                         const uint8_t dart_of[32]);

/* Before a short loop whose rounds must stay in registers. */
#define MCPI_UNROLL _Pragma("GCC unroll 8")

#endif
