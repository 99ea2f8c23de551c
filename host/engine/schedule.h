/*
 * What is to be done next in a run? Questions about its state, which they do not change. With the lock held.
 */
#ifndef MCPI_ENGINE_SCHEDULE_H
#define MCPI_ENGINE_SCHEDULE_H

#include "engine/run_state.h"

/* ---- time ---- */

/* Seconds since the first range was handed out, 0 before; and until the time limit, INFINITY without one. */
double mcpi_seconds_counting(const engine *e);
double mcpi_seconds_left(const engine *e);

/* Told to stop, not by the time limit. */
bool mcpi_is_interrupted(const engine *e);

/* ---- workers ---- */

/* Workers that can take ranges, or may yet; and such that can recount. */
size_t mcpi_counters(const engine *e);
size_t mcpi_recounters(const engine *e);

/* Darts a second of all open workers together, as far as it is known. */
double mcpi_total_rate(const engine *e);

/* ---- ranges ---- */

/* What the run says to its source; and has that something to do at once? */
mcpi_demand mcpi_demand_of(const engine *e);
bool mcpi_service_is_due(const engine *e);

/* Is the next range of this worker to be one of its team's trial of kernels? */
bool mcpi_tries_kernel(const worker *w);

/* Darts of the next range of this worker. */
uint64_t mcpi_next_darts(const worker *w, bool tries);

/* May this worker take a range, if there is one? */
bool mcpi_may_take_range(const worker *w);

/* ---- recounts ---- */

/* Is nothing of what that kernel of the team counted recounted, or being recounted? */
bool mcpi_is_unchecked(const engine *e, size_t team, size_t kernel);

/* Which slice is next, by its age in the queue: of a kernel of a device nothing of which has been recounted yet, or
   else the oldest. */
size_t mcpi_next_slice(const engine *e);

/* May this worker recount that slice now? */
bool mcpi_may_recount(const worker *w);

/* Is anything still to be recounted, by a worker that can? */
bool mcpi_recounts_pending(const engine *e);

/* Is there nothing that a worker without work may still have to do? */
bool mcpi_is_over(const engine *e);

#endif
