/*
 * How a run's estimate converged, from mcpi_result.trace: --trace writes it as a table, --plot draws it.
 */
#ifndef MCPI_CLI_RUN_TRACE_H
#define MCPI_CLI_RUN_TRACE_H

#include "cli/args/options.h"
#include "cli/io/output.h"
#include "cli/io/plot.h"

/* The files asked for, open until the run is over. */
typedef struct trace_files {
    const cli_options *options;
    output table;
    plot picture;
} trace_files;

/* Open them before anything is counted. False, and it has been complained about, if one cannot be written. */
bool trace_open(trace_files *c, const cli_options *options);

/* Write them, or drop them where there is no result. Returns EXIT_DONE, or EXIT_FAILED with a complaint. */
int trace_finish(trace_files *c, const mcpi_result *result);

/* CSV: darts, hits, pi, its standard error, z. The same bytes on every machine. */
void write_trace(FILE *out, const mcpi_result *result);

/* The rest of the script of a picture. The trace has a point at least. */
void draw_trace(plot *p, const mcpi_result *result);

#endif
