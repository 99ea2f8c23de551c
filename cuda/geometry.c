#include "cuda/geometry.h"

static uint64_t at_most(uint64_t value, uint64_t limit)
{
    return value < limit ? value : limit;
}

static uint64_t at_least(uint64_t value, uint64_t limit)
{
    return value > limit ? value : limit;
}

static uint64_t divide_up(uint64_t value, uint64_t divisor)
{
    return value / divisor + (value % divisor != 0);
}

/*
 * CUDA blocks of equal length run in waves of as many as the device can hold. A partial last wave leaves
 * multiprocessors idle, so the number of slices is a multiple of `resident`, unless the job is too short to fill one
 * wave.
 */
static uint64_t usual_slices(uint64_t extent, unsigned resident)
{
    const uint64_t wave = at_most(resident, MCPI_SLICES_MAX);
    const uint64_t waves = at_most(divide_up(extent, wave * MCPI_SLICE_DARTS_MAX), MCPI_SLICES_MAX / wave);
    return at_least(at_most(waves * wave, extent / MCPI_SLICE_DARTS_MIN), 1);
}

mcpi_geometry mcpi_geometry_for(const mcpi_job *job, unsigned resident, unsigned shape)
{
    const uint64_t extent = job->darts + (job->first & 1);
    uint64_t wanted = usual_slices(extent, resident);
    if (shape != 0)
        wanted = 2 * wanted <= MCPI_SLICES_MAX ? 2 * wanted : wanted / 2;

    mcpi_geometry geometry;
    geometry.slice_darts = 2 * divide_up(extent, 2 * wanted);
    geometry.slices = (unsigned)divide_up(extent, geometry.slice_darts);
    return geometry;
}
