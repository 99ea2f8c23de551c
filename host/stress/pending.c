#include "stress/pending.h"

#include <stdlib.h>
#include <string.h>

mcpi_pending_range *mcpi_pending_range_make(const mcpi_job *job, size_t tester, const mcpi_counts *counts)
{
    const size_t bytes = counts->slices * sizeof *counts->hits;
    mcpi_pending_range *const entry = malloc(sizeof *entry + bytes);
    if (!entry)
        return NULL;
    *entry = (mcpi_pending_range){
        .job = *job, .tester = tester, .slice_darts = counts->slice_darts, .slices = counts->slices};
    memcpy(entry->slice_hits, counts->hits, bytes);
    for (size_t i = 0; i < entry->slices; i++)
        entry->hits += entry->slice_hits[i];
    return entry;
}

void mcpi_pending_add(mcpi_pending *pending, mcpi_pending_range *entry)
{
    mcpi_pending_range **end = &pending->oldest;
    while (*end)
        end = &(*end)->next;
    entry->next = NULL;
    *end = entry;
}

void mcpi_pending_give_back(mcpi_pending *pending, mcpi_pending_range *entry)
{
    entry->next = pending->oldest;
    pending->oldest = entry;
}

mcpi_pending_range *mcpi_pending_take(mcpi_pending *pending, mcpi_wanted wanted, const void *user)
{
    for (mcpi_pending_range **at = &pending->oldest; *at; at = &(*at)->next) {
        mcpi_pending_range *const entry = *at;
        if (wanted(user, entry)) {
            *at = entry->next;
            return entry;
        }
    }
    return NULL;
}

size_t mcpi_pending_of(const mcpi_pending *pending, size_t tester)
{
    size_t count = 0;
    for (const mcpi_pending_range *entry = pending->oldest; entry; entry = entry->next)
        count += entry->tester == tester;
    return count;
}

void mcpi_pending_clear(mcpi_pending *pending)
{
    while (pending->oldest) {
        mcpi_pending_range *const entry = pending->oldest;
        pending->oldest = entry->next;
        free(entry);
    }
}
