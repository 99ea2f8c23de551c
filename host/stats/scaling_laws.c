#include "stats/scaling_laws.h"

#include <math.h>

#include "stats/spread.h"

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

mcpi_interval mcpi_median_interval(double *values, size_t count)
{
    const double most_tail = 0.025;
    const double median = mcpi_spread_of(values, count).median;
    size_t from_end = 0;
    /* The probability that at most `from_end` values lie on one side of the true median. */
    double chance = pow(0.5, (double)count);
    double tail = chance;
    while (tail <= most_tail) {
        chance *= (double)(count - from_end) / (double)(from_end + 1);
        tail += chance;
        from_end++;
    }
    if (from_end == 0)
        return (mcpi_interval){median, NAN, NAN};
    return (mcpi_interval){median, values[from_end - 1], values[count - from_end]};
}

/* Not fmin and fmax, which would replace NaN by a number. */
static double clamp_fraction(double value)
{
    return value < 0.0 ? 0.0 : value > 1.0 ? 1.0 : value;
}

mcpi_interval mcpi_law_interval(mcpi_law law, mcpi_interval serial, double workers)
{
    return (mcpi_interval){
        .median = mcpi_law_speedup(law, clamp_fraction(serial.median), workers),
        .low = mcpi_law_speedup(law, clamp_fraction(serial.high), workers),
        .high = mcpi_law_speedup(law, clamp_fraction(serial.low), workers),
    };
}
