/* From options to teams: who counts, who recounts, and what is refused. */
#include <gtest/gtest.h>

#include <cmath>

#include "tests/core/fake_backend.h"

extern "C" {
#include "engine/plan.h"
}

namespace
{

Behaviour cpu_with(unsigned units)
{
    Behaviour cpu;
    cpu.kind = MCPI_CPU;
    cpu.units = units;
    return cpu;
}

Behaviour gpu(const char *uuid, bool available = true)
{
    Behaviour gpu;
    gpu.uuid = uuid;
    gpu.available = available;
    return gpu;
}

class Plan : public testing::Test
{
  protected:
    void TearDown() override
    {
        mcpi_plan_free(&plan);
    }
    mcpi_status make(const char *devices, mcpi_verify verify = MCPI_VERIFY_ON)
    {
        options.devices = devices;
        options.verify = verify;
        mcpi_plan_free(&plan);
        return mcpi_plan_make(&options, fake_backends, &plan, &error);
    }
    std::string ids() const
    {
        std::string all;
        for (size_t i = 0; i < plan.team_count; i++) {
            const mcpi_team &team = plan.teams[i];
            all += std::string(i ? " " : "") + team.device.id + "x" + std::to_string(team.workers);
            all += team.counts ? "" : "!";
            all += team.recounts ? "+" : "";
            all += team.recounted ? "?" : "";
        }
        return all;
    }
    using Places = std::vector<std::vector<int>>;
    /* The CPUs of each worker of a team. */
    Places places(size_t team) const
    {
        Places all;
        for (unsigned i = 0; i < plan.teams[team].workers; i++) {
            const mcpi_place place = mcpi_worker_options_of(&plan.teams[team], i).place;
            all.emplace_back(place.cpus, place.cpus + place.count);
        }
        return all;
    }
    /* Device numbers of the fake fleet: 0 the CPU, 1 and 2 GPUs, 3 a GPU that is not available. */
    Fleet fleet{{cpu_with(6), gpu("GPU-5c1e0000-0000-0000-0000-000000000001"),
                 gpu("GPU-5c1f0000-0000-0000-0000-000000000002"),
                 gpu("GPU-77777777-0000-0000-0000-000000000003", false)}};
    mcpi_options options = MCPI_OPTIONS_DEFAULT;
    mcpi_plan plan{};
    mcpi_error error{};
};

/* x: workers, !: does not count, +: recounts, ?: is recounted */
TEST_F(Plan, SelectsDevices)
{
    EXPECT_EQ(make("auto"), MCPI_OK);
    EXPECT_EQ(ids(), "gpu:1x1? gpu:2x1? cpux6!+");
    EXPECT_EQ(make("gpu"), MCPI_OK);
    EXPECT_EQ(ids(), "gpu:1x1? gpu:2x1? cpux6!+");
    EXPECT_EQ(make("gpu:2"), MCPI_OK);
    EXPECT_EQ(ids(), "gpu:2x1? cpux6!+");
    EXPECT_EQ(make("gpu:2,1,2"), MCPI_OK);
    EXPECT_EQ(ids(), "gpu:2x2? gpu:1x1? cpux6!+");
    EXPECT_EQ(make("cpu"), MCPI_OK);
    EXPECT_EQ(ids(), "cpux6");
    EXPECT_EQ(make("all"), MCPI_OK);
    EXPECT_EQ(ids(), "cpux6+ gpu:1x1? gpu:2x1?");
}

TEST_F(Plan, SelectsListsOfDevices)
{
    EXPECT_EQ(make("cpu,gpu:2"), MCPI_OK);
    EXPECT_EQ(ids(), "cpux6+ gpu:2x1?");
    EXPECT_EQ(make("gpu:2,1,cpu"), MCPI_OK);
    EXPECT_EQ(ids(), "gpu:2x1? gpu:1x1? cpux6+");
    EXPECT_EQ(make("cpu,gpu"), MCPI_OK);
    EXPECT_EQ(ids(), "cpux6+ gpu:1x1? gpu:2x1?");
    EXPECT_EQ(plan.left_out_count, 1U) << "gpu:3";
    EXPECT_EQ(make("gpu,gpu:1"), MCPI_OK);
    EXPECT_EQ(ids(), "gpu:1x2? gpu:2x1? cpux6!+");
    EXPECT_EQ(make("cpu,gpu:7"), MCPI_NO_DEVICE);
    EXPECT_EQ(make("cpu,gpu:1,7"), MCPI_NO_DEVICE);
    EXPECT_STREQ(error.message,
                 "options.devices cpu,gpu:1,7: there is no gpu:7; mcpi_list_devices lists what there is");
}

/* Two GPU backends, each with a device of number 0, of which only the second has a UUID. */
class TwoGpuBackends : public Plan
{
  protected:
    static size_t enumerate_toys(mcpi_device *devices, size_t capacity)
    {
        for (size_t i = 0; i < 2 && i < capacity; i++) {
            devices[i] = Fleet::current()->device(1);
            devices[i].index = static_cast<int>(i);
            devices[i].uuid[0] = '\0';
        }
        asked++;
        return 2;
    }
    std::string select(const char *devices)
    {
        mcpi_backend toys = fake_gpus;
        toys.name = "toy";
        toys.enumerate = enumerate_toys;
        const mcpi_backend *const backends[] = {&fake_cpus, &fake_gpus, &toys, nullptr};
        options.devices = devices;
        asked = 0;
        mcpi_plan_free(&plan);
        return mcpi_plan_make(&options, backends, &plan, &error) == MCPI_OK ? ids() : error.message;
    }
    static int asked;
};
int TwoGpuBackends::asked;

TEST_F(TwoGpuBackends, EachDeviceIsSelectedByItsId)
{
    EXPECT_EQ(select("auto"), "gpu:1x1? gpu:2x1? toy:0x1? toy:1x1? cpux6!+");
    EXPECT_EQ(select("gpu"), "gpu:1x1? gpu:2x1? toy:0x1? toy:1x1? cpux6!+");
    EXPECT_EQ(select("toy:1"), "toy:1x1? cpux6!+");
    EXPECT_EQ(select("gpu:1"), "gpu:1x1? cpux6!+");
    EXPECT_EQ(asked, 0) << "a device of another backend was asked for";
    EXPECT_EQ(select("toy"), "toy:0x1? toy:1x1? cpux6!+");
    EXPECT_EQ(select("toy:0,1,1,gpu:1,cpu"), "toy:0x1? toy:1x2? gpu:1x1? cpux6+");
    EXPECT_EQ(select("toy:2"), "options.devices toy:2: there is no toy:2; mcpi_list_devices lists what there is");
    EXPECT_EQ(select("gpu:0"), "options.devices gpu:0: there is no gpu:0; mcpi_list_devices lists what there is");
}

TEST_F(Plan, SelectsWhoRecounts)
{
    EXPECT_EQ(make("gpu:1", MCPI_VERIFY_OFF), MCPI_OK);
    EXPECT_EQ(ids(), "gpu:1x1");
    EXPECT_EQ(make("cpu", MCPI_VERIFY_FULL), MCPI_OK);
    EXPECT_EQ(ids(), "cpux6? cpux6!+");
    EXPECT_STREQ(plan.teams[1].kernels[0], "scalar");
    EXPECT_EQ(make("all", MCPI_VERIFY_FULL), MCPI_OK);
    EXPECT_EQ(ids(), "cpux6+? gpu:1x1? gpu:2x1?");
    EXPECT_STREQ(plan.teams[0].kernels[0], "fake");
    EXPECT_STREQ(plan.teams[0].own_kernel, "scalar");
    EXPECT_STREQ(plan.teams[1].own_kernel, "");
    EXPECT_EQ(make("all"), MCPI_OK);
    EXPECT_STREQ(plan.teams[0].own_kernel, "") << "samples are of GPUs' ranges alone";
    options.kernel = "scalar";
    EXPECT_EQ(make("all", MCPI_VERIFY_FULL), MCPI_OK);
    EXPECT_STREQ(plan.teams[0].kernels[0], "scalar");
    EXPECT_STREQ(plan.teams[0].own_kernel, "fake");
}

TEST_F(Plan, SelectsGpusByUuidOrItsBeginning)
{
    EXPECT_EQ(make("gpu:GPU-5c1f0000-0000-0000-0000-000000000002"), MCPI_OK);
    EXPECT_EQ(ids(), "gpu:2x1? cpux6!+");
    EXPECT_EQ(make("gpu:GPU-5c1f,GPU-5c1e,2"), MCPI_OK);
    EXPECT_EQ(ids(), "gpu:2x2? gpu:1x1? cpux6!+");
    EXPECT_EQ(make("gpu:GPU-5c1"), MCPI_BAD_OPTION);
    EXPECT_STREQ(error.message, "options.devices gpu:GPU-5c1: more than one UUID begins with GPU-5c1");
    EXPECT_EQ(make("gpu:GPU-5c1f0000-0000-0000-0000-0000000000020"), MCPI_NO_DEVICE);
    EXPECT_EQ(make("gpu:GPU-0"), MCPI_NO_DEVICE);
    EXPECT_EQ(make("gpu:GPU-7"), MCPI_NO_DEVICE);
    EXPECT_NE(std::string(error.message).find("broken on purpose"), std::string::npos);
    for (const char *devices : {"gpu:gpu-5c1e", "gpu:GPU-5C1E", "gpu:Gpu-5c1E"}) {
        EXPECT_EQ(make(devices), MCPI_OK) << devices;
        EXPECT_EQ(ids(), "gpu:1x1? cpux6!+") << devices;
    }
    EXPECT_EQ(make("GPU-5c1f,cpu"), MCPI_OK);
    EXPECT_EQ(ids(), "gpu:2x1? cpux6+");
    EXPECT_EQ(make("GPU-5c1f,gpu:2"), MCPI_OK);
    EXPECT_EQ(ids(), "gpu:2x2? cpux6!+");
    EXPECT_EQ(make("GPU-0"), MCPI_NO_DEVICE);
    EXPECT_STREQ(error.message, "options.devices GPU-0: there is no GPU-0; mcpi_list_devices lists what there is");
    for (const char *devices : {"gpu:GPU-", "gpu:GPU", "gpu:GPU-x", "gpu:MIG-", "gpu:MIG", "gpu:GPU-5c1e,"})
        EXPECT_EQ(make(devices), MCPI_BAD_OPTION) << devices;
}

/* An instance of a partitioned GPU has a UUID with another prefix, and the two do not match each other. */
TEST_F(Plan, SelectsInstancesOfPartitionedGpus)
{
    fleet.behaviours[1].uuid = "MIG-5c1e0000-0000-0000-0000-000000000001";
    for (const char *devices : {"MIG-5c1e", "gpu:MIG-5c1e", "gpu:mig-5C1E0000-0000-0000-0000-000000000001"}) {
        EXPECT_EQ(make(devices), MCPI_OK) << devices;
        EXPECT_EQ(ids(), "gpu:1x1? cpux6!+") << devices;
    }
    EXPECT_EQ(make("gpu:GPU-5c1e"), MCPI_NO_DEVICE);
}

TEST_F(Plan, RefusesAProfileWithoutGpus)
{
    options.profile = 1;
    EXPECT_EQ(make("gpu:1"), MCPI_OK);
    EXPECT_EQ(make("all"), MCPI_OK);
    EXPECT_EQ(make("cpu"), MCPI_BAD_OPTION);
    EXPECT_NE(std::string(error.message).find("options.profile"), std::string::npos);
}

TEST_F(Plan, TakesThreadsAndKernel)
{
    options.threads = 3;
    options.kernel = "special";
    EXPECT_EQ(make("cpu"), MCPI_OK);
    EXPECT_EQ(ids(), "cpux3");
    EXPECT_STREQ(plan.teams[0].kernels[0], "special");
}

TEST_F(Plan, LimitsTheWorkersOfADevice)
{
    const unsigned most = mcpi_most_workers();
    EXPECT_GE(most, 1024U);
    EXPECT_GE(most, 4 * std::thread::hardware_concurrency());
    options.threads = most;
    EXPECT_EQ(make("all"), MCPI_OK);
    options.threads = most + 1;
    EXPECT_EQ(make("cpu"), MCPI_BAD_OPTION);
    EXPECT_NE(std::string(error.message).find("must be at most " + std::to_string(most)), std::string::npos);
    EXPECT_EQ(make("gpu:1"), MCPI_BAD_OPTION); /* the CPU recounts */

    options.threads = 0;
    std::string list = "gpu:1";
    for (unsigned i = 1; i < most; i++)
        list += ",1";
    EXPECT_EQ(make(list.c_str()), MCPI_OK);
    EXPECT_EQ(make((list + ",1").c_str()), MCPI_BAD_OPTION);
    EXPECT_NE(std::string(error.message).find("gpu:1 is listed " + std::to_string(most + 1)), std::string::npos);
}

TEST_F(Plan, BindsCpuWorkersIfAskedTo)
{
    const Places anywhere(6);
    EXPECT_EQ(make("cpu"), MCPI_OK);
    EXPECT_EQ(places(0), anywhere);
    options.pin = MCPI_PIN_NONE;
    EXPECT_EQ(make("cpu"), MCPI_OK);
    EXPECT_EQ(places(0), anywhere);
    options.pin = MCPI_PIN_THREADS;
    EXPECT_EQ(make("cpu"), MCPI_OK);
    EXPECT_EQ(places(0), (Places{{0}, {2}, {4}, {1}, {3}, {5}}));
    options.pin = MCPI_PIN_CORES;
    EXPECT_EQ(make("cpu"), MCPI_OK);
    EXPECT_EQ(places(0), (Places{{0, 1}, {2, 3}, {4, 5}, {0, 1}, {2, 3}, {4, 5}}));
}

TEST_F(Plan, BindsTheFirstOfFewWorkersAndNoneOfTooMany)
{
    options.pin = MCPI_PIN_THREADS;
    options.threads = 2;
    EXPECT_EQ(make("cpu"), MCPI_OK);
    EXPECT_EQ(places(0), (Places{{0}, {2}}));
    options.threads = 7;
    EXPECT_EQ(make("cpu"), MCPI_OK);
    EXPECT_EQ(places(0), Places(7));
}

TEST_F(Plan, BindsThoseWhoRecountLikeThoseWhoCount)
{
    const Places all{{0}, {2}, {4}, {1}, {3}, {5}};
    options.pin = MCPI_PIN_THREADS;
    EXPECT_EQ(make("cpu", MCPI_VERIFY_FULL), MCPI_OK);
    EXPECT_EQ(places(0), all);
    EXPECT_EQ(places(1), all);
    EXPECT_EQ(make("gpu:1"), MCPI_OK);
    EXPECT_EQ(places(1), all);
    options.pin = MCPI_PIN_DEFAULT;
    EXPECT_EQ(make("gpu:1"), MCPI_OK);
    EXPECT_EQ(places(1), Places(6));
}

TEST_F(Plan, KeepsWorkersOfGpusNearThemUnlessToldNotTo)
{
    for (const mcpi_pin pin : {MCPI_PIN_DEFAULT, MCPI_PIN_CORES, MCPI_PIN_THREADS}) {
        options.pin = pin;
        EXPECT_EQ(make("gpu:1,2,1", MCPI_VERIFY_OFF), MCPI_OK);
        EXPECT_EQ(places(0), (Places{{40, 41}, {40, 41}}));
        EXPECT_EQ(places(1), Places(1)) << "of which nothing is known";
    }
    options.pin = MCPI_PIN_NONE;
    EXPECT_EQ(make("gpu:1", MCPI_VERIFY_OFF), MCPI_OK);
    EXPECT_EQ(places(0), Places(1));
}

TEST_F(Plan, FailsWhereThereIsNoMemoryForPlaces)
{
    mcpi_backend cpus = fake_cpus;
    cpus.places = [](const mcpi_device *, mcpi_pin) -> mcpi_places * { return nullptr; };
    const mcpi_backend *const backends[] = {&cpus, nullptr};
    options.devices = "cpu";
    options.pin = MCPI_PIN_THREADS;
    EXPECT_EQ(mcpi_plan_make(&options, backends, &plan, &error), MCPI_NO_MEMORY);
    EXPECT_EQ(plan.teams, nullptr);
}

/* What the selection would have included is kept, so that a test can say so; a run does without it. */
TEST_F(Plan, KeepsWhatItLeavesOut)
{
    Behaviour broken = gpu("", false);
    broken.broken = true;
    Fleet machine({cpu_with(2), gpu("GPU-a"), broken, gpu("", false)});
    for (const char *devices : {"all", "gpu", "auto"}) {
        ASSERT_EQ(make(devices), MCPI_OK);
        ASSERT_EQ(plan.left_out_count, 2U) << devices;
        EXPECT_STREQ(plan.left_out[0].id, "gpu:2");
        EXPECT_TRUE(plan.left_out[0].broken);
        EXPECT_FALSE(plan.left_out[1].broken);
    }
    for (const char *devices : {"cpu", "gpu:1"}) {
        ASSERT_EQ(make(devices), MCPI_OK);
        EXPECT_EQ(plan.left_out_count, 0U) << devices;
    }
    EXPECT_EQ(make("gpu:2"), MCPI_NO_DEVICE);
}

TEST_F(Plan, IsOfBrokenDevicesAloneOnlyForATest)
{
    Behaviour broken = gpu("", false);
    Fleet absent({cpu_with(2), broken});
    options.devices = "gpu";
    EXPECT_EQ(mcpi_plan_test(&options, fake_backends, &plan, &error), MCPI_NO_DEVICE);
    broken.broken = true;
    Fleet machine({cpu_with(2), broken});
    EXPECT_EQ(make("gpu"), MCPI_NO_DEVICE);
    EXPECT_EQ(make("auto"), MCPI_OK);
    EXPECT_EQ(ids(), "cpux2");
    mcpi_plan_free(&plan);
    options.devices = "gpu";
    EXPECT_EQ(mcpi_plan_test(&options, fake_backends, &plan, &error), MCPI_OK);
    EXPECT_EQ(plan.team_count, 0U);
    EXPECT_EQ(plan.left_out_count, 1U);
}

TEST_F(Plan, RefusesWhatIsNotThere)
{
    EXPECT_EQ(make("gpu:7"), MCPI_NO_DEVICE);
    EXPECT_NE(std::string(error.message).find("gpu:7"), std::string::npos);
    EXPECT_EQ(plan.teams, nullptr);
    EXPECT_EQ(make("gpu:1,3"), MCPI_NO_DEVICE);
    EXPECT_NE(std::string(error.message).find("broken on purpose"), std::string::npos);
}

TEST_F(Plan, RefusesWhatIsNoSelection)
{
    for (const char *devices : {"", "GPU", "gpu:", "gpu:x", "gpu:1,", "gpu:,1", "gpu:-1", "gpu:1 ", "gpu:12345678",
                                "cpu:0", "tpu", "gpu1", "auto,cpu"})
        EXPECT_EQ(make(devices), MCPI_BAD_OPTION) << devices;
    options.devices = nullptr;
    EXPECT_EQ(mcpi_plan_make(&options, fake_backends, &plan, &error), MCPI_BAD_OPTION);
}

TEST_F(Plan, RefusesRangesPastTheLastDart)
{
    options.first = MCPI_DART_END - 10;
    options.darts = 10;
    EXPECT_EQ(make("cpu"), MCPI_OK);
    options.darts = 11;
    EXPECT_EQ(make("cpu"), MCPI_BAD_OPTION);
    options.first = UINT64_MAX;
    EXPECT_EQ(make("cpu"), MCPI_BAD_OPTION);
    options.first = 0;
    options.darts = UINT64_MAX;
    EXPECT_EQ(make("cpu"), MCPI_BAD_OPTION);
}

TEST_F(Plan, RefusesStopRulesThatMakeNoSense)
{
    for (const double bad : {-1.0, static_cast<double>(NAN), static_cast<double>(INFINITY)}) {
        options.target_error = bad;
        EXPECT_EQ(make("cpu"), MCPI_BAD_OPTION);
        options.target_error = 0;
        options.time_limit_seconds = bad;
        EXPECT_EQ(make("cpu"), MCPI_BAD_OPTION);
        options.time_limit_seconds = 0;
    }
    options.darts = MCPI_DART_END;
    options.target_error = 1e-9;
    EXPECT_EQ(make("cpu"), MCPI_OK);
    options.target_error = 1e-10; /* 2^63 darts come to 5.4e-10 */
    EXPECT_EQ(make("cpu"), MCPI_BAD_OPTION);
    options.darts = 10000; /* the last ones; a standard error of 0.0164 */
    options.first = MCPI_DART_END - options.darts;
    options.target_error = 0.0165;
    EXPECT_EQ(make("cpu"), MCPI_OK);
    options.target_error = 0.0164;
    EXPECT_EQ(make("cpu"), MCPI_BAD_OPTION);
    EXPECT_NE(std::string(error.message).find("out of reach"), std::string::npos);
}

TEST_F(Plan, DoesNotAskForGpusThatAreNotWanted)
{
    static int asked;
    asked = 0;
    mcpi_backend gpus = fake_gpus;
    gpus.enumerate = [](mcpi_device *devices, size_t capacity) {
        asked++;
        return fake_enumerate_gpus(devices, capacity);
    };
    const mcpi_backend *const backends[] = {&fake_cpus, &gpus, nullptr};
    options.devices = "cpu";
    ASSERT_EQ(mcpi_plan_make(&options, backends, &plan, &error), MCPI_OK);
    EXPECT_EQ(asked, 0);
    mcpi_plan_free(&plan);
    options.devices = "auto";
    ASSERT_EQ(mcpi_plan_make(&options, backends, &plan, &error), MCPI_OK);
    EXPECT_EQ(asked, 1);
}

TEST(PlanWithoutGpu, SaysWhy)
{
    Behaviour broken;
    broken.available = false;
    Fleet fleet({cpu_with(2), broken});
    mcpi_options options = MCPI_OPTIONS_DEFAULT;
    mcpi_plan plan;
    mcpi_error error;
    options.devices = "gpu";
    EXPECT_EQ(mcpi_plan_make(&options, fake_backends, &plan, &error), MCPI_NO_DEVICE);
    EXPECT_STREQ(error.message, "options.devices gpu: no GPU can be used: broken on purpose");
    for (const char *devices : {"auto", "all"}) {
        options.devices = devices;
        ASSERT_EQ(mcpi_plan_make(&options, fake_backends, &plan, &error), MCPI_OK);
        ASSERT_EQ(plan.team_count, 1U);
        EXPECT_STREQ(plan.teams[0].device.id, "cpu");
        mcpi_plan_free(&plan);
    }
}

} // namespace
