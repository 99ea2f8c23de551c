/* The median and the range of repeated measurements. */
#ifndef MCPI_STATS_SPREAD_H
#define MCPI_STATS_SPREAD_H

#include <stddef.h>

typedef struct mcpi_spread {
    double median, lowest, highest; /* NaN without values */
} mcpi_spread;

/* The spread of `count` finite values, which are sorted in place. */
mcpi_spread mcpi_spread_of(double *values, size_t count);

#endif
