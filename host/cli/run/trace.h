/*
 * The convergence of a run's estimate, from mcpi_result.trace: --trace writes a table, --plot draws a picture.
 */
#ifndef MCPI_CLI_RUN_TRACE_H
#define MCPI_CLI_RUN_TRACE_H

#include "cli/args/options.h"
#include "cli/io/output.h"
#include "cli/io/plot.h"

/* The requested files, open until the run is over. */
typedef struct trace_files {
    const cli_options *options;
    output table;
    plot picture;
} trace_files;

/* Open the files before anything is counted. False, after a message, if one cannot be written. */
bool trace_open(trace_files *c, const cli_options *options);

/* Write the files, or discard them if there is no result. Returns EXIT_DONE, or EXIT_FAILED after a message. */
int trace_finish(trace_files *c, const mcpi_result *result, const warning_list *warnings);

/* CSV: darts, hits, pi, its standard error, z. The same bytes on every machine. */
void write_trace(FILE *out, const mcpi_result *result);

/* Write the rest of a plot's script. The trace must have at least one point. */
void draw_trace(plot *p, const mcpi_result *result, const warning_list *warnings);

#endif
