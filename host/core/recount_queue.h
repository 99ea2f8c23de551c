/*
 * Slices that wait for their recount: a ring buffer of (team, kernel, slice, count). Not locked: the engine calls it
 * under its own lock.
 */
#ifndef MCPI_CORE_RECOUNT_QUEUE_H
#define MCPI_CORE_RECOUNT_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/backend.h"

typedef struct mcpi_recount_slice {
    size_t team;   /* the team that counted it */
    size_t kernel; /* the kernel of that team */
    mcpi_job job;  /* the slice */
    uint64_t hits; /* the count of that team */
} mcpi_recount_slice;

typedef struct mcpi_recount_queue {
    mcpi_recount_slice *ring;
    size_t capacity, oldest, count;
} mcpi_recount_queue;

/* With room for `capacity` slices, at least 1, at first. False without memory. */
bool mcpi_recount_queue_init(mcpi_recount_queue *checks, size_t capacity);
void mcpi_recount_queue_free(mcpi_recount_queue *checks);

/* False if the ring is full and there is no memory for a larger one. */
bool mcpi_recount_queue_push(mcpi_recount_queue *checks, const mcpi_recount_slice *check);

/* The slice at position `age`; the oldest is at 0. NULL if the ring has fewer slices. */
const mcpi_recount_slice *mcpi_recount_queue_at(const mcpi_recount_queue *checks, size_t age);

/* Take the slice at `age` off the ring, which must contain it. The order of the others does not change. */
mcpi_recount_slice mcpi_recount_queue_take(mcpi_recount_queue *checks, size_t age);

/* Take all slices of `team` off the ring. */
void mcpi_recount_queue_drop_team(mcpi_recount_queue *checks, size_t team);

/* Take all slices with darts of [first, end) off the ring. */
void mcpi_recount_queue_drop_between(mcpi_recount_queue *checks, uint64_t first, uint64_t end);

/* The number of waiting slices of `team`; the age of one of these, the oldest of them being number 0; and whether any
   of them was counted by that kernel. */
size_t mcpi_recount_queue_of_team(const mcpi_recount_queue *checks, size_t team);
size_t mcpi_recount_queue_nth_of_team(const mcpi_recount_queue *checks, size_t team, size_t nth);
bool mcpi_recount_queue_of_kernel(const mcpi_recount_queue *checks, size_t team, size_t kernel);

#endif
