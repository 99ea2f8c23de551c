/*
 * Read results (schema mcpi.result.v1) as report_json writes them. Uses json-c; in a build without it,
 * read_result_absent.c takes its place and reports that.
 */
#ifndef MCPI_CLI_MERGE_READ_RESULT_H
#define MCPI_CLI_MERGE_READ_RESULT_H

#include "mcpi/mcpi.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a result says besides its state. All zero for a refused result. */
typedef struct result_notes {
    const char *doubt;    /* why it could not be checked completely; NULL if it could */
    uint64_t unconfirmed; /* darts of the state that runs with --verify full counted only once */
    uint64_t timed_darts; /* darts of the state of which it says how long they took; 0: none */
    double seconds;       /* for these, the sum over all runs */
} result_notes;

/*
 * Read a result into *state, which free() frees: all parts, or one if it has no parts, and a goal beyond them if the
 * run was stopped. A run in which a device counted wrong has left that device out, and is as good as any.
 *
 * The counts come from the strings in "exact" and must match the checksum. The numbers beside them must be the same, or
 * what a double makes of them. Without "exact" and checksum (results of older versions) the counts come from the
 * numbers, which pi, z, std_error and the devices must not contradict; notes->doubt then says what could not be
 * checked. The parts have a checksum of their own, and those up to the first gap must add up to the count. Times have
 * none.
 *
 * BAD_OPTION, and the reason without a name, if the text is not JSON or no result, if it is damaged, or if a number is
 * missing, out of range or not whole.
 */
mcpi_status read_result(const char *text, size_t length, mcpi_state **state, result_notes *notes, mcpi_error *error);

#ifdef __cplusplus
}
#endif

#endif
