/* mcpi compare FILE FILE...: saved sweeps instead of a new one. Two are set side by side, more are pooled. */
#ifndef MCPI_CLI_SAVED_COMPARE_FILES_H
#define MCPI_CLI_SAVED_COMPARE_FILES_H

#include "cli/args/options.h"

/* Check the operands, of which there is at least one: nothing may be timed, and nothing drawn. */
bool compare_files_check(const cli_options *options, usage_error *error);

/* Read the files and write the report. Returns the exit code: EXIT_MISMATCH if counts disagree. */
int compare_files(const cli_options *options, const report_files *files);

#endif
