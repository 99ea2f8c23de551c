/* What a run takes over from the state that it resumes, alone or together with other processes. */
#ifndef MCPI_ENGINE_RESUME_H
#define MCPI_ENGINE_RESUME_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/done.h"
#include "mcpi/mcpi.h"

/*
 * Add what the state says has been counted, and counted twice, to two sets. With MCPI_VERIFY_FULL only what was counted
 * twice is taken over: the run counts everything else again. Nothing is added if options->resume is NULL. False without
 * memory, or if parts overlap.
 */
bool mcpi_resume_counts(const mcpi_options *options, mcpi_done *counted, mcpi_done *confirmed);

/* The goal to begin with. It is the state's, unless that was planned from counts that are not taken over. */
uint64_t mcpi_resumed_goal(const mcpi_options *options);

#endif
