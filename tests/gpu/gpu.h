/* What the GPU tests share: the GPUs there are, a worker that closes itself, and the count by definition. */
#ifndef MCPI_TESTS_GPU_GPU_H
#define MCPI_TESTS_GPU_GPU_H

#include <gtest/gtest.h>

#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include "core/selection.h"
#include "cuda/cuda.h"
#include "tests/core/definition.h"

inline std::vector<mcpi_device> list_gpus()
{
    std::vector<mcpi_device> gpus(mcpi_enumerate(&mcpi_backend_cuda, nullptr, 0));
    mcpi_enumerate(&mcpi_backend_cuda, gpus.data(), gpus.size());
    return gpus;
}

inline std::vector<mcpi_kernel> list_kernels(const mcpi_device &gpu)
{
    std::vector<mcpi_kernel> kernels(mcpi_backend_cuda.kernels(&gpu, nullptr, 0));
    mcpi_backend_cuda.kernels(&gpu, kernels.data(), kernels.size());
    return kernels;
}

/* A worker, as the engine would use it. Its own thread is that of the test. */
class GpuWorker
{
  public:
    explicit GpuWorker(const mcpi_device &device, double deadline_seconds = 0, unsigned shape = 0,
                       mcpi_place place = {}, const char *kernel = nullptr)
    {
        const mcpi_worker_options options = {kernel, deadline_seconds, shape, place, nullptr, nullptr};
        status = mcpi_backend_cuda.open(&device, &options, &worker, &error);
    }

    ~GpuWorker()
    {
        close();
    }

    GpuWorker(const GpuWorker &) = delete;
    GpuWorker &operator=(const GpuWorker &) = delete;

    void close()
    {
        if (worker)
            mcpi_backend_cuda.close(worker);
        worker = nullptr;
    }

    void abandon()
    {
        mcpi_backend_cuda.abandon(worker);
        worker = nullptr;
    }

    void select(const char *kernel)
    {
        mcpi_backend_cuda.select(worker, kernel);
    }

    mcpi_status submit(const mcpi_job &job)
    {
        return status = mcpi_backend_cuda.submit(worker, &job, &error);
    }

    mcpi_status collect()
    {
        return status = mcpi_backend_cuda.collect(worker, &counts, &error);
    }

    mcpi_status count(const mcpi_job &job)
    {
        return submit(job) == MCPI_OK ? collect() : status;
    }

    /* Of the job that was collected last. */
    uint64_t hits() const
    {
        return std::accumulate(counts.hits, counts.hits + counts.slices, uint64_t{0});
    }

    std::string message() const
    {
        return error.message;
    }

    mcpi_status status;
    mcpi_counts counts = {};

  private:
    void *worker = nullptr;
    mcpi_error error = {};
};

#endif
