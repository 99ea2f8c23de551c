/* The count of a job by dart.h, one dart after the other. Slow; all other counts are compared with it. */
#ifndef MCPI_TESTS_CORE_DEFINITION_H
#define MCPI_TESTS_CORE_DEFINITION_H

#include "core/backend.h"
#include "mcpi/dart.h"

inline uint64_t count_by_definition(const mcpi_job &job)
{
    uint64_t hits = 0;
    for (uint64_t dart = job.first; dart < job.first + job.darts; dart++)
        hits += mcpi_dart(job.seed, job.stream, dart);
    return hits;
}

#endif
