/* How a job is cut into slices, one CUDA block each. Pure arithmetic, so that it is tested without a GPU. */
#ifndef MCPI_CUDA_GEOMETRY_H
#define MCPI_CUDA_GEOMETRY_H

#include "core/backend.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MCPI_SLICE_THREADS 256

/* A launch has at most so many slices; beyond 2^36 darts the slices grow instead. */
#define MCPI_SLICES_MAX (1u << 14)

/* A slice is at least this long where a job has several: 32 draws a thread, to be worth a reduction. */
#define MCPI_SLICE_DARTS_MIN (UINT64_C(1) << 14)

/* And at most this, within SLICES_MAX: what one CPU core recounts in some milliseconds. */
#define MCPI_SLICE_DARTS_MAX (UINT64_C(1) << 22)

/* The slices of a job as mcpi_counts defines them. */
typedef struct mcpi_geometry {
    uint64_t slice_darts; /* even */
    unsigned slices;
} mcpi_geometry;

/* Cut `job` for a device that runs `resident` CUDA blocks at once, at least 1. `shape` is that of mcpi_worker_options:
   1 cuts slices of half the length, or of twice where a launch could not have more of them. */
mcpi_geometry mcpi_geometry_for(const mcpi_job *job, unsigned resident, unsigned shape);

#ifdef __cplusplus
}
#endif

#endif
