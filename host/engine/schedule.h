/*
 * Questions about the state of a run, which decide what its workers do next. They do not change the state. Call them
 * with the lock held.
 */
#ifndef MCPI_ENGINE_SCHEDULE_H
#define MCPI_ENGINE_SCHEDULE_H

#include "engine/run_state.h"

/* ---- time ---- */

/* Seconds since the first range was handed out, 0 before; and seconds until the time limit, INFINITY without one. */
double mcpi_seconds_counting(const engine *e);
double mcpi_seconds_left(const engine *e);

/* Was the run stopped, other than by the time limit? */
bool mcpi_is_interrupted(const engine *e);

/* ---- workers ---- */

/* The number of workers that take ranges, now or later; and of those that recount. */
size_t mcpi_counters(const engine *e);
size_t mcpi_recounters(const engine *e);

/* Darts per second of all open workers that count, as far as known. */
double mcpi_total_rate(const engine *e);

/* ---- ranges ---- */

/* What the run reports to its source; and whether the source must be served at once. */
mcpi_demand mcpi_demand_of(const engine *e);
bool mcpi_service_is_due(const engine *e);

/* Does the next range of this worker belong to its team's trial of kernels? */
bool mcpi_tries_kernel(const worker *w);

/* Darts of the next range of this worker. `tries`: the range belongs to the trial. */
uint64_t mcpi_next_darts(const worker *w, bool tries);

/* May this worker take a range now? */
bool mcpi_may_take_range(const worker *w);

/* ---- recounts ---- */

/* Has nothing that the team counted with this kernel been recounted, and is nothing of it being recounted? */
bool mcpi_is_unchecked(const engine *e, size_t team, size_t kernel);

/* The next slice, by its age in the queue. MCPI_VERIFY_ON: one of a kernel without any recount, or else of a team of
   which the fewest slices were recounted: the newest of these or, once nothing is left to count, a pseudo-random one.
   MCPI_VERIFY_FULL: the oldest. */
size_t mcpi_next_slice(const engine *e);

/* May this worker recount the next slice now? */
bool mcpi_may_recount(const worker *w);

/* Is a worker recounting, or is there a slice that a worker can recount, now or once it is open? */
bool mcpi_recounts_pending(const engine *e);

/* May workers without a task leave, because no more work can come? */
bool mcpi_is_over(const engine *e);

#endif
