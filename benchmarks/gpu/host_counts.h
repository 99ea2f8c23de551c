/* What the float rungs must count, computed by the host. */
#ifndef MCPI_BENCHMARKS_GPU_HOST_COUNTS_H
#define MCPI_BENCHMARKS_GPU_HOST_COUNTS_H

#include "cuda/geometry.h"

/* An even number of darts from an even one on: mcpi's own words, read as cuRAND's uniforms. */
uint64_t count_philox_floats(const mcpi_job &job, const mcpi_geometry &);

/* As count_xorwow throws them, with cuRAND's header compiled for the host. */
uint64_t count_xorwow_floats(const mcpi_job &job, const mcpi_geometry &geometry);

#endif
