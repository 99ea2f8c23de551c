/*
 * The done set: which darts have been counted, by whom, and how many of them hit.
 *
 * A sorted list of disjoint ranges, each with its hits and the teams that counted in it. Counts of neighbouring ranges
 * add, so neighbours of the same teams become one. Where the list gets too long, so do neighbours of different teams:
 * it is never longer than its capacity or than what really is apart, however long a run is, and only knows less exactly
 * who counted what. That is asked for when a device turns out to count wrong: then all that it had a part in is taken
 * out again.
 */
#ifndef MCPI_ENGINE_DONE_H
#define MCPI_ENGINE_DONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/milestones.h"
#include "mcpi/mcpi.h"

typedef struct mcpi_done_range {
    uint64_t first, darts, hits;
    uint64_t teams; /* a set of mcpi_done_team */
} mcpi_done_range;

typedef struct mcpi_done {
    mcpi_done_range *ranges;
    size_t count, capacity;
    mcpi_milestones milestones; /* across which no ranges become one; none unless they are set */
} mcpi_done;

/* No team of this run. */
#define MCPI_DONE_BEFORE UINT64_C(0)

/* Team `index` as a set. Beyond 64 teams some share a place: one that counts wrong takes another's ranges with it. */
static inline uint64_t mcpi_done_team(size_t index)
{
    return UINT64_C(1) << (index % 64);
}

/* `capacity`: ranges up to which the teams are told apart; what is apart finds room beyond it. False without memory. */
bool mcpi_done_init(mcpi_done *done, size_t capacity);
void mcpi_done_free(mcpi_done *done);

/* Add a range that overlaps none of the set. False, and nothing added, if it does overlap or without memory. */
bool mcpi_done_add(mcpi_done *done, mcpi_done_range range);

/* Add many at once, in whatever order: sorted in place, and merged in one pass. Those that overlap the set or each
   other are left out. False, and nothing added, without memory. */
bool mcpi_done_add_all(mcpi_done *done, mcpi_done_range *ranges, size_t count);

/* Add to `prefix` the range of the set that follows it. False, and nothing added, if there is none. */
bool mcpi_done_extend(const mcpi_done *done, mcpi_done_range *prefix);

/* The longest range of the set that begins at `first`; empty if there is none. */
mcpi_done_range mcpi_done_prefix(const mcpi_done *done, uint64_t first);

/* What the set tells of its milestones, and of the end of its prefix from `first` on: at most MCPI_MILESTONES + 1
   points are written, and their number is returned. `missing`: milestones that ranges lie across, because they were
   joined where none were kept. */
size_t mcpi_done_trace(const mcpi_done *done, uint64_t first, mcpi_point *points, size_t *missing);

/* The darts of the set, whoever counted them: neighbours are one part, but not across milestones. To be freed; NULL
 * without memory. */
mcpi_part *mcpi_done_parts(const mcpi_done *done, size_t *count);

/* Take out a range that any of `teams` had a part in. False if there is none left. */
bool mcpi_done_take(mcpi_done *done, uint64_t teams, mcpi_done_range *range);

#endif
