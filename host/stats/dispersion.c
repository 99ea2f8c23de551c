#include "stats/dispersion.h"

#include <float.h>
#include <math.h>

bool mcpi_dispersion_add(mcpi_dispersion *dispersion, uint64_t first, uint64_t darts, uint64_t hits)
{
    if (darts < MCPI_FEWEST_NORMAL_DARTS)
        return false;
    const double z = mcpi_estimate_from(darts, hits).z;
    dispersion->slices++;
    dispersion->chi_square += z * z;
    if (fabs(z) <= fabs(dispersion->largest_z))
        return false;
    dispersion->largest_z = z;
    dispersion->largest_first = first;
    dispersion->largest_darts = darts;
    return true;
}

void mcpi_dispersion_join(mcpi_dispersion *sum, const mcpi_dispersion *part)
{
    const bool larger = fabs(part->largest_z) > fabs(sum->largest_z);
    mcpi_dispersion joined = larger ? *part : *sum;
    joined.slices = sum->slices + part->slices;
    joined.chi_square = sum->chi_square + part->chi_square;
    *sum = joined;
}

double mcpi_normal_p_value(double z)
{
    return erfc(fabs(z) / M_SQRT2);
}

void mcpi_dispersion_judge(mcpi_dispersion *dispersion)
{
    const bool any = dispersion->slices > 0;
    dispersion->p_value = any ? mcpi_chi_square_p_value(dispersion->slices, dispersion->chi_square) : NAN;
    dispersion->largest_p_value =
        any ? fmin((double)dispersion->slices * mcpi_normal_p_value(dispersion->largest_z), 1.0) : NAN;
}

/* x^a e^-x / Gamma(a + 1), the common factor of the two functions below. lgamma itself stores the sign in a global
   variable. */
static double front_factor(double a, double x)
{
    int sign;
    return exp(a * log(x) - x - lgamma_r(a + 1.0, &sign));
}

/* The lower regularised incomplete gamma function P(a, x), by its series: NIST DLMF 8.7.1. Best for x < a + 1. */
static double lower_gamma(double a, double x)
{
    double term = 1.0;
    double sum = 1.0;
    for (uint64_t n = 1; term > DBL_EPSILON * sum; n++) {
        term *= x / (a + (double)n);
        sum += term;
    }
    return front_factor(a, x) * sum;
}

/* The upper one, Q = 1 - P, by its continued fraction, DLMF 8.9.2, evaluated forwards by the method of Lentz (Applied
   Optics 15 (1976) 668). Best for x > a + 1. */
static double upper_gamma(double a, double x)
{
    double b = x + 1.0 - a;
    double c = 1.0 / DBL_MIN;
    double d = 1.0 / b;
    double fraction = d;
    double factor = 0.0;
    for (uint64_t n = 1; fabs(factor - 1.0) > DBL_EPSILON; n++) {
        const double numerator = -(double)n * ((double)n - a);
        b += 2.0;
        d = 1.0 / (numerator * d + b);
        c = b + numerator / c;
        factor = c * d;
        fraction *= factor;
    }
    return front_factor(a, x) * a * fraction;
}

double mcpi_chi_square_p_value(uint64_t degrees, double chi_square)
{
    const double a = (double)degrees / 2.0;
    const double x = chi_square / 2.0;
    if (!(x > 0.0) || !isfinite(x))
        return 0.0;
    const double tail = x < a + 1.0 ? lower_gamma(a, x) : upper_gamma(a, x);
    return fmin(2.0 * fmin(tail, 1.0 - tail), 1.0);
}
