/*
 * Reports of a run as text, JSON (schema mcpi.result.v1), CSV and Markdown.
 */
#ifndef MCPI_CLI_RUN_RUN_REPORT_H
#define MCPI_CLI_RUN_RUN_REPORT_H

#include <stdio.h>

#include "cli/io/exact.h"
#include "cli/io/json.h"
#include "cli/io/origin.h"
#include "cli/io/warnings.h"
#include "mcpi/mcpi.h"

void report_text(FILE *out, const mcpi_result *result);

/* For --per-worker: a table with a row for each worker, after the text. */
void report_workers(FILE *out, const mcpi_result *result);

void report_json(FILE *out, const mcpi_result *result, const run_origin *origin, const warning_list *warnings);

/* A line of names, a row for the whole run and one for each device. Unknown values are empty. */
void report_csv(FILE *out, const mcpi_result *result, const run_origin *origin);

/* The count, the estimate and the devices as GitHub renders them, and the warnings. */
void report_markdown(FILE *out, const mcpi_result *result, const run_origin *origin, const warning_list *warnings);

/* The numbers of a result for its key "exact". */
exact_counts exact_counts_of(const mcpi_result *result);

/* Write the keys of a result from "seed" to "z": the count and the estimate, but not how it was counted. */
void put_count(json_writer *j, const mcpi_result *result);

/* pi as far as the reports need it: all 20 digits are right. */
#define PI_DIGITS "3.1415926535897932385"

/* How far the estimate is from pi; and in standard errors, NaN if that is not known. */
double actual_error(const mcpi_estimate *estimate);
double actual_error_in_std_errors(const mcpi_estimate *estimate);

/* Does the standard error describe the estimate? Fewer than 30 darts, or only hits or misses, have an interval only. */
bool has_std_error(const mcpi_result *result);

/* The darts of all devices: those of this run. */
uint64_t darts_of_all_devices(const mcpi_result *result);

/* Write the keys "parts", "unconfirmed_darts" and "parts_checksum". */
void put_parts(json_writer *j, const mcpi_result *result);

/* Decimals that show two digits of the standard error or, where that is 0, of the interval. */
int decimals_of(const mcpi_estimate *estimate);

#endif
