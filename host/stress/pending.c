#include "stress/pending.h"

#include <stdlib.h>
#include <string.h>

mcpi_pending_range *mcpi_pending_range_make(const mcpi_job *job, size_t counter, const mcpi_counts *counts)
{
    const size_t bytes = counts->slices * sizeof *counts->hits;
    mcpi_pending_range *const entry = malloc(sizeof *entry + bytes);
    if (!entry)
        return NULL;
    *entry = (mcpi_pending_range){
        .job = *job, .counter = counter, .slice_darts = counts->slice_darts, .slices = counts->slices};
    memcpy(entry->slice_hits, counts->hits, bytes);
    for (size_t i = 0; i < entry->slices; i++)
        entry->hits += entry->slice_hits[i];
    return entry;
}

void mcpi_pending_add(mcpi_pending *ledger, mcpi_pending_range *entry)
{
    mcpi_pending_range **end = &ledger->oldest;
    while (*end)
        end = &(*end)->next;
    entry->next = NULL;
    *end = entry;
}

void mcpi_pending_give_back(mcpi_pending *ledger, mcpi_pending_range *entry)
{
    entry->next = ledger->oldest;
    ledger->oldest = entry;
}

mcpi_pending_range *mcpi_pending_take(mcpi_pending *ledger, mcpi_wanted wanted, const void *user)
{
    for (mcpi_pending_range **at = &ledger->oldest; *at; at = &(*at)->next) {
        mcpi_pending_range *const entry = *at;
        if (wanted(user, entry)) {
            *at = entry->next;
            return entry;
        }
    }
    return NULL;
}

size_t mcpi_pending_of(const mcpi_pending *ledger, size_t counter)
{
    size_t count = 0;
    for (const mcpi_pending_range *entry = ledger->oldest; entry; entry = entry->next)
        count += entry->counter == counter;
    return count;
}

void mcpi_pending_clear(mcpi_pending *ledger)
{
    while (ledger->oldest) {
        mcpi_pending_range *const entry = ledger->oldest;
        ledger->oldest = entry->next;
        free(entry);
    }
}
