/* What mcpi and mcpi-mpi have in common. */
#ifndef MCPI_CLI_PROGRAM_H
#define MCPI_CLI_PROGRAM_H

#include "cli/options.h"

/* Keep hwloc, also the one inside an MPI library, from printing warnings of its own, unless HWLOC_HIDE_ERRORS is set.
   Before anything else: the environment may change only while there is one thread. */
void silence_libraries(void);

/* Carry out what the command line asks for. Returns the exit code. */
int program(const cli_options *options);

#endif
