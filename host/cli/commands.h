/*
 * One function a command. Each returns the program's exit code.
 */
#ifndef MCPI_CLI_COMMANDS_H
#define MCPI_CLI_COMMANDS_H

#include "cli/options.h"

/* `file` is where -o writes, opened already, or NULL. */
int command_run(const cli_options *options, FILE *file);
int command_compare(const cli_options *options, FILE *file);
int command_scaling(const cli_options *options, FILE *file);
int command_stress(const cli_options *options, FILE *file);

/* With --metrics: the test did not begin, or its result is lost, and the program ends with this exit code. Does nothing
   for other commands. */
void stress_never_ran(const cli_options *options, int exit_code);

int command_board(const cli_options *options, FILE *file);
int command_devices(const cli_options *options, FILE *file);
int command_merge(const cli_options *options, FILE *file);

/* "mcpi: ..." on standard error, as one line: control characters become question marks. */
__attribute__((format(printf, 1, 2))) void complain(const char *format, ...);

/* A message about this host. In a job it names the host, because processes on many nodes may write to one file. */
__attribute__((format(printf, 2, 3))) void complain_from(const run_origin *origin, const char *format, ...);

/* What this thread complains of goes to `instead`, as lines without "mcpi: " and newline; NULL: to standard error. */
typedef void complaint_sink(void *user, const char *line);
void complain_to(complaint_sink *instead, void *user);

/* Say for how long the process was stopped, unless that is 0. */
void note_pause(double seconds);

#endif
