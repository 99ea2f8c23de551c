/* Adding up states: sums, overlaps, gaps, and what does not belong together. No files. */
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "mcpi/dart.h"
#include "mcpi/mcpi.h"
#include "save/state_text.h"
#include "tests/save/no_state.h"

namespace
{

constexpr uint64_t any = 20; /* darts asked for, where a test does not care */

/* Shards and their states. */
class Merge : public testing::Test
{
  protected:
    ~Merge() override
    {
        clear();
        free(merged);
    }
    mcpi_state &add(const char *name, uint64_t first, uint64_t goal, const std::vector<mcpi_part> &parts)
    {
        mcpi_state *state = mcpi_state_new(parts.size());
        state->first = first;
        state->darts = state->goal = goal;
        state->part_count = parts.size();
        std::copy(parts.begin(), parts.end(), state->parts);
        states.push_back(state);
        shards.push_back({name, state});
        return *state;
    }
    /* As a result that holds all it was asked for. */
    mcpi_state &add_result(const char *name, uint64_t first, uint64_t darts, uint64_t hits)
    {
        return darts > 0 ? add(name, first, darts, {{first, darts, hits}}) : add(name, first, darts, {});
    }
    mcpi_status merge()
    {
        free(merged);
        merged = reinterpret_cast<mcpi_state *>(this); /* it is set in any case */
        return mcpi_merge(shards.data(), shards.size(), &merged, &error);
    }
    void expect_parts(const std::vector<mcpi_part> &parts) const
    {
        ASSERT_EQ(merged->part_count, parts.size());
        for (size_t i = 0; i < parts.size(); i++) {
            EXPECT_EQ(merged->parts[i].first, parts[i].first);
            EXPECT_EQ(merged->parts[i].darts, parts[i].darts);
            EXPECT_EQ(merged->parts[i].hits, parts[i].hits);
        }
    }
    void clear()
    {
        for (mcpi_state *state : states)
            free(state);
        states.clear();
        shards.clear();
    }
    std::vector<mcpi_state *> states;
    std::vector<mcpi_shard> shards;
    mcpi_state *merged = nullptr;
    mcpi_error error{};
};

TEST_F(Merge, NeighboursBecomeOnePart)
{
    add_result("b", 20, 5, 4).seed = UINT64_MAX;
    add_result("a", 10, 10, 3).seed = UINT64_MAX;
    add_result("c", 25, 100, 70).seed = UINT64_MAX;
    for (mcpi_state *state : states)
        state->stream = 9;
    ASSERT_EQ(merge(), MCPI_OK);
    EXPECT_EQ(merged->seed, UINT64_MAX);
    EXPECT_EQ(merged->stream, 9U);
    EXPECT_EQ(merged->first, 10U);
    EXPECT_EQ(merged->darts, 115U);
    EXPECT_EQ(merged->goal, 115U);
    EXPECT_EQ(merged->target_error, 0.0);
    expect_parts({{10, 115, 77}});
    EXPECT_EQ(mcpi_state_gap(merged, 0).darts, 0U);
    EXPECT_EQ(mcpi_state_gap(merged, 1).darts, 0U);
}

constexpr uint64_t cell = uint64_t{1} << 24;

TEST_F(Merge, PartsAreKept)
{
    add("b", 3 * cell, 3 * cell, {{3 * cell, cell, 7}, {4 * cell, 2 * cell, 8}});
    add("a", 5, 3 * cell - 5, {{5, cell - 5, 1}, {cell, cell, 2}, {2 * cell, cell, 4}});
    ASSERT_EQ(merge(), MCPI_OK);
    expect_parts(
        {{5, cell - 5, 1}, {cell, cell, 2}, {2 * cell, cell, 4}, {3 * cell, cell, 7}, {4 * cell, 2 * cell, 8}});
    const mcpi_part prefix = mcpi_state_prefix(merged);
    EXPECT_EQ(prefix.first, 5U);
    EXPECT_EQ(prefix.darts, 6 * cell - 5);
    EXPECT_EQ(prefix.hits, 22U);
}

/* Shards do not begin where parts do: what they have of one is joined. */
TEST_F(Merge, PartsOfTwoShardsBecomeOne)
{
    add("a", 0, cell + 10, {{0, cell, 1}, {cell, 10, 2}});
    add("b", cell + 10, cell, {{cell + 10, cell - 10, 4}, {2 * cell, 10, 8}});
    ASSERT_EQ(merge(), MCPI_OK);
    expect_parts({{0, cell, 1}, {cell, cell, 6}, {2 * cell, 10, 8}});
}

/* The range of both has parts of twice the size. */
TEST_F(Merge, PartsAreJoinedWhereTheyWouldBeTooMany)
{
    std::vector<mcpi_part> many;
    for (uint64_t i = 0; i < 1024; i++)
        many.push_back({i * cell, cell, i});
    add("a", 0, 1024 * cell, many);
    add_result("b", 1024 * cell, 1, 1);
    ASSERT_EQ(merge(), MCPI_OK);
    ASSERT_EQ(merged->part_count, 513U);
    for (uint64_t i = 0; i < 512; i++) {
        EXPECT_EQ(merged->parts[i].first, 2 * i * cell);
        EXPECT_EQ(merged->parts[i].darts, 2 * cell);
        EXPECT_EQ(merged->parts[i].hits, 4 * i + 1);
    }
}

TEST_F(Merge, TheWholeRangeOfDartsAddsUp)
{
    add_result("upper", MCPI_DART_END / 2, MCPI_DART_END / 2, MCPI_DART_END / 2);
    add_result("lower", 0, MCPI_DART_END / 2, MCPI_DART_END / 2);
    ASSERT_EQ(merge(), MCPI_OK);
    expect_parts(
        {{0, MCPI_DART_END / 2, MCPI_DART_END / 2}, {MCPI_DART_END / 2, MCPI_DART_END / 2, MCPI_DART_END / 2}});
}

TEST_F(Merge, WhatACheckpointHasNotDoneIsAGap)
{
    add("checkpoint", 10, 90, {{20, 10, 5}, {40, 10, 6}});
    add_result("result", 30, 10, 7);
    ASSERT_EQ(merge(), MCPI_OK);
    expect_parts({{20, 30, 18}});
    EXPECT_EQ(mcpi_state_gap(merged, 0).first, 10U);
    EXPECT_EQ(mcpi_state_gap(merged, 0).darts, 10U);
    EXPECT_EQ(mcpi_state_gap(merged, 1).first, 50U);
    EXPECT_EQ(mcpi_state_gap(merged, 1).darts, 50U);
}

TEST_F(Merge, TheGoalOfARunMayReachOverWhatOthersCounted)
{
    add("killed", 0, 100, {{0, 30, 20}});
    add_result("the rest", 30, 70, 50);
    ASSERT_EQ(merge(), MCPI_OK);
    expect_parts({{0, 100, 70}});
}

TEST_F(Merge, NoDartTwice)
{
    const std::vector<std::pair<mcpi_part, std::string>> others = {
        {{10, 10, 1}, "darts 10 to 19 are in two files: a and b"},
        {{0, 11, 1}, "darts 10 to 10 are in two files: b and a"},
        {{19, 5, 1}, "darts 19 to 19 are in two files: a and b"},
        {{12, 2, 1}, "darts 12 to 13 are in two files: a and b"}};
    for (const auto &[part, message] : others) {
        add_result("a", 10, 10, 3);
        add_result("b", part.first, part.darts, part.hits);
        EXPECT_EQ(merge(), MCPI_BAD_OPTION);
        EXPECT_EQ(merged, nullptr);
        EXPECT_EQ(error.message, message);
        clear();
    }
}

TEST_F(Merge, OneSeedAndStreamOnly)
{
    add_result("a", 0, any, 3);
    add_result("b", any, any, 3).seed = 7;
    EXPECT_EQ(merge(), MCPI_BAD_OPTION);
    EXPECT_STREQ(
        error.message,
        "seed 7 in b cannot be merged with seed 0 in a: give all shards the same --seed, and each its own --first");
    states[1]->seed = 0;
    states[1]->stream = UINT64_MAX;
    EXPECT_EQ(merge(), MCPI_BAD_OPTION);
    EXPECT_STREQ(error.message, "stream 18446744073709551615 in b cannot be merged with stream 0 in a: give all shards "
                                "the same --stream, and each its own --first");
    EXPECT_EQ(merged, nullptr);
}

TEST_F(Merge, AskingForNoDartsLeavesNoGap)
{
    add_result("none, far away", 1000, 0, 0);
    ASSERT_EQ(merge(), MCPI_OK);
    EXPECT_EQ(merged->first, 1000U);
    EXPECT_EQ(merged->goal, 0U);
    expect_parts({});
    add_result("none, elsewhere", 7, 0, 0);
    ASSERT_EQ(merge(), MCPI_OK);
    EXPECT_EQ(merged->first, 7U) << "the order of the shards changes nothing";
    add_result("some", 10, 10, 3);
    ASSERT_EQ(merge(), MCPI_OK);
    EXPECT_EQ(merged->first, 10U);
    EXPECT_EQ(merged->goal, 10U);
    add("stopped before its first dart", 5, 5, {});
    ASSERT_EQ(merge(), MCPI_OK);
    EXPECT_EQ(merged->first, 5U);
    EXPECT_EQ(mcpi_state_gap(merged, 0).darts, 5U);
}

TEST_F(Merge, NothingCannotBeMerged)
{
    EXPECT_EQ(merge(), MCPI_BAD_OPTION);
    EXPECT_EQ(merged, nullptr);
    EXPECT_STREQ(error.message, "there is nothing to merge");
    EXPECT_EQ(mcpi_merge(nullptr, 0, &merged, nullptr), MCPI_BAD_OPTION);
}

/* A program may hand over anything. */
TEST_F(Merge, PartsAreConsistent)
{
    const std::vector<std::vector<mcpi_part>> wrong = {
        {{10, 5, 6}},              /* more hits than darts */
        {{20, 5, 1}, {10, 5, 1}},  /* out of order */
        {{10, 5, 1}, {14, 5, 1}},  /* overlapping */
        {{10, 5, 1}, {15, 0, 0}},  /* without darts */
        {{9, 5, 1}},               /* before the first dart */
        {{20, 11, 1}},             /* beyond the goal */
        {{UINT64_MAX - 5, 10, 1}}, /* beyond all darts */
    };
    for (const std::vector<mcpi_part> &parts : wrong) {
        add_result("right", 100, 10, 3);
        add("wrong", 10, 20, parts);
        EXPECT_EQ(merge(), MCPI_BAD_OPTION);
        EXPECT_EQ(merged, nullptr);
        EXPECT_STREQ(error.message, "wrong: its parts are inconsistent");
        clear();
    }
    add_result("far away", MCPI_DART_END - 5, 10, 3);
    EXPECT_EQ(merge(), MCPI_BAD_OPTION);
}

TEST_F(Merge, SaysThatMemoryIsOut)
{
    add_result("a", 0, any, 3);
    add_result("b", any, any, 3);
    for (int calls : {0, 1}) {
        states_left = calls;
        EXPECT_EQ(merge(), calls == 0 ? MCPI_NO_MEMORY : MCPI_OK);
        EXPECT_EQ(merged != nullptr, calls > 0);
    }
    states_left = -1;
}

/* Against a table with a place for each dart. */
TEST_F(Merge, AgreesWithCountingDartByDart)
{
    std::mt19937 random(1);
    int overlaps = 0;
    for (int repeat = 0; repeat < 3000; repeat++) {
        std::vector<int> holders(100);
        uint64_t first = 100;
        uint64_t end = 0;
        for (unsigned k = 0; k < 1 + random() % 6; k++) {
            std::vector<mcpi_part> parts;
            const uint64_t begin = random() % 60;
            uint64_t at = begin;
            while (at < 80 && random() % 3 > 0) {
                const uint64_t from = at + random() % 10;
                const uint64_t darts = 1 + random() % 8;
                parts.push_back({from, darts, darts});
                at = from + darts;
                for (uint64_t dart = from; dart < at; dart++)
                    holders[dart]++;
            }
            const uint64_t goal = std::max<uint64_t>(at - begin, 1) + random() % 2;
            add("shard", begin, goal, parts);
            first = std::min(first, begin);
            end = std::max(end, begin + goal);
        }
        const bool overlap = std::any_of(holders.begin(), holders.end(), [](int n) { return n > 1; });
        overlaps += overlap;
        ASSERT_EQ(merge(), overlap ? MCPI_BAD_OPTION : MCPI_OK);
        if (!overlap) {
            EXPECT_EQ(merged->first, first);
            EXPECT_EQ(merged->goal, end - first);
            std::vector<int> sum(100);
            for (size_t i = 0; i <= merged->part_count; i++) {
                const mcpi_part gap = mcpi_state_gap(merged, i);
                for (uint64_t dart = gap.first; dart < gap.first + gap.darts; dart++)
                    EXPECT_EQ(holders[dart], 0);
                if (i == merged->part_count)
                    break;
                const mcpi_part &part = merged->parts[i];
                EXPECT_TRUE(i == 0 || gap.darts > 0) << "neighbours that were not joined";
                EXPECT_EQ(part.hits, part.darts);
                for (uint64_t dart = part.first; dart < part.first + part.darts; dart++)
                    sum[dart]++;
            }
            EXPECT_EQ(sum, holders);
        }
        clear();
    }
    EXPECT_GT(overlaps, 100);
    EXPECT_LT(overlaps, 2900);
}

} // namespace
