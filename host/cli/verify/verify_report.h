/* The outcome of `mcpi verify`, as text and as JSON (schema mcpi.verify.v1). */
#ifndef MCPI_CLI_VERIFY_VERIFY_REPORT_H
#define MCPI_CLI_VERIFY_VERIFY_REPORT_H

#include <stdio.h>

#include "cli/io/origin.h"
#include "mcpi/mcpi.h"

typedef struct verification {
    const char *file;
    const mcpi_state *state;
    uint64_t pick; /* it chose the parts */
    const mcpi_recount_report *report;
    run_origin origin;
} verification;

/* Both take a verification. */
void verify_text(FILE *out, const void *report);
void verify_json(FILE *out, const void *report);

#endif
