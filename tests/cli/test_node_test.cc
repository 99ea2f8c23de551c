/* The test of a node on a thread of its own, with a made-up stress test: its behaviour is a function of the case. */
#include <gtest/gtest.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

extern "C" {
#include "cli/commands.h"
#include "cli/io/complain.h"
#include "cli/io/exit_process.h"
#include "cli/io/interrupt.h"
#include "cli/stress/node_account.h"
#include "cli/stress/node_test.h"
#include "cli/stress/stress_test.h"
}

namespace
{

std::function<int(const cli_options *, const stress_observer *)> made_up;

} // namespace

extern "C" int __wrap_stress_test(const cli_options *options, const report_files *, const stress_observer *observer)
{
    return made_up(options, observer);
}

namespace
{

class NodeTest : public testing::Test
{
  protected:
    NodeTest()
    {
        rows[0].tested = 1;
        report.rows = rows;
        report.row_count = 1;
        report.confirmed_darts = 1000;
    }

    void start(bool details = false)
    {
        cli_options options{};
        options.command = &stress_command;
        options.metrics = metrics;
        options.format = REPORT_JSON;
        test = node_test_start(&options, details);
        ASSERT_NE(test, nullptr);
    }

    void direct(double seconds)
    {
        node_test_direct(test, &want, seconds);
    }

    /* The next account; lines and JSON as strings. */
    node_account next()
    {
        node_account account{};
        size_t bytes = 0;
        void *message = nullptr;
        while (!(message = node_test_take(test, &bytes)))
            std::this_thread::yield();
        const char *text = nullptr;
        const char *object = nullptr;
        EXPECT_TRUE(node_account_unpack(message, bytes, &account, &text, &object));
        lines.assign(text, account.line_bytes);
        json = object ? object : "";
        std::free(message);
        return account;
    }

    node_account last()
    {
        node_account account = next();
        while (!account.ended)
            account = next();
        return account;
    }

    /* Its thread may still look at it. Not freed, so that LeakSanitizer finds it in the end. */
    void abandon()
    {
        static auto *const abandoned = new std::vector<node_test *>;
        abandoned->push_back(test);
        node_test_free(test);
    }

    static void until(const std::atomic<bool> &flag)
    {
        while (!flag)
            std::this_thread::yield();
    }

    mcpi_stress_row rows[1]{};
    mcpi_stress_report report{};
    expectation expected{};
    inventory found{};
    stress_state running{true, false, MCPI_OK, 0, 0, nullptr, &expected, &found, {}};
    node_test *test = nullptr;
    job_want want{};
    const char *metrics = nullptr;
    std::string lines, json;
};

TEST_F(NodeTest, PrintsNothingItself)
{
    made_up = [](const cli_options *options, const stress_observer *) {
        EXPECT_TRUE(options->quiet);
        EXPECT_EQ(options->format, REPORT_TEXT);
        return EXIT_DONE;
    };
    start();
    EXPECT_EQ(last().exit_code, (uint64_t)EXIT_DONE);
    node_test_free(test);
}

/* Also what is complained of after the test has looked for the last time. */
TEST_F(NodeTest, ComplaintsAreLinesOfTheAccount)
{
    made_up = [this](const cli_options *, const stress_observer *observer) {
        complain("the first %d", 1);
        stress_state ended = running;
        ended.running = false;
        observer->watch(observer->user, &report, &ended);
        complain("the second");
        return (int)EXIT_NO_DEVICE;
    };
    testing::internal::CaptureStderr();
    start();
    const node_account account = last();
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
    EXPECT_EQ(account.exit_code, (uint64_t)EXIT_NO_DEVICE);
    EXPECT_EQ(account.line_count, 2U);
    EXPECT_EQ(lines, std::string("the first 1\0the second\0", 23));
    EXPECT_EQ(account.confirmed_darts, 1000U);
    EXPECT_EQ(json, "");
    node_test_free(test);
}

TEST_F(NodeTest, AnswersEachRound)
{
    std::atomic<bool> over{false};
    made_up = [&](const cli_options *, const stress_observer *observer) {
        while (!over)
            observer->watch(observer->user, &report, &running);
        return (int)EXIT_DONE;
    };
    start();
    EXPECT_EQ(next().began, 1U);
    for (uint64_t round = 1; round <= 3; round++) {
        want.round = round;
        want.details = round == 2;
        direct(0);
        EXPECT_EQ(next().round, round);
        EXPECT_EQ(json.substr(0, 26), round == 2 ? "{\"schema\":\"mcpi.stress.v1\"" : "");
    }
    over = true;
    EXPECT_EQ(last().ended, 1U);
    node_test_free(test);
}

/* Rank 0 of a large job is not flooded with accounts. */
TEST_F(NodeTest, ReportsOnlyWhatIsNew)
{
    std::atomic<bool> taken{false}, looked{false}, asked{false}, over{false};
    made_up = [&](const cli_options *, const stress_observer *observer) {
        observer->watch(observer->user, &report, &running);
        until(taken);
        observer->watch(observer->user, &report, &running);
        looked = true;
        until(asked);
        complain("a line");
        observer->watch(observer->user, &report, &running);
        until(over);
        return (int)EXIT_DONE;
    };
    size_t bytes = 0;
    start();
    EXPECT_EQ(next().began, 1U);
    taken = true;
    until(looked);
    EXPECT_EQ(node_test_take(test, &bytes), nullptr);
    asked = true;
    EXPECT_EQ(next().line_count, 1U);
    over = true;
    EXPECT_EQ(last().ended, 1U);
    node_test_free(test);
}

TEST_F(NodeTest, StopsWhenAllAreToStop)
{
    made_up = [](const cli_options *, const stress_observer *observer) {
        while (observer->stop(observer->user) != INTERRUPT_PRINT)
            std::this_thread::yield();
        return (int)EXIT_INTERRUPTED;
    };
    start();
    want.stop = INTERRUPT_PRINT;
    direct(0);
    EXPECT_EQ(last().exit_code, (uint64_t)EXIT_INTERRUPTED);
    node_test_free(test);
}

/* It hangs before anything is known of its devices. The process goes on without it. */
TEST_F(NodeTest, IsGivenUpIfItDoesNotBegin)
{
    static std::atomic<bool> released{false}, left{false};
    made_up = [](const cli_options *, const stress_observer *observer) {
        until(released);
        EXPECT_EQ(observer->stop(observer->user), MCPI_STOP_AT_ONCE) << "nobody waits for it";
        left = true;
        return (int)EXIT_DONE;
    };
    const std::string name = testing::TempDir() + "node_test.prom." + std::to_string(getpid());
    metrics = name.c_str();
    start();
    direct(59);
    EXPECT_FALSE(node_test_has_ended(test));
    direct(2);
    ASSERT_TRUE(node_test_has_ended(test));
    EXPECT_EQ(last().exit_code, (uint64_t)EXIT_FAILED);
    EXPECT_NE(lines.find("the driver did not list the GPUs within 60 s"), std::string::npos);
    std::ifstream file(name);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    EXPECT_NE(text.find("\nmcpi_stress_exit_code 1\n"), std::string::npos) << text;
    std::remove(name.c_str());
    abandon();
    released = true;
    until(left);
}

TEST_F(NodeTest, IsGivenUpSoonerOnceItIsToStop)
{
    static std::atomic<bool> released{false}, left{false};
    made_up = [](const cli_options *, const stress_observer *) {
        until(released);
        left = true;
        return (int)EXIT_DONE;
    };
    start();
    direct(50);
    want.stop = INTERRUPT_FINISH;
    direct(1);
    direct(1.5);
    EXPECT_FALSE(node_test_has_ended(test)) << "the time before the request does not count";
    direct(1);
    ASSERT_TRUE(node_test_has_ended(test));
    EXPECT_EQ(last().exit_code, (uint64_t)EXIT_INTERRUPTED);
    abandon();
    released = true;
    until(left);
}

} // namespace
