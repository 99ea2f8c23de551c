/*
 * The frame of every counting kernel: a CUDA block counts one slice, and CUB adds up the counts of its threads.
 *
 * The loop is a template argument, at one of two levels. A mcpi_draw_loop counts the hits of a thread's draws within a
 * span of 2^32 blocks; a mcpi_block_loop counts this thread's share of any range of blocks. The other files of this
 * folder have the loops of mcpi; benchmarks/gpu/ has those for comparison.
 */
#ifndef MCPI_CUDA_KERNELS_SLICES_CUH
#define MCPI_CUDA_KERNELS_SLICES_CUH

#include <cub/block/block_reduce.cuh>

#include "cuda/kernels/table.h"
#include "mcpi/dart.h"

/* The hits in `draws` blocks from `counter` on, a slice's width apart, all within one span: at most 2^25 darts. */
using mcpi_draw_loop = uint32_t (*)(uint4 counter, uint2 key, uint32_t draws, uint64_t minus_edge);

/* This thread's share of the hits in blocks [begin, end). */
using mcpi_block_loop = uint64_t (*)(const mcpi_job &job, uint64_t begin, uint64_t end, uint64_t minus_edge);

/* A mcpi_block_loop: span by span, thread t draws the blocks begin + t, begin + t + 256, and so on. */
template <mcpi_draw_loop count_draws>
__device__ uint64_t mcpi_count_spans(const mcpi_job &job, uint64_t begin, const uint64_t end, const uint64_t minus_edge)
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

/* The hits of darts that are in blocks [begin, end) but not in the job: at most one before it and one after it. */
__device__ inline uint32_t mcpi_count_strays(const mcpi_job &job, const uint64_t begin, const uint64_t end)
{
    const uint64_t job_end = job.first + job.darts;
    uint32_t hits = 0;
    if (2 * begin < job.first)
        hits += mcpi_dart(job.seed, job.stream, 2 * begin);
    if (2 * end > job_end)
        hits += mcpi_dart(job.seed, job.stream, job_end);
    return hits;
}

template <mcpi_block_loop count_blocks>
__global__ void __launch_bounds__(MCPI_SLICE_THREADS)
    count_slices(const mcpi_job job, const uint64_t slice_darts, const uint64_t minus_edge, uint64_t *const slice_hits)
{
    const uint64_t begin = (job.first + blockIdx.x * slice_darts) / 2;
    const uint64_t end = min(begin + slice_darts / 2, (job.first + job.darts + 1) / 2);

    using sum = cub::BlockReduce<uint64_t, MCPI_SLICE_THREADS>;
    __shared__ typename sum::TempStorage scratch;
    const uint64_t hits = sum(scratch).Sum(count_blocks(job, begin, end, minus_edge));
    if (threadIdx.x == 0) {
        const uint64_t own_hits = hits - mcpi_count_strays(job, begin, end);
        slice_hits[blockIdx.x] = own_hits;
        atomicAdd((unsigned long long *)&slice_hits[gridDim.x], own_hits);
    }
}

/* Implements mcpi_cuda_kernel.launch and .resident. */
template <mcpi_block_loop count_blocks>
cudaError_t mcpi_launch_slices(const mcpi_job *job, const mcpi_geometry *geometry, uint64_t *slice_hits,
                               cudaStream_t stream)
{
    cudaLaunchConfig_t config = {};
    config.gridDim = geometry->slices;
    config.blockDim = MCPI_SLICE_THREADS;
    config.stream = stream;
    return cudaLaunchKernelEx(&config, count_slices<count_blocks>, *job, geometry->slice_darts, MCPI_MINUS_EDGE,
                              slice_hits);
}

template <mcpi_block_loop count_blocks> cudaError_t mcpi_resident_slices(int *slices)
{
    return cudaOccupancyMaxActiveBlocksPerMultiprocessor(slices, count_slices<count_blocks>, MCPI_SLICE_THREADS, 0);
}

/* The entry of the table for a loop. */
template <mcpi_block_loop count_blocks>
constexpr mcpi_cuda_kernel mcpi_kernel_of(const char *name, const char *summary, int fp64_ratio, bool competes = true)
{
    return {name, summary, fp64_ratio, competes, mcpi_launch_slices<count_blocks>, mcpi_resident_slices<count_blocks>};
}

/*
 * hits + 1 if the top bit of `from_edge` is set, otherwise hits; see mcpi_from_edge. The upper half of word * 2 + hits
 * * 2^32 is one instruction on every GPU, LEA.HI. A shift and an addition would be two, because the compiler combines
 * additions.
 */
MCPI_HOST_DEVICE inline uint32_t mcpi_add_hit(uint32_t hits, const uint64_t from_edge)
{
#if defined(__CUDA_ARCH__)
    asm("mad.hi.u32 %0, %1, 2, %0;" : "+r"(hits) : "r"((uint32_t)(from_edge >> 32)));
    return hits;
#else
    return hits + (uint32_t)(from_edge >> 63);
#endif
}

#endif
