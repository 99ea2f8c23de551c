/* What a run came to. Once all workers have left, or are left behind, with the lock held. */
#ifndef MCPI_ENGINE_RESULT_H
#define MCPI_ENGINE_RESULT_H

#include "mcpi/mcpi.h"

struct engine;

/* What the recounts found: add up into the state. */
void mcpi_sum_up_recounts(struct engine *e);

/* How the run ended. */
mcpi_status mcpi_outcome(const struct engine *e, mcpi_error *error);

/* NULL without memory. */
mcpi_result *mcpi_result_of(const struct engine *e);

#endif
