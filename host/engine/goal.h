/* After how many darts a run ends. A pure function of counts, so that it ends at the same dart on every machine. */
#ifndef MCPI_ENGINE_GOAL_H
#define MCPI_ENGINE_GOAL_H

#include <stdbool.h>

#include "core/ranges.h"
#include "mcpi/mcpi.h"

/* Darts of the prefix to count first. */
uint64_t mcpi_first_goal(const mcpi_options *options);

/* The whole prefix of `darts`, a goal, has been counted: the next goal, or `darts` if the run is over. */
uint64_t mcpi_next_goal(const mcpi_options *options, uint64_t darts, uint64_t hits);

/*
 * Walk from goal to goal, beginning with `from`: *goal is the first that has not been counted. True if the run is over;
 * *goal then is the last one, and has been counted. As all goals are worked out again each time, none outlives a count
 * that it was worked out from and that has been withdrawn. Ranges of `counted` stay apart at each goal, and one that
 * lies across a goal is taken out.
 */
bool mcpi_find_goal(const mcpi_options *options, uint64_t from, mcpi_ranges *counted, uint64_t *goal);

/* The state of a run that is heading for `goal`, without its parts. */
mcpi_state mcpi_state_towards(const mcpi_options *options, uint64_t goal);

/* ---- the goal of a run: with its lock held ---- */

struct engine;

void mcpi_stop_if_out_of_time(struct engine *e);

/* Ranges have been taken out of what was counted: add up the rest. */
void mcpi_add_up_counts(struct engine *e);

/* Which goal follows from what has been counted, and is it met? Not with a pool, which has its own. */
void mcpi_plan_goal(struct engine *e);

/* All that was handed out is back: plan the goal, and queue what is missing up to it. */
void mcpi_review_goal(struct engine *e);

#endif
