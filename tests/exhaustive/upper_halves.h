/*
 * How the SIMD kernels decide a dart by the upper halves of its words, for all 2^32 pairs of them and, by the extreme
 * ones, for all lower halves. Each kernel has a file prove_upper_halves_KERNEL.c, which includes the kernel's source
 * and hands upper halves to its own functions.
 */
#ifndef MCPI_TESTS_EXHAUSTIVE_UPPER_HALVES_H
#define MCPI_TESTS_EXHAUSTIVE_UPPER_HALVES_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a kernel says of 32 darts, a bit for each: it counts it as a hit; it leaves it to the exact test. */
typedef struct decisions {
    uint32_t hits, near;
} decisions;

/* Of the 32 darts (x, y[0]) .. (x, y[31]), all upper halves. */
typedef decisions decide_function(int16_t x, const int16_t y[32]);
decide_function decide_avx2, decide_avx512, decide_neon;

#ifdef __cplusplus
}
#endif

#endif
