/* Runs and stress tests that are stopped without waiting, while a device hangs or recounts are behind. */
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/engine/usual_devices.h"

extern "C" {
#include "engine/run.h"
#include "stress/run_test.h"
}

namespace
{

/* A run of the fleet. It is stopped as soon as `when` says so. */
struct StoppedRun {
    mcpi_options options = MCPI_OPTIONS_DEFAULT;
    mcpi_status status = MCPI_OK;
    mcpi_result *result = nullptr;
    mcpi_error error{};
    size_t teams_left_to_free = 0;
    std::function<int()> when;
    std::vector<mcpi_part> saved;
    uint64_t counted = 0; /* by the last look */

    StoppedRun(const char *devices, uint64_t darts, mcpi_verify verify)
    {
        options.devices = devices;
        options.darts = darts;
        options.verify = verify;
        options.user = this;
        options.stop = [](void *user) { return static_cast<StoppedRun *>(user)->when(); };
        options.save = [](void *user, const mcpi_state *state) {
            static_cast<StoppedRun *>(user)->saved.assign(state->parts, state->parts + state->part_count);
        };
        options.save_seconds = 1e6;
        options.progress = [](void *user, const mcpi_progress *progress) {
            static_cast<StoppedRun *>(user)->counted = progress->darts;
        };
    }
    StoppedRun(const StoppedRun &) = delete;
    StoppedRun &operator=(const StoppedRun &) = delete;
    ~StoppedRun()
    {
        mcpi_result_free(result);
    }

    void until(std::function<int()> stop)
    {
        mcpi_plan plan;
        when = std::move(stop);
        ASSERT_EQ(mcpi_plan_make(&options, fake_backends, &plan, &error), MCPI_OK) << error.message;
        status = mcpi_engine_run(&plan, &result, &error);
        teams_left_to_free = plan.team_count;
        mcpi_plan_free(&plan);
        ASSERT_NE(result, nullptr) << error.message;
    }
};

/* First "finish what is in flight", then "do not wait": it is in flight for ever. */
std::function<int()> twice_once_one_hangs(const Fleet &fleet)
{
    return [&fleet, asked = 0]() mutable -> int {
        if (fleet.hanging == 0)
            return 0;
        return ++asked == 1 ? MCPI_STOP : MCPI_STOP_AT_ONCE;
    };
}

void expect_whole_prefix(const mcpi_result &result)
{
    EXPECT_GT(result.darts, 0U);
    EXPECT_EQ(result.hits, count_by_definition({result.seed, result.stream, result.first, result.darts}));
}

TEST(StopAtOnce, DoesNotWaitForADeviceThatHangs)
{
    Behaviour hangs = gpu(4e6);
    hangs.hangs_at = 3;
    Fleet fleet({hangs, gpu(4e6)});
    StoppedRun run("gpu", uint64_t{1} << 40, MCPI_VERIFY_OFF);
    run.until(twice_once_one_hangs(fleet));
    EXPECT_EQ(run.status, MCPI_STOPPED);
    EXPECT_STREQ(run.error.message, "stopped on request");
    EXPECT_FALSE(run.result->complete);
    EXPECT_TRUE(run.result->left_behind);
    EXPECT_EQ(run.teams_left_to_free, 0U) << "the threads still need the plan";
    expect_whole_prefix(*run.result);
    ASSERT_EQ(run.result->device_count, 2U);
    EXPECT_STREQ(run.result->devices[0].failure, "");
}

TEST(StopAtOnce, SavesWhatTheResultHolds)
{
    Behaviour hangs = cpu(2, 4e6);
    hangs.hangs_at = 5;
    Fleet fleet({hangs});
    StoppedRun run("cpu", uint64_t{1} << 40, MCPI_VERIFY_OFF);
    run.until(twice_once_one_hangs(fleet));
    EXPECT_EQ(run.status, MCPI_STOPPED);
    expect_whole_prefix(*run.result);
    ASSERT_FALSE(run.saved.empty());
    EXPECT_EQ(run.saved[0].first, 0U);
    EXPECT_EQ(run.saved[0].darts, run.result->darts);
    EXPECT_EQ(run.saved[0].hits, run.result->hits);
}

TEST(StopAtOnce, SaysWhatHasNotBeenRecounted)
{
    Fleet fleet({cpu(1, 1e5), gpu(0)});
    StoppedRun run("gpu", 300000, MCPI_VERIFY_FULL);
    run.until([&] { return run.counted < 300000 ? 0 : MCPI_STOP_AT_ONCE; });
    EXPECT_EQ(run.status, MCPI_STOPPED);
    EXPECT_NE(std::string(run.error.message).find("darts have not been counted again"), std::string::npos)
        << run.error.message;
    EXPECT_FALSE(run.result->complete);
    EXPECT_LT(run.result->verify.darts, run.result->darts);
    EXPECT_EQ(run.result->verify.darts, run.result->devices[0].recounted_darts) << "none that is in hand";
    expect_whole_prefix(*run.result);
}

TEST(StopAtOnce, BeforeAnyDeviceIsReadyHasNoDarts)
{
    Behaviour hangs = gpu(0);
    hangs.open_hangs = true;
    Fleet fleet({hangs});
    StoppedRun run("gpu", 1000, MCPI_VERIFY_OFF);
    run.until(twice_once_one_hangs(fleet));
    EXPECT_EQ(run.status, MCPI_STOPPED);
    EXPECT_EQ(run.result->darts, 0U);
    EXPECT_TRUE(run.result->left_behind);
    EXPECT_FALSE(run.result->complete);
}

TEST(StopAtOnce, AfterTheTimeLimitIsNoCompleteRun)
{
    Behaviour hangs = gpu(4e6);
    hangs.hangs_at = 0;
    Fleet fleet({hangs});
    StoppedRun run("gpu", uint64_t{1} << 40, MCPI_VERIFY_OFF);
    run.options.time_limit_seconds = 0.01;
    int asked = 0; /* since it hangs, twenty times a second */
    run.until([&] { return fleet.hanging == 0 || ++asked < 3 ? 0 : MCPI_STOP_AT_ONCE; });
    EXPECT_EQ(run.status, MCPI_STOPPED);
    EXPECT_FALSE(run.result->complete);
}

/* Workers that wait for room among the slices to be recounted leave as well: the fleet waits for them. */
TEST(StopAtOnce, LeavesNoThreadWaitingForRecounts)
{
    Fleet fleet({cpu(2, 2e4), gpu(0), gpu(0)});
    StoppedRun run("all", uint64_t{1} << 40, MCPI_VERIFY_FULL);
    int asked = 0;
    run.until([&] { return ++asked < 4 ? 0 : ++asked < 6 ? MCPI_STOP : MCPI_STOP_AT_ONCE; });
    EXPECT_EQ(run.status, MCPI_STOPPED);
    EXPECT_FALSE(run.result->complete);
}

/* ---- stress ---- */

struct Stress {
    mcpi_stress_options options{};
    mcpi_status status = MCPI_OK;
    mcpi_stress_report *report = nullptr;
    mcpi_error error{};
    std::function<int()> when;

    explicit Stress(const char *devices)
    {
        options.run = MCPI_OPTIONS_DEFAULT;
        options.run.devices = devices;
        options.run.user = this;
        options.run.stop = [](void *user) { return static_cast<Stress *>(user)->when(); };
    }
    Stress(const Stress &) = delete;
    Stress &operator=(const Stress &) = delete;
    ~Stress()
    {
        mcpi_stress_report_free(report);
    }

    void until(std::function<int()> stop)
    {
        when = std::move(stop);
        status = mcpi_stress_run(&options, fake_backends, &report, &error);
        ASSERT_NE(report, nullptr) << error.message;
    }
};

TEST(StopAtOnce, EndsAStressTestWhileADeviceHangs)
{
    Behaviour hangs = gpu(4e6);
    hangs.hangs_at = 8;
    Fleet fleet({hangs, gpu(4e6)});
    Stress test("gpu");
    test.options.deadline_seconds = 1e6;
    test.until(twice_once_one_hangs(fleet));
    EXPECT_TRUE(test.report->hung);
    EXPECT_GT(test.report->rows[0].darts, 0U);
    EXPECT_STREQ(test.report->rows[0].failure, "");
}

TEST(StopAtOnce, NamesTheDevicesOfAnOpenDispute)
{
    Behaviour lies = gpu(4e6);
    lies.lies_at = 2;
    lies.hangs_at = 12;
    Fleet fleet({lies});
    Stress test("gpu");
    test.options.deadline_seconds = 1e6;
    test.until(twice_once_one_hangs(fleet));
    EXPECT_EQ(test.status, MCPI_MISMATCH);
    EXPECT_NE(std::string(test.report->rows[0].first_fault), "");
}

} // namespace
