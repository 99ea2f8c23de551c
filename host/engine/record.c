#include "engine/record.h"

#include <stdlib.h>

#include "engine/goal.h"

/* ---- resuming ---- */

static uint64_t least_part(const mcpi_options *options)
{
    return options->part_darts > 0 ? options->part_darts : mcpi_least_part;
}

/* Parts touch at cuts and at goals. Cuts are left to the set, which knows whether it keeps them. */
static bool touch_at_a_goal(const mcpi_ranges *set, uint64_t first, const mcpi_part *left, const mcpi_part *right)
{
    const mcpi_cuts cuts = {{true, first}, set->boundaries->cuts.part_darts};
    return left->first + left->darts == right->first && !mcpi_is_cut(&cuts, right->first);
}

static mcpi_status add_parts(const mcpi_state *state, const mcpi_part *parts, size_t count, mcpi_ranges *set,
                             mcpi_error *error)
{
    mcpi_status status = MCPI_OK;
    for (size_t i = 0; i < count && status == MCPI_OK; i++) {
        const mcpi_part *part = &parts[i];
        if (i > 0 && touch_at_a_goal(set, state->first, part - 1, part))
            mcpi_ranges_keep_apart(set, part->first);
        status = mcpi_ranges_add(set, (mcpi_counted_range){part->first, part->darts, part->hits, MCPI_NO_TEAM}, error);
    }
    return status;
}

/* Use the goal of the state, unless it was planned from counts that are not taken over. */
static mcpi_status add_state(mcpi_record *record, const mcpi_state *state, mcpi_error *error)
{
    const bool all = record->options->verify != MCPI_VERIFY_FULL;
    const mcpi_part *const parts = all ? state->parts : state->confirmed;
    const size_t count = all ? state->part_count : state->confirmed_count;
    if (mcpi_darts_of_parts(parts, count) == mcpi_darts_of_parts(state->parts, state->part_count))
        record->first_goal = state->goal;
    const mcpi_status status = add_parts(state, state->confirmed, state->confirmed_count, &record->confirmed, error);
    return status == MCPI_OK ? add_parts(state, parts, count, &record->counted, error) : status;
}

mcpi_status mcpi_record_resume(mcpi_record *record, mcpi_error *error)
{
    const mcpi_state *state = record->options->resume;
    record->first_goal = mcpi_first_goal(record->options);
    const mcpi_status status = state ? add_state(record, state, error) : MCPI_OK;
    mcpi_record_plan(record);
    record->resumed_darts = record->darts;
    return status;
}

bool mcpi_record_init(mcpi_record *record, const mcpi_options *options, size_t capacity)
{
    *record = (mcpi_record){.options = options, .goal = options->darts};
    const bool room = mcpi_ranges_init(&record->counted, capacity) && mcpi_ranges_init(&record->confirmed, capacity);
    record->boundaries.cuts = (mcpi_cuts){{options->trace != 0, options->first}, least_part(options)};
    record->counted.boundaries = record->confirmed.boundaries = &record->boundaries;
    return room;
}

void mcpi_record_free(mcpi_record *record)
{
    mcpi_ranges_free(&record->counted);
    mcpi_ranges_free(&record->confirmed);
}

/* ---- counts ---- */

mcpi_status mcpi_record_count(mcpi_record *record, mcpi_counted_range range, mcpi_error *error)
{
    record->darts += range.darts;
    record->hits += range.hits;
    return mcpi_ranges_add(&record->counted, range, error);
}

void mcpi_record_reach(mcpi_record *record, uint64_t end)
{
    const uint64_t part_darts = mcpi_part_darts(record->options->first, end, least_part(record->options));
    if (part_darts <= record->boundaries.cuts.part_darts)
        return;
    mcpi_ranges_enlarge_parts(&record->counted, part_darts);
    mcpi_ranges_enlarge_parts(&record->confirmed, part_darts);
}

size_t mcpi_record_withdraw(mcpi_record *record, uint64_t teams)
{
    record->withdrawn = true;
    mcpi_ranges_take(&record->confirmed, teams);
    return mcpi_ranges_take(&record->counted, teams);
}

void mcpi_record_add_up(mcpi_record *record)
{
    const mcpi_counted_range total = mcpi_ranges_total(&record->counted);
    record->darts = total.darts;
    record->hits = total.hits;
}

void mcpi_record_plan(mcpi_record *record)
{
    uint64_t next = record->first_goal;
    do {
        record->goal = next;
        mcpi_ranges_keep_apart(&record->counted, mcpi_record_end(record));
        const mcpi_counted_range prefix = mcpi_record_prefix(record);
        record->met = prefix.darts == record->goal;
        if (record->met)
            next = mcpi_next_goal(record->options, prefix.darts, prefix.hits);
    } while (next > record->goal);
    mcpi_record_add_up(record);
}

/* ---- results ---- */

mcpi_counted_range mcpi_record_prefix(const mcpi_record *record)
{
    return mcpi_ranges_prefix(&record->counted, record->options->first, mcpi_record_end(record));
}

uint64_t mcpi_record_unconfirmed(const mcpi_record *record)
{
    const mcpi_ranges *const counted = &record->counted;
    const uint64_t end = mcpi_record_end(record);
    uint64_t darts = 0;
    if (record->options->verify != MCPI_VERIFY_FULL)
        return 0;
    for (size_t i = 0; i < counted->count && counted->ranges[i].first < end; i++) {
        const mcpi_counted_range *range = &counted->ranges[i];
        darts += range->darts - mcpi_ranges_overlap(&record->confirmed, range->first, range->first + range->darts);
    }
    return darts;
}

mcpi_part *mcpi_record_parts(const mcpi_record *record, size_t *count)
{
    mcpi_part *const parts =
        mcpi_ranges_parts(&record->counted, record->options->first + mcpi_record_prefix(record).darts, count);
    *count = parts ? mcpi_join_parts(parts, *count, least_part(record->options)) : 0;
    return parts;
}

void mcpi_record_describe(const mcpi_record *record, mcpi_result *result)
{
    const uint64_t unconfirmed = mcpi_record_unconfirmed(record);
    if (record->options->trace)
        result->trace_count = mcpi_ranges_trace(&record->counted, record->options->first, mcpi_record_end(record),
                                                result->trace, &result->trace_missing);
    result->parts = mcpi_record_parts(record, &result->part_count);
    result->unconfirmed_darts = unconfirmed < result->darts ? unconfirmed : result->darts;
}

void mcpi_record_progress(const mcpi_record *record, mcpi_progress *progress)
{
    progress->reached = record->darts;
    progress->resumed_darts = record->resumed_darts;
    progress->goal = record->goal;
}

/* ---- saving ---- */

static mcpi_state take_state(mcpi_record *record)
{
    const uint64_t end = mcpi_record_end(record);
    mcpi_state state = mcpi_state_towards(record->options, record->goal);
    state.parts = mcpi_ranges_parts(&record->counted, end, &state.part_count);
    state.confirmed = mcpi_ranges_parts(&record->confirmed, end, &state.confirmed_count);
    state.supersedes = record->withdrawn;
    record->withdrawn = record->withdrawn && !(state.parts && state.confirmed);
    return state;
}

void mcpi_record_save(mcpi_record *record, pthread_mutex_t *lock)
{
    const mcpi_options *options = record->options;
    const mcpi_state state = take_state(record);
    if (lock)
        pthread_mutex_unlock(lock);
    options->save(options->user, state.parts && state.confirmed ? &state : NULL);
    if (lock)
        pthread_mutex_lock(lock);
    free(state.parts);
    free(state.confirmed);
}
