/*
 * The upper bound on the speed of each counting kernel: the instructions of its loop, executed without waiting for each
 * other.
 *
 * The time that a kernel takes beyond this is spent waiting. benchmarks/limits.md derives the number of instructions of
 * each kind; for the SIMD kernels ctest compares them with the compiled loop (kernel_mix).
 */
#ifndef MCPI_CPU_BOUNDS_H
#define MCPI_CPU_BOUNDS_H

#include "cpu/kernels.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct mcpi_bound_loop {
    const char *kernel;          /* its name */
    void (*run)(uint64_t turns); /* needs what the kernel needs; turns > 0 */
    uint64_t darts;              /* as many as the kernel would count with the instructions of one turn */
} mcpi_bound_loop;

/* Ends with a kernel that has no name. */
extern const mcpi_bound_loop mcpi_bound_loops[];

/*
 * Darts per second of `threads` threads that run the loop at the same time: the sum of the rate of each, by its own CPU
 * time, so that other programs do not lower the bound. Takes `seconds`, and the time to start the threads; each
 * thread's rate is the best of four parts of that time. There must be a hardware thread for each. NaN for no threads,
 * without memory, or if a thread cannot be started.
 *
 * The bound of all cores is measured on all of them, because it is not a multiple of that of one core: clocks fall with
 * the number of busy cores, and the hardware threads of a core share its pipes.
 */
double mcpi_measure_bound(const mcpi_bound_loop *loop, unsigned threads, double seconds);

/* The same for the kernel of that name, on as many threads as there are cores for them (mcpi_usable_cores): more do not
   count faster. NaN also if the kernel has no bound, does not exist, or does not run here. */
double mcpi_bound_rate(const char *kernel, unsigned threads, double seconds);

#ifdef __cplusplus
}
#endif

#endif
