/* The ratio of two sets of repeated measurements that were not taken in pairs. */
#ifndef MCPI_STATS_UNPAIRED_H
#define MCPI_STATS_UNPAIRED_H

#include "stats/spread.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The ratio of the medians of two independent sets of positive values, with an interval of at least 95 %, from the
 * lower end of one interval over the upper end of the other to the reverse. NaN without an interval of both.
 *
 * For two intervals of a median by the sign test, this holds for any two distributions, with different noise and
 * different numbers of values. In logarithms, with each median at 0, let the intervals be [l, h] and [l', h']. They
 * miss the difference of the medians if l > h' or l' > h. Let p = P(l > 0) = P(h < 0), and p' likewise.
 *
 * - l > h' while h' > 0 has the probability p (1 - p') P(x > y'), where x is l if it is positive, and y' is h' if it
 *   is. Likewise, l' > h while h > 0 has p' (1 - p) P(x' > y). Both x and y are order statistics of the positive
 *   values, and l has the lower rank, so x is stochastically at most y; likewise x' is at most y'. Hence
 *   P(x > y') + P(x' > y) <= P(x > y') + P(y' > x) <= 1, and the sum is at most max(p (1 - p'), p' (1 - p)).
 * - The same holds for h < l' while l' < 0, and h' < l while l < 0.
 * - Both intervals miss their medians, on opposite sides, with the probability 2 p p'.
 *
 * The total is at most 2 max(p, p'): what the worse of the two intervals may miss alone. For normal noise that is equal
 * in both sets, the interval is conservative: about 1.7 times as wide as that of Hodges and Lehmann (Annals of
 * Mathematical Statistics 34 (1963) 598), which holds only if both distributions have the same shape and width.
 */
mcpi_spread mcpi_unpaired_ratio(const mcpi_spread *values, const mcpi_spread *base);

#ifdef __cplusplus
}
#endif

#endif
