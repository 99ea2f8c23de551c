/* Recounting parts of a state: which parts, what is compared, and how it ends; by made-up runs, and by real ones. */
#include <gtest/gtest.h>

#include <algorithm>
#include <climits>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "mcpi/dart.h"
#include "recount/recount_state.h"
#include "stats/sampling.h"

/* Calls of calloc that succeed before one fails; -1: all do. The linker puts the function below in its place
   (--wrap). */
static int callocs_left = -1;

extern "C" {
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return callocs_left >= 0 && callocs_left-- == 0 ? nullptr : __real_calloc(count, size);
}

namespace
{

using Report = std::unique_ptr<mcpi_recount_report, decltype(&mcpi_recount_report_free)>;

/* A state of these parts, and a made-up run that counts them as stated. */
class Recount : public testing::Test
{
  protected:
    Recount()
    {
        current = this;
        for (uint64_t i = 0; i < 20; i++)
            parts.push_back({100 + 10 * i, 10, i % 10});
        state.seed = 7;
        state.stream = 3;
        state.first = 100;
        state.darts = state.goal = 200;
        options.run = MCPI_OPTIONS_DEFAULT;
        options.run.user = this;
        options.run.devices = "made up";
    }
    ~Recount() override
    {
        current = nullptr;
    }
    Recount(const Recount &) = delete;
    Recount &operator=(const Recount &) = delete;

    mcpi_status recount()
    {
        mcpi_recount_report *made = reinterpret_cast<mcpi_recount_report *>(this); /* it is set in any case */
        state.parts = parts.data();
        state.part_count = parts.size();
        const mcpi_status status = mcpi_recount_state(run, &state, &options, &made, &error);
        report = Report(made, mcpi_recount_report_free);
        return status;
    }
    /* One run; `at` is its number. */
    static mcpi_status run(const mcpi_options *options, mcpi_result **result, mcpi_error *error)
    {
        Recount &self = *current;
        self.runs.push_back(*options);
        auto *const made = static_cast<mcpi_result *>(std::calloc(1, sizeof(mcpi_result)));
        made->darts = options->darts;
        made->hits = self.parts[(options->first - 100) / 10].hits;
        made->complete = 1;
        made->counting_seconds = 4.0;
        *result = made;
        const mcpi_status status = self.during ? self.during(self.runs.size(), *made) : MCPI_OK;
        if (status == MCPI_OK)
            return MCPI_OK;
        error->status = status;
        std::snprintf(error->message, sizeof error->message, "the run ended early");
        if (self.without_result) {
            mcpi_result_free(*result);
            *result = nullptr;
        }
        return status;
    }
    /* Stop when it is called with this many parts counted. */
    void stop_after(size_t count)
    {
        stop_at = count;
        options.run.stop = [](void *user) {
            const auto *self = static_cast<Recount *>(user);
            return self->runs.size() >= self->stop_at ? int{MCPI_STOP} : 0;
        };
    }
    void keep_progress()
    {
        options.run.progress = [](void *user, const mcpi_progress *progress) {
            static_cast<Recount *>(user)->shown.push_back(*progress);
        };
    }

    static Recount *current;
    std::vector<mcpi_part> parts;
    mcpi_state state{};
    mcpi_recount_options options{};
    std::function<mcpi_status(size_t number, mcpi_result &result)> during; /* what a run does besides */
    bool without_result = false;                                           /* of a run that fails */
    size_t stop_at = 0;
    std::vector<mcpi_options> runs;
    std::vector<mcpi_progress> shown;
    Report report{nullptr, mcpi_recount_report_free};
    mcpi_error error{};
};

Recount *Recount::current;

TEST_F(Recount, CountsEachPartOnce)
{
    ASSERT_EQ(recount(), MCPI_OK);
    ASSERT_EQ(report->part_count, parts.size());
    std::set<uint64_t> firsts;
    for (size_t i = 0; i < report->part_count; i++) {
        firsts.insert(report->parts[i].claim.first);
        EXPECT_EQ(report->parts[i].hits, report->parts[i].claim.hits);
        EXPECT_EQ(runs[i].first, report->parts[i].claim.first);
        EXPECT_EQ(runs[i].darts, 10U);
        EXPECT_EQ(runs[i].seed, 7U);
        EXPECT_EQ(runs[i].stream, 3U);
    }
    EXPECT_EQ(firsts.size(), parts.size());
    EXPECT_EQ(report->darts, 200U);
    EXPECT_EQ(report->counting_seconds, 80.0);
    EXPECT_EQ(report->disagreements, 0U);
    EXPECT_EQ(report->complete, 1);
    EXPECT_EQ(report->failure.status, MCPI_OK);
    EXPECT_NE(report->last, nullptr);
    EXPECT_EQ(report->hung, 0);
}

TEST_F(Recount, ThePickChoosesTheParts)
{
    options.share = 0.22; /* 4.4 parts are 5 */
    for (const uint64_t pick : {uint64_t{0}, uint64_t{12}, UINT64_MAX}) {
        std::vector<size_t> order(parts.size());
        mcpi_sample_order(pick, order.size(), order.data());
        options.pick = pick;
        ASSERT_EQ(recount(), MCPI_OK);
        ASSERT_EQ(report->part_count, 5U);
        for (size_t i = 0; i < 5; i++)
            EXPECT_EQ(report->parts[i].claim.first, parts[order[i]].first);
    }
}

TEST_F(Recount, AShareIsAtLeastOnePart)
{
    const std::vector<std::pair<double, size_t>> shares = {{1e-300, 1}, {0.05, 1}, {0.051, 2},
                                                           {0.5, 10},   {1.0, 20}, {0.0, 20}};
    for (const auto &[share, count] : shares) {
        options.share = share;
        ASSERT_EQ(recount(), MCPI_OK);
        EXPECT_EQ(report->part_count, count) << share;
    }
}

TEST_F(Recount, HandsOnHowToCount)
{
    options.run.threads = 5;
    options.run.pin = MCPI_PIN_CORES;
    options.run.kernel = "any";
    options.run.verify = MCPI_VERIFY_OFF;
    options.run.workers = MCPI_WORKERS_PROCESSES;
    options.run.worker_program = "program";
    ASSERT_EQ(recount(), MCPI_OK);
    const mcpi_options &one = runs.back();
    EXPECT_STREQ(one.devices, "made up");
    EXPECT_EQ(one.threads, 5U);
    EXPECT_EQ(one.pin, MCPI_PIN_CORES);
    EXPECT_STREQ(one.kernel, "any");
    EXPECT_EQ(one.verify, MCPI_VERIFY_OFF);
    EXPECT_EQ(one.workers, MCPI_WORKERS_PROCESSES);
    EXPECT_STREQ(one.worker_program, "program");
    EXPECT_EQ(one.stop, nullptr);
    EXPECT_EQ(one.progress, nullptr);
}

/* With them a part would be cut short, or counted from another state. */
TEST_F(Recount, IgnoresWhatBelongsToOneRun)
{
    options.run.target_error = 0.5;
    options.run.time_limit_seconds = 1e6;
    options.run.trace = options.run.profile = 1;
    options.run.resume = &state;
    options.run.save = [](void *, const mcpi_state *) { ADD_FAILURE(); };
    options.run.event = [](void *, const mcpi_event *) { ADD_FAILURE(); };
    options.run.part_darts = 3;
    ASSERT_EQ(recount(), MCPI_OK);
    const mcpi_options &one = runs.back();
    EXPECT_EQ(one.target_error, 0.0);
    EXPECT_EQ(one.time_limit_seconds, 0.0);
    EXPECT_EQ(one.trace, 0);
    EXPECT_EQ(one.profile, 0);
    EXPECT_EQ(one.resume, nullptr);
    EXPECT_EQ(one.save, nullptr);
    EXPECT_EQ(one.event, nullptr);
    EXPECT_EQ(one.part_darts, 0U);
}

TEST_F(Recount, FindsAWrongCount)
{
    during = [](size_t number, mcpi_result &result) {
        result.hits += number == 4;
        return MCPI_OK;
    };
    ASSERT_EQ(recount(), MCPI_MISMATCH);
    EXPECT_EQ(error.status, MCPI_MISMATCH);
    EXPECT_STREQ(error.message, "counts disagree in 1 of 20 recounted parts");
    EXPECT_EQ(report->part_count, 20U) << "it goes on";
    EXPECT_EQ(report->disagreements, 1U);
    EXPECT_EQ(report->complete, 1);
    for (size_t i = 0; i < report->part_count; i++)
        EXPECT_EQ(report->parts[i].hits, report->parts[i].claim.hits + (i == 3 ? 1 : 0));
}

/* ---- how it ends ---- */

TEST_F(Recount, IsAskedToStopBetweenParts)
{
    stop_after(3);
    ASSERT_EQ(recount(), MCPI_STOPPED) << "although these runs never ask";
    EXPECT_STREQ(error.message, "stopped on request");
    ASSERT_EQ(report->part_count, 3U);
    EXPECT_EQ(report->darts, 30U);
    EXPECT_EQ(report->complete, 0);
    EXPECT_EQ(report->failure.status, MCPI_STOPPED);
}

TEST_F(Recount, IsNotAskedToStopAfterTheLastPart)
{
    stop_after(parts.size());
    EXPECT_EQ(recount(), MCPI_OK);
    EXPECT_EQ(report->complete, 1);
}

TEST_F(Recount, StoppedInAPartItHasThoseBefore)
{
    stop_after(3);
    during = [this](size_t number, mcpi_result &result) {
        const bool stopped = number == 3 && runs.back().stop(runs.back().user) != 0;
        result.complete = !stopped;
        return stopped ? MCPI_STOPPED : MCPI_OK;
    };
    ASSERT_EQ(recount(), MCPI_STOPPED);
    EXPECT_STREQ(error.message, "the run ended early");
    ASSERT_EQ(report->part_count, 2U);
    EXPECT_EQ(report->darts, 20U);
    EXPECT_EQ(report->counting_seconds, 8.0);
    EXPECT_EQ(report->complete, 0);
    EXPECT_EQ(report->last->complete, 0) << "the devices of the run that was stopped";
}

TEST_F(Recount, AMismatchCountsMoreThanARequestToStop)
{
    stop_after(3);
    during = [](size_t number, mcpi_result &result) {
        result.hits += number == 1;
        return MCPI_OK;
    };
    ASSERT_EQ(recount(), MCPI_MISMATCH);
    EXPECT_STREQ(error.message, "counts disagree in 1 of 3 recounted parts");
    EXPECT_EQ(report->complete, 0);
    EXPECT_EQ(report->failure.status, MCPI_STOPPED);
    EXPECT_STREQ(report->failure.message, "stopped on request");
}

/* By the made-up clock a part takes 4 s. */
TEST_F(Recount, BeginsNoPartAfterItsTime)
{
    for (const auto &[limit, count] : std::vector<std::pair<double, size_t>>{{0.001, 1}, {8.0, 2}, {8.5, 3}}) {
        options.run.time_limit_seconds = limit;
        ASSERT_EQ(recount(), MCPI_OK);
        EXPECT_EQ(report->part_count, count) << limit;
        EXPECT_EQ(report->complete, 1) << "that is what was asked for";
    }
}

TEST_F(Recount, ADeviceThatFailsEndsIt)
{
    during = [](size_t number, mcpi_result &result) {
        result.complete = number < 3;
        return number < 3 ? MCPI_OK : MCPI_DEVICE_FAILED;
    };
    for (const bool none : {false, true}) {
        without_result = none;
        runs.clear();
        ASSERT_EQ(recount(), MCPI_DEVICE_FAILED);
        EXPECT_STREQ(error.message, "the run ended early");
        ASSERT_NE(report, nullptr);
        EXPECT_EQ(report->part_count, 2U);
        EXPECT_EQ(report->complete, 0);
        EXPECT_EQ(report->failure.status, MCPI_DEVICE_FAILED);
        EXPECT_EQ(report->last->complete, none ? 1 : 0);
    }
}

TEST_F(Recount, WithoutAnyResultThereIsNoReport)
{
    without_result = true;
    during = [](size_t, mcpi_result &) { return MCPI_NO_DEVICE; };
    EXPECT_EQ(recount(), MCPI_NO_DEVICE);
    EXPECT_EQ(error.status, MCPI_NO_DEVICE);
    EXPECT_STREQ(error.message, "the run ended early");
    EXPECT_EQ(report, nullptr);
}

/* The next run would wait for the device that these threads wait for. */
TEST_F(Recount, GoesNoFurtherWithThreadsLeftBehind)
{
    during = [](size_t number, mcpi_result &result) {
        result.left_behind = number == 2;
        return MCPI_OK;
    };
    ASSERT_EQ(recount(), MCPI_TIMED_OUT);
    EXPECT_STREQ(error.message, "a device does not respond; 18 of 20 parts have not been recounted");
    EXPECT_EQ(report->part_count, 2U);
    EXPECT_EQ(report->complete, 0);
    EXPECT_EQ(report->hung, 1);
    options.share = 0.1; /* two parts */
    runs.clear();
    ASSERT_EQ(recount(), MCPI_OK) << "nothing is left to count";
    EXPECT_EQ(report->complete, 1);
    EXPECT_EQ(report->hung, 1);
}

TEST_F(Recount, RemembersADeviceThatHung)
{
    during = [](size_t number, mcpi_result &result) {
        result.devices = static_cast<mcpi_device_result *>(std::calloc(2, sizeof(mcpi_device_result)));
        result.device_count = 2;
        result.devices[1].hung = number == 1;
        return MCPI_OK;
    };
    ASSERT_EQ(recount(), MCPI_OK);
    EXPECT_EQ(report->hung, 1);
    EXPECT_EQ(report->last->device_count, 2U);
}

/* ---- progress ---- */

TEST_F(Recount, ShowsTheProgressOfAllParts)
{
    options.share = 0.15; /* three parts */
    keep_progress();
    during = [this](size_t, mcpi_result &) {
        const mcpi_progress half = {5, 2, 5, 0, 10, 2.0};
        runs.back().progress(runs.back().user, &half);
        return MCPI_OK;
    };
    ASSERT_EQ(recount(), MCPI_OK);
    ASSERT_EQ(shown.size(), 5U) << "in three parts and between them";
    uint64_t hits = 0;
    for (size_t i = 0; i < shown.size(); i++) {
        const size_t done = (i + 1) / 2;
        const bool within = i % 2 == 0;
        EXPECT_EQ(shown[i].darts, 10 * done + (within ? 5 : 0));
        EXPECT_EQ(shown[i].reached, shown[i].darts);
        EXPECT_EQ(shown[i].hits, hits + (within ? 2 : 0));
        EXPECT_EQ(shown[i].goal, 30U);
        EXPECT_EQ(shown[i].counting_seconds, 4.0 * static_cast<double>(done) + (within ? 2.0 : 0.0));
        hits += within ? report->parts[done].hits : 0;
    }
}

/* ---- refused ---- */

TEST_F(Recount, RefusesWhatCannotBeRecounted)
{
    const auto refused = [this] {
        const mcpi_status status = recount();
        EXPECT_EQ(report, nullptr);
        EXPECT_TRUE(runs.empty());
        return std::string(mcpi_status_name(status)) + ": " + error.message;
    };
    parts[3].hits = 11;
    EXPECT_EQ(refused(), "BAD_OPTION: the parts of the state are inconsistent");
    parts.clear();
    EXPECT_EQ(refused(), "BAD_OPTION: the state has no darts to recount");
    parts = {{100, 10, 1}};
    for (const double share : {-0.1, 1.1, std::nan(""), static_cast<double>(INFINITY)}) {
        options.share = share;
        EXPECT_EQ(refused().find("BAD_OPTION: share "), 0U) << share;
    }
    options.share = 0;
    for (const double limit : {-1.0, std::nan(""), static_cast<double>(INFINITY)}) {
        options.run.time_limit_seconds = limit;
        EXPECT_EQ(refused().find("BAD_OPTION: time_limit_seconds "), 0U) << limit;
    }
}

TEST_F(Recount, SaysThatMemoryIsOut)
{
    for (int calls = 0; calls < 3; calls++) {
        callocs_left = calls;
        EXPECT_EQ(recount(), MCPI_NO_MEMORY);
        EXPECT_EQ(callocs_left, -1) << "that call was made";
        EXPECT_EQ(report, nullptr);
        EXPECT_STREQ(error.message, "cannot begin to recount: out of memory");
    }
    EXPECT_EQ(recount(), MCPI_OK);
}

/* ---- by real runs ---- */

mcpi_recount_options on_the_cpu()
{
    mcpi_recount_options options{};
    options.run = MCPI_OPTIONS_DEFAULT;
    options.run.devices = "cpu";
    return options;
}

Report recount_on_the_cpu(const mcpi_state &state, mcpi_status expected, mcpi_error *error)
{
    const mcpi_recount_options options = on_the_cpu();
    mcpi_recount_report *report = nullptr;
    EXPECT_EQ(mcpi_recount(&state, &options, &report, error), expected);
    return {report, mcpi_recount_report_free};
}

TEST(RecountOnTheCpu, AgreesWithAResultAndFindsAWrongPart)
{
    mcpi_options options = MCPI_OPTIONS_DEFAULT;
    options.devices = "cpu";
    options.seed = 5;
    options.first = 1000;
    options.darts = 2000000;
    options.part_darts = 1 << 16;
    mcpi_result *result = nullptr;
    mcpi_state *state = nullptr;
    mcpi_error error{};
    ASSERT_EQ(mcpi_run(&options, &result, &error), MCPI_OK) << error.message;
    ASSERT_EQ(mcpi_state_of(result, &state, &error), MCPI_OK);
    ASSERT_GE(state->part_count, 2U);
    const Report right = recount_on_the_cpu(*state, MCPI_OK, nullptr);
    EXPECT_EQ(right->darts, 2000000U);
    ASSERT_EQ(right->last->device_count, 1U);
    EXPECT_STREQ(right->last->devices[0].device.id, "cpu");
    state->parts[1].hits--;
    const Report wrong = recount_on_the_cpu(*state, MCPI_MISMATCH, &error);
    EXPECT_EQ(wrong->disagreements, 1U);
    const mcpi_recounted_part *const found =
        std::find_if(wrong->parts, wrong->parts + wrong->part_count,
                     [](const mcpi_recounted_part &part) { return part.hits != part.claim.hits; });
    ASSERT_NE(found, wrong->parts + wrong->part_count);
    EXPECT_EQ(found->claim.first, state->parts[1].first);
    EXPECT_EQ(found->hits, state->parts[1].hits + 1);
    std::free(state);
    mcpi_result_free(result);
}

/* It is stopped while it counts a part that would take hours. */
TEST(RecountOnTheCpu, StoppedItHasWhatItRecounted)
{
    mcpi_part parts[2] = {{0, 10, 0}, {uint64_t{1} << 40, uint64_t{1} << 46, 0}};
    for (uint64_t dart = 0; dart < 10; dart++)
        parts[0].hits += mcpi_dart(0, 0, dart);
    mcpi_state state{};
    state.darts = state.goal = MCPI_DART_END;
    state.parts = parts;
    state.part_count = 2;
    mcpi_recount_options options = on_the_cpu();
    size_t order[2];
    do
        mcpi_sample_order(++options.pick, 2, order);
    while (order[0] != 0); /* the short part first */
    bool begun = false;
    options.run.user = &begun;
    options.run.progress = [](void *user, const mcpi_progress *progress) {
        *static_cast<bool *>(user) = progress->darts > 10;
    };
    options.run.stop = [](void *user) { return *static_cast<bool *>(user) ? int{MCPI_STOP} : 0; };
    mcpi_recount_report *report = nullptr;
    mcpi_error error{};
    EXPECT_EQ(mcpi_recount(&state, &options, &report, &error), MCPI_STOPPED) << error.message;
    ASSERT_NE(report, nullptr);
    EXPECT_EQ(report->part_count, 1U);
    EXPECT_EQ(report->parts[0].hits, parts[0].hits);
    EXPECT_EQ(report->complete, 0);
    EXPECT_EQ(report->last->first, parts[1].first);
    mcpi_recount_report_free(report);
}

TEST(RecountOnTheCpu, SaysWhichDeviceIsMissing)
{
    mcpi_part part = {0, 10, 7};
    mcpi_state state{};
    state.darts = state.goal = 10;
    state.parts = &part;
    state.part_count = 1;
    mcpi_recount_options options = on_the_cpu();
    options.run.devices = "gpu:77";
    mcpi_recount_report *report = nullptr;
    mcpi_error error{};
    EXPECT_EQ(mcpi_recount(&state, &options, &report, &error), MCPI_NO_DEVICE);
    EXPECT_NE(std::string(error.message).find("77"), std::string::npos) << error.message;
    EXPECT_EQ(report, nullptr);
    mcpi_recount_report_free(report);
}

} // namespace
