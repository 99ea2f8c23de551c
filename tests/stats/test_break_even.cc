/* From which number of darts on a GPU pays. */
#include <gtest/gtest.h>

#include <cmath>

#include "stats/break_even.h"

namespace
{

const mcpi_course cores = {0.001, 5e10};
const mcpi_course gpu = {0.301, 6e11};

TEST(BreakEven, IsWhereBothTakeTheSameTime)
{
    const double darts = mcpi_break_even(&gpu, &cores);
    EXPECT_NEAR(darts, 0.3 / (1 / 5e10 - 1 / 6e11), 1);
    EXPECT_NEAR(mcpi_course_seconds(&gpu, darts), mcpi_course_seconds(&cores, darts), 1e-12);
    EXPECT_GT(mcpi_course_seconds(&gpu, darts / 2), mcpi_course_seconds(&cores, darts / 2));
    EXPECT_LT(mcpi_course_seconds(&gpu, darts * 2), mcpi_course_seconds(&cores, darts * 2));
}

TEST(BreakEven, IsNoneForASlowerDevice)
{
    EXPECT_TRUE(std::isinf(mcpi_break_even(&cores, &gpu)));
    EXPECT_TRUE(std::isinf(mcpi_break_even(&cores, &cores)));
}

TEST(BreakEven, IsNothingForADeviceThatIsReadyFirst)
{
    const mcpi_course ready = {0.0001, 6e11};
    EXPECT_EQ(mcpi_break_even(&ready, &cores), 0);
}

TEST(BreakEven, IsUnknownIfATimeIs)
{
    const mcpi_course unknown = {NAN, 6e11};
    EXPECT_TRUE(std::isnan(mcpi_break_even(&unknown, &cores)));
    EXPECT_TRUE(std::isnan(mcpi_break_even(&gpu, &unknown)));
}

} // namespace
