/* Energy counters: a powercap tree in a temporary folder, and a fake NVML library. Times are those of made-up readings.
 */
#include <gtest/gtest.h>

#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "sensors/energy.h"

namespace
{

namespace fs = std::filesystem;

const char uuid[] = "GPU-00112233-4455-6677-8899-aabbccddeeff";

/* A reading that was taken at another time. */
mcpi_energy_reading at(double seconds, mcpi_energy_reading reading)
{
    reading.seconds = seconds;
    return reading;
}

void expect_unknown(const mcpi_energy &energy)
{
    EXPECT_TRUE(std::isnan(energy.joules));
    EXPECT_TRUE(std::isnan(energy.half_width));
}

class Powercap : public testing::Test
{
  protected:
    void SetUp() override
    {
        std::string name = testing::TempDir() + "powercap-XXXXXX";
        ASSERT_NE(mkdtemp(name.data()), nullptr);
        root = name;
        fs::permissions(root, fs::perms(0755));
    }
    void TearDown() override
    {
        mcpi_energy_close(meter);
        fs::remove_all(root);
    }
    void write(const std::string &domain, const std::string &file, const std::string &text)
    {
        std::ofstream(root / domain / file) << text << '\n';
    }
    void domain(const std::string &name, const std::string &what, uint64_t microjoules, uint64_t range = 262143328850)
    {
        fs::create_directories(root / name);
        write(name, "name", what);
        write(name, "energy_uj", std::to_string(microjoules));
        write(name, "max_energy_range_uj", std::to_string(range));
    }
    void open()
    {
        meter = mcpi_energy_open_cpu(root.c_str());
    }
    std::string absence() const
    {
        return mcpi_energy_absence(meter);
    }
    mcpi_energy between(const mcpi_energy_reading &before, const mcpi_energy_reading &after) const
    {
        return mcpi_energy_between(meter, &before, &after);
    }

    fs::path root;
    mcpi_energy_meter *meter = nullptr;
};

TEST_F(Powercap, AddsUpPackagesAndNothingElse)
{
    domain("intel-rapl:0", "package-0", 1000000);
    domain("intel-rapl:1", "package-1", 5000000);
    domain("intel-rapl:2", "psys", 7000000);
    domain("intel-rapl:0:0", "core", 900000);
    domain("intel-rapl-mmio:0", "package-0", 1000000);
    open();
    EXPECT_EQ(absence(), "");
    const mcpi_energy_reading before = at(10, mcpi_energy_read(meter));
    write("intel-rapl:0", "energy_uj", "101000000");
    write("intel-rapl:1", "energy_uj", "55000000");
    write("intel-rapl:2", "energy_uj", "999000000");
    write("intel-rapl:0:0", "energy_uj", "99000000");
    write("intel-rapl-mmio:0", "energy_uj", "101000000");
    const mcpi_energy energy = between(before, at(12, mcpi_energy_read(meter)));
    EXPECT_DOUBLE_EQ(energy.joules, 150);
    EXPECT_DOUBLE_EQ(energy.half_width, 150 * 0.001 / 2); /* what 75 W use in 1 ms */
}

TEST_F(Powercap, ACounterMayOverflowOnce)
{
    domain("intel-rapl:0", "package-0", 262140000000);
    domain("intel-rapl:1", "package-1", 10000000);
    open();
    const mcpi_energy_reading before = at(0, mcpi_energy_read(meter));
    write("intel-rapl:0", "energy_uj", "96671150");
    write("intel-rapl:1", "energy_uj", "30000000");
    const mcpi_energy_reading after = mcpi_energy_read(meter);
    EXPECT_NEAR(between(before, at(1, after)).joules, 120, 1e-9);
    EXPECT_NEAR(between(before, at(262, after)).joules, 120, 1e-9);
    expect_unknown(between(before, at(263, after))); /* at 1000 W it may have overflowed twice */
}

TEST_F(Powercap, ACounterOfUnknownRangeMayNotOverflow)
{
    domain("intel-rapl:0", "package-0", 5000000);
    fs::remove(root / "intel-rapl:0" / "max_energy_range_uj");
    open();
    const mcpi_energy_reading before = at(0, mcpi_energy_read(meter));
    write("intel-rapl:0", "energy_uj", "7000000");
    const mcpi_energy_reading more = at(1000, mcpi_energy_read(meter));
    EXPECT_DOUBLE_EQ(between(before, more).joules, 2);
    write("intel-rapl:0", "energy_uj", "4000000");
    expect_unknown(between(before, at(1, mcpi_energy_read(meter))));
}

TEST_F(Powercap, ShortIntervalsAreUnknown)
{
    domain("intel-rapl:0", "package-0", 0);
    open();
    const mcpi_energy_reading before = at(0, mcpi_energy_read(meter));
    write("intel-rapl:0", "energy_uj", "1000000");
    const mcpi_energy_reading after = mcpi_energy_read(meter);
    expect_unknown(between(before, at(0.0099, after)));
    expect_unknown(between(before, at(0, after)));
    expect_unknown(between(at(1, after), before));
    EXPECT_DOUBLE_EQ(between(before, at(0.0101, after)).joules, 1);
    EXPECT_NEAR(between(before, at(0.0101, after)).half_width, 0.1, 0.001);
}

TEST_F(Powercap, APackageMayVanish)
{
    domain("intel-rapl:0", "package-0", 1000000);
    domain("intel-rapl:1", "package-1", 1000000);
    open();
    const mcpi_energy_reading before = at(0, mcpi_energy_read(meter));
    EXPECT_TRUE(before.known);
    fs::remove_all(root / "intel-rapl:1");
    const mcpi_energy_reading after = at(1, mcpi_energy_read(meter));
    EXPECT_FALSE(after.known);
    expect_unknown(between(before, after));
}

TEST_F(Powercap, DamagedFilesAreNotNumbers)
{
    for (const char *text : {"", "twelve", "12 J", "99999999999999999999999999"}) {
        domain("intel-rapl:0", "package-0", 0);
        write("intel-rapl:0", "energy_uj", text);
        open();
        EXPECT_NE(absence().find("RAPL cannot be read"), std::string::npos) << text;
        EXPECT_FALSE(mcpi_energy_read(meter).known);
        mcpi_energy_close(meter);
        meter = nullptr;
    }
}

TEST_F(Powercap, SaysThatOnlyRootMayRead)
{
    domain("intel-rapl:0", "package-0", 0);
    domain("intel-rapl:1", "package-1", 0);
    fs::permissions(root / "intel-rapl:0" / "energy_uj", fs::perms::owner_read);
    fs::permissions(root / "intel-rapl:1" / "energy_uj", fs::perms::none);
    const uid_t user = geteuid();
    ASSERT_EQ(user == 0 ? seteuid(65534) : 0, 0);
    open();
    ASSERT_EQ(seteuid(user), 0);
    EXPECT_EQ(absence(), "energy_uj is readable by root only (CVE-2020-8694): run as root, or chmod a+r " +
                             root.string() + "/intel-rapl:*/energy_uj");
    EXPECT_FALSE(mcpi_energy_read(meter).known);
}

TEST_F(Powercap, SaysWhatIsMissing)
{
    open();
    EXPECT_EQ(absence(), "no RAPL: " + root.string() +
                             " has no package (virtual machine, or the module intel_rapl_msr is not loaded?)");
    mcpi_energy_close(meter);
    fs::remove(root);
    open();
    EXPECT_EQ(absence(), "no RAPL: " + root.string() + " is missing (virtual machine?)");
    EXPECT_FALSE(mcpi_energy_read(meter).known);
}

TEST_F(Powercap, ManyPackagesAreAllCountedOrNone)
{
    for (int i = 0; i < MCPI_ENERGY_COUNTERS_MAX; i++)
        domain("intel-rapl:" + std::to_string(i), "package-" + std::to_string(i), 0);
    open();
    EXPECT_EQ(absence(), "");
    mcpi_energy_close(meter);
    domain("intel-rapl:99", "package-99", 0);
    open();
    EXPECT_NE(absence(), "");
    EXPECT_FALSE(mcpi_energy_read(meter).known);
}

class GpuEnergy : public testing::Test
{
  protected:
    void SetUp() override
    {
        setenv("NVML_FAKE_UUID", uuid, 1);
        setenv("NVML_FAKE_MILLIJOULES", "5000000000123", 1);
        sensors = mcpi_sensors_open(MCPI_FAKE_NVML);
        ASSERT_NE(sensors, nullptr);
        meter = mcpi_energy_open_gpu(sensors, uuid);
    }
    void TearDown() override
    {
        mcpi_energy_close(meter);
        mcpi_sensors_close(sensors);
    }

    mcpi_sensors *sensors = nullptr;
    mcpi_energy_meter *meter = nullptr;
};

TEST_F(GpuEnergy, IsTheDifferenceOfTheCounter)
{
    EXPECT_STREQ(mcpi_energy_absence(meter), "");
    EXPECT_DOUBLE_EQ(mcpi_sensors_energy(sensors, uuid), 5000000000.123);
    const mcpi_energy_reading before = at(0, mcpi_energy_read(meter));
    setenv("NVML_FAKE_MILLIJOULES", "5000001400246", 1);
    const mcpi_energy_reading after = mcpi_energy_read(meter);
    const mcpi_energy_reading later = at(2, after), soon = at(0.99, after);
    EXPECT_NEAR(mcpi_energy_between(meter, &before, &later).joules, 1400.123, 1e-6);
    EXPECT_NEAR(mcpi_energy_between(meter, &before, &later).half_width, 70.006, 1e-3); /* 700 W for 100 ms */
    expect_unknown(mcpi_energy_between(meter, &before, &soon));
}

TEST_F(GpuEnergy, AReloadedDriverBeginsAtZero)
{
    const mcpi_energy_reading before = at(0, mcpi_energy_read(meter));
    setenv("NVML_FAKE_MILLIJOULES", "7", 1);
    const mcpi_energy_reading after = at(2, mcpi_energy_read(meter));
    expect_unknown(mcpi_energy_between(meter, &before, &after));
}

TEST_F(GpuEnergy, AGpuMayFallOffTheBus)
{
    const mcpi_energy_reading before = at(0, mcpi_energy_read(meter));
    unsetenv("NVML_FAKE_MILLIJOULES");
    const mcpi_energy_reading after = at(2, mcpi_energy_read(meter));
    EXPECT_FALSE(after.known);
    expect_unknown(mcpi_energy_between(meter, &before, &after));
}

TEST_F(GpuEnergy, MayBeAbsent)
{
    mcpi_energy_meter *const stranger = mcpi_energy_open_gpu(sensors, "GPU-of-somebody-else");
    EXPECT_STREQ(mcpi_energy_absence(stranger), "NVML reports no energy for this GPU: only GPUs since Volta count it, "
                                                "and parts of a partitioned GPU (MIG) do not");
    EXPECT_FALSE(mcpi_energy_read(stranger).known);
    mcpi_energy_close(stranger);
    mcpi_energy_meter *const blind = mcpi_energy_open_gpu(nullptr, uuid);
    EXPECT_STREQ(mcpi_energy_absence(blind), "NVML, the library of nvidia-smi, could not be loaded");
    EXPECT_FALSE(mcpi_energy_read(blind).known);
    mcpi_energy_close(blind);
}

TEST(NoMeter, KnowsNothing)
{
    const mcpi_energy_reading reading = mcpi_energy_read(nullptr);
    EXPECT_FALSE(reading.known);
    expect_unknown(mcpi_energy_between(nullptr, &reading, &reading));
    EXPECT_STREQ(mcpi_energy_absence(nullptr), "out of memory");
}

} // namespace
