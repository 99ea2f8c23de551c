/*
 * Ways in which threads can add to one sum.
 */
#ifndef MCPI_BENCHMARKS_SHARING_COUNTERS_H
#define MCPI_BENCHMARKS_SHARING_COUNTERS_H

#include <stdbool.h>
#include <stdint.h>

typedef _Atomic uint64_t counter;

typedef struct count_way {
    const char *name;
    void (*add)(counter *sum, uint64_t additions);
    unsigned distance; /* of the workers' counters, in counters; 0: one for all */
    bool is_safe;      /* must not lose an addition */
} count_way;

enum { COUNT_WAYS = 5 };
extern const count_way count_ways[COUNT_WAYS];

typedef struct count_result {
    double seconds; /* from the start of the first worker to the end of the last */
    uint64_t lost;  /* additions that are not in the sum */
} count_result;

/* Let `count` threads add 1 for `additions` times each. Ends the program if a thread cannot be started. */
count_result count_together(const count_way *way, unsigned count, uint64_t additions);

#endif
