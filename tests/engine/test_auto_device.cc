/* --device auto: short runs stay on the CPU, and no backend of GPUs is asked for that. The machine is made up. */
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "tests/core/fake_backend.h"

extern "C" {
#include "engine/auto_device.h"
}

namespace
{

constexpr double core_rate = 1e9; /* of the kernel "fast" */
int gpu_questions;

size_t two_kernels(const mcpi_device *, mcpi_kernel *kernels, size_t capacity)
{
    const char *const names[] = {"slow", "fast", "missing"};
    for (size_t i = 0; i < 3 && i < capacity; i++) {
        kernels[i] = {};
        std::snprintf(kernels[i].name, sizeof kernels[i].name, "%s", names[i]);
        kernels[i].available = i < 2;
        kernels[i].darts_per_second = i == 1 ? core_rate : 0;
    }
    return 3;
}

size_t four_cores(mcpi_device *devices, size_t capacity)
{
    if (capacity > 0) {
        devices[0] = {};
        devices[0].available = 1;
        devices[0].units = 4;
        std::snprintf(devices[0].kernel, sizeof devices[0].kernel, "fast");
    }
    return 1;
}

size_t count_questions(mcpi_device *, size_t)
{
    gpu_questions++;
    return 0;
}

class AutoDevice : public testing::Test
{
  protected:
    AutoDevice()
    {
        cpu.enumerate = four_cores;
        cpu.kernels = two_kernels;
        gpu.enumerate = count_questions;
        options.darts = 1000000;
        gpu_questions = 0;
    }
    void TearDown() override
    {
        EXPECT_EQ(gpu_questions, 0) << "a driver would have been started";
    }
    bool stays()
    {
        return mcpi_stays_on_cpu(&options, backends, reason, sizeof reason);
    }
    mcpi_backend cpu = fake_cpus;
    mcpi_backend gpu = fake_gpus;
    const mcpi_backend *backends[3] = {&cpu, &gpu, nullptr};
    mcpi_options options = MCPI_OPTIONS_DEFAULT;
    char reason[120] = "old";
};

TEST_F(AutoDevice, KeepsShortRunsOnTheCpu)
{
    EXPECT_TRUE(stays());
    EXPECT_STREQ(reason, "1000000 darts take the CPU about 0.25 ms; a GPU needs longer to start");
    options.darts = 1;
    EXPECT_TRUE(stays());
    EXPECT_STREQ(reason, "1 dart takes the CPU less than 0.1 ms; a GPU needs longer to start");
    options.darts = 0;
    EXPECT_TRUE(stays());
}

/* Four cores count 4e8 darts in 0.1 s. */
TEST_F(AutoDevice, CountsTheWorkersThatCanRunAtOnce)
{
    options.darts = 399000000;
    EXPECT_TRUE(stays());
    options.darts = 401000000;
    EXPECT_FALSE(stays());
    EXPECT_STREQ(reason, "");
    options.threads = 64;
    EXPECT_FALSE(stays());
    options.threads = 1;
    options.darts = 101000000;
    EXPECT_FALSE(stays());
    options.darts = 99000000;
    EXPECT_TRUE(stays());
}

TEST_F(AutoDevice, LeavesOtherSelectionsAlone)
{
    for (const char *devices : {"cpu", "gpu", "all", "cpu,gpu", "gpu:0"}) {
        options.devices = devices;
        EXPECT_FALSE(stays()) << devices;
    }
}

/* What only a GPU can do, and what would be slow on the CPU. */
TEST_F(AutoDevice, DoesNotApplyToKernelsOfGpusProfilesAndFullRecounts)
{
    options.kernel = "fp32-test";
    EXPECT_FALSE(stays());
    options.kernel = "missing";
    EXPECT_FALSE(stays());
    options.kernel = "slow";
    EXPECT_FALSE(stays()) << "its rate is not known";
    options.kernel = "fast";
    EXPECT_TRUE(stays());
    options.profile = 1;
    EXPECT_FALSE(stays());
    options.profile = 0;
    options.verify = MCPI_VERIFY_FULL;
    EXPECT_FALSE(stays());
}

/* A target error of e takes pi (4 - pi) / e^2 darts and a few more: 2.7e8 for 1e-4. */
TEST_F(AutoDevice, PredictsTheDartsOfATargetError)
{
    options.darts = MCPI_DART_END;
    options.time_limit_seconds = 0.01;
    EXPECT_FALSE(stays()) << "a time is to be filled with as many darts as possible";
    options.target_error = 1e-4;
    EXPECT_TRUE(stays());
    options.target_error = 0.5e-4;
    EXPECT_FALSE(stays());
    options.target_error = 1;
    EXPECT_TRUE(stays());
    EXPECT_EQ(std::string(reason).rfind("1048576 darts ", 0), 0U) << reason;
}

TEST_F(AutoDevice, LeavesOutWhatHasBeenCounted)
{
    mcpi_part part = {0, 999999000, 0};
    mcpi_state state = {};
    state.part_count = 1;
    state.parts = &part;
    options.darts = 1000000000;
    EXPECT_FALSE(stays());
    options.resume = &state;
    EXPECT_TRUE(stays());
    EXPECT_EQ(std::string(reason).rfind("1000 darts ", 0), 0U) << reason;
}

TEST_F(AutoDevice, HasNothingToChooseWithoutGpusOrACpu)
{
    gpu.kernels = nullptr;
    EXPECT_FALSE(stays());
    gpu.kernels = two_kernels;
    EXPECT_TRUE(stays());
    backends[0] = &gpu;
    backends[1] = nullptr;
    EXPECT_FALSE(stays());
}

} // namespace
