#include "engine/done.h"

#include <stdlib.h>
#include <string.h>

bool mcpi_done_init(mcpi_done *done, size_t capacity)
{
    done->count = 0;
    done->capacity = capacity;
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

static void absorb(mcpi_done_range *range, const mcpi_done_range *neighbour)
{
    range->darts += neighbour->darts;
    range->hits += neighbour->hits;
}

bool mcpi_done_add(mcpi_done *done, mcpi_done_range range)
{
    const size_t at = position_of(done, range.first);
    const bool has_before = at > 0;
    const bool has_after = at < done->count;
    mcpi_done_range *before = done->ranges + at - has_before;
    mcpi_done_range *after = done->ranges + at;
    if ((has_before && end_of(before) > range.first) || (has_after && end_of(&range) > after->first))
        return false;

    const bool joins_before = has_before && end_of(before) == range.first;
    const bool joins_after = has_after && end_of(&range) == after->first;
    if (joins_before && joins_after) {
        absorb(before, &range);
        absorb(before, after);
        done->count--;
        memmove(&done->ranges[at], &done->ranges[at + 1], (done->count - at) * sizeof range);
    } else if (joins_before) {
        absorb(before, &range);
    } else if (joins_after) {
        absorb(after, &range);
        after->first = range.first;
    } else {
        if (done->count == done->capacity)
            return false;
        memmove(&done->ranges[at + 1], &done->ranges[at], (done->count - at) * sizeof range);
        done->ranges[at] = range;
        done->count++;
    }
    return true;
}

mcpi_done_range mcpi_done_prefix(const mcpi_done *done, uint64_t first)
{
    const size_t at = position_of(done, first);
    if (at < done->count && done->ranges[at].first == first)
        return done->ranges[at];
    return (mcpi_done_range){first, 0, 0};
}
