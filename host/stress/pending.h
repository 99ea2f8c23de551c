/*
 * Ranges that have been counted once and wait to be counted again. These functions take no lock: the test calls them
 * with its own lock held.
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
    size_t tester;     /* the tester that counted it */
    unsigned attempts; /* failed attempts to count it again */
    uint64_t hits;
    uint64_t slice_darts;
    size_t slices;
    uint64_t slice_hits[];
} mcpi_pending_range;

/* Oldest first. */
typedef struct mcpi_pending {
    mcpi_pending_range *oldest;
} mcpi_pending;

/* NULL if out of memory. Free it with free(). */
mcpi_pending_range *mcpi_pending_range_make(const mcpi_job *job, size_t tester, const mcpi_counts *counts);

/* Add an entry as the newest one. */
void mcpi_pending_add(mcpi_pending *pending, mcpi_pending_range *entry);

/* Put an entry back as the oldest one, after a tester took it and could not count it. */
void mcpi_pending_give_back(mcpi_pending *pending, mcpi_pending_range *entry);

/* Remove and return the oldest entry for which `wanted` is true; NULL if there is none. */
typedef bool (*mcpi_wanted)(const void *user, const mcpi_pending_range *entry);
mcpi_pending_range *mcpi_pending_take(mcpi_pending *pending, mcpi_wanted wanted, const void *user);

/* The number of entries of that tester. */
size_t mcpi_pending_of(const mcpi_pending *pending, size_t tester);

void mcpi_pending_clear(mcpi_pending *pending);

#ifdef __cplusplus
}
#endif

#endif
