/* The parts of a merged result, read back from its JSON. */
#ifndef MCPI_CLI_MERGE_READ_PARTS_H
#define MCPI_CLI_MERGE_READ_PARTS_H

#include <json-c/json.h>
#include <stdbool.h>

#include "cli/io/exact.h"
#include "mcpi/mcpi.h"

/* Whether a result has any of the keys that belong to parts: then all must be there. */
bool has_parts(const json_object *root);

/*
 * Read the parts into *result, which free() frees: a state with their range and goal, those of `counts`. *unconfirmed
 * is how many of the darts were counted only once by runs with --verify full.
 *
 * BAD_OPTION, with *result as it was, if a key is missing, the checksum does not match, or the parts are not in order,
 * overlap, or contradict `counts`.
 */
mcpi_status take_parts(const json_object *root, const exact_counts *counts, mcpi_state **result, uint64_t *unconfirmed,
                       mcpi_error *error);

#endif
