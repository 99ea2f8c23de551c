/* The state of a run, taken out of one and put into another. */
#include "engine/resume.h"

#include <math.h>
#include <stdlib.h>

#include "engine/goal.h"
#include "engine/schedule.h"
#include "engine/share.h"

/* ---- out ---- */

mcpi_state mcpi_take_state(const mcpi_options *options, uint64_t goal, const mcpi_ranges *counted,
                           const mcpi_ranges *confirmed, bool *withdrawn)
{
    const uint64_t end = options->first + goal;
    mcpi_state state = mcpi_state_towards(options, goal);
    state.parts = mcpi_ranges_parts(counted, end, &state.part_count);
    state.confirmed = mcpi_ranges_parts(confirmed, end, &state.confirmed_count);
    state.supersedes = *withdrawn;
    *withdrawn = *withdrawn && !(state.parts && state.confirmed);
    return state;
}

void mcpi_give_state(const mcpi_options *options, mcpi_state state)
{
    options->save(options->user, state.parts && state.confirmed ? &state : NULL);
    free(state.parts);
    free(state.confirmed);
}

static void save_state(engine *e)
{
    const mcpi_options *options = &e->plan->options;
    const mcpi_state state = mcpi_take_state(options, e->goal, &e->counted, &e->confirmed, &e->withdrawn);
    pthread_mutex_unlock(&e->lanes.lock);
    mcpi_give_state(options, state);
    pthread_mutex_lock(&e->lanes.lock);
}

static void save_pool(engine *e)
{
    const mcpi_pool *pool = e->plan->pool;
    if (mcpi_more_may_come(e))
        mcpi_send_report(e);
    pthread_mutex_unlock(&e->lanes.lock);
    pool->save(pool->user);
    pthread_mutex_lock(&e->lanes.lock);
}

void mcpi_save(engine *e)
{
    const mcpi_options *options = &e->plan->options;
    const mcpi_pool *pool = e->plan->pool;
    if (pool ? !pool->save : !options->save)
        return;
    if (pool)
        save_pool(e);
    else
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

static bool add_parts(const mcpi_state *state, const mcpi_part *parts, size_t count, mcpi_ranges *set)
{
    for (size_t i = 0; i < count; i++) {
        const mcpi_part *part = &parts[i];
        if (i > 0 && touch_at_a_goal(state, part - 1, part))
            mcpi_ranges_keep_apart(set, part->first);
        if (!mcpi_ranges_add(set, (mcpi_counted_range){part->first, part->darts, part->hits, MCPI_NO_TEAM}))
            return false;
    }
    return true;
}

bool mcpi_resume_counts(const mcpi_options *options, mcpi_ranges *counted, mcpi_ranges *confirmed)
{
    const mcpi_state *state = options->resume;
    if (!state)
        return true;
    return add_parts(state, state->confirmed, state->confirmed_count, confirmed) &&
           (takes_all(options) ? add_parts(state, state->parts, state->part_count, counted)
                               : add_parts(state, state->confirmed, state->confirmed_count, counted));
}

uint64_t mcpi_resumed_goal(const mcpi_options *options)
{
    const mcpi_state *state = options->resume;
    if (!state)
        return mcpi_first_goal(options);
    const bool takes_over = takes_all(options) || mcpi_darts_of_parts(state->parts, state->part_count) ==
                                                      mcpi_darts_of_parts(state->confirmed, state->confirmed_count);
    return takes_over ? state->goal : mcpi_first_goal(options);
}

bool mcpi_resume(engine *e)
{
    if (!mcpi_resume_counts(&e->plan->options, &e->counted, &e->confirmed))
        return false;
    e->resumed_darts = mcpi_ranges_total(&e->counted).darts;
    return true;
}
