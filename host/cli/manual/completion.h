/*
 * What a shell offers for a value or an operand: the name of a function that each completion defines, and its
 * arguments.
 *
 *     text                nothing
 *     files               files
 *     pictures ENDING...  files with these endings
 *     word WORD...        one of these words
 *     words WORD...       a list of them, separated by commas
 *     devices, expected   ids of devices, separated by commas; for `devices` also auto and all
 *     kernel, kernels     a kernel, or a list of them
 *     commands            commands of the program
 */
#ifndef MCPI_CLI_MANUAL_COMPLETION_H
#define MCPI_CLI_MANUAL_COMPLETION_H

#include "cli/args/options.h"

/* For the value of an option that has one, as in "word none cores threads". */
void put_value(FILE *out, const cli_option *option);

/* For the operands of a command: "files", "commands"; "text" if it takes none. */
const char *operand_value(const cli_command *command);

/* What the option means to the command: in one line, and empty if the help does not list it. Quotes, backslashes and
   other characters in `special` have a backslash before them. */
void put_help(FILE *out, const option_use *use, const char *special);

/* The same for any text. */
void put_escaped(FILE *out, const char *text, const char *special);

#endif
