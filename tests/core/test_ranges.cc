#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

extern "C" {
#include "core/ranges.h"
}

namespace
{

class Done : public testing::Test
{
  protected:
    void SetUp() override
    {
        ASSERT_TRUE(mcpi_ranges_init(&done, 4));
    }
    void TearDown() override
    {
        mcpi_ranges_free(&done);
    }
    bool add(uint64_t first, uint64_t darts, uint64_t hits, size_t team = 0)
    {
        return mcpi_ranges_add(&done, {first, darts, hits, mcpi_team_bit(team)});
    }
    mcpi_ranges done{};
};

TEST_F(Done, NeighboursBecomeOne)
{
    EXPECT_TRUE(add(10, 5, 1));
    EXPECT_TRUE(add(20, 5, 2));
    EXPECT_EQ(done.count, 2U);
    EXPECT_TRUE(add(15, 5, 4));
    ASSERT_EQ(done.count, 1U);
    EXPECT_EQ(done.ranges[0].first, 10U);
    EXPECT_EQ(done.ranges[0].darts, 15U);
    EXPECT_EQ(done.ranges[0].hits, 7U);
    EXPECT_TRUE(add(5, 5, 8));
    EXPECT_TRUE(add(25, 1, 0));
    ASSERT_EQ(done.count, 1U);
    EXPECT_EQ(done.ranges[0].first, 5U);
    EXPECT_EQ(done.ranges[0].darts, 21U);
    EXPECT_EQ(done.ranges[0].hits, 15U);
}

TEST_F(Done, NeighboursStayApartAcrossAMilestone)
{
    done.milestones = {true, 100};
    EXPECT_TRUE(add(100, 10, 1));
    EXPECT_TRUE(add(111, 1, 4));
    EXPECT_TRUE(add(112, 1, 8));
    EXPECT_TRUE(add(113, 1, 16)); /* there is no milestone at 113 */
    EXPECT_TRUE(add(110, 1, 2));
    ASSERT_EQ(done.count, 4U);
    EXPECT_EQ(done.ranges[3].darts, 2U);
    mcpi_counted_range prefix = {100, 0, 0, 0};
    std::vector<uint64_t> hits;
    while (mcpi_ranges_extend(&done, &prefix))
        hits.push_back(prefix.hits);
    EXPECT_EQ(hits, (std::vector<uint64_t>{1, 3, 7, 31}));
    EXPECT_EQ(mcpi_ranges_prefix(&done, 100, UINT64_MAX).hits, 31U);
}

/* It is full with the parts between four milestones, of two teams each. */
TEST(DoneMilestones, AFullSetKeepsThem)
{
    mcpi_ranges done;
    ASSERT_TRUE(mcpi_ranges_init(&done, 10));
    done.milestones = {true, 0};
    for (uint64_t dart = 0; dart < 18; dart++)
        ASSERT_TRUE(mcpi_ranges_add(&done, {dart, 1, 1, mcpi_team_bit(dart % 2)})) << dart;
    mcpi_counted_range prefix{};
    std::vector<uint64_t> ends;
    while (mcpi_ranges_extend(&done, &prefix))
        ends.push_back(prefix.darts);
    EXPECT_LT(ends.size(), 18U);
    for (const uint64_t milestone : {10U, 11U, 12U, 14U, 16U, 18U})
        EXPECT_EQ(std::count(ends.begin(), ends.end(), milestone), 1) << milestone;
    mcpi_ranges_free(&done);
}

TEST_F(Done, OverlapIsRefusedAndChangesNothing)
{
    ASSERT_TRUE(add(10, 10, 3));
    for (const auto &[first, darts] :
         std::vector<std::pair<uint64_t, uint64_t>>{{10, 10}, {5, 6}, {19, 5}, {12, 2}, {0, 100}})
        EXPECT_FALSE(add(first, darts, 1)) << first;
    ASSERT_EQ(done.count, 1U);
    EXPECT_EQ(done.ranges[0].hits, 3U);
}

TEST_F(Done, AFullSetOfRangesThatAreApartGrows)
{
    for (uint64_t first = 0; first < 2000; first += 20)
        ASSERT_TRUE(add(first, 5, 1));
    EXPECT_EQ(done.count, 100U);
    for (uint64_t first = 5; first < 2000; first += 20)
        ASSERT_TRUE(add(first, 15, 2));
    ASSERT_EQ(done.count, 1U);
    EXPECT_EQ(done.ranges[0].darts, 2000U);
    EXPECT_EQ(done.ranges[0].hits, 300U);
}

TEST_F(Done, TellsTeamsApartAndTakesOneBack)
{
    ASSERT_TRUE(add(0, 10, 1, 0));
    ASSERT_TRUE(add(20, 10, 4, 0));
    ASSERT_TRUE(add(10, 10, 2, 1));
    EXPECT_EQ(done.count, 3U);
    EXPECT_EQ(mcpi_ranges_prefix(&done, 0, UINT64_MAX).darts, 30U);
    EXPECT_EQ(mcpi_ranges_prefix(&done, 0, UINT64_MAX).hits, 7U);
    ASSERT_EQ(mcpi_ranges_take(&done, mcpi_team_bit(1)), 1U);
    const mcpi_counted_range taken = done.ranges[done.count];
    EXPECT_EQ(taken.first, 10U);
    EXPECT_EQ(taken.darts, 10U);
    EXPECT_EQ(taken.hits, 2U);
    EXPECT_EQ(mcpi_ranges_take(&done, mcpi_team_bit(1)), 0U);
    EXPECT_EQ(mcpi_ranges_prefix(&done, 0, UINT64_MAX).darts, 10U);
    ASSERT_TRUE(add(10, 10, 3, 0));
    EXPECT_EQ(done.count, 1U);
    EXPECT_EQ(mcpi_ranges_prefix(&done, 0, UINT64_MAX).hits, 8U);
}

/* Then a team takes others' ranges with it, but never less than its own. */
TEST_F(Done, AFullSetForgetsWhoCountedWhat)
{
    for (uint64_t i = 0; i < 100; i++)
        ASSERT_TRUE(add(10 * i, 10, 1, i % 3));
    EXPECT_LE(done.count, 4U);
    EXPECT_EQ(mcpi_ranges_prefix(&done, 0, UINT64_MAX).darts, 1000U);
    EXPECT_EQ(mcpi_ranges_prefix(&done, 0, UINT64_MAX).hits, 100U);
    uint64_t darts = 0;
    const size_t taken = mcpi_ranges_take(&done, mcpi_team_bit(1));
    for (size_t i = done.count; i < done.count + taken; i++) {
        EXPECT_EQ(done.ranges[i].hits * 10, done.ranges[i].darts);
        darts += done.ranges[i].darts;
    }
    EXPECT_GE(darts, 330U);
    for (size_t i = 0; i < done.count; i++)
        EXPECT_FALSE(done.ranges[i].teams & mcpi_team_bit(1));
}

/* A process of a shared run has that many after days, since its chunks are apart. A search for each range that is taken
   out took 14 s for 131072 ranges, and four times that for twice as many. */
TEST_F(Done, TheTeamIsTakenOutOfAMillionRangesInOnePass)
{
    const uint64_t ranges = 1000000;
    for (uint64_t i = 0; i < ranges; i++)
        ASSERT_TRUE(add(10 * i, 5, 1, i % 2));
    ASSERT_EQ(mcpi_ranges_take(&done, mcpi_team_bit(1)), ranges / 2);
    ASSERT_EQ(done.count, ranges / 2);
    uint64_t sum = 0;
    for (size_t i = 0; i < done.count; i++) {
        ASSERT_EQ(done.ranges[i].first, 20 * i);
        sum += done.ranges[done.count + i].first / 10;
    }
    EXPECT_EQ(sum, ranges / 2 * (ranges / 2));
}

TEST_F(Done, ManyAtOnceAreAsOneByOne)
{
    std::mt19937 random(7);
    for (int round = 0; round < 200; round++) {
        mcpi_ranges one_by_one{};
        mcpi_ranges at_once{};
        ASSERT_TRUE(mcpi_ranges_init(&one_by_one, 1000));
        ASSERT_TRUE(mcpi_ranges_init(&at_once, 1000));
        one_by_one.milestones = at_once.milestones = {round % 2 == 0, 0};
        for (int batch = 0; batch < 4; batch++) {
            std::vector<mcpi_counted_range> ranges;
            for (uint64_t i = 0; i < 60; i++)
                if (random() % 2 == 0)
                    ranges.push_back({i * 10, 10, i, mcpi_team_bit(random() % 2)});
            std::shuffle(ranges.begin(), ranges.end(), random);
            for (const mcpi_counted_range &range : ranges)
                mcpi_ranges_add(&one_by_one, range); /* unless an earlier batch had it */
            ranges.push_back(ranges.front());
            ASSERT_TRUE(mcpi_ranges_add_all(&at_once, ranges.data(), ranges.size()));
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

TEST_F(Done, ManyAtOnceForgetWhoCountedThemWhereTheyAreTooMany)
{
    std::vector<mcpi_counted_range> ranges;
    for (uint64_t i = 0; i < 100; i++)
        ranges.push_back({i * 10, 10, 1, mcpi_team_bit(i % 2)});
    ASSERT_TRUE(mcpi_ranges_add_all(&done, ranges.data(), ranges.size())); /* of a capacity of 4 */
    EXPECT_EQ(done.count, 50U);
    EXPECT_EQ(mcpi_ranges_prefix(&done, 0, UINT64_MAX).darts, 1000U);
    EXPECT_EQ(mcpi_ranges_prefix(&done, 0, UINT64_MAX).hits, 100U);
    ASSERT_TRUE(mcpi_ranges_add_all(&done, nullptr, 0));
    EXPECT_EQ(done.count, 50U);
}

TEST_F(Done, RangesAreTakenOutByTheirDarts)
{
    for (const uint64_t first : {0U, 20U, 40U})
        ASSERT_TRUE(add(first, 10, 1));
    mcpi_counted_range range;
    EXPECT_FALSE(mcpi_ranges_take_between(&done, 10, 20, &range));
    EXPECT_FALSE(mcpi_ranges_take_between(&done, 50, 60, &range));
    ASSERT_TRUE(mcpi_ranges_take_between(&done, 29, 41, &range));
    EXPECT_EQ(range.first, 20U);
    ASSERT_TRUE(mcpi_ranges_take_between(&done, 29, 41, &range));
    EXPECT_EQ(range.first, 40U);
    EXPECT_FALSE(mcpi_ranges_take_between(&done, 29, 41, &range));
    ASSERT_TRUE(mcpi_ranges_take_between(&done, 0, 1, &range));
    EXPECT_EQ(done.count, 0U);
}

TEST_F(Done, ThePrefixIsWhatBeginsAtTheFirstDart)
{
    EXPECT_EQ(mcpi_ranges_prefix(&done, 7, UINT64_MAX).darts, 0U);
    ASSERT_TRUE(add(100, 5, 1));
    EXPECT_EQ(mcpi_ranges_prefix(&done, 7, UINT64_MAX).darts, 0U);
    ASSERT_TRUE(add(7, 5, 4));
    EXPECT_EQ(mcpi_ranges_prefix(&done, 7, UINT64_MAX).darts, 5U);
    EXPECT_EQ(mcpi_ranges_prefix(&done, 7, UINT64_MAX).hits, 4U);
}

TEST(DoneShuffled, AnyOrderEndsInOneRange)
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
        mcpi_ranges done;
        ASSERT_TRUE(mcpi_ranges_init(&done, ranges.size()));
        for (const mcpi_counted_range &range : ranges)
            ASSERT_TRUE(mcpi_ranges_add(&done, range));
        ASSERT_EQ(done.count, 1U);
        EXPECT_EQ(done.ranges[0].darts, cuts.back() - cuts.front());
        EXPECT_EQ(done.ranges[0].hits, ranges.size() * (ranges.size() + 1) / 2);
        mcpi_ranges_free(&done);
    }
}

TEST_F(Done, GapsAreWhatIsNotInIt)
{
    const auto gap = [&](uint64_t from, uint64_t end) {
        const mcpi_counted_range found = mcpi_ranges_gap(&done, from, end);
        return std::make_pair(found.first, found.darts);
    };
    using Gap = std::pair<uint64_t, uint64_t>;
    EXPECT_EQ(gap(5, 100), (Gap{5, 95}));
    EXPECT_TRUE(add(10, 10, 1));
    EXPECT_TRUE(add(20, 10, 1, 1)); /* another team: it is a range of its own */
    EXPECT_TRUE(add(50, 10, 1));
    EXPECT_EQ(gap(5, 100), (Gap{5, 5}));
    EXPECT_EQ(gap(10, 100), (Gap{30, 20}));
    EXPECT_EQ(gap(15, 100), (Gap{30, 20}));
    EXPECT_EQ(gap(30, 40), (Gap{30, 10}));
    EXPECT_EQ(gap(50, 100), (Gap{60, 40}));
    EXPECT_EQ(gap(10, 30), (Gap{30, 0}));
    EXPECT_EQ(gap(10, 25), (Gap{25, 0}));
}

} // namespace
