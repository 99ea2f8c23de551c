/*
 * The engine: ranges to workers, counts to the tally, slices to those who recount them.
 */
#ifndef MCPI_ENGINE_ENGINE_H
#define MCPI_ENGINE_ENGINE_H

#include "engine/plan.h"

/* Carry out `plan`. Results and errors are those of mcpi_run, in mcpi.h. */
mcpi_status mcpi_engine_run(const mcpi_plan *plan, mcpi_result **result, mcpi_error *error);

#endif
