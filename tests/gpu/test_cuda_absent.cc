/* The replacement of the CUDA backend, compiled here with a reason of the test's own. */
#include <gtest/gtest.h>

#include <cstring>

#include "core/selection.h"
#include "cuda/cuda.h"

namespace
{

const char reason[] = "this build has no CUDA backend: when it was configured, " MCPI_NO_CUDA;

TEST(CudaAbsent, SaysWhy)
{
    mcpi_device devices[2];
    std::memset(devices, 'x', sizeof devices);
    EXPECT_EQ(mcpi_enumerate(&mcpi_backend_cuda, nullptr, 0), 1u);
    EXPECT_EQ(mcpi_enumerate(&mcpi_backend_cuda, devices, 2), 1u);
    EXPECT_STREQ(devices[0].id, "gpu");
    EXPECT_EQ(devices[0].kind, MCPI_GPU);
    EXPECT_FALSE(devices[0].available);
    EXPECT_FALSE(devices[0].broken);
    EXPECT_STREQ(devices[0].note, reason);
    EXPECT_EQ(devices[1].id[0], 'x');
}

TEST(CudaAbsent, OpensNothing)
{
    mcpi_device device;
    mcpi_enumerate(&mcpi_backend_cuda, &device, 1);
    const mcpi_worker_options options = {};
    void *worker = nullptr;
    mcpi_error error;
    EXPECT_EQ(mcpi_backend_cuda.open(&device, &options, &worker, &error), MCPI_NO_DEVICE);
    EXPECT_EQ(error.message, "gpu: " + std::string(reason));
    EXPECT_EQ(worker, nullptr);
}

} // namespace
