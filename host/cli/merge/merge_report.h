/*
 * The outcome of `mcpi merge`, as text and as JSON (schema mcpi.result.v1).
 *
 * The count is that of the prefix, the darts up to the first gap, as in every result. If darts are missing, the JSON
 * also has all parts, so that merging the file with the missing shards later gives the whole count. Of how the shards
 * were counted it says only how long that took, all together: the list of devices is empty.
 */
#ifndef MCPI_CLI_MERGE_MERGE_REPORT_H
#define MCPI_CLI_MERGE_MERGE_REPORT_H

#include <stdio.h>

#include "cli/io/warnings.h"
#include "mcpi/mcpi.h"

/* A merged result with more parts could exceed the length limit of read_result. */
enum { MERGE_MOST_PARTS = 160000 };

typedef struct merge_outcome {
    const mcpi_state *state; /* from mcpi_merge */
    uint64_t unconfirmed;    /* darts of the state that runs with --verify full counted only once */
    uint64_t timed_darts;    /* darts of the state of which it is known how long they took, */
    double seconds;          /* and how long: the sum over all runs */
    warning_list warnings;
} merge_outcome;

/* The result of the prefix, marked incomplete if darts are missing. */
mcpi_result merge_prefix(const merge_outcome *outcome);

/* Both take a merge_outcome. */
void merge_text(FILE *out, const void *report);
void merge_json(FILE *out, const void *report);

#endif
