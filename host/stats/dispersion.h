/*
 * Whether counts scatter as expected. A slice of n darts has n p hits, p = pi/4, with a standard deviation of sqrt(n p
 * (1 - p)). The squares of the deviations, in units of the standard deviation, add up to a chi-square with one degree
 * of freedom for each slice. Slices may differ in length, because p is known. Too much scatter means wrong counts; too
 * little means that counts are not independent.
 */
#ifndef MCPI_STATS_DISPERSION_H
#define MCPI_STATS_DISPERSION_H

#include "mcpi/mcpi.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Add a slice. Slices of fewer than 10000 darts are ignored: their counts are not yet distributed normally. */
void mcpi_dispersion_add(mcpi_dispersion *dispersion, uint64_t darts, uint64_t hits);

/*
 * The two-sided p-value of a chi-square with `degrees` degrees of freedom (an integer, at least 1): the probability of
 * a value at least as extreme as `chi_square` (at least 0), computed as twice the smaller tail, in [0, 1].
 */
double mcpi_chi_square_p_value(uint64_t degrees, double chi_square);

#ifdef __cplusplus
}
#endif

#endif
