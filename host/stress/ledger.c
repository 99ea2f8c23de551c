#include "stress/ledger.h"

#include <stdlib.h>
#include <string.h>

mcpi_entry *mcpi_entry_make(const mcpi_job *job, size_t counter, const mcpi_counts *counts)
{
    const size_t bytes = counts->slices * sizeof *counts->hits;
    mcpi_entry *const entry = malloc(sizeof *entry + bytes);
    if (!entry)
        return NULL;
    *entry =
        (mcpi_entry){.job = *job, .counter = counter, .slice_darts = counts->slice_darts, .slices = counts->slices};
    memcpy(entry->slice_hits, counts->hits, bytes);
    for (size_t i = 0; i < entry->slices; i++)
        entry->hits += entry->slice_hits[i];
    return entry;
}

void mcpi_ledger_add(mcpi_ledger *ledger, mcpi_entry *entry)
{
    mcpi_entry **end = &ledger->oldest;
    while (*end)
        end = &(*end)->next;
    entry->next = NULL;
    *end = entry;
}

void mcpi_ledger_give_back(mcpi_ledger *ledger, mcpi_entry *entry)
{
    entry->next = ledger->oldest;
    ledger->oldest = entry;
}

mcpi_entry *mcpi_ledger_take(mcpi_ledger *ledger, mcpi_wanted wanted, const void *user)
{
    for (mcpi_entry **at = &ledger->oldest; *at; at = &(*at)->next) {
        mcpi_entry *const entry = *at;
        if (wanted(user, entry)) {
            *at = entry->next;
            return entry;
        }
    }
    return NULL;
}

size_t mcpi_ledger_of(const mcpi_ledger *ledger, size_t counter)
{
    size_t count = 0;
    for (const mcpi_entry *entry = ledger->oldest; entry; entry = entry->next)
        count += entry->counter == counter;
    return count;
}

void mcpi_ledger_clear(mcpi_ledger *ledger)
{
    while (ledger->oldest) {
        mcpi_entry *const entry = ledger->oldest;
        ledger->oldest = entry->next;
        free(entry);
    }
}
