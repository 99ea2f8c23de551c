/*
 * How far do more workers carry? Two laws answer, each with one number: the serial fraction, the share of the time in
 * which only one worker can be at work.
 *
 *   Amdahl      The work stays the same: T(p) = T(1) (s + (1 - s)/p), so the speed-up 1 / (s + (1 - s)/p) never exceeds
 *               1/s. s is the share of the time of one worker. AFIPS Conference Proceedings 30 (1967) 483.
 *   Gustafson   The work grows with the workers: they do p - s (p - 1) times as much in the same time as one would. s
 *               is the share of the time of all of them. Communications of the ACM 31 (1988) 532.
 *
 * Whatever keeps workers from their full speed (an uneven split, a shared clock or bus) shows as if it were serial: s
 * says how much, not what. A negative s means that they are faster together than one alone.
 */
#ifndef MCPI_STATS_SCALING_LAWS_H
#define MCPI_STATS_SCALING_LAWS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum mcpi_law { MCPI_AMDAHL, MCPI_GUSTAFSON } mcpi_law;

/* The speed-up of `workers` over one, in work a second, by either law. With s <= 0 Amdahl's may exceed `workers`, be
   infinite or negative: only an s from 0 to 1 predicts anything. */
double mcpi_law_speedup(mcpi_law law, double serial, double workers);

/*
 * The serial fraction that one measured speed-up stands for: the law solved for s. NaN for one worker. Amdahl's is the
 * metric of Karp and Flatt, Communications of the ACM 33 (1990) 539: where it grows with the workers, what is missing
 * is not serial work but the cost of having more of them.
 */
double mcpi_serial_fraction(mcpi_law law, double speedup, double workers);

/*
 * The serial fraction that fits several measurements best: `workers`, all different, and the seconds each took for the
 * same work (Amdahl) or the same work a worker (Gustafson). NaN for fewer than two of them.
 *
 * Both laws are straight lines in 1/p, of T and of 1/T. The line is that of least squares of the relative deviations,
 * since a clock is off by so many per cent and not by so many seconds: with equal weights the time of one worker, the
 * longest, would alone decide.
 */
double mcpi_fit_serial_fraction(mcpi_law law, const unsigned *workers, const double *seconds, size_t count);

/* A median, and where the true one lies in at least 95 of 100 cases. */
typedef struct mcpi_interval {
    double median, low, high;
} mcpi_interval;

/*
 * Of independent values of any distribution, which are left sorted. The interval is that of the sign test, Thompson,
 * Annals of Mathematical Statistics 7 (1936) 122: from one of the values to another, as many from either end as will
 * do. Of 9 these are the second and the eighth, and hold the median in 96 cases; so one round in which something else
 * ran moves neither the median nor the interval far, as it would a mean and Student's. The ends are NaN for fewer than
 * 6 values, and all of it is for none.
 */
mcpi_interval mcpi_median_interval(double *values, size_t count);

/* What a law predicts for an interval of its serial fraction, which is taken as 0 where it is less, as 1 where more. */
mcpi_interval mcpi_law_interval(mcpi_law law, mcpi_interval serial, double workers);

#ifdef __cplusplus
}
#endif

#endif
