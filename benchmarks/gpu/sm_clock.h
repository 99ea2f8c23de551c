/* The clock rate of the multiprocessors over an interval, by their own counters. */
#ifndef MCPI_BENCHMARKS_GPU_SM_CLOCK_H
#define MCPI_BENCHMARKS_GPU_SM_CLOCK_H

#include <cuda_runtime_api.h>

/* More than the highest multiprocessor number of any GPU. */
constexpr unsigned stamps_max = 1024;

/* What a multiprocessor's counters show: its cycles, and nanoseconds of a clock that all share. */
struct Stamp {
    unsigned long long cycles, nanoseconds;
};

/* Write the counters of each of `multiprocessors` multiprocessors to its element of stamps[stamps_max], in device
   memory. Elements of multiprocessors without a block stay unchanged. */
cudaError_t take_stamps(unsigned multiprocessors, Stamp *stamps, cudaStream_t stream);

#endif
