/* The state of a result: merged, saved and resumed, it is as good as the state of the run. */
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "mcpi/dart.h"
#include "mcpi/mcpi.h"
#include "tests/save/no_state.h"

namespace
{

using State = std::unique_ptr<mcpi_state, decltype(&std::free)>;
using Result = std::unique_ptr<mcpi_result, decltype(&mcpi_result_free)>;

State state_of(const mcpi_result &result)
{
    mcpi_state *state = nullptr;
    mcpi_error error{};
    EXPECT_EQ(mcpi_state_of(&result, &state, &error), MCPI_OK) << error.message;
    return {state, std::free};
}

mcpi_options options_for(uint64_t first, uint64_t darts)
{
    mcpi_options options = MCPI_OPTIONS_DEFAULT;
    options.devices = "cpu";
    options.seed = 7;
    options.stream = 3;
    options.first = first;
    options.darts = darts;
    options.part_darts = 1 << 12;
    return options;
}

Result run(const mcpi_options &options)
{
    mcpi_result *result = nullptr;
    mcpi_error error{};
    EXPECT_EQ(mcpi_run(&options, &result, &error), MCPI_OK) << error.message;
    return {result, mcpi_result_free};
}

State merge(const std::vector<mcpi_shard> &shards)
{
    mcpi_state *merged = nullptr;
    mcpi_error error{};
    EXPECT_EQ(mcpi_merge(shards.data(), shards.size(), &merged, &error), MCPI_OK) << error.message;
    return {merged, std::free};
}

/* A result of 30 darts in three parts, as a program may have kept it. */
struct Kept {
    std::vector<mcpi_part> parts = {{100, 10, 7}, {110, 10, 8}, {120, 10, 9}};
    mcpi_result result{};
    Kept()
    {
        result.seed = 1;
        result.stream = 2;
        result.first = 100;
        result.darts = 30;
        result.hits = 24;
        result.goal = 50;
        result.parts = parts.data();
        result.part_count = parts.size();
    }
};

TEST(StateOf, HasThePartsAndTheGoal)
{
    const Kept kept;
    const State state = state_of(kept.result);
    EXPECT_EQ(state->seed, 1U);
    EXPECT_EQ(state->stream, 2U);
    EXPECT_EQ(state->first, 100U);
    EXPECT_EQ(state->darts, 50U);
    EXPECT_EQ(state->goal, 50U);
    EXPECT_EQ(state->target_error, 0.0);
    EXPECT_EQ(state->confirmed_count, 0U);
    EXPECT_EQ(state->verify, MCPI_VERIFY_ON);
    ASSERT_EQ(state->part_count, 3U);
    EXPECT_NE(state->parts, kept.result.parts);
    EXPECT_EQ(state->parts[2].first, 120U);
    EXPECT_EQ(state->parts[2].hits, 9U);
    EXPECT_EQ(mcpi_state_gap(state.get(), 3).darts, 20U);
    EXPECT_EQ(mcpi_state_prefix(state.get()).hits, 24U);
}

/* A run without a goal is complete when its time is over. */
TEST(StateOf, OfACompleteResultIsComplete)
{
    Kept kept;
    kept.result.complete = 1;
    kept.result.goal = MCPI_DART_END - 100;
    const State state = state_of(kept.result);
    EXPECT_EQ(state->darts, 30U);
    EXPECT_EQ(state->goal, 30U);
}

TEST(StateOf, IsOnePartWithoutParts)
{
    Kept kept;
    kept.result.part_count = 0;
    kept.result.parts = nullptr;
    const State one = state_of(kept.result);
    ASSERT_EQ(one->part_count, 1U);
    EXPECT_EQ(one->parts[0].first, 100U);
    EXPECT_EQ(one->parts[0].darts, 30U);
    EXPECT_EQ(one->parts[0].hits, 24U);
    kept.result.darts = kept.result.hits = 0;
    EXPECT_EQ(state_of(kept.result)->part_count, 0U);
}

TEST(StateOf, KeepsThatDartsAreUnconfirmed)
{
    Kept kept;
    kept.result.unconfirmed_darts = 1;
    EXPECT_EQ(state_of(kept.result)->verify, MCPI_VERIFY_FULL);
}

TEST(StateOf, SaysThatMemoryIsOut)
{
    const Kept kept;
    mcpi_state *state = nullptr;
    mcpi_error error{};
    states_left = 0;
    EXPECT_EQ(mcpi_state_of(&kept.result, &state, &error), MCPI_NO_MEMORY);
    EXPECT_EQ(error.status, MCPI_NO_MEMORY);
    EXPECT_EQ(state, nullptr);
}

TEST(StateOf, TwoRunsAddUpToOne)
{
    const Result left = run(options_for(1000, 50000));
    const Result right = run(options_for(51000, 70000));
    const State a = state_of(*left);
    const State b = state_of(*right);
    const State sum = merge({{"right", b.get()}, {"left", a.get()}});
    const mcpi_part prefix = mcpi_state_prefix(sum.get());
    EXPECT_EQ(prefix.first, 1000U);
    EXPECT_EQ(prefix.darts, 120000U);
    EXPECT_EQ(prefix.hits, run(options_for(1000, 120000))->hits);
    mcpi_state *none = nullptr;
    mcpi_error error{};
    const std::vector<mcpi_shard> twice = {{"left", a.get()}, {"the same", a.get()}};
    EXPECT_EQ(mcpi_merge(twice.data(), 2, &none, &error), MCPI_BAD_OPTION);
    EXPECT_NE(std::string(error.message).find("left and the same"), std::string::npos) << error.message;
}

/* A run that continues from the merged state counts only what is missing. */
TEST(StateOf, WhatIsMissingCanBeCountedLater)
{
    const Result left = run(options_for(0, 50000));
    const Result right = run(options_for(80000, 40000));
    const State a = state_of(*left);
    const State b = state_of(*right);
    const State sum = merge({{"left", a.get()}, {"right", b.get()}});
    EXPECT_EQ(mcpi_darts_of_parts(sum->parts, sum->part_count), 90000U);
    mcpi_options options = options_for(sum->first, sum->darts);
    options.resume = sum.get();
    const Result whole = run(options);
    EXPECT_EQ(whole->resumed_darts, 90000U);
    EXPECT_EQ(whole->darts, 120000U);
    EXPECT_EQ(whole->hits, run(options_for(0, 120000))->hits);
}

TEST(StateOf, CanBeSaved)
{
    const Result result = run(options_for(5, 50000));
    const State state = state_of(*result);
    const std::string name = "/tmp/mcpi-state-of-" + std::to_string(getpid());
    mcpi_checkpoint *file = nullptr;
    mcpi_state *read = nullptr;
    mcpi_error error{};
    ASSERT_EQ(mcpi_checkpoint_open(name.c_str(), &file, &error), MCPI_OK) << error.message;
    EXPECT_EQ(mcpi_checkpoint_save(file, state.get(), &error), MCPI_OK) << error.message;
    mcpi_checkpoint_close(file);
    ASSERT_EQ(mcpi_checkpoint_load(name.c_str(), &read, &error), MCPI_OK) << error.message;
    EXPECT_EQ(mcpi_state_prefix(read).hits, result->hits);
    EXPECT_EQ(read->part_count, state->part_count);
    std::free(read);
    for (const char *const ending : {"", ".previous", ".lock"})
        unlink((name + ending).c_str());
}

} // namespace
