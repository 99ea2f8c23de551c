/* The state of a run, taken out of one and put into another. */
#include "engine/resume.h"

#include <math.h>
#include <stdlib.h>

#include "engine/goal.h"
#include "engine/state.h"

/* ---- out ---- */

static void save_state(engine *e)
{
    const mcpi_options *options = &e->plan->options;
    const uint64_t end = options->first + e->goal;
    mcpi_state state = mcpi_state_towards(options, e->goal);
    mcpi_part *const parts = mcpi_done_parts(&e->done, end, &state.part_count);
    mcpi_part *const confirmed = mcpi_done_parts(&e->confirmed, end, &state.confirmed_count);
    state.parts = parts;
    state.confirmed = confirmed;
    state.supersedes = e->withdrawn;
    e->withdrawn = e->withdrawn && !(parts && confirmed);
    pthread_mutex_unlock(&e->lock);
    options->save(options->user, parts && confirmed ? &state : NULL);
    pthread_mutex_lock(&e->lock);
    free(parts);
    free(confirmed);
}

void mcpi_save(engine *e)
{
    const mcpi_options *options = &e->plan->options;
    if (e->plan->pool ? !mcpi_send_report(e) : !options->save)
        return;
    if (!e->plan->pool)
        save_state(e);
    e->next_save = mcpi_now(e) + fmax(options->save_seconds, 0.0);
}

/* ---- in ---- */

static bool takes_all(const mcpi_options *options)
{
    return options->verify != MCPI_VERIFY_FULL;
}

/* Parts touch at the points of a trace, which only concern the set if it keeps them, and at goals. */
static bool touch_at_a_goal(const mcpi_state *state, const mcpi_part *left, const mcpi_part *right)
{
    const mcpi_milestones points = {true, state->first};
    return left->first + left->darts == right->first && !mcpi_is_milestone(points, right->first);
}

static bool add_parts(const mcpi_state *state, const mcpi_part *parts, size_t count, mcpi_done *set)
{
    for (size_t i = 0; i < count; i++) {
        const mcpi_part *part = &parts[i];
        if (i > 0 && touch_at_a_goal(state, part - 1, part))
            mcpi_done_keep_apart(set, part->first);
        if (!mcpi_done_add(set, (mcpi_done_range){part->first, part->darts, part->hits, MCPI_DONE_BEFORE}))
            return false;
    }
    return true;
}

bool mcpi_resume_counts(const mcpi_options *options, mcpi_done *counted, mcpi_done *confirmed)
{
    const mcpi_state *state = options->resume;
    if (!state)
        return true;
    return add_parts(state, state->confirmed, state->confirmed_count, confirmed) &&
           (takes_all(options) ? add_parts(state, state->parts, state->part_count, counted)
                               : add_parts(state, state->confirmed, state->confirmed_count, counted));
}

static uint64_t darts_of(const mcpi_part *parts, size_t count)
{
    uint64_t darts = 0;
    for (size_t i = 0; i < count; i++)
        darts += parts[i].darts;
    return darts;
}

uint64_t mcpi_resumed_goal(const mcpi_options *options)
{
    const mcpi_state *state = options->resume;
    if (!state)
        return mcpi_first_goal(options);
    const bool takes_over = takes_all(options) || darts_of(state->parts, state->part_count) ==
                                                      darts_of(state->confirmed, state->confirmed_count);
    return takes_over ? state->goal : mcpi_first_goal(options);
}

bool mcpi_resume(engine *e)
{
    if (!mcpi_resume_counts(&e->plan->options, &e->done, &e->confirmed))
        return false;
    e->resumed_darts = mcpi_done_total(&e->done).darts;
    return true;
}
