/*
 * Two laws for the speed-up by more workers. Each has one parameter: the serial fraction, the share of the time in
 * which only one worker can work.
 *
 *     Amdahl      The work stays the same: T(p) = T(1) (s + (1 - s)/p), so the speed-up 1 / (s + (1 - s)/p) never
 * exceeds 1/s. s is the share of the time of one worker. AFIPS Conference Proceedings 30 (1967) 483. Gustafson   The
 * work grows with the workers: they do p - s (p - 1) times as much in the same time as one would. s is the share of the
 * time of all of them. Communications of the ACM 31 (1988) 532.
 *
 * Anything that slows workers down (an uneven split, a shared clock or bus) looks like serial work: s shows how much
 * there is, not what it is. A negative s means that workers are faster together than alone.
 */
#ifndef MCPI_STATS_SCALING_LAWS_H
#define MCPI_STATS_SCALING_LAWS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum mcpi_law { MCPI_AMDAHL, MCPI_GUSTAFSON } mcpi_law;

/* The speed-up of `workers` over one worker, in work per second, by either law. With s <= 0, Amdahl's speed-up may
   exceed `workers`, be infinite or negative: only s from 0 to 1 gives predictions. */
double mcpi_law_speedup(mcpi_law law, double serial, double workers);

/*
 * The serial fraction of one measured speed-up: the law solved for s. NaN for one worker. Amdahl's is the metric of
 * Karp and Flatt, Communications of the ACM 33 (1990) 539: if it grows with the workers, the loss is not serial work
 * but the cost of having more workers.
 */
double mcpi_serial_fraction(mcpi_law law, double speedup, double workers);

/*
 * The serial fraction that fits several measurements best: `workers`, all different, and the seconds of each for the
 * same work (Amdahl) or the same work for each worker (Gustafson). NaN for fewer than two measurements.
 *
 * Both laws are straight lines in 1/p, of T and of 1/T. The fit minimises the squares of the relative deviations,
 * because errors of timing are proportional to the time. With equal weights, the longest time, that of one worker,
 * would dominate.
 */
double mcpi_fit_serial_fraction(mcpi_law law, const unsigned *workers, const double *seconds, size_t count);

/* A median and its confidence interval of at least 95 %. */
typedef struct mcpi_interval {
    double median, low, high;
} mcpi_interval;

/*
 * The median of independent values of any distribution, which are sorted in place. The interval is that of the sign
 * test, Thompson, Annals of Mathematical Statistics 7 (1936) 122: it reaches from one of the values to another, the
 * same number of values from either end, and is as narrow as the confidence allows. With 9 values these are the second
 * and the eighth, and contain the median in 96 % of cases. So a single disturbed round moves neither the median nor the
 * interval far, unlike a mean and Student's interval. The ends are NaN for fewer than 6 values; without values
 * everything is NaN.
 */
mcpi_interval mcpi_median_interval(double *values, size_t count);

/* The prediction of a law for an interval of its serial fraction, which is clamped to [0, 1]. */
mcpi_interval mcpi_law_interval(mcpi_law law, mcpi_interval serial, double workers);

#ifdef __cplusplus
}
#endif

#endif
