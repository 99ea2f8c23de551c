/* After how many darts a run ends. A pure function of counts, so that it ends at the same dart on every machine. */
#ifndef MCPI_ENGINE_GOAL_H
#define MCPI_ENGINE_GOAL_H

#include "mcpi/mcpi.h"

/* Darts of the prefix to count first. */
uint64_t mcpi_first_goal(const mcpi_options *options);

/* The whole prefix of `darts`, a goal, has been counted: the next goal, or `darts` if the run is over. */
uint64_t mcpi_next_goal(const mcpi_options *options, uint64_t darts, uint64_t hits);

/* The state of a run that is heading for `goal`, without its parts. */
mcpi_state mcpi_state_towards(const mcpi_options *options, uint64_t goal);

#endif
