/*
 * The done set: which darts have been counted, and how many of them hit.
 *
 * A sorted list of disjoint ranges, each with its hits. Counts of neighbouring ranges add, so neighbours become one:
 * however long a run is, the list has no more entries than there are ranges in flight, and one when all are back.
 */
#ifndef MCPI_ENGINE_DONE_H
#define MCPI_ENGINE_DONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct mcpi_done_range {
    uint64_t first, darts, hits;
} mcpi_done_range;

typedef struct mcpi_done {
    mcpi_done_range *ranges;
    size_t count, capacity;
} mcpi_done;

/* `capacity`: the most ranges that can be apart at one time. False if there is no memory. */
bool mcpi_done_init(mcpi_done *done, size_t capacity);
void mcpi_done_free(mcpi_done *done);

/* Add a range that overlaps none of the set. False, and nothing added, if it does overlap or the set is full. */
bool mcpi_done_add(mcpi_done *done, mcpi_done_range range);

/* The range of the set that begins at `first`; empty if there is none. */
mcpi_done_range mcpi_done_prefix(const mcpi_done *done, uint64_t first);

#endif
