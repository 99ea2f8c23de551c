#include "engine/done.h"

#include <stdlib.h>
#include <string.h>

bool mcpi_done_init(mcpi_done *done, size_t capacity)
{
    *done = (mcpi_done){.capacity = capacity};
    done->ranges = calloc(capacity, sizeof *done->ranges);
    return done->ranges != NULL;
}

void mcpi_done_free(mcpi_done *done)
{
    free(done->ranges);
    *done = (mcpi_done){0};
}

static uint64_t end_of(const mcpi_done_range *range)
{
    return range->first + range->darts;
}

/* Index of the first range that begins at or after `first`. */
static size_t position_of(const mcpi_done *done, uint64_t first)
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

static bool touch(const mcpi_done_range *left, const mcpi_done_range *right)
{
    return end_of(left) == right->first;
}

/* Whether two neighbours may become one. */
static bool may_join(const mcpi_done *done, const mcpi_done_range *left, const mcpi_done_range *right)
{
    return touch(left, right) && !mcpi_is_milestone(done->milestones, right->first);
}

/* `right` touches `left` and becomes part of it. */
static void absorb(mcpi_done_range *left, const mcpi_done_range *right)
{
    left->darts += right->darts;
    left->hits += right->hits;
    left->teams |= right->teams;
}

static void remove_at(mcpi_done *done, size_t at)
{
    done->count--;
    memmove(&done->ranges[at], &done->ranges[at + 1], (done->count - at) * sizeof *done->ranges);
}

static void insert_at(mcpi_done *done, size_t at, const mcpi_done_range *range)
{
    memmove(&done->ranges[at + 1], &done->ranges[at], (done->count - at) * sizeof *done->ranges);
    done->ranges[at] = *range;
    done->count++;
}

/* Join range `at` to the next one, if they touch and the same teams counted them. */
static void join_at(mcpi_done *done, size_t at)
{
    mcpi_done_range *left = &done->ranges[at];
    if (at + 1 >= done->count || left->teams != left[1].teams || !may_join(done, left, left + 1))
        return;
    absorb(left, left + 1);
    remove_at(done, at + 1);
}

/* Make room: join neighbours two by two, whoever counted them. */
static void coarsen(mcpi_done *done)
{
    size_t kept = 0;
    for (size_t next = 0; next < done->count; kept++) {
        done->ranges[kept] = done->ranges[next++];
        if (next < done->count && may_join(done, &done->ranges[kept], &done->ranges[next]))
            absorb(&done->ranges[kept], &done->ranges[next++]);
    }
    done->count = kept;
}

static bool overlaps(const mcpi_done *done, const mcpi_done_range *range)
{
    const size_t at = position_of(done, range->first);
    const mcpi_done_range *here = done->ranges + at;
    return (at > 0 && end_of(here - 1) > range->first) || (at < done->count && end_of(range) > here->first);
}

bool mcpi_done_add(mcpi_done *done, mcpi_done_range range)
{
    if (overlaps(done, &range))
        return false;
    if (done->count == done->capacity)
        coarsen(done);
    if (done->count == done->capacity)
        return false;
    const size_t at = position_of(done, range.first);
    insert_at(done, at, &range);
    join_at(done, at);
    if (at > 0)
        join_at(done, at - 1);
    return true;
}

bool mcpi_done_extend(const mcpi_done *done, mcpi_done_range *prefix)
{
    const size_t at = position_of(done, end_of(prefix));
    if (at == done->count || !touch(prefix, &done->ranges[at]))
        return false;
    absorb(prefix, &done->ranges[at]);
    return true;
}

mcpi_done_range mcpi_done_prefix(const mcpi_done *done, uint64_t first)
{
    mcpi_done_range prefix = {.first = first};
    while (mcpi_done_extend(done, &prefix))
        ;
    return prefix;
}

bool mcpi_done_take(mcpi_done *done, uint64_t teams, mcpi_done_range *range)
{
    for (size_t at = done->count; at-- > 0;) {
        if (done->ranges[at].teams & teams) {
            *range = done->ranges[at];
            remove_at(done, at);
            return true;
        }
    }
    return false;
}
