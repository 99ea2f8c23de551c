/* What the JSON of several saved sweeps has in common: schema mcpi.compare_files.v1. */
#ifndef MCPI_CLI_SAVED_SAVED_JSON_H
#define MCPI_CLI_SAVED_SAVED_JSON_H

#include "cli/io/json.h"
#include "cli/saved/saved_match.h"

/* Begin the object, with the headline, the counts and the files: {"file":..,"host":..,"load_average":..} */
json_writer saved_json_begin(FILE *out, const char *headline, const count_comparison *counts,
                             const saved_sweep *const *sweeps, size_t count);

/* "key":{"kernel":..,"workers":..,"rounds":..,"darts_per_second":{..}}, or null without a row */
void put_saved_row(json_writer *j, const char *key, const saved_row *row);

#endif
