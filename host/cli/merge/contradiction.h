/* Check the numbers of a result that its darts and hits determine. Used for results without a checksum. */
#ifndef MCPI_CLI_MERGE_CONTRADICTION_H
#define MCPI_CLI_MERGE_CONTRADICTION_H

#include <json-c/json.h>
#include <stdbool.h>

#include "cli/io/exact.h"

/*
 * The first key that contradicts darts and hits: "pi", "std_error" or "z"; NULL if none does. A missing key contradicts
 * nothing, but sets *all_there to false.
 */
const char *find_wrong_estimate(const json_object *root, const exact_counts *counts, bool *all_there);

/*
 * Whether the devices have fewer darts than the result, or the same number but other hits. They may have more darts:
 * ranges after the first gap belong to them, too. The earlier hits of a resumed run are unknown.
 */
bool contradicts_devices(const json_object *root, const exact_counts *counts);

#endif
