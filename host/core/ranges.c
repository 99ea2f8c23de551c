#include "core/ranges.h"

#include <stdlib.h>
#include <string.h>

bool mcpi_ranges_init(mcpi_ranges *done, size_t capacity)
{
    *done = (mcpi_ranges){.capacity = capacity};
    done->ranges = calloc(capacity, sizeof *done->ranges);
    return done->ranges != NULL;
}

void mcpi_ranges_free(mcpi_ranges *done)
{
    free(done->ranges);
    *done = (mcpi_ranges){0};
}

static uint64_t end_of(const mcpi_counted_range *range)
{
    return range->first + range->darts;
}

/* Index of the first range that begins at or after `first`. */
static size_t position_of(const mcpi_ranges *done, uint64_t first)
{
    size_t low = 0;
    size_t high = done->count;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (done->ranges[middle].first < first)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool touch(const mcpi_counted_range *left, const mcpi_counted_range *right)
{
    return end_of(left) == right->first;
}

static bool is_goal(const mcpi_ranges *done, uint64_t at)
{
    for (size_t i = 0; i < done->goal_count && i < MCPI_RANGES_GOALS; i++)
        if (done->goals[i] == at)
            return true;
    return false;
}

/* Whether ranges that meet before dart `at` stay apart, whichever teams counted them. */
static bool is_boundary(const mcpi_ranges *done, uint64_t at)
{
    return mcpi_is_milestone(done->milestones, at) || is_goal(done, at);
}

/* Whether two neighbours may become one. */
static bool may_join(const mcpi_ranges *done, const mcpi_counted_range *left, const mcpi_counted_range *right)
{
    return touch(left, right) && !is_boundary(done, right->first);
}

/* `right` touches `left` and becomes part of it. */
static void absorb(mcpi_counted_range *left, const mcpi_counted_range *right)
{
    left->darts += right->darts;
    left->hits += right->hits;
    left->teams |= right->teams;
}

static void remove_at(mcpi_ranges *done, size_t at)
{
    done->count--;
    memmove(&done->ranges[at], &done->ranges[at + 1], (done->count - at) * sizeof *done->ranges);
}

static void insert_at(mcpi_ranges *done, size_t at, const mcpi_counted_range *range)
{
    memmove(&done->ranges[at + 1], &done->ranges[at], (done->count - at) * sizeof *done->ranges);
    done->ranges[at] = *range;
    done->count++;
}

/* Join range `at` to the next one, if they touch and the same teams counted them. */
static void join_at(mcpi_ranges *done, size_t at)
{
    mcpi_counted_range *left = &done->ranges[at];
    if (at + 1 >= done->count || left->teams != left[1].teams || !may_join(done, left, left + 1))
        return;
    absorb(left, left + 1);
    remove_at(done, at + 1);
}

/* Make room: join neighbours two by two, whoever counted them. */
static void coarsen(mcpi_ranges *done)
{
    size_t kept = 0;
    for (size_t next = 0; next < done->count; kept++) {
        done->ranges[kept] = done->ranges[next++];
        if (next < done->count && may_join(done, &done->ranges[kept], &done->ranges[next]))
            absorb(&done->ranges[kept], &done->ranges[next++]);
    }
    done->count = kept;
}

/* Make room for one more: by joining neighbours, or where that brings too little because they are apart, by growing. */
static bool make_room(mcpi_ranges *done)
{
    coarsen(done);
    if (done->count <= done->capacity / 2 && done->count < done->capacity)
        return true;
    const size_t capacity = 2 * done->capacity + 1;
    mcpi_counted_range *const ranges = realloc(done->ranges, capacity * sizeof *ranges);
    if (!ranges)
        return done->count < done->capacity;
    done->ranges = ranges;
    done->capacity = capacity;
    return true;
}

static bool overlaps(const mcpi_ranges *done, const mcpi_counted_range *range)
{
    const size_t at = position_of(done, range->first);
    const mcpi_counted_range *here = done->ranges + at;
    return (at > 0 && end_of(here - 1) > range->first) || (at < done->count && end_of(range) > here->first);
}

bool mcpi_ranges_add(mcpi_ranges *done, mcpi_counted_range range)
{
    if (overlaps(done, &range))
        return false;
    if (done->count == done->capacity && !make_room(done))
        return false;
    const size_t at = position_of(done, range.first);
    insert_at(done, at, &range);
    join_at(done, at);
    if (at > 0)
        join_at(done, at - 1);
    return true;
}

static int by_first(const void *left, const void *right)
{
    const mcpi_counted_range *a = left;
    const mcpi_counted_range *b = right;
    return (a->first > b->first) - (a->first < b->first);
}

/* Put a range behind all others. */
static void append(mcpi_ranges *done, const mcpi_counted_range *range)
{
    mcpi_counted_range *const last = done->ranges + done->count;
    if (done->count > 0 && last[-1].teams == range->teams && may_join(done, last - 1, range)) {
        absorb(last - 1, range);
    } else {
        *last = *range;
        done->count++;
    }
}

/* Of sorted ranges leave those that overlap neither the set nor one before them; return how many that are. */
static size_t drop_overlapping(const mcpi_ranges *done, mcpi_counted_range *ranges, size_t count)
{
    size_t left = 0;
    for (size_t i = 0; i < count; i++)
        if (!overlaps(done, &ranges[i]) && (left == 0 || end_of(&ranges[left - 1]) <= ranges[i].first))
            ranges[left++] = ranges[i];
    return left;
}

bool mcpi_ranges_add_all(mcpi_ranges *done, mcpi_counted_range *ranges, size_t count)
{
    if (count == 0)
        return true;
    const size_t room = done->count + count;
    mcpi_ranges merged = *done;
    merged.count = 0;
    merged.capacity = done->capacity > room ? done->capacity : room;
    merged.ranges = malloc((merged.capacity + 1) * sizeof *merged.ranges);
    if (!merged.ranges)
        return false;
    qsort(ranges, count, sizeof *ranges, by_first);
    count = drop_overlapping(done, ranges, count);
    size_t old = 0;
    size_t new = 0;
    while (old < done->count || new < count) {
        const bool next_is_old = new == count || (old < done->count && done->ranges[old].first < ranges[new].first);
        append(&merged, next_is_old ? &done->ranges[old++] : &ranges[new ++]);
    }
    if (merged.count > done->capacity)
        coarsen(&merged);
    merged.capacity = done->capacity > merged.count ? done->capacity : merged.count;
    free(done->ranges);
    *done = merged;
    return true;
}

bool mcpi_ranges_extend(const mcpi_ranges *done, mcpi_counted_range *prefix)
{
    const size_t at = position_of(done, end_of(prefix));
    if (at == done->count || !touch(prefix, &done->ranges[at]))
        return false;
    absorb(prefix, &done->ranges[at]);
    return true;
}

mcpi_counted_range mcpi_ranges_prefix(const mcpi_ranges *done, uint64_t first, uint64_t end)
{
    mcpi_counted_range prefix = {.first = first};
    for (mcpi_counted_range longer = prefix; mcpi_ranges_extend(done, &longer) && end_of(&longer) <= end;)
        prefix = longer;
    return prefix;
}

mcpi_counted_range mcpi_ranges_total(const mcpi_ranges *done)
{
    mcpi_counted_range total = {0};
    for (size_t i = 0; i < done->count; i++) {
        total.darts += done->ranges[i].darts;
        total.hits += done->ranges[i].hits;
    }
    return total;
}

mcpi_counted_range mcpi_ranges_gap(const mcpi_ranges *done, uint64_t from, uint64_t end)
{
    size_t at = position_of(done, from);
    if (at > 0 && end_of(&done->ranges[at - 1]) > from)
        from = end_of(&done->ranges[at - 1]);
    for (; at < done->count && done->ranges[at].first == from; at++)
        from = end_of(&done->ranges[at]);
    if (from >= end)
        return (mcpi_counted_range){.first = end};
    const uint64_t until = at < done->count && done->ranges[at].first < end ? done->ranges[at].first : end;
    return (mcpi_counted_range){.first = from, .darts = until - from};
}

uint64_t mcpi_ranges_overlap(const mcpi_ranges *done, uint64_t first, uint64_t end)
{
    uint64_t darts = 0;
    size_t at = position_of(done, first);
    at -= at > 0 && end_of(&done->ranges[at - 1]) > first;
    for (; at < done->count && done->ranges[at].first < end; at++) {
        const mcpi_counted_range *range = &done->ranges[at];
        const uint64_t from = range->first > first ? range->first : first;
        const uint64_t to = end_of(range) < end ? end_of(range) : end;
        darts += to - from;
    }
    return darts;
}

size_t mcpi_ranges_trace(const mcpi_ranges *done, uint64_t first, uint64_t end, mcpi_point *points, size_t *missing)
{
    size_t count = 0;
    mcpi_counted_range prefix = {.first = first};
    const uint64_t last = first + mcpi_ranges_prefix(done, first, end).darts;
    *missing = 0;
    for (uint64_t begin = first; begin < last && mcpi_ranges_extend(done, &prefix); begin = end_of(&prefix)) {
        const uint64_t at_end = end_of(&prefix);
        for (uint64_t at = mcpi_next_milestone(done->milestones, begin); at < at_end;
             at = mcpi_next_milestone(done->milestones, at))
            ++*missing;
        if (at_end == last || mcpi_is_milestone(done->milestones, at_end))
            points[count++] = (mcpi_point){prefix.darts, prefix.hits};
    }
    return count;
}

mcpi_part *mcpi_ranges_parts(const mcpi_ranges *done, uint64_t end, size_t *count)
{
    mcpi_part *parts = malloc((done->count + 1) * sizeof *parts);
    *count = 0;
    for (size_t i = 0; parts && i < done->count && end_of(&done->ranges[i]) <= end; i++) {
        const mcpi_counted_range *range = &done->ranges[i];
        mcpi_part *last = *count > 0 ? &parts[*count - 1] : NULL;
        if (last && last->first + last->darts == range->first && !is_boundary(done, range->first)) {
            last->darts += range->darts;
            last->hits += range->hits;
        } else {
            parts[(*count)++] = (mcpi_part){range->first, range->darts, range->hits};
        }
    }
    return parts;
}

size_t mcpi_ranges_take(mcpi_ranges *done, uint64_t teams)
{
    const size_t before = done->count;
    done->count = 0;
    for (size_t at = 0; at < before; at++) {
        const mcpi_counted_range range = done->ranges[at];
        if (range.teams & teams)
            continue;
        done->ranges[at] = done->ranges[done->count];
        done->ranges[done->count++] = range;
    }
    return before - done->count;
}

bool mcpi_ranges_take_between(mcpi_ranges *done, uint64_t first, uint64_t end, mcpi_counted_range *range)
{
    size_t at = position_of(done, first);
    at -= at > 0 && end_of(&done->ranges[at - 1]) > first;
    if (at == done->count || done->ranges[at].first >= end)
        return false;
    *range = done->ranges[at];
    remove_at(done, at);
    return true;
}

void mcpi_ranges_keep_apart(mcpi_ranges *done, uint64_t at)
{
    const size_t next = position_of(done, at);
    if (next > 0 && end_of(&done->ranges[next - 1]) > at)
        remove_at(done, next - 1);
    if (!is_boundary(done, at))
        done->goals[done->goal_count++ % MCPI_RANGES_GOALS] = at;
}

void mcpi_ranges_share_goals(const mcpi_ranges *from, mcpi_ranges *to)
{
    memcpy(to->goals, from->goals, sizeof to->goals);
    to->goal_count = from->goal_count;
}
