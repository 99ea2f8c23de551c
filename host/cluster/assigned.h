/* The ranges that a rank has been given and has not counted yet: a few, disjoint. */
#ifndef MCPI_CLUSTER_ASSIGNED_H
#define MCPI_CLUSTER_ASSIGNED_H

#include <stdbool.h>

#include "core/queue.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Begins as zeros. */
typedef struct mcpi_assigned {
    mcpi_range *ranges;
    size_t count, capacity;
} mcpi_assigned;

void mcpi_assigned_free(mcpi_assigned *assigned);

/* False, and nothing changed, without memory. */
bool mcpi_assigned_add(mcpi_assigned *assigned, mcpi_range range);

/* Take out the darts of `range`, as far as they are there, and tell how many were. *kept is false without memory, for
   two pieces that are left of one range. */
uint64_t mcpi_assigned_remove(mcpi_assigned *assigned, mcpi_range range, bool *kept);

#ifdef __cplusplus
}
#endif

#endif
