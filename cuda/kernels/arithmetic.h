/*
 * The arithmetic with which the faster kernels replace wide integer multiplications, with proofs that the counts are
 * the same. For host and device, so that tests compare it with mcpi/dart.h without a GPU.
 *
 * High word by FP64. For 32-bit a and m, the exact value of
 *
 *     (2^52 + a) * (m * 2^-32) + (2^52 - m * 2^20)  =  m * 2^20 + a*m / 2^32 + 2^52 - m * 2^20  =  2^52 + a*m / 2^32
 *
 * lies in [2^52, 2^53), where the doubles are the integers. All three operands are doubles: 2^52 + a < 2^53 is an
 * integer, m * 2^-32 has 32 bits, and 2^52 - m * 2^20 is a multiple of 2^20 between 0 and 2^52. A fused multiply-add
 * rounds once, here toward zero, so it gives 2^52 + floor(a*m / 2^32). The bits of 2^52 + a are 0x43300000 and a; those
 * of the result are 0x43300000 and the high word of the product. So between two rounds only an xor with the low half is
 * needed.
 *
 * FP32 test. With X, Y the coordinates rounded to float, and R = fma(X, X, fma(Y, Y, -2^62)), let s = x*x + y*y - 2^62.
 * The error of R is bounded as follows. |x| <= 2^31, and floats there are at most 2^7 apart, so |X - x| <= 2^6, |X + x|
 * <= 2^32 and |X*X - x*x| <= 2^38; the same for y. The inner result lies in [-2^62, 0] and the outer one in [-2^62,
 * 2^62], where floats are at most 2^38 apart (below 2^62), so each rounding adds at most 2^37. In total |R - s| <= 2 *
 * 2^38 + 2 * 2^37 = 3 * 2^38. If |R| >= 2^40, then R and s have the same sign and s is not 0: the sign of R is the
 * exact test. Otherwise the exact test must decide: for 3.7e-7 of all darts, about pi/4 * 2 * 2^40 / 2^62.
 */
#ifndef MCPI_CUDA_KERNELS_ARITHMETIC_H
#define MCPI_CUDA_KERNELS_ARITHMETIC_H

#include <cfenv>
#include <cmath>
#include <cstring>

#include "mcpi/dart.h"

/* a * b + c, rounded once, toward zero. A test that calls this billions of times sets the rounding mode once itself and
   defines MCPI_ROUNDS_TOWARD_ZERO. */
MCPI_HOST_DEVICE static inline double mcpi_fma_toward_zero(double a, double b, double c)
{
#if defined(__CUDA_ARCH__)
    return __fma_rz(a, b, c);
#elif defined(MCPI_ROUNDS_TOWARD_ZERO)
    return fma(a, b, c);
#else
    /* volatile: the compiler must not move the multiply-add away from between the two changes of the rounding mode. */
    const volatile double operands[] = {a, b, c};
    const int rounding = fegetround();
    fesetround(FE_TOWARDZERO);
    const volatile double result = fma(operands[0], operands[1], operands[2]);
    fesetround(rounding);
    return result;
#endif
}

/* The bits of the double 2^52 + a. */
MCPI_HOST_DEVICE static inline uint64_t mcpi_shifted(uint32_t a)
{
    return UINT64_C(0x43300000) << 32 | a;
}

/* The bits of 2^52 + floor(a * m / 2^32), from the bits of 2^52 + a. */
MCPI_HOST_DEVICE static inline uint64_t mcpi_shifted_high_word(uint64_t shifted, uint32_t m)
{
    double a;
    memcpy(&a, &shifted, sizeof a);
    const double sum = mcpi_fma_toward_zero(a, m * 0x1p-32, 0x1p52 - m * 0x1p20);
    uint64_t bits;
    memcpy(&bits, &sum, sizeof bits);
    return bits;
}

/* x*x + y*y - 2^62, with an error of at most 3 * 2^38. If the result is at least MCPI_SURE_BEYOND away from 0, its sign
   is that of the exact value. */
MCPI_HOST_DEVICE static inline float mcpi_from_edge_by_fp32(uint32_t word_x, uint32_t word_y)
{
    const float x = (float)(int32_t)word_x;
    const float y = (float)(int32_t)word_y;
    return fmaf(x, x, fmaf(y, y, -0x1p62f));
}

#define MCPI_SURE_BEYOND 0x1p40f

#endif
