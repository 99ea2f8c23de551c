/*
 * Slices waiting to be recounted: a ring of (team, kernel, slice, count). Not locked: the engine calls it under its own
 * lock.
 */
#ifndef MCPI_ENGINE_CHECKS_H
#define MCPI_ENGINE_CHECKS_H

#include <stdbool.h>
#include <stddef.h>

#include "mcpi/backend.h"

typedef struct mcpi_check {
    size_t team;   /* whose count it is */
    size_t kernel; /* of that team, that counted it */
    mcpi_job job;  /* the slice */
    uint64_t hits; /* what that team counted */
} mcpi_check;

typedef struct mcpi_checks {
    mcpi_check *ring;
    size_t capacity, oldest, count;
} mcpi_checks;

bool mcpi_checks_init(mcpi_checks *checks, size_t capacity);
void mcpi_checks_free(mcpi_checks *checks);

/* False if the ring is full. */
bool mcpi_checks_push(mcpi_checks *checks, const mcpi_check *check);

/* The one at position `age`, the oldest at 0; NULL if there are not so many. */
const mcpi_check *mcpi_checks_at(const mcpi_checks *checks, size_t age);

/* Take it off the ring, which must hold it; the oldest moves to its place. */
mcpi_check mcpi_checks_take(mcpi_checks *checks, size_t age);

/* Take all slices of `team` off the ring. */
void mcpi_checks_drop_team(mcpi_checks *checks, size_t team);

/* Take all slices with darts of [first, end) off the ring. */
void mcpi_checks_drop_between(mcpi_checks *checks, uint64_t first, uint64_t end);

/* How many of the waiting slices are of `team`; and whether one is of that kernel of it. */
size_t mcpi_checks_of_team(const mcpi_checks *checks, size_t team);
bool mcpi_checks_of_kernel(const mcpi_checks *checks, size_t team, size_t kernel);

#endif
