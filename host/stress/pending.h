/*
 * Ranges that have been counted once and wait to be counted again. Not locked: the test calls it under its own
 * lock.
 */
#ifndef MCPI_STRESS_PENDING_H
#define MCPI_STRESS_PENDING_H

#include "core/backend.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A range and its first count, slice by slice. */
typedef struct mcpi_pending_range {
    struct mcpi_pending_range *next;
    mcpi_job job;
    size_t tester;     /* whose count it is */
    unsigned attempts; /* to count it again that came to nothing */
    uint64_t hits;
    uint64_t slice_darts;
    size_t slices;
    uint64_t slice_hits[];
} mcpi_pending_range;

/* Oldest first. */
typedef struct mcpi_pending {
    mcpi_pending_range *oldest;
} mcpi_pending;

/* NULL without memory. Free it with free(). */
mcpi_pending_range *mcpi_pending_range_make(const mcpi_job *job, size_t tester, const mcpi_counts *counts);

/* Put it behind all the others. */
void mcpi_pending_add(mcpi_pending *pending, mcpi_pending_range *entry);

/* Put it before all the others: somebody took it and could not count it. */
void mcpi_pending_give_back(mcpi_pending *pending, mcpi_pending_range *entry);

/* The oldest entry for which `wanted` is true, taken off; NULL if there is none. */
typedef bool (*mcpi_wanted)(const void *user, const mcpi_pending_range *entry);
mcpi_pending_range *mcpi_pending_take(mcpi_pending *pending, mcpi_wanted wanted, const void *user);

/* How many there are of that tester. */
size_t mcpi_pending_of(const mcpi_pending *pending, size_t tester);

void mcpi_pending_clear(mcpi_pending *pending);

#ifdef __cplusplus
}
#endif

#endif
