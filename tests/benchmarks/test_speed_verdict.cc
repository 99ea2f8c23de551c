/* Which hypothesis the roofline states for which issue rates. */
#include "benchmarks/gpu/speed_verdict.h"

#include <gtest/gtest.h>

namespace
{

std::string first_words(double imad_wide, double imad_hi)
{
    const std::string verdict = verdict_on(imad_wide, imad_hi);
    return verdict.substr(0, verdict.find(':'));
}

TEST(Verdict, IsHalfRateNearFourCycles)
{
    for (const double cycles : {3.7, 4.0, 4.01, 4.07, 4.3})
        EXPECT_EQ(first_words(cycles, 4.0), "half rate") << cycles;
}

TEST(Verdict, IsFullRateNearTwoCycles)
{
    for (const double cycles : {1.85, 2.0, 2.01, 2.15})
        EXPECT_EQ(first_words(2.0, cycles), "full rate") << cycles;
}

TEST(Verdict, IsNeitherElsewhereOrWhereTheTwoDiffer)
{
    for (const double cycles : {0.0, 1.0, 2.5, 3.0, 3.5, 5.0, 8.0})
        EXPECT_EQ(first_words(cycles, cycles), "neither half nor full rate") << cycles;
    EXPECT_EQ(first_words(4.0, 2.0), "neither half nor full rate");
    EXPECT_EQ(first_words(2.0, 4.0), "neither half nor full rate");
}

} // namespace
