/*
 * The FP32 test of arithmetic.h for all 2^64 darts: where |R| >= MCPI_SURE_BEYOND, the sign of R is the exact test.
 *
 * R = fma(X, X, fma(Y, Y, -2^62)) depends on |x| and |y| only: rounding to nearest is symmetric, so X is odd in x, and
 * only squares of X and Y occur. R never falls as |x| or |y| grows: rounding a larger number does not give a smaller
 * one, and that holds for the conversion to float, for the inner and for the outer multiply-add. The exact value
 * s = x*x + y*y - 2^62 grows with |x| and |y| as well.
 *
 * So for each |x| from 0 to 2^31 two darts stand for all others. Let y be the largest |y| with s < 0, if there is one.
 * If R(x, y) < MCPI_SURE_BEYOND, then no hit with this |x| is taken for a sure miss, for R is at most that for all of
 * them. If R(x, y + 1) > -MCPI_SURE_BEYOND, no miss is taken for a sure hit. That is 2^31 + 1 values of |x| and two
 * values of |y| each: every pair of upper halves that the edge runs through, with every lower half of x.
 */
#include "cuda/kernels/arithmetic.h"

#include <gtest/gtest.h>

#include "in_parts.h"

namespace
{

const uint64_t edge = UINT64_C(1) << 62;
const uint64_t not_on_the_edge = UINT64_MAX;

/* The largest y with y*y <= n, for n < 2^62: the root of a double is off by less than 1. */
WITH_FMA inline uint64_t root(uint64_t n)
{
    uint64_t y = (uint64_t)std::sqrt((double)n);
    y -= y * y > n;
    y += (y + 1) * (y + 1) <= n;
    return y;
}

/*
 * The largest |R| with the wrong sign, for |x| in [begin, end), x < 2^31. A magnitude of 2^31 is the word of -2^31.
 * not_on_the_edge if the two darts are not on both sides of the edge: then the test is wrong, and not what it tests.
 */
WITH_FMA uint64_t largest_wrong(uint64_t begin, uint64_t end)
{
    float largest = 0;
    bool on_edge = true;
    for (uint64_t x = begin; x < end; x++) {
        const uint64_t room = edge - 1 - x * x, y = root(room);
        on_edge &= y * y <= room && (y + 1) * (y + 1) > room;
        const float of_hit = mcpi_from_edge_by_fp32((uint32_t)x, (uint32_t)y);
        const float of_miss = mcpi_from_edge_by_fp32((uint32_t)x, (uint32_t)y + 1);
        largest = std::max(largest, std::max(of_hit, -of_miss));
    }
    return on_edge ? (uint64_t)largest : not_on_the_edge;
}

TEST(TestByFp32, IsRightOrUnsureForAllDarts)
{
    if (!HAS_FMA())
        GTEST_SKIP() << "the CPU has no fused multiply-add; by software this would take hours";
    const uint64_t largest = largest_of_parts(UINT64_C(1) << 31, largest_wrong);
    RecordProperty("largest_wrong", std::to_string(largest));
    EXPECT_GT(largest, 0U) << "there are darts that FP32 gets wrong";
    EXPECT_LT(largest, (uint64_t)MCPI_SURE_BEYOND);

    /* |x| = 2^31: nothing hits, and y = 0 is the nearest miss. */
    EXPECT_GT(mcpi_from_edge_by_fp32(UINT32_C(1) << 31, 0), -MCPI_SURE_BEYOND);
}

} // namespace
