#include "cluster/assigned.h"

#include <stdlib.h>

void mcpi_assigned_free(mcpi_assigned *assigned)
{
    free(assigned->ranges);
    *assigned = (mcpi_assigned){0};
}

bool mcpi_assigned_add(mcpi_assigned *assigned, mcpi_range range)
{
    if (range.darts == 0)
        return true;
    if (assigned->count == assigned->capacity) {
        const size_t capacity = 2 * assigned->capacity + 4;
        mcpi_range *const ranges = realloc(assigned->ranges, capacity * sizeof *ranges);
        if (!ranges)
            return false;
        assigned->ranges = ranges;
        assigned->capacity = capacity;
    }
    assigned->ranges[assigned->count++] = range;
    return true;
}

uint64_t mcpi_assigned_remove(mcpi_assigned *assigned, mcpi_range range, bool *kept)
{
    const uint64_t end = range.first + range.darts;
    uint64_t removed = 0;
    *kept = true;
    for (size_t i = assigned->count; i-- > 0;) {
        const mcpi_range old = assigned->ranges[i];
        const uint64_t old_end = old.first + old.darts;
        const uint64_t first = old.first > range.first ? old.first : range.first;
        const uint64_t last = old_end < end ? old_end : end;
        if (first >= last)
            continue;
        removed += last - first;
        assigned->ranges[i] = assigned->ranges[--assigned->count];
        *kept &= mcpi_assigned_add(assigned, (mcpi_range){old.first, first - old.first});
        *kept &= mcpi_assigned_add(assigned, (mcpi_range){last, old_end - last});
    }
    return removed;
}
