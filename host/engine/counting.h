/* What the lanes of a run do: the policy of engine/lane.h that counts ranges, and counts slices of them again. */
#ifndef MCPI_ENGINE_COUNTING_H
#define MCPI_ENGINE_COUNTING_H

#include "engine/lane.h"

struct engine;

/* What is next for a lane, which is a worker of a run. */
mcpi_step mcpi_counting_next(mcpi_lane *lane, mcpi_task *task);

void mcpi_counting_done(mcpi_lane *lane, const mcpi_task *task, const mcpi_counts *counts, uint64_t hits);

void mcpi_counting_lost(mcpi_lane *lane);

/* ---- with the lock held ---- */

void mcpi_stop_if_out_of_time(struct engine *e);

#endif
