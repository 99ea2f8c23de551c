/*
 * A set of ranges: which darts have been counted, by whom, and how many of them hit.
 *
 * A sorted list of disjoint ranges, each with its hits and the teams that counted in it. Counts of neighbouring ranges
 * add, so neighbours of the same teams become one. Where the list gets too long, so do neighbours of different teams:
 * it is never longer than its capacity or than what really is apart, however long a run is, and only knows less exactly
 * who counted what. That is asked for when a device turns out to count wrong: then all that it had a part in is taken
 * out again.
 */
#ifndef MCPI_CORE_RANGES_H
#define MCPI_CORE_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/milestones.h"
#include "mcpi/mcpi.h"

typedef struct mcpi_counted_range {
    uint64_t first, darts, hits;
    uint64_t teams; /* a set of mcpi_team_bit */
} mcpi_counted_range;

/* Goals at which ranges are kept apart. Those of a run grow by half a per cent at least, and few runs have more than
   three. */
#define MCPI_RANGES_GOALS 16

/* Where ranges that meet stay apart. Several sets can have the same boundaries. */
typedef struct mcpi_boundaries {
    mcpi_milestones milestones;
    size_t goal_count;                 /* calls of mcpi_ranges_keep_apart */
    uint64_t goals[MCPI_RANGES_GOALS]; /* the latest darts given to it */
} mcpi_boundaries;

/* Zeros are an empty set. */
typedef struct mcpi_ranges {
    mcpi_counted_range *ranges;
    size_t count, capacity;
    mcpi_boundaries *boundaries; /* NULL: none */
} mcpi_ranges;

/* No team of this run. */
#define MCPI_NO_TEAM UINT64_C(0)

/* Team `index` as a set. Beyond 64 teams some share a place: one that counts wrong takes another's ranges with it. */
static inline uint64_t mcpi_team_bit(size_t index)
{
    return UINT64_C(1) << (index % 64);
}

/* `capacity`: ranges up to which the teams are told apart; what is apart finds room beyond it. False without memory. */
__attribute__((warn_unused_result)) bool mcpi_ranges_init(mcpi_ranges *set, size_t capacity);
void mcpi_ranges_free(mcpi_ranges *set);

/* Add a range that overlaps none of the set. Nothing is added on failure: MCPI_SYSTEM if it does overlap, which is a
   fault of this program; MCPI_NO_MEMORY. */
__attribute__((warn_unused_result)) mcpi_status mcpi_ranges_add(mcpi_ranges *set, mcpi_counted_range range,
                                                                mcpi_error *error);

/* Add many in one pass, of any order. They are sorted in place, by first dart and then by teams. Fails like
   mcpi_ranges_add, also if two of them overlap. */
__attribute__((warn_unused_result)) mcpi_status mcpi_ranges_merge(mcpi_ranges *set, mcpi_counted_range *ranges,
                                                                  size_t count, mcpi_error *error);

/* Remove the darts [first, end) from a set without hits, as far as they are in it. After MCPI_NO_MEMORY more may be
   missing. */
__attribute__((warn_unused_result)) mcpi_status mcpi_ranges_remove(mcpi_ranges *set, uint64_t first, uint64_t end,
                                                                   mcpi_error *error);

/* Add to `prefix` the range of the set that follows it. False, and nothing added, if there is none. */
bool mcpi_ranges_extend(const mcpi_ranges *set, mcpi_counted_range *prefix);

/* The longest prefix from `first` on that is made of whole ranges of the set and does not reach beyond `end`; empty if
   there is none. */
mcpi_counted_range mcpi_ranges_prefix(const mcpi_ranges *set, uint64_t first, uint64_t end);

/* The darts and hits of the whole set; `first` and `teams` are 0. */
mcpi_counted_range mcpi_ranges_total(const mcpi_ranges *set);

/* The first darts of [from, end) that are not in the set, as a range without hits; {end, 0} if all are in it. */
mcpi_counted_range mcpi_ranges_missing(const mcpi_ranges *set, uint64_t from, uint64_t end);

/* How many darts of [first, end) are in the set. */
uint64_t mcpi_ranges_overlap(const mcpi_ranges *set, uint64_t first, uint64_t end);

/* What the set tells of its milestones, and of the end of the prefix from `first` up to `end`: at most
   MCPI_MILESTONES + 1 points are written, and their number is returned. `missing`: milestones that ranges lie across,
   because they were joined where none were kept. */
size_t mcpi_ranges_trace(const mcpi_ranges *set, uint64_t first, uint64_t end, mcpi_point *points, size_t *missing);

/* The ranges of the set that do not reach beyond `end`: neighbours are one part, whichever teams counted them, but not
   across milestones and goals. To be freed; NULL without memory. */
mcpi_part *mcpi_ranges_parts(const mcpi_ranges *set, uint64_t end, size_t *count);

/* Take out all ranges that any of `teams` had a part in, and return how many. Until the set is changed they lie behind
   it, in no order: ranges[count], ranges[count + 1] and so on. */
size_t mcpi_ranges_take(mcpi_ranges *set, uint64_t teams);

/* Take out a range that has darts of [first, end). False if there is none left. */
bool mcpi_ranges_take_between(mcpi_ranges *set, uint64_t first, uint64_t end, mcpi_counted_range *range);

/* From now on no ranges become one across `at`, in any set with these boundaries, which are not NULL. If a range of the
   set lies across it, that range is taken out: how many of its hits are on which side is not known. */
void mcpi_ranges_keep_apart(mcpi_ranges *set, uint64_t at);

#endif
