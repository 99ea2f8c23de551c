/* The lane policy (engine/lane.h) of a run: lanes count ranges, and recount slices of ranges. */
#ifndef MCPI_ENGINE_COUNTING_H
#define MCPI_ENGINE_COUNTING_H

#include "engine/lane.h"

struct engine;

/* The next step of a lane, which must be a worker of a run. */
mcpi_step mcpi_counting_next(mcpi_lane *lane, mcpi_task *task);

void mcpi_counting_done(mcpi_lane *lane, const mcpi_task *task, const mcpi_counts *counts, uint64_t hits);

bool mcpi_counting_reopens(mcpi_lane *lane, const mcpi_error *error);

void mcpi_counting_lost(mcpi_lane *lane);

/* ---- with the lock held ---- */

void mcpi_stop_if_out_of_time(struct engine *e);

#endif
