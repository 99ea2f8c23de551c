/* What changes the worth of the numbers of a result. */
#ifndef MCPI_CLI_RUN_RUN_WARNINGS_H
#define MCPI_CLI_RUN_RUN_WARNINGS_H

#include "cli/io/warnings.h"
#include "mcpi/mcpi.h"

/* Warn if the hits are so far from darts * pi/4 that chance gives that less than once in a million runs. */
void warn_of_z(warning_list *w, const mcpi_result *result);

/* All warnings that follow from the result alone. */
void warn_of_result(warning_list *w, const mcpi_result *result);

#endif
