/* What an observer of events is told (mcpi_options.event). With the lock held. Without an observer these do nothing. */
#ifndef MCPI_ENGINE_EVENTS_H
#define MCPI_ENGINE_EVENTS_H

#include "engine/run_state.h"

/* A worker has taken a range, has counted a task, or gives a range back. `hits`: what it counted, otherwise 0. */
void mcpi_tell_task(const worker *w, mcpi_event_kind kind, const mcpi_task *task, uint64_t hits);

/* A worker is open. */
void mcpi_tell_opened(const worker *w);

/* A worker is lost; its state says why. */
void mcpi_tell_lost(const worker *w);

/* Those workers that did not answer when they were closed: they are not lost, for their work was done. */
void mcpi_tell_hung_in_close(const engine *e);

/* The count of a range is withdrawn, because a team counted wrong. */
void mcpi_tell_withdrawn(const engine *e, size_t team, const mcpi_counted_range *range);

#endif
