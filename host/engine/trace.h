/*
 * What the run is doing, for a profiler to show beside what the machine does: NVTX ranges. Without a profiler they cost
 * nanoseconds; in a build without NVTX's headers they are nothing.
 */
#ifndef MCPI_ENGINE_TRACE_H
#define MCPI_ENGINE_TRACE_H

#include "mcpi/backend.h"

/* Before any thread of a run traces: NVTX's headers look for a profiler at their first use, and not all they do then is
   safe from several threads at once. */
void mcpi_trace_begin(void);

/* From push to pop on the same thread; they nest. `job`, if given, adds its darts to `what`. */
void mcpi_trace_push(const char *what, const mcpi_job *job);
void mcpi_trace_pop(void);

/* From start to end, whichever threads and other ranges are in between. */
uint64_t mcpi_trace_start(const char *what, const mcpi_job *job);
void mcpi_trace_end(uint64_t range);

#endif
