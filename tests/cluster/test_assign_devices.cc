/* Dealing out CPUs and GPUs among processes of one machine. */
#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "cluster/mpi/assign_devices.h"

namespace
{

/* What each process sees; what each gets. */
std::vector<std::vector<std::string>> deal(const std::vector<std::vector<std::string>> &seen)
{
    std::vector<mcpi_device_claim> claims;
    for (size_t process = 0; process < seen.size(); process++) {
        for (const std::string &name : seen[process]) {
            mcpi_device_claim claim{};
            claim.process = static_cast<unsigned>(process);
            std::snprintf(claim.name, sizeof claim.name, "%s", name.c_str());
            claims.push_back(claim);
        }
    }
    EXPECT_TRUE(mcpi_assign_devices(claims.data(), claims.size(), static_cast<unsigned>(seen.size())));
    std::vector<std::vector<std::string>> given(seen.size());
    std::map<std::string, int> times;
    for (const mcpi_device_claim &claim : claims) {
        if (claim.granted) {
            given[claim.process].emplace_back(claim.name);
            times[claim.name]++;
        }
    }
    for (const auto &[name, count] : times)
        EXPECT_EQ(count, 1) << name;
    return given;
}

using Lists = std::vector<std::vector<std::string>>;

TEST(Deal, WhatAllSeeIsDealtInTurn)
{
    EXPECT_EQ(deal({{"0", "1", "2", "3"}, {"0", "1", "2", "3"}}), (Lists{{"0", "2"}, {"1", "3"}}));
    EXPECT_EQ(deal({{"0", "1", "2"}, {"0", "1", "2"}}), (Lists{{"0", "2"}, {"1"}}));
}

TEST(Deal, WhatOneSeesIsIts)
{
    EXPECT_EQ(deal({{"0", "1"}, {"2", "3"}}), (Lists{{"0", "1"}, {"2", "3"}}));
    EXPECT_EQ(deal({{}, {"a"}}), (Lists{{}, {"a"}}));
}

TEST(Deal, WhoHasNoChoiceComesFirst)
{
    EXPECT_EQ(deal({{"0", "1", "2", "3"}, {"0", "1"}}), (Lists{{"2", "3"}, {"0", "1"}}));
}

TEST(Deal, SomeGetNothing)
{
    EXPECT_EQ(deal({{"GPU-a"}, {"GPU-a"}, {"GPU-a"}}), (Lists{{"GPU-a"}, {}, {}}));
    EXPECT_EQ(deal({{}, {}}), (Lists{{}, {}}));
}

} // namespace
