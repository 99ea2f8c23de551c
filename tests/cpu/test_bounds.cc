/* The bounds of the kernels: a made-up loop with a made-up clock, and the real loops. kernel_mix compares their
   instructions with those of the kernels. */
#include <gtest/gtest.h>

#include <pthread.h>

#include <atomic>
#include <cerrno>
#include <cmath>

#include "core/status.h"
#include "cpu/bounds.h"

namespace
{

std::atomic<bool> clock_is_made_up{false};
std::atomic<uint64_t> nanoseconds{0};
thread_local uint64_t thread_nanoseconds = 0;
std::atomic<uint64_t> readings{0}; /* of the clock: one for each call of the loop once the warm-up is over */
std::atomic<uint64_t> slower_from{UINT64_MAX}; /* the reading from which the loop takes four times as long */
std::atomic<int> threads_left{1000};
std::atomic<int> threads_running{0};

constexpr uint64_t darts = 7;
constexpr double exact = 1e9 * darts; /* a turn takes a nanosecond of CPU time */

/* The machine has two other programs, or other threads, for each thread: a thread runs for a third of the time. */
void count_nothing(uint64_t turns)
{
    const uint64_t spent = readings < slower_from ? turns : 4 * turns;
    nanoseconds += 3 * spent;
    thread_nanoseconds += spent;
}

const mcpi_bound_loop made_up = {"made-up", count_nothing, darts};

struct Started {
    void *(*run)(void *);
    void *argument;
};

void *run_and_leave(void *what)
{
    const Started started = *static_cast<Started *>(what);
    delete static_cast<Started *>(what);
    void *const result = started.run(started.argument);
    threads_running--;
    return result;
}

} // namespace

extern "C" double __real_mcpi_seconds(void);
extern "C" double __wrap_mcpi_seconds(void)
{
    readings++;
    return clock_is_made_up ? 1e-9 * static_cast<double>(nanoseconds) : __real_mcpi_seconds();
}

extern "C" double __real_mcpi_thread_seconds(void);
extern "C" double __wrap_mcpi_thread_seconds(void)
{
    return clock_is_made_up ? 1e-9 * static_cast<double>(thread_nanoseconds) : __real_mcpi_thread_seconds();
}

extern "C" int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                                     void *argument);
extern "C" int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                                     void *argument)
{
    if (threads_left-- <= 0)
        return EAGAIN;
    threads_running++;
    return __real_pthread_create(thread, attributes, run_and_leave, new Started{run, argument});
}

namespace
{

class Bounds : public testing::Test
{
  protected:
    void SetUp() override
    {
        clock_is_made_up = true;
        slower_from = UINT64_MAX;
        threads_left = 1000;
    }
    void TearDown() override
    {
        EXPECT_EQ(threads_running, 0);
        clock_is_made_up = false;
    }
};

TEST_F(Bounds, AreDartsOverTime)
{
    EXPECT_NEAR(mcpi_measure_bound(&made_up, 1, 0.02), exact, 1e-6 * exact);
    nanoseconds += 1234567890123456;
    EXPECT_NEAR(mcpi_measure_bound(&made_up, 1, 0.002), exact, 1e-3 * exact);
}

TEST_F(Bounds, AreThoseOfTheBestPart)
{
    readings = 0;
    slower_from = 2000; /* the first part, 5 ms, takes 1628 calls */
    EXPECT_NEAR(mcpi_measure_bound(&made_up, 1, 0.02), exact, 1e-6 * exact);
    slower_from = 0;
    EXPECT_NEAR(mcpi_measure_bound(&made_up, 1, 0.02), exact / 4, 1e-6 * exact);
}

TEST_F(Bounds, AreTheSumOverThreads)
{
    for (const unsigned threads : {2U, 3U, 16U})
        EXPECT_NEAR(mcpi_measure_bound(&made_up, threads, 0.01), threads * exact, 1e-6 * exact) << threads;
}

TEST_F(Bounds, AreUnknownWithoutThreads)
{
    EXPECT_TRUE(std::isnan(mcpi_measure_bound(&made_up, 0, 0.02)));
    for (const int started : {0, 1, 3}) {
        threads_left = started;
        EXPECT_TRUE(std::isnan(mcpi_measure_bound(&made_up, 4, 0.02)));
        EXPECT_EQ(threads_running, 0);
    }
}

TEST_F(Bounds, AreKnownForTheKernelsOfX86ThatRunHere)
{
    clock_is_made_up = false;
#ifdef __x86_64__
    const mcpi_features features = mcpi_probe_features(&mcpi_this_machine);
#endif
    for (size_t i = 0; i < mcpi_count_kernels_size; i++) {
        const mcpi_count_kernel &kernel = mcpi_count_kernels[i];
        const double rate = mcpi_bound_rate(kernel.name, 2, 0.002);
#ifdef __x86_64__
        const bool known = mcpi_kernel_runs(&kernel, features);
#else
        const bool known = false;
#endif
        EXPECT_EQ(rate > 0, known) << kernel.name;
        EXPECT_EQ(std::isnan(rate), !known) << kernel.name;
    }
    EXPECT_TRUE(std::isnan(mcpi_bound_rate("fp32-test", 1, 0.002)));
}

} // namespace
