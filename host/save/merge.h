/*
 * Adding up what was counted apart: counts of neighbouring ranges add, whoever made them, wherever.
 *
 * A result is a state like that of a checkpoint, with one part and nothing left to do. So states are all there is to
 * merge, and the outcome is a state again: of the range from the lowest dart that any of them asked for to the highest.
 * What lies between its parts is missing.
 */
#ifndef MCPI_SAVE_MERGE_H
#define MCPI_SAVE_MERGE_H

#include "mcpi/mcpi.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What one file brings. */
typedef struct mcpi_shard {
    const char *name;     /* the file's, for messages */
    mcpi_state *state;    /* as mcpi_state_parse gives it; what it asked for goes from its first dart to its goal */
    uint64_t unconfirmed; /* of its darts, those that a run with --verify full counted only once */
} mcpi_shard;

/*
 * Add up `count` shards, at least one, in any order. *merged is to be freed with free(), and NULL on failure; its parts
 * are as few as can be.
 *
 * BAD_OPTION if they are not of one seed and stream, or if two of them hold the same dart; the message names both.
 */
mcpi_status mcpi_merge(const mcpi_shard *shards, size_t count, mcpi_state **merged, mcpi_error *error);

/*
 * The darts missing in front of part `i`, or behind the last one for i = part_count, as a part without hits; of no
 * darts where nothing is missing.
 */
mcpi_part mcpi_state_gap(const mcpi_state *state, size_t i);

#ifdef __cplusplus
}
#endif

#endif
