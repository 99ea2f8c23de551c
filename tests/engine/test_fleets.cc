/*
 * Random GPUs of up to four kernels with made-up rates, some of which cannot run, do not compete, cannot be loaded or
 * lie. test_random_fleets has the other faults of devices; here all is well but the kernels.
 */
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "tests/core/dice.h"
#include "tests/core/fake_backend.h"
#include "tests/core/worker_sums.h"

extern "C" {
#include "engine/run.h"
}

namespace
{

const char *const kernel_names[] = {"fake", "fake-2", "3", "a kernel's longest name"};

Behaviour random_gpu(Dice &dice)
{
    Behaviour gpu;
    gpu.slice_darts = dice.chance(50) ? uint64_t{1} << 40 : 2 * (1 + dice.below(50000));
    gpu.kernels.clear();
    const size_t kernels = 1 + dice.below(4);
    const bool may_lie = dice.chance(35);
    for (size_t i = 0; i < kernels; i++) {
        FakeKernel kernel;
        kernel.name = kernel_names[i];
        kernel.claimed_rate = dice.scaled(5e4, 3e6);
        kernel.lies = may_lie && dice.chance(40);
        kernel.competes = i == 0 || dice.chance(80);
        kernel.available = i == 0 || dice.chance(80);
        kernel.loads = i == 0 || dice.chance(95);
        gpu.kernels.push_back(kernel);
    }
    return gpu;
}

struct Case {
    std::vector<Behaviour> devices = std::vector<Behaviour>(1); /* the CPU first */
    mcpi_options options = MCPI_OPTIONS_DEFAULT;
};

Case random_case(Dice &dice)
{
    static const char *const selections[] = {"all", "gpu", "gpu:1,1", "gpu:1,1,2,1", "auto"};
    static const mcpi_verify verify[] = {MCPI_VERIFY_OFF, MCPI_VERIFY_ON, MCPI_VERIFY_FULL};
    Case c;
    c.devices[0].kind = MCPI_CPU;
    c.devices[0].units = 1 + static_cast<unsigned>(dice.below(3));
    for (int gpus = 0; gpus < 2; gpus++)
        c.devices.push_back(random_gpu(dice));
    c.options.devices = dice.one_of(selections);
    c.options.verify = dice.one_of(verify);
    c.options.darts = static_cast<uint64_t>(dice.scaled(dice.chance(50) ? 1 : 2e5, 1e6));
    if (dice.chance(10))
        c.options.kernel = kernel_names[0];
    return c;
}

void check_kernels(const Case &c, const mcpi_device_result &device)
{
    uint64_t darts = 0;
    uint64_t most = 0;
    ASSERT_LE(device.kernel_count, c.devices[device.device.index].kernels.size());
    for (size_t i = 0; i < device.kernel_count; i++) {
        const mcpi_kernel_result &kernel = device.kernels[i];
        EXPECT_GT(kernel.darts, 0U);
        EXPECT_TRUE(std::isfinite(kernel.darts_per_second));
        if (device.device.kind == MCPI_GPU && c.options.verify == MCPI_VERIFY_ON) {
            EXPECT_GT(kernel.recounted_darts, 0U) << device.device.id << ' ' << kernel.name;
        }
        darts += kernel.darts;
        most = std::max(most, kernel.darts);
    }
    EXPECT_EQ(darts, device.darts);
    for (size_t i = 0; i < device.kernel_count; i++)
        if (std::string(device.kernels[i].name) == device.device.kernel) {
            EXPECT_EQ(device.kernels[i].darts, most);
        }
}

/* Has a kernel counted that lies? `always`: in every slice. */
bool any_lie(const Case &c, Fleet &fleet, bool always)
{
    for (size_t i = 0; i < c.devices.size(); i++)
        for (const std::string &name : fleet.records[i].counted)
            if (fake_kernel(c.devices[i], name.c_str())->lies &&
                (!always || c.devices[i].slice_darts > c.options.darts))
                return true;
    return false;
}

/* Sampled recounts find a lie for certain only if it is in every slice. */
void check(const Case &c, Fleet &fleet, mcpi_status status, const mcpi_result &result)
{
    const bool full = c.options.verify == MCPI_VERIFY_FULL;
    const bool off = c.options.verify == MCPI_VERIFY_OFF;
    const bool lied = any_lie(c, fleet, false);
    if (!off && any_lie(c, fleet, !full)) {
        EXPECT_EQ(status, MCPI_MISMATCH);
    } else if (!lied) {
        EXPECT_EQ(status, MCPI_OK);
    }
    if (!lied || full) {
        EXPECT_EQ(result.hits, count_by_definition({0, 0, 0, result.darts}));
    }
    expect_worker_sums(result);
    uint64_t darts = 0;
    for (size_t i = 0; i < result.device_count; i++) {
        check_kernels(c, result.devices[i]);
        darts += result.devices[i].darts;
    }
    if (status == MCPI_OK) {
        EXPECT_TRUE(result.complete);
        EXPECT_EQ(result.darts, c.options.darts);
        EXPECT_EQ(darts, result.darts);
    }
}

TEST(Fleets, CountByDefinitionWhicheverKernelsTheyTry)
{
    int trials = 0, lies = 0;
    for (uint64_t number = 0; number < 100; number++) {
        SCOPED_TRACE("fleet " + std::to_string(number));
        Dice dice(number);
        const Case c = random_case(dice);
        Fleet fleet(c.devices);
        mcpi_plan plan;
        mcpi_error error{};
        mcpi_result *result = nullptr;
        ASSERT_EQ(mcpi_plan_make(&c.options, fake_backends, &plan, &error), MCPI_OK) << error.message;
        const mcpi_status status = mcpi_engine_run(&plan, &result, &error);
        mcpi_plan_free(&plan);
        ASSERT_TRUE(result) << error.message;
        SCOPED_TRACE(error.message);
        check(c, fleet, status, *result);
        for (size_t i = 0; i < result->device_count; i++)
            trials += result->devices[i].kernel_count > 1;
        lies += status == MCPI_MISMATCH;
        mcpi_result_free(result);
        EXPECT_TRUE(fleet.all_closed());
    }
    EXPECT_GT(trials, 10);
    EXPECT_GT(lies, 5);
}

} // namespace
