/* The result of a run. mcpi_result_free, part of the API, frees it. */
#ifndef MCPI_ENGINE_RESULT_H
#define MCPI_ENGINE_RESULT_H

#include <stddef.h>

#include "mcpi/mcpi.h"

struct engine;

/* An empty result with room for this number of devices and workers, and for a trace. NULL if out of memory. */
mcpi_result *mcpi_result_new(size_t devices, size_t workers);

/* Call the functions below once all workers have left or been left behind, with the lock held. */

/* Add up the recounts in the state of the run. */
void mcpi_sum_up_recounts(struct engine *e);

/* How the run ended. */
mcpi_status mcpi_outcome(const struct engine *e, mcpi_error *error);

/* NULL if out of memory. */
mcpi_result *mcpi_result_of(const struct engine *e);

#endif
