/* The numbers of darts that a trace has points at. */
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "mcpi/dart.h"

extern "C" {
#include "core/milestones.h"
}

namespace
{

/* ISO 3:1973, series R20, times 100. */
const std::vector<uint64_t> renard_20 = {100, 112, 125, 140, 160, 180, 200, 224, 250, 280,
                                         315, 355, 400, 450, 500, 560, 630, 710, 800, 900};

std::vector<uint64_t> all_behind(uint64_t first)
{
    std::vector<uint64_t> darts;
    for (uint64_t at = first; (at = mcpi_next_milestone({true, first}, at)) != UINT64_MAX;)
        darts.push_back(at - first);
    return darts;
}

TEST(Milestones, AreTwentyADecadeEvenlyOnALogScale)
{
    const std::vector<uint64_t> all = all_behind(0);
    ASSERT_EQ(all.size(), size_t{MCPI_MILESTONES});
    EXPECT_TRUE(std::is_sorted(all.begin(), all.end()));
    EXPECT_EQ(std::vector<uint64_t>(all.begin(), all.begin() + 20),
              (std::vector<uint64_t>{10, 11, 12, 14, 16, 18, 20, 22, 25, 28, 31, 35, 40, 45, 50, 56, 63, 71, 80, 90}));
    EXPECT_EQ(std::vector<uint64_t>(all.begin() + 20, all.begin() + 40), renard_20);
    EXPECT_EQ(all.back(), UINT64_C(9000000000000000000));
    EXPECT_LT(all.back(), MCPI_DART_END);
    for (size_t i = 20; i < all.size(); i++)
        EXPECT_NEAR(all[i] / std::pow(10.0, 1.0 + i / 20.0), 1.0, 0.015) << all[i];
    for (size_t decade = 0; decade < 18; decade++)
        EXPECT_EQ(all[20 * decade], static_cast<uint64_t>(std::pow(10.0, 1 + decade)));
}

/* The values that ISO 3:1973 lists under R20. */
TEST(Milestones, AreThePreferredNumbers)
{
    const std::vector<uint64_t> listed = {100, 112, 125, 140, 160, 180, 200, 224, 250, 280,
                                          315, 355, 400, 450, 500, 560, 630, 710, 800, 900};
    const std::vector<uint64_t> all = all_behind(0);
    uint64_t power = 10;
    for (size_t i = 0; i < all.size(); i++) {
        EXPECT_EQ(all[i], power == 10 ? listed[i % 20] / 10 : power / 100 * listed[i % 20]) << i;
        power *= i % 20 == 19 ? 10 : 1;
    }
}

TEST(Milestones, AreCountedFromTheFirstDart)
{
    const std::vector<uint64_t> from_0 = all_behind(0);
    EXPECT_EQ(all_behind(7), from_0);
    EXPECT_EQ(all_behind(MCPI_DART_END), from_0);
    EXPECT_EQ(mcpi_next_milestone({true, 100}, 100), 110U);
    EXPECT_EQ(mcpi_next_milestone({true, 100}, 109), 110U);
    EXPECT_EQ(mcpi_next_milestone({true, 100}, 110), 111U);
}

TEST(Milestones, AreToldFromOtherDarts)
{
    for (const uint64_t dart : {110U, 111U, 112U, 114U, 1000100U})
        EXPECT_TRUE(mcpi_is_milestone({true, 100}, dart)) << dart;
    for (const uint64_t dart : {100U, 101U, 109U, 113U, 1000000U})
        EXPECT_FALSE(mcpi_is_milestone({true, 100}, dart)) << dart;
}

TEST(Milestones, NeedNotBeKept)
{
    EXPECT_EQ(mcpi_next_milestone({false, 0}, 5), UINT64_MAX);
    EXPECT_FALSE(mcpi_is_milestone({false, 0}, 10));
}

} // namespace
