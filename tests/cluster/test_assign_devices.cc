/* Assigning CPUs and GPUs to processes of one machine. */
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

/* GPUs by UUID, since each process counts from 0 those that it sees; by id where there are no UUIDs. */
TEST(Claims, NameDevices)
{
    mcpi_device device{};
    std::snprintf(device.id, sizeof device.id, "gpu:0");
    std::snprintf(device.uuid, sizeof device.uuid, "GPU-53494d55-4c41-5445-442d-4750552d0000");
    const mcpi_device_claim by_uuid = mcpi_claim_device(&device, 3);
    EXPECT_STREQ(by_uuid.name, device.uuid);
    EXPECT_EQ(by_uuid.process, 3U);
    EXPECT_FALSE(by_uuid.granted);
}

TEST(Claims, KeepDevicesWithoutUuidsApart)
{
    std::vector<std::vector<std::string>> seen(2);
    for (std::vector<std::string> &names : seen)
        for (const char *id : {"toy:0", "toy:1"}) {
            mcpi_device device{};
            std::snprintf(device.id, sizeof device.id, "%s", id);
            names.emplace_back(mcpi_claim_device(&device, 0).name);
        }
    EXPECT_EQ(deal(seen), (Lists{{"toy:0"}, {"toy:1"}}));
}

} // namespace
