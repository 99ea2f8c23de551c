/* The CUDA backend against the contract of mcpi/backend.h, on every GPU there is, real or simulated. */
#include <cstdlib>
#include <cstring>
#include <random>
#include <thread>

#include "core/slices.h"
#include "gpu.h"
#include "tests/core/golden.h"
#include "tests/cpu/edge_darts.h"

namespace
{

class CudaBackend : public testing::Test
{
  protected:
    void SetUp() override
    {
        for (const mcpi_device &gpu : list_gpus()) {
            if (gpu.available)
                gpus.push_back(gpu);
            else
                reason += std::string(gpu.id) + ": " + gpu.note + " ";
        }
        if (gpus.empty())
            GTEST_SKIP() << reason;
    }

    /* The simulator counts a few thousand times slower. */
    static bool is_simulated(const mcpi_device &gpu)
    {
        return std::strstr(gpu.name, "Simulated") != nullptr;
    }

    /* With a worker of the first GPU for each kernel that it admits. */
    template <class Check> void with_each_kernel(Check check)
    {
        for (const mcpi_kernel &kernel : list_kernels(gpus[0])) {
            if (!kernel.available)
                continue;
            SCOPED_TRACE(kernel.name);
            GpuWorker worker(gpus[0], 0, 0, {}, kernel.name);
            ASSERT_EQ(worker.status, MCPI_OK) << worker.message();
            check(worker);
        }
    }

    std::vector<mcpi_device> gpus;
    std::string reason;
};

void expect_right_slices(GpuWorker &worker, const mcpi_job &job)
{
    SCOPED_TRACE(testing::Message() << "seed " << job.seed << ", stream " << job.stream << ", " << job.darts
                                    << " darts from " << job.first);
    ASSERT_EQ(worker.count(job), MCPI_OK) << worker.message();
    const mcpi_counts &counts = worker.counts;
    uint64_t darts = 0;
    for (size_t i = 0; i < counts.slices; i++) {
        const mcpi_job slice = mcpi_slice(&job, counts.slice_darts, i);
        EXPECT_EQ(counts.hits[i], count_by_definition(slice)) << "slice " << i << " of " << counts.slices;
        darts += slice.darts;
    }
    EXPECT_EQ(darts, job.darts);
}

/* Which CPUs are near a GPU is the machine's business; that a worker stays where it is put is ours. */
TEST_F(CudaBackend, BindsItsThreadToItsPlace)
{
    for (const mcpi_device &gpu : gpus) {
        mcpi_places *places = mcpi_backend_cuda.places(&gpu, MCPI_PIN_DEFAULT);
        ASSERT_NE(places, nullptr);
        EXPECT_LE(places->count, 1U);
        EXPECT_TRUE(places->count == 0 || places->list[0].count > 0);
        std::free(places);
        std::thread([&] {
            int first = 0;
            mcpi_affinity_list(&first, 1);
            GpuWorker worker(gpu, 0, 0, {1, &first});
            EXPECT_EQ(worker.status, MCPI_OK) << worker.message();
            EXPECT_EQ(mcpi_affinity_list(nullptr, 0), 1U);
        }).join();
        const int nowhere = 1 << 20;
        EXPECT_EQ(GpuWorker(gpu, 0, 0, {1, &nowhere}).status, MCPI_OK) << "it is a preference";
    }
}

TEST_F(CudaBackend, DescribesTheGpus)
{
    for (size_t i = 0; i < gpus.size(); i++) {
        EXPECT_EQ(gpus[i].id, "gpu:" + std::to_string(gpus[i].index));
        EXPECT_EQ(gpus[i].kind, MCPI_GPU);
        EXPECT_STRNE(gpus[i].name, "");
        EXPECT_TRUE(gpus[i].kernel == std::string("fp64-product") || gpus[i].kernel == std::string("fp32-test"));
        EXPECT_EQ(std::strncmp(gpus[i].note, "compute capability ", 19), 0) << gpus[i].note;
        EXPECT_GT(gpus[i].units, 0u);
        EXPECT_GT(gpus[i].memory_bytes, 0u);
    }
}

TEST_F(CudaBackend, ListsNoMoreThanFit)
{
    mcpi_device devices[2];
    std::memset(devices, 'x', sizeof devices);
    EXPECT_GE(mcpi_backend_cuda.enumerate(devices, 1), 1u);
    EXPECT_STREQ(devices[0].id, "gpu:0");
    EXPECT_EQ(devices[1].id[0], 'x');
}

TEST_F(CudaBackend, ListsItsKernels)
{
    for (const mcpi_device &gpu : gpus) {
        const std::vector<mcpi_kernel> kernels = list_kernels(gpu);
        std::vector<std::string> names, available;
        for (const mcpi_kernel &kernel : kernels) {
            names.emplace_back(kernel.name);
            if (kernel.available)
                available.emplace_back(kernel.name);
            EXPECT_EQ(kernel.note[0] == '\0', kernel.available != 0) << kernel.name << ": " << kernel.note;
            EXPECT_STRNE(kernel.summary, "");
            EXPECT_EQ(kernel.competes != 0, names.back() != "curand");
        }
        EXPECT_EQ(names, (std::vector<std::string>{"fp64-product", "fp32-test", "integer", "curand"}));
        EXPECT_EQ(available.front(), gpu.kernel);
        EXPECT_GE(available.size(), 3u) << "only FP64 can be too slow";
        mcpi_kernel one[2];
        std::memset(one, 'x', sizeof one);
        EXPECT_EQ(mcpi_backend_cuda.kernels(&gpu, one, 1), kernels.size());
        EXPECT_EQ(one[1].name[0], 'x');
    }
}

void expect_golden_counts(GpuWorker &worker, uint64_t most_darts)
{
    for (const GoldenRow &row : golden_rows(most_darts)) {
        if (row.darts == 0)
            continue;
        ASSERT_EQ(worker.count({row.seed, row.stream, row.first, row.darts}), MCPI_OK) << worker.message();
        EXPECT_EQ(worker.hits(), row.hits) << row.darts << " darts from " << row.first;
    }
}

TEST_F(CudaBackend, GivesTheGoldenCountsOnEveryGpu)
{
    for (const mcpi_device &gpu : gpus) {
        SCOPED_TRACE(gpu.id);
        GpuWorker worker(gpu);
        ASSERT_EQ(worker.status, MCPI_OK) << worker.message();
        expect_golden_counts(worker, is_simulated(gpu) ? 10000000 : UINT64_MAX);
    }
}

TEST_F(CudaBackend, GivesTheGoldenCountsWithEveryKernel)
{
    const uint64_t most_darts = is_simulated(gpus[0]) ? 2000001 : 10000000000;
    with_each_kernel([&](GpuWorker &worker) { expect_golden_counts(worker, most_darts); });
}

/* As a trial does: job after job with another kernel, two of them in flight. */
TEST_F(CudaBackend, ChangesItsKernelFromJobToJob)
{
    GpuWorker worker(gpus[0]);
    ASSERT_EQ(worker.status, MCPI_OK) << worker.message();
    std::vector<mcpi_job> jobs;
    for (int round = 0; round < 2; round++) {
        for (const mcpi_kernel &kernel : list_kernels(gpus[0])) {
            if (!kernel.available)
                continue;
            worker.select(kernel.name);
            jobs.push_back({21, 22, 70001 * jobs.size(), 70001});
            ASSERT_EQ(worker.submit(jobs.back()), MCPI_OK) << worker.message();
            if (jobs.size() < 2)
                continue;
            ASSERT_EQ(worker.collect(), MCPI_OK) << worker.message();
            EXPECT_EQ(worker.hits(), count_by_definition(jobs[jobs.size() - 2])) << "before " << kernel.name;
        }
    }
    ASSERT_EQ(worker.collect(), MCPI_OK) << worker.message();
    EXPECT_EQ(worker.hits(), count_by_definition(jobs.back()));
}

TEST_F(CudaBackend, CountsEachSlice)
{
    std::mt19937_64 random(2);
    with_each_kernel([&](GpuWorker &worker) {
        for (int i = 0; i < 4; i++)
            expect_right_slices(worker, {random(), random(), random() >> 2, 100000 + random() % 200000});
    });
}

/* Where a dart at either end shares its block with one that is not in the job, and where the counter carries. */
TEST_F(CudaBackend, CountsAnyRange)
{
    const uint64_t span_darts = UINT64_C(1) << 33;
    with_each_kernel([&](GpuWorker &worker) {
        for (uint64_t darts = 1; darts <= 5; darts++)
            for (const uint64_t first :
                 {UINT64_C(0), UINT64_C(1), span_darts - 3, span_darts - 2, MCPI_DART_END - darts})
                expect_right_slices(worker, {11, 12, first, darts});
        for (const uint64_t darts : {511, 512, 513, 32767, 32768, 32769})
            for (const uint64_t first : {UINT64_C(0), span_darts - 16385, MCPI_DART_END - darts})
                expect_right_slices(worker, {13, 14, first, darts});
    });
}

/* Among them (-2^31, -2^31), whose squares add up to twice the edge: one miss, like any other. */
TEST_F(CudaBackend, CountsEdgeDarts)
{
    with_each_kernel([&](GpuWorker &worker) {
        std::mt19937_64 random(5);
        for (const Point &point : edge_points()) {
            for (const bool odd : {false, true}) {
                const Place at = place_of(point, odd, random);
                ASSERT_EQ(worker.count({at.seed, at.stream, at.dart, 1}), MCPI_OK) << worker.message();
                EXPECT_EQ(worker.hits(), is_hit(point)) << point.first << ", " << point.second;
                expect_right_slices(worker, {at.seed, at.stream, at.dart - 600, 1000});
            }
        }
    });
}

TEST_F(CudaBackend, CountsTheSameInAnotherShape)
{
    for (const mcpi_device &gpu : gpus) {
        GpuWorker usual(gpu), other(gpu, 0, 1);
        const mcpi_job job = {7, 3, 12345, 3000001};
        ASSERT_EQ(usual.count(job), MCPI_OK) << usual.message();
        expect_right_slices(other, job);
        EXPECT_EQ(usual.hits(), other.hits());
        EXPECT_NE(usual.counts.slice_darts, other.counts.slice_darts);
        EXPECT_NE(usual.counts.slices, other.counts.slices);
    }
}

TEST_F(CudaBackend, CollectsInOrder)
{
    GpuWorker worker(gpus[0]);
    ASSERT_EQ(worker.status, MCPI_OK) << worker.message();
    std::vector<mcpi_job> jobs;
    for (uint64_t i = 0; i < 7; i++)
        jobs.push_back({5, 6, 100003 * i, 100003});

    const size_t in_flight = mcpi_backend_cuda.in_flight;
    for (size_t i = 0; i < jobs.size() + in_flight; i++) {
        if (i >= in_flight && i - in_flight < jobs.size()) {
            ASSERT_EQ(worker.collect(), MCPI_OK) << worker.message();
            EXPECT_EQ(worker.hits(), count_by_definition(jobs[i - in_flight])) << "job " << i - in_flight;
            EXPECT_GT(worker.counts.busy_seconds, 0);
        }
        if (i < jobs.size()) {
            ASSERT_EQ(worker.submit(jobs[i]), MCPI_OK) << worker.message();
        }
    }
}

TEST_F(CudaBackend, ClosesWithJobsInFlight)
{
    GpuWorker worker(gpus[0]);
    ASSERT_EQ(worker.status, MCPI_OK) << worker.message();
    ASSERT_EQ(worker.submit({0, 0, 0, 1000000}), MCPI_OK) << worker.message();
    ASSERT_EQ(worker.submit({0, 0, 1000000, 1000000}), MCPI_OK) << worker.message();
}

/* Each GPU with two workers, each worker with a thread: as when a device is listed twice. */
TEST_F(CudaBackend, WorkersDoNotDisturbEachOther)
{
    std::vector<std::thread> threads;
    for (const mcpi_device &gpu : gpus)
        for (uint64_t stream = 0; stream < 2; stream++)
            threads.emplace_back([&gpu, stream] {
                GpuWorker worker(gpu);
                ASSERT_EQ(worker.status, MCPI_OK) << worker.message();
                for (uint64_t i = 0; i < 5; i++)
                    expect_right_slices(worker, {static_cast<uint64_t>(gpu.index), stream, 50001 * i, 50001});
            });
    for (std::thread &thread : threads)
        thread.join();
}

} // namespace
