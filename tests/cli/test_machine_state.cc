/* The state of made-up machines: a temporary folder with a /proc and a /sys, and a fake NVML. */
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/cli/document.h"
#include "tests/cli/printed.h"

extern "C" {
#include "cli/io/machine_state.h"
}

namespace
{

namespace fs = std::filesystem;

class MachineState : public testing::Test
{
  protected:
    void SetUp() override
    {
        std::string name = testing::TempDir() + "machine-XXXXXX";
        ASSERT_NE(mkdtemp(name.data()), nullptr);
        root = name;
    }
    void TearDown() override
    {
        fs::remove_all(root);
    }
    void write(const std::string &file, const std::string &text) const
    {
        fs::create_directories((root / file).parent_path());
        std::ofstream(root / file) << text;
    }
    void governor(const std::string &cpu, const std::string &text) const
    {
        write("sys/devices/system/cpu/" + cpu + "/cpufreq/scaling_cur_freq", text);
    }
    machine_state read() const
    {
        return read_machine_state(root.c_str());
    }

    fs::path root;
};

const char cpuinfo[] = "processor\t: 0\nmodel name\t: Made-up 9 GHz\ncpu MHz\t\t: 2300.500\nbogomips\t: 1\n\n"
                       "processor\t: 1\ncpu MHz\t\t: 2301.500\n";

TEST_F(MachineState, IsTheMeanOfTheGovernors)
{
    write("proc/loadavg", "0.30 0.95 2.24 1/92 27064\n");
    write("proc/cpuinfo", cpuinfo);
    governor("cpu0", "3000000\n");
    governor("cpu1", "2000000\n");
    governor("cpu10", "1000000\n");
    governor("cpuidle", "9000000\n");
    fs::create_directories(root / "sys/devices/system/cpu/cpu11"); /* it is offline */
    governor("cpu12", "<unknown>\n");
    EXPECT_EQ(read().load, 0.3);
    EXPECT_EQ(read().cpu_hertz, 2e9);
    EXPECT_EQ(read().gpu_count, 0U);
}

TEST_F(MachineState, FallsBackOnCpuinfo)
{
    write("proc/cpuinfo", cpuinfo);
    EXPECT_EQ(read().cpu_hertz, 2.301e9);
}

TEST_F(MachineState, MayBeUnknown)
{
    EXPECT_TRUE(std::isnan(read().load));
    EXPECT_TRUE(std::isnan(read().cpu_hertz));
    write("proc/loadavg", "");
    write("proc/cpuinfo", "processor\t: 0\nBogoMIPS\t: 50.00\n"); /* an Arm CPU */
    EXPECT_TRUE(std::isnan(read().load));
    EXPECT_TRUE(std::isnan(read().cpu_hertz));
    fs::remove_all(root);
    EXPECT_TRUE(std::isnan(read().cpu_hertz));
}

std::string json_of(const machine_state &state)
{
    return printed([&](FILE *out) {
        json_writer j = {out, false};
        put_open(&j, nullptr, '{');
        put_machine_state(&j, "before", &state);
        put_close(&j, '}');
    });
}

TEST_F(MachineState, IsNullWhereItIsUnknown)
{
    EXPECT_EQ(json_of(read()), R"({"before":{"load_average":null,"cpu_clock_hertz":null}})");
    write("proc/loadavg", "1.5 0 0 1/1 1");
    governor("cpu0", "2500000");
    EXPECT_EQ(json_of(read()), R"({"before":{"load_average":1.5,"cpu_clock_hertz":2500000000}})");
}

mcpi_device device(mcpi_device_kind kind, const char *uuid)
{
    mcpi_device made{};
    made.kind = kind;
    std::snprintf(made.uuid, sizeof made.uuid, "%s", uuid);
    return made;
}

TEST_F(MachineState, HasTheClocksOfGpusOnRequest)
{
    const char uuid[] = "GPU-00112233-4455-6677-8899-aabbccddeeff";
    setenv("NVML_FAKE_UUID", uuid, 1);
    mcpi_sensors *const sensors = mcpi_sensors_open(MCPI_FAKE_NVML);
    ASSERT_NE(sensors, nullptr);
    const mcpi_device devices[] = {device(MCPI_CPU, ""), device(MCPI_GPU, uuid), device(MCPI_GPU, ""),
                                   device(MCPI_GPU, "GPU-of-somebody-else")};
    machine_state state = read();
    read_gpu_clocks(&state, sensors, devices, 4);
    mcpi_sensors_close(sensors);
    const Document document(json_of(state));
    ASSERT_EQ(state.gpu_count, 2U);
    EXPECT_STREQ(json_object_get_string(document.at("before.gpus.0.uuid")), uuid);
    EXPECT_EQ(json_object_get_double(document.at("before.gpus.0.sm_clock_hertz")), 1.41e9);
    EXPECT_TRUE(document.has("before.gpus.1.sm_clock_hertz"));
    EXPECT_EQ(document.at("before.gpus.1.sm_clock_hertz"), nullptr);
}

TEST_F(MachineState, WithoutNvmlHasNoClocksAndTakesNoMoreGpusThanFit)
{
    const std::vector<mcpi_device> devices(MACHINE_GPUS_MAX + 1, device(MCPI_GPU, "GPU-5c1e"));
    machine_state state = read();
    read_gpu_clocks(&state, nullptr, devices.data(), devices.size());
    ASSERT_EQ(state.gpu_count, size_t{MACHINE_GPUS_MAX});
    EXPECT_TRUE(std::isnan(state.gpus[0].hertz));
}

} // namespace
