/* What stands beside the counts of a result and follows from them, or adds up to them. */
#ifndef MCPI_CLI_CONTRADICTION_H
#define MCPI_CLI_CONTRADICTION_H

#include <json-c/json.h>
#include <stdbool.h>

#include "cli/exact.h"

/*
 * The key of what contradicts darts and hits: "pi", "std_error" or "z"; NULL if nothing does. A key that is missing
 * contradicts nothing, and *all_there is then false.
 */
const char *find_wrong_estimate(const json_object *root, const exact_counts *counts, bool *all_there);

/*
 * Do the devices have fewer darts than the result, or the same darts and other hits? What a resumed run had counted
 * before, and ranges beyond those of the result, make more than this impossible to say.
 */
bool contradicts_devices(const json_object *root, const exact_counts *counts);

#endif
