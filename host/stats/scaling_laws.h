/*
 * Two laws for the speed-up by more workers. Each has one parameter: the serial fraction, the share of the time in
 * which only one worker can work.
 *
 * - Amdahl: the work stays the same. T(p) = T(1) (s + (1 - s)/p), so the speed-up 1 / (s + (1 - s)/p) never exceeds
 *   1/s. s is the share of the time of one worker. AFIPS Conference Proceedings 30 (1967) 483.
 * - Gustafson: the work grows with the workers. They do p - s (p - 1) times as much in the same time as one would. s is
 *   the share of the time of all of them. Communications of the ACM 31 (1988) 532.
 *
 * Anything that slows workers down (an uneven split, a shared clock or bus) looks like serial work: s shows how much
 * there is, not what it is. Above all, a clock that falls as more cores work gives times that follow Amdahl's law
 * within their noise, although none of the work is serial and more cores would lose no more. A negative s means that
 * workers are faster together than alone.
 */
#ifndef MCPI_STATS_SCALING_LAWS_H
#define MCPI_STATS_SCALING_LAWS_H

#include <stddef.h>

#include "stats/spread.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum mcpi_law { MCPI_AMDAHL, MCPI_GUSTAFSON } mcpi_law;

/* The speed-up of `workers` over one worker, in work per second, by either law. With s <= 0, Amdahl's speed-up may
   exceed `workers`, be infinite or negative: only s from 0 to 1 gives predictions. */
double mcpi_law_speedup(mcpi_law law, double serial, double workers);

/*
 * The serial fraction of one measured speed-up: the law solved for s. NaN for one worker. Amdahl's is the metric of
 * Karp and Flatt, Communications of the ACM 33 (1990) 539. They read a fraction that grows with the workers as the cost
 * of having more workers, and a constant one as serial work; a falling clock can produce either.
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

/* The speed-up by a law for the spread of its serial fraction, which is clamped to [0, 1]. */
mcpi_spread mcpi_law_spread(mcpi_law law, const mcpi_spread *serial, double workers);

#ifdef __cplusplus
}
#endif

#endif
