/* Sums of slices, counts by definition, and the choice of a slice to recount. */
#include "core/slices.h"
#include "core/backend.h"
#include "mcpi/dart.h"

bool mcpi_add_slices(const mcpi_job *job, const mcpi_counts *counts, uint64_t *hits)
{
    *hits = 0;
    for (size_t i = 0; i < counts->slices; i++) {
        if (counts->hits[i] > mcpi_slice(job, counts->slice_darts, i).darts)
            return false;
        *hits += counts->hits[i];
    }
    return true;
}

uint64_t mcpi_count_by_definition(const mcpi_job *job)
{
    uint64_t hits = 0;
    for (uint64_t dart = job->first; dart < job->first + job->darts; dart++)
        hits += mcpi_dart(job->seed, job->stream, dart);
    return hits;
}

/* Uses the generator of the darts, with another key. */
size_t mcpi_pick_slice(const mcpi_job *job, uint64_t draw, size_t slices)
{
    const mcpi_words words = mcpi_block(~job->seed, draw, job->first);
    return (((uint64_t)words.w[1] << 32) | words.w[0]) % slices;
}
