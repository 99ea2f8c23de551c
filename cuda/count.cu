/*
 * The counting kernel: one CUDA block counts one slice.
 *
 * Thread t of a slice draws the slice's Philox blocks t, t + 256, t + 512, ... with cuRAND's own generator, counts the
 * hits among their darts, and CUB adds up the threads. The loop takes 22.75 instructions a dart on compute capability
 * 9.0, 11 of them wide multiplications; sass_budget holds it to 24. What keeps it short:
 *
 * - Within a span of 2^32 blocks only the lowest counter word changes. The compiler takes what follows from the others
 *   out of the loop: two of Philox's twenty multiplications and the xors around them.
 * - All threads have the same key, so its schedule is uniform and computed outside the loop.
 * - The hit test is two multiply-adds and the top bit; see mcpi_hit_beyond in dart.h.
 * - The stride is blockDim.x rather than the constant it equals. From a constant the compiler derives the low half of
 *   each first product by an addition, and then needs another instruction for the high half.
 */
#include "cuda/count.h"

#include <cub/block/block_reduce.cuh>
#include <curand_philox4x32_x.h>

#include "mcpi/dart.h"

namespace
{

/* The hits in `draws` blocks from `counter` on, a slice's width apart, all within one span: at most 2^25 darts. */
__device__ uint32_t count_draws(uint4 counter, const uint2 key, const uint32_t draws, const uint64_t minus_edge)
{
    uint32_t hits = 0;
#pragma unroll 8
    for (uint32_t i = 0; i < draws; i++) {
        const uint4 words = curand_Philox4x32_10(counter, key);
        hits += mcpi_hit_beyond(words.x, words.y, minus_edge) + mcpi_hit_beyond(words.z, words.w, minus_edge);
        counter.x += blockDim.x;
    }
    return hits;
}

/* This thread's share of the hits in blocks [begin, end). */
__device__ uint64_t count_blocks(const mcpi_job &job, uint64_t begin, const uint64_t end, const uint64_t minus_edge)
{
    const uint2 key = make_uint2((uint32_t)job.seed, (uint32_t)(job.seed >> 32));
    uint64_t hits = 0;
    while (begin < end) {
        const uint64_t span_end = min(end, (begin | UINT32_MAX) + 1);
        const uint64_t draws = (span_end - begin + MCPI_SLICE_THREADS - 1 - threadIdx.x) / MCPI_SLICE_THREADS;
        const uint4 counter = make_uint4((uint32_t)begin + threadIdx.x, (uint32_t)(begin >> 32), (uint32_t)job.stream,
                                         (uint32_t)(job.stream >> 32));
        hits += count_draws(counter, key, (uint32_t)draws, minus_edge);
        begin = span_end;
    }
    return hits;
}

/* The hits of darts that blocks [begin, end) hold but the job does not: one before it, one behind it, at most. */
__device__ uint32_t count_strays(const mcpi_job &job, const uint64_t begin, const uint64_t end)
{
    const uint64_t job_end = job.first + job.darts;
    uint32_t hits = 0;
    if (2 * begin < job.first)
        hits += mcpi_dart(job.seed, job.stream, 2 * begin);
    if (2 * end > job_end)
        hits += mcpi_dart(job.seed, job.stream, job_end);
    return hits;
}

__global__ void __launch_bounds__(MCPI_SLICE_THREADS)
    count_slices(const mcpi_job job, const uint64_t slice_darts, const uint64_t minus_edge, uint64_t *const slice_hits)
{
    const uint64_t begin = (job.first + blockIdx.x * slice_darts) / 2;
    const uint64_t end = min(begin + slice_darts / 2, (job.first + job.darts + 1) / 2);

    using sum = cub::BlockReduce<uint64_t, MCPI_SLICE_THREADS>;
    __shared__ typename sum::TempStorage scratch;
    const uint64_t hits = sum(scratch).Sum(count_blocks(job, begin, end, minus_edge));
    if (threadIdx.x == 0) {
        const uint64_t own_hits = hits - count_strays(job, begin, end);
        slice_hits[blockIdx.x] = own_hits;
        atomicAdd((unsigned long long *)&slice_hits[gridDim.x], own_hits);
    }
}

} // namespace

extern "C" cudaError_t mcpi_count_launch(const mcpi_job *job, const mcpi_geometry *geometry, uint64_t *slice_hits,
                                         cudaStream_t stream)
{
    cudaLaunchConfig_t config = {};
    config.gridDim = geometry->slices;
    config.blockDim = MCPI_SLICE_THREADS;
    config.stream = stream;
    return cudaLaunchKernelEx(&config, count_slices, *job, geometry->slice_darts, MCPI_MINUS_EDGE, slice_hits);
}

extern "C" cudaError_t mcpi_count_resident(int *slices)
{
    return cudaOccupancyMaxActiveBlocksPerMultiprocessor(slices, count_slices, MCPI_SLICE_THREADS, 0);
}

extern "C" int mcpi_count_capability(void)
{
    const int compiled_for[] = {__CUDA_ARCH_LIST__};
    int lowest = compiled_for[0];
    for (const int capability : compiled_for)
        lowest = min(lowest, capability);
    return lowest / 10;
}
