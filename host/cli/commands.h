/*
 * One function a command. Each returns the program's exit code.
 */
#ifndef MCPI_CLI_COMMANDS_H
#define MCPI_CLI_COMMANDS_H

#include "cli/args/options.h"

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

#endif
