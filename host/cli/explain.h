/*
 * --verbose: what a command has found, what it chooses, and why, as lines on standard error before it starts. It reads
 * the same options as the commands, so no command has code for it.
 */
#ifndef MCPI_CLI_EXPLAIN_H
#define MCPI_CLI_EXPLAIN_H

#include "cli/args/options.h"

/* Prints nothing without --verbose. Starts a GPU driver only if the command would. */
void explain(const cli_options *options);

#endif
