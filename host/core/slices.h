/* The slices of a job, and its count by definition. */
#ifndef MCPI_CORE_SLICES_H
#define MCPI_CORE_SLICES_H

#include <stdbool.h>

#include "core/backend.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Slice `i` of `job`, as mcpi_counts defines it. */
static inline mcpi_job mcpi_slice(const mcpi_job *job, uint64_t slice_darts, size_t i)
{
    const uint64_t origin = job->first & ~UINT64_C(1);
    const uint64_t job_end = job->first + job->darts;
    const uint64_t begin = i == 0 ? job->first : origin + i * slice_darts;
    const uint64_t room = job_end - (origin + i * slice_darts);
    const uint64_t end = room < slice_darts ? job_end : origin + (i + 1) * slice_darts;
    mcpi_job slice = *job;
    slice.first = begin;
    slice.darts = end - begin;
    return slice;
}

/* The sum of the slices of `job`. False if a slice claims more hits than it has darts. */
bool mcpi_add_slices(const mcpi_job *job, const mcpi_counts *counts, uint64_t *hits);

/* The count of a job by dart.h, one dart after the other. It is slow, and decides if two counts differ. */
uint64_t mcpi_count_by_definition(const mcpi_job *job);

/* Choose a slice of a job to recount. The same for the same job and draw; otherwise pseudo-random, so that the choice
   cannot be predicted from the size of the job. */
size_t mcpi_pick_slice(const mcpi_job *job, uint64_t draw, size_t slices);

#ifdef __cplusplus
}
#endif

#endif
