#include "save/merge.h"

#include <inttypes.h>
#include <stdlib.h>

#include "core/backend.h"
#include "core/status.h"
#include "save/state_text.h"

/* A part, and who brought it. */
typedef struct piece {
    mcpi_part part;
    const mcpi_shard *shard;
} piece;

static uint64_t end_of(const mcpi_part *part)
{
    return part->first + part->darts;
}

static mcpi_status check_stream(const mcpi_shard *a, const mcpi_shard *b, mcpi_error *error)
{
    const struct {
        const char *what;
        uint64_t of_a, of_b;
    } numbers[] = {{"seed", a->state->seed, b->state->seed}, {"stream", a->state->stream, b->state->stream}};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (numbers[i].of_a != numbers[i].of_b)
            return mcpi_fail(error, MCPI_BAD_OPTION, "%s %" PRIu64 " in %s does not add to %s %" PRIu64 " in %s",
                             numbers[i].what, numbers[i].of_b, b->name, numbers[i].what, numbers[i].of_a, a->name);
    return MCPI_OK;
}

/* The range of all that was asked for. Who asked for no darts asked for nothing, wherever that was. */
static void span(const mcpi_shard *shards, size_t count, mcpi_state *merged)
{
    uint64_t first = UINT64_MAX;
    uint64_t end = 0;
    uint64_t lowest = UINT64_MAX; /* of all, so that the order of the shards changes nothing */
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

/* By first dart, then as they were given: what is said of an overlap does not depend on the sort. */
static int by_first_dart(const void *left, const void *right)
{
    const piece *const a = left;
    const piece *const b = right;
    if (a->part.first != b->part.first)
        return a->part.first < b->part.first ? -1 : 1;
    return (a->shard > b->shard) - (a->shard < b->shard);
}

static size_t count_parts(const mcpi_shard *shards, size_t count)
{
    size_t parts = 0;
    for (size_t i = 0; i < count; i++)
        parts += shards[i].state->part_count;
    return parts;
}

static void collect(const mcpi_shard *shards, size_t count, piece *pieces)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < shards[i].state->part_count; k++)
            *pieces++ = (piece){shards[i].state->parts[k], &shards[i]};
}

/*
 * Sorted, pieces that do not overlap their neighbour overlap nothing. Being apart, and each of no more hits than darts,
 * they add up to no more than MCPI_DART_END: no sum can overflow.
 */
static mcpi_status add_up(const piece *pieces, size_t count, mcpi_state *merged, mcpi_error *error)
{
    mcpi_part *last = NULL;
    for (size_t i = 0; i < count; i++) {
        const mcpi_part *part = &pieces[i].part;
        if (last && part->first < end_of(last)) {
            const uint64_t end = end_of(part) < end_of(last) ? end_of(part) : end_of(last);
            return mcpi_fail(error, MCPI_BAD_OPTION, "darts %" PRIu64 " to %" PRIu64 " are in two files: %s and %s",
                             part->first, end - 1, pieces[i - 1].shard->name, pieces[i].shard->name);
        }
        if (last && part->first == end_of(last)) {
            last->darts += part->darts;
            last->hits += part->hits;
        } else {
            last = &merged->parts[merged->part_count++];
            *last = *part;
        }
    }
    return MCPI_OK;
}

static mcpi_status merge_into(mcpi_state *merged, const mcpi_shard *shards, size_t count, piece *pieces, size_t parts,
                              mcpi_error *error)
{
    merged->seed = shards[0].state->seed;
    merged->stream = shards[0].state->stream;
    span(shards, count, merged);
    collect(shards, count, pieces);
    qsort(pieces, parts, sizeof *pieces, by_first_dart);
    return add_up(pieces, parts, merged, error);
}

mcpi_status mcpi_merge(const mcpi_shard *shards, size_t count, mcpi_state **merged, mcpi_error *error)
{
    *merged = NULL;
    for (size_t i = 1; i < count; i++) {
        const mcpi_status status = check_stream(&shards[0], &shards[i], error);
        if (status != MCPI_OK)
            return status;
    }
    const size_t parts = count_parts(shards, count);
    piece *pieces = malloc((parts + 1) * sizeof *pieces);
    mcpi_state *state = mcpi_state_new(parts);
    mcpi_status status = MCPI_NO_MEMORY;
    if (pieces && state)
        status = merge_into(state, shards, count, pieces, parts, error);
    else
        mcpi_fail(error, status, "no memory for %zu parts", parts);
    free(pieces);
    if (status == MCPI_OK)
        *merged = state;
    else
        free(state);
    return status;
}

mcpi_part mcpi_state_gap(const mcpi_state *state, size_t i)
{
    const uint64_t begin = i > 0 ? end_of(&state->parts[i - 1]) : state->first;
    const uint64_t end = i < state->part_count ? state->parts[i].first : state->first + state->goal;
    return (mcpi_part){begin, end - begin, 0};
}
