/* What --expect accepts, and what it misses on made-up machines. */
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

extern "C" {
#include "cli/args/expect.h"
}

namespace
{

expectation parsed(const char *spec)
{
    expectation expected;
    EXPECT_TRUE(parse_expectation(spec, &expected)) << spec;
    return expected;
}

TEST(Expect, TakesNumbersAndNames)
{
    EXPECT_EQ(parsed("cpu").threads, 1U);
    EXPECT_EQ(parsed("cpu=64").threads, 64U);
    EXPECT_EQ(parsed("gpu").gpus, 1U);
    EXPECT_EQ(parsed("cpu,gpu=8").gpus, 8U);
    EXPECT_EQ(parsed("gpu=256,cpu=65536").threads, 65536U);
    EXPECT_EQ(parsed("gpu:0,gpu:7").gpus, 0U);
    const expectation several = parsed("gpu:0,gpu:7,gpu");
    EXPECT_EQ(expected_gpus(&several), 2U);
    parsed("gpu:GPU-5c1e,gpu:mig-41b9,gpu=3");
    parsed("gpu:0,toy:0"); /* a device of another backend */
}

TEST(Expect, RefusesWhatIsNoSuchList)
{
    for (const char *spec : {"",          ",",         "cpu,",        ",cpu",
                             "cpu,,gpu",  "gpu=0",     "cpu=0",       "gpu=",
                             "gpu=-1",    "gpu=+1",    "gpu=1.5",     "gpu= 4",
                             "gpu=4 ",    "gpu=08",    "gpu=257",     "gpu=99999999999999999999",
                             "cpu=65537", "gpu=0x4",   "gpu=all",     "GPU=4",
                             "gpus=4",    "tpu",       "4",           "gpu,gpu",
                             "gpu=4,gpu", "cpu,cpu=2", "gpu:0,gpu:0", "gpu:GPU-5c,gpu:gpu-5C",
                             "gpu:",      "gpu:x",     "gpu:00",      "gpu:256",
                             "gpu:0-7",   "gpu:GPU-",  "gpu:GPU-xy",  "cpu:0",
                             "all",       "gpu=4;cpu"}) {
        expectation expected;
        EXPECT_FALSE(parse_expectation(spec, &expected)) << spec;
    }
}

/* A machine with a CPU of four threads and some GPUs. */
class Missing : public testing::Test
{
  protected:
    void SetUp() override
    {
        add("cpu", MCPI_CPU, true).units = 4;
    }
    mcpi_device &add(const char *id, mcpi_device_kind kind, bool available, const char *note = "")
    {
        mcpi_device &device = found.device[found.count++] = {};
        std::snprintf(device.id, sizeof device.id, "%s", id);
        std::snprintf(device.note, sizeof device.note, "%s", note);
        device.kind = kind;
        device.available = available;
        if (kind == MCPI_GPU)
            std::snprintf(device.uuid, sizeof device.uuid, "GPU-%s%s-beef", available ? "a" : "b",
                          id + std::strcspn(id, "0123456789"));
        return device;
    }
    /* "ID: REASON" of each that is missing. What lies behind the last device does not count. */
    std::vector<std::string> missing(const char *spec)
    {
        const std::vector<std::string> all = missing_now(spec);
        for (const mcpi_device &behind : {device_behind(MCPI_CPU, 0, 1), device_behind(MCPI_GPU, 7, 1),
                                          device_behind(MCPI_GPU, 7, 0), device_behind(MCPI_GPU, -1, 0)}) {
            found.device[found.count] = behind;
            EXPECT_EQ(missing_now(spec), all);
        }
        return all;
    }
    static mcpi_device device_behind(mcpi_device_kind kind, int index, int available)
    {
        mcpi_device device{};
        std::strcpy(device.id, index < 0 ? "gpu" : "gpu:7");
        std::strcpy(device.note, "behind the last device");
        device.kind = kind;
        device.index = index;
        device.available = available;
        device.units = 64;
        return device;
    }
    std::vector<std::string> missing_now(const char *spec)
    {
        std::vector<std::string> all;
        const expectation expected = parsed(spec);
        const unsigned count = list_missing(
            &expected, &found,
            [](void *user, const char *id, const char *reason) {
                static_cast<std::vector<std::string> *>(user)->push_back(std::string(id) + ": " + reason);
            },
            &all);
        EXPECT_EQ(count, all.size());
        return all;
    }
    using Lines = std::vector<std::string>;
    inventory found = {};
};

TEST_F(Missing, NothingIfItIsThere)
{
    for (const char *id : {"gpu:0", "gpu:1"})
        add(id, MCPI_GPU, true);
    for (const char *spec : {"cpu", "cpu=4", "gpu", "gpu=2", "cpu=4,gpu=2", "gpu:0,gpu:1", "gpu:GPU-A1", "gpu:1,gpu=2"})
        EXPECT_EQ(missing(spec), Lines()) << spec;
    const expectation nothing = {};
    EXPECT_EQ(list_missing(&nothing, &found, nullptr, nullptr), 0U);
}

TEST_F(Missing, NamesTheThreads)
{
    EXPECT_EQ(missing("cpu=8"), Lines{"cpu=8: this process may use 4 hardware threads"});
}

TEST_F(Missing, NamesEachGpu)
{
    add("gpu:0", MCPI_GPU, true);
    EXPECT_EQ(missing("gpu=3"), (Lines{"gpu:1: the driver reports 1 GPU", "gpu:2: the driver reports 1 GPU"}));
    EXPECT_EQ(missing("gpu:0,gpu:7"), Lines{"gpu:7: the driver reports 1 GPU"});
    EXPECT_EQ(missing("gpu:GPU-ffff"), Lines{"gpu:GPU-ffff: the driver reports 1 GPU"});
    EXPECT_EQ(missing("gpu=2,gpu:1"), Lines{"gpu:1: the driver reports 1 GPU"}) << "once";
}

TEST_F(Missing, SaysWhyAGpuCannotBeUsed)
{
    add("gpu:0", MCPI_GPU, true);
    add("gpu:1", MCPI_GPU, false, "it is lost");
    add("gpu:2", MCPI_GPU, true);
    EXPECT_EQ(missing("gpu=3"), Lines{"gpu:1: it is lost"});
    EXPECT_EQ(missing("gpu=4"), (Lines{"gpu:1: it is lost", "gpu:3: the driver reports 3 GPUs"}));
    EXPECT_EQ(missing("gpu=2"), Lines());
    EXPECT_EQ(missing("gpu:1"), Lines{"gpu:1: it is lost"});
    EXPECT_EQ(missing("gpu:GPU-b1"), Lines{"gpu:GPU-b1: it is lost"});
    EXPECT_EQ(missing("gpu:GPU-b1,gpu=3"), Lines{"gpu:GPU-b1: it is lost"}) << "once";
    EXPECT_EQ(usable_gpus(&found), 2U);
}

TEST_F(Missing, SaysWhyThereIsNone)
{
    add("gpu", MCPI_GPU, false, "no driver");
    EXPECT_EQ(missing("gpu=2"), (Lines{"gpu:0: no driver", "gpu:1: no driver"}));
    EXPECT_EQ(missing("gpu:1"), Lines{"gpu:1: no driver"});
    EXPECT_EQ(missing("gpu:GPU-ffff"), Lines{"gpu:GPU-ffff: no driver"});
    EXPECT_EQ(usable_gpus(&found), 0U);
}

TEST_F(Missing, SoIsWhatATestLeavesOut)
{
    add("gpu:0", MCPI_GPU, true);
    add("gpu:1", MCPI_GPU, true);
    mcpi_stress_row rows[3] = {};
    rows[0].device = found.device[2];
    rows[0].tested = 1;
    for (int i = 1; i < 3; i++) { /* cores that only check slices */
        std::snprintf(rows[i].device.id, sizeof rows[i].device.id, "cpu:%d", i);
        rows[i].device.kind = MCPI_CPU;
    }
    mcpi_stress_report report = {};
    report.rows = rows;
    report.row_count = 3;
    found.tested = &report;
    EXPECT_EQ(missing("gpu=2"), Lines{"gpu:0: present, but not selected by --device"});
    EXPECT_EQ(missing("gpu:0"), Lines{"gpu:0: present, but not selected by --device"});
    EXPECT_EQ(missing("gpu:1,gpu"), Lines());
    EXPECT_EQ(missing("cpu"), Lines{"cpu: the test uses 0 hardware threads of the CPU; see --device and --threads"});
    rows[1].tested = rows[2].tested = 1;
    EXPECT_EQ(missing("cpu=2"), Lines());
    EXPECT_EQ(missing("cpu=4"),
              Lines{"cpu=4: the test uses 2 hardware threads of the CPU; see --device and --threads"});
}

} // namespace
