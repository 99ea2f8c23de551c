/* The arithmetic of the loops that the GPU's benchmarks compare mcpi's with, against mcpi/dart.h. */
#include "benchmarks/gpu/variants.h"

#include <gtest/gtest.h>

#include "edge_darts.h"

namespace
{

const uint32_t multipliers[] = {MCPI_PHILOX_M0, MCPI_PHILOX_M1};

void expect_high_word(uint32_t a, uint32_t m)
{
    ASSERT_EQ(high_word_by_fp64(a, m), (uint32_t)((uint64_t)a * m >> 32)) << a << " * " << m;
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
    high_word_by_fp64(1, MCPI_PHILOX_M0);
    EXPECT_EQ(fegetround(), FE_TONEAREST);
}

void expect_same_block(const mcpi_words &block, const mcpi_words &counter, uint64_t seed)
{
    const mcpi_words expected = mcpi_philox(counter, seed);
    for (int i = 0; i < 4; i++)
        ASSERT_EQ(block.w[i], expected.w[i]) << "word " << i << ", seed " << seed;
}

template <uint32_t (*high)(uint32_t, uint32_t)> void expect_philox()
{
    std::mt19937_64 random(4);
    for (int i = 0; i < 100000; i++) {
        const uint64_t seed = random(), block = random(), stream = random();
        const mcpi_words counter = {
            {(uint32_t)block, (uint32_t)(block >> 32), (uint32_t)stream, (uint32_t)(stream >> 32)}};
        const uint64_t first = (uint64_t)MCPI_PHILOX_M0 * counter.w[0];
        expect_same_block(philox_from<high>(counter, first, (uint32_t)seed, (uint32_t)(seed >> 32)), counter, seed);
    }
}

TEST(PhiloxFrom, IsPhilox)
{
    expect_philox<high_word>();
}

TEST(PhiloxFrom, IsPhiloxByFp64)
{
    expect_philox<high_word_by_fp64>();
}

/* As far as a thread carries it, up to the last block of a span. */
TEST(PhiloxFrom, TakesAProductCarriedForward)
{
    const uint32_t stride = 256, draws = 100000;
    for (const uint32_t start : {UINT32_C(0), UINT32_C(255), UINT32_MAX - stride * (draws - 1)}) {
        mcpi_words counter = {{start, 1, 2, 3}};
        uint64_t product = (uint64_t)MCPI_PHILOX_M0 * start;
        for (uint32_t i = 0; i < draws; i++) {
            expect_same_block(philox_from<high_word>({{0, 1, 2, 3}}, product, 4, 5), counter, UINT64_C(5) << 32 | 4);
            product += (uint64_t)MCPI_PHILOX_M0 * stride;
            counter.w[0] += stride;
        }
    }
}

/* Whether it is off by no more than the head of variants.h proves. */
bool is_near(float from_edge, Point p)
{
    const auto x = (__int128)p.first, y = (__int128)p.second;
    const __int128 error = (__int128)from_edge - (x * x + y * y - ((__int128)1 << 62));
    return error <= (__int128)3 << 38 && error >= -((__int128)3 << 38);
}

/* Whether the test was sure about the dart. */
bool expect_right_or_unsure(Point p)
{
    const float from_edge = from_edge_by_fp32((uint32_t)p.first, (uint32_t)p.second);
    const bool sure = std::fabs(from_edge) >= SURE_BEYOND;
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
