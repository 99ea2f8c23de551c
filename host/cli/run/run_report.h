/*
 * Reports of a run as text and as JSON (schema mcpi.result.v1).
 */
#ifndef MCPI_CLI_RUN_RUN_REPORT_H
#define MCPI_CLI_RUN_RUN_REPORT_H

#include <stdio.h>

#include "cli/io/exact.h"
#include "cli/io/json.h"
#include "cli/io/origin.h"
#include "mcpi/mcpi.h"

void report_text(FILE *out, const mcpi_result *result);

/* For --per-worker: a table with a row for each worker, after the text. */
void report_workers(FILE *out, const mcpi_result *result);

void report_json(FILE *out, const mcpi_result *result, const run_origin *origin);

/* The numbers of a result for its key "exact". */
exact_counts exact_counts_of(const mcpi_result *result);

/* Write the keys of a result from "seed" to "z": the count and the estimate, but not how it was counted. */
void put_count(json_writer *j, const mcpi_result *result);

/* Write the keys "parts", "unconfirmed_darts" and "parts_checksum". */
void put_parts(json_writer *j, const mcpi_result *result);

/* Decimals that show two digits of the standard error or, where that is 0, of the interval. */
int decimals_of(const mcpi_estimate *estimate);

#endif
