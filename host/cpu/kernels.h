/*
 * The counting kernels of the CPU, one function of the same signature for each instruction set, and the choice among
 * them.
 *
 * Every kernel counts any range, with any first dart and any length: darts that do not fill its vectors go to the next
 * narrower kernel. So all kernels give the same count for the same range.
 */
#ifndef MCPI_CPU_KERNELS_H
#define MCPI_CPU_KERNELS_H

#include <stdbool.h>

#include "cpu/machine/probe.h"
#include "mcpi/mcpi.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Hits among the darts [first, first + darts) of (seed, stream); first + darts <= MCPI_DART_END. */
typedef uint64_t (*mcpi_count_function)(uint64_t seed, uint64_t stream, uint64_t first, uint64_t darts);

uint64_t mcpi_count_scalar(uint64_t seed, uint64_t stream, uint64_t first, uint64_t darts);
uint64_t mcpi_count_avx2(uint64_t seed, uint64_t stream, uint64_t first, uint64_t darts);
uint64_t mcpi_count_avx512(uint64_t seed, uint64_t stream, uint64_t first, uint64_t darts);
uint64_t mcpi_count_neon(uint64_t seed, uint64_t stream, uint64_t first, uint64_t darts);
uint64_t mcpi_count_sve2(uint64_t seed, uint64_t stream, uint64_t first, uint64_t darts);

typedef struct mcpi_count_kernel {
    const char *name;          /* as in --kernel */
    mcpi_count_function count; /* NULL: this build is for another architecture */
    unsigned needs;            /* mcpi_feature bits, including those of the narrower kernels */
    const char *needs_name;    /* the instruction set, as shown to users */
} mcpi_count_kernel;

/* Usually slowest first on each architecture. The first one runs everywhere. */
extern const mcpi_count_kernel mcpi_count_kernels[];
extern const size_t mcpi_count_kernels_size;

bool mcpi_kernel_runs(const mcpi_count_kernel *kernel, mcpi_features features);

/* Write the reason why a kernel does not run. */
void mcpi_explain_kernel(const mcpi_count_kernel *kernel, mcpi_features features, char *text, size_t size);

/*
 * The kernel of that name. For NULL, the fastest that runs: by `darts_per_second` of each kernel, or without rates the
 * last one of the table. BAD_OPTION if it is unknown or does not run.
 */
mcpi_status mcpi_pick_kernel(const char *name, mcpi_features features, const double *darts_per_second,
                             const mcpi_count_kernel **kernel, mcpi_error *error);

#ifdef __cplusplus
}
#endif

#endif
