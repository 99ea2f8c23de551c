#include "core/cuts.h"

uint64_t mcpi_part_darts(uint64_t first, uint64_t end, uint64_t least)
{
    uint64_t darts = least;
    while (end > first && (end - 1) / darts - first / darts >= MCPI_MOST_PARTS)
        darts *= 2;
    return darts;
}

/* The size of a part or, for a range of more darts, the largest power of two that is not more. */
static uint64_t step_of(uint64_t part_darts, uint64_t darts)
{
    while (part_darts <= darts / 2)
        part_darts *= 2;
    return part_darts;
}

uint64_t mcpi_next_cut(const mcpi_cuts *cuts, uint64_t dart, uint64_t darts)
{
    const uint64_t milestone = mcpi_next_milestone(cuts->milestones, dart);
    if (cuts->part_darts == 0)
        return milestone;
    const uint64_t step = step_of(cuts->part_darts, darts);
    const uint64_t edge = (dart / step + 1) * step;
    return edge < milestone ? edge : milestone;
}

bool mcpi_is_cut(const mcpi_cuts *cuts, uint64_t dart)
{
    return mcpi_is_milestone(cuts->milestones, dart) || (cuts->part_darts > 0 && dart % cuts->part_darts == 0);
}

static bool touch(const mcpi_part *left, const mcpi_part *right)
{
    return left->first + left->darts == right->first;
}

size_t mcpi_join_parts(mcpi_part *parts, size_t count, uint64_t least)
{
    if (count == 0)
        return 0;
    const uint64_t end = parts[count - 1].first + parts[count - 1].darts;
    const uint64_t darts = mcpi_part_darts(parts[0].first, end, least);
    mcpi_part *last = parts;
    for (mcpi_part *next = parts + 1; next < parts + count; next++)
        if (touch(last, next) && next->first % darts != 0) {
            last->darts += next->darts;
            last->hits += next->hits;
        } else {
            *++last = *next;
        }
    return (size_t)(last - parts) + 1;
}
