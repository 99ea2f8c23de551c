/* What mcpi and mcpi-mpi have in common. */
#ifndef MCPI_CLI_PROGRAM_H
#define MCPI_CLI_PROGRAM_H

#include "cli/options.h"

/* Carry out what the command line asks for. Returns the exit code. */
int program(const cli_options *options);

#endif
