/*
 * Shards that are numbered like the tasks of a job array: each file has a number in its name, and the first dart of its
 * range increases with that number in equal steps. For these, a gap can be reported by the numbers of the missing
 * shards.
 */
#ifndef MCPI_CLI_MERGE_SHARD_NUMBERS_H
#define MCPI_CLI_MERGE_SHARD_NUMBERS_H

#include <stddef.h>
#include <stdint.h>

#include "cli/merge/read_shard.h"

/* Shard lowest + k begins at dart first + k * darts. */
typedef struct shard_numbers {
    uint64_t lowest; /* number of a shard that is present */
    uint64_t first;  /* its first dart */
    uint64_t darts;  /* of each shard; 0 if the files are not numbered */
} shard_numbers;

/* From number `lowest` to number `highest`, both included. */
typedef struct shard_range {
    uint64_t lowest, highest;
} shard_range;

/*
 * Find the numbers. If a path holds several, use the one at a position, counted from the right, that fits every file
 * exactly: at least two different numbers, and each shard was asked for the same number of darts, only the last one
 * perhaps for fewer. If no position fits, or several fit in different ways, .darts is 0.
 */
shard_numbers find_shard_numbers(const shard_file *shards, size_t count);

/* The shards that darts of this gap belong to. The gap lies in the range of the merged shards, and .darts is not 0. */
shard_range shards_of_gap(const shard_numbers *numbers, const mcpi_part *gap);

/*
 * The numbers of the shards that are missing or incomplete, in order, as `sbatch --array` takes them: "3,7-9". To be
 * freed by the caller; NULL without memory.
 */
char *format_missing_shards(const shard_numbers *numbers, const mcpi_state *merged);

#endif
