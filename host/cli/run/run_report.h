/*
 * Results as text for people and as JSON for programs (schema mcpi.result.v1).
 */
#ifndef MCPI_CLI_RUN_RUN_REPORT_H
#define MCPI_CLI_RUN_RUN_REPORT_H

#include <stdio.h>

#include "cli/io/exact.h"
#include "cli/io/json.h"
#include "cli/io/origin.h"
#include "mcpi/mcpi.h"

void report_text(FILE *out, const mcpi_result *result);
void report_json(FILE *out, const mcpi_result *result, const run_origin *origin);

/* The numbers that "exact" has for this result. */
exact_counts exact_counts_of(const mcpi_result *result);

/* The keys of a result from "schema" to "z": what was counted, and what follows from it, but not how it was counted. */
void put_count(json_writer *j, const mcpi_result *result);

/* Decimals that show two digits of the standard error or, where that is 0, of the interval. */
int decimals_of(const mcpi_estimate *estimate);

#endif
