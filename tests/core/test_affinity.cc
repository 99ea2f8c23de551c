/* The CPUs of this process, and those near a device. The device exists only in a made-up sysfs. */
#include <gtest/gtest.h>

#include <sched.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "core/affinity.h"

namespace
{

namespace fs = std::filesystem;
using Cpus = std::vector<int>;

Cpus usable()
{
    Cpus cpus(mcpi_affinity_list(nullptr, 0));
    EXPECT_EQ(mcpi_affinity_list(cpus.data(), cpus.size()), cpus.size());
    return cpus;
}

TEST(Cpus, AreThoseOfTheAffinityMask)
{
    cpu_set_t mask;
    ASSERT_EQ(sched_getaffinity(0, sizeof mask, &mask), 0);
    const Cpus cpus = usable();
    ASSERT_EQ(cpus.size(), static_cast<size_t>(CPU_COUNT(&mask)));
    for (const int cpu : cpus)
        EXPECT_TRUE(CPU_ISSET(cpu, &mask)) << cpu;
    int first = -1;
    EXPECT_EQ(mcpi_affinity_list(&first, 1), cpus.size());
    EXPECT_EQ(first, cpus[0]);
}

TEST(Cpus, AThreadIsBoundToAllOfAPlaceAndNoOthers)
{
    const Cpus all = usable();
    for (const Cpus &wanted : {all, Cpus{all.front()}, Cpus{all.back()}}) {
        std::thread([&] {
            const mcpi_place place = {wanted.size(), wanted.data()};
            EXPECT_EQ(mcpi_bind_thread(&place), 0);
            EXPECT_EQ(usable(), wanted);
        }).join();
    }
    EXPECT_EQ(usable(), all);
    const int nowhere = 1 << 20;
    const mcpi_place place = {1, &nowhere};
    EXPECT_EQ(mcpi_bind_thread(&place), EINVAL);
}

/* A folder with a made-up /sys. */
class Near : public testing::Test
{
  protected:
    void SetUp() override
    {
        std::string pattern = testing::TempDir() + "mcpi_cpus_XXXXXX";
        ASSERT_NE(mkdtemp(pattern.data()), nullptr);
        root = pattern;
        fs::create_directories(folder());
    }
    void TearDown() override
    {
        fs::remove_all(root);
    }
    std::string folder() const
    {
        return root + "/sys/bus/pci/devices/0000:3b:00.0";
    }
    /* The CPUs near a device whose local_cpulist holds that text. */
    Cpus near(const std::string &list, const char *address = "0000:3B:00.0") const
    {
        std::ofstream(folder() + "/local_cpulist") << list;
        return near_of(address);
    }
    Cpus near_of(const char *address) const
    {
        mcpi_places *places = mcpi_places_near(root.c_str(), address);
        Cpus cpus;
        if (places->count > 0)
            cpus.assign(places->list[0].cpus, places->list[0].cpus + places->list[0].count);
        EXPECT_EQ(places->count, cpus.empty() ? 0U : 1U) << "either one place with CPUs, or none";
        std::free(places);
        return cpus;
    }
    std::string root;
};

TEST_F(Near, AreThoseListedThatMayBeUsed)
{
    const Cpus all = usable();
    const std::string last = std::to_string(all.back());
    EXPECT_EQ(near("0-1048576\n"), all);
    EXPECT_EQ(near("0-1048576\n", "0000:3b:00.0"), all);
    EXPECT_EQ(near(last + "\n"), Cpus{all.back()});
    EXPECT_EQ(near(last + "-" + last + ",500000,600000-700000\n"), Cpus{all.back()});
    Cpus others(all.begin() + 1, all.end());
    EXPECT_EQ(near(std::to_string(all.front() + 1) + "-" + last + "," + std::to_string(all.back() + 1)), others);
    std::string singly;
    for (const int cpu : all)
        singly += (singly.empty() ? "" : ",") + std::to_string(cpu);
    EXPECT_EQ(near(singly), all);
}

TEST_F(Near, AreNoneWhereNothingIsKnown)
{
    EXPECT_EQ(near_of("0000:3b:00.0"), Cpus{});
    EXPECT_EQ(near("\n"), Cpus{});
    EXPECT_EQ(near("500000-600000\n"), Cpus{});
    EXPECT_EQ(near("none"), Cpus{});
    EXPECT_EQ(near("0-1048576\n", ""), Cpus{});
    EXPECT_EQ(near("0-1048576\n", "0000:3c:00.0"), Cpus{});
    EXPECT_EQ(near("0-1048576\n", "a name much longer than the address of any device"), Cpus{});
}

} // namespace
