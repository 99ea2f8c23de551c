/*
 * Finds the fastest kernel on this machine, and its rate. The instruction sets of a CPU do not determine it: some CPUs
 * lower their clock for 512-bit vectors or split them in two, and then AVX2 can be faster. So the kernels are timed
 * once in each process.
 */
#ifndef MCPI_CPU_SELFTEST_H
#define MCPI_CPU_SELFTEST_H

#include "cpu/kernels.h"

#ifdef __cplusplus
extern "C" {
#endif

/* CPU time of the calling thread, in seconds. Other programs do not disturb what is measured by it. */
double mcpi_thread_seconds(void);

/*
 * Time the kernels that can run here, by the CPU time of the calling thread: darts_per_second[i] is the rate of
 * kernels[i]. The first kernel, which runs everywhere and is the slowest, is not timed: 0. One other kernel alone is
 * timed, too: its rate is needed to predict how long a run takes. Takes about a third of a millisecond for AVX2 and
 * AVX-512.
 */
void mcpi_time_kernels(const mcpi_count_kernel *kernels, size_t count, mcpi_features features,
                       double *darts_per_second);

/* The rates of all kernels of this build on this machine, measured by the first call. */
const double *mcpi_self_test(void);

#ifdef __cplusplus
}
#endif

#endif
