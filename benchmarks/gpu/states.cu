/*
 * Counting as in programs that use cuRAND's device API: each thread has a generator's state and asks it for one number
 * after another.
 */
#include <curand_kernel.h>

#include <memory>

#include "cuda/kernels/slices.cuh"
#include "float_dart.h"
#include "host_counts.h"
#include "rung.h"

namespace
{

/* This thread's share of blocks [begin, end), one after the other from a Philox state of its own. */
__device__ uint64_t count_floats(const mcpi_job &job, const uint64_t begin, const uint64_t end, uint64_t)
{
    const uint64_t share = (end - begin + MCPI_SLICE_THREADS - 1) / MCPI_SLICE_THREADS;
    const uint64_t from = min(begin + threadIdx.x * share, end), to = min(from + share, end);
    curandStatePhilox4_32_10_t state;
    curand_init(job.seed, job.stream, 4 * from, &state);
    uint64_t hits = 0;
    for (uint64_t block = from; block < to; block++) {
        const float4 u = curand_uniform4(&state);
        hits += float_hit(u.x, u.y) + float_hit(u.z, u.w);
    }
    return hits;
}

/* The samples keep the states in memory. A separate kernel initialises them. */
__global__ void make_states(const uint64_t seed, curandStateXORWOW_t *const states)
{
    const unsigned thread = blockIdx.x * MCPI_SLICE_THREADS + threadIdx.x;
    curand_init(seed, thread, 0, &states[thread]);
}

/* Thread t of a slice throws its darts t, t + 256, t + 512, ... */
__global__ void __launch_bounds__(MCPI_SLICE_THREADS)
    count_xorwow(const mcpi_job job, const uint64_t slice_darts, const curandStateXORWOW_t *const states,
                 uint64_t *const slice_hits)
{
    const uint64_t begin = blockIdx.x * slice_darts, end = min(begin + slice_darts, job.darts);
    curandStateXORWOW_t state = states[blockIdx.x * MCPI_SLICE_THREADS + threadIdx.x];
    uint64_t hits = 0;
    for (uint64_t dart = begin + threadIdx.x; dart < end; dart += MCPI_SLICE_THREADS) {
        const float x = curand_uniform(&state), y = curand_uniform(&state);
        hits += float_hit(x, y);
    }
    using sum = cub::BlockReduce<uint64_t, MCPI_SLICE_THREADS>;
    __shared__ typename sum::TempStorage scratch;
    hits = sum(scratch).Sum(hits);
    if (threadIdx.x == 0)
        slice_hits[blockIdx.x] = hits;
}

/* One state for each thread of a geometry, initialised again for each geometry. */
class States
{
  public:
    ~States()
    {
        cudaFree(memory);
    }

    cudaError_t make(const mcpi_job &job, const mcpi_geometry &geometry)
    {
        cudaFree(memory);
        memory = nullptr;
        const size_t threads = (size_t)geometry.slices * MCPI_SLICE_THREADS;
        const cudaError_t code = cudaMalloc((void **)&memory, threads * sizeof *memory);
        if (code != cudaSuccess)
            return code;
        make_states<<<geometry.slices, MCPI_SLICE_THREADS>>>(job.seed, memory);
        return cudaDeviceSynchronize();
    }

    curandStateXORWOW_t *memory = nullptr;
};

} // namespace

Rung philox_rung()
{
    Rung rung;
    rung.name = "philox_state_float";
    rung.resident = mcpi_resident_slices<count_floats>;
    rung.launch = mcpi_launch_slices<count_floats>;
    rung.expect = count_philox_floats;
    return rung;
}

Rung xorwow_rung()
{
    const auto states = std::make_shared<States>();
    Rung rung;
    rung.name = "xorwow_state_float";
    rung.resident = [](int *slices) {
        return cudaOccupancyMaxActiveBlocksPerMultiprocessor(slices, count_xorwow, MCPI_SLICE_THREADS, 0);
    };
    rung.prepare = [states](const mcpi_job &job, const mcpi_geometry &geometry) { return states->make(job, geometry); };
    rung.launch = [states](const mcpi_job *job, const mcpi_geometry *geometry, uint64_t *slice_hits,
                           cudaStream_t stream) {
        count_xorwow<<<geometry->slices, MCPI_SLICE_THREADS, 0, stream>>>(*job, geometry->slice_darts, states->memory,
                                                                          slice_hits);
        return cudaGetLastError();
    };
    rung.expect = count_xorwow_floats;
    return rung;
}
