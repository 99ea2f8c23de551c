/*
 * The engine hands ranges to workers, adds up their counts, and hands slices to the workers that recount them.
 */
#ifndef MCPI_ENGINE_RUN_H
#define MCPI_ENGINE_RUN_H

#include "engine/plan.h"

/* Carry out `plan`. Results and errors are those of mcpi_run, in mcpi.h. If the run leaves threads behind, they keep
   the plan, and *plan is emptied. */
mcpi_status mcpi_engine_run(mcpi_plan *plan, mcpi_result **result, mcpi_error *error);

#endif
