/*
 * The upper bound on the speed of each counting kernel: the instructions of its loop, executed without waiting for each
 * other.
 *
 * The time that a kernel takes beyond this is spent waiting. limits.md derives the number of instructions of each kind;
 * for the SIMD kernels ctest compares them with the compiled loop (kernel_mix).
 */
#ifndef MCPI_BENCHMARKS_BOUNDS_H
#define MCPI_BENCHMARKS_BOUNDS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct mcpi_bound {
    const char *kernel;          /* its name */
    void (*run)(uint64_t turns); /* needs what the kernel needs; turns > 0 */
    uint64_t darts;              /* as many as the kernel would count with the instructions of one turn */
} mcpi_bound;

/* Ends with a kernel that has no name. */
extern const mcpi_bound mcpi_bounds[];

#ifdef __cplusplus
}
#endif

#endif
