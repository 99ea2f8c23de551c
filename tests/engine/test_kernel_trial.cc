/* Which kernel of a device is the fastest: the policy, by rates that are made up. */
#include <gtest/gtest.h>

#include <vector>

#include "engine/kernel_trial.h"

namespace
{

constexpr double long_enough = 1.0; /* seconds of counting */

/* A whole trial, with these rates in the first and in the second round; the kernel that is kept. */
size_t kept(const std::vector<double> &first, const std::vector<double> &second)
{
    mcpi_trial trial = mcpi_trial_of(first.size());
    for (const std::vector<double> &round : {first, second})
        for (size_t i = 0; i < round.size(); i++) {
            EXPECT_TRUE(mcpi_trial_is_due(&trial, long_enough));
            EXPECT_EQ(trial.kept, 0u) << "nothing is decided yet";
            EXPECT_EQ(mcpi_trial_take(&trial), i) << "in turn";
            mcpi_trial_add(&trial, i, round[i]);
        }
    EXPECT_FALSE(mcpi_trial_is_due(&trial, long_enough));
    return trial.kept;
}

TEST(Trial, KeepsTheFastest)
{
    EXPECT_EQ(kept({100, 150, 120}, {100, 150, 120}), 1u);
    EXPECT_EQ(kept({100, 120, 150}, {100, 120, 150}), 2u);
    EXPECT_EQ(kept({150, 100, 120}, {150, 100, 120}), 0u);
    EXPECT_EQ(kept({100, 130}, {100, 130}), 1u);
}

TEST(Trial, LeavesThePreferredKernelOnlyForMoreThanTwoPerCent)
{
    EXPECT_EQ(kept({100, 101.9}, {100, 101.9}), 0u);
    EXPECT_EQ(kept({100, 102.1}, {100, 102.1}), 1u);
}

/* All of the first round was slower than all of the second one. */
TEST(Trial, IsNotMisledByAClockThatRises)
{
    EXPECT_EQ(kept({90, 125}, {100, 140}), 1u);
    EXPECT_EQ(kept({90, 100}, {125, 140}), 0u) << "not by enough to tell it from the clock";
}

TEST(Trial, KeepsThePreferenceWhereRatesVary)
{
    EXPECT_EQ(kept({100, 140}, {100, 60}), 0u);
    EXPECT_EQ(kept({100, 140}, {145, 140}), 0u);
}

TEST(Trial, BeginsOnlyAfterAWhile)
{
    mcpi_trial trial = mcpi_trial_of(2);
    EXPECT_FALSE(mcpi_trial_is_due(&trial, 0.0));
    EXPECT_FALSE(mcpi_trial_is_due(&trial, 0.99 * mcpi_trial_after_seconds));
    EXPECT_TRUE(mcpi_trial_is_due(&trial, mcpi_trial_after_seconds));
}

/* By then it has counted fifty times as long, so a trial costs it a per cent at the most. */
TEST(Trial, IsShortBesideWhatWentBefore)
{
    const double seconds = MCPI_TRIAL_ROUNDS * 3 * mcpi_trial_range_seconds;
    EXPECT_LE(seconds / 3, 0.02 * mcpi_trial_after_seconds) << "a kernel that is twice as slow loses half of its share";
}

TEST(Trial, DoesNotTryTheOnlyKernel)
{
    const mcpi_trial trial = mcpi_trial_of(1);
    EXPECT_FALSE(mcpi_trial_is_due(&trial, 1e9));
    EXPECT_EQ(trial.kept, 0u);
}

/* Two launches are in flight at once, and several workers of one device. */
TEST(Trial, TakesResultsInAnyOrder)
{
    mcpi_trial trial = mcpi_trial_of(2);
    for (size_t i = 0; i < 4; i++)
        EXPECT_EQ(mcpi_trial_take(&trial), i % 2);
    EXPECT_FALSE(mcpi_trial_is_due(&trial, long_enough)) << "all are handed out";
    for (const size_t kernel : {1, 1, 0, 0})
        mcpi_trial_add(&trial, kernel, kernel == 1 ? 200 : 100);
    EXPECT_EQ(trial.kept, 1u);
}

TEST(Trial, DecidesNothingWhereARangeWasLost)
{
    mcpi_trial trial = mcpi_trial_of(2);
    for (size_t i = 0; i < 4; i++) {
        mcpi_trial_take(&trial);
        if (i == 2)
            mcpi_trial_lose(&trial);
        else
            mcpi_trial_add(&trial, i % 2, i % 2 == 1 ? 200 : 100);
    }
    EXPECT_EQ(trial.kept, 0u);
    EXPECT_FALSE(mcpi_trial_is_due(&trial, long_enough));
}

} // namespace
