/*
 * The textbook kernel: a first version with only the documented interface of cuRAND.
 *
 * The darts of a slice lie in Philox blocks [begin, end), two darts in each block. Each of the 256 threads takes an
 * equal, contiguous share of the blocks:
 *
 *     curand_init(seed, stream, offset, &state)   puts the state at block `offset / 4`, because a block has four words
 *     curand4(&state)                             returns the four words of that block, and steps to the next one
 *
 * Words x and y, read as signed integers, are a point of the square [-2^31, 2^31)^2, and x*x + y*y < 2^62 tests whether
 * it lies in the disc of radius 2^31. Words z and w are the next dart. At the end the kernel around this loop
 * (slices.cuh) adds up the threads' hits with cub::BlockReduce.
 *
 * It is slower than the other kernels for three reasons: the state advances a 128-bit counter for each block; all 20
 * products of Philox are computed, although two are the same for all blocks; and each hit takes a comparison.
 */
#include <curand_kernel.h>

#include "cuda/kernels/slices.cuh"

namespace
{

__device__ uint32_t is_hit(const uint32_t word_x, const uint32_t word_y)
{
    const int64_t x = (int32_t)word_x;
    const int64_t y = (int32_t)word_y;
    return (uint64_t)(x * x) + (uint64_t)(y * y) < UINT64_C(1) << 62;
}

__device__ uint64_t count_curand(const mcpi_job &job, const uint64_t begin, const uint64_t end, uint64_t)
{
    const uint64_t share = (end - begin + MCPI_SLICE_THREADS - 1) / MCPI_SLICE_THREADS;
    const uint64_t first = min(begin + threadIdx.x * share, end);
    const uint64_t last = min(first + share, end);

    curandStatePhilox4_32_10_t state;
    curand_init(job.seed, job.stream, 4 * first, &state);

    uint64_t hits = 0;
    for (uint64_t block = first; block < last; block++) {
        const uint4 words = curand4(&state);
        hits += is_hit(words.x, words.y) + is_hit(words.z, words.w);
    }
    return hits;
}

} // namespace

extern "C" const mcpi_cuda_kernel mcpi_cuda_curand = mcpi_kernel_of<count_curand>(
    "curand", "the textbook way: a cuRAND state a thread, curand4, integer test", 0, false);
