/*
 * Milestones: how many darts from a run's first one the counts of a trace are of.
 *
 * They are fixed numbers, so that every run has the same: the preferred numbers R20 of ISO 3, twenty a decade, from 10
 * to 9e18, rounded down where there are no halves of darts. Ranges are cut so that none crosses a milestone, and in a
 * set of ranges none is joined to another across one. So when a run is over, the exact count up to each can be read off
 * it.
 */
#ifndef MCPI_CORE_MILESTONES_H
#define MCPI_CORE_MILESTONES_H

#include <stdbool.h>
#include <stdint.h>

/* How many there are. */
#define MCPI_MILESTONES 360

typedef struct mcpi_milestones {
    bool kept;      /* false: there are none */
    uint64_t first; /* the dart they are counted from */
} mcpi_milestones;

/* The first dart after `dart` that begins behind a milestone; UINT64_MAX if there is none. `dart` is at least `first`.
 */
uint64_t mcpi_next_milestone(mcpi_milestones milestones, uint64_t dart);

/* Whether a milestone lies just before `dart`. */
bool mcpi_is_milestone(mcpi_milestones milestones, uint64_t dart);

#endif
