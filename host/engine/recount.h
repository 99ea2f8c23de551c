/* Slices of what was counted are counted again. With the lock held. */
#ifndef MCPI_ENGINE_RECOUNT_H
#define MCPI_ENGINE_RECOUNT_H

#include "engine/run_state.h"

/* Put slices of a range that this worker has counted up for recounting. */
void mcpi_offer_slices(const worker *w, const mcpi_task *counted, const mcpi_counts *counts);

/* Take the next slice, for a worker that may recount it: with another kernel, if it is of its own team's ranges. */
mcpi_task mcpi_take_slice(worker *w);

/* It was lost before it was counted again: another worker is to take it. */
void mcpi_give_slice_back(engine *e, const mcpi_recount_slice *slice);

/* It came to `hits`. Lets go of the lock if that is another count. */
void mcpi_recounted(worker *w, const mcpi_recount_slice *slice, double busy_seconds, uint64_t hits);

/* Do without all workers of a team. */
void mcpi_team_dismiss(engine *e, size_t team, bool hung);

#endif
