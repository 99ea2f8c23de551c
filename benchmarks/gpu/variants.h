/*
 * The arithmetic of the loops that mcpi could run instead of its own, for host and device, so that a test holds it to
 * mcpi/dart.h without a GPU. Each trades the wide multiplications that the shipped loop is made of for something else.
 *
 * Carried product. The first product of a block is M0 times the lowest counter word. From one draw of a thread to the
 * next that word grows by a constant, without a carry, since all draws lie in one span of 2^32 blocks; so the product
 * grows by M0 times that constant, which fits 64 bits.
 *
 * High word by FP64. For 32-bit a and m, the exact value of
 *
 *     (2^52 + a) * (m * 2^-32) + (2^52 - m * 2^20)  =  m * 2^20 + a*m / 2^32 + 2^52 - m * 2^20  =  2^52 + a*m / 2^32
 *
 * lies in [2^52, 2^53), where doubles are the integers. All three operands are doubles: 2^52 + a < 2^53 is an integer,
 * m * 2^-32 has 32 bits, and 2^52 - m * 2^20 is a multiple of 2^20 between 0 and 2^52. A fused multiply-add rounds
 * once, here toward zero, so it gives 2^52 + floor(a*m / 2^32), whose low word is the high word of the product. 2^52 +
 * a costs nothing: its low word is a, its high word always 0x43300000.
 *
 * FP32 test. With X, Y the coordinates rounded to float, and R = fma(X, X, fma(Y, Y, -2^62)), let s = x*x + y*y - 2^62.
 * How far can R be from s? |x| <= 2^31, and floats there lie at most 2^7 apart, so |X - x| <= 2^6, |X + x| <= 2^32 and
 * |X*X - x*x| <= 2^38; the same for y. The inner result lies in [-2^62, 0] and the outer one in [-2^62, 2^62], where
 * floats lie at most 2^38 apart (below 2^62), so that each rounding adds at most 2^37. In all |R - s| <= 2 * 2^38 +
 * 2 * 2^37 = 3 * 2^38. If |R| >= 2^40, then R and s have the same sign and s is not 0: the sign of R is the exact test.
 * If not, the exact test must decide: for 3.7e-7 of all darts, about pi/4 * 2 * 2^40 / 2^62.
 */
#ifndef MCPI_BENCHMARKS_GPU_VARIANTS_H
#define MCPI_BENCHMARKS_GPU_VARIANTS_H

#include <cfenv>
#include <cmath>
#include <cstring>

#include "mcpi/dart.h"

/* The upper 32 bits of a * m. */
MCPI_HOST_DEVICE static inline uint32_t high_word(uint32_t a, uint32_t m)
{
#if defined(__CUDA_ARCH__)
    return __umulhi(a, m); /* as in cuRAND: of a shifted 64-bit product nvcc makes longer code */
#else
    return (uint32_t)((uint64_t)a * m >> 32);
#endif
}

/* a * b + c, rounded once, toward zero. */
MCPI_HOST_DEVICE static inline double fma_toward_zero(double a, double b, double c)
{
#if defined(__CUDA_ARCH__)
    return __fma_rz(a, b, c);
#else
    /* volatile: nothing may be computed while the rounding is not the one it was written for. */
    const volatile double operands[] = {a, b, c};
    const int rounding = fegetround();
    fesetround(FE_TOWARDZERO);
    const volatile double result = fma(operands[0], operands[1], operands[2]);
    fesetround(rounding);
    return result;
#endif
}

/* The upper 32 bits of a * m, again. */
MCPI_HOST_DEVICE static inline uint32_t high_word_by_fp64(uint32_t a, uint32_t m)
{
    const uint64_t bits = UINT64_C(0x43300000) << 32 | a;
    double shifted;
    memcpy(&shifted, &bits, sizeof shifted);
    const double sum = fma_toward_zero(shifted, m * 0x1p-32, 0x1p52 - m * 0x1p20);
    uint64_t sum_bits;
    memcpy(&sum_bits, &sum, sizeof sum_bits);
    return (uint32_t)sum_bits;
}

/*
 * Philox4x32-10 of a counter under the key (k0, k1), whose first product, MCPI_PHILOX_M0 * counter.w[0], is known. From
 * the third round on the high words of M0's products are taken by `high`; before, the compiler moves one of each
 * round's products out of the loop, and what is left is better multiplied as usual.
 */
template <uint32_t (*high)(uint32_t, uint32_t)>
MCPI_HOST_DEVICE static inline mcpi_words philox_from(mcpi_words counter, uint64_t first_product, uint32_t k0,
                                                      uint32_t k1)
{
    mcpi_words c = counter;
    uint32_t p0_high = (uint32_t)(first_product >> 32), p0_low = (uint32_t)first_product;
    for (int round = 0; round < MCPI_PHILOX_ROUNDS; round++) {
        if (round > 0) {
            p0_high = round == 1 ? high_word(c.w[0], MCPI_PHILOX_M0) : high(c.w[0], MCPI_PHILOX_M0);
            p0_low = c.w[0] * MCPI_PHILOX_M0;
        }
        const uint32_t p1_high = high_word(c.w[2], MCPI_PHILOX_M1), p1_low = c.w[2] * MCPI_PHILOX_M1;
        c = {{p1_high ^ c.w[1] ^ k0, p1_low, p0_high ^ c.w[3] ^ k1, p0_low}};
        k0 += MCPI_PHILOX_W0;
        k1 += MCPI_PHILOX_W1;
    }
    return c;
}

/* x*x + y*y - 2^62, to within 3 * 2^38: the sign can be trusted from SURE_BEYOND on. */
MCPI_HOST_DEVICE static inline float from_edge_by_fp32(uint32_t word_x, uint32_t word_y)
{
    const float x = (float)(int32_t)word_x;
    const float y = (float)(int32_t)word_y;
    return fmaf(x, x, fmaf(y, y, -0x1p62f));
}

#define SURE_BEYOND 0x1p40f

#endif
