/*
 * The table of commands. A command has its own file, which defines a row NAME_command, and its name in the list below.
 */
#ifndef MCPI_CLI_COMMANDS_H
#define MCPI_CLI_COMMANDS_H

#include "cli/args/options.h"

/* In the order of the help; the first is the default. */
#define MCPI_COMMANDS(COMMAND) \
    COMMAND(run)               \
    COMMAND(compare)           \
    COMMAND(scaling)           \
    COMMAND(stress)            \
    COMMAND(merge)             \
    COMMAND(verify)            \
    COMMAND(board)             \
    COMMAND(devices)           \
    COMMAND(help)              \
    COMMAND(version)

#define MCPI_DECLARE_COMMAND(name) extern const cli_command name##_command;
MCPI_COMMANDS(MCPI_DECLARE_COMMAND)
#undef MCPI_DECLARE_COMMAND

extern const cli_command *const all_commands[]; /* ended by NULL */

/* Options of several commands. An option of a single command is in the command's file. */
extern const cli_option option_samples, option_first, option_seed, option_stream;
extern const cli_option option_device, option_threads, option_pin, option_workers, option_kernel, option_expect;
extern const cli_option option_time, option_rounds, option_plot, option_quiet, option_progress, option_interval;
extern const cli_option option_verbose;
extern const cli_option option_thread_steps, option_worker_kinds; /* --threads and --workers as lists */

extern const cli_program mcpi_program, mcpi_mpi_program;

/* Print the help of a command or, if it is NULL, of the program. */
void print_help(FILE *out, const cli_program *program, const cli_command *command);

/* With --metrics: record that the test did not start, or that its result is lost, and that the program ends with this
   exit code. Does nothing for other commands. */
void stress_never_ran(const cli_options *options, int exit_code);

#endif
