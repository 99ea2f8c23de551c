#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
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
    mcpi_dispersion_add(&dispersion, 9999, 0);
    EXPECT_EQ(dispersion.slices, 0U);
    const double z = mcpi_estimate_from(1000000, 785850).z;
    mcpi_dispersion_add(&dispersion, 1000000, 785850);
    EXPECT_EQ(dispersion.slices, 1U);
    EXPECT_DOUBLE_EQ(dispersion.chi_square, z * z);
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
    EXPECT_STREQ(mcpi_version(), MCPI_VERSION);
}

} // namespace
