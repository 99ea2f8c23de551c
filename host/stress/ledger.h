/*
 * The ledger: ranges that have been counted once and wait to be counted again. Not locked: the test calls it under its
 * own lock.
 */
#ifndef MCPI_STRESS_LEDGER_H
#define MCPI_STRESS_LEDGER_H

#include "mcpi/backend.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A range and its first count, slice by slice. */
typedef struct mcpi_entry {
    struct mcpi_entry *next;
    mcpi_job job;
    size_t counter;    /* whose count it is */
    unsigned attempts; /* to count it again that came to nothing */
    uint64_t hits;
    uint64_t slice_darts;
    size_t slices;
    uint64_t slice_hits[];
} mcpi_entry;

/* Oldest first. */
typedef struct mcpi_ledger {
    mcpi_entry *oldest;
} mcpi_ledger;

/* NULL without memory. Free it with free(). */
mcpi_entry *mcpi_entry_make(const mcpi_job *job, size_t counter, const mcpi_counts *counts);

/* Put it behind all the others. */
void mcpi_ledger_add(mcpi_ledger *ledger, mcpi_entry *entry);

/* Put it before all the others: somebody took it and could not count it. */
void mcpi_ledger_give_back(mcpi_ledger *ledger, mcpi_entry *entry);

/* The oldest entry for which `wanted` is true, taken off the ledger; NULL if there is none. */
typedef bool (*mcpi_wanted)(const void *user, const mcpi_entry *entry);
mcpi_entry *mcpi_ledger_take(mcpi_ledger *ledger, mcpi_wanted wanted, const void *user);

/* How many there are of that counter. */
size_t mcpi_ledger_of(const mcpi_ledger *ledger, size_t counter);

void mcpi_ledger_clear(mcpi_ledger *ledger);

#ifdef __cplusplus
}
#endif

#endif
