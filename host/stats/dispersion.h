/*
 * Do counts scatter as they should? A slice of n darts has n p hits, p = pi/4, give or take sqrt(n p (1 - p)). The
 * squares of their deviations in these units add up to a chi-square with as many degrees of freedom as there are
 * slices. They need not be equal, since p is known. Too much scatter: wrong counts. Too little: counts that are not
 * independent.
 */
#ifndef MCPI_STATS_DISPERSION_H
#define MCPI_STATS_DISPERSION_H

#include "mcpi/mcpi.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Add a slice. One of fewer than 10000 darts is left out: its count is not yet distributed normally. */
void mcpi_dispersion_add(mcpi_dispersion *dispersion, uint64_t darts, uint64_t hits);

/*
 * The probability that a chi-square with `degrees` degrees of freedom (a whole number, at least 1) is as far out as
 * `chi_square` (at least 0) or further, on either side: twice the smaller tail, in [0, 1].
 */
double mcpi_chi_square_p_value(uint64_t degrees, double chi_square);

#ifdef __cplusplus
}
#endif

#endif
