/* The cores that a process may use, in made-up containers. */
#include <gtest/gtest.h>

#include <climits>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sched.h>
#include <string>

#include "cpu/machine/quota.h"

namespace
{

namespace fs = std::filesystem;

constexpr const char *v2_mount = "31 23 0:28 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n";
constexpr const char *v1_mount = "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n";

/* A folder with the files of /proc and /sys that a test puts there. */
class Quota : public testing::Test
{
  protected:
    void SetUp() override
    {
        std::string pattern = testing::TempDir() + "mcpi_cores_XXXXXX";
        ASSERT_NE(mkdtemp(pattern.data()), nullptr);
        root = pattern;
    }

    void TearDown() override
    {
        fs::remove_all(root);
    }

    void write(const std::string &path, const std::string &text) const
    {
        fs::create_directories(fs::path(root + path).parent_path());
        std::ofstream(root + path) << text;
    }

    void mount(const std::string &mounts, const std::string &groups) const
    {
        write("/proc/self/mountinfo", "23 1 8:1 / / rw - ext4 /dev/sda1 rw\n" + mounts);
        write("/proc/self/cgroup", groups);
    }

    unsigned cores() const
    {
        return mcpi_quota_cores(root.c_str());
    }

    std::string root;
};

TEST_F(Quota, IsNoneWithoutCgroups)
{
    EXPECT_EQ(cores(), UINT_MAX);
    mount("", "");
    EXPECT_EQ(cores(), UINT_MAX);
}

TEST_F(Quota, IsNoneWithoutItsFiles)
{
    mount(v2_mount, "0::/a\n");
    EXPECT_EQ(cores(), UINT_MAX);
}

TEST_F(Quota, IsRoundedUp)
{
    mount(v2_mount, "0::/\n");
    const std::pair<const char *, unsigned> rows[] = {
        {"max 100000\n", UINT_MAX}, {"200000 100000\n", 2},   {"200001 100000\n", 3}, {"199999 100000\n", 2},
        {"1000 100000\n", 1},       {"50000 20000\n", 3},     {"", UINT_MAX},         {"nonsense", UINT_MAX},
        {"100000", UINT_MAX},       {"100000 0\n", UINT_MAX},
    };
    for (const auto &[text, expected] : rows) {
        write("/sys/fs/cgroup/cpu.max", text);
        EXPECT_EQ(cores(), expected) << text;
    }
}

TEST_F(Quota, IsTheLeastOfTheGroupAndItsAncestors)
{
    mount(v2_mount, "0::/a/b/c\n");
    write("/sys/fs/cgroup/a/b/c/cpu.max", "400000 100000\n");
    EXPECT_EQ(cores(), 4u);
    write("/sys/fs/cgroup/a/b/cpu.max", "max 100000\n");
    write("/sys/fs/cgroup/a/cpu.max", "300000 100000\n");
    EXPECT_EQ(cores(), 3u);
    write("/sys/fs/cgroup/a/b/c/cpu.max", "200000 100000\n");
    EXPECT_EQ(cores(), 2u);
    write("/sys/fs/cgroup/cpu.max", "100000 100000\n");
    EXPECT_EQ(cores(), 1u);
}

TEST_F(Quota, IsNotThatOfANeighbour)
{
    mount(v2_mount, "0::/a\n");
    write("/sys/fs/cgroup/ab/cpu.max", "100000 100000\n");
    write("/sys/fs/cgroup/a/b/cpu.max", "100000 100000\n");
    EXPECT_EQ(cores(), UINT_MAX);
}

/* A container that sees the host's names for cgroups, but only its own at the mount point. */
TEST_F(Quota, IsFoundBelowTheTopOfTheMount)
{
    mount("31 23 0:28 /docker/1234 /sys/fs/cgroup ro - cgroup2 cgroup rw\n", "0::/docker/1234/job\n");
    write("/sys/fs/cgroup/job/cpu.max", "300000 100000\n");
    EXPECT_EQ(cores(), 3u);
    write("/sys/fs/cgroup/cpu.max", "200000 100000\n");
    EXPECT_EQ(cores(), 2u);
}

TEST_F(Quota, IsThatOfTheTopForAGroupThatIsNotBelowIt)
{
    mount("31 23 0:28 /docker/12 /sys/fs/cgroup ro - cgroup2 cgroup rw\n", "0::/docker/1234\n");
    write("/sys/fs/cgroup/cpu.max", "200000 100000\n");
    EXPECT_EQ(cores(), 2u);
}

TEST_F(Quota, IsReadFromVersion1)
{
    mount(v1_mount, "5:memory:/m\n4:cpuacct,cpu:/a/b\n");
    write("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n");
    write("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
    EXPECT_EQ(cores(), UINT_MAX);
    write("/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us", "250000\n");
    write("/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us", "100000\n");
    EXPECT_EQ(cores(), 3u);
    write("/sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_quota_us", "50000\n");
    write("/sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_period_us", "50000\n");
    EXPECT_EQ(cores(), 1u);
}

TEST_F(Quota, IsNotLookedForInOtherHierarchies)
{
    mount("33 31 0:30 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n", "3:cpuset:/\n2:cpuacct:/\n");
    write("/sys/fs/cgroup/cpuset/cpu.cfs_quota_us", "100000\n");
    write("/sys/fs/cgroup/cpuset/cpu.cfs_period_us", "100000\n");
    EXPECT_EQ(cores(), UINT_MAX);
}

/* Each of these lines would be the mount of the one before, if what it lacks were not missed. */
TEST_F(Quota, IsNotReadFromMalformedLines)
{
    const std::string other = "32 31 0:29 / /sys/fs/cgroup rw - cgroup cgroup rw,memory\n";
    write("/sys/fs/cgroup/cpu.max", "100000 100000\n");
    for (const char *line : {"31 23 0:28 / /sys/fs/cgroup rw cgroup2 cgroup2 rw\n",
                             "31 23 0:28 / /sys/fs/cgroup rw -\n", "31 23 0:28 / /sys/fs/cgroup rw - cgroup2\n",
                             "31 23 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2\n", " - cgroup2 cgroup2 rw\n", "\n"}) {
        mount(other + line, "0::/\n");
        EXPECT_EQ(cores(), UINT_MAX) << line;
        mount(other + line + v2_mount, "0::/\n");
        EXPECT_EQ(cores(), 1u) << line;
    }
}

TEST_F(Quota, IsTheLeastOfBothVersions)
{
    mount(std::string(v1_mount) + "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n",
          "1:cpu,cpuacct:/a\n0::/b\n");
    write("/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us", "300000\n");
    write("/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us", "100000\n");
    EXPECT_EQ(cores(), 3u);
    write("/sys/fs/cgroup/unified/b/cpu.max", "200000 100000\n");
    EXPECT_EQ(cores(), 2u);
    write("/sys/fs/cgroup/unified/a/cpu.max", "100000 100000\n"); /* of another group */
    EXPECT_EQ(cores(), 2u);
}

TEST(Cores, FollowTheAffinity)
{
    cpu_set_t before, one;
    ASSERT_EQ(sched_getaffinity(0, sizeof before, &before), 0);
    EXPECT_GE(mcpi_usable_cores(), 1u);
    EXPECT_LE(mcpi_usable_cores(), (unsigned)CPU_COUNT(&before));
    int cpu = 0;
    while (!CPU_ISSET(cpu, &before))
        cpu++;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
    EXPECT_EQ(mcpi_usable_cores(), 1u);
    ASSERT_EQ(sched_setaffinity(0, sizeof before, &before), 0);
}

} // namespace
