/* Amdahl, Gustafson, Karp and Flatt: times that are made by a law give back what they were made with. */
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

extern "C" {
#include "stats/scaling_laws.h"
}

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

/* The interval over rounds holds the true fraction as often as it says, whatever the noise. */
TEST(Fit, ToNoisyTimesHasAnIntervalThatHoldsTheTruthIn96Of100)
{
    enum { rounds = 20, experiments = 4000 };
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
                const mcpi_spread spread = mcpi_spread_of(fractions, rounds);
                held += spread.low <= 0.01 && 0.01 <= spread.high;
            }
            /* 1 - 2 P(at most 5 of 20) = 0.9586 within four standard errors, 4 sqrt(0.959 * 0.041 / 4000); and a bias
               of the order of noise squared. */
            EXPECT_NEAR(static_cast<double>(held) / experiments, 0.9586, 0.014) << law << " " << noise;
        }
    }
}

TEST(LawSpread, TurnsRoundAndTakesNothingBeyondZeroAndOne)
{
    const mcpi_spread serial = {0.1, 0.02, 0.3, 0.05, 0.2};
    const mcpi_spread predicted = mcpi_law_spread(MCPI_AMDAHL, &serial, 8);
    EXPECT_DOUBLE_EQ(predicted.median, mcpi_law_speedup(MCPI_AMDAHL, 0.1, 8));
    EXPECT_DOUBLE_EQ(predicted.low, mcpi_law_speedup(MCPI_AMDAHL, 0.2, 8));
    EXPECT_DOUBLE_EQ(predicted.high, mcpi_law_speedup(MCPI_AMDAHL, 0.05, 8));
    EXPECT_DOUBLE_EQ(predicted.lowest, mcpi_law_speedup(MCPI_AMDAHL, 0.3, 8));
    EXPECT_DOUBLE_EQ(predicted.highest, mcpi_law_speedup(MCPI_AMDAHL, 0.02, 8));
    for (const mcpi_law law : {MCPI_AMDAHL, MCPI_GUSTAFSON}) {
        const mcpi_spread negative = {-0.1, -0.5, 0.2, -0.3, 0.1};
        const mcpi_spread large = {1.1, 0.8, 1.4, 0.9, 1.3};
        EXPECT_EQ(mcpi_law_spread(law, &negative, 8).median, 8);
        EXPECT_EQ(mcpi_law_spread(law, &negative, 8).high, 8);
        EXPECT_EQ(mcpi_law_spread(law, &large, 8).median, 1);
        EXPECT_EQ(mcpi_law_spread(law, &large, 8).low, 1);
        EXPECT_TRUE(std::isnan(mcpi_law_spread(law, &mcpi_no_spread, 8).median));
    }
}

} // namespace
