/*
 * Which kernel is the fastest here. What instructions a CPU has does not tell: some lower their clock for 512-bit
 * vectors, some split them in two, and on those AVX2 can win. So kernels are timed against each other, once a process.
 */
#ifndef MCPI_CPU_SELFTEST_H
#define MCPI_CPU_SELFTEST_H

#include "cpu/kernels.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Time those of the kernels that can run, on the calling thread's CPU clock: darts_per_second[i] is that of kernels[i].
 * The first, which runs everywhere and is the slowest, is not timed, nor is one that has no rival: 0. Takes about
 * a third of a millisecond for AVX2 and AVX-512.
 */
void mcpi_time_kernels(const mcpi_count_kernel *kernels, size_t count, mcpi_features features,
                       double *darts_per_second);

/* That for the kernels of this build on this machine: timed by the first call, remembered by all others. */
const double *mcpi_self_test(void);

#ifdef __cplusplus
}
#endif

#endif
