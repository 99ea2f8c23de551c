/* Every counting kernel against the definition of the dart, and against counts that no code of ours computed. */
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <utility>
#include <vector>

#include "cpu/kernels.h"
#include "golden.h"
#include "mcpi/dart.h"

namespace
{

using Point = std::pair<int32_t, int32_t>;

constexpr uint64_t span_darts = uint64_t{1} << 33; /* darts in 2^32 blocks, where the SIMD kernels change their keys */

bool is_hit(Point p)
{
    const auto x = (__int128)p.first, y = (__int128)p.second;
    return x * x + y * y < (__int128)1 << 62;
}

/* The corners, the axes, and on many heights the last point inside the disc and the first outside it. */
std::vector<Point> edge_points()
{
    std::vector<Point> points = {{0, 0}};
    const int32_t ends[] = {INT32_MIN, INT32_MIN + 1, INT32_MAX - 1, INT32_MAX};
    for (const int32_t end : ends) {
        for (const int32_t other : ends)
            points.push_back({end, other});
        for (const int32_t other : {-1, 0, 1, 65536, 1 << 30}) {
            points.push_back({end, other});
            points.push_back({other, end});
        }
    }
    std::mt19937 random(2);
    for (int i = 0; i < 50; i++) {
        const auto x = (int32_t)random();
        int64_t y = std::llround(std::sqrt(std::ldexp(1.0, 62) - (double)x * x));
        while (y > INT32_MAX || !is_hit({x, (int32_t)y}))
            y--;
        points.insert(points.end(), {{x, (int32_t)y}, {x, (int32_t)-y}});
        if (y < INT32_MAX)
            points.insert(points.end(), {{x, (int32_t)y + 1}, {(int32_t)-y - 1, x}});
    }
    return points;
}

TEST(Hit, IsExactOnTheEdge)
{
    int hits = 0;
    for (const Point &p : edge_points()) {
        EXPECT_EQ(mcpi_hit((uint32_t)p.first, (uint32_t)p.second), is_hit(p)) << p.first << ", " << p.second;
        hits += is_hit(p);
    }
    EXPECT_GT(hits, 100);
}

/* 1 or 0 for each dart of a range, straight from the definition. */
std::vector<uint32_t> darts_of(uint64_t seed, uint64_t stream, uint64_t first, uint64_t darts)
{
    std::vector<uint32_t> hits;
    for (uint64_t dart = first; dart != first + darts; dart++)
        hits.push_back(mcpi_dart(seed, stream, dart));
    return hits;
}

uint64_t sum(const std::vector<uint32_t> &hits, uint64_t from, uint64_t count)
{
    uint64_t total = 0;
    for (uint64_t i = from; i < from + count; i++)
        total += hits[i];
    return total;
}

/* Runs with each kernel of this build; skipped for those that this CPU lacks. */
class Kernel : public testing::TestWithParam<const mcpi_count_kernel *>
{
  protected:
    void SetUp() override
    {
        if (!mcpi_kernel_runs(GetParam(), mcpi_probe_features(&mcpi_this_machine)))
            GTEST_SKIP() << "this machine has no " << GetParam()->needs_name;
    }

    uint64_t count(uint64_t seed, uint64_t stream, uint64_t first, uint64_t darts) const
    {
        return GetParam()->count(seed, stream, first, darts);
    }

    /* Every range of up to `longest` darts that starts at `first`. */
    void expect_all_lengths(uint64_t seed, uint64_t stream, uint64_t first, uint64_t longest) const
    {
        const std::vector<uint32_t> hits = darts_of(seed, stream, first, longest);
        for (uint64_t darts = 0; darts <= longest; darts++)
            ASSERT_EQ(count(seed, stream, first, darts), sum(hits, 0, darts)) << first << " + " << darts;
    }

    bool is_fastest() const
    {
        const mcpi_count_kernel *fastest = nullptr;
        mcpi_pick_kernel(nullptr, mcpi_probe_features(&mcpi_this_machine), &fastest, nullptr);
        return GetParam() == fastest;
    }
};

TEST_P(Kernel, GivesTheGoldenCounts)
{
    const bool sanitized = sizeof MCPI_SANITIZE > 1; /* takes ten times as long */
    const uint64_t most_wide = is_fastest() && !sanitized ? UINT64_MAX : 1000000000;
    const uint64_t most = GetParam()->needs == 0 ? 10000000 : most_wide;
    const std::vector<GoldenRow> rows = golden_rows(most);
    ASSERT_GE(rows.size(), 15u);
    for (const GoldenRow &row : rows)
        EXPECT_EQ(count(row.seed, row.stream, row.first, row.darts), row.hits)
            << row.seed << " " << row.stream << " " << row.first << " " << row.darts;
}

TEST_P(Kernel, CountsShortRanges)
{
    for (const uint64_t first : {uint64_t{0}, uint64_t{1}, uint64_t{2}, uint64_t{4711}, uint64_t{123456789012345678}})
        expect_all_lengths(0x0123456789abcdef, 0xfedcba9876543210, first, 300);
}

TEST_P(Kernel, CountsAcrossSpans)
{
    for (const uint64_t boundary : {span_darts, 5 * span_darts, uint64_t{1} << 62})
        for (const uint64_t before : {1, 2, 63, 64, 65, 95, 96, 97, 150, 299})
            expect_all_lengths(boundary, ~boundary, boundary - before, 300);
}

TEST_P(Kernel, CountsToTheLastDart)
{
    for (const uint64_t darts : {1, 2, 95, 96, 97, 191, 192, 193, 1000})
        expect_all_lengths(UINT64_MAX, UINT64_MAX, MCPI_DART_END - darts, darts);
}

TEST_P(Kernel, CountsRandomRanges)
{
    std::mt19937_64 random(3);
    for (int i = 0; i < 300; i++) {
        const uint64_t seed = random(), stream = random(), first = random() >> 1, darts = random() % 3000;
        const std::vector<uint32_t> hits = darts_of(seed, stream, first, darts);
        ASSERT_EQ(count(seed, stream, first, darts), sum(hits, 0, darts)) << seed << " " << stream << " " << first;
    }
}

TEST_P(Kernel, CountsOfPartsAddUp)
{
    std::mt19937_64 random(4);
    for (int i = 0; i < 20; i++) {
        const uint64_t seed = random(), stream = random(), first = random() >> 2, darts = 50000 + random() % 50000;
        const uint64_t end = first + darts;
        uint64_t total = 0;
        for (uint64_t part = first, length; part < end; part += length) {
            length = std::min(end - part, random() % 5000);
            total += count(seed, stream, part, length);
        }
        ASSERT_EQ(count(seed, stream, first, darts), total) << seed << " " << stream << " " << first << " " << darts;
    }
}

/* Newton's iteration doubles the bits that are right; 3 of an odd number's own are. */
uint32_t inverse(uint32_t odd)
{
    uint32_t x = odd;
    for (int i = 0; i < 4; i++)
        x *= 2 - odd * x;
    return x;
}

/* Philox runs backwards, too: the counter that becomes these words. */
mcpi_words philox_backwards(mcpi_words c, uint64_t seed)
{
    for (uint32_t round = MCPI_PHILOX_ROUNDS; round-- > 0;) {
        const uint32_t k0 = (uint32_t)seed + round * MCPI_PHILOX_W0;
        const uint32_t k1 = (uint32_t)(seed >> 32) + round * MCPI_PHILOX_W1;
        const uint64_t c0 = c.w[3] * inverse(MCPI_PHILOX_M0);
        const uint64_t c2 = c.w[1] * inverse(MCPI_PHILOX_M1);
        const uint32_t c1 = c.w[0] ^ (uint32_t)(c2 * MCPI_PHILOX_M1 >> 32) ^ k0;
        const uint32_t c3 = c.w[2] ^ (uint32_t)(c0 * MCPI_PHILOX_M0 >> 32) ^ k1;
        c = {{(uint32_t)c0, c1, (uint32_t)c2, c3}};
    }
    return c;
}

struct Place {
    uint64_t seed, stream, dart;
};

/* Somewhere that `point` is thrown, `odd` saying as which dart of its block, far from the ends of a span. */
Place place_of(Point point, bool odd, std::mt19937_64 &random)
{
    for (;;) {
        const uint64_t seed = random(), other = random();
        const uint32_t x = (uint32_t)point.first, y = (uint32_t)point.second;
        const uint32_t a = (uint32_t)other, b = (uint32_t)(other >> 32);
        const mcpi_words words = odd ? mcpi_words{{a, b, x, y}} : mcpi_words{{x, y, a, b}};
        const mcpi_words counter = philox_backwards(words, seed);
        const uint64_t block = (uint64_t)counter.w[1] << 32 | counter.w[0];
        const uint64_t stream = (uint64_t)counter.w[3] << 32 | counter.w[2];
        if (block < MCPI_DART_END / 2 && counter.w[0] > 1000 && counter.w[0] < UINT32_MAX - 1000)
            return {seed, stream, 2 * block + odd};
    }
}

/*
 * Darts on the edge of the disc and in the corners of the board, among them (-2^31, -2^31), which a random dart hits
 * once in 2^64: found by running the generator backwards, and put into every lane of every kernel.
 */
TEST_P(Kernel, CountsEdgeDartsInEveryLane)
{
    constexpr uint64_t around = 200; /* more than any kernel counts at once */
    std::mt19937_64 random(5);
    for (const Point &point : edge_points()) {
        for (const bool odd : {false, true}) {
            const Place at = place_of(point, odd, random);
            const std::vector<uint32_t> hits = darts_of(at.seed, at.stream, at.dart - around, 2 * around);
            ASSERT_EQ(hits[around], is_hit(point));
            for (uint64_t before = 0; before < around; before++)
                ASSERT_EQ(count(at.seed, at.stream, at.dart - before, around), sum(hits, around - before, around))
                    << point.first << ", " << point.second << " after " << before << " darts";
        }
    }
}

std::vector<const mcpi_count_kernel *> all_kernels()
{
    std::vector<const mcpi_count_kernel *> kernels;
    for (size_t i = 0; i < mcpi_count_kernels_size; i++)
        kernels.push_back(&mcpi_count_kernels[i]);
    return kernels;
}

INSTANTIATE_TEST_SUITE_P(All, Kernel, testing::ValuesIn(all_kernels()),
                         [](const auto &info) { return info.param->name; });

} // namespace
