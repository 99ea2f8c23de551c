/*
 * What a run does when memory is short in the middle of it. The linker puts the functions below in the place of those
 * that take memory (--wrap).
 */
#include <gtest/gtest.h>

#include "tests/core/fake_backend.h"

extern "C" {
#include "engine/run.h"

mcpi_part *__real_mcpi_ranges_parts(const mcpi_ranges *done, uint64_t end, size_t *count);
mcpi_part *__wrap_mcpi_ranges_parts(const mcpi_ranges *done, uint64_t end, size_t *count);
bool __real_mcpi_ranges_add(mcpi_ranges *done, mcpi_counted_range range);
bool __wrap_mcpi_ranges_add(mcpi_ranges *done, mcpi_counted_range range);
}

namespace
{
/* Calls that succeed before one fails; -1: all do. */
std::atomic<int> parts_left{-1}, adds_left{-1};

bool fails(std::atomic<int> &left)
{
    return left >= 0 && left-- == 0;
}
} // namespace

mcpi_part *__wrap_mcpi_ranges_parts(const mcpi_ranges *done, uint64_t end, size_t *count)
{
    return fails(parts_left) ? nullptr : __real_mcpi_ranges_parts(done, end, count);
}

bool __wrap_mcpi_ranges_add(mcpi_ranges *done, mcpi_counted_range range)
{
    return !fails(adds_left) && __real_mcpi_ranges_add(done, range);
}

namespace
{

struct Saves {
    int made = 0, skipped = 0;
};

mcpi_status run(Saves &saves, mcpi_result **result)
{
    Behaviour device;
    device.darts_per_second = 5e6;
    Fleet fleet({device});
    mcpi_options options = MCPI_OPTIONS_DEFAULT;
    options.devices = "gpu";
    options.darts = 1000000;
    options.verify = MCPI_VERIFY_OFF;
    options.save_seconds = 0.02;
    options.user = &saves;
    options.save = [](void *user, const mcpi_state *state) {
        auto *counted = static_cast<Saves *>(user);
        (state ? counted->made : counted->skipped)++;
    };
    mcpi_plan plan;
    mcpi_error error{};
    EXPECT_EQ(mcpi_plan_make(&options, fake_backends, &plan, &error), MCPI_OK) << error.message;
    const mcpi_status status = mcpi_engine_run(&plan, result, &error);
    mcpi_plan_free(&plan);
    return status;
}

/* The observer hears of a save that was skipped, so that the command can say so, and the next one succeeds. */
TEST(NoMemory, ASaveThatIsSkippedIsTold)
{
    for (const int before : {0, 1, 2, 3}) { /* a save takes memory twice */
        Saves saves;
        mcpi_result *result = nullptr;
        parts_left = before;
        EXPECT_EQ(run(saves, &result), MCPI_OK);
        EXPECT_EQ(saves.skipped, 1);
        EXPECT_GT(saves.made, 0);
        ASSERT_NE(result, nullptr);
        EXPECT_EQ(result->hits, 785850U); /* golden.tsv */
        mcpi_result_free(result);
    }
    parts_left = -1;
}

/* No result is better than one without the darts that could not be kept. */
TEST(NoMemory, ACountThatCannotBeKeptEndsTheRun)
{
    for (const int before : {0, 1, 5}) {
        Saves saves;
        mcpi_result *result = nullptr;
        adds_left = before;
        EXPECT_EQ(run(saves, &result), MCPI_NO_MEMORY);
        EXPECT_EQ(result, nullptr);
        EXPECT_GT(saves.made, 0);
    }
    adds_left = -1;
}

} // namespace
