/* Read the parts of a result from its JSON. */
#ifndef MCPI_CLI_MERGE_READ_PARTS_H
#define MCPI_CLI_MERGE_READ_PARTS_H

#include <json-c/json.h>
#include <stdbool.h>

#include "cli/io/exact.h"
#include "mcpi/mcpi.h"

/* Whether a result has any of the keys for parts. If so, all of them are required. */
bool has_parts(const json_object *root);

/*
 * Read the parts into *result, a state with the range and goal of `counts`; the caller frees it with free().
 * *unconfirmed is the number of darts that runs with --verify full counted only once.
 *
 * BAD_OPTION, with *result unchanged, if a key is missing, the checksum does not match, or the parts are out of order,
 * overlap, or do not add up to `counts`.
 */
mcpi_status take_parts(const json_object *root, const exact_counts *counts, mcpi_state **result, uint64_t *unconfirmed,
                       mcpi_error *error);

#endif
