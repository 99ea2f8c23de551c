/* The behaviour of the CPU backend beyond the contract of a backend, which tests/core/conformance.h tests. */
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "core/selection.h"
#include "core/slices.h"
#include "cpu/cpu.h"
#include "cpu/kernels.h"
#include "cpu/machine/quota.h"
#include "mcpi/dart.h"

namespace
{

const mcpi_backend &backend = mcpi_backend_cpu;

class CpuBackend : public testing::Test
{
  protected:
    void SetUp() override
    {
        ASSERT_EQ(mcpi_enumerate(&backend, &device, 1), 1u);
    }

    void *open() const
    {
        const mcpi_worker_options options = {};
        void *worker = nullptr;
        EXPECT_EQ(backend.open(&device, &options, &worker, nullptr), MCPI_OK);
        return worker;
    }

    static mcpi_counts count(void *worker, const mcpi_job &job)
    {
        mcpi_counts counts = {};
        EXPECT_EQ(backend.submit(worker, &job, nullptr), MCPI_OK);
        EXPECT_EQ(backend.collect(worker, &counts, nullptr), MCPI_OK);
        return counts;
    }

    mcpi_device device;
};

TEST_F(CpuBackend, BindsAThreadToThePlaceItIsOpenedFor)
{
    for (const mcpi_pin pin : {MCPI_PIN_CORES, MCPI_PIN_THREADS}) {
        mcpi_places *places = backend.places(&device, pin);
        ASSERT_NE(places, nullptr);
        ASSERT_EQ(places->count, mcpi_affinity_list(nullptr, 0));
        for (size_t i = 0; i < places->count; i++) {
            std::thread([&] {
                mcpi_worker_options options{};
                options.place = places->list[i];
                void *worker = nullptr;
                ASSERT_EQ(backend.open(&device, &options, &worker, nullptr), MCPI_OK);
                std::vector<int> mask(places->count);
                mask.resize(mcpi_affinity_list(mask.data(), mask.size()));
                std::vector<int> place(options.place.cpus, options.place.cpus + options.place.count);
                std::sort(place.begin(), place.end());
                EXPECT_EQ(mask, place);
                backend.close(worker);
            }).join();
        }
        std::free(places);
    }
}

TEST_F(CpuBackend, RefusesAPlaceThatIsNotThere)
{
    const int nowhere[] = {1 << 20, (1 << 20) + 1};
    mcpi_worker_options options{};
    options.place = {1, nowhere};
    void *worker = nullptr;
    mcpi_error error;
    EXPECT_EQ(backend.open(&device, &options, &worker, &error), MCPI_SYSTEM);
    EXPECT_STREQ(error.message, "cpu: cannot bind a thread to CPU 1048576: Invalid argument");
    options.place.count = 2;
    EXPECT_EQ(backend.open(&device, &options, &worker, &error), MCPI_SYSTEM);
    EXPECT_STREQ(error.message,
                 "cpu: cannot bind a thread to CPU 1048576 and the other CPUs of its core: Invalid argument");
}

TEST_F(CpuBackend, IsOneDeviceWithAllUsableCores)
{
    EXPECT_EQ(mcpi_enumerate(&backend, nullptr, 0), 1u);
    EXPECT_STREQ(device.id, "cpu");
    EXPECT_STREQ(device.note, "");
    EXPECT_TRUE(device.available);
    EXPECT_EQ(device.units, mcpi_usable_cores());
}

TEST_F(CpuBackend, NamesTheFastestKernel)
{
    std::vector<mcpi_kernel> kernels(mcpi_backend_cpu.kernels(nullptr, nullptr, 0));
    mcpi_backend_cpu.kernels(nullptr, kernels.data(), kernels.size());
    const mcpi_kernel *named = nullptr;
    double best = 0;
    size_t timed = 0;
    for (const mcpi_kernel &kernel : kernels) {
        if (kernel.name == std::string(device.kernel))
            named = &kernel;
        best = std::max(best, kernel.darts_per_second);
        timed += kernel.darts_per_second > 0;
        EXPECT_TRUE(kernel.available || kernel.darts_per_second == 0) << kernel.name;
    }
    ASSERT_NE(named, nullptr);
    EXPECT_TRUE(named->available);
    EXPECT_EQ(timed > 0, named != &kernels[0]) << "a run needs the rate of the kernel, also if that has no rival";
    EXPECT_GE(named->darts_per_second, 0.97 * best);
}

TEST_F(CpuBackend, HasOneSliceThatIsTheWholeJob)
{
    void *worker = open();
    for (const uint64_t first : {uint64_t{0}, uint64_t{1}, uint64_t{77}, MCPI_DART_END - 10}) {
        const mcpi_job job = {1, 2, first, 10};
        const mcpi_counts counts = count(worker, job);
        const mcpi_job slice = mcpi_slice(&job, counts.slice_darts, 0);
        EXPECT_EQ(slice.first, job.first);
        EXPECT_EQ(slice.darts, job.darts);
    }
    const mcpi_job whole = {0, 0, 1, MCPI_DART_END - 1};
    EXPECT_EQ(mcpi_slice(&whole, MCPI_DART_END, 0).darts, whole.darts);
    backend.close(worker);
}

/* The engine may call before it knows how fast a worker is. */
TEST_F(CpuBackend, OpensWithLittleWork)
{
    EXPECT_GE(backend.in_flight, 1u);
    EXPECT_GE(backend.opening_darts, 1u);
    void *worker = open();
    EXPECT_LT(count(worker, {0, 0, 0, backend.opening_darts}).busy_seconds, 0.5);
    backend.close(worker);
}

} // namespace
