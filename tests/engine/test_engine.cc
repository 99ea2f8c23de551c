/* The engine over backends that are slow, uneven, failing and lying: one seed and one N give one integer. */
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "tests/core/expect_parts.h"
#include "tests/core/outcome.h"
#include "tests/core/worker_sums.h"
#include "tests/engine/usual_devices.h"

extern "C" {
#include "core/milestones.h"
#include "core/slices.h"
#include "engine/kernel_trial.h"
#include "engine/run.h"
}

namespace
{

constexpr uint64_t darts = 1000000;
constexpr uint64_t golden_hits = 785850; /* golden.tsv: seed 0, stream 0, darts [0, 1000000) */

mcpi_options options_for(const char *devices, mcpi_verify verify = MCPI_VERIFY_OFF)
{
    mcpi_options options = MCPI_OPTIONS_DEFAULT;
    options.devices = devices;
    options.darts = darts;
    options.verify = verify;
    return options;
}

void run(const mcpi_options &options, Outcome &outcome)
{
    mcpi_plan plan;
    outcome.status = mcpi_plan_make(&options, fake_backends, &plan, &outcome.error);
    if (outcome.status == MCPI_OK) {
        outcome.status = mcpi_engine_run(&plan, &outcome.result, &outcome.error);
        mcpi_plan_free(&plan);
    }
}

void expect_golden(const Outcome &outcome)
{
    ASSERT_EQ(outcome.status, MCPI_OK) << outcome.error.message;
    EXPECT_TRUE(outcome.result->complete);
    EXPECT_EQ(outcome.result->darts, darts);
    EXPECT_EQ(outcome.result->hits, golden_hits);
}

void wait_until(const std::function<bool()> &happened)
{
    while (!happened())
        std::this_thread::sleep_for(std::chrono::microseconds(200));
}

/* GPUs of these rates, with a made-up clock: their collects come back in the order in which they would end on it. */
class Race
{
  public:
    Race(const std::vector<double> &rates, uint64_t all_darts)
        : fleet_(std::vector<Behaviour>(rates.size(), gpu())), all_darts_(all_darts), runners_(rates.size())
    {
        for (size_t i = 0; i < rates.size(); i++) {
            fleet_.behaviours[i].kernels[0].claimed_rate = rates[i];
            fleet_.behaviours[i].before_collect = [=](const mcpi_job &job) { collect(i, job.darts / rates[i]); };
        }
    }
    double first_end() const
    {
        return std::min_element(runners_.begin(), runners_.end(), ends_before)->end;
    }
    double last_end() const
    {
        return std::max_element(runners_.begin(), runners_.end(), ends_before)->end;
    }

  private:
    struct Runner {
        bool collects = false;
        double end = 0; /* of the range that it collects, or has collected */
    };

    static bool ends_before(const Runner &a, const Runner &b)
    {
        return a.end < b.end;
    }

    /* Once all darts are handed out, the order changes nothing. */
    bool may_return(size_t i)
    {
        uint64_t submitted = 0;
        for (const Record &record : fleet_.records)
            submitted += record.submitted_darts;
        const std::lock_guard<std::mutex> guard(lock_);
        return submitted == all_darts_ || std::all_of(runners_.begin(), runners_.end(), [&](const Runner &other) {
                   return other.collects && !ends_before(other, runners_[i]);
               });
    }

    void collect(size_t i, double seconds)
    {
        change(i, true, seconds);
        wait_until([&] { return may_return(i); });
        change(i, false, 0);
    }

    void change(size_t i, bool collects, double seconds)
    {
        const std::lock_guard<std::mutex> guard(lock_);
        runners_[i].collects = collects;
        runners_[i].end += seconds;
    }

    Fleet fleet_;
    const uint64_t all_darts_;
    std::mutex lock_;
    std::vector<Runner> runners_;
};

void expect_all_closed(const Fleet &fleet)
{
    for (const Record &record : fleet.records)
        EXPECT_EQ(record.opened, record.closed);
}

TEST(Engine, CountsTheSameOnAnyNumberOfThreads)
{
    for (const unsigned threads : {1U, 2U, 3U, 7U}) {
        Fleet fleet({cpu(threads)});
        Outcome outcome;
        run(options_for("cpu"), outcome);
        expect_golden(outcome);
        ASSERT_EQ(outcome.result->device_count, 1U);
        EXPECT_EQ(outcome.result->devices[0].speedup_vs_cpu, 1.0);
        EXPECT_EQ(outcome.result->devices[0].workers, threads);
        EXPECT_EQ(outcome.result->devices[0].darts, darts);
        EXPECT_EQ(outcome.result->devices[0].hits, golden_hits);
        EXPECT_EQ(fleet.records[0].opened, static_cast<int>(threads));
        EXPECT_EQ(outcome.result->worker_count, threads);
        EXPECT_EQ(outcome.result->devices[0].per_worker[threads - 1].pid, 0);
        expect_worker_sums(*outcome.result);
        expect_all_closed(fleet);
    }
}

TEST(Engine, OpensEachWorkerForItsPlace)
{
    Fleet fleet({cpu(3), gpu()});
    Outcome outcome;
    mcpi_options options = options_for("all", MCPI_VERIFY_ON);
    options.pin = MCPI_PIN_THREADS;
    run(options, outcome);
    expect_golden(outcome);
    using Places = std::vector<std::vector<int>>;
    Places cpus = fleet.records[0].places;
    std::sort(cpus.begin(), cpus.end());
    EXPECT_EQ(cpus, (Places{{0}, {1}, {2}})) << "one counts, and recounts";
    EXPECT_EQ(fleet.records[1].places, (Places{{40, 41}}));
}

/* The slow devices begin before the fast one has counted anything, and end after it has counted most. */
TEST(Engine, CountsTheSameOnUnevenDevicesTogether)
{
    std::atomic<uint64_t> counted{0};
    Fleet fleet({cpu(2), gpu(), gpu()});
    const auto wait_for_the_fast_one = [&](const mcpi_job &) { wait_until([&] { return counted > darts / 10 * 8; }); };
    fleet.behaviours[0].before_collect = fleet.behaviours[1].before_collect = wait_for_the_fast_one;
    fleet.behaviours[2].before_collect = [&](const mcpi_job &job) {
        wait_until([&] { return fleet.records[0].submitted > 0 && fleet.records[1].submitted > 0; });
        counted += job.darts;
    };
    Outcome outcome;
    run(options_for("all"), outcome);
    expect_golden(outcome);
    ASSERT_EQ(outcome.result->device_count, 3U);
    uint64_t sum = 0;
    for (size_t i = 0; i < 3; i++) {
        EXPECT_GT(outcome.result->devices[i].darts, 0U);
        sum += outcome.result->devices[i].hits;
    }
    EXPECT_EQ(sum, golden_hits);
    EXPECT_GT(outcome.result->devices[2].darts, 2 * outcome.result->devices[1].darts);
}

/* Static halves of 1000000 darts would take the slow one 0.5 s. */
TEST(Engine, UnevenWorkersFinishTogether)
{
    Race race({1e6, 4e6}, darts);
    Outcome outcome;
    run(options_for("gpu"), outcome);
    expect_golden(outcome);
    EXPECT_LT(race.last_end(), 1.05 * darts / 5e6);
}

TEST(Engine, HandsOutEveryDartOnceAndInEvenRanges)
{
    Fleet fleet({cpu(3), gpu()});
    mcpi_options options = options_for("all");
    options.first = 7;
    options.darts = 300001;
    Outcome outcome;
    run(options, outcome);
    ASSERT_EQ(outcome.status, MCPI_OK);
    EXPECT_EQ(outcome.result->hits, count_by_definition({0, 0, 7, 300001}));
    uint64_t total = 0;
    for (Record &record : fleet.records) {
        for (const mcpi_job &job : record.jobs) {
            total += job.darts;
            EXPECT_TRUE(job.first == 7 || job.first % 2 == 0);
        }
    }
    EXPECT_EQ(total, 300001U);
}

TEST(Engine, KeepsTwoLaunchesInFlight)
{
    Fleet fleet({gpu()});
    Outcome outcome;
    run(options_for("gpu"), outcome);
    expect_golden(outcome);
    EXPECT_EQ(fleet.records[0].most_in_flight, 2);
}

TEST(Engine, CountsNoDarts)
{
    Fleet fleet({cpu(2)});
    mcpi_options options = options_for("cpu");
    options.darts = 0;
    Outcome outcome;
    run(options, outcome);
    ASSERT_EQ(outcome.status, MCPI_OK);
    EXPECT_TRUE(outcome.result->complete);
    EXPECT_EQ(outcome.result->darts, 0U);
    EXPECT_TRUE(std::isnan(outcome.result->estimate.pi));
}

/* None is open before the others have begun to. */
TEST(Engine, OpensDevicesAtTheSameTimeAndSaysWhatThatTook)
{
    std::atomic<int> opening{0};
    Behaviour device = gpu();
    device.open_seconds = 0.02;
    device.at_open = [&] {
        opening++;
        wait_until([&] { return opening == 3; });
    };
    Fleet fleet({device, device, device});
    Outcome outcome;
    run(options_for("gpu"), outcome);
    expect_golden(outcome);
    for (size_t i = 0; i < 3; i++) {
        const mcpi_device_result &result = outcome.result->devices[i];
        EXPECT_GE(result.setup_seconds, 0.02);
        EXPECT_EQ(result.startup.context, 0.02);
        EXPECT_EQ(result.startup.module, 0.25);
        EXPECT_EQ(result.startup.memory, 0.5);
        EXPECT_GE(result.startup.driver, 0.0);
    }
}

/* Four workers, one of them half as fast: at the end none waits for another for a hundredth of the run. */
TEST(Engine, NobodyWaitsLongAtTheEnd)
{
    mcpi_options options = options_for("gpu");
    options.darts = 5000000;
    Race race({1e6, 0.5e6, 1e6, 1e6}, options.darts);
    Outcome outcome;
    run(options, outcome);
    ASSERT_EQ(outcome.status, MCPI_OK) << outcome.error.message;
    EXPECT_EQ(outcome.result->hits, count_by_definition({0, 0, 0, options.darts}));
    EXPECT_GT(race.first_end(), 0.99 * race.last_end());
}

TEST(Engine, TellsProfilersOnceWhenGpusBeginAndEnd)
{
    for (const char *devices : {"gpu", "all", "gpu:1"}) {
        Behaviour failing = gpu();
        failing.collect_fails_at = 1;
        Behaviour cores = cpu(2);
        cores.darts_per_second = 1e6; /* so that there is something left when the GPUs begin */
        Fleet fleet({cores, gpu(), failing});
        mcpi_options options = options_for(devices);
        options.profile = 1;
        Outcome outcome;
        run(options, outcome);
        expect_golden(outcome);
        EXPECT_EQ(fleet.profiled, (std::vector<bool>{true, false})) << devices;
        Outcome without;
        run(options_for(devices), without);
        EXPECT_EQ(fleet.profiled.size(), 2U);
    }
}

/* ---- failures ---- */

TEST(EngineFailure, OthersFinishTheRangesOfAWorkerThatFails)
{
    for (const int k : {0, 1, 5}) {
        for (const bool at_submit : {false, true}) {
            Behaviour failing = gpu();
            failing.darts_per_second = 1e7;
            (at_submit ? failing.submit_fails_at : failing.collect_fails_at) = k;
            Behaviour sound = gpu();
            sound.darts_per_second = 1e7;
            Fleet fleet({failing, sound});
            Outcome outcome;
            run(options_for("gpu"), outcome);
            expect_golden(outcome);
            EXPECT_STRNE(outcome.result->devices[0].failure, "");
            EXPECT_STREQ(outcome.result->devices[1].failure, "");
            EXPECT_EQ(outcome.result->devices[0].hits + outcome.result->devices[1].hits, golden_hits);
            expect_all_closed(fleet);
        }
    }
}

/* A worker that has nothing to do with the range that hangs must not wait for the device when it is closed. */
TEST(EngineFailure, AllWorkersOfADeviceThatHangsAbandonIt)
{
    Behaviour hanging = gpu();
    hanging.collect_fails_at = 3;
    hanging.darts_per_second = 1e7;
    Behaviour sound = gpu();
    sound.darts_per_second = 1e7;
    Fleet fleet({hanging, sound});
    Outcome outcome;
    run(options_for("gpu:0,0,0,1"), outcome);
    expect_golden(outcome);
    EXPECT_EQ(fleet.records[0].abandoned, fleet.records[0].opened);
    EXPECT_GT(fleet.records[0].abandoned, 0);
    EXPECT_EQ(fleet.records[1].abandoned, 0);
    expect_all_closed(fleet);
}

/* Its device works on with the others. Which of them fails depends on the order of the threads. */
TEST(EngineFailure, ALostWorkerIsNamedInItsRow)
{
    Behaviour cores = cpu(3);
    cores.dies_at = 0;
    Fleet fleet({cores});
    Outcome outcome;
    run(options_for("cpu"), outcome);
    expect_golden(outcome);
    expect_worker_sums(*outcome.result);
    const mcpi_device_result &device = outcome.result->devices[0];
    ASSERT_EQ(device.workers, 3U);
    std::vector<std::string> failures;
    for (unsigned number = 0; number < device.workers; number++)
        if (device.per_worker[number].failure[0])
            failures.emplace_back(device.per_worker[number].failure);
    EXPECT_EQ(failures, (std::vector<std::string>{"cpu (Fake 0): a worker's thread has ended"}));
    EXPECT_EQ(device.failure, failures.at(0));
}

/* A device that counted wrong has workers that counted nothing, and the workers that only recount have no rows. */
TEST(EngineVerify, WorkersOfADeviceThatCountedWrongCountedNothing)
{
    Behaviour wrong = gpu();
    wrong.kernels[0].lies = true;
    Fleet fleet({cpu(2), wrong, gpu()});
    Outcome outcome;
    run(options_for("gpu:1,1,2", MCPI_VERIFY_FULL), outcome);
    EXPECT_EQ(outcome.status, MCPI_MISMATCH);
    EXPECT_EQ(outcome.result->hits, golden_hits);
    ASSERT_EQ(outcome.result->device_count, 2U);
    EXPECT_EQ(outcome.result->worker_count, 3U);
    expect_worker_sums(*outcome.result);
    for (unsigned number = 0; number < 2; number++)
        EXPECT_EQ(outcome.result->devices[0].per_worker[number].darts, 0U);
    EXPECT_EQ(outcome.result->devices[1].per_worker[0].darts, darts);
    EXPECT_EQ(outcome.result->devices[1].per_worker[0].hits, golden_hits);
}

TEST(EngineFailure, ADeviceThatDoesNotOpenIsDropped)
{
    Behaviour broken = gpu();
    broken.open_fails = true;
    Fleet fleet({broken, gpu()});
    Outcome outcome;
    run(options_for("gpu"), outcome);
    expect_golden(outcome);
    EXPECT_STREQ(outcome.result->devices[0].failure, "gpu:0: would not open");
    EXPECT_EQ(outcome.result->devices[0].darts, 0U);
}

TEST(EngineFailure, WithoutAnyWorkerLeftTheRunFailsWithTheCauseAndThePrefix)
{
    Behaviour failing = gpu();
    failing.collect_fails_at = 2;
    Fleet fleet({failing});
    Outcome outcome;
    run(options_for("gpu"), outcome);
    EXPECT_EQ(outcome.status, MCPI_TIMED_OUT);
    EXPECT_NE(std::string(outcome.error.message).find("collect failed on purpose"), std::string::npos);
    ASSERT_NE(outcome.result, nullptr);
    EXPECT_FALSE(outcome.result->complete);
    EXPECT_GT(outcome.result->darts, 0U);
    EXPECT_EQ(outcome.result->hits, count_by_definition({0, 0, 0, outcome.result->darts}));
    expect_all_closed(fleet);
}

/* Counting or recounting, the last of its kind or not. */
TEST(EngineFailure, AThreadThatDiesIsAWorkerThatFails)
{
    for (const int k : {0, 4}) {
        Behaviour dying = gpu();
        dying.darts_per_second = 1e7;
        dying.dies_at = k;
        Behaviour sound = gpu();
        sound.darts_per_second = 1e7;
        Fleet fleet({dying, sound});
        Outcome outcome;
        run(options_for("gpu"), outcome);
        expect_golden(outcome);
        EXPECT_STREQ(outcome.result->devices[0].failure, "gpu:0 (Fake 0): a worker's thread has ended");

        Fleet alone({dying});
        Outcome none;
        run(options_for("gpu"), none);
        EXPECT_EQ(none.status, MCPI_SYSTEM);
        EXPECT_FALSE(none.result->complete);
        EXPECT_EQ(none.result->hits, count_by_definition({0, 0, 0, none.result->darts}));

        Behaviour dying_cpu = cpu(2);
        dying_cpu.dies_at = k;
        Fleet checked({dying_cpu, sound});
        Outcome by_the_other;
        run(options_for("gpu", MCPI_VERIFY_FULL), by_the_other);
        EXPECT_EQ(by_the_other.result->darts, darts);
        EXPECT_EQ(by_the_other.result->hits, golden_hits);
        EXPECT_EQ(by_the_other.result->verify.mismatches, 0U);
    }
}

TEST(EngineFailure, MoreHitsThanDartsIsAWrongCountThatOthersPutRight)
{
    Behaviour broken = gpu();
    broken.darts_per_second = 1e7;
    broken.too_many_at = 1;
    Behaviour sound = gpu();
    sound.darts_per_second = 1e7;
    Fleet fleet({broken, sound});
    Outcome outcome;
    run(options_for("gpu"), outcome);
    EXPECT_EQ(outcome.status, MCPI_MISMATCH);
    EXPECT_NE(std::string(outcome.error.message).find("more hits than darts"), std::string::npos);
    EXPECT_NE(std::string(outcome.result->devices[0].failure).find("more hits than darts"), std::string::npos);
    EXPECT_TRUE(outcome.result->complete);
    EXPECT_EQ(outcome.result->hits, golden_hits);
}

/* ---- verification ---- */

TEST(EngineVerify, RecountsSlicesOfGpusOnTheCpu)
{
    Fleet fleet({cpu(2), gpu()});
    Outcome outcome;
    run(options_for("gpu", MCPI_VERIFY_ON), outcome);
    expect_golden(outcome);
    EXPECT_GT(outcome.result->verify.slices, 0U);
    EXPECT_EQ(outcome.result->verify.mismatches, 0U);
    EXPECT_EQ(outcome.result->device_count, 1U); /* the CPU only checks: it is not part of the count */
    EXPECT_GT(outcome.result->verify.darts_per_second, 0.0);
    const mcpi_device_result &device = outcome.result->devices[0];
    EXPECT_TRUE(std::isnan(device.speedup_vs_cpu)) << "the CPU counted nothing, and was idle most of the time";
    EXPECT_GT(device.speedup_vs_core, 0.0);
    EXPECT_NEAR(device.speedup_vs_core * outcome.result->verify.darts_per_second,
                device.darts_per_second * outcome.result->verify.workers, 1e-6 * device.darts_per_second);
    expect_all_closed(fleet);
}

TEST(EngineVerify, LeavesTheCpusOwnRangesAlone)
{
    Fleet fleet({cpu(2)});
    Outcome outcome;
    run(options_for("cpu", MCPI_VERIFY_ON), outcome);
    expect_golden(outcome);
    EXPECT_EQ(outcome.result->verify.slices, 0U);
    EXPECT_EQ(fleet.records[0].opened, 2);
}

TEST(EngineVerify, FullRecountsEveryDart)
{
    for (const char *devices : {"gpu", "all", "cpu"}) {
        Fleet fleet({cpu(2), gpu(), gpu()});
        Outcome outcome;
        run(options_for(devices, MCPI_VERIFY_FULL), outcome);
        expect_golden(outcome);
        EXPECT_EQ(outcome.result->verify.darts, darts) << devices;
        EXPECT_EQ(outcome.result->verify.mismatches, 0U);
    }
}

TEST(EngineVerify, FullRecountsTheCpuWithAnotherKernel)
{
    Fleet fleet({cpu(1)});
    Outcome outcome;
    run(options_for("cpu", MCPI_VERIFY_FULL), outcome);
    expect_golden(outcome);
    ASSERT_EQ(fleet.records[0].kernels.size(), 2U);
    EXPECT_NE(fleet.records[0].kernels[0], fleet.records[0].kernels[1]);
    EXPECT_STREQ(outcome.result->verify.kernel, "scalar");
}

/* Neither device has a range counted before the other one has taken one. */
void let_both_count(Fleet &fleet)
{
    for (size_t device = 0; device < 2; device++)
        fleet.behaviours[device].before_collect = [&other = fleet.records[1 - device]](const mcpi_job &) {
            while (other.submitted == 0)
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
        };
}

TEST(EngineVerify, ASpeedupIsTheRatioOfTheRatesOfARun)
{
    Fleet fleet({cpu(2), gpu()});
    let_both_count(fleet);
    Outcome outcome;
    run(options_for("all"), outcome);
    expect_golden(outcome);
    const mcpi_device_result &cpus = outcome.result->devices[0];
    const mcpi_device_result &device = outcome.result->devices[1];
    EXPECT_NEAR(device.speedup_vs_cpu * cpus.darts_per_second, device.darts_per_second, 1e-6 * device.darts_per_second);
    EXPECT_NEAR(device.speedup_vs_core, 2 * device.speedup_vs_cpu, 1e-6 * device.speedup_vs_core);
}

/* Neither worker of the CPU finishes its first slice before the other one has one. Its clock is made up. */
TEST(EngineVerify, AddsUpTheWorkersThatRecounted)
{
    const double rate = 1e12;
    Behaviour recounting = cpu(2);
    recounting.kernels[0].claimed_rate = rate;
    std::atomic<int> begun{0};
    recounting.before_collect = [&](const mcpi_job &) {
        begun++;
        wait_until([&] { return begun >= 2; });
    };
    Fleet fleet({recounting, gpu()});
    Outcome outcome;
    run(options_for("gpu", MCPI_VERIFY_FULL), outcome);
    expect_golden(outcome);
    const mcpi_verify_result &verify = outcome.result->verify;
    EXPECT_EQ(verify.workers, 2U);
    EXPECT_NEAR(verify.darts_per_second, 2 * rate, 1e-6 * rate);
    EXPECT_NEAR(verify.busy_seconds, darts / rate, 1e-6 * darts / rate);
    EXPECT_NEAR(verify.rate_spread, 0.0, 1e-6) << "all slices are recounted equally fast";
}

/* Its lie is about the same slices each time. The GPU counts whatever the CPU had a part in. */
TEST(EngineVerify, FullFindsACpuThatLiesWhereGpusCountToo)
{
    Behaviour liar = cpu(1);
    liar.kernels = {{"fake"}, {"scalar"}};
    liar.kernels[0].lies = true;
    Behaviour lost = gpu(); /* then the CPU has only its own ranges to recount */
    lost.open_fails = true;
    Fleet fleet({liar, lost});
    Outcome outcome;
    run(options_for("all", MCPI_VERIFY_FULL), outcome);
    EXPECT_EQ(outcome.status, MCPI_MISMATCH);
    EXPECT_NE(std::string(outcome.error.message).find("with kernel fake, cpu (Fake 0) counted"), std::string::npos)
        << outcome.error.message;
    EXPECT_NE(std::string(outcome.error.message).find("with kernel scalar, by definition"), std::string::npos)
        << outcome.error.message;
    EXPECT_NE(std::string(outcome.result->devices[0].failure).find("counted wrong"), std::string::npos);
    EXPECT_EQ(outcome.result->hits, count_by_definition({0, 0, 0, outcome.result->darts}));
}

TEST(EngineVerify, FullNamesTheKernelsThatRecounted)
{
    Fleet fleet({cpu(1), gpu()});
    let_both_count(fleet);
    Outcome outcome;
    run(options_for("all", MCPI_VERIFY_FULL), outcome);
    expect_golden(outcome);
    ASSERT_GT(outcome.result->devices[0].recounted_darts, 0U);
    ASSERT_GT(outcome.result->devices[1].recounted_darts, 0U);
    EXPECT_STREQ(outcome.result->verify.kernel, "fake, scalar");
    EXPECT_EQ(fleet.records[0].kernels, (std::vector<std::string>{"fake", "scalar"}));
}

TEST(EngineVerify, OffRecountsNothing)
{
    Fleet fleet({cpu(2), gpu()});
    Outcome outcome;
    run(options_for("gpu", MCPI_VERIFY_OFF), outcome);
    expect_golden(outcome);
    EXPECT_EQ(outcome.result->verify.slices, 0U);
    EXPECT_EQ(fleet.records[0].opened, 0);
    EXPECT_TRUE(std::isnan(outcome.result->devices[0].speedup_vs_cpu));
}

TEST(EngineVerify, ALieIsFoundWithDeviceRangeAndBothCounts)
{
    for (const char *devices : {"gpu", "all"}) {
        Behaviour liar = gpu();
        liar.lies_at = 1;
        Fleet fleet({cpu(2), liar});
        fleet.behaviours[0].darts_per_second = 1e6; /* so that the GPU gets to count in the second case, too */
        Outcome outcome;
        run(options_for(devices, MCPI_VERIFY_FULL), outcome);
        ASSERT_EQ(outcome.status, MCPI_MISMATCH) << devices;
        ASSERT_NE(outcome.result, nullptr);
        EXPECT_EQ(outcome.result->verify.mismatches, 1U);

        const mcpi_job job = fleet.records[1].jobs[1];
        const uint64_t last = (job.darts + (job.first & 1) - 1) / 4096;
        const mcpi_job slice = mcpi_slice(&job, 4096, last);
        const uint64_t truth = count_by_definition({0, 0, slice.first, slice.darts});
        char expected[240];
        std::snprintf(expected, sizeof expected,
                      "gpu:1 (Fake 1) counted %llu hits in darts [%llu, %llu) with kernel fake, cpu (Fake 0) counted "
                      "%llu with kernel fake, by definition there are %llu",
                      static_cast<unsigned long long>(truth + 1), static_cast<unsigned long long>(slice.first),
                      static_cast<unsigned long long>(slice.first + slice.darts),
                      static_cast<unsigned long long>(truth), static_cast<unsigned long long>(truth));
        EXPECT_STREQ(outcome.result->verify.first_mismatch, expected);
        EXPECT_NE(std::string(outcome.error.message).find(expected), std::string::npos);
    }
}

/* ---- several kernels of one GPU. Its clock is made up, so that half a second passes at once ---- */

Behaviour gpu_with(std::vector<FakeKernel> kernels)
{
    Behaviour behaviour = gpu();
    behaviour.kernels = std::move(kernels);
    return behaviour;
}

std::vector<FakeKernel> three_kernels()
{
    return {{"good", 1e6}, {"better", 1.5e6}, {"worse", 0.5e6}, {"textbook", 9e6, false, false}};
}

const mcpi_kernel_result &kernel_of(const mcpi_device_result &device, const std::string &name)
{
    for (size_t i = 0; i < device.kernel_count; i++)
        if (name == device.kernels[i].name)
            return device.kernels[i];
    static const mcpi_kernel_result none{};
    ADD_FAILURE() << name << " did not count";
    return none;
}

TEST(EngineKernels, TheFastestIsFoundAndKept)
{
    Fleet fleet({cpu(1), gpu_with(three_kernels())});
    Outcome outcome;
    run(options_for("gpu", MCPI_VERIFY_ON), outcome);
    expect_golden(outcome);
    const mcpi_device_result &device = outcome.result->devices[0];
    EXPECT_EQ(device.kernel_count, 3U) << "the textbook kernel has to be asked for";
    uint64_t kernel_darts = 0;
    for (size_t i = 0; i < device.kernel_count; i++) {
        kernel_darts += device.kernels[i].darts;
        EXPECT_GT(device.kernels[i].recounted_darts, 0U) << device.kernels[i].name;
    }
    EXPECT_EQ(kernel_darts, darts) << "no dart is counted for the trial alone";
    EXPECT_NEAR(kernel_of(device, "better").darts_per_second, 1.5e6, 1);
    EXPECT_NEAR(kernel_of(device, "worse").darts_per_second, 0.5e6, 1);
    EXPECT_LT(kernel_of(device, "worse").darts, darts / 50);
    EXPECT_EQ(fleet.records[1].counted.front(), "good");
    EXPECT_EQ(fleet.records[1].counted.back(), "better");
    EXPECT_EQ(fleet.records[1].opened, 1);
}

TEST(EngineKernels, TheOneThatCountedMostIsNamed)
{
    Fleet fleet({gpu_with({{"slow", 0.8e6}, {"fast", 3e6}})});
    mcpi_options options = options_for("gpu");
    options.darts = 3000000;
    Outcome outcome;
    run(options, outcome);
    ASSERT_EQ(outcome.status, MCPI_OK) << outcome.error.message;
    EXPECT_STREQ(outcome.result->devices[0].device.kernel, "fast");
}

TEST(EngineKernels, AreAsManyAsThereIsRoomFor)
{
    Behaviour many = gpu_with({});
    for (const char *name : {"a", "b", "c", "d", "e", "f", "g", "h"})
        many.kernels.push_back({name, 1e6});
    ASSERT_EQ(many.kernels.size(), size_t{MCPI_KERNELS_MAX});
    Fleet fleet({cpu(1), many});
    mcpi_options options = options_for("gpu", MCPI_VERIFY_ON);
    options.darts = 3000000;
    Outcome outcome;
    run(options, outcome);
    ASSERT_EQ(outcome.status, MCPI_OK) << outcome.error.message;
    EXPECT_EQ(outcome.result->devices[0].kernel_count, size_t{MCPI_KERNELS_MAX});
}

TEST(EngineKernels, AShortRunTriesNothing)
{
    std::vector<FakeKernel> kernels = three_kernels();
    kernels[0].claimed_rate = 1e8;
    Fleet fleet({gpu_with(kernels)});
    Outcome outcome;
    run(options_for("gpu"), outcome);
    expect_golden(outcome);
    EXPECT_EQ(outcome.result->devices[0].kernel_count, 1U);
    EXPECT_STREQ(outcome.result->devices[0].device.kernel, "good");
}

TEST(EngineKernels, TheOneThatIsNamedCountsAlone)
{
    for (const char *name : {"worse", "textbook"}) {
        Fleet fleet({cpu(1), gpu_with(three_kernels())});
        mcpi_options options = options_for("gpu", MCPI_VERIFY_ON);
        options.kernel = name;
        Outcome outcome;
        run(options, outcome);
        expect_golden(outcome);
        EXPECT_EQ(outcome.result->devices[0].kernel_count, 1U);
        EXPECT_STREQ(outcome.result->devices[0].device.kernel, name);
        EXPECT_EQ(std::count(fleet.records[1].counted.begin(), fleet.records[1].counted.end(), name),
                  static_cast<long>(fleet.records[1].counted.size()));
    }
}

/* A kernel of the CPU leaves the choice of the GPU's to the GPU. */
TEST(EngineKernels, TheCpusKernelIsNotTheGpus)
{
    Fleet fleet({cpu(1), gpu_with(three_kernels())});
    mcpi_options options = options_for("gpu", MCPI_VERIFY_ON);
    options.kernel = "special";
    Outcome outcome;
    run(options, outcome);
    expect_golden(outcome);
    EXPECT_EQ(outcome.result->devices[0].kernel_count, 3U);
    EXPECT_STREQ(outcome.result->verify.kernel, "special");
}

/* It counts two short ranges only, and no more than a slice of these is recounted. */
TEST(EngineKernels, ALieOfAKernelThatWasOnlyTriedIsFound)
{
    std::vector<FakeKernel> kernels = three_kernels();
    kernels[2].lies = true;
    Behaviour liar = gpu_with(kernels);
    liar.slice_darts = uint64_t{1} << 40; /* one slice a range, so that any sample meets the lie */
    Fleet fleet({cpu(1), liar});
    Outcome outcome;
    run(options_for("gpu", MCPI_VERIFY_ON), outcome);
    ASSERT_EQ(outcome.status, MCPI_MISMATCH);
    EXPECT_NE(std::string(outcome.error.message).find("with kernel worse"), std::string::npos) << outcome.error.message;
}

TEST(EngineKernels, AKernelThatCannotRunIsRefused)
{
    std::vector<FakeKernel> kernels = three_kernels();
    kernels[1].available = false;
    Fleet fleet({cpu(1), gpu_with(kernels)});
    mcpi_options options = options_for("gpu");
    options.kernel = "better";
    Outcome refused;
    run(options, refused);
    EXPECT_EQ(refused.status, MCPI_BAD_OPTION);
    EXPECT_STREQ(refused.error.message, "options.kernel better: not on this fake");

    Outcome outcome;
    run(options_for("gpu"), outcome);
    expect_golden(outcome);
    EXPECT_EQ(outcome.result->devices[0].kernel_count, 2U);

    options.kernel = "best";
    Outcome unknown;
    run(options, unknown);
    EXPECT_EQ(unknown.status, MCPI_BAD_OPTION);
    EXPECT_STREQ(unknown.error.message, "options.kernel best: there is no such kernel; this machine runs fake, "
                                        "scalar, special, good, worse, textbook");
}

TEST(EngineKernels, OneThatOnlyAnotherDeviceCanRun)
{
    std::vector<FakeKernel> without = three_kernels();
    without[1].available = false;
    Fleet fleet({cpu(1), gpu_with(without), gpu_with(three_kernels())});
    const auto counted = [&fleet](int device) {
        const std::vector<std::string> &kernels = fleet.records[device].counted;
        return std::set<std::string>(kernels.begin(), kernels.end());
    };
    mcpi_options options = options_for("gpu:2");
    options.kernel = "better";
    Outcome sole;
    run(options, sole);
    expect_golden(sole);
    EXPECT_EQ(counted(2), std::set<std::string>{"better"});

    options.devices = "gpu:1";
    Outcome refused;
    run(options, refused);
    EXPECT_EQ(refused.status, MCPI_BAD_OPTION);
    EXPECT_STREQ(refused.error.message, "options.kernel better: not on this fake");

    options.devices = "gpu";
    Outcome both;
    run(options, both);
    expect_golden(both);
    EXPECT_EQ(counted(2), std::set<std::string>{"better"});
    EXPECT_EQ(counted(1).count("better"), 0U) << "it chooses among those that it can run";
}

TEST(EngineKernels, OneThatCannotBeLoadedIsNotTried)
{
    std::vector<FakeKernel> kernels = three_kernels();
    kernels[1].loads = false;
    Fleet fleet({cpu(1), gpu_with(kernels)});
    Outcome outcome;
    run(options_for("gpu", MCPI_VERIFY_ON), outcome);
    expect_golden(outcome);
    EXPECT_STREQ(outcome.result->devices[0].failure, "");
    EXPECT_STREQ(outcome.result->devices[0].device.kernel, "good") << "nothing is decided";
    const std::vector<std::string> &counted = fleet.records[1].counted;
    EXPECT_EQ(std::count(counted.begin(), counted.end(), "better"), 0);
    EXPECT_EQ(std::count(counted.begin(), counted.end(), "worse"), MCPI_TRIAL_ROUNDS);
}

/* Early or late, between others or with the CPU: what it counted is counted again, and the run ends with the right
   count and the news that a device was wrong. */
TEST(EngineVerify, TheRangesOfALiarAreCountedAgainByOthers)
{
    for (const char *devices : {"gpu", "all", "gpu:1,1,2"}) {
        for (const int lies_at : {0, 3, 9}) {
            Behaviour liar = gpu();
            liar.lies_at = lies_at;
            liar.darts_per_second = 2e6;
            Behaviour sound = gpu();
            sound.darts_per_second = 2e6;
            Behaviour cores = cpu(2);
            cores.darts_per_second = 4e6;
            Fleet fleet({cores, liar, sound});
            Outcome outcome;
            run(options_for(devices, MCPI_VERIFY_FULL), outcome);
            SCOPED_TRACE(testing::Message() << devices << ", lie " << lies_at);
            ASSERT_EQ(outcome.status, MCPI_MISMATCH) << outcome.error.message;
            EXPECT_TRUE(outcome.result->complete);
            EXPECT_EQ(outcome.result->darts, darts);
            EXPECT_EQ(outcome.result->hits, golden_hits);
            uint64_t sum = 0;
            for (size_t i = 0; i < outcome.result->device_count; i++) {
                const mcpi_device_result &device = outcome.result->devices[i];
                const bool lied = device.device.index == 1;
                EXPECT_EQ(std::string(device.failure).find("gpu:1 (Fake 1) counted wrong: ") == 0, lied);
                EXPECT_EQ(device.darts == 0, lied) << device.device.id;
                sum += device.hits;
            }
            EXPECT_EQ(sum, golden_hits);
            expect_all_closed(fleet);
        }
    }
}

/* All has been counted before the recounting worker is open. Whoever can count has to wait for what it finds. */
TEST(EngineVerify, ALieThatIsFoundLateIsCountedAgainByOthers)
{
    Behaviour liar = gpu();
    liar.lies = true;
    liar.slice_darts = uint64_t{1} << 40;
    Behaviour late = cpu(1);
    late.open_seconds = 0.5;
    Behaviour sound = gpu();
    sound.open_seconds = 0.1; /* so the liar counts */
    Fleet fleet({late, liar, sound});
    Outcome outcome;
    mcpi_options options = options_for("gpu", MCPI_VERIFY_ON);
    options.darts = 100000;
    run(options, outcome);
    EXPECT_EQ(outcome.status, MCPI_MISMATCH) << outcome.error.message;
    EXPECT_TRUE(outcome.result->complete);
    EXPECT_EQ(outcome.result->darts, options.darts);
    EXPECT_EQ(outcome.result->hits, count_by_definition({0, 0, 0, options.darts}));
    expect_all_closed(fleet);
}

TEST(EngineVerify, ARecountThatLiesCondemnsTheCpuAndNotTheGpu)
{
    Behaviour liar = cpu(1);
    liar.lies_at = 2;
    Behaviour device = gpu();
    device.darts_per_second = 5e6;
    Fleet fleet({liar, device});
    Outcome outcome;
    run(options_for("gpu", MCPI_VERIFY_FULL), outcome);
    EXPECT_EQ(outcome.status, MCPI_MISMATCH);
    EXPECT_FALSE(outcome.result->complete); /* not all could be recounted */
    EXPECT_EQ(outcome.result->darts, darts);
    EXPECT_EQ(outcome.result->hits, golden_hits);
    EXPECT_STREQ(outcome.result->devices[0].failure, "");
    expect_all_closed(fleet);
}

TEST(EngineVerify, ALiarAloneLeavesNothing)
{
    Behaviour liar = gpu();
    liar.lies_at = 1;
    Fleet fleet({cpu(1), liar});
    Outcome outcome;
    run(options_for("gpu", MCPI_VERIFY_FULL), outcome);
    EXPECT_EQ(outcome.status, MCPI_MISMATCH);
    EXPECT_FALSE(outcome.result->complete);
    EXPECT_EQ(outcome.result->darts, 0U);
    EXPECT_EQ(outcome.result->hits, 0U);
    expect_all_closed(fleet);
}

TEST(EngineVerify, ALiarIsFoundBySamplesAlone)
{
    /* Its whole range is one slice, so any sample of the range that lies is the lie. */
    Behaviour liar = gpu();
    liar.slice_darts = uint64_t{1} << 40;
    liar.lies_at = 0;
    Fleet fleet({cpu(1), liar});
    Outcome outcome;
    run(options_for("gpu", MCPI_VERIFY_ON), outcome);
    EXPECT_EQ(outcome.status, MCPI_MISMATCH);
}

/* Even where nobody recounts, counts that are too good or too bad show. */
TEST(EngineVerify, DispersionIsThatOfTheSlices)
{
    Behaviour device = gpu();
    device.slice_darts = 10000;
    Fleet fleet({device, device});
    Outcome outcome;
    run(options_for("gpu"), outcome);
    expect_golden(outcome);
    const mcpi_dispersion &dispersion = outcome.result->dispersion;
    EXPECT_GT(dispersion.slices, 0U);
    EXPECT_GT(dispersion.p_value, 1e-6);
    EXPECT_LE(dispersion.p_value, 1.0);

    Behaviour pretender = device;
    pretender.pretends = true;
    Fleet false_fleet({pretender});
    Outcome wrong;
    run(options_for("gpu"), wrong);
    EXPECT_LT(wrong.result->dispersion.p_value, 1e-6);
    EXPECT_LT(wrong.result->dispersion.largest_p_value, 1e-6);
    EXPECT_STREQ(wrong.result->dispersion.largest_device, "gpu:0");
    EXPECT_EQ(wrong.result->dispersion.largest_darts, 10000U);
}

TEST(EngineVerify, SamplingKeepsToItsBudget)
{
    Behaviour slow_cpu = cpu(1);
    slow_cpu.darts_per_second = 4096 / 0.02; /* 20 ms a slice: two and a half fit into 50 ms */
    Behaviour device = gpu();
    device.darts_per_second = 5e6; /* 0.2 s: 5 % of it are less than 50 ms */
    Fleet fleet({slow_cpu, device});
    Outcome outcome;
    run(options_for("gpu", MCPI_VERIFY_ON), outcome);
    expect_golden(outcome);
    EXPECT_GE(outcome.result->verify.slices, 1U);
    EXPECT_LE(outcome.result->verify.darts, 2U * 4096 + 4096 / 2);
}

TEST(EngineVerify, SamplesEachDeviceWhateverTheBudget)
{
    Behaviour slow_cpu = cpu(1);
    slow_cpu.darts_per_second = 4096 / 0.04; /* the budget ends with the first device's slice */
    Fleet fleet({slow_cpu, gpu(), gpu(), gpu()});
    Outcome outcome;
    run(options_for("gpu", MCPI_VERIFY_ON), outcome);
    expect_golden(outcome);
    uint64_t recounted = 0;
    for (size_t i = 0; i < 3; i++) {
        const mcpi_device_result &device = outcome.result->devices[i];
        EXPECT_EQ(device.recounted_darts > 0, device.darts > 0) << device.device.id;
        recounted += device.recounted_darts;
    }
    EXPECT_EQ(recounted, outcome.result->verify.darts);
}

/* However many slices wait: nothing waits for room among them. */
TEST(EngineVerify, AFullRecountThatCannotBeFinishedIsAFailure)
{
    for (const uint64_t slice_darts : {4096, 64}) {
        Behaviour broken = cpu(1);
        broken.collect_fails_at = 3;
        Behaviour device = gpu();
        device.slice_darts = slice_darts;
        Fleet fleet({broken, device});
        Outcome outcome;
        run(options_for("gpu", MCPI_VERIFY_FULL), outcome);
        EXPECT_EQ(outcome.status, MCPI_TIMED_OUT);
        EXPECT_FALSE(outcome.result->complete);
        EXPECT_EQ(outcome.result->darts, darts);
        EXPECT_EQ(outcome.result->hits, golden_hits);
        expect_all_closed(fleet);
    }
}

TEST(EngineVerify, ASliceThatOneFailedToRecountIsRecountedByAnother)
{
    Behaviour broken = cpu(2);
    broken.submit_fails_at = 3;
    Fleet fleet({broken, gpu()});
    Outcome outcome;
    run(options_for("gpu", MCPI_VERIFY_FULL), outcome);
    expect_golden(outcome);
    EXPECT_EQ(outcome.result->verify.darts, darts);
    EXPECT_EQ(outcome.result->devices[0].recounted_darts, darts);
}

/* ---- states ---- */

/* One worker counts in order, so what is counted at any time is a prefix. */
TEST(EngineState, TheProgressOfARunThatResumesHoldsTheHitsOfTheState)
{
    Behaviour slow = cpu(1);
    slow.darts_per_second = 4e6;
    Fleet fleet({slow});
    mcpi_part part = {0, 400000, count_by_definition({0, 0, 0, 400000})};
    const mcpi_state state = {0, 0, 0, darts, 0.0, darts, 1, &part, 0, nullptr, MCPI_VERIFY_ON, 0};
    mcpi_options options = options_for("cpu");
    std::vector<mcpi_progress> seen;
    options.resume = &state;
    options.user = &seen;
    options.progress = [](void *user, const mcpi_progress *progress) {
        static_cast<std::vector<mcpi_progress> *>(user)->push_back(*progress);
    };
    Outcome outcome;
    run(options, outcome);
    expect_golden(outcome);
    ASSERT_FALSE(seen.empty());
    for (const mcpi_progress &progress : seen) {
        EXPECT_EQ(progress.resumed_darts, 400000U);
        EXPECT_GE(progress.darts, 400000U);
        EXPECT_EQ(progress.hits, count_by_definition({0, 0, 0, progress.darts}));
    }
}

/* The last state that a run saved. */
struct Saved {
    mcpi_state state{};
    std::vector<mcpi_part> parts, confirmed;
    std::atomic<int> saves{0};
    int stop_after = -1; /* saves; the run is then asked to stop */

    void attach(mcpi_options &options, double seconds)
    {
        options.save_seconds = seconds;
        options.user = this;
        options.save = [](void *user, const mcpi_state *state) {
            auto *saved = static_cast<Saved *>(user);
            saved->state = *state;
            saved->parts.assign(state->parts, state->parts + state->part_count);
            saved->state.parts = saved->parts.data();
            saved->confirmed.assign(state->confirmed, state->confirmed + state->confirmed_count);
            saved->state.confirmed = saved->confirmed.data();
            saved->saves++;
        };
        options.stop = [](void *user) {
            const auto *saved = static_cast<Saved *>(user);
            return static_cast<int>(saved->stop_after >= 0 && saved->saves >= saved->stop_after);
        };
    }
    uint64_t counted() const
    {
        uint64_t darts = 0;
        for (const mcpi_part &part : parts)
            darts += part.darts;
        return darts;
    }
};

void expect_true_parts(const Saved &saved)
{
    for (size_t i = 0; i < saved.parts.size(); i++) {
        const mcpi_part &part = saved.parts[i];
        EXPECT_EQ(part.hits, count_by_definition({0, 0, part.first, part.darts}));
        if (i > 0) {
            EXPECT_GT(part.first, saved.parts[i - 1].first + saved.parts[i - 1].darts) << "these two are one";
        }
    }
}

TEST(EngineState, IsSavedNowAndThenAndWhenAllIsOver)
{
    Behaviour slow = gpu();
    slow.darts_per_second = 2e6;
    Fleet fleet({slow, slow});
    mcpi_options options = options_for("gpu");
    Saved saved;
    saved.attach(options, 0.02);
    Outcome outcome;
    run(options, outcome);
    expect_golden(outcome);
    EXPECT_GT(saved.saves, 4);
    EXPECT_LE(saved.saves, outcome.result->total_seconds / 0.02 + 1) << "one more at the end";
    ASSERT_EQ(saved.parts.size(), 1U);
    EXPECT_EQ(saved.parts[0].darts, darts);
    EXPECT_EQ(saved.parts[0].hits, golden_hits);
}

/* Run, stop, go on, again and again, on other devices every time. */
TEST(EngineState, GoesOnToTheGoldenCount)
{
    Behaviour slow = gpu();
    slow.darts_per_second = 3e6;
    Behaviour slower = cpu(3);
    slower.darts_per_second = 1e6;
    const char *fleets[] = {"gpu", "all", "cpu", "gpu:1,2,2"};
    Saved saved;
    saved.stop_after = 2;
    mcpi_state state{};
    int legs = 0;
    for (mcpi_status status = MCPI_STOPPED; status == MCPI_STOPPED; legs++) {
        Fleet fleet({slower, slow, slow});
        mcpi_options options = options_for(fleets[legs % 4], legs % 3 == 0 ? MCPI_VERIFY_OFF : MCPI_VERIFY_ON);
        std::vector<mcpi_part> parts = saved.parts;
        state = saved.state;
        state.parts = parts.data();
        options.resume = legs > 0 ? &state : nullptr;
        const uint64_t before = saved.counted();
        saved.saves = 0;
        saved.attach(options, 0.01);
        Outcome outcome;
        run(options, outcome);
        status = outcome.status;
        ASSERT_TRUE(status == MCPI_OK || status == MCPI_STOPPED) << outcome.error.message;
        expect_true_parts(saved);
        EXPECT_EQ(outcome.result->resumed_darts, before);
        EXPECT_GT(saved.counted(), before);
        uint64_t now = 0;
        for (size_t i = 0; i < outcome.result->device_count; i++)
            now += outcome.result->devices[i].darts;
        EXPECT_EQ(before + now, saved.counted());
        if (status == MCPI_OK)
            expect_golden(outcome);
        ASSERT_LT(legs, 1000);
    }
    EXPECT_GT(legs, 3);
}

TEST(EngineState, OfAllDartsIsARunWithoutWork)
{
    Fleet fleet({gpu()});
    mcpi_options options = options_for("gpu");
    mcpi_part all = {0, darts, golden_hits};
    const mcpi_state state = {0, 0, 0, darts, 0.0, darts, 1, &all, 0, nullptr, MCPI_VERIFY_ON, 0};
    options.resume = &state;
    Outcome outcome;
    run(options, outcome);
    expect_golden(outcome);
    EXPECT_EQ(fleet.records[0].submitted, 0);
    EXPECT_EQ(outcome.result->resumed_darts, darts);
}

/* Holes in the middle, the beginning missing: what is left is counted, and nothing else. */
TEST(EngineState, WithHolesHasThemFilled)
{
    std::vector<mcpi_part> parts;
    for (const auto &[first, count] : std::vector<std::pair<uint64_t, uint64_t>>{{100, 7}, {5001, 40000}, {900000, 1}})
        parts.push_back({first, count, count_by_definition({0, 0, first, count})});
    Fleet fleet({gpu(), gpu()});
    mcpi_options options = options_for("gpu");
    const mcpi_state state = {0, 0, 0, darts, 0.0, darts, parts.size(), parts.data(), 0, nullptr, MCPI_VERIFY_ON, 0};
    options.resume = &state;
    Outcome outcome;
    run(options, outcome);
    expect_golden(outcome);
    EXPECT_EQ(outcome.result->devices[0].darts + outcome.result->devices[1].darts, darts - 40008);
}

TEST(EngineState, OfAnotherRunIsRefused)
{
    Fleet fleet({gpu()});
    for (int field = 0; field < 5; field++) {
        mcpi_state state = {0, 0, 0, darts, 0.0, darts, 0, nullptr, 0, nullptr, MCPI_VERIFY_ON, 0};
        (field == 0 ? state.seed : field == 1 ? state.stream : field == 2 ? state.first : state.darts) += field < 4;
        state.target_error = field == 4 ? 1e-3 : 0;
        mcpi_options options = options_for("gpu");
        options.resume = &state;
        Outcome outcome;
        run(options, outcome);
        EXPECT_EQ(outcome.status, MCPI_BAD_OPTION) << field;
    }
}

TEST(EngineState, WithATargetErrorEndsAtTheSameDart)
{
    const double target = 1.2e-3;
    mcpi_options options = options_for("gpu");
    options.target_error = target;
    options.darts = uint64_t{1} << 40;
    Outcome whole;
    {
        Fleet once({gpu()});
        run(options, whole);
        ASSERT_EQ(whole.status, MCPI_OK);
    }
    Behaviour slow = gpu(); /* two seconds for the whole run: it has been saved often enough before its end */
    slow.darts_per_second = 1e6;
    for (const int saves : {1, 3, 12}) {
        Saved saved;
        saved.stop_after = saves;
        saved.attach(options, 0.01);
        options.resume = nullptr;
        {
            Fleet fleet({slow});
            Outcome first;
            run(options, first);
            ASSERT_EQ(first.status, MCPI_STOPPED);
        }
        mcpi_state state = saved.state;
        options.resume = &state;
        options.stop = nullptr;
        options.save = nullptr;
        Fleet fleet({gpu()});
        Outcome second;
        run(options, second);
        ASSERT_EQ(second.status, MCPI_OK) << second.error.message;
        EXPECT_EQ(second.result->darts, whole.result->darts);
        EXPECT_EQ(second.result->hits, whole.result->hits);
    }
}

/* ---- parts ---- */

void expect_true_parts(const mcpi_result &result, uint64_t least)
{
    expect_parts(result, {result.parts, result.parts + result.part_count}, least, [&](uint64_t first, uint64_t count) {
        return count_by_definition({result.seed, result.stream, first, count});
    });
}

mcpi_options in_parts(const char *devices, uint64_t part_darts, mcpi_verify verify = MCPI_VERIFY_OFF)
{
    mcpi_options options = options_for(devices, verify);
    options.part_darts = part_darts;
    return options;
}

/* GPUs take many parts at once. Here they are slow, so that they take less than one. */
TEST(EngineParts, AreEqualOnSlowDevicesOfAnyKind)
{
    for (const char *devices : {"cpu", "gpu", "all"})
        for (const mcpi_verify verify : {MCPI_VERIFY_ON, MCPI_VERIFY_FULL}) {
            Behaviour slow = gpu();
            slow.kernels[0].claimed_rate = 1e5;
            Fleet fleet({cpu(2), slow, slow});
            Outcome outcome;
            run(in_parts(devices, 1 << 16, verify), outcome);
            expect_golden(outcome);
            expect_true_parts(*outcome.result, 1 << 16);
            EXPECT_LE(outcome.result->part_count, darts / (1 << 16) + 1);
        }
}

TEST(EngineParts, AreAtMostTheMostThereMayBe)
{
    for (const uint64_t least : {1, 64, 1024}) {
        Fleet fleet({cpu(3)});
        Outcome outcome;
        run(in_parts("cpu", least), outcome);
        expect_golden(outcome);
        expect_true_parts(*outcome.result, least);
        EXPECT_GT(outcome.result->part_count, 1U);
    }
}

TEST(EngineParts, AShortResultIsOnePart)
{
    Fleet fleet({cpu()});
    Outcome outcome;
    run(options_for("cpu"), outcome);
    ASSERT_EQ(outcome.result->part_count, 1U);
    expect_true_parts(*outcome.result, 1 << 24);
}

TEST(EngineParts, MustBeAPowerOfTwo)
{
    Fleet fleet({cpu()});
    Outcome outcome;
    run(in_parts("cpu", 3), outcome);
    EXPECT_EQ(outcome.status, MCPI_BAD_OPTION);
    EXPECT_STREQ(outcome.error.message, "options.part_darts 3: must be a power of two");
}

/* A checkpoint of an older version has joined them. */
TEST(EngineParts, OfARunThatResumesAreThoseItKnows)
{
    mcpi_part whole = {0, 400000, count_by_definition({0, 0, 0, 400000})};
    mcpi_part halves[] = {{0, 1 << 17, count_by_definition({0, 0, 0, 1 << 17})},
                          {1 << 17, 400000 - (1 << 17), count_by_definition({0, 0, 1 << 17, 400000 - (1 << 17)})}};
    for (const bool kept : {false, true}) {
        Fleet fleet({cpu(2)});
        mcpi_options options = in_parts("cpu", 1 << 16);
        mcpi_state state{};
        state.darts = state.goal = darts;
        state.part_count = kept ? 2 : 1;
        state.parts = kept ? halves : &whole;
        state.verify = MCPI_VERIFY_ON;
        options.resume = &state;
        Outcome outcome;
        run(options, outcome);
        expect_golden(outcome);
        expect_true_parts(*outcome.result, kept ? 1 << 16 : 1 << 5); /* 400000 is a multiple of 2^7 */
        ASSERT_GT(outcome.result->part_count, 2U);
        EXPECT_EQ(outcome.result->parts[0].darts, kept ? 1U << 17 : 7U << 16);
    }
}

TEST(EngineParts, ALiarHasNoneOfThem)
{
    Behaviour liar = gpu();
    liar.lies = true;
    liar.slice_darts = uint64_t{1} << 40; /* one slice a range, so that any sample meets the lie */
    for (const mcpi_verify verify : {MCPI_VERIFY_ON, MCPI_VERIFY_FULL}) {
        Fleet fleet({cpu(), liar, gpu()});
        Outcome outcome;
        run(in_parts("gpu", 1 << 12, verify), outcome);
        EXPECT_EQ(outcome.status, MCPI_MISMATCH);
        EXPECT_EQ(outcome.result->hits, golden_hits);
        expect_true_parts(*outcome.result, 1 << 12);
    }
}

/* ---- stop rules ---- */

std::vector<uint64_t> milestones_up_to(uint64_t most)
{
    std::vector<uint64_t> all;
    for (uint64_t at = 0; (at = mcpi_next_milestone({true, 0}, at)) < most;)
        all.push_back(at);
    if (most > 0)
        all.push_back(most);
    return all;
}

/* A point at every milestone, each with the count by the definition, and one at the end. */
void expect_trace(const mcpi_result &result)
{
    const std::vector<uint64_t> milestones = milestones_up_to(result.darts);
    ASSERT_EQ(result.trace_count, milestones.size());
    EXPECT_EQ(result.trace_missing, 0U);
    uint64_t counted = 0;
    uint64_t hits = 0;
    for (size_t i = 0; i < result.trace_count; i++) {
        EXPECT_EQ(result.trace[i].darts, milestones[i]);
        hits += count_by_definition({result.seed, result.stream, result.first + counted, milestones[i] - counted});
        counted = milestones[i];
        EXPECT_EQ(result.trace[i].hits, hits) << counted;
    }
    EXPECT_EQ(hits, result.hits);
}

mcpi_options traced(const char *devices, mcpi_verify verify = MCPI_VERIFY_OFF)
{
    mcpi_options options = options_for(devices, verify);
    options.trace = 1;
    return options;
}

TEST(EngineTrace, IsTheSameOnAnyDevices)
{
    Behaviour slow = gpu();
    slow.darts_per_second = 1e7;
    for (const char *devices : {"cpu", "gpu", "gpu:1", "all"}) {
        Fleet fleet({cpu(3), slow, gpu()});
        Outcome outcome;
        run(traced(devices), outcome);
        expect_golden(outcome);
        expect_trace(*outcome.result);
    }
}

TEST(EngineTrace, BeginsAtAnyDartAndEndsAtAny)
{
    for (const uint64_t count : {0U, 1U, 9U, 10U, 11U, 13U, 99999U}) {
        Fleet fleet({cpu(2)});
        mcpi_options options = traced("cpu");
        options.first = 12345;
        options.darts = count;
        Outcome outcome;
        run(options, outcome);
        ASSERT_EQ(outcome.status, MCPI_OK);
        ASSERT_EQ(outcome.result->darts, count);
        expect_trace(*outcome.result);
    }
}

TEST(EngineTrace, IsNotKeptUnlessAskedFor)
{
    Fleet fleet({cpu()});
    Outcome outcome;
    run(options_for("cpu"), outcome);
    EXPECT_EQ(outcome.result->trace_count, 0U);
    EXPECT_EQ(outcome.result->trace_missing, 0U);
}

TEST(EngineTrace, StandsFailuresAndLies)
{
    Behaviour failing = gpu();
    failing.collect_fails_at = 3;
    Behaviour liar = gpu();
    liar.lies = true;
    liar.darts_per_second = 3e6;
    Fleet fleet({cpu(2), failing, liar});
    Outcome outcome;
    run(traced("all", MCPI_VERIFY_FULL), outcome);
    ASSERT_NE(outcome.result, nullptr);
    EXPECT_EQ(outcome.result->darts, darts);
    expect_trace(*outcome.result);
}

TEST(EngineTrace, EndsWhereTheRunDoes)
{
    Fleet fleet({cpu(2), gpu()});
    mcpi_options options = traced("all");
    options.target_error = 5e-4;
    options.darts = MCPI_DART_END;
    Outcome accurate;
    run(options, accurate);
    ASSERT_EQ(accurate.status, MCPI_OK);
    expect_trace(*accurate.result);
    options = traced("cpu");
    options.stop = [](void *) { return 1; };
    options.darts = MCPI_DART_END;
    Outcome stopped;
    run(options, stopped);
    ASSERT_EQ(stopped.status, MCPI_STOPPED);
    EXPECT_GT(stopped.result->darts, 0U);
    expect_trace(*stopped.result);
}

/* Stopped and gone on with: the parts keep what the trace needs, and only that. */
TEST(EngineTrace, SurvivesACheckpoint)
{
    Saved saved;
    saved.stop_after = 1;
    Behaviour slow = cpu(3);
    slow.darts_per_second = 1e6;
    {
        Fleet fleet({slow});
        fleet.behaviours[0].before_collect = [&](const mcpi_job &job) {
            if (job.first > darts / 10)
                wait_until([&] { return saved.saves > 0; });
        };
        mcpi_options options = traced("cpu");
        saved.attach(options, 0.05);
        Outcome outcome;
        run(options, outcome);
        ASSERT_EQ(outcome.status, MCPI_STOPPED);
        expect_trace(*outcome.result);
        ASSERT_EQ(saved.parts.size(), outcome.result->trace_count);
    }
    Fleet fleet({slow, gpu()});
    mcpi_options options = traced("all");
    std::vector<mcpi_part> parts = saved.parts;
    mcpi_state state = saved.state;
    state.parts = parts.data();
    options.resume = &state;
    Outcome outcome;
    run(options, outcome);
    expect_golden(outcome);
    expect_trace(*outcome.result);
    options.trace = 0; /* then they become one again */
    saved.stop_after = -1;
    saved.attach(options, 1);
    Outcome untraced;
    run(options, untraced);
    expect_golden(untraced);
    EXPECT_EQ(saved.parts.size(), 1U);
}

TEST(EngineTrace, LeavesOutWhatWasCountedWithoutOne)
{
    Fleet fleet({cpu(2)});
    mcpi_options options = traced("cpu");
    mcpi_part part = {100, 400, count_by_definition({0, 0, 100, 400})}; /* from the milestone at 100 to 500 */
    const mcpi_state state = {0, 0, 0, darts, 0.0, darts, 1, &part, 0, nullptr, MCPI_VERIFY_ON, 0};
    options.resume = &state;
    Outcome outcome;
    run(options, outcome);
    expect_golden(outcome);
    std::vector<uint64_t> left = milestones_up_to(darts);
    const size_t all = left.size();
    left.erase(std::remove_if(left.begin(), left.end(), [](uint64_t m) { return m > 100 && m < 500; }), left.end());
    ASSERT_EQ(outcome.result->trace_count, left.size());
    EXPECT_EQ(outcome.result->trace_missing, all - left.size());
    for (size_t i = 0; i < left.size(); i++) {
        EXPECT_EQ(outcome.result->trace[i].darts, left[i]);
        EXPECT_EQ(outcome.result->trace[i].hits, count_by_definition({0, 0, 0, left[i]})) << left[i];
    }
}

/* A gap may be the work of hours. */
TEST(EngineStop, GapsOfTheStateThatIsResumedAreNotFilledFirst)
{
    Behaviour device = gpu();
    device.darts_per_second = 1e5;
    Fleet fleet({device});
    mcpi_options options = options_for("gpu");
    mcpi_part part = {900000, 1000, count_by_definition({0, 0, 900000, 1000})};
    const mcpi_state state = {0, 0, 0, darts, 0.0, darts, 1, &part, 0, nullptr, MCPI_VERIFY_ON, 0};
    options.resume = &state;
    options.stop = [](void *) { return 1; };
    Outcome outcome;
    run(options, outcome);
    ASSERT_EQ(outcome.status, MCPI_STOPPED);
    EXPECT_LT(outcome.result->darts, 500000U);
    EXPECT_EQ(outcome.result->hits, count_by_definition({0, 0, 0, outcome.result->darts}));
}

TEST(EngineStop, ATimeLimitEndsTheRunWithAWholePrefix)
{
    Behaviour device = gpu();
    device.darts_per_second = 1e6;
    Fleet fleet({device});
    mcpi_options options = options_for("gpu");
    options.darts = MCPI_DART_END;
    options.time_limit_seconds = 0.2;
    Outcome outcome;
    run(options, outcome);
    ASSERT_EQ(outcome.status, MCPI_OK);
    EXPECT_TRUE(outcome.result->complete);
    EXPECT_GE(outcome.result->counting_seconds, 0.15);
    EXPECT_LT(outcome.result->counting_seconds, 0.4);
    EXPECT_EQ(outcome.result->hits, count_by_definition({0, 0, 0, outcome.result->darts}));
}

TEST(EngineStop, ATargetErrorIsMetAtTheSameDartEverywhere)
{
    uint64_t reached = 0;
    for (const unsigned threads : {1U, 3U}) {
        Fleet fleet({cpu(threads), gpu()});
        mcpi_options options = options_for(threads == 1 ? "cpu" : "all");
        options.darts = MCPI_DART_END;
        options.target_error = 1.2e-3;
        Outcome outcome;
        run(options, outcome);
        ASSERT_EQ(outcome.status, MCPI_OK);
        EXPECT_TRUE(outcome.result->complete);
        EXPECT_LE(outcome.result->estimate.std_error, 1.2e-3);
        EXPECT_GT(outcome.result->estimate.std_error, 1.1e-3);
        EXPECT_GT(outcome.result->darts, uint64_t{1} << 20);
        if (reached) {
            EXPECT_EQ(outcome.result->darts, reached);
        }
        reached = outcome.result->darts;
    }
}

TEST(EngineStop, ANumberOfDartsEndsARunThatMissesItsTargetError)
{
    Fleet fleet({cpu(2)});
    mcpi_options options = options_for("cpu");
    options.target_error = 1e-6;
    Outcome outcome;
    run(options, outcome);
    expect_golden(outcome);
}

TEST(EngineStop, ARequestToStopFinishesWhatIsInFlight)
{
    Behaviour device = gpu();
    device.darts_per_second = 1e6;
    Fleet fleet({device, device});
    mcpi_options options = options_for("gpu");
    options.darts = MCPI_DART_END;
    options.stop = [](void *) { return 1; };
    Outcome outcome;
    run(options, outcome);
    EXPECT_EQ(outcome.status, MCPI_STOPPED);
    ASSERT_NE(outcome.result, nullptr);
    EXPECT_FALSE(outcome.result->complete);
    EXPECT_EQ(outcome.result->goal, MCPI_DART_END);
    EXPECT_GT(outcome.result->darts, 0U);
    EXPECT_EQ(outcome.result->darts, outcome.result->devices[0].darts + outcome.result->devices[1].darts);
    EXPECT_EQ(outcome.result->hits, count_by_definition({0, 0, 0, outcome.result->darts}));
}

TEST(EngineStop, ARangeGivenBackWhileStoppingIsStillCounted)
{
    Behaviour failing = gpu();
    failing.darts_per_second = 8192 / 0.1;
    failing.collect_fails_at = 0;
    Behaviour sound = gpu();
    sound.darts_per_second = 8192 / 0.1;
    Fleet fleet({failing, sound});
    mcpi_options options = options_for("gpu");
    options.stop = [](void *) { return 1; };
    Outcome outcome;
    run(options, outcome);
    EXPECT_EQ(outcome.status, MCPI_STOPPED);
    EXPECT_EQ(outcome.result->darts, outcome.result->devices[1].darts); /* one whole prefix, no hole in it */
    EXPECT_EQ(outcome.result->hits, count_by_definition({0, 0, 0, outcome.result->darts}));
}

TEST(EngineProgress, ObserversSeeTheRunGrow)
{
    struct Seen {
        std::vector<mcpi_progress> states;
    } seen;
    Behaviour device = gpu();
    device.darts_per_second = 4e6;
    Fleet fleet({device});
    mcpi_options options = options_for("gpu");
    options.user = &seen;
    options.progress = [](void *user, const mcpi_progress *state) {
        static_cast<Seen *>(user)->states.push_back(*state);
    };
    Outcome outcome;
    run(options, outcome);
    expect_golden(outcome);
    ASSERT_GE(seen.states.size(), 2U);
    for (size_t i = 1; i < seen.states.size(); i++)
        EXPECT_GE(seen.states[i].darts, seen.states[i - 1].darts);
    EXPECT_EQ(seen.states.back().goal, darts);
    EXPECT_LE(seen.states.back().hits, seen.states.back().darts);
}

} // namespace
