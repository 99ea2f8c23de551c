/* Random samples without replacement. What they miss: mcpi_miss_probability in mcpi/mcpi.h. */
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

#ifdef __cplusplus
}
#endif

#endif
