/* The slices of a job, and its count by definition. */
#ifndef MCPI_CORE_SLICES_H
#define MCPI_CORE_SLICES_H

#include <stdbool.h>

#include "core/backend.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The part of `job` that slice `i` of `counts` holds. */
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

/* The sum of the slices of `job`, or false if one of them claims more hits than it has darts. */
bool mcpi_add_slices(const mcpi_job *job, const mcpi_counts *counts, uint64_t *hits);

/* The judge where two counts differ: dart.h itself, one dart after the other, as slow as it is. */
uint64_t mcpi_count_by_definition(const mcpi_job *job);

/* One of the job's slices, to be looked at: the same for the same job and draw, and otherwise any of them, so that
   nobody can foresee it from the job's size. */
size_t mcpi_pick_slice(const mcpi_job *job, uint64_t draw, size_t slices);

#ifdef __cplusplus
}
#endif

#endif
