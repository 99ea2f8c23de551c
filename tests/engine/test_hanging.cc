/* Devices whose driver does not come back, from whatever call: the run ends without them, and names them. */
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "tests/core/skipping_clock.h"
#include "tests/engine/usual_devices.h"

extern "C" {
#include "engine/run.h"
#include "engine/watchdog.h"
}

namespace
{

constexpr uint64_t darts = 1000000;
constexpr uint64_t golden_hits = 785850; /* golden.tsv: seed 0, stream 0, darts [0, 1000000) */
constexpr double short_limit = 20.0;
constexpr double long_limit = 60.0;

/* One run of the fleet. */
struct HangingRun {
    mcpi_options options = MCPI_OPTIONS_DEFAULT;
    mcpi_status status = MCPI_OK;
    mcpi_result *result = nullptr;
    mcpi_error error{};
    SkippingClock *clock = nullptr;
    std::function<int()> stop = [] { return 0; };
    size_t teams_left_to_free = 0;

    HangingRun(const char *devices, mcpi_verify verify = MCPI_VERIFY_OFF)
    {
        options.devices = devices;
        options.darts = darts;
        options.verify = verify;
        options.user = this;
        options.stop = [](void *user) { return static_cast<HangingRun *>(user)->stop(); };
        options.progress = [](void *user, const mcpi_progress *) {
            SkippingClock *const skips = static_cast<HangingRun *>(user)->clock;
            if (skips)
                skips->look();
        };
    }
    HangingRun(const HangingRun &) = delete;
    HangingRun &operator=(const HangingRun &) = delete;
    ~HangingRun()
    {
        mcpi_result_free(result);
    }

    void go(SkippingClock *skips)
    {
        clock = skips;
        mcpi_plan plan;
        ASSERT_EQ(mcpi_plan_make(&options, fake_backends, &plan, &error), MCPI_OK) << error.message;
        plan.seconds = SkippingClock::read;
        status = mcpi_engine_run(&plan, &result, &error);
        teams_left_to_free = plan.team_count;
        mcpi_plan_free(&plan);
        ASSERT_NE(result, nullptr) << error.message;
    }

    void expect_golden() const
    {
        EXPECT_EQ(status, MCPI_OK) << error.message;
        EXPECT_TRUE(result->complete);
        EXPECT_EQ(result->darts, darts);
        EXPECT_EQ(result->hits, golden_hits);
    }

    void expect_hung(const std::string &what) const
    {
        const std::string failure = result->devices[0].failure;
        const std::string begin = result->devices[0].device.id + std::string(" (Fake 0) does not answer: ") + what;
        EXPECT_EQ(failure.substr(0, begin.size()), begin);
        EXPECT_NE(failure.find(" s so far"), std::string::npos) << failure;
        EXPECT_TRUE(result->devices[0].hung);
        EXPECT_TRUE(result->left_behind);
        EXPECT_EQ(teams_left_to_free, 0U) << "the thread still needs the plan";
    }
};

/* How a device hangs, and what is said of it. */
struct Hang {
    const char *name;
    void (*set)(Behaviour &);
    double limit;
    const char *what;
    bool holds_darts; /* that others have to count, so they stay */
};

const char *const in_open = "opening it has taken";
const char *const in_call = "a call of its driver has taken";

const Hang hangs[] = {
    {"Open", [](Behaviour &device) { device.open_hangs = true; }, long_limit, in_open, false},
    {"Select", [](Behaviour &device) { device.select_hangs_at = 1; }, long_limit, in_call, true},
    {"Submit", [](Behaviour &device) { device.submit_hangs_at = 1; }, short_limit, in_call, true},
    {"Collect", [](Behaviour &device) { device.hangs_at = 1; }, short_limit, in_call, true},
    {"Close", [](Behaviour &device) { device.close_hangs = true; }, long_limit, in_call, false},
};

class Hanging : public testing::TestWithParam<Hang>
{
  protected:
    static Behaviour device()
    {
        Behaviour behaviour = gpu(4e6);
        GetParam().set(behaviour);
        return behaviour;
    }
    static bool hangs_in_close()
    {
        return GetParam().name == std::string("Close");
    }
};

TEST_P(Hanging, OthersCountAllOfIt)
{
    Fleet fleet({device(), gpu(4e6)});
    SkippingClock clock(fleet, GetParam().limit, !GetParam().holds_darts);
    HangingRun run("gpu");
    run.go(&clock);
    run.expect_golden();
    run.expect_hung(GetParam().what);
    ASSERT_EQ(run.result->device_count, 2U);
    EXPECT_STREQ(run.result->devices[1].failure, "");
    EXPECT_FALSE(run.result->devices[1].hung);
}

TEST_P(Hanging, AloneItFailsTheRunThatItHasNotFinished)
{
    Fleet fleet({device()});
    SkippingClock clock(fleet, GetParam().limit, false);
    HangingRun run("gpu");
    run.go(&clock);
    run.expect_hung(GetParam().what);
    if (hangs_in_close()) {
        run.expect_golden();
        return;
    }
    EXPECT_EQ(run.status, MCPI_TIMED_OUT);
    EXPECT_EQ(std::string(run.error.message).find("no worker is left to count: gpu:0 (Fake 0) does not answer"), 0U)
        << run.error.message;
    EXPECT_FALSE(run.result->complete);
    EXPECT_EQ(run.result->hits, count_by_definition({0, 0, 0, run.result->darts}));
}

TEST_P(Hanging, ARequestToStopDoesNotWaitForItAtOnce)
{
    Fleet fleet({device(), gpu(4e6)});
    HangingRun run("gpu");
    run.options.darts = uint64_t{1} << 40;
    bool asked = false; /* so that it hangs in a close */
    run.stop = [&]() -> int {
        if (!asked && (fleet.hanging > 0 || hangs_in_close())) {
            asked = true;
            return MCPI_STOP;
        }
        return fleet.hanging > 0 && asked ? MCPI_STOP_AT_ONCE : 0;
    };
    run.go(nullptr);
    EXPECT_EQ(run.status, MCPI_STOPPED);
    EXPECT_TRUE(run.result->left_behind);
    EXPECT_STREQ(run.result->devices[0].failure, "");
    EXPECT_EQ(run.result->hits, count_by_definition({0, 0, 0, run.result->darts}));
}

INSTANTIATE_TEST_SUITE_P(Calls, Hanging, testing::ValuesIn(hangs),
                         [](const testing::TestParamInfo<Hang> &hang) { return hang.param.name; });

TEST(HangingInOpen, DoesNotHoldUpARunThatIsToStop)
{
    Behaviour hanging = gpu(4e6);
    hanging.open_hangs = true;
    Fleet fleet({hanging, gpu(4e6)});
    HangingRun run("gpu");
    run.options.darts = uint64_t{1} << 40;
    run.stop = [&] { return fleet.hanging > 0 && fleet.records[1].collected > 2 ? MCPI_STOP : 0; };
    run.go(nullptr);
    EXPECT_EQ(run.status, MCPI_STOPPED);
    EXPECT_STREQ(run.error.message, "stopped on request");
    EXPECT_TRUE(run.result->left_behind);
    EXPECT_GT(run.result->darts, 0U);
    EXPECT_EQ(run.result->hits, count_by_definition({0, 0, 0, run.result->darts}));
}

TEST(HangingInCollect, AllWorkersOfTheDeviceAreGivenUp)
{
    Behaviour hanging = gpu(4e6);
    hanging.hangs_at = 3;
    Fleet fleet({hanging, gpu(4e6)});
    SkippingClock clock(fleet, short_limit, false);
    HangingRun run("gpu:0,0,0,1");
    run.go(&clock);
    run.expect_golden();
    run.expect_hung("a call of its driver has taken");
    EXPECT_EQ(fleet.records[0].abandoned, fleet.records[0].opened - 1) << "but for the one that hangs";
    EXPECT_EQ(fleet.records[1].abandoned, 0);
}

TEST(HangingInCollect, OfOneThatRecountsLeavesTheOtherOneTheSlice)
{
    Behaviour hanging = cpu(2);
    hanging.hangs_at = 5;
    Fleet fleet({hanging, gpu(0)});
    SkippingClock clock(fleet, long_limit, false);
    HangingRun run("gpu", MCPI_VERIFY_FULL);
    run.go(&clock);
    EXPECT_EQ(run.result->darts, darts);
    EXPECT_EQ(run.result->hits, golden_hits);
    EXPECT_TRUE(run.result->left_behind);
}

/* The lock must be free while a worker is closed, or nobody would notice. */
TEST(HangingInClose, OfOneThatFailedToRecountHoldsUpNoOne)
{
    Behaviour broken = cpu(1);
    broken.collect_fails_at = 3;
    broken.close_hangs = true;
    Fleet fleet({broken, gpu(0)});
    SkippingClock clock(fleet, long_limit, true);
    HangingRun run("gpu", MCPI_VERIFY_FULL);
    run.go(&clock);
    EXPECT_EQ(run.status, MCPI_TIMED_OUT);
    EXPECT_FALSE(run.result->complete);
    EXPECT_EQ(run.result->darts, darts);
    EXPECT_EQ(run.result->hits, golden_hits);
    EXPECT_TRUE(run.result->left_behind);
}

TEST(Watchdog, GivesEachCallItsTime)
{
    mcpi_lanes group{};
    group.deadline_seconds = 3;
    mcpi_device device{};
    device.kind = MCPI_GPU;
    mcpi_lane lane{};
    lane.group = &group;
    lane.device = &device;
    const auto limit = [&](mcpi_call call) {
        lane.call = call;
        return mcpi_call_limit(&lane);
    };
    EXPECT_TRUE(std::isinf(limit(MCPI_NO_CALL)));
    EXPECT_EQ(limit(MCPI_OPEN), 18.0);
    EXPECT_EQ(limit(MCPI_SELECT), 18.0);
    EXPECT_EQ(limit(MCPI_SUBMIT), 6.0);
    EXPECT_EQ(limit(MCPI_COLLECT), 6.0);
    EXPECT_EQ(limit(MCPI_CLOSE), 18.0);
    device.kind = MCPI_CPU;
    EXPECT_EQ(limit(MCPI_COLLECT), 18.0);
}

} // namespace
