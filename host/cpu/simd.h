/*
 * What the SIMD kernels share: how a range of darts is divided into their groups of blocks, and the part of Philox that
 * all blocks of a span have in common.
 *
 * A span is 2^32 consecutive blocks: their counters differ in word 0 only. In a counter (b, h, s, t) of which only b
 * changes, the first rounds have few products that depend on b:
 *
 *     round 1   M0*b becomes that of the next block by adding M0; M1*s is the same for all blocks
 *     round 2   M1*c2 is the first real product; M0*c0 is the same for all blocks, because c0 does not depend on b yet
 *
 * What is the same for all blocks is computed once for each span and xored into the round keys. A kernel is left with
 * 17 products for a block instead of 20:
 *
 *     round 1   p0 = M0*b                  c2 = high(p0) ^ key1[0]         c3 = low(p0)
 *     round 2               p1 = M1*c2     c0 = high(p1) ^ key0[1]         c1 = low(p1)
 *                                          c2 = c3 ^ key1[1]
 *     round 3   p0 = M0*c0  p1 = M1*c2     c0 = high(p1) ^ c1 ^ key0[2]    c1 = low(p1)
 *                                          c2 = high(p0) ^ key1[2]         c3 = low(p0)
 *     later     p0 = M0*c0  p1 = M1*c2     c0 = high(p1) ^ c1 ^ key0[r]    c1 = low(p1)
 *                                          c2 = high(p0) ^ c3 ^ key1[r]    c3 = low(p0)
 *
 * How a dart (x, y) is decided. The upper halves of its words nearly always suffice. With x = 2^16 X + a, 0 <= a <
 * 2^16, X signed, and y likewise, S = X*X + Y*Y is close to R = (x*x + y*y) / 2^32, and the dart hits if R < 2^30:
 *
 *     |R - S| < 2(|X| + |Y|) + 2 <= 2 sqrt(2 S) + 2    which is below 92690 for S <= 2^30 + 2^17
 *     S <= 2^30 - 2^17   then R < 2^30: a hit
 *     S >= 2^30 + 2^17   then R > 2^30: a miss, because S - 2 sqrt(2 S) - 2 grows with S from there on
 *
 * A kernel computes T, at most S / 2^16 and less than 2 below it, in 16 unsigned bits, because S is at most 2^31. With
 * T = floor(S / 2^16), T <= 16381 is a hit and T >= 16386 a miss; with T = floor(X*X / 2^16) + floor(Y*Y / 2^16), the
 * limits are 16380 and 16386. The margin of a dart is T minus the first value between the limits. Read as a signed
 * number it is negative for a hit; the first values from 0 on mean that the dart is near the edge, where S does not
 * decide; larger ones are misses. One dart in 5000 is near the edge. The kernel counts such a dart as a miss and
 * records it, and mcpi_count_near adds its count by dart.h.
 */
#ifndef MCPI_CPU_SIMD_H
#define MCPI_CPU_SIMD_H

#include "cpu/kernels.h"
#include "mcpi/dart.h"

typedef struct mcpi_simd_span {
    uint64_t seed, stream;
    uint64_t first;                    /* the number of its first dart */
    uint32_t key0[MCPI_PHILOX_ROUNDS]; /* its round keys, from round 1 at index 0 on; key0[0] is not used */
    uint32_t key1[MCPI_PHILOX_ROUNDS];
} mcpi_simd_span;

/* What a SIMD kernel implements: counting whole groups from block `block` of the span on, all within the span. */
typedef struct mcpi_group_counter {
    uint64_t (*count)(const mcpi_simd_span *span, uint32_t block, uint64_t groups);
    uint64_t group_darts;
    mcpi_count_function narrower; /* counts the darts that do not fill a group */
} mcpi_group_counter;

/* Count any range with such a counter. */
uint64_t mcpi_count_in_groups(const mcpi_group_counter *counter, uint64_t seed, uint64_t stream, uint64_t first,
                              uint64_t darts);

/*
 * Hits among the darts of a group that are near the edge, by definition. The group begins with block `block` of the
 * span. near[i] has one bit for each of the darts from 32*i on: bit b stands for dart 32*i + dart_of[b].
 */
uint64_t mcpi_count_near(const mcpi_simd_span *span, uint32_t block, const uint32_t *near, unsigned size,
                         const uint8_t dart_of[32]);

/* For a short loop whose values must stay in registers. */
#define MCPI_UNROLL _Pragma("GCC unroll 8")

#endif
