/* What a GPU can issue of the shipped loop's instructions when none waits for another: the roofs over its rate. */
#ifndef MCPI_BENCHMARKS_GPU_ISSUE_H
#define MCPI_BENCHMARKS_GPU_ISSUE_H

#include <cuda_runtime_api.h>

#include <cstdint>
#include <vector>

struct Roof {
    const char *name;
    cudaError_t (*resident)(int *blocks); /* a multiprocessor */
    /* Each thread issues what `turns` turns of the loop issue and leaves in results[thread] what came of it. */
    cudaError_t (*launch)(unsigned blocks, uint64_t turns, uint64_t *results, cudaStream_t);
    uint64_t (*expect)(uint64_t thread, uint64_t turns); /* the same, by the host */
};

constexpr unsigned roof_threads = 256; /* a block */
constexpr unsigned turn_darts = 16;    /* a turn has the instructions of so many darts */

/* Wide multiplications alone, logic operations alone, and all that the loop is made of. */
std::vector<Roof> roofs();

#endif
