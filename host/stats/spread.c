#include "stats/spread.h"

#include <math.h>
#include <stdlib.h>

static int ascending(const void *left, const void *right)
{
    const double a = *(const double *)left;
    const double b = *(const double *)right;
    return (a > b) - (a < b);
}

mcpi_spread mcpi_spread_of(double *values, size_t count)
{
    if (count == 0)
        return (mcpi_spread){NAN, NAN, NAN};
    qsort(values, count, sizeof *values, ascending);
    const double median = (values[(count - 1) / 2] + values[count / 2]) / 2.0;
    return (mcpi_spread){median, values[0], values[count - 1]};
}
