/* The code that mcpi and mcpi-mpi share. */
#ifndef MCPI_CLI_PROGRAM_H
#define MCPI_CLI_PROGRAM_H

#include "cli/args/options.h"

/*
 * Call this first. It keeps hwloc, also the one inside an MPI library, from printing warnings, unless HWLOC_HIDE_ERRORS
 * is set, and keeps files from getting the numbers of closed standard streams.
 */
void prepare_process(void);

/* Run the command that the options select. Returns the exit code. */
int program(const cli_options *options);

#endif
