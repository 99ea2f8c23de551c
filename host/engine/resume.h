/* The state that a run saves, and what it takes over from one that it resumes, alone or together with other processes.
 */
#ifndef MCPI_ENGINE_RESUME_H
#define MCPI_ENGINE_RESUME_H

#include <stdbool.h>
#include <stdint.h>

#include "core/ranges.h"
#include "mcpi/mcpi.h"

/* What has been counted and confirmed up to a goal. *withdrawn: the last state may hold counts that have been
   withdrawn; it is false when the new one supersedes it. Without memory, `parts` or `confirmed` is NULL. */
mcpi_state mcpi_take_state(const mcpi_options *options, uint64_t goal, const mcpi_ranges *counted,
                           const mcpi_ranges *confirmed, bool *withdrawn);

/* Call options->save with a state of mcpi_take_state, and free its parts. */
void mcpi_give_state(const mcpi_options *options, mcpi_state state);

/*
 * Add what the state says has been counted, and counted twice, to two sets. With MCPI_VERIFY_FULL only what was counted
 * twice is taken over: the run counts everything else again. Nothing is added if options->resume is NULL. False without
 * memory, or if parts overlap.
 */
bool mcpi_resume_counts(const mcpi_options *options, mcpi_ranges *counted, mcpi_ranges *confirmed);

/* The goal to begin with. It is the state's, unless that was planned from counts that are not taken over. */
uint64_t mcpi_resumed_goal(const mcpi_options *options);

/* ---- the state of a run: with its lock held ---- */

struct engine;

/* Give the state to the observer that saves it. Lets the lock go meanwhile. */
void mcpi_save(struct engine *e);

/* Begin with what the state to resume holds, if there is one. Before any worker is started. False without memory. */
bool mcpi_resume(struct engine *e);

#endif
