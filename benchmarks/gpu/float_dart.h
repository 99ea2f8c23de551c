/* The dart of NVIDIA's samples: two uniforms in (0, 1], and a hit if they lie within the quarter circle. */
#ifndef MCPI_BENCHMARKS_GPU_FLOAT_DART_H
#define MCPI_BENCHMARKS_GPU_FLOAT_DART_H

#include <cmath>

#include "mcpi/dart.h"

/* cuRAND's uniform of a word: both steps round, to a multiple of 2^-33 that has 24 bits. */
MCPI_HOST_DEVICE static inline float float_uniform(uint32_t word)
{
    return fmaf((float)word, 0x1p-32f, 0x1p-33f);
}

/* x*x + y*y <= 1, contracted as nvcc contracts it, and spelled out so that host and device round alike. */
MCPI_HOST_DEVICE static inline uint32_t float_hit(float x, float y)
{
    return fmaf(x, x, y * y) <= 1.0f;
}

#endif
