/* The state of a run, taken out of one and put into another. */
#include <math.h>
#include <stdlib.h>

#include "engine/state.h"

/* ---- out ---- */

/* The done set as parts: neighbours joined, whoever counted them, but not across milestones. NULL without memory. */
static mcpi_part *parts_of(const mcpi_done *done, size_t *count)
{
    mcpi_part *parts = malloc((done->count + 1) * sizeof *parts);
    *count = 0;
    for (size_t i = 0; parts && i < done->count; i++) {
        const mcpi_done_range *range = &done->ranges[i];
        mcpi_part *last = *count > 0 ? &parts[*count - 1] : NULL;
        if (last && last->first + last->darts == range->first && !mcpi_is_milestone(done->milestones, range->first)) {
            last->darts += range->darts;
            last->hits += range->hits;
        } else {
            parts[(*count)++] = (mcpi_part){range->first, range->darts, range->hits};
        }
    }
    return parts;
}

void mcpi_save(engine *e)
{
    const mcpi_options *options = &e->plan->options;
    if (!options->save)
        return;
    mcpi_state state = {
        .seed = options->seed,
        .stream = options->stream,
        .first = options->first,
        .darts = options->darts,
        .target_error = options->target_error,
        .goal = e->goal,
    };
    state.parts = parts_of(&e->done, &state.part_count);
    pthread_mutex_unlock(&e->lock);
    if (state.parts)
        options->save(options->user, &state);
    pthread_mutex_lock(&e->lock);
    free(state.parts);
    e->next_save = mcpi_seconds() + fmax(options->save_seconds, 0.0);
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
