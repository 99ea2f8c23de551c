/* What an observer of events is told. */
#include <gtest/gtest.h>

#include <memory>
#include <set>

#include "tests/core/event_ledger.h"
#include "tests/core/skipping_clock.h"
#include "tests/engine/usual_devices.h"

extern "C" {
#include "engine/run.h"
}

namespace
{

constexpr uint64_t golden_hits = 785850; /* golden.tsv: seed 0, stream 0, darts [0, 1000000) */

struct ObservedRun {
    mcpi_options options = MCPI_OPTIONS_DEFAULT;
    mcpi_status status = MCPI_OK;
    mcpi_error error{};
    mcpi_result *result = nullptr;
    std::unique_ptr<EventLedger> ledger;
    SkippingClock *clock = nullptr;
    std::atomic<int> answer{0}; /* of the observer that can stop it */

    explicit ObservedRun(const char *devices, mcpi_verify verify = MCPI_VERIFY_OFF)
    {
        options.devices = devices;
        options.darts = 1000000;
        options.verify = verify;
        options.user = this;
        options.event = [](void *user, const mcpi_event *event) {
            static_cast<ObservedRun *>(user)->ledger->tell(*event);
        };
        options.stop = [](void *user) { return static_cast<ObservedRun *>(user)->answer.load(); };
        options.progress = [](void *user, const mcpi_progress *) {
            if (static_cast<ObservedRun *>(user)->clock)
                static_cast<ObservedRun *>(user)->clock->look();
        };
        ledger = std::make_unique<EventLedger>(options);
    }
    ObservedRun(const ObservedRun &) = delete;
    ObservedRun &operator=(const ObservedRun &) = delete;
    ~ObservedRun()
    {
        mcpi_result_free(result);
    }

    void go(SkippingClock *skips = nullptr)
    {
        mcpi_plan plan;
        clock = skips;
        ASSERT_EQ(mcpi_plan_make(&options, fake_backends, &plan, &error), MCPI_OK) << error.message;
        if (skips)
            plan.seconds = SkippingClock::read;
        status = mcpi_engine_run(&plan, &result, &error);
        mcpi_plan_free(&plan);
        ASSERT_NE(result, nullptr) << error.message;
        EXPECT_EQ(ledger->broken, "");
        EXPECT_TRUE(ledger->all_are_back());
    }
    void expect_golden() const
    {
        EXPECT_EQ(ledger->darts(), options.darts);
        EXPECT_EQ(ledger->hits(), golden_hits);
        EXPECT_EQ(result->hits, golden_hits);
    }
    void expect_end(mcpi_event_kind kind, const std::string &message) const
    {
        const ToldEvent *const end = ledger->find(kind);
        ASSERT_NE(end, nullptr);
        EXPECT_NE(end->message.find(message), std::string::npos) << end->message;
    }
    void expect_no_end() const
    {
        for (const ToldEvent &one : ledger->told)
            EXPECT_LT(one.event.kind, MCPI_EVENT_FAILED) << one.device << ": " << one.message;
    }
};

TEST(Events, TellHowARunGoes)
{
    Fleet fleet({cpu(2), gpu()});
    ObservedRun run("all", MCPI_VERIFY_FULL);
    run.go();
    run.expect_golden();
    run.expect_no_end();
    uint64_t recounted = 0;
    for (const ToldEvent &one : run.ledger->told)
        if (one.event.kind == MCPI_EVENT_RECOUNTED) {
            recounted += one.event.darts;
            EXPECT_EQ(one.device, "cpu");
            EXPECT_TRUE(one.kernel == "fake" || one.kernel == "scalar") << one.kernel;
        }
    EXPECT_EQ(recounted, run.options.darts);
    EXPECT_EQ(run.ledger->count(MCPI_EVENT_GIVEN_BACK), 0U);
}

/* Those that count and those that recount are of one device, and each has its own number. */
TEST(Events, NumberTheWorkersOfADevice)
{
    Fleet fleet({cpu(2)});
    ObservedRun run("cpu", MCPI_VERIFY_FULL);
    run.go();
    run.expect_golden();
    std::set<int> numbers;
    for (const ToldEvent &one : run.ledger->told) {
        const bool recounts = one.event.kind == MCPI_EVENT_RECOUNTED;
        numbers.insert(one.event.worker);
        if (recounts || one.event.kind == MCPI_EVENT_COUNTED) {
            EXPECT_EQ(one.event.worker >= 2, recounts);
            EXPECT_EQ(one.kernel, recounts ? "scalar" : "fake");
        }
    }
    EXPECT_EQ(numbers, (std::set<int>{0, 1, 2, 3}));
}

TEST(Events, TellOfADeviceThatFails)
{
    Behaviour failing = gpu();
    failing.submit_fails_at = 1;
    Fleet fleet({failing, gpu()});
    /* The other one leaves the failing device something to count. */
    fleet.behaviours[1].before_collect = [&fleet](const mcpi_job &) {
        while (fleet.records[0].submitted < 2)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
    };
    ObservedRun run("gpu");
    run.go();
    run.expect_golden();
    run.expect_end(MCPI_EVENT_FAILED, run.result->devices[0].failure);
    EXPECT_GT(run.ledger->count(MCPI_EVENT_GIVEN_BACK), 0U);
}

TEST(Events, TellOfASliceThatIsNotRecounted)
{
    Behaviour failing = cpu(1);
    failing.collect_fails_at = 0;
    Fleet fleet({failing, gpu()});
    ObservedRun run("gpu", MCPI_VERIFY_FULL);
    run.go();
    EXPECT_EQ(run.ledger->broken, "");
    EXPECT_EQ(run.ledger->count(MCPI_EVENT_RECOUNTED), 0U);
    ASSERT_EQ(run.ledger->count(MCPI_EVENT_NOT_RECOUNTED), 1U);
    EXPECT_EQ(run.ledger->find(MCPI_EVENT_NOT_RECOUNTED)->device, "cpu");
}

TEST(Events, TellOfADeviceThatLies)
{
    Behaviour liar = gpu();
    liar.lies = true;
    Fleet fleet({cpu(2), gpu(), liar});
    ObservedRun run("gpu:1,2,2", MCPI_VERIFY_FULL);
    fleet.behaviours[1].before_collect = [&fleet](const mcpi_job &) {
        while (fleet.records[2].collected < 1)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
    };
    run.go();
    EXPECT_EQ(run.status, MCPI_MISMATCH);
    run.expect_golden();
    run.expect_end(MCPI_EVENT_DISTRUSTED, "counted wrong");
    EXPECT_EQ(run.ledger->count(MCPI_EVENT_DISTRUSTED), 2U) << "the device has two workers";
    ASSERT_GT(run.ledger->count(MCPI_EVENT_WITHDRAWN), 0U);
    EXPECT_EQ(run.ledger->find(MCPI_EVENT_WITHDRAWN)->device, "gpu:2");
}

TEST(Events, TellOfADeviceThatHangs)
{
    for (const bool in_close : {false, true}) {
        Behaviour hanging = gpu();
        hanging.hangs_at = in_close ? -1 : 1;
        hanging.close_hangs = in_close;
        Fleet fleet({hanging, gpu()});
        fleet.behaviours[1].before_collect = [&fleet, in_close](const mcpi_job &) {
            while (!in_close && fleet.hanging == 0)
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
        };
        ObservedRun run("gpu");
        SkippingClock clock(fleet, in_close ? 60.0 : 20.0, in_close);
        run.go(&clock);
        run.expect_golden();
        run.expect_end(MCPI_EVENT_WRITTEN_OFF, "gpu:0 (Fake 0) does not answer");
        EXPECT_EQ(run.ledger->count(MCPI_EVENT_WRITTEN_OFF), 1U);
        EXPECT_EQ(run.ledger->count(MCPI_EVENT_GIVEN_BACK) > 0, !in_close);
    }
}

/* The user does not wait: what is in flight is given back, by all workers. */
TEST(Events, TellOfWorkersThatAreLeftBehind)
{
    Behaviour hanging = gpu();
    hanging.hangs_at = 1;
    Fleet fleet({hanging});
    ObservedRun run("gpu");
    fleet.behaviours[0].before_collect = [&](const mcpi_job &) {
        if (fleet.records[0].collected > 0)
            run.answer = MCPI_STOP_AT_ONCE;
    };
    run.go();
    EXPECT_EQ(run.status, MCPI_STOPPED);
    EXPECT_EQ(run.ledger->darts(), run.result->darts);
    EXPECT_EQ(run.ledger->hits(), run.result->hits);
    EXPECT_EQ(run.ledger->count(MCPI_EVENT_LEFT_BEHIND), 1U);
    EXPECT_GT(run.ledger->count(MCPI_EVENT_GIVEN_BACK), 0U);
    fleet.going = true;
}

} // namespace
