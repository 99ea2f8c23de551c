/*
 * The counting kernels of the CPU: one function for each instruction set, all of one signature, and the pick.
 *
 * Every kernel counts any range, however it starts and however short it is: what does not fill its vectors it hands to
 * the next narrower kernel. So all of them give the same count for the same range.
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
    const char *name;          /* as --kernel takes it */
    mcpi_count_function count; /* NULL: it is for another architecture than this build */
    unsigned needs;            /* mcpi_feature bits, those of the narrower kernels included */
    const char *needs_name;    /* the instruction set, for people */
} mcpi_count_kernel;

/* Slowest first, as a rule, on each architecture; the first one runs everywhere. */
extern const mcpi_count_kernel mcpi_count_kernels[];
extern const size_t mcpi_count_kernels_size;

bool mcpi_kernel_runs(const mcpi_count_kernel *kernel, mcpi_features features);

/* Why a kernel that does not run does not. */
void mcpi_explain_kernel(const mcpi_count_kernel *kernel, mcpi_features features, char *text, size_t size);

/*
 * The kernel of that name, or for NULL the fastest that runs: by `darts_per_second` of each kernel, or without it the
 * last of the table. BAD_OPTION if it is unknown or does not run.
 */
mcpi_status mcpi_pick_kernel(const char *name, mcpi_features features, const double *darts_per_second,
                             const mcpi_count_kernel **kernel, mcpi_error *error);

#ifdef __cplusplus
}
#endif

#endif
