/* The clock of a run, and runs whose process is stopped. The source of the clock is made up and jumps. */
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>
#include <vector>

#include "tests/core/fake_backend.h"
#include "tests/core/outcome.h"
#include "tests/core/worker_sums.h"

extern "C" {
#include "core/run_clock.h"
#include "engine/run.h"
#include "stress/run_test.h"
}

/* What all of the program takes for mcpi_seconds: the real time and what a test adds to it, or that alone. */
static std::atomic<double> jumped{0.0};
static std::atomic<bool> stands_still{false};

extern "C" double __real_mcpi_seconds(void);
extern "C" double __wrap_mcpi_seconds(void)
{
    return stands_still ? jumped.load() : __real_mcpi_seconds() + jumped;
}

static void stop_for(double seconds)
{
    jumped = jumped + seconds;
}

namespace
{

constexpr double pause_seconds = 22.0;

/* ---- the clock, over a time that stands still unless it is moved ---- */

std::atomic<double> made_up{1000.0};

struct Clock {
    mcpi_run_clock *clock;

    Clock() : clock(mcpi_run_clock_start([] { return made_up.load(); }))
    {
    }
    ~Clock()
    {
        mcpi_run_clock_stop(clock);
    }
    Clock(const Clock &) = delete;
    Clock &operator=(const Clock &) = delete;

    double move(double seconds)
    {
        made_up = made_up + seconds;
        return mcpi_run_clock_read(clock);
    }
};

TEST(RunClock, ShowsItsSourceWhileTheProcessRuns)
{
    Clock c;
    const double start = mcpi_run_clock_read(c.clock);
    for (int i = 1; i <= 40; i++)
        EXPECT_NEAR(c.move(0.25), start + 0.25 * i, 1e-9);
    EXPECT_EQ(mcpi_run_clock_paused(c.clock), 0.0);
}

TEST(RunClock, TakesOffAGapThatNoThreadHasSeen)
{
    Clock c;
    const double start = mcpi_run_clock_read(c.clock);
    EXPECT_NEAR(c.move(pause_seconds), start, 1e-9);
    EXPECT_NEAR(mcpi_run_clock_paused(c.clock), pause_seconds, 1e-9);
    EXPECT_NEAR(c.move(0.5), start + 0.5, 1e-9);
    EXPECT_NEAR(c.move(2.0), start + 0.5, 1e-9);
    EXPECT_NEAR(mcpi_run_clock_paused(c.clock), pause_seconds + 2.0, 1e-9);
}

TEST(RunClock, NoticesThePauseBeforeItReportsIt)
{
    Clock c;
    made_up = made_up + pause_seconds;
    EXPECT_NEAR(mcpi_run_clock_paused(c.clock), pause_seconds, 1e-9);
}

TEST(RunClock, StopsWithoutAClock)
{
    mcpi_run_clock_stop(nullptr);
}

/* ---- runs: a collect in which the process is stopped ---- */

void run(const mcpi_options &options, Outcome &outcome)
{
    mcpi_plan plan;
    outcome.status = mcpi_plan_make(&options, fake_backends, &plan, &outcome.error);
    if (outcome.status == MCPI_OK)
        outcome.status = mcpi_engine_run(&plan, &outcome.result, &outcome.error);
    mcpi_plan_free(&plan);
}

Behaviour stopped_in_a_collect(mcpi_device_kind kind, int nth)
{
    Behaviour behaviour;
    behaviour.kind = kind;
    behaviour.darts_per_second = 4e6;
    behaviour.in_collect_at = nth;
    behaviour.in_collect = [] { stop_for(pause_seconds); };
    return behaviour;
}

TEST(PausedRun, CountsNoTimeInWhichItWasStopped)
{
    Fleet fleet({stopped_in_a_collect(MCPI_CPU, 5)});
    Outcome outcome;
    mcpi_options options = MCPI_OPTIONS_DEFAULT;
    options.devices = "cpu";
    options.darts = 1000000;
    options.verify = MCPI_VERIFY_OFF;
    run(options, outcome);
    ASSERT_EQ(outcome.status, MCPI_OK) << outcome.error.message;
    const mcpi_result &r = *outcome.result;
    EXPECT_EQ(r.hits, 785850U);
    EXPECT_NEAR(r.paused_seconds, pause_seconds, 5.0);
    EXPECT_LT(r.counting_seconds, pause_seconds);
    EXPECT_LT(r.total_seconds, pause_seconds);
    EXPECT_LT(r.devices[0].busy_seconds, pause_seconds) << "the CPU's own clock went on";
    EXPECT_LT(r.devices[0].busy_share, 1.01);
    EXPECT_GT(r.devices[0].darts_per_second, 2.0 * 1000000 / pause_seconds);
}

TEST(PausedRun, TellsNoPartOfASetUpThatHadAPauseInIt)
{
    Behaviour gpu;
    gpu.at_open = [] { stop_for(pause_seconds); };
    Fleet fleet({gpu});
    Outcome outcome;
    mcpi_options options = MCPI_OPTIONS_DEFAULT;
    options.devices = "gpu";
    options.darts = 1000;
    options.verify = MCPI_VERIFY_OFF;
    run(options, outcome);
    ASSERT_EQ(outcome.status, MCPI_OK) << outcome.error.message;
    EXPECT_LT(outcome.result->devices[0].setup_seconds, pause_seconds);
    EXPECT_EQ(outcome.result->devices[0].startup.module, 0.0) << "the fake says 0.25";
    EXPECT_NEAR(outcome.result->paused_seconds, pause_seconds, 5.0);
}

TEST(PausedRun, DoesNotLoseItsTimeToThePause)
{
    Fleet fleet({stopped_in_a_collect(MCPI_CPU, 2)});
    Outcome outcome;
    mcpi_options options = MCPI_OPTIONS_DEFAULT;
    options.devices = "cpu";
    options.darts = uint64_t{1} << 40;
    options.time_limit_seconds = 0.5;
    options.verify = MCPI_VERIFY_OFF;
    run(options, outcome);
    ASSERT_EQ(outcome.status, MCPI_OK) << outcome.error.message;
    EXPECT_GT(fleet.records[0].collected, 3) << "it ended with the pause";
    EXPECT_NEAR(outcome.result->paused_seconds, pause_seconds, 5.0);
}

TEST(PausedRun, IsSavedAtItsIntervalsOfRunningTime)
{
    Fleet fleet({stopped_in_a_collect(MCPI_CPU, 2)});
    Outcome outcome;
    int saves = 0;
    mcpi_options options = MCPI_OPTIONS_DEFAULT;
    options.devices = "cpu";
    options.darts = 1000000;
    options.verify = MCPI_VERIFY_OFF;
    options.save_seconds = pause_seconds / 2;
    options.user = &saves;
    options.save = [](void *user, const mcpi_state *) { ++*static_cast<int *>(user); };
    run(options, outcome);
    EXPECT_EQ(saves, 1) << "only the last one: it has not run for that long";
}

/* ---- a run whose time stands still unless its only device moves it ---- */

TEST(RunTimes, KnowHowLongADeviceWasBusy)
{
    for (const double share : {0.125, 0.75, 1.0}) {
        const double rate = 1e6;
        Behaviour device;
        device.slice_darts = 4096;
        device.kernels[0].claimed_rate = rate;
        device.at_open = [] { jumped = jumped + 0.0625; };
        device.before_collect = [=](const mcpi_job &job) { jumped = jumped + job.darts / rate / share; };
        Fleet fleet({device});
        Outcome outcome;
        mcpi_options options = MCPI_OPTIONS_DEFAULT;
        options.devices = "gpu";
        options.darts = 300000;
        options.verify = MCPI_VERIFY_OFF;
        stands_still = true;
        run(options, outcome);
        stands_still = false;
        ASSERT_EQ(outcome.status, MCPI_OK) << outcome.error.message;
        const mcpi_device_result &result = outcome.result->devices[0];
        EXPECT_NEAR(result.setup_seconds, 0.0625, 1e-9);
        EXPECT_NEAR(result.busy_seconds, 0.3, 1e-9);
        EXPECT_NEAR(result.busy_share, share, 1e-9) << "without the time before it was open";
        EXPECT_NEAR(outcome.result->counting_seconds, 0.3 / share, 1e-9);
    }
}

/* The workers of a CPU share the time in which it runs them: the worker that takes a range takes all of it. */
TEST(RunTimes, OfAllWorkersTogetherAgreeWithTheRun)
{
    const double rate = 1e6;
    std::mutex lock;
    std::once_flag opened;
    Behaviour cpu;
    cpu.kind = MCPI_CPU;
    cpu.runs = 0.25;
    cpu.at_open = [&] { std::call_once(opened, [] { stop_for(0.0625); }); };
    cpu.kernels[0].claimed_rate = rate;
    cpu.before_collect = [&](const mcpi_job &job) {
        const std::lock_guard<std::mutex> guard(lock);
        stop_for(job.darts / rate);
    };
    Fleet fleet({cpu});
    Outcome outcome;
    mcpi_options options = MCPI_OPTIONS_DEFAULT;
    options.devices = "cpu";
    options.darts = 300000;
    options.threads = 4;
    stands_still = true;
    run(options, outcome);
    stands_still = false;
    ASSERT_EQ(outcome.status, MCPI_OK) << outcome.error.message;
    const mcpi_device_result &device = outcome.result->devices[0];
    EXPECT_NEAR(outcome.result->counting_seconds, 0.3, 1e-9);
    EXPECT_NEAR(device.busy_seconds, 0.25 * 0.3, 1e-9) << "it ran something else for the rest";
    EXPECT_NEAR(device.busy_share, 0.25 / 4, 1e-9) << "of four workers, with or without a range";
    EXPECT_NEAR(device.darts_per_second, rate, 1e-3);
    EXPECT_NEAR(device.kernels[0].darts_per_second * device.busy_share, rate, 1e-3);
    expect_worker_sums(*outcome.result);
}

/* The size of a range follows from the time that ranges take, not from the time for which a CPU works on them. */
TEST(RunTimes, DecideHowLargeRangesAre)
{
    uint64_t largest[2] = {0, 0};
    const double runs[2] = {0.001, 1.0};
    for (int i = 0; i < 2; i++) {
        Behaviour cpu;
        cpu.kind = MCPI_CPU;
        cpu.runs = runs[i];
        cpu.kernels[0].claimed_rate = 1e7;
        cpu.before_collect = [&](const mcpi_job &job) { largest[i] = std::max(largest[i], job.darts); };
        Fleet fleet({cpu});
        Outcome outcome;
        mcpi_options options = MCPI_OPTIONS_DEFAULT;
        options.devices = "cpu";
        options.darts = 3000000;
        options.threads = 1;
        run(options, outcome);
        ASSERT_EQ(outcome.status, MCPI_OK) << outcome.error.message;
    }
    EXPECT_EQ(largest[0], largest[1]);
}

/* ---- recounts of a run of a tenth of a second: a slice takes a worker a millisecond, so 50 fit into 50 ms ---- */

struct ShortRun {
    std::mutex lock;
    uint64_t counted = 0;           /* darts, under the lock of the run */
    std::atomic<bool> waits{false}; /* recounters wait until all darts have been counted */
    std::vector<mcpi_job> recounted;
    Outcome outcome;

    ShortRun(int gpus, unsigned recounters, bool recounters_wait) : waits(recounters_wait)
    {
        Behaviour cpu;
        cpu.kind = MCPI_CPU;
        cpu.units = recounters;
        cpu.kernels[0].claimed_rate = 1024 / 0.001;
        cpu.before_collect = [this](const mcpi_job &job) {
            while (waits)
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            const std::lock_guard<std::mutex> guard(lock);
            recounted.push_back(job);
        };
        std::vector<Behaviour> behaviours(gpus + 1, cpu);
        std::atomic<int> begun{0};
        std::once_flag opened;
        for (int i = 1; i <= gpus; i++) {
            behaviours[i] = Behaviour();
            behaviours[i].slice_darts = 1024;
            behaviours[i].kernels[0].claimed_rate = 1e7 / gpus;
            behaviours[i].at_open = [&] { std::call_once(opened, [] { stop_for(0.0625); }); };
            behaviours[i].in_collect_at = 0; /* no GPU has a range counted before all have taken one */
            behaviours[i].in_collect = [&] {
                for (begun++; begun < gpus;)
                    std::this_thread::sleep_for(std::chrono::milliseconds(1));
            };
            behaviours[i].before_collect = [this](const mcpi_job &job) {
                const std::lock_guard<std::mutex> guard(lock);
                stop_for(job.darts / 1e7);
            };
        }
        Fleet fleet(behaviours);
        mcpi_options options = MCPI_OPTIONS_DEFAULT;
        options.devices = "gpu";
        options.darts = 1000000;
        options.user = this;
        options.event = [](void *user, const mcpi_event *event) {
            auto *const self = static_cast<ShortRun *>(user);
            self->counted += event->kind == MCPI_EVENT_COUNTED ? event->darts : 0;
            self->waits = self->waits && self->counted < 1000000;
        };
        stands_still = true;
        run(options, outcome);
        stands_still = false;
        EXPECT_EQ(outcome.status, MCPI_OK) << outcome.error.message;
        EXPECT_EQ(outcome.result->hits, 785850U);
        EXPECT_NEAR(outcome.result->counting_seconds, 0.1, 1e-9);
    }
};

TEST(ShortRuns, RecountAsManySlicesAsTheTimeAllows)
{
    ShortRun run(1, 1, false);
    EXPECT_GE(run.outcome.result->verify.slices, 48U);
    EXPECT_LE(run.outcome.result->verify.slices, 50U);
    EXPECT_EQ(run.outcome.result->devices[0].recounted_slices, run.outcome.result->verify.slices);
    uint64_t of_quarter[4] = {0, 0, 0, 0};
    std::set<uint64_t> slices;
    for (const mcpi_job &job : run.recounted) {
        of_quarter[job.first / 250000]++;
        slices.insert(job.first);
    }
    EXPECT_EQ(slices.size(), run.recounted.size()) << "none is recounted twice";
    for (const uint64_t count : of_quarter)
        EXPECT_GE(count, 2U) << "they represent the whole run";
}

TEST(ShortRuns, RecountEachOfEightGpus)
{
    const ShortRun run(8, 2, true);
    EXPECT_GE(run.outcome.result->verify.slices, 96U);
    EXPECT_LE(run.outcome.result->verify.darts, 112U * 1024)
        << "first slices of a GPU, or of a recounter, need no time left";
    for (size_t i = 0; i < 8; i++) {
        const mcpi_device_result &device = run.outcome.result->devices[i];
        EXPECT_GE(device.recounted_slices, std::min<uint64_t>(device.darts / 2048, 6)) << device.device.id;
        EXPECT_LE(device.recounted_slices, 25U) << device.device.id;
    }
}

/* ---- stress tests ---- */

TEST(PausedStress, BlamesNoDevice)
{
    for (const mcpi_device_kind kind : {MCPI_CPU, MCPI_GPU}) {
        Fleet fleet({stopped_in_a_collect(kind, 5)});
        mcpi_stress_options options{};
        mcpi_stress_report *report = nullptr;
        mcpi_error error{};
        options.run = MCPI_OPTIONS_DEFAULT;
        options.run.devices = kind == MCPI_CPU ? "cpu" : "gpu";
        options.run.time_limit_seconds = 1.0;
        options.deadline_seconds = 2.0;
        EXPECT_EQ(mcpi_stress_run(&options, fake_backends, &report, &error), MCPI_OK) << error.message;
        ASSERT_NE(report, nullptr);
        EXPECT_STREQ(report->rows[0].failure, "");
        EXPECT_NEAR(report->paused_seconds, pause_seconds, 5.0);
        EXPECT_GE(report->seconds, 1.0) << "it ended with the pause";
        EXPECT_LT(report->seconds, pause_seconds);
        mcpi_stress_report_free(report);
    }
}

TEST(PausedStress, GivesADeviceUpThatHangsAllTheSame)
{
    Behaviour hangs = stopped_in_a_collect(MCPI_GPU, 3);
    hangs.hangs_at = 5;
    Fleet fleet({hangs});
    mcpi_stress_options options{};
    mcpi_stress_report *report = nullptr;
    mcpi_error error{};
    options.run = MCPI_OPTIONS_DEFAULT;
    options.run.devices = "gpu";
    options.run.time_limit_seconds = 20.0;
    options.deadline_seconds = 0.25;
    EXPECT_EQ(mcpi_stress_run(&options, fake_backends, &report, &error), MCPI_DEVICE_FAILED);
    ASSERT_NE(report, nullptr);
    EXPECT_NE(std::string(report->rows[0].failure).find("does not answer"), std::string::npos);
    mcpi_stress_report_free(report);
}

} // namespace
