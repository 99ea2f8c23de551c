#include "host_counts.h"

#define QUALIFIERS static inline
#include <cuda_runtime.h>
#include <curand_kernel.h>

#include <algorithm>

#include "float_dart.h"

uint64_t count_philox_floats(const mcpi_job &job, const mcpi_geometry &)
{
    uint64_t hits = 0;
    for (uint64_t block = job.first / 2; block < (job.first + job.darts) / 2; block++) {
        const mcpi_words b = mcpi_block(job.seed, job.stream, block);
        hits += float_hit(float_uniform(b.w[0]), float_uniform(b.w[1]));
        hits += float_hit(float_uniform(b.w[2]), float_uniform(b.w[3]));
    }
    return hits;
}

uint64_t count_xorwow_floats(const mcpi_job &job, const mcpi_geometry &geometry)
{
    uint64_t hits = 0;
    for (uint64_t slice = 0; slice < geometry.slices; slice++) {
        const uint64_t begin = slice * geometry.slice_darts, end = std::min(begin + geometry.slice_darts, job.darts);
        for (uint64_t thread = 0; thread < MCPI_SLICE_THREADS; thread++) {
            curandStateXORWOW_t state;
            curand_init(job.seed, slice * MCPI_SLICE_THREADS + thread, 0, &state);
            for (uint64_t dart = begin + thread; dart < end; dart += MCPI_SLICE_THREADS) {
                const float x = curand_uniform(&state), y = curand_uniform(&state);
                hits += float_hit(x, y);
            }
        }
    }
    return hits;
}
