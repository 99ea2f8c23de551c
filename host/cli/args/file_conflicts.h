/*
 * Which files the options of a command name: no file may be written for two of them.
 */
#ifndef MCPI_CLI_ARGS_FILE_CONFLICTS_H
#define MCPI_CLI_ARGS_FILE_CONFLICTS_H

#include "cli/args/options.h"

/*
 * Check the names of all files that are to be written, and that of --resume, before anything is opened. Links, other
 * spellings and hard links of a name are found. --resume may name the checkpoint or the one before it. False, after a
 * complaint, if two options name one file, or one names a descriptor that is not open for writing. A file that can only
 * be written in place is warned about.
 */
bool file_conflicts_check(const cli_options *options);

/* After file_conflicts_check has failed: whether --metrics names a file that no other option and no standard stream
 * goes to. */
bool file_conflicts_spare_metrics(const cli_options *options);

/* Whether a name is standard output: "-", /dev/stdout and what else leads there. */
bool is_standard_output(const char *name);

#endif
