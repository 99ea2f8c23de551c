#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <random>
#include <vector>

extern "C" {
#include "core/ranges.h"
}

namespace
{

class Ranges : public testing::Test
{
  protected:
    void SetUp() override
    {
        ASSERT_TRUE(mcpi_ranges_init(&set, 4));
    }
    void TearDown() override
    {
        mcpi_ranges_free(&set);
    }
    bool add(uint64_t first, uint64_t darts, uint64_t hits, size_t team = 0)
    {
        return mcpi_ranges_add(&set, {first, darts, hits, mcpi_team_bit(team)}, &error) == MCPI_OK;
    }
    mcpi_error error{};
    mcpi_boundaries boundaries{};
    mcpi_ranges set{};
};

TEST_F(Ranges, NeighboursBecomeOne)
{
    EXPECT_TRUE(add(10, 5, 1));
    EXPECT_TRUE(add(20, 5, 2));
    EXPECT_EQ(set.count, 2U);
    EXPECT_TRUE(add(15, 5, 4));
    ASSERT_EQ(set.count, 1U);
    EXPECT_EQ(set.ranges[0].first, 10U);
    EXPECT_EQ(set.ranges[0].darts, 15U);
    EXPECT_EQ(set.ranges[0].hits, 7U);
    EXPECT_TRUE(add(5, 5, 8));
    EXPECT_TRUE(add(25, 1, 0));
    ASSERT_EQ(set.count, 1U);
    EXPECT_EQ(set.ranges[0].first, 5U);
    EXPECT_EQ(set.ranges[0].darts, 21U);
    EXPECT_EQ(set.ranges[0].hits, 15U);
}

TEST_F(Ranges, NeighboursStayApartAcrossAMilestone)
{
    boundaries.cuts.milestones = {true, 100};
    set.boundaries = &boundaries;
    EXPECT_TRUE(add(100, 10, 1));
    EXPECT_TRUE(add(111, 1, 4));
    EXPECT_TRUE(add(112, 1, 8));
    EXPECT_TRUE(add(113, 1, 16)); /* there is no milestone at 113 */
    EXPECT_TRUE(add(110, 1, 2));
    ASSERT_EQ(set.count, 4U);
    EXPECT_EQ(set.ranges[3].darts, 2U);
    mcpi_counted_range prefix = {100, 0, 0, 0};
    std::vector<uint64_t> hits;
    while (mcpi_ranges_extend(&set, &prefix))
        hits.push_back(prefix.hits);
    EXPECT_EQ(hits, (std::vector<uint64_t>{1, 3, 7, 31}));
    EXPECT_EQ(mcpi_ranges_prefix(&set, 100, UINT64_MAX).hits, 31U);
}

TEST_F(Ranges, NeighboursStayApartAtThePartsThatAreInUse)
{
    boundaries.cuts.part_darts = 8;
    set.boundaries = &boundaries;
    for (uint64_t first = 4; first < 36; first += 4)
        EXPECT_TRUE(add(first, 4, 1, first < 24 ? 0 : 1));
    EXPECT_EQ(set.count, 5U); /* cut at 8, 16, 24 and 32 */
    mcpi_ranges_enlarge_parts(&set, 16);
    ASSERT_EQ(set.count, 4U); /* cut at 16 and 32, and at 24 because of the teams */
    EXPECT_EQ(set.ranges[0].darts, 12U);
    EXPECT_EQ(set.ranges[0].hits, 3U);
    EXPECT_EQ(set.ranges[1].first, 16U);
    EXPECT_EQ(set.ranges[2].first, 24U);
    EXPECT_EQ(set.ranges[3].first, 32U);
}

/* It is full with the parts between four milestones, of two teams each. */
TEST(RangesMilestones, AFullSetKeepsThem)
{
    mcpi_ranges set;
    ASSERT_TRUE(mcpi_ranges_init(&set, 10));
    mcpi_boundaries boundaries{};
    boundaries.cuts.milestones = {true, 0};
    set.boundaries = &boundaries;
    for (uint64_t dart = 0; dart < 18; dart++)
        ASSERT_EQ(mcpi_ranges_add(&set, {dart, 1, 1, mcpi_team_bit(dart % 2)}, nullptr), MCPI_OK) << dart;
    mcpi_counted_range prefix{};
    std::vector<uint64_t> ends;
    while (mcpi_ranges_extend(&set, &prefix))
        ends.push_back(prefix.darts);
    EXPECT_LT(ends.size(), 18U);
    for (const uint64_t milestone : {10U, 11U, 12U, 14U, 16U, 18U})
        EXPECT_EQ(std::count(ends.begin(), ends.end(), milestone), 1) << milestone;
    mcpi_ranges_free(&set);
}

TEST_F(Ranges, OverlapIsRefusedAndChangesNothing)
{
    ASSERT_TRUE(add(10, 10, 3));
    for (const auto &[first, darts] :
         std::vector<std::pair<uint64_t, uint64_t>>{{10, 10}, {5, 6}, {19, 5}, {12, 2}, {0, 100}})
        EXPECT_FALSE(add(first, darts, 1)) << first;
    EXPECT_EQ(error.status, MCPI_SYSTEM);
    EXPECT_STREQ(error.message, "internal error: darts of [0, 100) were counted twice");
    std::vector<mcpi_counted_range> overlapping = {{30, 5, 0, 0}, {19, 2, 0, 0}};
    EXPECT_EQ(mcpi_ranges_merge(&set, overlapping.data(), 2, &error), MCPI_SYSTEM);
    EXPECT_STREQ(error.message, "internal error: darts of [19, 21) were counted twice");
    overlapping = {{30, 5, 0, 7}, {34, 5, 0, 0}, {30, 5, 0, 3}};
    EXPECT_EQ(mcpi_ranges_merge(&set, overlapping.data(), 3, nullptr), MCPI_SYSTEM);
    EXPECT_EQ(overlapping[0].teams, 3U) << "sorted, so that the caller can see what overlaps";
    EXPECT_EQ(overlapping[2].first, 34U);
    ASSERT_EQ(set.count, 1U);
    EXPECT_EQ(set.ranges[0].hits, 3U);
}

TEST_F(Ranges, AFullSetOfRangesThatAreApartGrows)
{
    for (uint64_t first = 0; first < 2000; first += 20)
        ASSERT_TRUE(add(first, 5, 1));
    EXPECT_EQ(set.count, 100U);
    for (uint64_t first = 5; first < 2000; first += 20)
        ASSERT_TRUE(add(first, 15, 2));
    ASSERT_EQ(set.count, 1U);
    EXPECT_EQ(set.ranges[0].darts, 2000U);
    EXPECT_EQ(set.ranges[0].hits, 300U);
}

TEST_F(Ranges, TellsTeamsApartAndTakesOneBack)
{
    ASSERT_TRUE(add(0, 10, 1, 0));
    ASSERT_TRUE(add(20, 10, 4, 0));
    ASSERT_TRUE(add(10, 10, 2, 1));
    EXPECT_EQ(set.count, 3U);
    EXPECT_EQ(mcpi_ranges_prefix(&set, 0, UINT64_MAX).darts, 30U);
    EXPECT_EQ(mcpi_ranges_prefix(&set, 0, UINT64_MAX).hits, 7U);
    ASSERT_EQ(mcpi_ranges_take(&set, mcpi_team_bit(1)), 1U);
    const mcpi_counted_range taken = set.ranges[set.count];
    EXPECT_EQ(taken.first, 10U);
    EXPECT_EQ(taken.darts, 10U);
    EXPECT_EQ(taken.hits, 2U);
    EXPECT_EQ(mcpi_ranges_take(&set, mcpi_team_bit(1)), 0U);
    EXPECT_EQ(mcpi_ranges_prefix(&set, 0, UINT64_MAX).darts, 10U);
    ASSERT_TRUE(add(10, 10, 3, 0));
    EXPECT_EQ(set.count, 1U);
    EXPECT_EQ(mcpi_ranges_prefix(&set, 0, UINT64_MAX).hits, 8U);
}

/* Then a team takes others' ranges with it, but never less than its own. */
TEST_F(Ranges, AFullSetForgetsWhoCountedWhat)
{
    for (uint64_t i = 0; i < 100; i++)
        ASSERT_TRUE(add(10 * i, 10, 1, i % 3));
    EXPECT_LE(set.count, 4U);
    EXPECT_EQ(mcpi_ranges_prefix(&set, 0, UINT64_MAX).darts, 1000U);
    EXPECT_EQ(mcpi_ranges_prefix(&set, 0, UINT64_MAX).hits, 100U);
    uint64_t darts = 0;
    const size_t taken = mcpi_ranges_take(&set, mcpi_team_bit(1));
    for (size_t i = set.count; i < set.count + taken; i++) {
        EXPECT_EQ(set.ranges[i].hits * 10, set.ranges[i].darts);
        darts += set.ranges[i].darts;
    }
    EXPECT_GE(darts, 330U);
    for (size_t i = 0; i < set.count; i++)
        EXPECT_FALSE(set.ranges[i].teams & mcpi_team_bit(1));
}

/* A process of a shared run has that many after days, since its chunks are apart. A search for each range that is taken
   out took 14 s for 131072 ranges, and four times that for twice as many. */
TEST_F(Ranges, TheTeamIsTakenOutOfAMillionRangesInOnePass)
{
    const uint64_t ranges = 1000000;
    for (uint64_t i = 0; i < ranges; i++)
        ASSERT_TRUE(add(10 * i, 5, 1, i % 2));
    ASSERT_EQ(mcpi_ranges_take(&set, mcpi_team_bit(1)), ranges / 2);
    ASSERT_EQ(set.count, ranges / 2);
    uint64_t sum = 0;
    for (size_t i = 0; i < set.count; i++) {
        ASSERT_EQ(set.ranges[i].first, 20 * i);
        sum += set.ranges[set.count + i].first / 10;
    }
    EXPECT_EQ(sum, ranges / 2 * (ranges / 2));
}

TEST_F(Ranges, ManyAtOnceAreAsOneByOne)
{
    std::mt19937 random(7);
    for (int round = 0; round < 200; round++) {
        mcpi_ranges one_by_one{};
        mcpi_ranges at_once{};
        ASSERT_TRUE(mcpi_ranges_init(&one_by_one, 1000));
        ASSERT_TRUE(mcpi_ranges_init(&at_once, 1000));
        mcpi_boundaries boundaries{};
        boundaries.cuts.milestones = {round % 2 == 0, 0};
        one_by_one.boundaries = at_once.boundaries = &boundaries;
        for (int batch = 0; batch < 4; batch++) {
            std::vector<mcpi_counted_range> ranges;
            for (uint64_t i = 0; i < 60; i++)
                if (random() % 2 == 0)
                    ranges.push_back({i * 10, 10, i, mcpi_team_bit(random() % 2)});
            std::shuffle(ranges.begin(), ranges.end(), random);
            std::vector<mcpi_counted_range> fresh; /* an earlier batch may have had it */
            for (const mcpi_counted_range &range : ranges)
                if (mcpi_ranges_add(&one_by_one, range, nullptr) == MCPI_OK)
                    fresh.push_back(range);
            ASSERT_EQ(mcpi_ranges_merge(&at_once, ranges.data(), ranges.size(), nullptr),
                      fresh.size() == ranges.size() ? MCPI_OK : MCPI_SYSTEM);
            if (fresh.size() < ranges.size()) {
                ASSERT_EQ(mcpi_ranges_merge(&at_once, fresh.data(), fresh.size(), nullptr), MCPI_OK);
            }
        }
        ASSERT_EQ(at_once.count, one_by_one.count);
        for (size_t i = 0; i < at_once.count; i++) {
            EXPECT_EQ(at_once.ranges[i].first, one_by_one.ranges[i].first);
            EXPECT_EQ(at_once.ranges[i].darts, one_by_one.ranges[i].darts);
            EXPECT_EQ(at_once.ranges[i].hits, one_by_one.ranges[i].hits);
            EXPECT_EQ(at_once.ranges[i].teams, one_by_one.ranges[i].teams);
        }
        mcpi_ranges_free(&one_by_one);
        mcpi_ranges_free(&at_once);
    }
}

TEST_F(Ranges, ManyAtOnceForgetWhoCountedThemWhereTheyAreTooMany)
{
    std::vector<mcpi_counted_range> ranges;
    for (uint64_t i = 0; i < 100; i++)
        ranges.push_back({i * 10, 10, 1, mcpi_team_bit(i % 2)});
    ASSERT_EQ(mcpi_ranges_merge(&set, ranges.data(), ranges.size(), nullptr), MCPI_OK); /* of a capacity of 4 */
    EXPECT_EQ(set.count, 50U);
    EXPECT_EQ(mcpi_ranges_prefix(&set, 0, UINT64_MAX).darts, 1000U);
    EXPECT_EQ(mcpi_ranges_prefix(&set, 0, UINT64_MAX).hits, 100U);
    ASSERT_EQ(mcpi_ranges_merge(&set, nullptr, 0, nullptr), MCPI_OK);
    EXPECT_EQ(set.count, 50U);
}

TEST_F(Ranges, RangesAreTakenOutByTheirDarts)
{
    for (const uint64_t first : {0U, 20U, 40U})
        ASSERT_TRUE(add(first, 10, 1));
    mcpi_counted_range range;
    EXPECT_FALSE(mcpi_ranges_take_between(&set, 10, 20, &range));
    EXPECT_FALSE(mcpi_ranges_take_between(&set, 50, 60, &range));
    ASSERT_TRUE(mcpi_ranges_take_between(&set, 29, 41, &range));
    EXPECT_EQ(range.first, 20U);
    ASSERT_TRUE(mcpi_ranges_take_between(&set, 29, 41, &range));
    EXPECT_EQ(range.first, 40U);
    EXPECT_FALSE(mcpi_ranges_take_between(&set, 29, 41, &range));
    ASSERT_TRUE(mcpi_ranges_take_between(&set, 0, 1, &range));
    EXPECT_EQ(set.count, 0U);
}

/* What a rank still has to count is a set that loses what it counts. */
TEST(RangesRemoved, DartsAreRemovedFromTheMiddleOfARange)
{
    mcpi_ranges set{};
    const auto remove = [&](uint64_t first, uint64_t end) {
        EXPECT_EQ(mcpi_ranges_remove(&set, first, end, nullptr), MCPI_OK);
        std::vector<std::pair<uint64_t, uint64_t>> left;
        for (size_t i = 0; i < set.count; i++)
            left.emplace_back(set.ranges[i].first, set.ranges[i].darts);
        return left;
    };
    using Left = std::vector<std::pair<uint64_t, uint64_t>>;
    EXPECT_EQ(remove(0, 1000), Left{});
    ASSERT_EQ(mcpi_ranges_add(&set, {100, 50, 0, 0}, nullptr), MCPI_OK);
    ASSERT_EQ(mcpi_ranges_add(&set, {200, 50, 0, 0}, nullptr), MCPI_OK);
    EXPECT_EQ(remove(150, 200), (Left{{100, 50}, {200, 50}}));
    EXPECT_EQ(remove(120, 130), (Left{{100, 20}, {130, 20}, {200, 50}}));
    EXPECT_EQ(remove(140, 210), (Left{{100, 20}, {130, 10}, {210, 40}}));
    EXPECT_EQ(remove(100, 120), (Left{{130, 10}, {210, 40}}));
    EXPECT_EQ(remove(0, 1000), Left{});
    mcpi_ranges_free(&set);
}

TEST_F(Ranges, ThePrefixIsWhatBeginsAtTheFirstDart)
{
    EXPECT_EQ(mcpi_ranges_prefix(&set, 7, UINT64_MAX).darts, 0U);
    ASSERT_TRUE(add(100, 5, 1));
    EXPECT_EQ(mcpi_ranges_prefix(&set, 7, UINT64_MAX).darts, 0U);
    ASSERT_TRUE(add(7, 5, 4));
    EXPECT_EQ(mcpi_ranges_prefix(&set, 7, UINT64_MAX).darts, 5U);
    EXPECT_EQ(mcpi_ranges_prefix(&set, 7, UINT64_MAX).hits, 4U);
}

TEST(RangesShuffled, AnyOrderEndsInOneRange)
{
    std::mt19937 random(1);
    for (int repeat = 0; repeat < 50; repeat++) {
        std::vector<uint64_t> cuts = {uint64_t{1} << 40};
        for (uint64_t cut = 0; cut < 200; cut++)
            cuts.push_back((uint64_t{1} << 40) + random() % 100000);
        std::sort(cuts.begin(), cuts.end());
        cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
        std::vector<mcpi_counted_range> ranges;
        for (size_t i = 1; i < cuts.size(); i++)
            ranges.push_back({cuts[i - 1], cuts[i] - cuts[i - 1], i, 1});
        std::shuffle(ranges.begin(), ranges.end(), random);
        mcpi_ranges set;
        ASSERT_TRUE(mcpi_ranges_init(&set, ranges.size()));
        for (const mcpi_counted_range &range : ranges)
            ASSERT_EQ(mcpi_ranges_add(&set, range, nullptr), MCPI_OK);
        ASSERT_EQ(set.count, 1U);
        EXPECT_EQ(set.ranges[0].darts, cuts.back() - cuts.front());
        EXPECT_EQ(set.ranges[0].hits, ranges.size() * (ranges.size() + 1) / 2);
        mcpi_ranges_free(&set);
    }
}

TEST_F(Ranges, GapsAreWhatIsNotInIt)
{
    using Gaps = std::vector<std::pair<uint64_t, uint64_t>>;
    const auto missing = [&](uint64_t first, uint64_t end) {
        size_t count = 0;
        const std::unique_ptr<mcpi_range, void (*)(void *)> gaps(mcpi_ranges_missing(&set, first, end, &count), free);
        Gaps found;
        for (size_t i = 0; i < count; i++)
            found.emplace_back(gaps.get()[i].first, gaps.get()[i].darts);
        return found;
    };
    EXPECT_EQ(missing(5, 100), (Gaps{{5, 95}}));
    EXPECT_EQ(missing(5, 5), Gaps{});
    EXPECT_TRUE(add(10, 10, 1));
    EXPECT_TRUE(add(20, 10, 1, 1)); /* another team: it is a range of its own */
    EXPECT_TRUE(add(50, 10, 1));
    EXPECT_EQ(missing(5, 100), (Gaps{{5, 5}, {30, 20}, {60, 40}}));
    EXPECT_EQ(missing(10, 60), (Gaps{{30, 20}}));
    EXPECT_EQ(missing(15, 51), (Gaps{{30, 20}}));
    EXPECT_EQ(missing(30, 40), (Gaps{{30, 10}}));
    EXPECT_EQ(missing(31, 50), (Gaps{{31, 19}}));
    EXPECT_EQ(missing(50, 100), (Gaps{{60, 40}}));
    EXPECT_EQ(missing(10, 30), Gaps{});
    EXPECT_EQ(missing(10, 25), Gaps{});
}

} // namespace
