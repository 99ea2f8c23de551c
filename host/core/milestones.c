#include "core/milestones.h"

/* ISO 3:1973, series R20: rounded powers of the 20th root of ten, times 100. */
enum { a_decade = 20 };
static const uint64_t preferred[a_decade] = {100, 112, 125, 140, 160, 180, 200, 224, 250, 280,
                                             315, 355, 400, 450, 500, 560, 630, 710, 800, 900};

/* A decade begins at `power`, a power of ten from 10 to 1e18. */
static uint64_t milestone(uint64_t power, int index)
{
    return power == 10 ? preferred[index] / 10 : power / 100 * preferred[index];
}

/* The smallest milestone above `darts`, or UINT64_MAX. */
static uint64_t milestone_above(uint64_t darts)
{
    static const uint64_t last_power = UINT64_C(1000000000000000000);
    for (uint64_t power = 10; power <= last_power; power *= 10) {
        if (milestone(power, a_decade - 1) <= darts)
            continue;
        int index = 0;
        while (milestone(power, index) <= darts)
            index++;
        return milestone(power, index);
    }
    return UINT64_MAX;
}

uint64_t mcpi_next_milestone(mcpi_milestones milestones, uint64_t dart)
{
    if (!milestones.kept)
        return UINT64_MAX;
    const uint64_t darts = milestone_above(dart - milestones.first);
    return darts < UINT64_MAX - milestones.first ? milestones.first + darts : UINT64_MAX;
}

bool mcpi_is_milestone(mcpi_milestones milestones, uint64_t dart)
{
    return dart > milestones.first && mcpi_next_milestone(milestones, dart - 1) == dart;
}
