#include "ranks/gaps.h"

#include <stdlib.h>

mcpi_gaps mcpi_gaps_of(mcpi_range *ranges, size_t count, unsigned processes)
{
    /* All of them may add all units, after those that were taken and one chunk of each beyond the end. */
    const uint64_t most_units = UINT64_MAX / (2 * (uint64_t)processes + 2);
    mcpi_gaps gaps = {.ranges = ranges, .count = count};
    for (size_t i = 0; i < count; i++)
        gaps.darts += ranges[i].darts;
    while (mcpi_gaps_units(&gaps) > most_units)
        gaps.shift++;
    return gaps;
}

void mcpi_gaps_free(mcpi_gaps *gaps)
{
    free(gaps->ranges);
    *gaps = (mcpi_gaps){0};
}

uint64_t mcpi_gaps_units(const mcpi_gaps *gaps)
{
    const uint64_t whole = gaps->darts >> gaps->shift;
    return whole + (whole << gaps->shift < gaps->darts);
}

uint64_t mcpi_gaps_position(const mcpi_gaps *gaps, uint64_t unit)
{
    return unit < mcpi_gaps_units(gaps) ? unit << gaps->shift : gaps->darts;
}

mcpi_range mcpi_gaps_piece(const mcpi_gaps *gaps, uint64_t position, uint64_t darts)
{
    for (size_t i = 0; i < gaps->count; i++) {
        const mcpi_range *gap = &gaps->ranges[i];
        if (position < gap->darts) {
            const uint64_t room = gap->darts - position;
            return (mcpi_range){gap->first + position, darts < room ? darts : room};
        }
        position -= gap->darts;
    }
    const mcpi_range *last = gaps->count > 0 ? &gaps->ranges[gaps->count - 1] : NULL;
    return (mcpi_range){last ? last->first + last->darts : 0, 0};
}
