/*
 * A launcher (srun, mpirun) can start several processes that do not share a run. Each of them then counts the same
 * darts, and all of them exit with 0. These functions warn the user.
 */
#ifndef MCPI_CLI_LAUNCHER_H
#define MCPI_CLI_LAUNCHER_H

#include "cli/args/options.h"

/* For mcpi: warn on standard error if a launcher started several processes and this is the first. Does nothing if
   --first or --stream is given, because each process may then have its own darts, and for commands other than `run`. */
void launcher_warn_of_copies(const cli_options *options);

/* For mcpi-mpi with one process: the same, with any options of the run. `launchers` names the programs that start
   processes of this MPI. */
void launcher_warn_of_mismatch(const cli_options *options, const char *launchers);

#endif
