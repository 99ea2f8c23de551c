/* How a job is divided into slices, one for each CUDA block. Pure arithmetic, so that it is tested without a GPU. */
#ifndef MCPI_CUDA_GEOMETRY_H
#define MCPI_CUDA_GEOMETRY_H

#include "core/backend.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MCPI_SLICE_THREADS 256

/* The maximum number of slices of a launch. Beyond 2^36 darts the slices grow instead. */
#define MCPI_SLICES_MAX (1u << 14)

/* The minimum length of a slice in a job with several: 32 draws a thread, so that the reduction pays off. */
#define MCPI_SLICE_DARTS_MIN (UINT64_C(1) << 14)

/* The maximum length, unless that needs more than MCPI_SLICES_MAX slices: one CPU core recounts it in a few
   milliseconds. */
#define MCPI_SLICE_DARTS_MAX (UINT64_C(1) << 22)

/* The slices of a job as mcpi_counts defines them. */
typedef struct mcpi_geometry {
    uint64_t slice_darts; /* even */
    unsigned slices;
} mcpi_geometry;

/* Divide `job` for a device that runs `resident` CUDA blocks at once, at least 1. `shape` is that of
   mcpi_worker_options: 1 makes slices of half the usual length, or of twice if a launch could not have more slices. */
mcpi_geometry mcpi_geometry_for(const mcpi_job *job, unsigned resident, unsigned shape);

#ifdef __cplusplus
}
#endif

#endif
