/*
 * What the run is doing, for a profiler to show beside what the machine does: NVTX ranges. Without a profiler they cost
 * nanoseconds; in a build without NVTX's headers they are nothing.
 */
#ifndef MCPI_ENGINE_TRACE_H
#define MCPI_ENGINE_TRACE_H

#include "mcpi/backend.h"

/* From push to pop on the same thread; they nest. `job`, if given, adds its darts to `what`. */
void mcpi_trace_push(const char *what, const mcpi_job *job);
void mcpi_trace_pop(void);

/* From start to end, whichever threads and other ranges are in between. */
uint64_t mcpi_trace_start(const char *what, const mcpi_job *job);
void mcpi_trace_end(uint64_t range);

#endif
