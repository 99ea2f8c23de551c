/* Names of devices, and the devices that a selection includes. */
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "core/selection.h"

namespace
{

/* A backend with devices of which only the numbers are known. */
template <int count> size_t numbered(mcpi_device *devices, size_t capacity)
{
    for (size_t i = 0; i < count && i < capacity; i++) {
        devices[i] = {};
        devices[i].kind = MCPI_GPU;
        devices[i].index = static_cast<int>(i);
        devices[i].available = 1;
    }
    return count;
}

size_t one_cpu(mcpi_device *devices, size_t capacity)
{
    if (capacity > 0) {
        devices[0] = {};
        devices[0].available = 1;
    }
    return 1;
}

size_t none(mcpi_device *devices, size_t capacity)
{
    if (capacity > 0) {
        devices[0] = {};
        devices[0].kind = MCPI_GPU;
        devices[0].index = -1;
    }
    return 1;
}

mcpi_backend backend(const char *name, mcpi_device_kind kind, size_t (*enumerate)(mcpi_device *, size_t))
{
    mcpi_backend made{};
    made.name = name;
    made.kind = kind;
    made.enumerate = enumerate;
    return made;
}

const mcpi_backend cpu = backend("cpu", MCPI_CPU, one_cpu), gpu = backend("gpu", MCPI_GPU, numbered<3>),
                   toy = backend("toy", MCPI_GPU, numbered<2>), empty = backend("empty", MCPI_GPU, none);
const mcpi_backend *const backends[] = {&cpu, &gpu, &toy, &empty, nullptr};

std::vector<mcpi_device> devices_of(const mcpi_backend &from)
{
    std::vector<mcpi_device> devices(mcpi_enumerate(&from, nullptr, 0));
    mcpi_enumerate(&from, devices.data(), devices.size());
    return devices;
}

TEST(Devices, HaveIdsThatDifferOverAllBackends)
{
    std::vector<std::string> ids;
    for (const mcpi_backend *const *from = backends; *from; from++)
        for (const mcpi_device &device : devices_of(**from)) {
            ids.emplace_back(device.id);
            EXPECT_EQ(mcpi_backend_of(backends, &device), *from) << device.id;
            EXPECT_EQ(mcpi_is_absent(&device), *from == &empty) << device.id;
        }
    EXPECT_EQ(ids, (std::vector<std::string>{"cpu", "gpu:0", "gpu:1", "gpu:2", "toy:0", "toy:1", "empty"}));
}

TEST(Devices, OfAnotherTableHaveNoBackend)
{
    const mcpi_backend *const others[] = {&cpu, nullptr};
    EXPECT_EQ(mcpi_backend_of(others, &devices_of(toy)[0]), nullptr);
    EXPECT_TRUE(std::isnan(mcpi_bound_of(others, &devices_of(toy)[0], "", 1).darts_per_second));
    mcpi_device longer = devices_of(toy)[0];
    std::snprintf(longer.id, sizeof longer.id, "toys:0");
    EXPECT_EQ(mcpi_backend_of(backends, &longer), nullptr);
}

TEST(Devices, HaveTheBoundsOfTheirBackends)
{
    mcpi_backend counting = toy;
    counting.bound = [](const mcpi_device *device, const char *kernel, unsigned workers) {
        return mcpi_bound{100.0 * device->index + workers, std::string(kernel) == "fast", 1e9};
    };
    const mcpi_backend *const both[] = {&cpu, &counting, nullptr};
    const mcpi_device second = devices_of(toy)[1], only = devices_of(cpu)[0];
    EXPECT_EQ(mcpi_bound_of(both, &second, "fast", 3).darts_per_second, 103);
    EXPECT_TRUE(mcpi_bound_of(both, &second, "fast", 3).predicted);
    EXPECT_FALSE(mcpi_bound_of(both, &second, "slow", 3).predicted);
    const mcpi_bound unknown = mcpi_bound_of(both, &only, "fast", 3);
    EXPECT_TRUE(std::isnan(unknown.darts_per_second));
    EXPECT_TRUE(std::isnan(unknown.clock_hertz));
    EXPECT_FALSE(unknown.predicted);
}

/* Of all devices of the backends above; gpu:1 has a UUID, and so has an instance of a partitioned GPU, toy:1. */
std::string selected(const char *selection)
{
    std::string ids;
    for (const mcpi_backend *const *from = backends; *from; from++)
        for (mcpi_device device : devices_of(**from)) {
            if (device.id == std::string("gpu:1"))
                std::snprintf(device.uuid, sizeof device.uuid, "GPU-5c1e-01");
            if (device.id == std::string("toy:1"))
                std::snprintf(device.uuid, sizeof device.uuid, "MIG-41b9-02");
            if (mcpi_selection_names(selection, &device))
                ids += std::string(ids.empty() ? "" : " ") + device.id;
        }
    return ids;
}

TEST(Selection, NamesDevices)
{
    EXPECT_EQ(selected("all"), "cpu gpu:0 gpu:1 gpu:2 toy:0 toy:1 empty");
    EXPECT_EQ(selected("cpu"), "cpu");
    EXPECT_EQ(selected("gpu"), "gpu:0 gpu:1 gpu:2 toy:0 toy:1 empty");
    EXPECT_EQ(selected("toy"), "toy:0 toy:1");
    EXPECT_EQ(selected("gpu:0"), "gpu:0");
    EXPECT_EQ(selected("gpu:0,2"), "gpu:0 gpu:2");
    EXPECT_EQ(selected("toy:0"), "toy:0");
    EXPECT_EQ(selected("cpu,gpu:0,1,toy:1"), "cpu gpu:0 gpu:1 toy:1");
    EXPECT_EQ(selected("gpu:1,toy:0,1"), "gpu:1 toy:0 toy:1");
    EXPECT_EQ(selected("gpu:9"), "");
    EXPECT_EQ(selected("gpu:01"), "");
}

TEST(Selection, NamesDevicesByUuid)
{
    EXPECT_EQ(selected("GPU-5c1e-01"), "gpu:1");
    EXPECT_EQ(selected("gpu-5C"), "gpu:1");
    EXPECT_EQ(selected("gpu:GPU-5c"), "gpu:1");
    EXPECT_EQ(selected("toy:GPU-5c"), "");
    EXPECT_EQ(selected("MIG-41b9"), "toy:1");
    EXPECT_EQ(selected("toy:mig-4"), "toy:1");
    EXPECT_EQ(selected("cpu,MIG-41b9,GPU-5c1e"), "cpu gpu:1 toy:1");
    EXPECT_EQ(selected("toy:0,GPU-5c"), "gpu:1 toy:0") << "a UUID alone is of any backend";
    EXPECT_EQ(selected("GPU-5c1e-012"), "");
}

std::string may_name(const char *selection)
{
    std::string names;
    for (const mcpi_backend *const *from = backends; *from; from++)
        if (mcpi_selection_may_name(selection, *from))
            names += std::string(names.empty() ? "" : " ") + (*from)->name;
    return names;
}

TEST(Selection, SaysWhichBackendsToAsk)
{
    EXPECT_EQ(may_name("auto"), "cpu gpu toy empty");
    EXPECT_EQ(may_name("all"), "cpu gpu toy empty");
    EXPECT_EQ(may_name("cpu"), "cpu");
    EXPECT_EQ(may_name("gpu"), "gpu toy empty");
    EXPECT_EQ(may_name("gpu:0"), "gpu");
    EXPECT_EQ(may_name("cpu,toy:0"), "cpu toy");
    EXPECT_EQ(may_name("GPU-5c1e"), "gpu toy empty");
    EXPECT_EQ(may_name("toy:GPU-5c1e"), "toy");
}

std::string refused(const char *selection)
{
    mcpi_error error{};
    return mcpi_check_selection(selection, backends, &error) == MCPI_BAD_OPTION ? error.message : "";
}

TEST(Selection, SaysWhatIsWrong)
{
    const std::string list = ": after 'gpu:' come numbers or UUIDs with commas, as in gpu:0,1";
    const std::string other = ": must be auto, all or a list of cpu, gpu, gpu:0,1 and UUIDs, as in cpu,gpu:0";
    for (const char *bad : {"gpu:", "gpu:x", "gpu:0,", "gpu:,1", "gpu:-1", "gpu:1 ", "gpu:1234567", "gpu:GPU-",
                            "gpu:GPU-x", "gpu:0:1", "toy:0,gpu:x", "gpu:0,x"})
        EXPECT_EQ(refused(bad), "options.devices " + (bad + list));
    EXPECT_EQ(refused("toy:x"), "options.devices toy:x: after 'toy:' come numbers or UUIDs with commas, as in toy:0,1");
    for (const char *bad : {"", "tpu", "tpu:0", "GPU", "Cpu", " cpu", "cpu,", ",cpu", "cpu:x", "auto,cpu", "cpu,all",
                            "0", "0,gpu:1", "gpu1", "gpu:0,tpu:1"})
        EXPECT_EQ(refused(bad), "options.devices " + (bad + other));
    EXPECT_EQ(refused("cpu:3"),
              "options.devices cpu:3: the CPU is one device, cpu; 'taskset -c 3' confines a program to "
              "that CPU");
    EXPECT_EQ(refused("cpu,gpu:0,cpu"),
              "options.devices cpu,gpu:0,cpu: the CPU is one device; options.threads sets the number of its workers");
    EXPECT_EQ(refused("toy,toy"),
              "options.devices toy,toy: toy means all of them; to give one two workers, list it as in toy:0,0");
    for (const char *good : {"auto", "all", "cpu", "gpu", "toy", "gpu:0,1,0", "gpu:123456", "cpu,gpu", "toy:0,gpu:0",
                             "GPU-5c", "cpu,MIG-41b9", "gpu:GPU-5c1e,0"})
        EXPECT_EQ(refused(good), "");
}

} // namespace
