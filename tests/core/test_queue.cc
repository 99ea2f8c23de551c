#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <vector>

extern "C" {
#include "core/queue.h"
#include "core/recount_queue.h"
}

namespace
{

class Queue : public testing::Test
{
  protected:
    void SetUp() override
    {
        ASSERT_TRUE(mcpi_queue_init(&queue, 101, 1000, 4));
    }
    void TearDown() override
    {
        mcpi_queue_free(&queue);
    }
    mcpi_range take(uint64_t darts, bool only_returned = false)
    {
        mcpi_range range = {0, 0};
        EXPECT_TRUE(mcpi_queue_take(&queue, darts, only_returned, &range));
        return range;
    }
    mcpi_queue queue{};
};

/* Gaps of a run that is resumed may be longer than anybody who stops it wants to wait. */
TEST_F(Queue, GapsComeBeforeTheRestAndAreNotBegunByARunThatStops)
{
    auto *gaps = static_cast<mcpi_range *>(std::malloc(2 * sizeof(mcpi_range)));
    gaps[0] = {10, 20};
    gaps[1] = {50, 6};
    mcpi_queue_set_gaps(&queue, gaps, 2);
    EXPECT_EQ(mcpi_queue_darts(&queue), 899U + 26U);
    EXPECT_TRUE(mcpi_queue_empty(&queue, true));
    EXPECT_EQ(take(12).first, 10U);
    mcpi_queue_give_back(&queue, {12, 4});
    EXPECT_EQ(take(100, true).first, 12U);
    mcpi_range none;
    EXPECT_FALSE(mcpi_queue_take(&queue, 100, true, &none));
    EXPECT_EQ(take(100).first, 22U);
    EXPECT_EQ(take(100).first, 50U);
    EXPECT_EQ(take(100).first, 101U);
}

TEST_F(Queue, CutsAtMilestonesWhatIsNewAndWhatIsReturned)
{
    queue.cuts.milestones = {true, 101};
    EXPECT_EQ(take(500).darts, 10U);
    EXPECT_EQ(take(500).darts, 1U);
    EXPECT_EQ(take(500).darts, 1U);
    mcpi_queue_give_back(&queue, {101, 12});
    EXPECT_EQ(take(500, true).darts, 10U);
    EXPECT_EQ(take(500, true).darts, 1U);
    EXPECT_EQ(take(500, true).darts, 1U);
    EXPECT_EQ(take(500).first, 113U);
}

TEST_F(Queue, CutsRangesThatMeetAndEndBetweenBlocks)
{
    uint64_t next = 101;
    while (!mcpi_queue_empty(&queue, false)) {
        const mcpi_range range = take(50);
        EXPECT_EQ(range.first, next);
        next += range.darts;
        EXPECT_TRUE(next % 2 == 0 || next == 1000);
        EXPECT_LE(range.darts, 50U);
        EXPECT_GT(range.darts, 0U);
    }
    EXPECT_EQ(next, 1000U);
    mcpi_range range;
    EXPECT_FALSE(mcpi_queue_take(&queue, 50, false, &range));
}

TEST_F(Queue, CutsAtLeastOneDart)
{
    EXPECT_EQ(take(1).darts, 1U);
    EXPECT_EQ(take(1).darts, 1U);
    EXPECT_EQ(take(1).first, 103U);
}

TEST_F(Queue, LeavesNoLastDartOver)
{
    mcpi_queue_give_back(&queue, {200, 5});
    EXPECT_EQ(take(5, true).darts, 5U);
    EXPECT_TRUE(mcpi_queue_empty(&queue, true));
}

TEST_F(Queue, HandsReturnedRangesOutFirstAndInPieces)
{
    const mcpi_range range = take(99);
    take(99);
    mcpi_queue_give_back(&queue, range);
    const mcpi_range piece = take(40, true);
    EXPECT_EQ(piece.first, range.first);
    const mcpi_range rest = take(1000, true);
    EXPECT_EQ(rest.first, piece.first + piece.darts);
    EXPECT_EQ(piece.darts + rest.darts, range.darts);
    EXPECT_TRUE(mcpi_queue_empty(&queue, true));
    EXPECT_FALSE(mcpi_queue_empty(&queue, false));
    mcpi_range none;
    EXPECT_FALSE(mcpi_queue_take(&queue, 5, true, &none));
}

/* A review of what has been counted finds the one that was dropped. */
TEST_F(Queue, KeepsAsManyReturnedRangesAsItHasRoomFor)
{
    for (uint64_t round = 0; round < 3; round++) { /* the ring begins somewhere else each time */
        for (uint64_t first = 0; first < 50; first += 10)
            mcpi_queue_give_back(&queue, {first, 2});
        EXPECT_EQ(mcpi_queue_darts(&queue), 899U + 8U);
        for (uint64_t first = 0; first < 30; first += 10)
            EXPECT_EQ(take(2, true).first, first);
        EXPECT_EQ(mcpi_waiting_at(&queue.returned, 0).first, 30U);
        EXPECT_EQ(mcpi_queue_darts(&queue), 899U + 2U);
        mcpi_queue_drop_returned(&queue);
        EXPECT_TRUE(mcpi_queue_empty(&queue, true));
        EXPECT_EQ(mcpi_queue_darts(&queue), 899U);
    }
}

TEST_F(Queue, ReturnedRangesCanBeSetAtOnce)
{
    auto *ranges = static_cast<mcpi_range *>(std::malloc(2 * sizeof(mcpi_range)));
    ranges[0] = {10, 20};
    ranges[1] = {50, 6};
    mcpi_queue_give_back(&queue, {70, 2});
    mcpi_queue_set_returned(&queue, ranges, 2);
    EXPECT_EQ(mcpi_queue_darts(&queue), 899U + 26U);
    EXPECT_EQ(take(100, true).first, 10U);
    EXPECT_EQ(take(100, true).first, 50U);
    EXPECT_TRUE(mcpi_queue_empty(&queue, true));
}

TEST_F(Queue, RunsLowWhereTheNextChunkWouldComeTooLate)
{
    /* 899 darts: 20 ms at 44950 darts a second, or half of a chunk of 1798 */
    EXPECT_TRUE(mcpi_queue_runs_low(&queue, 45000, 1800));
    EXPECT_FALSE(mcpi_queue_runs_low(&queue, 44900, 1800));
    EXPECT_FALSE(mcpi_queue_runs_low(&queue, 45000, 1796));
}

TEST_F(Queue, ReachesTheLastDartThereIs)
{
    mcpi_queue_free(&queue);
    ASSERT_TRUE(mcpi_queue_init(&queue, (uint64_t{1} << 63) - 10, uint64_t{1} << 63, 1));
    EXPECT_EQ(take(UINT64_MAX).darts, 10U);
}

mcpi_range_request request()
{
    mcpi_range_request request{};
    request.opening = 1000;
    request.previous = 1000000;
    request.rate = 1e6;
    request.total_rate = 2e6;
    request.remaining = 100000000;
    request.workers = 2;
    request.seconds = mcpi_range_seconds;
    request.seconds_left = INFINITY;
    return request;
}

TEST(Portion, BeginsSmallAndGrowsTowardsTensOfMilliseconds)
{
    mcpi_range_request p = request();
    p.previous = 0;
    EXPECT_EQ(mcpi_next_range_size(&p), 1000U);
    p.remaining = 400; /* shared by two who know nothing of each other's rate */
    EXPECT_EQ(mcpi_next_range_size(&p), 100U);
    p.remaining = 10;
    EXPECT_EQ(mcpi_next_range_size(&p), 15U);
    p = request();
    p.previous = 100;
    EXPECT_EQ(mcpi_next_range_size(&p), 1600U);
    p.previous = 1000000;
    EXPECT_NEAR(static_cast<double>(mcpi_next_range_size(&p)), 0.025 * 1e6, 1);
}

TEST(Portion, ShrinksToHalfTheShareAtTheEnd)
{
    mcpi_range_request p = request();
    p.remaining = 20000;
    EXPECT_EQ(mcpi_next_range_size(&p), 5000U);
    p.remaining = 100; /* but not to crumbs */
    EXPECT_EQ(mcpi_next_range_size(&p), 500U);
}

TEST(Portion, KeepsToATimeLimit)
{
    mcpi_range_request p = request();
    p.seconds_left = 0.01;
    EXPECT_EQ(mcpi_next_range_size(&p), 10000U);
    p.seconds_left = 0;
    EXPECT_GE(mcpi_next_range_size(&p), 1U);
}

TEST(Portion, StandsARateThatIsNotKnownYetOrTiny)
{
    mcpi_range_request p = request();
    p.rate = 0;
    EXPECT_EQ(mcpi_next_range_size(&p), 1000U);
    p.rate = 1e-3;
    EXPECT_EQ(mcpi_next_range_size(&p), 1U);
}

TEST(Checks, AreAQueueThatGrows)
{
    mcpi_recount_queue checks;
    ASSERT_TRUE(mcpi_recount_queue_init(&checks, 3));
    EXPECT_EQ(mcpi_recount_queue_at(&checks, 0), nullptr);
    uint64_t oldest = 0;
    for (uint64_t i = 0; i < 40; i++) {
        const mcpi_recount_slice check = {i % 2, i % 3, {0, 0, i, 1}, i};
        ASSERT_TRUE(mcpi_recount_queue_push(&checks, &check));
        ASSERT_EQ(checks.count, i + 1 - oldest);
        for (uint64_t age = 0; age < checks.count; age++)
            ASSERT_EQ(mcpi_recount_queue_at(&checks, age)->hits, oldest + age);
        EXPECT_EQ(mcpi_recount_queue_at(&checks, checks.count), nullptr);
        EXPECT_EQ(mcpi_recount_queue_of_team(&checks, i % 2), (checks.count + 1) / 2);
        if (i % 4 == 3) {
            EXPECT_EQ(mcpi_recount_queue_take(&checks, 0).hits, oldest);
            oldest++;
        }
    }
    mcpi_recount_queue_free(&checks);
}

TEST(Checks, KeepTheirOrder)
{
    const auto of = [](std::initializer_list<uint64_t> hits, auto change) {
        mcpi_recount_queue checks;
        EXPECT_TRUE(mcpi_recount_queue_init(&checks, 4));
        for (uint64_t i = 0; i < 9; i++) { /* the oldest is not at the beginning of the ring */
            const mcpi_recount_slice check = {i % 3, 0, {0, 0, 10 * i, 10}, i};
            EXPECT_TRUE(mcpi_recount_queue_push(&checks, &check));
            if (i < 3)
                mcpi_recount_queue_take(&checks, 0);
        }
        change(checks);
        std::vector<uint64_t> left;
        for (size_t age = 0; age < checks.count; age++)
            left.push_back(mcpi_recount_queue_at(&checks, age)->hits);
        EXPECT_EQ(left, std::vector<uint64_t>(hits));
        mcpi_recount_queue_free(&checks);
    };
    of({3, 4, 5, 6, 7, 8}, [](mcpi_recount_queue &) {});
    of({4, 5, 6, 7, 8}, [](mcpi_recount_queue &all) { EXPECT_EQ(mcpi_recount_queue_take(&all, 0).hits, 3U); });
    of({3, 4, 6, 7, 8}, [](mcpi_recount_queue &all) { EXPECT_EQ(mcpi_recount_queue_take(&all, 2).hits, 5U); });
    of({3, 4, 5, 6, 7}, [](mcpi_recount_queue &all) { EXPECT_EQ(mcpi_recount_queue_take(&all, 5).hits, 8U); });
    of({3, 4, 5, 6, 7, 8}, [](mcpi_recount_queue &all) {
        EXPECT_EQ(mcpi_recount_queue_nth_of_team(&all, 2, 0), 2U);
        EXPECT_EQ(mcpi_recount_queue_nth_of_team(&all, 0, 1), 3U);
    });
    of({4, 5, 7, 8}, [](mcpi_recount_queue &all) { mcpi_recount_queue_drop_team(&all, 0); });
    of({3, 7, 8}, [](mcpi_recount_queue &all) { mcpi_recount_queue_drop_between(&all, 41, 61); });
}

TEST(Checks, KnowWhichKernelsWait)
{
    mcpi_recount_queue checks;
    ASSERT_TRUE(mcpi_recount_queue_init(&checks, 3));
    const mcpi_recount_slice check = {1, 2, {0, 0, 0, 1}, 0};
    EXPECT_FALSE(mcpi_recount_queue_of_kernel(&checks, 1, 2));
    ASSERT_TRUE(mcpi_recount_queue_push(&checks, &check));
    EXPECT_TRUE(mcpi_recount_queue_of_kernel(&checks, 1, 2));
    EXPECT_FALSE(mcpi_recount_queue_of_kernel(&checks, 1, 1));
    EXPECT_FALSE(mcpi_recount_queue_of_kernel(&checks, 2, 2));
    mcpi_recount_queue_drop_team(&checks, 1);
    EXPECT_FALSE(mcpi_recount_queue_of_kernel(&checks, 1, 2));
    mcpi_recount_queue_free(&checks);
}

TEST(Checks, AreDroppedByTheirDarts)
{
    mcpi_recount_queue checks;
    ASSERT_TRUE(mcpi_recount_queue_init(&checks, 5));
    for (uint64_t i = 0; i < 5; i++) {
        const mcpi_recount_slice check = {0, 0, {0, 0, i * 10, 10}, i};
        ASSERT_TRUE(mcpi_recount_queue_push(&checks, &check));
    }
    mcpi_recount_queue_drop_between(&checks, 10, 31);
    ASSERT_EQ(checks.count, 2U);
    EXPECT_EQ(mcpi_recount_queue_at(&checks, 0)->hits + mcpi_recount_queue_at(&checks, 1)->hits, 4U);
    mcpi_recount_queue_free(&checks);
}

TEST(Checks, CanBeTakenOutOfTurn)
{
    mcpi_recount_queue checks;
    ASSERT_TRUE(mcpi_recount_queue_init(&checks, 3));
    for (uint64_t i = 0; i < 3; i++) {
        const mcpi_recount_slice check = {0, 0, {0, 0, i, 1}, i};
        ASSERT_TRUE(mcpi_recount_queue_push(&checks, &check));
    }
    EXPECT_EQ(mcpi_recount_queue_take(&checks, 1).hits, 1U);
    EXPECT_EQ(checks.count, 2U);
    EXPECT_EQ(mcpi_recount_queue_take(&checks, 1).hits + mcpi_recount_queue_take(&checks, 0).hits, 2U);
    EXPECT_EQ(checks.count, 0U);
    mcpi_recount_queue_free(&checks);
}

} // namespace
