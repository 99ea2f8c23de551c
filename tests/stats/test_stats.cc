#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "mcpi/mcpi.h"

extern "C" {
#include "stats/dispersion.h"
#include "stats/sampling.h"
#include "stats/spread.h"
}

namespace
{

TEST(Estimate, OfTheGoldenRun)
{
    /* Computed with bc from golden.tsv: 7854023410 hits in 1e10 darts. */
    const mcpi_estimate e = mcpi_estimate_from(10000000000, 7854023410);
    EXPECT_DOUBLE_EQ(e.pi, 3.141609364);
    EXPECT_NEAR(e.std_error, 1.64217e-5, 1e-10);
    EXPECT_NEAR(e.z, (e.pi - M_PI) / 1.642184e-5, 1e-4);
    EXPECT_NEAR(e.ci95[0], e.pi - 1.959964 * e.std_error, 1e-9);
    EXPECT_NEAR(e.ci95[1], e.pi + 1.959964 * e.std_error, 1e-9);
}

TEST(Estimate, WilsonsIntervalIsTrueForOneDart)
{
    /* Wilson for 1 of 1: [1 / (1 + z^2), 1]. */
    const mcpi_estimate hit = mcpi_estimate_from(1, 1);
    EXPECT_NEAR(hit.ci95[0], 4 / (1 + 3.841458821), 1e-9);
    EXPECT_DOUBLE_EQ(hit.ci95[1], 4);
    const mcpi_estimate miss = mcpi_estimate_from(1, 0);
    EXPECT_DOUBLE_EQ(miss.ci95[0], 0);
    EXPECT_NEAR(miss.ci95[1], 4 - hit.ci95[0], 1e-9);
    EXPECT_LT(hit.ci95[0], M_PI);
    EXPECT_GT(hit.ci95[1], M_PI);
}

/* Computed with mpmath 1.3 in 30 digits: twice the smaller of the regularised incomplete gamma functions. */
TEST(ChiSquare, HasThePValuesOfTables)
{
    const struct {
        uint64_t degrees;
        double chi_square, p;
    } rows[] = {{1, 0.5, 0.95900024437390692},
                {1, 30, 8.6409261156549946e-8},
                {2, 2, 0.73575888234288464},
                {10, 3, 0.037151872444281349},
                {10, 50, 5.3381668498089913e-7},
                {100, 90, 0.49360406880034055},
                {100, 200, 2.3569001441958845e-8},
                {1000, 1000, 0.98810570765847928},
                {1000, 1300, 7.779472998973705e-10},
                {1000000, 1000000, 0.999623873606789},
                {1000000, 1008000, 1.6778325544975e-8},
                {1000000, 993000, 7.017721310878855e-7}};
    for (const auto &row : rows)
        EXPECT_NEAR(mcpi_chi_square_p_value(row.degrees, row.chi_square) / row.p, 1, 1e-8)
            << row.degrees << " " << row.chi_square;
    EXPECT_EQ(mcpi_chi_square_p_value(7, 0), 0);
    EXPECT_EQ(mcpi_chi_square_p_value(7, 1e9), 0);
    EXPECT_EQ(mcpi_chi_square_p_value(7, INFINITY), 0);
}

TEST(Dispersion, IsTheSumOfSquaredDeviations)
{
    mcpi_dispersion dispersion{};
    EXPECT_FALSE(mcpi_dispersion_add(&dispersion, 0, 9999, 0));
    EXPECT_EQ(dispersion.slices, 0U);
    const double z = mcpi_estimate_from(1000000, 785850).z;
    mcpi_dispersion_add(&dispersion, 0, 1000000, 785850);
    EXPECT_EQ(dispersion.slices, 1U);
    EXPECT_DOUBLE_EQ(dispersion.chi_square, z * z);
}

/* A thousand slices of a million darts, whose standard deviation is 410.6 hits, and one that is 6.6 of them short. */
TEST(Dispersion, NamesTheSliceThatIsFarthestOff)
{
    mcpi_dispersion parts[2] = {};
    const uint64_t expected = 785398;
    for (uint64_t i = 0; i < 1000; i++) {
        const uint64_t off = i == 400 ? -2710 : i % 2 == 0 ? 400 : -400;
        const bool largest = mcpi_dispersion_add(&parts[i / 500], i * 1000000, 1000000, expected + off);
        EXPECT_EQ(largest, i % 500 < 2 || i == 400) << i;
    }
    std::strcpy(parts[0].largest_device, "gpu:1");
    mcpi_dispersion sum{};
    mcpi_dispersion_join(&sum, &parts[1]);
    mcpi_dispersion_join(&sum, &parts[0]);
    mcpi_dispersion_judge(&sum);
    EXPECT_EQ(sum.slices, 1000U);
    EXPECT_GT(sum.p_value, 1e-6) << "it does not show in the sum";
    EXPECT_NEAR(sum.largest_z, -6.6, 0.01);
    EXPECT_EQ(sum.largest_first, 400000000U);
    EXPECT_EQ(sum.largest_darts, 1000000U);
    EXPECT_STREQ(sum.largest_device, "gpu:1");
    EXPECT_NEAR(sum.largest_p_value / (1000 * mcpi_normal_p_value(sum.largest_z)), 1, 1e-12);
    EXPECT_LT(sum.largest_p_value, 1e-6);
    mcpi_dispersion none{};
    mcpi_dispersion_judge(&none);
    EXPECT_TRUE(std::isnan(none.largest_p_value));
}

/* By tables of the normal distribution. */
TEST(Normal, HasThePValuesOfTables)
{
    EXPECT_NEAR(mcpi_normal_p_value(1.959963984540054), 0.05, 1e-15);
    EXPECT_NEAR(mcpi_normal_p_value(-4.9) / 9.5835e-7, 1, 1e-4);
    EXPECT_EQ(mcpi_normal_p_value(0), 1);
}

TEST(Estimate, OfNoDartsKnowsNothing)
{
    const mcpi_estimate e = mcpi_estimate_from(0, 0);
    EXPECT_TRUE(std::isnan(e.pi));
    EXPECT_TRUE(std::isnan(e.std_error));
    EXPECT_TRUE(std::isnan(e.z));
    EXPECT_EQ(e.ci95[0], 0);
    EXPECT_EQ(e.ci95[1], 4);
}

TEST(Estimate, StandsTheLargestCounts)
{
    const uint64_t all = uint64_t{1} << 63;
    const mcpi_estimate e = mcpi_estimate_from(all, all / 4 * 3);
    EXPECT_DOUBLE_EQ(e.pi, 3);
    EXPECT_GT(e.std_error, 0);
    EXPECT_LT(e.z, -1e7);
    EXPECT_DOUBLE_EQ(mcpi_estimate_from(all, all).pi, 4);
}

TEST(Spread, OfValuesInAnyOrder)
{
    double odd[] = {3, 1, 2};
    const mcpi_spread of_odd = mcpi_spread_of(odd, 3);
    EXPECT_EQ(of_odd.median, 2);
    EXPECT_EQ(of_odd.lowest, 1);
    EXPECT_EQ(of_odd.highest, 3);
    double even[] = {4, 1, 3, 10};
    EXPECT_EQ(mcpi_spread_of(even, 4).median, 3.5);
    EXPECT_TRUE(std::isnan(mcpi_spread_of(even, 0).median));
}

/* How many values from either end, from tables of the sign test: Dixon and Mood, J. Amer. Statist. Assoc. 41 (1946)
   557. */
TEST(Spread, HasTheIntervalOfTheSignTest)
{
    const struct {
        size_t count, from_end;
    } rows[] = {{6, 1}, {8, 1}, {9, 2}, {11, 2}, {12, 3}, {15, 4}, {20, 6}, {25, 8}, {50, 18}};
    for (const auto &row : rows) {
        std::vector<double> values;
        for (size_t i = row.count; i > 0; i--)
            values.push_back(static_cast<double>(i));
        const mcpi_spread spread = mcpi_spread_of(values.data(), row.count);
        EXPECT_EQ(spread.median, static_cast<double>(row.count + 1) / 2) << row.count;
        EXPECT_EQ(spread.low, static_cast<double>(row.from_end)) << row.count;
        EXPECT_EQ(spread.high, static_cast<double>(row.count + 1 - row.from_end)) << row.count;
    }
}

/* Of 1000 values the rank is near the normal approximation, 500 - 1.96 sqrt(250). */
TEST(Spread, OfTheMostValuesHasAnInterval)
{
    std::vector<double> values;
    for (int i = 1; i <= 1000; i++)
        values.push_back(i);
    EXPECT_EQ(mcpi_spread_of(values.data(), 1000).low, 469);
    EXPECT_EQ(mcpi_spread_of(values.data(), 1000).high, 532);
}

TEST(Spread, OfAFewHasNoInterval)
{
    double values[] = {5, 1, 4, 2, 3};
    const mcpi_spread spread = mcpi_spread_of(values, 5);
    EXPECT_EQ(spread.median, 3);
    EXPECT_TRUE(std::isnan(spread.low));
    EXPECT_TRUE(std::isnan(spread.high));
    EXPECT_TRUE(std::isnan(mcpi_spread_error(&spread)));
    EXPECT_TRUE(std::isnan(mcpi_spread_of(values, 0).low));
}

TEST(Spread, IsNotMovedByOneDisturbedRound)
{
    double values[] = {0.010, 0.012, 0.011, 0.3, 0.009, 0.011, 0.010, 0.012, 0.011};
    const mcpi_spread spread = mcpi_spread_of(values, 9);
    EXPECT_EQ(spread.median, 0.011);
    EXPECT_EQ(spread.low, 0.010);
    EXPECT_EQ(spread.high, 0.012);
}

TEST(Spread, HasTheErrorOfTheFartherEnd)
{
    const mcpi_spread up = {10, 1, 20, 9, 13};
    const mcpi_spread down = {10, 1, 20, 8, 11};
    EXPECT_EQ(mcpi_spread_error(&up), 3);
    EXPECT_EQ(mcpi_spread_error(&down), 2);
}

/* Values above and below their median, as in "++--". */
std::vector<double> sides(const std::string &signs)
{
    std::vector<double> values;
    for (const char sign : signs)
        values.push_back(sign == '+' ? 1 : sign == '-' ? -1 : 0);
    return values;
}

double few_runs(const std::string &signs)
{
    const std::vector<double> values = sides(signs);
    return mcpi_few_runs_p_value(values.data(), values.size());
}

/* Swed and Eisenhart, Annals of Mathematical Statistics 14 (1943) 66, table I: P(u' or fewer runs), in three digits. */
TEST(FewRuns, HasThePublishedProbabilities)
{
    EXPECT_NEAR(few_runs("+++++-----"), 0.008, 0.0005);
    EXPECT_NEAR(few_runs("++-----+++"), 0.040, 0.0005);
    EXPECT_NEAR(few_runs("++---+++--"), 0.167, 0.0005);
    EXPECT_NEAR(few_runs("+--++--++-"), 0.643, 0.0005);
    EXPECT_NEAR(few_runs("++++++++++----------"), 2 / 184756.0, 1e-10);
    EXPECT_NEAR(few_runs("++++-----++++++-----"), 0.001, 0.0005);
    EXPECT_NEAR(few_runs("+++----+++----++++--"), 0.019, 0.0005);
    EXPECT_NEAR(few_runs("--++++--++++---++---"), 0.051, 0.0005);
    EXPECT_NEAR(few_runs("+-+-+-+-+-+-+-+-+-+-"), 1, 1e-9);
}

TEST(FewRuns, LeavesOutValuesThatEqualTheMedian)
{
    EXPECT_NEAR(few_runs("++0+++0----0-"), 0.008, 0.0005);
    EXPECT_EQ(few_runs("0000000"), 1);
    EXPECT_EQ(few_runs("00000+"), 1) << "values on one side only";
    EXPECT_EQ(few_runs(""), 1);
}

/* With ties the sides may differ: P(2 runs of 4 above and 3 below) = 2/35. */
TEST(FewRuns, MayHaveDifferentSides)
{
    EXPECT_NEAR(few_runs("++++000---"), 2 / 35.0, 1e-12);
}

/* All probabilities together are 1, and half of those of many values lie at or below their middle. */
TEST(FewRuns, IsExactForManyValues)
{
    std::string alternating;
    std::string halves(500, '+');
    for (int i = 0; i < 500; i++)
        alternating += "+-";
    halves += std::string(500, '-');
    EXPECT_NEAR(few_runs(alternating), 1, 1e-9);
    EXPECT_LT(few_runs(halves), 1e-290);
    std::string middle;
    for (int i = 0; i < 250; i++)
        middle += "++--";
    EXPECT_NEAR(few_runs(middle), 0.5, 0.02);
}

std::vector<size_t> order_of(uint64_t pick, size_t count)
{
    std::vector<size_t> order(count);
    mcpi_sample_order(pick, count, order.data());
    return order;
}

TEST(Sampling, OrdersAreTheSameForOnePickAndHoldAll)
{
    EXPECT_TRUE(order_of(1, 0).empty());
    EXPECT_EQ(order_of(0, 8), (std::vector<size_t>{5, 6, 4, 1, 7, 3, 2, 0}));
    for (const uint64_t pick : {UINT64_C(0), UINT64_C(1), UINT64_MAX}) {
        std::vector<size_t> order = order_of(pick, 1000);
        EXPECT_EQ(order, order_of(pick, 1000));
        EXPECT_NE(order, order_of(pick + 1, 1000));
        std::sort(order.begin(), order.end());
        for (size_t i = 0; i < order.size(); i++)
            EXPECT_EQ(order[i], i);
    }
}

/* All 24 orders of four, each about 1000 times: the standard deviation is 31. */
TEST(Sampling, AllOrdersAreEquallyLikely)
{
    std::map<std::vector<size_t>, int> times;
    for (uint64_t pick = 0; pick < 24000; pick++)
        times[order_of(pick, 4)]++;
    EXPECT_EQ(times.size(), 24U);
    for (const auto &[order, count] : times)
        EXPECT_NEAR(count, 1000, 160);
}

double choose(int n, int k)
{
    return std::exp(std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1));
}

TEST(Sampling, MissesAsTheHypergeometricDistributionSays)
{
    for (int wrong = 0; wrong <= 20; wrong++)
        for (int sampled = 0; sampled <= 20; sampled++) {
            const double expected = wrong + sampled <= 20 ? choose(20 - wrong, sampled) / choose(20, sampled) : 0.0;
            EXPECT_NEAR(mcpi_miss_probability(20, wrong, sampled), expected, 1e-12) << wrong << " " << sampled;
        }
    EXPECT_EQ(mcpi_miss_probability(1, 1, 1), 0.0);
    EXPECT_EQ(mcpi_miss_probability(1024, 0, 1024), 1.0);
}

/* The table of docs/trust.md. Its numbers were computed with binomial coefficients of exact integers. */
TEST(Sampling, MissesAsTheDocumentationSays)
{
    const size_t recounted[] = {1, 11, 52, 103, 256};
    const struct {
        size_t wrong;
        double missed[5];
    } rows[] = {
        {1, {0.999, 0.989, 0.949, 0.899, 0.75}},
        {11, {0.989, 0.887, 0.562, 0.31, 0.0415}},
        {103, {0.899, 0.31, 0.00347, 9.76e-06, 2.11e-14}},
        {512, {0.5, 0.000462, 5.68e-17, 3.26e-34, 1.36e-96}},
    };
    for (const auto &row : rows)
        for (size_t i = 0; i < 5; i++)
            EXPECT_NEAR(mcpi_miss_probability(1024, row.wrong, recounted[i]), row.missed[i], 0.005 * row.missed[i])
                << row.wrong << " " << recounted[i];
}

TEST(Status, NamesAndTexts)
{
    EXPECT_STREQ(mcpi_status_name(MCPI_NO_DEVICE), "NO_DEVICE");
    EXPECT_STREQ(mcpi_status_text(MCPI_MISMATCH), "counts disagree");
    EXPECT_STREQ(mcpi_status_name(static_cast<mcpi_status>(99)), "?");
}

#if MCPI_VERSION_NUMBER < MCPI_VERSION_MAJOR * 10000 || MCPI_VERSION_MINOR > 99 || MCPI_VERSION_PATCH > 99
#error "MCPI_VERSION_NUMBER does not grow with the version"
#endif

TEST(Version, IsTheSameInTextAndInNumbers)
{
    EXPECT_STREQ(mcpi_version(), MCPI_VERSION);
    int major = -1, minor = -1, patch = -1;
    ASSERT_EQ(sscanf(mcpi_version(), "%d.%d.%d", &major, &minor, &patch), 3);
    EXPECT_EQ(major, MCPI_VERSION_MAJOR);
    EXPECT_EQ(minor, MCPI_VERSION_MINOR);
    EXPECT_EQ(patch, MCPI_VERSION_PATCH);
    EXPECT_EQ(MCPI_VERSION_NUMBER, major * 10000 + minor * 100 + patch);
}

} // namespace
