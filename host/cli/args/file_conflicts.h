/*
 * Check that no two options of a command write the same file.
 */
#ifndef MCPI_CLI_ARGS_FILE_CONFLICTS_H
#define MCPI_CLI_ARGS_FILE_CONFLICTS_H

#include "cli/args/options.h"

/*
 * Check the names of all files that will be written, and that of --resume, before anything is opened. Links, other
 * spellings and hard links of a name are detected. --resume may name the checkpoint or the previous one. False, after a
 * message, if two options name the same file, or if one names a descriptor that is not open for writing. Prints a
 * warning for a file that can only be written in place.
 */
bool file_conflicts_check(const cli_options *options);

/* After file_conflicts_check has failed: whether --metrics names a file that no other option and no standard stream
   uses. */
bool file_conflicts_spare_metrics(const cli_options *options);

/* Whether a name is standard output: "-", /dev/stdout, or another name of the same descriptor. */
bool is_standard_output(const char *name);

/* Say that the file of an option cannot be written; `reason` is an errno. Silent if it is standard output and the
   reader has gone, such as head: it wants no more. */
void complain_of_file(const char *option, const char *name, int reason);

#endif
