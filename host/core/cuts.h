/*
 * The darts at which ranges are cut: the milestones of a trace, and the edges of parts, so that a result has a count
 * for each part of its range.
 *
 * Parts are cells of one size, a power of two, and the edges are its multiples among the numbers of all darts. The
 * edges of one size are also edges of all smaller sizes, for every first dart. So when a range needs larger parts,
 * neighbours join in pairs, and results of different ranges and sizes merge into parts of the largest size without a
 * recount.
 *
 * A range lies within a part, or ends at the edge of a part and contains whole ones. A fast device takes several parts
 * at once: an edge never makes a range much shorter than half of what its worker asked for.
 */
#ifndef MCPI_CORE_CUTS_H
#define MCPI_CORE_CUTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/milestones.h"
#include "mcpi/mcpi.h"

typedef struct mcpi_cuts {
    mcpi_milestones milestones;
    uint64_t part_darts; /* darts of a part: a power of two; 0: ranges are not cut at parts */
} mcpi_cuts;

/* The usual least size of a part: what one core counts in about 10 ms. A faster device counts several at once. A
   smaller size would cost a core more locks without a benefit, because a result of this size is recounted within
   milliseconds. */
static const uint64_t mcpi_least_part = UINT64_C(1) << 24;

/* The size, at least `least`, at which the darts [first, end) have at most MCPI_MOST_PARTS parts. */
uint64_t mcpi_part_darts(uint64_t first, uint64_t end, uint64_t least);

/* Where a range from `dart` on must end that should have `darts` darts; UINT64_MAX if nothing is cut. */
uint64_t mcpi_next_cut(const mcpi_cuts *cuts, uint64_t dart, uint64_t darts);

/* Whether neighbours that meet at `dart` stay separate. */
bool mcpi_is_cut(const mcpi_cuts *cuts, uint64_t dart);

/* Join neighbours in a sorted list of disjoint parts that do not meet at the edge of a part, of the size that suits the
   range from the first dart of the list to the last. Returns their number. So lists that are joined and merged in any
   order become the same list. */
size_t mcpi_join_parts(mcpi_part *parts, size_t count, uint64_t least);

#endif
