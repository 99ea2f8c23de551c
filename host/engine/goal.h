/* The number of darts after which a run ends. It is a pure function of counts, so a run ends at the same dart on every
   machine. */
#ifndef MCPI_ENGINE_GOAL_H
#define MCPI_ENGINE_GOAL_H

#include "mcpi/mcpi.h"

/* Darts of the prefix to count first. */
uint64_t mcpi_first_goal(const mcpi_options *options);

/* The number of darts after which the run will probably end, if no time limit ends it earlier. */
uint64_t mcpi_expected_goal(const mcpi_options *options);

/* The next goal once the prefix of `darts`, the current goal, has been counted in full; `darts` if the run is over. */
uint64_t mcpi_next_goal(const mcpi_options *options, uint64_t darts, uint64_t hits);

/* The state of a run with this goal, without its parts. */
mcpi_state mcpi_state_towards(const mcpi_options *options, uint64_t goal);

#endif
