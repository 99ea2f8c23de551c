/*
 * Add up counts of separate runs: counts of neighbouring ranges add, regardless of how and where they were made.
 *
 * A result is a state like that of a checkpoint, whose goal has been reached. So only states are merged,
 * and the outcome is again a state: of the range from the lowest to the highest dart that any of them requested. The
 * darts between its parts are missing.
 */
#ifndef MCPI_SAVE_MERGE_H
#define MCPI_SAVE_MERGE_H

#include "mcpi/mcpi.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The content of one file. */
typedef struct mcpi_shard {
    const char *name;     /* file name, for messages */
    mcpi_state *state;    /* from mcpi_state_parse; it requested the darts from its first one to its goal */
    uint64_t unconfirmed; /* darts of the state that a run with --verify full counted only once */
    uint64_t timed_darts; /* darts of the state of which it is known how long they took, */
    double seconds;       /* and how long */
} mcpi_shard;

/*
 * Add up `count` shards, at least one, in any order. The caller frees *merged with free(); it is NULL on failure. Its
 * adjacent parts are joined by mcpi_join_parts.
 *
 * BAD_OPTION if they differ in seed or stream, or if two of them contain the same dart; the message names both.
 */
mcpi_status mcpi_merge(const mcpi_shard *shards, size_t count, mcpi_state **merged, mcpi_error *error);

/* The part from the first dart to the first missing one; without darts if the first one is missing. */
mcpi_part mcpi_state_prefix(const mcpi_state *state);

/*
 * The missing darts before part `i`, or after the last part for i = part_count, as a part without hits; it has no darts
 * if none are missing.
 */
mcpi_part mcpi_state_gap(const mcpi_state *state, size_t i);

#ifdef __cplusplus
}
#endif

#endif
