#include "stats/spread.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

enum { most_values = 1000 };

static int ascending(const void *left, const void *right)
{
    const double a = *(const double *)left;
    const double b = *(const double *)right;
    return (a > b) - (a < b);
}

const mcpi_spread mcpi_no_spread = {NAN, NAN, NAN, NAN, NAN};

/* How many of the values at either end can be left out, and one: 0 if the values are too few for an interval. */
static size_t sign_test_rank(size_t count)
{
    const double most_tail = 0.025;
    size_t rank = 0;
    /* The probability that at most `rank` values lie on one side of the true median. */
    double chance = pow(0.5, (double)count);
    double tail = chance;
    while (tail <= most_tail) {
        chance *= (double)(count - rank) / (double)(rank + 1);
        tail += chance;
        rank++;
    }
    return rank;
}

mcpi_spread mcpi_spread_of(double *values, size_t count)
{
    if (count == 0)
        return mcpi_no_spread;
    qsort(values, count, sizeof *values, ascending);
    const size_t rank = sign_test_rank(count);
    return (mcpi_spread){
        .median = (values[(count - 1) / 2] + values[count / 2]) / 2.0,
        .lowest = values[0],
        .highest = values[count - 1],
        .low = rank > 0 ? values[rank - 1] : NAN,
        .high = rank > 0 ? values[count - rank] : NAN,
    };
}

double mcpi_spread_error(const mcpi_spread *spread)
{
    return fmax(spread->high - spread->median, spread->median - spread->low);
}

/* ---- the runs test ---- */

/* The logarithm of the number of ways to choose k of n. lgamma itself stores the sign in a global variable. */
static double log_choose(size_t n, size_t k)
{
    int sign;
    const double of_n = lgamma_r((double)n + 1.0, &sign);
    return of_n - lgamma_r((double)k + 1.0, &sign) - lgamma_r((double)(n - k) + 1.0, &sign);
}

/* The number of ways to arrange `above` and `below` values so that they form `above_runs` and `below_runs` runs, over
   that of all arrangements, if a value above comes first. */
static double arranged(size_t above, size_t below, size_t above_runs, size_t below_runs)
{
    if (above_runs < 1 || above_runs > above || below_runs < 1 || below_runs > below)
        return 0.0;
    return exp(log_choose(above - 1, above_runs - 1) + log_choose(below - 1, below_runs - 1) -
               log_choose(above + below, above));
}

/* The probability of exactly `runs`. */
static double runs_probability(size_t above, size_t below, size_t runs)
{
    const size_t more = (runs + 1) / 2;
    return arranged(above, below, more, runs / 2) + arranged(above, below, runs / 2, more);
}

double mcpi_few_runs_p_value(const double *values, size_t count)
{
    double sorted[most_values];
    size_t sides[2] = {0, 0};
    size_t runs = 0;
    bool last = false;
    for (size_t i = 0; i < count; i++)
        sorted[i] = values[i];
    const double median = mcpi_spread_of(sorted, count).median;
    for (size_t i = 0; i < count; i++) {
        if (values[i] == median)
            continue;
        const bool above = values[i] > median;
        runs += runs == 0 || above != last;
        sides[above]++;
        last = above;
    }
    double p = 0.0;
    for (size_t fewer = 2; fewer <= runs; fewer++)
        p += runs_probability(sides[1], sides[0], fewer);
    return sides[0] > 0 && sides[1] > 0 ? fmin(p, 1.0) : 1.0;
}
