/* Random samples without replacement, and what they miss. */
#ifndef MCPI_STATS_SAMPLING_H
#define MCPI_STATS_SAMPLING_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Put the numbers 0 to count - 1 into `order` in a random order, the same for the same `pick` everywhere. The first k
   of them are a sample of k. */
void mcpi_sample_order(uint64_t pick, size_t count, size_t *order);

/* The probability that a sample of `sampled` of `count` things has none of the `wrong` ones: hypergeometric. Both are
   at most `count`. */
double mcpi_miss_probability(size_t count, size_t wrong, size_t sampled);

#ifdef __cplusplus
}
#endif

#endif
