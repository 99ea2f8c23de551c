/* mcpi_merge, mcpi_state_prefix and mcpi_state_gap of mcpi/mcpi.h. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/c_locale.h"
#include "core/ranges.h"
#include "core/status.h"
#include "save/state_text.h"

static mcpi_status check_parts(const mcpi_shard *shard, mcpi_error *error)
{
    return mcpi_state_is_consistent(shard->state)
               ? MCPI_OK
               : mcpi_fail(error, MCPI_BAD_OPTION, "%s: its parts are inconsistent", shard->name);
}

static mcpi_status check_stream(const mcpi_shard *a, const mcpi_shard *b, mcpi_error *error)
{
    const struct {
        const char *what;
        uint64_t of_a, of_b;
    } numbers[] = {{"seed", a->state->seed, b->state->seed}, {"stream", a->state->stream, b->state->stream}};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (numbers[i].of_a != numbers[i].of_b)
            return mcpi_fail(error, MCPI_BAD_OPTION,
                             "%s %" PRIu64 " in %s cannot be merged with %s %" PRIu64
                             " in %s: give all shards the same --%s, and each its own --first",
                             numbers[i].what, numbers[i].of_b, b->name, numbers[i].what, numbers[i].of_a, a->name,
                             numbers[i].what);
    return MCPI_OK;
}

/* Set the range of all requested darts. A shard that requested no darts does not extend it. */
static void span(const mcpi_shard *shards, size_t count, mcpi_state *merged)
{
    uint64_t first = UINT64_MAX;
    uint64_t end = 0;
    uint64_t lowest = UINT64_MAX; /* lowest first dart of all shards, so that their order does not matter */
    for (size_t i = 0; i < count; i++) {
        const mcpi_state *state = shards[i].state;
        lowest = state->first < lowest ? state->first : lowest;
        if (state->goal == 0)
            continue;
        first = state->first < first ? state->first : first;
        end = state->first + state->goal > end ? state->first + state->goal : end;
    }
    merged->first = first <= end ? first : lowest;
    merged->darts = merged->goal = first <= end ? end - first : 0;
}

static size_t count_parts(const mcpi_shard *shards, size_t count)
{
    size_t parts = 0;
    for (size_t i = 0; i < count; i++)
        parts += shards[i].state->part_count;
    return parts;
}

/* Collect the parts, each with the index of its shard in place of its teams. */
static void collect(const mcpi_shard *shards, size_t count, mcpi_counted_range *ranges)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < shards[i].state->part_count; k++) {
            const mcpi_part *part = &shards[i].state->parts[k];
            *ranges++ = (mcpi_counted_range){part->first, part->darts, part->hits, i};
        }
}

/* Two of these sorted ranges overlap: report the darts and the two files. */
static mcpi_status refuse(const mcpi_shard *shards, const mcpi_counted_range *ranges, mcpi_error *error)
{
    while (ranges[1].first >= ranges[0].first + ranges[0].darts)
        ranges++;
    const uint64_t of_a = ranges[0].first + ranges[0].darts;
    const uint64_t of_b = ranges[1].first + ranges[1].darts;
    return mcpi_fail(error, MCPI_BAD_OPTION, "darts %" PRIu64 " to %" PRIu64 " are in two files: %s and %s",
                     ranges[1].first, (of_a < of_b ? of_a : of_b) - 1, shards[ranges[0].teams].name,
                     shards[ranges[1].teams].name);
}

/*
 * Disjoint parts with no more hits than darts add up to at most MCPI_DART_END, so no sum can overflow. Adjacent parts
 * are joined within a part of the merged range, even from different shards. The caller frees the list; NULL on failure.
 */
static mcpi_part *add_up(const mcpi_shard *shards, mcpi_counted_range *ranges, size_t count, size_t *parts,
                         mcpi_error *error)
{
    mcpi_boundaries boundaries = {.cuts.part_darts = mcpi_least_part};
    mcpi_ranges set = {.boundaries = &boundaries};
    const mcpi_status status = mcpi_ranges_merge(&set, ranges, count, error);
    if (status == MCPI_SYSTEM)
        refuse(shards, ranges, error);
    mcpi_part *const list = status == MCPI_OK ? mcpi_ranges_parts(&set, UINT64_MAX, parts) : NULL;
    if (list)
        *parts = mcpi_join_parts(list, *parts, mcpi_least_part);
    mcpi_ranges_free(&set);
    return list;
}

/* A state with these parts; NULL if out of memory. */
static mcpi_state *state_of(const mcpi_shard *shards, size_t count, const mcpi_part *list, size_t parts)
{
    mcpi_state *const state = mcpi_state_new(parts);
    if (!state)
        return NULL;
    state->seed = shards[0].state->seed;
    state->stream = shards[0].state->stream;
    span(shards, count, state);
    memcpy(state->parts, list, parts * sizeof *list);
    state->part_count = parts;
    return state;
}

static mcpi_status check(const mcpi_shard *shards, size_t count, mcpi_error *error)
{
    mcpi_status status = count > 0 ? MCPI_OK : mcpi_fail(error, MCPI_BAD_OPTION, "there is nothing to merge");
    for (size_t i = 0; i < count && status == MCPI_OK; i++) {
        status = check_parts(&shards[i], error);
        if (status == MCPI_OK)
            status = check_stream(&shards[0], &shards[i], error);
    }
    return status;
}

mcpi_status mcpi_merge(const mcpi_shard *shards, size_t count, mcpi_state **merged, mcpi_error *error)
{
    MCPI_C_LOCALE;
    mcpi_error failure = {MCPI_NO_MEMORY, "out of memory"};
    *merged = NULL;
    const mcpi_status status = check(shards, count, error);
    if (status != MCPI_OK)
        return status;
    size_t parts = count_parts(shards, count);
    mcpi_counted_range *const ranges = malloc((parts + 1) * sizeof *ranges);
    if (ranges)
        collect(shards, count, ranges);
    mcpi_part *const list = ranges ? add_up(shards, ranges, parts, &parts, &failure) : NULL;
    if (list)
        *merged = state_of(shards, count, list, parts);
    free(list);
    free(ranges);
    return *merged ? MCPI_OK : mcpi_fail(error, failure.status, "%s", failure.message);
}

mcpi_part mcpi_state_prefix(const mcpi_state *state)
{
    mcpi_part prefix = {.first = state->first};
    for (size_t i = 0; i < state->part_count && state->parts[i].first == prefix.first + prefix.darts; i++) {
        prefix.darts += state->parts[i].darts;
        prefix.hits += state->parts[i].hits;
    }
    return prefix;
}

mcpi_part mcpi_state_gap(const mcpi_state *state, size_t i)
{
    const mcpi_part *const before = i > 0 ? &state->parts[i - 1] : NULL;
    const uint64_t begin = before ? before->first + before->darts : state->first;
    const mcpi_part *const after = i < state->part_count ? &state->parts[i] : NULL;
    const uint64_t end = after ? after->first : state->first + state->goal;
    return (mcpi_part){begin, end - begin, 0};
}
