/*
 * Slices waiting to be recounted: a ring of (team, kernel, slice, count). Not locked: the engine calls it under its own
 * lock.
 */
#ifndef MCPI_CORE_RECOUNT_QUEUE_H
#define MCPI_CORE_RECOUNT_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/backend.h"

typedef struct mcpi_recount_slice {
    size_t team;   /* whose count it is */
    size_t kernel; /* of that team, that counted it */
    mcpi_job job;  /* the slice */
    uint64_t hits; /* what that team counted */
} mcpi_recount_slice;

typedef struct mcpi_recount_queue {
    mcpi_recount_slice *ring;
    size_t capacity, oldest, count;
} mcpi_recount_queue;

/* Room for `capacity` slices, at least 1, to begin with. False without memory. */
bool mcpi_recount_queue_init(mcpi_recount_queue *checks, size_t capacity);
void mcpi_recount_queue_free(mcpi_recount_queue *checks);

/* False if the ring is full and there is no memory for a larger one. */
bool mcpi_recount_queue_push(mcpi_recount_queue *checks, const mcpi_recount_slice *check);

/* The one at position `age`, the oldest at 0; NULL if there are not so many. */
const mcpi_recount_slice *mcpi_recount_queue_at(const mcpi_recount_queue *checks, size_t age);

/* Take it off the ring, which must hold it; the oldest moves to its place. */
mcpi_recount_slice mcpi_recount_queue_take(mcpi_recount_queue *checks, size_t age);

/* Take all slices of `team` off the ring. */
void mcpi_recount_queue_drop_team(mcpi_recount_queue *checks, size_t team);

/* Take all slices with darts of [first, end) off the ring. */
void mcpi_recount_queue_drop_between(mcpi_recount_queue *checks, uint64_t first, uint64_t end);

/* How many of the waiting slices are of `team`; and whether one is of that kernel of it. */
size_t mcpi_recount_queue_of_team(const mcpi_recount_queue *checks, size_t team);
bool mcpi_recount_queue_of_kernel(const mcpi_recount_queue *checks, size_t team, size_t kernel);

#endif
