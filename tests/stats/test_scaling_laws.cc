/* Amdahl, Gustafson, Karp and Flatt: times that are made by a law give back what they were made with. */
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "stats/scaling_laws.h"

namespace
{

const std::vector<unsigned> steps = {1, 2, 4, 8, 16, 32, 64};

/* Seconds of a job that follows the law, at each step. */
std::vector<double> times(mcpi_law law, double serial, double one_worker_seconds)
{
    std::vector<double> seconds;
    for (const unsigned workers : steps) {
        const double work = law == MCPI_AMDAHL ? 1 : workers;
        seconds.push_back(one_worker_seconds * work / mcpi_law_speedup(law, serial, workers));
    }
    return seconds;
}

TEST(Laws, InNumbersOnPaper)
{
    /* A tenth serial: 8 workers take 0.1 + 0.9 / 8 of the time. In Gustafson's own example s = 0.4 % at 1024. */
    EXPECT_DOUBLE_EQ(mcpi_law_speedup(MCPI_AMDAHL, 0.1, 8), 1 / 0.2125);
    EXPECT_NEAR(mcpi_law_speedup(MCPI_AMDAHL, 0.1, 1e15), 10, 1e-9);
    EXPECT_DOUBLE_EQ(mcpi_law_speedup(MCPI_GUSTAFSON, 0.1, 8), 7.3);
    EXPECT_NEAR(mcpi_law_speedup(MCPI_GUSTAFSON, 0.004, 1024), 1020, 0.1);
    for (const mcpi_law law : {MCPI_AMDAHL, MCPI_GUSTAFSON}) {
        EXPECT_EQ(mcpi_law_speedup(law, 0.3, 1), 1);
        EXPECT_EQ(mcpi_law_speedup(law, 0, 64), 64);
        EXPECT_EQ(mcpi_law_speedup(law, 1, 64), 1);
    }
}

TEST(SerialFraction, SolvesTheLaw)
{
    for (const mcpi_law law : {MCPI_AMDAHL, MCPI_GUSTAFSON}) {
        for (const double serial : {-0.01, 0.0, 0.003, 0.5, 1.0})
            for (const double workers : {2.0, 6.0, 1024.0})
                EXPECT_NEAR(mcpi_serial_fraction(law, mcpi_law_speedup(law, serial, workers), workers), serial, 1e-12);
        EXPECT_TRUE(std::isnan(mcpi_serial_fraction(law, 1, 1)));
    }
    /* Speed-up 1.9 on 2: (1/1.9 - 1/2) / (1/2). */
    EXPECT_NEAR(mcpi_serial_fraction(MCPI_AMDAHL, 1.9, 2), 0.0526315789, 1e-9);
}

TEST(Fit, RecoversWhatExactTimesWereMadeWith)
{
    for (const mcpi_law law : {MCPI_AMDAHL, MCPI_GUSTAFSON})
        for (const double serial : {-0.01, 0.0, 0.003, 0.1, 0.9})
            for (const double seconds : {1e-3, 1.0, 1e4})
                for (size_t count = 2; count <= steps.size(); count++)
                    EXPECT_NEAR(mcpi_fit_serial_fraction(law, steps.data(), times(law, serial, seconds).data(), count),
                                serial, 1e-10);
}

TEST(Fit, OfTwoStepsIsKarpAndFlatts)
{
    const double seconds[] = {3, 2};
    EXPECT_NEAR(mcpi_fit_serial_fraction(MCPI_AMDAHL, steps.data(), seconds, 2),
                mcpi_serial_fraction(MCPI_AMDAHL, 1.5, 2), 1e-12);
}

TEST(Fit, OfOneStepKnowsNothing)
{
    const double seconds[] = {3};
    EXPECT_TRUE(std::isnan(mcpi_fit_serial_fraction(MCPI_AMDAHL, steps.data(), seconds, 1)));
    EXPECT_TRUE(std::isnan(mcpi_fit_serial_fraction(MCPI_AMDAHL, steps.data(), seconds, 0)));
}

/* One worker that was slowed down by a tenth, once, is a tenth of its own time and not of that of 64. */
TEST(Fit, IsNotDecidedByTheLongestTimeAlone)
{
    std::vector<double> seconds = times(MCPI_AMDAHL, 0.01, 1);
    seconds[0] *= 1.1;
    EXPECT_NEAR(mcpi_fit_serial_fraction(MCPI_AMDAHL, steps.data(), seconds.data(), steps.size()), 0.01, 0.001);
}

/* How many values from either end, from tables of the sign test: Dixon and Mood, J. Amer. Statist. Assoc. 41 (1946)
 * 557. */
TEST(MedianInterval, IsThatOfTheSignTest)
{
    const struct {
        size_t count, from_end;
    } rows[] = {{6, 1}, {8, 1}, {9, 2}, {11, 2}, {12, 3}, {15, 4}, {25, 8}, {50, 18}};
    for (const auto &row : rows) {
        std::vector<double> values;
        for (size_t i = row.count; i > 0; i--)
            values.push_back(static_cast<double>(i));
        const mcpi_interval interval = mcpi_median_interval(values.data(), row.count);
        EXPECT_EQ(interval.median, static_cast<double>(row.count + 1) / 2) << row.count;
        EXPECT_EQ(interval.low, static_cast<double>(row.from_end)) << row.count;
        EXPECT_EQ(interval.high, static_cast<double>(row.count + 1 - row.from_end)) << row.count;
    }
}

TEST(MedianInterval, OfAFewIsNotKnown)
{
    double values[] = {5, 1, 4, 2, 3};
    EXPECT_EQ(mcpi_median_interval(values, 5).median, 3);
    EXPECT_TRUE(std::isnan(mcpi_median_interval(values, 5).low));
    EXPECT_TRUE(std::isnan(mcpi_median_interval(values, 5).high));
    EXPECT_EQ(mcpi_median_interval(values, 1).median, 1);
    EXPECT_TRUE(std::isnan(mcpi_median_interval(values, 0).median));
}

TEST(MedianInterval, IsNotMovedByOneDisturbedRound)
{
    double values[] = {0.010, 0.012, 0.011, 0.3, 0.009, 0.011, 0.010, 0.012, 0.011};
    const mcpi_interval interval = mcpi_median_interval(values, 9);
    EXPECT_EQ(interval.median, 0.011);
    EXPECT_EQ(interval.low, 0.010);
    EXPECT_EQ(interval.high, 0.012);
}

/* The interval over rounds holds the true fraction as often as it says, whatever the noise. */
TEST(MedianInterval, OfFitsToNoisyTimesHoldsTheTruthIn96Of100)
{
    enum { rounds = 9, experiments = 4000 };
    std::mt19937_64 generator(1967);
    std::normal_distribution<double> normal;
    for (const mcpi_law law : {MCPI_AMDAHL, MCPI_GUSTAFSON}) {
        for (const double noise : {0.001, 0.02}) {
            const std::vector<double> exact = times(law, 0.01, 1);
            int held = 0;
            for (int experiment = 0; experiment < experiments; experiment++) {
                double fractions[rounds];
                for (double &fraction : fractions) {
                    std::vector<double> seconds = exact;
                    for (double &time : seconds)
                        time *= 1 + noise * normal(generator);
                    fraction = mcpi_fit_serial_fraction(law, steps.data(), seconds.data(), steps.size());
                }
                const mcpi_interval interval = mcpi_median_interval(fractions, rounds);
                held += interval.low <= 0.01 && 0.01 <= interval.high;
            }
            /* 1 - 2 (1 + 9) / 2^9 within four standard errors, 4 sqrt(0.961 * 0.039 / 4000); and a bias of the order of
               noise squared. */
            EXPECT_NEAR(static_cast<double>(held) / experiments, 0.961, 0.014) << law << " " << noise;
        }
    }
}

TEST(LawInterval, TurnsRoundAndTakesNothingBeyondZeroAndOne)
{
    const mcpi_interval predicted = mcpi_law_interval(MCPI_AMDAHL, {0.1, 0.05, 0.2}, 8);
    EXPECT_DOUBLE_EQ(predicted.median, mcpi_law_speedup(MCPI_AMDAHL, 0.1, 8));
    EXPECT_DOUBLE_EQ(predicted.low, mcpi_law_speedup(MCPI_AMDAHL, 0.2, 8));
    EXPECT_DOUBLE_EQ(predicted.high, mcpi_law_speedup(MCPI_AMDAHL, 0.05, 8));
    for (const mcpi_law law : {MCPI_AMDAHL, MCPI_GUSTAFSON}) {
        EXPECT_EQ(mcpi_law_interval(law, {-0.1, -0.3, 0.1}, 8).median, 8);
        EXPECT_EQ(mcpi_law_interval(law, {-0.1, -0.3, 0.1}, 8).high, 8);
        EXPECT_EQ(mcpi_law_interval(law, {1.1, 0.9, 1.3}, 8).median, 1);
        EXPECT_EQ(mcpi_law_interval(law, {1.1, 0.9, 1.3}, 8).low, 1);
        EXPECT_TRUE(std::isnan(mcpi_law_interval(law, {NAN, NAN, NAN}, 8).median));
    }
    EXPECT_TRUE(std::isinf(mcpi_law_interval(MCPI_AMDAHL, {0.1, 0, 0.2}, INFINITY).high));
    EXPECT_DOUBLE_EQ(mcpi_law_interval(MCPI_AMDAHL, {0.1, 0, 0.2}, INFINITY).median, 10);
}

} // namespace
