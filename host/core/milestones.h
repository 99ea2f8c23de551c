/*
 * Milestones: the numbers of darts, from the first dart of a run, at which a trace has a point.
 *
 * They are the same for every run: the preferred numbers R20 of ISO 3, twenty a decade, from 10 to 9e18, rounded down
 * to whole darts. No range crosses a milestone, and in a set of ranges no neighbours are joined across one. So when a
 * run is over, the set has the exact count up to each milestone.
 */
#ifndef MCPI_CORE_MILESTONES_H
#define MCPI_CORE_MILESTONES_H

#include <stdbool.h>
#include <stdint.h>

/* The number of milestones. */
#define MCPI_MILESTONES 360

typedef struct mcpi_milestones {
    bool kept;      /* whether ranges end at milestones */
    uint64_t first; /* the dart from which they are counted */
} mcpi_milestones;

/* The first dart after `dart` that follows a milestone; UINT64_MAX if there is none. `dart` is at least `first`. */
uint64_t mcpi_next_milestone(mcpi_milestones milestones, uint64_t dart);

/* Whether a milestone lies just before `dart`. */
bool mcpi_is_milestone(mcpi_milestones milestones, uint64_t dart);

#endif
