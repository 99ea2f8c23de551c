#include "stats/scaling.h"

#include <math.h>

double mcpi_law_speedup(mcpi_law law, double serial, double workers)
{
    return law == MCPI_AMDAHL ? 1.0 / (serial + (1.0 - serial) / workers) : workers - serial * (workers - 1.0);
}

double mcpi_serial_fraction(mcpi_law law, double speedup, double workers)
{
    if (workers <= 1.0)
        return NAN;
    return law == MCPI_AMDAHL ? (1.0 / speedup - 1.0 / workers) / (1.0 - 1.0 / workers)
                              : (workers - speedup) / (workers - 1.0);
}

double mcpi_fit_serial_fraction(mcpi_law law, const unsigned *workers, const double *seconds, size_t count)
{
    double sum = 0.0;
    double sum_x = 0.0;
    double sum_xx = 0.0;
    double sum_y = 0.0;
    double sum_xy = 0.0;
    if (count < 2)
        return NAN;
    for (size_t i = 0; i < count; i++) {
        const double x = 1.0 / workers[i];
        const double y = law == MCPI_AMDAHL ? seconds[i] : 1.0 / seconds[i];
        const double weight = 1.0 / (y * y);
        sum += weight;
        sum_x += weight * x;
        sum_xx += weight * x * x;
        sum_y += weight * y;
        sum_xy += weight * x * y;
    }
    /* y = level + slope x, but for a factor that both share. */
    const double level = sum_xx * sum_y - sum_x * sum_xy;
    const double slope = sum * sum_xy - sum_x * sum_y;
    return (law == MCPI_AMDAHL ? level : slope) / (level + slope);
}

/* The 97.5 % quantile of Student's distribution; beyond the table that of its last row, which is a little more. */
static double student_quantile(size_t degrees)
{
    static const double quantiles[] = {12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306,
                                       2.262,  2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120};
    enum { known = sizeof quantiles / sizeof *quantiles };
    return quantiles[(degrees < known ? degrees : known) - 1];
}

mcpi_interval mcpi_mean_interval(const double *values, size_t count)
{
    double sum = 0.0;
    double squares = 0.0;
    for (size_t i = 0; i < count; i++)
        sum += values[i];
    const double n = (double)count;
    const double mean = sum / n;
    if (count < 2)
        return (mcpi_interval){mean, NAN, NAN};
    for (size_t i = 0; i < count; i++)
        squares += (values[i] - mean) * (values[i] - mean);
    const double half = student_quantile(count - 1) * sqrt(squares / (n - 1.0) / n);
    return (mcpi_interval){mean, mean - half, mean + half};
}

/* fmin and fmax would make a number of what is not one. */
static double share(double value)
{
    return value < 0.0 ? 0.0 : value > 1.0 ? 1.0 : value;
}

mcpi_interval mcpi_law_interval(mcpi_law law, mcpi_interval serial, double workers)
{
    return (mcpi_interval){
        .mean = mcpi_law_speedup(law, share(serial.mean), workers),
        .low = mcpi_law_speedup(law, share(serial.high), workers),
        .high = mcpi_law_speedup(law, share(serial.low), workers),
    };
}
