/* The CUDA backend against the contract of a backend, and its behaviour beyond it, on every real or simulated GPU. */
#include <cstdlib>
#include <cstring>
#include <thread>

#include "gpu.h"
#include "tests/core/conformance.h"

namespace
{

INSTANTIATE_TEST_SUITE_P(Cuda, Conformance, testing::Values(&mcpi_backend_cuda));

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

    std::vector<mcpi_device> gpus;
    std::string reason;
};

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
        EXPECT_TRUE(gpus[i].kernel == std::string("fp64-product") || gpus[i].kernel == std::string("fp32-test"));
        EXPECT_EQ(std::strncmp(gpus[i].note, "compute capability ", 19), 0) << gpus[i].note;
        EXPECT_GT(gpus[i].memory_bytes, 0u);
    }
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
            EXPECT_STRNE(kernel.summary, "");
            EXPECT_EQ(kernel.competes != 0, names.back() != "curand");
        }
        EXPECT_EQ(names, (std::vector<std::string>{"fp64-product", "fp32-test", "integer", "curand"}));
        EXPECT_EQ(available.front(), gpu.kernel);
        EXPECT_GE(available.size(), 3u) << "only FP64 can be too slow";
    }
}

TEST_F(CudaBackend, CutsJobsInAnotherWayInAnotherShape)
{
    for (const mcpi_device &gpu : gpus) {
        GpuWorker usual(gpu), other(gpu, 0, 1);
        const mcpi_job job = {7, 3, 12345, 3000001};
        ASSERT_EQ(usual.count(job), MCPI_OK) << usual.message();
        ASSERT_EQ(other.count(job), MCPI_OK) << other.message();
        EXPECT_GT(usual.counts.busy_seconds, 0);
        EXPECT_EQ(usual.hits(), other.hits());
        EXPECT_NE(usual.counts.slice_darts, other.counts.slice_darts);
        EXPECT_NE(usual.counts.slices, other.counts.slices);
    }
}

} // namespace
