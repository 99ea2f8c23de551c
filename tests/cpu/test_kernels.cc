/* Every counting kernel against the definition of the dart, and against counts computed by other programs. */
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "cpu/kernels.h"
#include "tests/core/golden.h"
#include "tests/cpu/edge_darts.h"

namespace
{

constexpr uint64_t span_darts = uint64_t{1} << 33; /* darts in 2^32 blocks, where the SIMD kernels change their keys */

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

/* What the compiler's own probe finds in this CPU, of what it knows. */
unsigned features_by_compiler()
{
    unsigned features = 0;
#ifdef __x86_64__
    features |= __builtin_cpu_supports("avx2") ? MCPI_FEATURE_AVX2 : 0;
    features |= __builtin_cpu_supports("avx512bw") ? MCPI_FEATURE_AVX512BW : 0;
#endif
    return features;
}

/* Runs with each kernel of this build; skipped for those that this CPU lacks, and for no others. */
class Kernel : public testing::TestWithParam<const mcpi_count_kernel *>
{
  protected:
    void SetUp() override
    {
        if (mcpi_kernel_runs(GetParam(), mcpi_probe_features(&mcpi_this_machine)))
            return;
        const unsigned needs = GetParam()->needs;
        if (needs > 0 && (needs & features_by_compiler()) == needs)
            FAIL() << "the probe does not find " << GetParam()->needs_name << ", which this machine has";
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
        mcpi_pick_kernel(nullptr, mcpi_probe_features(&mcpi_this_machine), nullptr, &fastest, nullptr);
        return GetParam() == fastest;
    }
};

TEST_P(Kernel, GivesTheGoldenCounts)
{
    const uint64_t patience = GetParam()->needs == 0 ? 10000000 : is_fastest() ? UINT64_MAX : 1000000000;
    const std::vector<GoldenRow> rows = golden_rows(std::min<uint64_t>(patience, MCPI_MOST_DARTS));
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
        if (mcpi_count_kernels[i].count)
            kernels.push_back(&mcpi_count_kernels[i]);
    return kernels;
}

INSTANTIATE_TEST_SUITE_P(All, Kernel, testing::ValuesIn(all_kernels()),
                         [](const auto &info) { return info.param->name; });

} // namespace
