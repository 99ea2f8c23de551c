/*
 * Whether counts scatter as expected. A slice of n darts has n p hits, p = pi/4, with a standard deviation of sqrt(n p
 * (1 - p)). The squares of the deviations, in units of the standard deviation, add up to a chi-square with one degree
 * of freedom for each slice. Slices may differ in length, because p is known. Too much scatter means wrong counts; too
 * little means that counts are not independent.
 */
#ifndef MCPI_STATS_DISPERSION_H
#define MCPI_STATS_DISPERSION_H

#include <stdbool.h>

#include "mcpi/mcpi.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Counts of fewer darts are not yet distributed normally. */
enum { MCPI_FEWEST_NORMAL_DARTS = 10000 };

/* Add a slice that begins with the dart `first`, without p-values. Slices of fewer than MCPI_FEWEST_NORMAL_DARTS darts
   are ignored. True if it is now the one with the largest z. */
bool mcpi_dispersion_add(mcpi_dispersion *dispersion, uint64_t first, uint64_t darts, uint64_t hits);

/* Add the slices of `part`. */
void mcpi_dispersion_join(mcpi_dispersion *sum, const mcpi_dispersion *part);

/* Set the p-values, once all slices have been added. */
void mcpi_dispersion_judge(mcpi_dispersion *dispersion);

/* The probability that the absolute value of a standard normal is at least |z|. */
double mcpi_normal_p_value(double z);

/*
 * The two-sided p-value of a chi-square with `degrees` degrees of freedom (an integer, at least 1): the probability of
 * a value at least as extreme as `chi_square` (at least 0), computed as twice the smaller tail, in [0, 1].
 */
double mcpi_chi_square_p_value(uint64_t degrees, double chi_square);

#ifdef __cplusplus
}
#endif

#endif
