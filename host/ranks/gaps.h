/*
 * What is still to be handed out, as one line that a counter can walk along.
 *
 * A run that begins anew has one gap, all of its range; one that is resumed, or that repairs what a process could not
 * count, has many. Laid end to end they are positions 0, 1, 2 ... of darts. The counter that all processes share counts
 * units of a power of two darts, so large that every process may add all units to the counter, which is how it ends a
 * round, and the sum does not overflow: with 1000 processes a unit is one dart up to 9e15 darts, and 1024 for 2^63.
 */
#ifndef MCPI_RANKS_GAPS_H
#define MCPI_RANKS_GAPS_H

#include "engine/queue.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct mcpi_gaps {
    mcpi_range *ranges; /* in order, apart from each other, none of them empty */
    size_t count;
    uint64_t darts; /* in all of them */
    unsigned shift; /* a unit is 2^shift darts */
} mcpi_gaps;

/* Take over `ranges`, which mcpi_gaps_free frees. `processes`: that share the counter, below 2^40. */
mcpi_gaps mcpi_gaps_of(mcpi_range *ranges, size_t count, unsigned processes);
void mcpi_gaps_free(mcpi_gaps *gaps);

/* Units of the whole line; the last one may be in part beyond its end. */
uint64_t mcpi_gaps_units(const mcpi_gaps *gaps);

/* Where unit `unit` begins: a position, at most `darts`. */
uint64_t mcpi_gaps_position(const mcpi_gaps *gaps, uint64_t unit);

/* The darts from `position` on, at most `darts` of them and no further than to the end of their gap. At the end of the
   line: none, and `first` is the end of the last gap. */
mcpi_range mcpi_gaps_piece(const mcpi_gaps *gaps, uint64_t position, uint64_t darts);

#ifdef __cplusplus
}
#endif

#endif
