/* Puts the texts of the library into the words of the command line, as name_options() does. */
#ifndef MCPI_CLI_ARGS_LIBRARY_TEXTS_H
#define MCPI_CLI_ARGS_LIBRARY_TEXTS_H

#include "cli/args/options.h"
#include "mcpi/stress.h"

/* The message of an error; nothing if `status` is OK, because then there is none. */
void name_options_in_error(const cli_options *options, mcpi_status status, mcpi_error *error);

/* The texts of a run that has ended: of its error, and of its result unless that is NULL. */
void name_options_in_run(const cli_options *options, mcpi_status status, mcpi_result *result, mcpi_error *error);

/* The failures in the rows of a test, which are copies of those that the test keeps. */
void name_options_in_rows(const cli_options *options, const mcpi_stress_report *report);

#endif
