/*
 * A set of ranges: which darts have been counted, by which teams, and their hits.
 *
 * A sorted list of disjoint ranges, each with its hits and the teams that counted in it. Counts of neighbouring ranges
 * add, so neighbours with the same teams are joined. When the list reaches its capacity, neighbours with different
 * teams are joined as well. So the list is never longer than its capacity or the number of ranges that do not touch,
 * however long a run is, but it knows less exactly which team counted what. The teams matter when a device turns out to
 * count wrong: then all ranges in which it counted are taken out.
 */
#ifndef MCPI_CORE_RANGES_H
#define MCPI_CORE_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/cuts.h"
#include "mcpi/mcpi.h"

typedef struct mcpi_range {
    uint64_t first, darts;
} mcpi_range;

typedef struct mcpi_counted_range {
    uint64_t first, darts, hits;
    uint64_t teams; /* a set of mcpi_team_bit */
} mcpi_counted_range;

/* The number of goals at which ranges are kept separate. The goals of a run grow by at least 0.5 %, and few runs have
   more than three. */
#define MCPI_RANGES_GOALS 16

/* Where neighbouring ranges are not joined. Several sets can have the same boundaries. */
typedef struct mcpi_boundaries {
    mcpi_cuts cuts;
    size_t goal_count;                 /* number of calls of mcpi_ranges_keep_apart */
    uint64_t goals[MCPI_RANGES_GOALS]; /* the darts of the latest calls */
} mcpi_boundaries;

/* All zeros: an empty set. */
typedef struct mcpi_ranges {
    mcpi_counted_range *ranges;
    size_t count, capacity;
    mcpi_boundaries *boundaries; /* NULL: none */
} mcpi_ranges;

/* No team of this run. */
#define MCPI_NO_TEAM UINT64_C(0)

/* Team `index` as a set. From the 65th team on, teams share a bit: if one counts wrong, the ranges of the others with
   the same bit are taken out as well. */
static inline uint64_t mcpi_team_bit(size_t index)
{
    return UINT64_C(1) << (index % 64);
}

/* `capacity`: the number of ranges up to which neighbours with different teams stay separate. Ranges that do not touch
   find room beyond it. False without memory. */
__attribute__((warn_unused_result)) bool mcpi_ranges_init(mcpi_ranges *set, size_t capacity);
void mcpi_ranges_free(mcpi_ranges *set);

/* Add a range that must not overlap the set. On failure nothing is added: MCPI_SYSTEM for an overlap, which is an
   internal error; MCPI_NO_MEMORY. */
__attribute__((warn_unused_result)) mcpi_status mcpi_ranges_add(mcpi_ranges *set, mcpi_counted_range range,
                                                                mcpi_error *error);

/* Add ranges in any order, in one pass. They are sorted in place, by first dart and then by teams. Fails like
   mcpi_ranges_add, also if two of them overlap. */
__attribute__((warn_unused_result)) mcpi_status mcpi_ranges_merge(mcpi_ranges *set, mcpi_counted_range *ranges,
                                                                  size_t count, mcpi_error *error);

/* Remove the darts [first, end) from a set without hits; it need not contain all of them. After MCPI_NO_MEMORY more
   darts may be missing. */
__attribute__((warn_unused_result)) mcpi_status mcpi_ranges_remove(mcpi_ranges *set, uint64_t first, uint64_t end,
                                                                   mcpi_error *error);

/* Add to `prefix` the range of the set that follows it. False, without a change, if the set has no such range. */
bool mcpi_ranges_extend(const mcpi_ranges *set, mcpi_counted_range *prefix);

/* The longest prefix from `first` on that consists of whole ranges of the set and does not exceed `end`; may be
   empty. */
mcpi_counted_range mcpi_ranges_prefix(const mcpi_ranges *set, uint64_t first, uint64_t end);

/* The darts and hits of the whole set; `first` and `teams` are 0. */
mcpi_counted_range mcpi_ranges_total(const mcpi_ranges *set);

/* The ranges of [first, end) that the set lacks, in ascending order. Free the result with free(). NULL without
   memory. */
mcpi_range *mcpi_ranges_missing(const mcpi_ranges *set, uint64_t first, uint64_t end, size_t *count);

/* The number of darts of [first, end) that are in the set. */
uint64_t mcpi_ranges_overlap(const mcpi_ranges *set, uint64_t first, uint64_t end);

/* The points of a trace: at each milestone of the prefix from `first` up to `end`, and at its end. Writes at most
   MCPI_MILESTONES + 1 points and returns their number. `missing`: milestones without a point, because ranges were
   joined across them in a set without milestones. */
size_t mcpi_ranges_trace(const mcpi_ranges *set, uint64_t first, uint64_t end, mcpi_point *points, size_t *missing);

/* The ranges of the set that do not exceed `end`. Neighbours are joined whichever teams counted them, but not across
   cuts and goals. Free the result with free(). NULL without memory. */
mcpi_part *mcpi_ranges_parts(const mcpi_ranges *set, uint64_t end, size_t *count);

/* Use larger parts from now on, in all sets with these boundaries, which are not NULL, and join the neighbours in this
   set that they no longer separate. */
void mcpi_ranges_enlarge_parts(mcpi_ranges *set, uint64_t part_darts);

/* Take out all ranges in which any of `teams` counted, and return their number. Until the set changes they remain
   behind it, in no order: ranges[count], ranges[count + 1] and so on. */
size_t mcpi_ranges_take(mcpi_ranges *set, uint64_t teams);

/* Take out a range with darts of [first, end). False if none is left. */
bool mcpi_ranges_take_between(mcpi_ranges *set, uint64_t first, uint64_t end, mcpi_counted_range *range);

/* From now on do not join ranges across `at`, in all sets with these boundaries, which are not NULL. A range of the set
   that already crosses `at` is taken out, because its hits on each side are not known. */
void mcpi_ranges_keep_apart(mcpi_ranges *set, uint64_t at);

#endif
