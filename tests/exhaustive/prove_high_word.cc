/* The FP64 step of the kernel fp64-product, as arithmetic.h has it, for all 2^32 words and both of Philox's
 * multipliers. */
#define MCPI_ROUNDS_TOWARD_ZERO
#include "cuda/kernels/arithmetic.h"

#include <gtest/gtest.h>

#include "in_parts.h"

namespace
{

/* The bits in which any of these words gets a wrong result. */
WITH_FMA uint64_t wrong_bits(uint64_t begin, uint64_t end, uint32_t m)
{
    uint64_t wrong = 0;
    for (uint64_t a = begin; a < end; a++)
        wrong |= mcpi_shifted_high_word(mcpi_shifted((uint32_t)a), m) ^ mcpi_shifted((uint32_t)(a * m >> 32));
    return wrong;
}

/* Threads have a rounding mode each. */
uint64_t wrong_bits_toward_zero(uint64_t begin, uint64_t end, uint32_t m)
{
    fesetround(FE_TOWARDZERO);
    return wrong_bits(begin, end, m);
}

void expect_no_wrong_bits(uint32_t m)
{
    if (!HAS_FMA())
        GTEST_SKIP() << "the CPU has no fused multiply-add; by software this would take hours";
    EXPECT_EQ(largest_of_parts(UINT64_C(1) << 32,
                               [m](uint64_t begin, uint64_t end) { return wrong_bits_toward_zero(begin, end, m); }),
              0U);
}

TEST(HighWordByFp64, IsRightForAllWordsTimesM0)
{
    expect_no_wrong_bits(MCPI_PHILOX_M0);
}

TEST(HighWordByFp64, IsRightForAllWordsTimesM1)
{
    expect_no_wrong_bits(MCPI_PHILOX_M1);
}

} // namespace
