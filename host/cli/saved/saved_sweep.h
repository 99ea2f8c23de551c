/*
 * Sweeps that were saved as JSON: schema mcpi.compare.v1 as comparison_json writes it, or mcpi.scaling.v1 as
 * scaling_json does. Reading uses json-c; in a build without it, saved_sweep_absent.c takes its place and reports that.
 */
#ifndef MCPI_CLI_SAVED_SAVED_SWEEP_H
#define MCPI_CLI_SAVED_SAVED_SWEEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mcpi/mcpi.h"
#include "stats/spread.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Text of a file: one line, shortened, without control characters; empty if it is unknown. */
typedef struct saved_text {
    char text[80];
} saved_text;

/* Where and by what a sweep was made. */
typedef enum saved_fact {
    SAVED_HOST,
    SAVED_CPU,
    SAVED_SYSTEM,
    SAVED_VERSION,
    SAVED_COMMIT,
    SAVED_COMPILER,
    SAVED_STARTED,
    SAVED_FACTS
} saved_fact;

typedef struct saved_row {
    saved_text who, name, kernel, worker_kind;
    uint64_t workers, gpus;
    uint64_t darts, hits;   /* the count that the rows of the sweep have in common; of a weak scaling, one of its own */
    size_t rounds;          /* at least 1 */
    mcpi_spread rates;      /* darts per second, above 0 */
    double vs_core, vs_cpu; /* medians of the ratios within the rounds; NaN if unknown */
} saved_row;

typedef struct saved_warning {
    char code[32], text[320];
} saved_warning;

typedef struct saved_sweep {
    char file[256]; /* its name, without control characters */
    bool is_scaling;
    uint64_t seed, stream, first;
    saved_text facts[SAVED_FACTS];
    double load;        /* when it started; NaN if unknown */
    double clock_hertz; /* of the CPU, when it ended; NaN if unknown */
    size_t row_count;
    saved_row *rows;
    size_t warning_count;
    saved_warning *warnings;
} saved_sweep;

/*
 * Read a sweep; saved_sweep_free() frees it, and may be called after a failure, too. BAD_OPTION, and the reason without
 * a file name, if the text is no sweep, a number is missing or out of range, or no round is complete. MISMATCH if the
 * counts of the sweep disagreed: its rates are worthless.
 */
mcpi_status saved_sweep_read(const char *text, size_t length, const char *file, saved_sweep *saved, mcpi_error *error);
void saved_sweep_free(saved_sweep *saved);

#ifdef __cplusplus
}
#endif

#endif
