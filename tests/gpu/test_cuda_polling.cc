/* When the host polls a job: rarely, and never late. */
#include <gtest/gtest.h>

#include <algorithm>

#include "cuda/polling.h"

namespace
{

struct Wait {
    int looks;
    double late; /* seconds from the end of the job until it was seen */
};

/* A wait of a host whose naps are exact, from 0 on, for a job that ends at `end`. */
Wait wait_for(double end, double expected)
{
    Wait wait{0, 0};
    double now = 0;
    while (now < end) {
        now += mcpi_polling_pause(0, expected, now);
        wait.looks++;
    }
    wait.late = now - end;
    return wait;
}

TEST(CudaPolling, ExpectsOfAJobWhatALikeOneTook)
{
    EXPECT_DOUBLE_EQ(mcpi_polling_expected(1000, 1000, 0.025), 0.025);
    EXPECT_DOUBLE_EQ(mcpi_polling_expected(500, 1000, 0.025), 0.0125);
    EXPECT_DOUBLE_EQ(mcpi_polling_expected(2000, 1000, 0.025), 0.05);
}

/* One dart takes a launch. That says nothing of a million darts. */
TEST(CudaPolling, ExpectsNothingFromAMuchShorterJob)
{
    EXPECT_EQ(mcpi_polling_expected(1000000, 1, 10e-6), 0);
    EXPECT_EQ(mcpi_polling_expected(1000, 0, 0), 0);
}

TEST(CudaPolling, SeesTheEndAsSoonAsItWasExpected)
{
    for (const double end : {20e-6, 1e-3, 15e-3, 25e-3}) {
        const Wait wait = wait_for(end, end);
        EXPECT_LE(wait.late, 10e-6) << end;
        EXPECT_LE(wait.looks, 3 + (int)(0.02 * end / 10e-6)) << end;
    }
}

/* By less than the rates of successive launches differ. */
TEST(CudaPolling, IsNotLateIfTheEndComesEarlyOrLateByALittle)
{
    for (const double end : {1e-3, 15e-3, 25e-3}) {
        EXPECT_LE(wait_for(0.985 * end, end).late, 11e-6) << end;
        EXPECT_LE(wait_for(1.02 * end, end).late, 0.02 * end / 16 + 11e-6) << end;
    }
}

TEST(CudaPolling, AddsAtMostASixteenthWhereNothingIsExpected)
{
    for (const double end : {20e-6, 1e-3, 15e-3, 1.0, 10.0}) {
        const Wait wait = wait_for(end, 0);
        EXPECT_LE(wait.late, std::max(10e-6, end / 16)) << end;
        EXPECT_LE(wait.late, 1e-3) << end;
    }
    EXPECT_LE(wait_for(10, 0).looks, 10200);
}

/* A job that was expected long ago costs as little as one of which nothing is known. */
TEST(CudaPolling, DoesNotSpinWhenTheEndIsOverdue)
{
    EXPECT_LE(wait_for(10, 1e-3).looks, 10400);
    EXPECT_GE(mcpi_polling_pause(0, 1e-3, 5), 1e-3);
}

TEST(CudaPolling, SleepsInOneGoUntilShortlyBefore)
{
    EXPECT_NEAR(mcpi_polling_pause(0, 0.025, 0), 0.0245, 1e-9);
    EXPECT_LT(mcpi_polling_pause(0, 100, 0), 1.0) << "nanosleep takes less than a second";
}

/* Also where the clock was read before the wait began, or the job was expected before that. */
TEST(CudaPolling, NeverAsksForLessThanTheLeast)
{
    for (const double begin : {0.0, 1.0, 2.0})
        for (const double expected : {0.0, 0.5, 1.5, 3.0})
            for (const double now : {0.0, 1.0, 1.49999, 1.5, 2.99})
                EXPECT_GE(mcpi_polling_pause(begin, expected, now), 10e-6);
}

} // namespace
