/* Repeated measurements: their median, how well it is known, and whether they are independent. */
#ifndef MCPI_STATS_SPREAD_H
#define MCPI_STATS_SPREAD_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct mcpi_spread {
    double median, lowest, highest; /* NaN without values */
    double low, high;               /* the confidence interval of the median, of at least 95 %; NaN for fewer than
                                       MCPI_FEWEST_FOR_INTERVAL values */
} mcpi_spread;

/* The fewest values whose median has an interval. */
enum { MCPI_FEWEST_FOR_INTERVAL = 6 };

/* The spread of nothing: NaN everywhere. */
extern const mcpi_spread mcpi_no_spread;

/*
 * The spread of up to 1000 finite values, which are sorted in place. They may have any distribution, but must be
 * independent of each other.
 *
 * The interval is that of the sign test, Thompson, Annals of Mathematical Statistics 7 (1936) 122: it reaches from one
 * of the values to another, the same number of values from either end, and is as narrow as the confidence allows. Of 20
 * values these are the sixth and the fifteenth, which contain the median in 95.9 % of cases. So a single disturbed
 * measurement moves neither the median nor the interval far, unlike a mean and Student's interval.
 */
mcpi_spread mcpi_spread_of(double *values, size_t count);

/* The distance from the median to the farther end of its interval. NaN if there is none. */
double mcpi_spread_error(const mcpi_spread *spread);

/*
 * The runs test of Wald and Wolfowitz, Annals of Mathematical Statistics 11 (1940) 147, about the median: the
 * probability that `count` independent values (up to 1000) form at most as many runs as these, in this order. A run is
 * a sequence of values on the same side of their median; values that equal it are left out. A small probability means
 * that neighbours resemble each other, so that there are fewer independent values than it seems, and the interval of
 * the median is too narrow. It is exact, not an approximation for many values. 1 if there are values on one side only.
 */
double mcpi_few_runs_p_value(const double *values, size_t count);

#ifdef __cplusplus
}
#endif

#endif
