/* The system refuses threads from some moment on: what has started counts on, and nothing waits for what has not. */
#include <gtest/gtest.h>

#include <cerrno>
#include <string>

#include <pthread.h>

extern "C" {
#include "mcpi/mcpi.h"
#include "mcpi/stress.h"
}

static int threads_left = 0;

extern "C" int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                                     void *argument);

extern "C" int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                                     void *argument)
{
    if (threads_left == 0)
        return EAGAIN;
    threads_left--;
    return __real_pthread_create(thread, attributes, run, argument);
}

namespace
{

constexpr unsigned asked = 4;
constexpr int clocks =
    2; /* a run starts these threads before its workers: a clock while it plans, and one of its own */
const std::string refusal = "cannot start a thread";

mcpi_options options_for(mcpi_verify verify)
{
    mcpi_options options = MCPI_OPTIONS_DEFAULT;
    options.devices = "cpu";
    options.threads = asked;
    options.darts = 1000000;
    options.verify = verify;
    return options;
}

TEST(RefusedThreads, NoneAtAllFailsTheRun)
{
    const mcpi_options options = options_for(MCPI_VERIFY_OFF);
    mcpi_result *result = nullptr;
    mcpi_error error{};
    threads_left = 0;
    EXPECT_EQ(mcpi_run(&options, &result, &error), MCPI_SYSTEM);
    EXPECT_NE(std::string(error.message).find(refusal), std::string::npos) << error.message;
    EXPECT_NE(std::string(error.message).find("options.threads"), std::string::npos) << error.message;
    mcpi_result_free(result);
}

TEST(RefusedThreads, OthersCountTheWholeRange)
{
    const mcpi_options options = options_for(MCPI_VERIFY_OFF);
    for (int started = 1; started < static_cast<int>(asked); started++) {
        mcpi_result *result = nullptr;
        mcpi_error error{};
        threads_left = clocks + started;
        ASSERT_EQ(mcpi_run(&options, &result, &error), MCPI_OK) << started << ": " << error.message;
        EXPECT_EQ(result->hits, 785850U);
        EXPECT_NE(std::string(result->devices[0].failure).find(refusal), std::string::npos);
        mcpi_result_free(result);
    }
}

/* Those who recount start after those who count. */
TEST(RefusedThreads, WithoutRecountersARunThatIsToBeRecountedIsIncomplete)
{
    const mcpi_options options = options_for(MCPI_VERIFY_FULL);
    for (int started = 1; started <= static_cast<int>(asked); started++) {
        mcpi_result *result = nullptr;
        mcpi_error error{};
        threads_left = clocks + started;
        EXPECT_EQ(mcpi_run(&options, &result, &error), MCPI_SYSTEM) << started;
        ASSERT_NE(result, nullptr);
        EXPECT_EQ(result->hits, 785850U);
        EXPECT_FALSE(result->complete);
        mcpi_result_free(result);
    }
}

TEST(RefusedThreads, AStressTestFailsTheCore)
{
    mcpi_stress_options options{};
    options.run = options_for(MCPI_VERIFY_OFF);
    options.run.threads = 1;
    options.run.time_limit_seconds = 0.1;
    mcpi_stress_report *report = nullptr;
    mcpi_error error{};
    threads_left = 0;
    EXPECT_EQ(mcpi_stress(&options, &report, &error), MCPI_DEVICE_FAILED);
    ASSERT_NE(report, nullptr);
    EXPECT_NE(std::string(report->rows[0].failure).find(refusal), std::string::npos) << report->rows[0].failure;
    mcpi_stress_report_free(report);
}

} // namespace
