/* What mcpi and mcpi-mpi have in common. */
#ifndef MCPI_CLI_PROGRAM_H
#define MCPI_CLI_PROGRAM_H

#include "cli/args/options.h"

/*
 * To be called before anything else. Keeps hwloc, also the one inside an MPI library, from printing warnings, unless
 * HWLOC_HIDE_ERRORS is set. Keeps the numbers of standard streams that are closed from being given to files.
 */
void prepare_process(void);

/* Carry out what the command line asks for. Returns the exit code. */
int program(const cli_options *options);

#endif
