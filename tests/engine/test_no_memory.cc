/*
 * What a run does when it cannot keep what was counted: memory is short, or the darts are there already. The linker
 * puts the functions below in the place of those that take memory (--wrap).
 */
#include <gtest/gtest.h>

#include <stdexcept>

#include "tests/core/fake_backend.h"

extern "C" {
#include "core/ranges.h"
#include "engine/run.h"

mcpi_part *__real_mcpi_ranges_parts(const mcpi_ranges *set, uint64_t end, size_t *count);
mcpi_part *__wrap_mcpi_ranges_parts(const mcpi_ranges *set, uint64_t end, size_t *count);
mcpi_range *__real_mcpi_ranges_missing(const mcpi_ranges *set, uint64_t first, uint64_t end, size_t *count);
mcpi_range *__wrap_mcpi_ranges_missing(const mcpi_ranges *set, uint64_t first, uint64_t end, size_t *count);
mcpi_status __real_mcpi_ranges_add(mcpi_ranges *set, mcpi_counted_range range, mcpi_error *error);
mcpi_status __wrap_mcpi_ranges_add(mcpi_ranges *set, mcpi_counted_range range, mcpi_error *error);
}

namespace
{
/* Calls that succeed before one fails; -1: all do. */
std::atomic<int> parts_left{-1}, missing_left{-1}, adds_left{-1};

/* The same before one that adds its range twice. */
std::atomic<int> overlap_left{-1};

/* These are calls for ranges that have been recounted, or for others. */
bool only_recounted = false;

bool fails(std::atomic<int> &left)
{
    return left >= 0 && left-- == 0;
}
} // namespace

mcpi_part *__wrap_mcpi_ranges_parts(const mcpi_ranges *set, uint64_t end, size_t *count)
{
    return fails(parts_left) ? nullptr : __real_mcpi_ranges_parts(set, end, count);
}

mcpi_range *__wrap_mcpi_ranges_missing(const mcpi_ranges *set, uint64_t first, uint64_t end, size_t *count)
{
    return fails(missing_left) ? nullptr : __real_mcpi_ranges_missing(set, first, end, count);
}

mcpi_status __wrap_mcpi_ranges_add(mcpi_ranges *set, mcpi_counted_range range, mcpi_error *error)
{
    const bool recounted = (range.teams & (range.teams - 1)) != 0; /* by a second team */
    if (recounted == only_recounted) {
        if (fails(adds_left))
            return mcpi_fail(error, MCPI_NO_MEMORY, "out of memory");
        if (fails(overlap_left) && __real_mcpi_ranges_add(set, range, error) != MCPI_OK)
            throw std::logic_error("the range is in the set already");
    }
    return __real_mcpi_ranges_add(set, range, error);
}

namespace
{

struct Saves {
    int made = 0, skipped = 0;
};

/* How a run ended. */
struct Outcome {
    Saves saves;
    mcpi_result *result = nullptr;
    mcpi_error error{};
    mcpi_status status = MCPI_OK;

    explicit Outcome(mcpi_verify verify = MCPI_VERIFY_OFF, const mcpi_state *resume = nullptr,
                     double target_error = 0.0)
    {
        Behaviour gpu;
        gpu.darts_per_second = 5e6;
        Behaviour cpu;
        cpu.kind = MCPI_CPU;
        Fleet fleet({cpu, gpu});
        mcpi_options options = MCPI_OPTIONS_DEFAULT;
        options.devices = "gpu";
        options.darts = target_error > 0.0 ? 10000000 : 1000000;
        options.target_error = target_error;
        options.verify = verify;
        options.resume = resume;
        options.save_seconds = 0.02;
        options.user = &saves;
        options.save = [](void *user, const mcpi_state *state) {
            auto *counted = static_cast<Saves *>(user);
            (state ? counted->made : counted->skipped)++;
        };
        mcpi_plan plan;
        status = mcpi_plan_make(&options, fake_backends, &plan, &error);
        if (status != MCPI_OK)
            return;
        status = mcpi_engine_run(&plan, &result, &error);
        mcpi_plan_free(&plan);
    }
    ~Outcome()
    {
        mcpi_result_free(result);
    }
    Outcome(const Outcome &) = delete;
    Outcome &operator=(const Outcome &) = delete;
};

mcpi_state state_of(std::vector<mcpi_part> &parts)
{
    mcpi_state state{};
    state.darts = state.goal = 1000000;
    state.parts = parts.data();
    state.part_count = parts.size();
    return state;
}

/* The observer hears of a save that was skipped, so that the command can say so, and the next one succeeds. */
TEST(NoMemory, ASaveThatIsSkippedIsTold)
{
    for (const int before : {0, 1, 2, 3}) { /* a save takes memory twice */
        parts_left = before;
        const Outcome run;
        EXPECT_EQ(run.status, MCPI_OK);
        EXPECT_EQ(run.saves.skipped, 1);
        EXPECT_GT(run.saves.made, 0);
        ASSERT_NE(run.result, nullptr);
        EXPECT_EQ(run.result->hits, 785850U); /* golden.tsv */
    }
    parts_left = -1;
}

/* No result is better than one without the darts that could not be kept. */
TEST(NoMemory, ACountThatCannotBeKeptEndsTheRun)
{
    for (const bool recounted : {false, true}) {
        for (const int before : {0, 1, 5}) {
            only_recounted = recounted;
            adds_left = before;
            const Outcome run(recounted ? MCPI_VERIFY_FULL : MCPI_VERIFY_OFF);
            EXPECT_EQ(run.status, MCPI_NO_MEMORY);
            EXPECT_STREQ(run.error.message, "cannot run: out of memory");
            EXPECT_EQ(run.result, nullptr);
            EXPECT_GT(run.saves.made, 0);
        }
    }
    only_recounted = false;
    adds_left = -1;
}

/* Nor is one in which darts may have been counted twice. That is a fault of the program, whose user stopped nothing. */
TEST(NoMemory, DartsThatAreCountedTwiceEndTheRunAsAnInternalError)
{
    for (const bool recounted : {false, true}) {
        for (const int before : {0, 1, 5}) {
            only_recounted = recounted;
            overlap_left = before;
            const Outcome run(recounted ? MCPI_VERIFY_FULL : MCPI_VERIFY_OFF);
            EXPECT_EQ(run.status, MCPI_SYSTEM);
            EXPECT_EQ(run.error.status, MCPI_SYSTEM);
            EXPECT_EQ(std::string(run.error.message).rfind("cannot run: internal error: darts of [", 0), 0U)
                << run.error.message;
            EXPECT_EQ(run.result, nullptr);
        }
    }
    only_recounted = false;
    overlap_left = -1;
}

/* A run looks for missing darts when it begins and when its goal grows. */
TEST(NoMemory, ARunThatCannotListWhatIsMissingEnds)
{
    for (const int before : {0, 1}) {
        missing_left = before;
        const Outcome run(MCPI_VERIFY_OFF, nullptr, 0.001);
        EXPECT_EQ(run.status, MCPI_NO_MEMORY);
        EXPECT_STREQ(run.error.message, "cannot run: out of memory");
        EXPECT_EQ(run.result, nullptr);
    }
    missing_left = -1;
}

TEST(NoMemory, AStateThatCannotBeKeptIsNotResumed)
{
    std::vector<mcpi_part> parts = {{0, 10, 8}, {20, 10, 8}};
    const mcpi_state state = state_of(parts);
    adds_left = 1;
    const Outcome short_of_memory(MCPI_VERIFY_OFF, &state);
    adds_left = -1;
    EXPECT_EQ(short_of_memory.status, MCPI_NO_MEMORY);
    EXPECT_STREQ(short_of_memory.error.message, "cannot run: out of memory");
    overlap_left = 1;
    const Outcome twice(MCPI_VERIFY_OFF, &state);
    overlap_left = -1;
    EXPECT_EQ(twice.status, MCPI_SYSTEM);
    EXPECT_STREQ(twice.error.message, "cannot run: internal error: darts of [20, 30) were counted twice");
}

/* Programs that use the library can pass any state. */
TEST(NoMemory, AStateThatCountsDartsTwiceIsRefused)
{
    for (const uint64_t second : {0U, 9U}) {
        std::vector<mcpi_part> parts = {{0, 10, 8}, {second, 10, 8}};
        mcpi_state state = state_of(parts);
        const Outcome run(MCPI_VERIFY_OFF, &state);
        EXPECT_EQ(run.status, MCPI_BAD_OPTION);
        EXPECT_STREQ(run.error.message, "options.resume: its parts overlap or are out of order");
        std::swap(state.parts, state.confirmed);
        std::swap(state.part_count, state.confirmed_count);
        EXPECT_EQ(Outcome(MCPI_VERIFY_OFF, &state).status, MCPI_BAD_OPTION);
    }
}

} // namespace
