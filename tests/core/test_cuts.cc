/* Where ranges are cut, and how the parts between the cuts are joined. */
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <vector>

#include "mcpi/dart.h"

extern "C" {
#include "core/cuts.h"
}

namespace
{

uint64_t parts_of(uint64_t first, uint64_t end, uint64_t darts)
{
    return end > first ? (end - 1) / darts - first / darts + 1 : 0;
}

TEST(PartDarts, AreTheLeastThatGiveFewEnoughParts)
{
    for (const uint64_t first : {UINT64_C(0), UINT64_C(1), UINT64_C(1000000007), MCPI_DART_END / 3 * 2})
        for (uint64_t darts = 1; darts < MCPI_DART_END / 4; darts = darts * 3 + 1) {
            const uint64_t size = mcpi_part_darts(first, first + darts, mcpi_least_part);
            EXPECT_LE(parts_of(first, first + darts, size), MCPI_MOST_PARTS) << first << " " << darts;
            EXPECT_TRUE(size == mcpi_least_part || parts_of(first, first + darts, size / 2) > MCPI_MOST_PARTS);
        }
    EXPECT_EQ(mcpi_part_darts(0, 0, mcpi_least_part), mcpi_least_part);
    EXPECT_EQ(mcpi_part_darts(0, MCPI_DART_END, mcpi_least_part), MCPI_DART_END / MCPI_MOST_PARTS);
    EXPECT_EQ(mcpi_part_darts(0, UINT64_C(1000000000000000), mcpi_least_part), UINT64_C(1) << 40);
}

/* The end of each range is a multiple of the part's size, unless the range lies within a part. */
TEST(Cuts, LeaveRangesWithinAPartOrAtItsEnd)
{
    std::mt19937_64 random(1);
    for (int i = 0; i < 100000; i++) {
        const mcpi_cuts cuts = {{false, 0}, UINT64_C(1) << random() % 40};
        const uint64_t first = random() >> random() % 40 >> 1;
        const uint64_t wanted = (random() >> (24 + random() % 40)) + 1;
        const uint64_t cut = mcpi_next_cut(&cuts, first, wanted);
        const uint64_t end = std::min(cut, first + wanted);
        ASSERT_GT(cut, first);
        ASSERT_TRUE(end % cuts.part_darts == 0 || (end - 1) / cuts.part_darts == first / cuts.part_darts)
            << first << " " << wanted << " " << cuts.part_darts;
        ASSERT_TRUE(mcpi_is_cut(&cuts, cut));
    }
}

/* A fast device takes many parts at once, and gets more than half of what it asks for as long as it is alone. */
TEST(Cuts, HardlyShortenTheRangesOfAFastDevice)
{
    const mcpi_cuts cuts = {{false, 0}, mcpi_least_part};
    for (uint64_t wanted = mcpi_least_part; wanted < MCPI_DART_END / 16; wanted = wanted / 2 * 3) {
        uint64_t at = mcpi_next_cut(&cuts, 12345, wanted);
        for (int i = 0; i < 8; i++) {
            const uint64_t next = mcpi_next_cut(&cuts, at, wanted);
            EXPECT_LE(next - at, wanted);
            EXPECT_GT(next - at, wanted / 2);
            at = next;
        }
    }
}

TEST(Cuts, AreAtMilestonesToo)
{
    const mcpi_cuts both = {{true, 0}, 64};
    std::vector<uint64_t> ends;
    for (uint64_t at = 0; at < 140; ends.push_back(at))
        at = mcpi_next_cut(&both, at, 100);
    EXPECT_EQ(ends, (std::vector<uint64_t>{10, 11, 12, 14, 16, 18, 20, 22, 25,  28,  31,  35,  40,
                                           45, 50, 56, 63, 64, 71, 80, 90, 100, 112, 125, 128, 140}));
    EXPECT_TRUE(std::all_of(ends.begin(), ends.end(), [&](uint64_t at) { return mcpi_is_cut(&both, at); }));
    const mcpi_cuts none = {{false, 0}, 0};
    EXPECT_EQ(mcpi_next_cut(&none, 5, 100), UINT64_MAX);
    EXPECT_FALSE(mcpi_is_cut(&none, 64));
}

/* ---- joining ---- */

std::vector<mcpi_part> joined(std::vector<mcpi_part> parts, uint64_t least = 1)
{
    std::sort(parts.begin(), parts.end(), [](const mcpi_part &a, const mcpi_part &b) { return a.first < b.first; });
    parts.resize(mcpi_join_parts(parts.data(), parts.size(), least));
    return parts;
}

/* A part for each dart from `first` on; dart number i counts i % 7 "hits". */
std::vector<mcpi_part> single(uint64_t first, uint64_t darts)
{
    std::vector<mcpi_part> parts;
    for (uint64_t at = first; at < first + darts; at++)
        parts.push_back({at, 1, at % 7});
    return parts;
}

uint64_t hits_of(const std::vector<mcpi_part> &parts)
{
    return std::accumulate(parts.begin(), parts.end(), uint64_t{0},
                           [](uint64_t sum, const mcpi_part &part) { return sum + part.hits; });
}

bool are_same(const std::vector<mcpi_part> &a, const std::vector<mcpi_part> &b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const mcpi_part &left, const mcpi_part &right) {
        return left.first == right.first && left.darts == right.darts && left.hits == right.hits;
    });
}

TEST(JoinParts, LeavesAsManyAsThereMayBe)
{
    EXPECT_EQ(joined({}).size(), 0U);
    EXPECT_EQ(joined(single(5, 1024)).size(), 1024U);
    EXPECT_EQ(joined(single(5, 2048)).size(), 513U);
    const std::vector<mcpi_part> pairs = joined(single(5, 1025));
    EXPECT_EQ(pairs.size(), 513U);
    EXPECT_EQ(pairs[0].darts, 1U);
    EXPECT_EQ(pairs[1].first, 6U);
    EXPECT_EQ(pairs[1].hits, 6U);
    EXPECT_EQ(hits_of(pairs), hits_of(single(5, 1025)));
    EXPECT_EQ(joined(single(0, 64), 16).size(), 4U);
}

TEST(JoinParts, NeverJoinsAcrossAGap)
{
    std::vector<mcpi_part> parts;
    for (uint64_t i = 0; i < 5000; i++)
        parts.push_back({3 * i, 2, 1});
    EXPECT_EQ(joined(parts, 1024).size(), parts.size());
}

/* Shards of any sizes, merged in two steps in any order, give what all at once give. */
TEST(JoinParts, DoesNotDependOnTheOrder)
{
    std::mt19937 random(3);
    for (int round = 0; round < 50; round++) {
        std::vector<std::vector<mcpi_part>> shards;
        std::vector<mcpi_part> all;
        for (uint64_t at = random() % 1000, i = 0; i < 6; i++) {
            const uint64_t darts = 1 + random() % 3000;
            shards.push_back(joined(single(at, darts)));
            all.insert(all.end(), shards.back().begin(), shards.back().end());
            at += darts + (random() % 3 == 0 ? random() % 50 : 0);
        }
        std::shuffle(shards.begin(), shards.end(), random);
        std::vector<mcpi_part> stepwise;
        for (const std::vector<mcpi_part> &shard : shards) {
            stepwise.insert(stepwise.end(), shard.begin(), shard.end());
            stepwise = joined(stepwise);
        }
        EXPECT_TRUE(are_same(joined(all), stepwise));
        EXPECT_EQ(hits_of(stepwise), hits_of(all));
    }
}

} // namespace
