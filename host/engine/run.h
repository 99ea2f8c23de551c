/*
 * The engine: ranges to workers, counts to the tally, slices to those who recount them.
 */
#ifndef MCPI_ENGINE_RUN_H
#define MCPI_ENGINE_RUN_H

#include "engine/plan.h"

/* Carry out `plan`. Results and errors are those of mcpi_run, in mcpi.h. If the run leaves threads behind, they take
   the plan with them, and *plan is empty. */
mcpi_status mcpi_engine_run(mcpi_plan *plan, mcpi_result **result, mcpi_error *error);

#endif
