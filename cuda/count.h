/* What the host sees of the counting kernel. */
#ifndef MCPI_CUDA_COUNT_H
#define MCPI_CUDA_COUNT_H

#include <cuda_runtime_api.h>

#include "cuda/geometry.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Start counting the slices of `job`: slice i puts its hits into slice_hits[i], in device memory, and adds them to the
 * element behind the last slice's.
 */
cudaError_t mcpi_count_launch(const mcpi_job *job, const mcpi_geometry *geometry, uint64_t *slice_hits,
                              cudaStream_t stream);

/* How many slices a multiprocessor of the current device counts at once. */
cudaError_t mcpi_count_resident(int *slices);

#ifdef __cplusplus
}
#endif

#endif
