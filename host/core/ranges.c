#include "core/ranges.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/backend.h"
#include "core/status.h"

bool mcpi_ranges_init(mcpi_ranges *set, size_t capacity)
{
    *set = (mcpi_ranges){.capacity = capacity};
    set->ranges = calloc(capacity, sizeof *set->ranges);
    return set->ranges != NULL;
}

void mcpi_ranges_free(mcpi_ranges *set)
{
    free(set->ranges);
    *set = (mcpi_ranges){0};
}

static uint64_t end_of(const mcpi_counted_range *range)
{
    return range->first + range->darts;
}

/* Index of the first range that begins at or after `first`. */
static size_t position_of(const mcpi_ranges *set, uint64_t first)
{
    size_t low = 0;
    size_t high = set->count;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (set->ranges[middle].first < first)
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

static bool is_goal(const mcpi_boundaries *boundaries, uint64_t at)
{
    for (size_t i = 0; i < boundaries->goal_count && i < MCPI_RANGES_GOALS; i++)
        if (boundaries->goals[i] == at)
            return true;
    return false;
}

/* Whether neighbours that meet at dart `at` stay separate, whichever teams counted them. */
static bool is_boundary(const mcpi_ranges *set, uint64_t at)
{
    const mcpi_boundaries *boundaries = set->boundaries;
    return boundaries && (mcpi_is_cut(&boundaries->cuts, at) || is_goal(boundaries, at));
}

/* Whether two neighbours may be joined, whichever teams counted them. */
static bool may_join(const mcpi_ranges *set, const mcpi_counted_range *left, const mcpi_counted_range *right)
{
    return touch(left, right) && !is_boundary(set, right->first);
}

static bool are_one(const mcpi_ranges *set, const mcpi_counted_range *left, const mcpi_counted_range *right)
{
    return left->teams == right->teams && may_join(set, left, right);
}

/* `right` touches `left` and becomes part of it. */
static void absorb(mcpi_counted_range *left, const mcpi_counted_range *right)
{
    left->darts += right->darts;
    left->hits += right->hits;
    left->teams |= right->teams;
}

static void remove_at(mcpi_ranges *set, size_t at)
{
    set->count--;
    memmove(&set->ranges[at], &set->ranges[at + 1], (set->count - at) * sizeof *set->ranges);
}

static void insert_at(mcpi_ranges *set, size_t at, const mcpi_counted_range *range)
{
    memmove(&set->ranges[at + 1], &set->ranges[at], (set->count - at) * sizeof *set->ranges);
    set->ranges[at] = *range;
    set->count++;
}

/* Make room: join neighbours in pairs, whichever teams counted them. */
static void coarsen(mcpi_ranges *set)
{
    size_t kept = 0;
    for (size_t next = 0; next < set->count; kept++) {
        set->ranges[kept] = set->ranges[next++];
        if (next < set->count && may_join(set, &set->ranges[kept], &set->ranges[next]))
            absorb(&set->ranges[kept], &set->ranges[next++]);
    }
    set->count = kept;
}

void mcpi_ranges_enlarge_parts(mcpi_ranges *set, uint64_t part_darts)
{
    size_t kept = 0;
    set->boundaries->cuts.part_darts = part_darts;
    for (size_t next = 0; next < set->count; next++)
        if (kept > 0 && are_one(set, &set->ranges[kept - 1], &set->ranges[next]))
            absorb(&set->ranges[kept - 1], &set->ranges[next]);
        else
            set->ranges[kept++] = set->ranges[next];
    set->count = kept;
}

/* Make room for one more range: join neighbours, or grow if that leaves the list more than half full. */
static bool make_room(mcpi_ranges *set)
{
    coarsen(set);
    if (set->count <= set->capacity / 2 && set->count < set->capacity)
        return true;
    const size_t capacity = 2 * set->capacity + 1;
    mcpi_counted_range *const ranges = realloc(set->ranges, capacity * sizeof *ranges);
    if (!ranges)
        return set->count < set->capacity;
    set->ranges = ranges;
    set->capacity = capacity;
    return true;
}

static mcpi_status fail_overlap(const mcpi_counted_range *range, mcpi_error *error)
{
    return mcpi_fail(error, MCPI_SYSTEM, "internal error: darts of [%" PRIu64 ", %" PRIu64 ") were counted twice",
                     range->first, end_of(range));
}

/* Join a range to its neighbours if possible; otherwise insert it before range `at`. False without memory. */
static bool put(mcpi_ranges *set, size_t at, mcpi_counted_range *range)
{
    mcpi_counted_range *const left = at > 0 ? &set->ranges[at - 1] : NULL;
    mcpi_counted_range *const right = at < set->count ? &set->ranges[at] : NULL;
    const bool before = right && are_one(set, range, right);
    if (before)
        absorb(range, right);
    if (left && are_one(set, left, range)) {
        absorb(left, range);
        if (before)
            remove_at(set, at);
    } else if (before) {
        *right = *range;
    } else {
        if (set->count == set->capacity && !make_room(set))
            return false;
        insert_at(set, position_of(set, range->first), range);
    }
    return true;
}

mcpi_status mcpi_ranges_add(mcpi_ranges *set, mcpi_counted_range range, mcpi_error *error)
{
    const size_t at = position_of(set, range.first);
    if ((at > 0 && end_of(&set->ranges[at - 1]) > range.first) ||
        (at < set->count && end_of(&range) > set->ranges[at].first))
        return fail_overlap(&range, error);
    return put(set, at, &range) ? MCPI_OK : mcpi_fail(error, MCPI_NO_MEMORY, "out of memory");
}

static int by_first(const void *left, const void *right)
{
    const mcpi_counted_range *a = left;
    const mcpi_counted_range *b = right;
    if (a->first != b->first)
        return a->first < b->first ? -1 : 1;
    return (a->teams > b->teams) - (a->teams < b->teams);
}

/* Append a range. False if it overlaps the last one. */
static bool append(mcpi_ranges *set, const mcpi_counted_range *range)
{
    mcpi_counted_range *const last = set->ranges + set->count;
    if (set->count > 0 && end_of(last - 1) > range->first)
        return false;
    if (set->count > 0 && are_one(set, last - 1, range)) {
        absorb(last - 1, range);
    } else {
        *last = *range;
        set->count++;
    }
    return true;
}

/* Merge a set and sorted ranges into `merged`. Returns the first range that overlaps another, or NULL. */
static const mcpi_counted_range *append_merged(mcpi_ranges *merged, const mcpi_ranges *set,
                                               const mcpi_counted_range *ranges, size_t count)
{
    size_t old = 0;
    size_t new = 0;
    while (old < set->count || new < count) {
        const bool is_old = new == count || (old < set->count && set->ranges[old].first < ranges[new].first);
        const mcpi_counted_range *const next = is_old ? &set->ranges[old++] : &ranges[new ++];
        if (!append(merged, next))
            return next;
    }
    return NULL;
}

mcpi_status mcpi_ranges_merge(mcpi_ranges *set, mcpi_counted_range *ranges, size_t count, mcpi_error *error)
{
    if (count == 0)
        return MCPI_OK;
    const size_t room = set->count + count;
    mcpi_ranges merged = *set;
    merged.count = 0;
    merged.capacity = set->capacity > room ? set->capacity : room;
    merged.ranges = malloc(merged.capacity * sizeof *merged.ranges);
    if (!merged.ranges)
        return mcpi_fail(error, MCPI_NO_MEMORY, "out of memory");
    qsort(ranges, count, sizeof *ranges, by_first);
    const mcpi_counted_range *const overlapping = append_merged(&merged, set, ranges, count);
    if (overlapping) {
        free(merged.ranges);
        return fail_overlap(overlapping, error);
    }
    if (merged.count > set->capacity)
        coarsen(&merged);
    merged.capacity = set->capacity > merged.count ? set->capacity : merged.count;
    free(set->ranges);
    *set = merged;
    return MCPI_OK;
}

bool mcpi_ranges_extend(const mcpi_ranges *set, mcpi_counted_range *prefix)
{
    const size_t at = position_of(set, end_of(prefix));
    if (at == set->count || !touch(prefix, &set->ranges[at]))
        return false;
    absorb(prefix, &set->ranges[at]);
    return true;
}

mcpi_counted_range mcpi_ranges_prefix(const mcpi_ranges *set, uint64_t first, uint64_t end)
{
    mcpi_counted_range prefix = {.first = first};
    for (mcpi_counted_range longer = prefix; mcpi_ranges_extend(set, &longer) && end_of(&longer) <= end;)
        prefix = longer;
    return prefix;
}

mcpi_counted_range mcpi_ranges_total(const mcpi_ranges *set)
{
    mcpi_counted_range total = {0};
    for (size_t i = 0; i < set->count; i++) {
        total.darts += set->ranges[i].darts;
        total.hits += set->ranges[i].hits;
    }
    return total;
}

/* Index of the first range that ends after `first`. */
static size_t first_after(const mcpi_ranges *set, uint64_t first)
{
    const size_t at = position_of(set, first);
    return at > 0 && end_of(&set->ranges[at - 1]) > first ? at - 1 : at;
}

mcpi_range *mcpi_ranges_missing(const mcpi_ranges *set, uint64_t first, uint64_t end, size_t *count)
{
    mcpi_range *const missing = malloc((set->count + 1) * sizeof *missing);
    *count = 0;
    for (size_t at = first_after(set, first); missing && first < end; at++) {
        const bool last = at == set->count || set->ranges[at].first >= end;
        const uint64_t next = last ? end : set->ranges[at].first;
        if (next > first)
            missing[(*count)++] = (mcpi_range){first, next - first};
        first = last ? end : end_of(&set->ranges[at]);
    }
    return missing;
}

uint64_t mcpi_ranges_overlap(const mcpi_ranges *set, uint64_t first, uint64_t end)
{
    uint64_t darts = 0;
    for (size_t at = first_after(set, first); at < set->count && set->ranges[at].first < end; at++) {
        const mcpi_counted_range *range = &set->ranges[at];
        const uint64_t from = range->first > first ? range->first : first;
        const uint64_t to = end_of(range) < end ? end_of(range) : end;
        darts += to - from;
    }
    return darts;
}

size_t mcpi_ranges_trace(const mcpi_ranges *set, uint64_t first, uint64_t end, mcpi_point *points, size_t *missing)
{
    size_t count = 0;
    mcpi_counted_range prefix = {.first = first};
    const uint64_t last = first + mcpi_ranges_prefix(set, first, end).darts;
    const mcpi_milestones milestones = set->boundaries ? set->boundaries->cuts.milestones : (mcpi_milestones){0};
    *missing = 0;
    for (uint64_t begin = first; begin < last && mcpi_ranges_extend(set, &prefix); begin = end_of(&prefix)) {
        const uint64_t at_end = end_of(&prefix);
        for (uint64_t at = mcpi_next_milestone(milestones, begin); at < at_end;
             at = mcpi_next_milestone(milestones, at))
            ++*missing;
        if (at_end == last || mcpi_is_milestone(milestones, at_end))
            points[count++] = (mcpi_point){prefix.darts, prefix.hits};
    }
    return count;
}

mcpi_part *mcpi_ranges_parts(const mcpi_ranges *set, uint64_t end, size_t *count)
{
    mcpi_part *parts = malloc((set->count + 1) * sizeof *parts);
    *count = 0;
    for (size_t i = 0; parts && i < set->count && end_of(&set->ranges[i]) <= end; i++) {
        const mcpi_counted_range *range = &set->ranges[i];
        mcpi_part *last = *count > 0 ? &parts[*count - 1] : NULL;
        if (last && last->first + last->darts == range->first && !is_boundary(set, range->first)) {
            last->darts += range->darts;
            last->hits += range->hits;
        } else {
            parts[(*count)++] = (mcpi_part){range->first, range->darts, range->hits};
        }
    }
    return parts;
}

size_t mcpi_ranges_take(mcpi_ranges *set, uint64_t teams)
{
    const size_t before = set->count;
    set->count = 0;
    for (size_t at = 0; at < before; at++) {
        const mcpi_counted_range range = set->ranges[at];
        if (range.teams & teams)
            continue;
        set->ranges[at] = set->ranges[set->count];
        set->ranges[set->count++] = range;
    }
    return before - set->count;
}

bool mcpi_ranges_take_between(mcpi_ranges *set, uint64_t first, uint64_t end, mcpi_counted_range *range)
{
    const size_t at = first_after(set, first);
    if (at == set->count || set->ranges[at].first >= end)
        return false;
    *range = set->ranges[at];
    remove_at(set, at);
    return true;
}

mcpi_status mcpi_ranges_remove(mcpi_ranges *set, uint64_t first, uint64_t end, mcpi_error *error)
{
    mcpi_status status = MCPI_OK;
    mcpi_counted_range range;
    while (status == MCPI_OK && mcpi_ranges_take_between(set, first, end, &range)) {
        if (range.first < first)
            status =
                mcpi_ranges_add(set, (mcpi_counted_range){.first = range.first, .darts = first - range.first}, error);
        if (status == MCPI_OK && end_of(&range) > end)
            status = mcpi_ranges_add(set, (mcpi_counted_range){.first = end, .darts = end_of(&range) - end}, error);
    }
    return status;
}

void mcpi_ranges_keep_apart(mcpi_ranges *set, uint64_t at)
{
    const size_t next = position_of(set, at);
    if (next > 0 && end_of(&set->ranges[next - 1]) > at)
        remove_at(set, next - 1);
    if (!is_boundary(set, at))
        set->boundaries->goals[set->boundaries->goal_count++ % MCPI_RANGES_GOALS] = at;
}
