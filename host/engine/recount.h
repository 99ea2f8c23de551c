/* Recounts of slices. Call these with the lock held. */
#ifndef MCPI_ENGINE_RECOUNT_H
#define MCPI_ENGINE_RECOUNT_H

#include "engine/run_state.h"

/* Offer slices of a range that this worker has counted, for a recount. */
void mcpi_offer_slices(const worker *w, const mcpi_task *counted, const mcpi_counts *counts);

/* Take the next slice, for a worker that may recount it. It uses another kernel for slices of its own team. */
mcpi_task mcpi_take_slice(worker *w);

/* A slice was lost before it was recounted: offer it again. */
void mcpi_give_slice_back(engine *e, const mcpi_recount_slice *slice);

/* The recount of a slice gave `hits`. Releases the lock for a while if the two counts differ. */
void mcpi_recounted(worker *w, const mcpi_recount_slice *slice, const mcpi_counts *counts, uint64_t hits);

/* Dismiss all workers of a team. `hung`: its device does not answer. */
void mcpi_team_dismiss(engine *e, size_t team, bool hung);

#endif
