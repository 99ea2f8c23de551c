/* Report events to the observer (mcpi_options.event). Call these with the lock held. Without an observer they do
   nothing. */
#ifndef MCPI_ENGINE_EVENTS_H
#define MCPI_ENGINE_EVENTS_H

#include "engine/run_state.h"

/* A worker has taken a range, has counted a task, or gives a range back. `hits`: the count; 0 if there is none. */
void mcpi_tell_task(const worker *w, mcpi_event_kind kind, const mcpi_task *task, uint64_t hits);

/* A worker is open. */
void mcpi_tell_opened(const worker *w);

/* The process of a worker has ended, and another one is started. */
void mcpi_tell_restarted(const worker *w, const mcpi_error *error);

/* A worker is lost. Its state gives the reason. */
void mcpi_tell_lost(const worker *w);

/* Report workers that did not answer while they were being closed. They are not lost, because their work was done. */
void mcpi_tell_hung_in_close(const engine *e);

/* The count of a range is withdrawn, because a team counted wrong. */
void mcpi_tell_withdrawn(const engine *e, size_t team, const mcpi_counted_range *range);

#endif
