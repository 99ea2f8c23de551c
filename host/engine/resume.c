/* The state of a run, taken out of one and put into another. */
#include <math.h>
#include <stdlib.h>

#include "engine/goal.h"
#include "engine/state.h"

/* ---- out ---- */

void mcpi_save(engine *e)
{
    const mcpi_options *options = &e->plan->options;
    if (e->plan->pool) {
        if (mcpi_report(e))
            e->next_save = mcpi_now(e) + fmax(options->save_seconds, 0.0);
        return;
    }
    if (!options->save)
        return;
    mcpi_state state = mcpi_state_towards(options, e->goal);
    state.parts = mcpi_done_parts(&e->done, &state.part_count);
    pthread_mutex_unlock(&e->lock);
    if (state.parts)
        options->save(options->user, &state);
    pthread_mutex_lock(&e->lock);
    free(state.parts);
    e->next_save = mcpi_now(e) + fmax(options->save_seconds, 0.0);
}

/* ---- in ---- */

/* Between the parts lies what is still to be counted before anything new. */
void mcpi_resume(engine *e, const mcpi_state *state)
{
    uint64_t at = state->first;
    e->goal = state->goal;
    for (size_t i = 0; i < state->part_count; i++) {
        const mcpi_part *part = &state->parts[i];
        if (part->first > at)
            mcpi_queue_give_back(&e->queue, (mcpi_range){at, part->first - at});
        mcpi_done_add(&e->done, (mcpi_done_range){part->first, part->darts, part->hits, MCPI_DONE_BEFORE});
        at = part->first + part->darts;
        e->darts += part->darts;
        e->hits += part->hits;
    }
    e->resumed_darts = e->darts;
    e->queue.next = at;
    e->queue.end = state->first + state->goal;
}
