/*
 * How this program was built: version, commit, compiler, flags, and the libraries it was built with. A rate without
 * them cannot be compared with another one.
 */
#ifndef MCPI_CLI_IO_BUILD_INFO_H
#define MCPI_CLI_IO_BUILD_INFO_H

#include "cli/io/json.h"

/* "mcpi 0.1.0", then a line for each fact. `mpi` is the name and version of the MPI library; NULL: a program without.
 */
void print_build(FILE *out, const char *mpi);

/* "build":{"version":"0.1.0","commit":"..",...}; null for what is unknown, and for what the build is without. */
void put_build(json_writer *j, const char *mpi);

#endif
