/* The outcome of `mcpi verify`, as text and as JSON (schema mcpi.verify.v1). */
#ifndef MCPI_CLI_VERIFY_VERIFY_REPORT_H
#define MCPI_CLI_VERIFY_VERIFY_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "cli/io/origin.h"
#include "mcpi/mcpi.h"

/* A part that was counted again. */
typedef struct recounted_part {
    mcpi_part claim; /* what the file says */
    uint64_t hits;   /* what this machine has counted */
} recounted_part;

typedef struct verification {
    const char *file;
    const mcpi_state *state;
    uint64_t pick;             /* it chose the parts */
    size_t chosen;             /* parts to be recounted, as far as known: all, unless --sample was given */
    bool has_time_limit;       /* without --sample */
    size_t count;              /* parts that were recounted, */
    recounted_part *recounted; /* in the order in which that was done */
    uint64_t darts;            /* in these parts */
    double seconds;            /* for counting them, without set-up */
    size_t disagreements;      /* parts whose counts differ */
    bool complete;             /* it was neither interrupted nor did it fail */
    mcpi_result *last;         /* the result of the last recount, for its devices; NULL: none */
    run_origin origin;
} verification;

static inline bool disagrees(const recounted_part *part)
{
    return part->hits != part->claim.hits;
}

/* Both take a verification. */
void verify_text(FILE *out, const void *report);
void verify_json(FILE *out, const void *report);

#endif
