#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>
#include <vector>

#include "stats/unpaired.h"

namespace
{

mcpi_spread spread(std::vector<double> values)
{
    return mcpi_spread_of(values.data(), values.size());
}

/* The heights of Darwin's crossed and self-fertilised maize in inches, from The Effects of Cross and Self Fertilisation
   (1876), table XCVII. Of 15 values, the interval reaches from the 4th to the 12th. */
TEST(UnpairedRatio, OfDarwinsMaize)
{
    const mcpi_spread crossed =
        spread({23.5, 12, 21, 22, 19.125, 21.5, 22.125, 20.375, 18.25, 21.625, 23.25, 21, 22.125, 23, 12});
    const mcpi_spread selfed =
        spread({17.375, 20.375, 20, 20, 18.375, 18.625, 18.625, 15.25, 16.5, 18, 16.25, 18, 12.75, 15.5, 18});
    const mcpi_spread ratio = mcpi_unpaired_ratio(&crossed, &selfed);
    EXPECT_DOUBLE_EQ(ratio.median, 21.5 / 18);
    EXPECT_DOUBLE_EQ(ratio.low, 19.125 / 18.625);
    EXPECT_DOUBLE_EQ(ratio.high, 22.125 / 16.25);
    EXPECT_DOUBLE_EQ(ratio.lowest, 12 / 20.375);
    EXPECT_DOUBLE_EQ(ratio.highest, 23.5 / 12.75);
}

TEST(UnpairedRatio, HasNoIntervalIfOneSetHasNone)
{
    const mcpi_spread few = spread({1, 2, 3, 4, 5});
    const mcpi_spread many = spread({1, 2, 3, 4, 5, 6});
    for (const mcpi_spread &ratio : {mcpi_unpaired_ratio(&few, &many), mcpi_unpaired_ratio(&many, &few)}) {
        EXPECT_TRUE(std::isfinite(ratio.median));
        EXPECT_TRUE(std::isnan(ratio.low));
        EXPECT_TRUE(std::isnan(ratio.high));
    }
}

using generator = std::mt19937_64;
using distribution = std::function<double(generator &)>; /* of logarithms; its median is 0 */

/* How often the interval contains the ratio of the medians. */
double coverage(const distribution &of, size_t count, const distribution &of_base, size_t base_count, int trials)
{
    generator random(1);
    const auto draw = [&random](const distribution &d, size_t n) {
        std::vector<double> values(n);
        for (double &value : values)
            value = std::exp(d(random));
        return spread(values);
    };
    int covered = 0;
    for (int i = 0; i < trials; i++) {
        const mcpi_spread values = draw(of, count);
        const mcpi_spread base = draw(of_base, base_count);
        const mcpi_spread ratio = mcpi_unpaired_ratio(&values, &base);
        covered += ratio.low <= 1 && ratio.high >= 1;
    }
    return static_cast<double>(covered) / trials;
}

distribution normal(double deviation)
{
    return [deviation](generator &random) { return std::normal_distribution<>(0, deviation)(random); };
}

distribution exponential(double scale)
{
    return [scale](generator &random) { return scale * (std::exponential_distribution<>()(random) - std::log(2)); };
}

/* Near -below or near +above, each in half of all cases. */
distribution two_points(double below, double above)
{
    return [below, above](generator &random) {
        const double jitter = std::uniform_real_distribution<>(0, 1e-6)(random);
        return std::bernoulli_distribution()(random) ? above + jitter : -below - jitter;
    };
}

TEST(UnpairedRatio, CoversTheTruthForAnyNoiseAndAnyNumberOfRounds)
{
    const distribution noises[] = {normal(0.01),       normal(0.1),          normal(1e-9),        exponential(0.05),
                                   exponential(-0.05), two_points(0.1, 0.2), two_points(0.2, 0.1)};
    for (const auto &[count, base_count] : {std::pair<size_t, size_t>{6, 6}, {6, 40}, {20, 9}})
        for (size_t i = 0; i < std::size(noises); i++)
            for (size_t k = 0; k < std::size(noises); k++)
                EXPECT_GE(coverage(noises[i], count, noises[k], base_count, 4000), 0.95)
                    << "noise " << i << " of " << count << " and " << k << " of " << base_count;
}

/* Of 6 values the interval reaches from the lowest to the highest, and misses the median in 2 of 64 cases. */
TEST(UnpairedRatio, IsAsGoodAsTheNoisierSetAlone)
{
    EXPECT_NEAR(coverage(normal(0.1), 6, normal(1e-9), 40, 20000), 1 - 2.0 / 64, 0.005);
    EXPECT_NEAR(coverage(normal(1e-9), 40, normal(0.1), 6, 20000), 1 - 2.0 / 64, 0.005);
    /* The worst case of the bound: each set can miss only on the side on which the other cannot. */
    EXPECT_NEAR(coverage(two_points(0.1, 0.2), 6, two_points(0.2, 0.1), 6, 20000), 1 - 2.0 / 64, 0.005);
}

/* A real difference of several standard errors is found. */
TEST(UnpairedRatio, ShowsADifference)
{
    generator random(2);
    std::vector<double> values;
    std::vector<double> base;
    for (int i = 0; i < 20; i++) {
        values.push_back(std::exp(normal(0.01)(random) + 0.05));
        base.push_back(std::exp(normal(0.01)(random)));
    }
    const mcpi_spread of = spread(values);
    const mcpi_spread over = spread(base);
    const mcpi_spread ratio = mcpi_unpaired_ratio(&of, &over);
    EXPECT_GT(ratio.low, 1.01);
    EXPECT_LT(ratio.high, 1.1);
}

} // namespace
