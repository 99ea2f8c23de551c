/* What is next in a run: questions about its state, asked without any thread. */
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

extern "C" {
#include "core/status.h"
#include "engine/counting.h"
#include "engine/schedule.h"
}

namespace
{

/* Two GPUs, and a CPU team of two workers that only recounts. */
struct State {
    mcpi_backend backend{};
    mcpi_team teams[3]{};
    mcpi_plan plan{};
    standing standings[3]{};
    worker workers[4]{};
    mcpi_source source{};
    engine e{};

    State()
    {
        backend.opening_darts = 1000;
        backend.in_flight = 2;
        for (mcpi_team &team : teams) {
            team.backend = &backend;
            team.workers = 1;
            team.kernel_count = 1;
        }
        teams[0].counts = teams[1].counts = true;
        teams[2].recounts = true;
        plan.options = MCPI_OPTIONS_DEFAULT;
        plan.team_count = 3;
        plan.teams = teams;
        e.plan = &plan;
        e.standings = standings;
        e.source = &source;
        e.workers = workers;
        e.worker_count = 4;
        const size_t team_of_worker[] = {0, 1, 2, 2};
        for (size_t i = 0; i < 4; i++) {
            workers[i].engine = &e;
            workers[i].team = team_of_worker[i];
            workers[i].lane.state = MCPI_LANE_OPEN;
            workers[i].lane.group = &e.lanes;
        }
        EXPECT_TRUE(mcpi_queue_init(&source.queue, 0, 0, 10));
        EXPECT_TRUE(mcpi_recount_queue_init(&e.recount_queue, 10));
        e.lanes.clock = mcpi_run_clock_start(mcpi_seconds);
        e.first_submit = 100.0;
        e.last_collect = 102.0; /* 5 % of that are 0.1 s */
    }
    State(const State &) = delete;
    State &operator=(const State &) = delete;
    ~State()
    {
        mcpi_run_clock_stop(e.lanes.clock);
        mcpi_queue_free(&source.queue);
        mcpi_recount_queue_free(&e.recount_queue);
    }

    void wait_for_recount(size_t team, uint64_t darts)
    {
        const mcpi_recount_slice slice = {team, 0, {0, 0, 0, darts}, 0};
        standings[team].offered[0] = true;
        EXPECT_TRUE(mcpi_recount_queue_push(&e.recount_queue, &slice));
    }
    /* It has recounted slices at 1000 darts a second. */
    void has_recounted(worker &w, double seconds)
    {
        const auto darts = static_cast<uint64_t>(1000 * seconds);
        w.recounted = {darts, darts, 0, 0.5 * seconds, seconds};
    }
    void submit_recount(worker &w, size_t team = 0)
    {
        mcpi_task task{};
        task.purpose = MCPI_TASK_RECOUNT;
        task.check.team = team;
        standings[team].taken_slices[0]++;
        w.lane.tasks[w.lane.in_flight++] = task;
    }
};

TEST(Schedule, CountsTheWorkersThatCanOrMayYet)
{
    State s;
    EXPECT_EQ(mcpi_counters(&s.e), 2U);
    EXPECT_EQ(mcpi_recounters(&s.e), 2U);
    s.workers[0].lane.state = MCPI_LANE_OPENING;
    s.workers[2].lane.state = MCPI_LANE_FAILED;
    EXPECT_EQ(mcpi_counters(&s.e), 2U);
    EXPECT_EQ(mcpi_recounters(&s.e), 1U);
    EXPECT_TRUE(mcpi_demand_of(&s.e).ready);
    s.workers[1].lane.state = MCPI_LANE_FAILED;
    EXPECT_EQ(mcpi_counters(&s.e), 1U);
    EXPECT_FALSE(mcpi_demand_of(&s.e).ready) << "that one recounts only, and that one is being opened";
}

TEST(Schedule, AddsUpTheRatesOfThoseWhoCount)
{
    State s;
    for (worker &w : s.workers)
        w.lane.rate = 100;
    EXPECT_EQ(mcpi_total_rate(&s.e), 200.0);
    s.workers[1].lane.state = MCPI_LANE_FAILED;
    EXPECT_EQ(mcpi_total_rate(&s.e), 100.0);
}

/* One device floods the queue, and there is no budget for more of it: the other one is not forgotten. */
TEST(Schedule, ADeviceOfWhichNothingWasRecountedComesFirstWhateverTheBudget)
{
    State s;
    s.has_recounted(s.workers[2], 10.0);
    s.standings[0].taken_slices[0] = 3;
    for (int i = 0; i < 20; i++)
        s.wait_for_recount(0, 100);
    EXPECT_FALSE(mcpi_may_recount(&s.workers[2]));
    s.wait_for_recount(1, 100);
    EXPECT_EQ(mcpi_next_slice(&s.e), 20U);
    EXPECT_TRUE(mcpi_may_recount(&s.workers[2]));
    s.submit_recount(s.workers[3], 1);
    EXPECT_EQ(mcpi_next_slice(&s.e), 20U) << "one of its slices is being recounted, but three of the other one were";
    EXPECT_FALSE(mcpi_may_recount(&s.workers[2]));
    s.standings[1].taken_slices[0] = 4;
    s.source.queue.end = 1000;
    s.workers[0].lane.rate = 1000;
    EXPECT_EQ(mcpi_next_slice(&s.e), 19U) << "the newest of the other one";
    s.plan.options.verify = MCPI_VERIFY_FULL;
    EXPECT_EQ(mcpi_next_slice(&s.e), 0U);
}

/* A run of a second that is half counted: half of the 50 ms. */
TEST(Schedule, TheBudgetIsSpentEvenlyOverARun)
{
    State s;
    s.standings[0].taken_slices[0] = 3;
    s.wait_for_recount(0, 1);
    s.e.last_collect = 100.5;
    s.source.queue.end = 3000;
    s.workers[1].lane.tasks[0].job.darts = 2000;
    s.workers[1].lane.in_flight = 1;
    s.workers[0].lane.rate = 10000;
    s.has_recounted(s.workers[2], 0.023);
    EXPECT_TRUE(mcpi_may_recount(&s.workers[2]));
    s.has_recounted(s.workers[2], 0.025);
    EXPECT_FALSE(mcpi_may_recount(&s.workers[2]));
    s.source.queue.end = 0;
    s.workers[1].lane.in_flight = 0;
    EXPECT_TRUE(mcpi_may_recount(&s.workers[2])) << "nothing is left to count";
    s.has_recounted(s.workers[2], 0.05);
    EXPECT_FALSE(mcpi_may_recount(&s.workers[2]));
}

TEST(Schedule, AWorkerThatHasRecountedNothingJoinsIn)
{
    State s;
    s.has_recounted(s.workers[2], 10.0);
    s.standings[0].taken_slices[0] = 3;
    s.wait_for_recount(0, 100);
    EXPECT_FALSE(mcpi_may_recount(&s.workers[2]));
    EXPECT_TRUE(mcpi_may_recount(&s.workers[3]));
    EXPECT_FALSE(mcpi_may_recount(&s.workers[0])) << "it does not recount";
    s.workers[3].lane.state = MCPI_LANE_OPENING;
    EXPECT_FALSE(mcpi_may_recount(&s.workers[3]));
}

TEST(Schedule, TheBudgetIsAShareOfTheTimeCounted)
{
    State s;
    s.standings[0].taken_slices[0] = 3;
    s.wait_for_recount(0, 40); /* 0.04 s */
    s.has_recounted(s.workers[2], 0.05);
    EXPECT_TRUE(mcpi_may_recount(&s.workers[2]));
    s.has_recounted(s.workers[2], 0.07);
    EXPECT_FALSE(mcpi_may_recount(&s.workers[2])) << "0.11 s of 2 s";
    s.e.last_collect = 102.5;
    EXPECT_TRUE(mcpi_may_recount(&s.workers[2]));
    s.e.last_collect = 100.1;
    s.has_recounted(s.workers[2], 0.009);
    EXPECT_TRUE(mcpi_may_recount(&s.workers[2])) << "50 ms at least";
    s.has_recounted(s.workers[2], 0.011);
    EXPECT_FALSE(mcpi_may_recount(&s.workers[2]));
    s.plan.options.verify = MCPI_VERIFY_FULL;
    EXPECT_TRUE(mcpi_may_recount(&s.workers[2]));
}

TEST(Schedule, RecountsArePendingWhileSomeoneCanDoThem)
{
    State s;
    EXPECT_FALSE(mcpi_recounts_pending(&s.e));
    s.wait_for_recount(0, 100);
    EXPECT_TRUE(mcpi_recounts_pending(&s.e));
    s.workers[2].lane.state = MCPI_LANE_FAILED;
    s.workers[3].lane.state = MCPI_LANE_OPENING;
    EXPECT_TRUE(mcpi_recounts_pending(&s.e)) << "it will";
    s.workers[3].lane.state = MCPI_LANE_FAILED;
    EXPECT_FALSE(mcpi_recounts_pending(&s.e));
    mcpi_recount_queue_take(&s.e.recount_queue, 0);
    s.submit_recount(s.workers[2]);
    EXPECT_TRUE(mcpi_recounts_pending(&s.e));
    s.workers[2].lane.in_flight = 0;
    s.workers[3].judging = true;
    EXPECT_TRUE(mcpi_recounts_pending(&s.e));
}

/* Nobody waits for room that nobody will make. */
TEST(Schedule, FullRecountsHoldUpThoseWhoCountWhileSomeoneRecounts)
{
    State s;
    s.source.queue.end = 1000000;
    s.plan.options.verify = MCPI_VERIFY_FULL;
    while (mcpi_may_take_range(&s.workers[0]))
        s.wait_for_recount(0, 100);
    EXPECT_EQ(s.e.recount_queue.count, 1024U);
    s.plan.options.verify = MCPI_VERIFY_ON;
    EXPECT_TRUE(mcpi_may_take_range(&s.workers[0]));
    s.plan.options.verify = MCPI_VERIFY_FULL;
    s.workers[2].lane.state = s.workers[3].lane.state = MCPI_LANE_FAILED;
    EXPECT_TRUE(mcpi_may_take_range(&s.workers[0]));
}

TEST(Schedule, NothingNewIsTakenOnceTheGoalIsMetOrTheRunIsToStop)
{
    State s;
    s.source.queue.end = 1000000;
    EXPECT_TRUE(mcpi_may_take_range(&s.workers[0]));
    EXPECT_FALSE(mcpi_may_take_range(&s.workers[2])) << "it does not count";
    s.source.stopping = true;
    EXPECT_FALSE(mcpi_may_take_range(&s.workers[0]));
    mcpi_queue_give_back(&s.source.queue, {5, 5});
    EXPECT_TRUE(mcpi_may_take_range(&s.workers[0]));
    s.source.record.met = true;
    EXPECT_FALSE(mcpi_may_take_range(&s.workers[0]));
}

TEST(Schedule, IsOverWhenNothingIsLeftThatAWorkerCouldBeNeededFor)
{
    State s;
    s.source.queue.end = 1000000;
    EXPECT_FALSE(mcpi_is_over(&s.e));
    s.source.record.met = true;
    EXPECT_TRUE(mcpi_is_over(&s.e));
    s.source.taken_count = 1;
    EXPECT_FALSE(mcpi_is_over(&s.e));
    s.source.taken_count = 0;
    s.wait_for_recount(0, 100);
    EXPECT_FALSE(mcpi_is_over(&s.e)) << "it may turn out to be wrong";
    s.workers[0].lane.state = s.workers[1].lane.state = MCPI_LANE_FAILED;
    EXPECT_TRUE(mcpi_is_over(&s.e)) << "no one could count again";
}

TEST(Schedule, IsNotOverWhileMoreMayCome)
{
    State s;
    s.source.more_may_come = true;
    EXPECT_FALSE(mcpi_is_over(&s.e));
    s.source.more_may_come = false;
    EXPECT_TRUE(mcpi_is_over(&s.e));
}

TEST(Schedule, TheTimeLimitIsNoInterruption)
{
    State s;
    EXPECT_FALSE(mcpi_is_interrupted(&s.e));
    s.source.stopping = true;
    EXPECT_TRUE(mcpi_is_interrupted(&s.e));
    s.source.timed_out = true;
    EXPECT_FALSE(mcpi_is_interrupted(&s.e));
}

TEST(Schedule, TheTimeLimitEndsTheRun)
{
    State s;
    s.e.first_submit = mcpi_now(&s.e) - 5.0;
    mcpi_stop_if_out_of_time(&s.e);
    EXPECT_FALSE(s.source.stopping) << "there is none";
    EXPECT_TRUE(std::isinf(mcpi_seconds_left(&s.e)));
    s.plan.options.time_limit_seconds = 1000.0;
    mcpi_stop_if_out_of_time(&s.e);
    EXPECT_FALSE(s.source.stopping);
    s.plan.options.time_limit_seconds = 5.0;
    EXPECT_EQ(mcpi_seconds_left(&s.e), 0.0);
    mcpi_stop_if_out_of_time(&s.e);
    EXPECT_TRUE(s.source.stopping);
    EXPECT_TRUE(s.source.timed_out);
}

} // namespace
