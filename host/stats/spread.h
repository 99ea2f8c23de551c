/* Repeated measurements: their middle and how far they lie apart. */
#ifndef MCPI_STATS_SPREAD_H
#define MCPI_STATS_SPREAD_H

#include <stddef.h>

typedef struct mcpi_spread {
    double median, lowest, highest; /* NaN for no values */
} mcpi_spread;

/* Of `count` finite values, which are left sorted. */
mcpi_spread mcpi_spread_of(double *values, size_t count);

#endif
