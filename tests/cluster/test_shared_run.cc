/* Shared runs: one seed and one N give one integer for any number of processes, whatever devices they have and
   whichever of them fails. The processes are threads here; tests/mpi has the same with MPI. */
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <thread>

#include "tests/cluster/thread_transport.h"
#include "tests/core/expect_parts.h"
#include "tests/core/skipping_clock.h"
#include "tests/save/kept_state.h"

extern "C" {
#include "cluster/mailbox.h"
#include "cluster/shared_run.h"
#include "core/backend.h"
#include "core/condition.h"
#include "core/queue.h"
#include "core/status.h"
#include "engine/goal.h"
#include "engine/record.h"
#include "engine/run.h"

/* The linker puts the second one in the place of the first (--wrap). */
void __real_mcpi_condition_wait(pthread_cond_t *condition, pthread_mutex_t *lock, double seconds);
void __wrap_mcpi_condition_wait(pthread_cond_t *condition, pthread_mutex_t *lock, double seconds);
}

namespace
{
std::atomic<bool> waits_for_signals{false}; /* without a time limit */
}

void __wrap_mcpi_condition_wait(pthread_cond_t *condition, pthread_mutex_t *lock, double seconds)
{
    if (waits_for_signals)
        pthread_cond_wait(condition, lock);
    else
        __real_mcpi_condition_wait(condition, lock, seconds);
}

namespace
{

constexpr uint64_t darts = 1000000;
constexpr uint64_t golden_hits = 785850; /* golden.tsv: seed 0, stream 0, darts [0, 1000000) */

Behaviour cpu()
{
    Behaviour behaviour;
    behaviour.kind = MCPI_CPU;
    return behaviour;
}

Behaviour gpu(double darts_per_second = 0)
{
    Behaviour behaviour;
    behaviour.darts_per_second = darts_per_second;
    return behaviour;
}

mcpi_options options_for(uint64_t n = darts)
{
    mcpi_options options = MCPI_OPTIONS_DEFAULT;
    options.darts = n;
    options.verify = MCPI_VERIFY_OFF;
    return options;
}

uint64_t hits_of(uint64_t first, uint64_t n)
{
    return count_by_definition(mcpi_job{0, 0, first, n});
}

/* One process: what it counts with ("" for nothing at all), and how it ended. */
struct Process {
    std::string devices;
    mcpi_options options = options_for();
    mcpi_status status = MCPI_OK;
    mcpi_error error{};
    uint64_t darts = 0; /* by its devices */
    int complete = 0;
    SkippingClock *clock = nullptr; /* of its part in the run; nullptr: the real one */
    bool hung = false, left_behind = false;
    std::string failure; /* of its first device */

    void skip_time()
    {
        options.user = clock;
        options.progress = [](void *user, const mcpi_progress *) { static_cast<SkippingClock *>(user)->look(); };
    }

    void count(mcpi_shared_run *run)
    {
        if (clock)
            skip_time();
        mcpi_plan plan{};
        plan.options = options;
        if (!devices.empty()) {
            options.devices = plan.options.devices = devices.c_str();
            ASSERT_EQ(mcpi_plan_make(&options, fake_backends, &plan, &error), MCPI_OK) << error.message;
        }
        plan.source = mcpi_shared_run_source(run);
        plan.seconds = clock ? SkippingClock::read : nullptr;
        mcpi_result *result = nullptr;
        status = mcpi_engine_run(&plan, &result, &error);
        for (size_t i = 0; i < result->device_count; i++)
            darts += result->devices[i].darts;
        complete = result->complete;
        left_behind = result->left_behind;
        hung = result->device_count > 0 && result->devices[0].hung;
        failure = result->device_count > 0 ? result->devices[0].failure : "";
        mcpi_result_free(result);
        mcpi_plan_free(&plan);
    }

    void follow(Hub &hub, unsigned rank)
    {
        ThreadTransport transport(hub, rank);
        mcpi_opening_message opening;
        size_t bytes;
        unsigned from;
        void *message;
        while (!(message = transport.get()->receive(transport.get()->user, &bytes, &from)))
            std::this_thread::yield();
        {
            std::lock_guard<std::mutex> guard(hub.lock);
            hub.looks[rank] = 0; /* those before the run do not count */
        }
        ASSERT_EQ(bytes, sizeof opening);
        std::memcpy(&opening, message, sizeof opening);
        std::free(message);
        mcpi_shared_run *run = mcpi_shared_run_follow(transport.get(), &opening, &options);
        count(run);
        mcpi_shared_run_close(run);
    }
};

/* The parts that rank 0 knows of. */
void check_parts(mcpi_shared_run *run, const mcpi_options &options, const mcpi_ending &ending)
{
    size_t count = 0;
    mcpi_part *const parts = mcpi_record_parts(mcpi_dispatcher_record(mcpi_shared_run_dispatcher(run)), &count);
    mcpi_result result{};
    result.first = options.first;
    result.darts = ending.darts;
    result.hits = ending.hits;
    expect_parts(result, {parts, parts + count}, options.part_darts > 0 ? options.part_darts : 1,
                 [&](uint64_t first, uint64_t darts) {
                     return count_by_definition({options.seed, options.stream, first, darts});
                 });
    EXPECT_TRUE(options.part_darts == 0 || ending.darts < 2 * options.part_darts || count > 1);
    std::free(parts);
}

mcpi_ending run_all(std::vector<Process> &processes, Hub &hub)
{
    mcpi_liveness liveness;
    EXPECT_TRUE(mcpi_liveness_open(&liveness, hub.ranks, mcpi_seconds()));
    std::vector<std::thread> threads;
    for (unsigned rank = 1; rank < processes.size(); rank++)
        threads.emplace_back([&, rank] { processes[rank].follow(hub, rank); });
    ThreadTransport transport(hub, 0);
    mcpi_shared_run *run = mcpi_shared_run_open(transport.get(), &liveness, &processes[0].options);
    processes[0].count(run);
    const mcpi_ending ending = mcpi_dispatcher_ending(mcpi_shared_run_dispatcher(run));
    for (std::thread &thread : threads)
        thread.join();
    check_parts(run, processes[0].options, ending);
    mcpi_shared_run_close(run);
    mcpi_liveness_close(&liveness);
    return ending;
}

mcpi_ending run_all(std::vector<Process> &processes)
{
    Hub hub(static_cast<unsigned>(processes.size()));
    return run_all(processes, hub);
}

std::vector<Process> processes_on(const std::vector<std::string> &devices)
{
    std::vector<Process> processes(devices.size());
    for (size_t i = 0; i < devices.size(); i++)
        processes[i].devices = devices[i];
    return processes;
}

void expect_golden(const mcpi_ending &ending)
{
    EXPECT_TRUE(ending.complete);
    EXPECT_FALSE(ending.interrupted);
    EXPECT_EQ(ending.darts, darts);
    EXPECT_EQ(ending.hits, golden_hits);
}

/* ---- runs ---- */

class SharedRun : public ::testing::TestWithParam<unsigned>
{
};
INSTANTIATE_TEST_SUITE_P(Many, SharedRun, ::testing::Values(1, 2, 3, 5, 8));

TEST_P(SharedRun, TheCountIsTheGoldenOne)
{
    Fleet fleet(std::vector<Behaviour>(GetParam(), gpu()));
    std::vector<Process> processes(GetParam());
    for (unsigned i = 0; i < GetParam(); i++)
        processes[i].devices = "gpu:" + std::to_string(i);
    expect_golden(run_all(processes));
    uint64_t counted = 0;
    for (const Process &process : processes) {
        EXPECT_EQ(process.status, MCPI_OK) << process.error.message;
        EXPECT_TRUE(process.complete);
        counted += process.darts;
    }
    EXPECT_EQ(counted, darts);
}

TEST_P(SharedRun, RankZeroHasTheCountsOfAllParts)
{
    Fleet fleet(std::vector<Behaviour>(GetParam(), gpu(1e6)));
    std::vector<Process> processes(GetParam());
    for (unsigned i = 0; i < GetParam(); i++)
        processes[i].devices = "gpu:" + std::to_string(i);
    processes[0].options.part_darts = 1 << 12; /* the others hear of it */
    expect_golden(run_all(processes));
}

TEST_P(SharedRun, EveryOneTakesPartAccordingToItsRate)
{
    std::vector<Behaviour> fleet_of;
    std::vector<Process> processes(GetParam());
    for (unsigned i = 0; i < GetParam(); i++) {
        fleet_of.push_back(gpu(i == 0 ? 4e5 : 1e5));
        processes[i].devices = "gpu:" + std::to_string(i);
    }
    Fleet fleet(fleet_of);
    expect_golden(run_all(processes));
    const double share = 4.0 / (4.0 + (GetParam() - 1.0));
    EXPECT_NEAR(static_cast<double>(processes[0].darts), share * darts, 0.15 * darts);
}

TEST(SharedRunUneven, OneWithoutDevicesOnlyWaits)
{
    Fleet fleet({gpu(1e6), cpu()});
    for (const std::vector<std::string> &devices :
         {std::vector<std::string>{"", "gpu:0", "cpu"}, {"gpu:0", "", ""}, {"cpu", "", "gpu:0"}}) {
        std::vector<Process> processes = processes_on(devices);
        expect_golden(run_all(processes));
    }
}

/* Ranks wait by sleeping: hundreds that share a few cores must leave these to the ones that count. */
TEST(SharedRunUneven, WaitingTakesFewLooks)
{
    Fleet fleet({gpu(1e6)});
    std::vector<Process> processes = processes_on({"", "gpu:0", ""});
    Hub hub(3);
    const double begin = mcpi_seconds();
    expect_golden(run_all(processes, hub));
    const double seconds = mcpi_seconds() - begin;
    EXPECT_LT(hub.looks[0], 2 * seconds / 0.002 + 100);
    EXPECT_LT(hub.looks[1], 2 * seconds / 0.002 + 100);
    EXPECT_LT(hub.looks[2], 2 * seconds / 0.01 + 100);
}

/* A report is sent when it is due, not at the next tick: here are no ticks, so a run that waits for one hangs. */
TEST(SharedRunUneven, ReportsDoNotWaitForATick)
{
    for (const mcpi_verify verify : {MCPI_VERIFY_OFF, MCPI_VERIFY_ON, MCPI_VERIFY_FULL}) {
        Fleet fleet({cpu(), gpu(), gpu()});
        std::vector<Process> processes = processes_on({"gpu"});
        processes[0].options.verify = verify;
        waits_for_signals = true;
        const mcpi_ending ending = run_all(processes);
        waits_for_signals = false;
        expect_golden(ending);
    }
}

TEST(SharedRunUneven, NobodyAtAllIsAFailure)
{
    Fleet fleet({gpu()});
    std::vector<Process> processes = processes_on({"", ""});
    const mcpi_ending ending = run_all(processes);
    EXPECT_FALSE(ending.complete);
    EXPECT_EQ(ending.darts, 0U);
}

TEST(SharedRunUneven, NoDartsAreDone)
{
    Fleet fleet({gpu(), gpu()});
    std::vector<Process> processes = processes_on({"gpu:0", "gpu:1"});
    processes[0].options.darts = 0;
    const mcpi_ending ending = run_all(processes);
    EXPECT_TRUE(ending.complete);
    EXPECT_EQ(ending.darts, 0U);
}

TEST(SharedRunUneven, RankZeroSaysWhatTheRunIs)
{
    Fleet fleet({gpu(), gpu()});
    std::vector<Process> processes = processes_on({"gpu:0", "gpu:1"});
    processes[0].options.first = 12345;
    processes[0].options.darts = 200001;
    processes[1].options.seed = 99;
    const mcpi_ending ending = run_all(processes);
    EXPECT_TRUE(ending.complete);
    EXPECT_EQ(ending.darts, 200001U);
    EXPECT_EQ(ending.hits, hits_of(12345, 200001));
}

/* ---- failures ---- */

TEST(SharedRunFailing, OthersCountWhatOneCouldNot)
{
    Behaviour failing = gpu(1e6);
    failing.collect_fails_at = 3;
    Fleet fleet({failing, gpu(1e6), gpu(1e6)});
    std::vector<Process> processes = processes_on({"gpu:0", "gpu:1", "gpu:2"});
    const mcpi_ending ending = run_all(processes);
    expect_golden(ending);
    EXPECT_EQ(ending.sharing.rounds, 2U);
    EXPECT_LT(processes[0].darts, darts / 3);
    EXPECT_EQ(processes[1].status, MCPI_OK);
}

TEST(SharedRunFailing, OneThatNeverOpensIsNoLoss)
{
    Behaviour failing = gpu();
    failing.open_fails = true;
    Fleet fleet({failing, gpu()});
    std::vector<Process> processes = processes_on({"gpu:0", "gpu:1"});
    expect_golden(run_all(processes));
}

TEST(SharedRunFailing, OneWhoseDeviceHangsIsNoLoss)
{
    for (const bool in_open : {false, true}) {
        Behaviour hanging = gpu(5e6);
        hanging.open_hangs = in_open;
        hanging.hangs_at = 1;
        Fleet fleet({gpu(5e6), hanging});
        SkippingClock clock(fleet, in_open ? 60.0 : 20.0, in_open);
        std::vector<Process> processes = processes_on({"gpu:0", "gpu:1"});
        processes[1].clock = &clock;
        const mcpi_ending ending = run_all(processes);
        expect_golden(ending);
        EXPECT_TRUE(processes[1].hung);
        EXPECT_TRUE(processes[1].left_behind);
        EXPECT_EQ(processes[1].failure.find("gpu:1 (Fake 1) does not answer"), 0U) << processes[1].failure;
        EXPECT_FALSE(processes[0].hung);
    }
}

TEST(SharedRunFailing, WhenAllFailThePrefixIsRight)
{
    Behaviour failing = gpu(2e6);
    failing.collect_fails_at = 9;
    Fleet fleet({failing, failing});
    std::vector<Process> processes = processes_on({"gpu:0", "gpu:1"});
    const mcpi_ending ending = run_all(processes);
    EXPECT_FALSE(ending.complete);
    EXPECT_GT(ending.darts, 0U);
    EXPECT_LT(ending.darts, darts);
    EXPECT_EQ(ending.hits, hits_of(0, ending.darts));
    EXPECT_NE(processes[0].status, MCPI_OK);
}

TEST(SharedRunFailing, ALiarIsFoundAndItsDartsAreCountedByOthers)
{
    for (const int lies_at : {0, 5}) {
        Behaviour liar = gpu(1e6);
        liar.lies_at = lies_at;
        Fleet fleet({liar, gpu(1e6), cpu()});
        std::vector<Process> processes = processes_on({"gpu:0", "gpu:1"});
        processes[0].options.verify = MCPI_VERIFY_FULL;
        const mcpi_ending ending = run_all(processes);
        expect_golden(ending);
        EXPECT_EQ(processes[0].status, MCPI_MISMATCH);
        EXPECT_EQ(processes[0].darts, 0U);
    }
}

template <typename Message> void *copy_of(const Message &message, size_t *bytes)
{
    *bytes = sizeof message;
    return std::memcpy(std::malloc(sizeof message), &message, sizeof message);
}

/* Rank 1 has no devices. It reports that when rank 0 has long finished, so that the report ends the run, and sends its
   result at once. */
class AnswersAtOnce
{
  public:
    bool sent_result = false, took_result = false; /* rank 0: while it was counting */

    AnswersAtOnce()
    {
        transport = {this, 0, 2, send, receive, give_up};
    }
    const mcpi_transport *get() const
    {
        return &transport;
    }

  private:
    static AnswersAtOnce *self(void *user)
    {
        return static_cast<AnswersAtOnce *>(user);
    }

    static void send(void *user, unsigned, const void *message, size_t)
    {
        self(user)->sent_result |= mcpi_kind_of(message) == MCPI_MESSAGE_OVER;
    }

    static void *receive(void *user, size_t *bytes, unsigned *from)
    {
        AnswersAtOnce *const all = self(user);
        *from = 1;
        if (++all->looks == 100) {
            mcpi_report_message report{};
            report.kind = MCPI_MESSAGE_REPORT;
            report.finished = 1;
            return copy_of(report, bytes);
        }
        if (!all->sent_result || all->took_result)
            return nullptr;
        all->took_result = true;
        return copy_of(mcpi_message{MCPI_MESSAGE_RESULT}, bytes);
    }

    __attribute__((noreturn)) static void give_up(void *, const char *why)
    {
        throw std::runtime_error(why);
    }

    mcpi_transport transport;
    unsigned looks = 0;
};

/* The result is for the code that runs after the shared run. */
TEST(SharedRunUneven, AResultThatArrivesAtOnceIsLeft)
{
    Fleet fleet({gpu()});
    AnswersAtOnce rank_one;
    mcpi_liveness liveness;
    ASSERT_TRUE(mcpi_liveness_open(&liveness, 2, mcpi_seconds()));
    Process process;
    process.devices = "gpu:0";
    mcpi_shared_run *run = mcpi_shared_run_open(rank_one.get(), &liveness, &process.options);
    process.count(run);
    expect_golden(mcpi_dispatcher_ending(mcpi_shared_run_dispatcher(run)));
    EXPECT_TRUE(rank_one.sent_result);
    EXPECT_FALSE(rank_one.took_result);
    mcpi_shared_run_close(run);
    mcpi_liveness_close(&liveness);
}

/* A rank 0 that gives a chunk, and half of it again with the next, as the transport of rank 1. */
class GivesTwice
{
  public:
    uint64_t reported = 0, confirmed = 0; /* darts, since the last chunk */

    const mcpi_transport *get() const
    {
        return &transport;
    }

  private:
    static void send(void *user, unsigned, const void *message, size_t)
    {
        auto *self = static_cast<GivesTwice *>(user);
        if (mcpi_kind_of(message) != MCPI_MESSAGE_REPORT)
            return;
        const auto *report = static_cast<const mcpi_report_message *>(message);
        const auto *parts = reinterpret_cast<const mcpi_part *>(report + 1);
        self->reported += mcpi_darts_of_parts(parts, report->counted);
        self->confirmed += mcpi_darts_of_parts(parts + report->counted, report->confirmed);
        self->asked |= report->asks != 0;
        self->finished = report->finished != 0;
    }

    static void *receive(void *user, size_t *bytes, unsigned *from)
    {
        auto *self = static_cast<GivesTwice *>(user);
        *from = 0;
        if (self->over || (self->given > 0 && !self->finished))
            return nullptr;
        if (self->given == self->chunks.size()) {
            self->over = true;
            return copy_of(mcpi_over_message{MCPI_MESSAGE_OVER, 1}, bytes);
        }
        if (!self->asked)
            return nullptr;
        const mcpi_range chunk = self->chunks[self->given++];
        self->reported = self->confirmed = 0;
        self->asked = self->finished = false;
        return copy_of(mcpi_grant_message{MCPI_MESSAGE_GRANT, chunk.first, chunk.darts, darts}, bytes);
    }

    __attribute__((noreturn)) static void give_up(void *, const char *why)
    {
        throw std::runtime_error(why);
    }

    const std::vector<mcpi_range> chunks{{0, 20000}, {10000, 20000}};
    size_t given = 0;
    bool asked = false, finished = false, over = false;
    const mcpi_transport transport{this, 1, 2, send, receive, give_up};
};

/* Rank 0 hands out again what another process counted together with one that counts wrong. */
TEST(SharedRunFailing, AChunkThatWasCountedBeforeIsCountedAgain)
{
    for (const mcpi_verify verify : {MCPI_VERIFY_OFF, MCPI_VERIFY_FULL}) {
        Fleet fleet({gpu(), cpu()});
        GivesTwice gives;
        mcpi_options options = options_for();
        options.devices = "gpu:0";
        options.verify = verify;
        const mcpi_opening_message opening = {MCPI_MESSAGE_OPENING, 0, 0, 0, darts, darts, 0, 0, 0, 0, 0};
        mcpi_shared_run *run = mcpi_shared_run_follow(gives.get(), &opening, &options);
        mcpi_plan plan;
        mcpi_error error{};
        ASSERT_EQ(mcpi_plan_make(&options, fake_backends, &plan, &error), MCPI_OK) << error.message;
        plan.source = mcpi_shared_run_source(run);
        mcpi_result *result = nullptr;
        EXPECT_EQ(mcpi_engine_run(&plan, &result, &error), MCPI_OK) << error.message;
        EXPECT_EQ(gives.reported, 20000U);
        EXPECT_EQ(gives.confirmed, verify == MCPI_VERIFY_FULL ? 20000U : 0U);
        mcpi_result_free(result);
        mcpi_plan_free(&plan);
        mcpi_shared_run_close(run);
    }
}

/* ---- stopping ---- */

int stop_soon(void *user)
{
    auto *asked = static_cast<std::atomic<int> *>(user);
    return ++*asked > 3;
}

TEST(SharedRunStopping, WhatIsLeftIsAPrefix)
{
    for (const unsigned who : {0U, 1U, 2U}) {
        Fleet fleet({gpu(3e5), gpu(2e5)});
        std::vector<Process> processes = processes_on({"gpu:0", "gpu:1", ""});
        std::atomic<int> asked{0};
        processes[0].options.darts = uint64_t{1} << 40;
        processes[who].options.stop = stop_soon;
        processes[who].options.user = &asked;
        const mcpi_ending ending = run_all(processes);
        EXPECT_FALSE(ending.complete);
        EXPECT_TRUE(ending.interrupted);
        EXPECT_GT(ending.darts, 10000U);
        EXPECT_EQ(ending.hits, hits_of(0, ending.darts));
        EXPECT_EQ(ending.sharing.rounds, 1U);
    }
}

TEST(SharedRunStopping, ATimeLimitIsAWayToBeDone)
{
    Fleet fleet({gpu(3e5), gpu(2e5)});
    std::vector<Process> processes = processes_on({"gpu:0", "gpu:1"});
    processes[0].options.darts = MCPI_DART_END;
    processes[0].options.time_limit_seconds = 0.3;
    const mcpi_ending ending = run_all(processes);
    EXPECT_TRUE(ending.complete);
    EXPECT_FALSE(ending.interrupted);
    EXPECT_EQ(ending.goal, MCPI_DART_END);
    EXPECT_NEAR(static_cast<double>(ending.darts), 0.3 * 5e5, 0.15 * 5e5);
    EXPECT_EQ(ending.hits, hits_of(0, ending.darts));
    EXPECT_TRUE(processes[1].complete);
}

TEST(SharedRunStopping, ATargetErrorEndsAtTheSameDartAsWithOneProcess)
{
    Fleet fleet({gpu(), gpu(), gpu()});
    std::vector<uint64_t> ends;
    for (const std::vector<std::string> &devices :
         {std::vector<std::string>{"gpu:0"}, {"gpu:0", "gpu:1"}, {"gpu:0", "gpu:1", "gpu:2"}}) {
        std::vector<Process> processes = processes_on(devices);
        processes[0].options.darts = MCPI_DART_END;
        processes[0].options.target_error = 1.2e-3;
        const mcpi_ending ending = run_all(processes);
        EXPECT_TRUE(ending.complete);
        EXPECT_GE(ending.sharing.rounds, 2U);
        EXPECT_EQ(ending.hits, hits_of(0, ending.darts));
        ends.push_back(ending.darts);
    }
    /* And alone. */
    mcpi_options options = options_for(MCPI_DART_END);
    options.devices = "gpu:0";
    options.target_error = 1.2e-3;
    mcpi_plan plan;
    mcpi_error error;
    mcpi_result *result = nullptr;
    ASSERT_EQ(mcpi_plan_make(&options, fake_backends, &plan, &error), MCPI_OK);
    ASSERT_EQ(mcpi_engine_run(&plan, &result, &error), MCPI_OK) << error.message;
    for (const uint64_t end : ends)
        EXPECT_EQ(end, result->darts);
    mcpi_result_free(result);
    mcpi_plan_free(&plan);
}

/* ---- checkpoints ---- */

/* Every state that was saved. */
struct Saved {
    std::vector<Kept> states;
    std::atomic<int> count{0};

    static void save(void *user, const mcpi_state *state)
    {
        auto *self = static_cast<Saved *>(user);
        self->states.emplace_back(*state);
        self->count++;
    }
    static int stop_after_three(void *user)
    {
        return static_cast<Saved *>(user)->count >= 3;
    }
    void attach(mcpi_options &options)
    {
        options.save = save;
        options.save_seconds = 0.06;
        options.user = this;
    }
};

void expect_true(const Kept &saved)
{
    uint64_t at = saved.state.first;
    for (const mcpi_part &part : saved.parts) {
        EXPECT_GE(part.first, at);
        at = part.first + part.darts;
        EXPECT_EQ(part.hits, hits_of(part.first, part.darts)) << part.first << " " << part.darts;
    }
    EXPECT_LE(at, saved.state.first + saved.state.goal);
}

/* The liar's process finds out only when goals have been planned from its counts: they are planned again. */
TEST(SharedRunKept, ALiarDoesNotMoveTheEndOfATargetError)
{
    mcpi_options honest = options_for(MCPI_DART_END);
    honest.target_error = 1.2e-3;
    uint64_t last = mcpi_first_goal(&honest);
    for (uint64_t next; (next = mcpi_next_goal(&honest, last, hits_of(0, last))) != last;)
        last = next;

    Behaviour off_by_one = gpu();
    off_by_one.lies = true;
    off_by_one.slice_darts = uint64_t{1} << 40; /* so that every sample shows it */
    Behaviour late = gpu(1e6);
    late.lies_at = 18; /* of some 25 ranges, when the first goal is settled */
    Behaviour misses = gpu(1e7);
    misses.pretends = true;
    Behaviour late_cpu = cpu();
    late_cpu.open_seconds = 0.3;
    for (const Behaviour &liar : {off_by_one, late, misses}) {
        for (const bool trace : {false, true}) {
            const double rate = liar.lies_at >= 0 ? 1e6 : 1e7;
            Fleet fleet({gpu(rate), liar, gpu(rate), late_cpu});
            std::vector<Process> processes = processes_on({"gpu:0", "gpu:1", "gpu:2"});
            for (Process &process : processes)
                process.options.verify = MCPI_VERIFY_FULL;
            processes[0].options.darts = MCPI_DART_END;
            processes[0].options.target_error = 1.2e-3;
            processes[0].options.trace = trace;
            Saved saved;
            saved.attach(processes[0].options);
            const mcpi_ending ending = run_all(processes);
            EXPECT_TRUE(ending.complete);
            EXPECT_EQ(ending.darts, last);
            EXPECT_EQ(ending.goal, last);
            EXPECT_EQ(ending.hits, hits_of(0, last));
            EXPECT_EQ(processes[1].status, MCPI_MISMATCH);
            expect_true(saved.states.back());
            EXPECT_EQ(saved.states.back().state.goal, last);
        }
    }
}

TEST(SharedRunKept, EveryStateIsTrueAndTheLastIsWhole)
{
    Fleet fleet({gpu(1e6), gpu(7e5), gpu(3e5)});
    std::vector<Process> processes = processes_on({"gpu:0", "gpu:1", "gpu:2"});
    Saved saved;
    saved.attach(processes[0].options);
    const mcpi_ending ending = run_all(processes);
    expect_golden(ending);
    EXPECT_GT(saved.states.size(), 3U);
    EXPECT_GT(ending.sharing.reports, 3U);
    for (const Kept &state : saved.states)
        expect_true(state);
    ASSERT_EQ(saved.states.back().parts.size(), 1U);
    EXPECT_EQ(saved.states.back().parts[0].hits, golden_hits);
    /* What the others have counted is in it before the run is over. */
    uint64_t half_way = 0;
    for (const mcpi_part &part : saved.states[saved.states.size() - 3].parts)
        half_way += part.darts;
    EXPECT_GT(half_way, darts / 10);
}

/* A run of `count` processes that is stopped after three saves. */
void stop_after_three_saves(unsigned count, Saved &saved)
{
    Fleet fleet(std::vector<Behaviour>(count, gpu(5e5)));
    std::vector<Process> processes(count);
    for (unsigned i = 0; i < count; i++)
        processes[i].devices = "gpu:" + std::to_string(i);
    saved.attach(processes[0].options);
    processes[0].options.stop = Saved::stop_after_three;
    EXPECT_FALSE(run_all(processes).complete);
}

TEST(SharedRunKept, AnyNumberOfProcessesGoesOn)
{
    for (const unsigned before : {1U, 3U}) {
        Saved saved;
        stop_after_three_saves(before, saved);
        Fleet fleet(std::vector<Behaviour>(5, gpu()));
        for (const unsigned after : {1U, 2U, 5U}) {
            /* From a state in the middle of it all, as a job that was killed leaves it, and from the last. */
            for (Kept *state : {&saved.states[1], &saved.states.back()}) {
                std::vector<Process> processes(after);
                for (unsigned i = 0; i < after; i++)
                    processes[i].devices = "gpu:" + std::to_string(i);
                processes[0].options.resume = state->get();
                const mcpi_ending ending = run_all(processes);
                expect_golden(ending);
                EXPECT_GT(ending.resumed_darts, 0U);
            }
        }
    }
}

TEST(SharedRunKept, AStopInTheMiddleOfHolesLeavesAPrefixAndKeepsTheRest)
{
    std::vector<mcpi_part> parts{{100000, 50000, hits_of(100000, 50000)}, {400000, 500000, hits_of(400000, 500000)}};
    mcpi_state state{0, 0, 0, darts, 0.0, darts, parts.size(), parts.data(), 0, nullptr, MCPI_VERIFY_ON, 0};
    Fleet fleet({gpu(2e5), gpu(1e5)});
    std::vector<Process> processes = processes_on({"gpu:0", "gpu:1"});
    std::atomic<int> asked{0};
    Saved saved;
    processes[0].options.resume = &state;
    processes[0].options.save = Saved::save;
    processes[0].options.user = &saved;
    processes[1].options.stop = stop_soon;
    processes[1].options.user = &asked;
    const mcpi_ending ending = run_all(processes);
    EXPECT_FALSE(ending.complete);
    EXPECT_GT(ending.darts, 0U);
    EXPECT_LT(ending.darts, 400000U);
    EXPECT_EQ(ending.hits, hits_of(0, ending.darts));
    ASSERT_FALSE(saved.states.empty());
    expect_true(saved.states.back());
    EXPECT_EQ(saved.states.back().parts.back().first, 400000U);
}

TEST(SharedRunKept, WhatALiarReportedIsTakenOut)
{
    Behaviour liar = gpu(4e5);
    liar.lies_at = 12; /* after the first reports */
    Fleet fleet({gpu(4e5), liar, cpu()});
    std::vector<Process> processes = processes_on({"gpu:0", "gpu:1"});
    Saved saved;
    saved.attach(processes[0].options);
    processes[1].options.verify = MCPI_VERIFY_FULL;
    expect_golden(run_all(processes));
    EXPECT_EQ(processes[1].status, MCPI_MISMATCH);
    expect_true(saved.states.back());
}

/* A process whose only device lies and then fails has nothing left that counts, but slices left to recount: its counts
   are not settled before. */
TEST(SharedRunKept, ALiarThatFailsIsStillFoundOut)
{
    Behaviour liar = gpu(1e7);
    liar.lies = true;
    liar.collect_fails_at = 3;
    Behaviour late_cpu = cpu();
    late_cpu.open_seconds = 0.3;
    Fleet fleet({gpu(1e7), liar, late_cpu});
    std::vector<Process> processes = processes_on({"gpu:0", "gpu:1"});
    processes[1].options.verify = MCPI_VERIFY_FULL;
    Saved saved;
    saved.attach(processes[0].options);
    expect_golden(run_all(processes));
    EXPECT_EQ(processes[1].status, MCPI_MISMATCH);
    expect_true(saved.states.back());
}

TEST(SharedRunKept, AFailureInTheMiddleIsRepairedAndKept)
{
    Behaviour failing = gpu(5e5);
    failing.collect_fails_at = 8;
    Fleet fleet({gpu(5e5), failing, gpu(5e5)});
    std::vector<Process> processes = processes_on({"gpu:0", "gpu:1", "gpu:2"});
    Saved saved;
    saved.attach(processes[0].options);
    expect_golden(run_all(processes));
    for (const Kept &state : saved.states)
        expect_true(state);
    EXPECT_EQ(saved.states.back().parts.size(), 1U);
}

} // namespace
