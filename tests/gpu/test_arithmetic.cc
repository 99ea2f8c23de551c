/* The arithmetic of the GPU's kernels, against mcpi/dart.h. */
#include "cuda/kernels/arithmetic.h"

#include <gtest/gtest.h>

#include "tests/cpu/edge_darts.h"

namespace
{

const uint32_t multipliers[] = {MCPI_PHILOX_M0, MCPI_PHILOX_M1};

void expect_high_word(uint32_t a, uint32_t m)
{
    ASSERT_EQ(mcpi_shifted_high_word(mcpi_shifted(a), m), mcpi_shifted((uint32_t)((uint64_t)a * m >> 32)))
        << a << " * " << m;
}

/* Ends and powers of two, and products just above, on and just below a multiple of 2^32, where rounding would show. */
TEST(HighWordByFp64, IsRightOnTheEdges)
{
    for (const uint32_t m : multipliers) {
        for (int bit = 0; bit < 32; bit++)
            for (const uint32_t near : {-1, 0, 1})
                expect_high_word((UINT32_C(1) << bit) + near, m);
        for (uint32_t low = 0; low < 100000; low++) {
            expect_high_word(inverse(m) * low, m);  /* a * m = low modulo 2^32 */
            expect_high_word(inverse(m) * -low, m); /* and 2^32 - low */
        }
    }
}

TEST(HighWordByFp64, IsRightForRandomWords)
{
    std::mt19937 random(3);
    for (int i = 0; i < 2000000; i++) {
        const uint32_t a = random(), m = random();
        expect_high_word(a, m);
        expect_high_word(a, multipliers[i % 2]);
    }
}

TEST(HighWordByFp64, LeavesTheRoundingAsItWas)
{
    mcpi_shifted_high_word(mcpi_shifted(1), MCPI_PHILOX_M0);
    EXPECT_EQ(fegetround(), FE_TONEAREST);
}

/* Whether it is off by no more than the head of arithmetic.h proves. */
bool is_near(float from_edge, Point p)
{
    const auto x = (__int128)p.first, y = (__int128)p.second;
    const __int128 error = (__int128)from_edge - (x * x + y * y - ((__int128)1 << 62));
    return error <= (__int128)3 << 38 && error >= -((__int128)3 << 38);
}

/* Whether the test was sure about the dart. */
bool expect_right_or_unsure(Point p)
{
    const float from_edge = mcpi_from_edge_by_fp32((uint32_t)p.first, (uint32_t)p.second);
    const bool sure = std::fabs(from_edge) >= MCPI_SURE_BEYOND;
    EXPECT_TRUE(is_near(from_edge, p)) << p.first << ", " << p.second << ": " << from_edge;
    if (sure) {
        EXPECT_EQ(std::signbit(from_edge), is_hit(p)) << p.first << ", " << p.second;
    }
    return sure;
}

TEST(TestByFp32, IsRightOrUnsureOnTheEdge)
{
    for (const Point &point : edge_points())
        expect_right_or_unsure(point);
}

/* From less than a point off the edge to well beyond the margin, which is 2^8 points and more. */
TEST(TestByFp32, IsRightOrUnsureNearTheEdge)
{
    std::mt19937_64 random(6);
    int sure = 0;
    const int darts = 2000000;
    for (int i = 0; i < darts; i++) {
        const auto x = (int32_t)random();
        const double edge = std::sqrt(std::ldexp(1.0, 62) - (double)x * x);
        const double offset = std::ldexp(std::ldexp((double)random(), -63) - 1, (int)(random() % 16));
        const double y = std::min(std::max(edge + offset, -0x1p31), 0x1p31 - 1);
        const Point point = {x, (int32_t)y};
        sure += expect_right_or_unsure(random() % 2 ? point : Point{point.second, point.first});
    }
    EXPECT_GT(sure, darts / 20);
    EXPECT_LT(sure, darts - darts / 20);
}

TEST(TestByFp32, IsRightOrUnsureAnywhere)
{
    std::mt19937_64 random(7);
    const int darts = 2000000;
    int sure = 0;
    for (int i = 0; i < darts; i++) {
        const uint64_t dart = random();
        sure += expect_right_or_unsure({(int32_t)dart, (int32_t)(dart >> 32)});
    }
    EXPECT_GT(sure, darts - 100); /* one in 2.7 million is not */
}

} // namespace
