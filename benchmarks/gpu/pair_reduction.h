/* The second half of the oldest way to throw darts on a GPU: random numbers in memory are reduced to a count. */
#ifndef MCPI_BENCHMARKS_GPU_PAIR_REDUCTION_H
#define MCPI_BENCHMARKS_GPU_PAIR_REDUCTION_H

#include <cuda_runtime_api.h>

#include <cstdint>

/* The number of CUDA blocks of count_pairs that a multiprocessor of the current device runs at once. */
cudaError_t count_pairs_resident(int *blocks);

/* Add to *hits the number of hits among `pairs` pairs of floats, which is even; both pointers are to device memory. */
cudaError_t count_pairs(unsigned blocks, const float *floats, uint64_t pairs, uint64_t *hits, cudaStream_t stream);

#endif
