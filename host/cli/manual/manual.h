/*
 * Manual pages and shell completions, written from the table of commands and from the public headers when mcpi is
 * built.
 *
 * A template is the text of a page, or the code of a completion, with placeholders: @NAME@ stands for what one of the
 * functions below writes. No template lists commands or options.
 */
#ifndef MCPI_CLI_MANUAL_MANUAL_H
#define MCPI_CLI_MANUAL_MANUAL_H

#include <stdbool.h>
#include <stdio.h>

#include "cli/args/options.h"

typedef struct manual {
    const cli_program *program;
    const char *sources; /* folder with the sources of mcpi */
} manual;

/* Copy a template, and replace its placeholders. False, after a message, if it contains one that is not known, or if a
   source cannot be read. */
bool manual_write(FILE *out, FILE *in, const manual *m);

/* ---- what placeholders stand for ---- */

/* A function that writes a part of a file. False if something cannot be read. */
typedef bool manual_part(FILE *out, const manual *m);

/* Manual page of a program. */
manual_part write_synopsis, write_commands, write_examples;

/* Manual page of the library. */
manual_part write_api_synopsis, write_api_functions, write_api_types, write_api_example;

/* Completions: each command with its options. */
manual_part write_bash_table, write_zsh_table, write_fish_table;

#endif
