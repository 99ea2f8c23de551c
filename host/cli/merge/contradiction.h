/* Numbers of a result that its darts and hits determine. Of a result without a checksum they must agree. */
#ifndef MCPI_CLI_MERGE_CONTRADICTION_H
#define MCPI_CLI_MERGE_CONTRADICTION_H

#include <json-c/json.h>
#include <stdbool.h>

#include "cli/io/exact.h"

/*
 * The key of what contradicts darts and hits: "pi", "std_error" or "z"; NULL if nothing does. A key that is missing
 * contradicts nothing, and *all_there is then false.
 */
const char *find_wrong_estimate(const json_object *root, const exact_counts *counts, bool *all_there);

/*
 * Do the devices have fewer darts than the result, or the same darts and other hits? They may have more: ranges behind
 * the first gap are theirs, too. The hits that a resumed run had before are not known.
 */
bool contradicts_devices(const json_object *root, const exact_counts *counts);

#endif
