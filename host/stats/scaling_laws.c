#include "stats/scaling_laws.h"

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
    /* y = level + slope x, up to a factor that both have in common. */
    const double level = sum_xx * sum_y - sum_x * sum_xy;
    const double slope = sum * sum_xy - sum_x * sum_y;
    return (law == MCPI_AMDAHL ? level : slope) / (level + slope);
}

/* Not fmin and fmax, which would replace NaN by a number. */
static double clamp_fraction(double value)
{
    return value < 0.0 ? 0.0 : value > 1.0 ? 1.0 : value;
}

static double clamped_speedup(mcpi_law law, double serial, double workers)
{
    return mcpi_law_speedup(law, clamp_fraction(serial), workers);
}

mcpi_spread mcpi_law_spread(mcpi_law law, const mcpi_spread *serial, double workers)
{
    return (mcpi_spread){
        .median = clamped_speedup(law, serial->median, workers),
        .lowest = clamped_speedup(law, serial->highest, workers),
        .highest = clamped_speedup(law, serial->lowest, workers),
        .low = clamped_speedup(law, serial->high, workers),
        .high = clamped_speedup(law, serial->low, workers),
    };
}
