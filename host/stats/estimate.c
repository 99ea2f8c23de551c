#include <math.h>

#include "mcpi/mcpi.h"

/* The 97.5 % quantile of the standard normal distribution. */
static const double quantile_95 = 1.959963984540054;

static double clamp(double value, double low, double high)
{
    return value < low ? low : value > high ? high : value;
}

/* Wilson's interval for a proportion. Unlike p +- 2 sigma, it is valid for a single dart, and for p = 0 and p = 1. */
static void wilson(double p, double darts, double interval[2])
{
    const double q2 = quantile_95 * quantile_95;
    const double scale = 1.0 / (1.0 + q2 / darts);
    const double centre = scale * (p + q2 / (2.0 * darts));
    const double half = scale * quantile_95 * sqrt(p * (1.0 - p) / darts + q2 / (4.0 * darts * darts));
    interval[0] = clamp(centre - half, 0.0, 1.0);
    interval[1] = clamp(centre + half, 0.0, 1.0);
}

mcpi_estimate mcpi_estimate_from(uint64_t darts, uint64_t hits)
{
    if (darts == 0)
        return (mcpi_estimate){NAN, NAN, {0.0, 4.0}, NAN};
    const double n = (double)darts;
    const double p = (double)hits / n;
    const double expected = M_PI / 4.0;

    mcpi_estimate estimate;
    estimate.pi = 4.0 * p;
    estimate.std_error = 4.0 * sqrt(p * (1.0 - p) / n);
    estimate.z = ((double)hits - n * expected) / sqrt(n * expected * (1.0 - expected));
    wilson(p, n, estimate.ci95);
    estimate.ci95[0] *= 4.0;
    estimate.ci95[1] *= 4.0;
    return estimate;
}
