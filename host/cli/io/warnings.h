/*
 * The warnings of a command: conditions that change what its numbers are worth. Each is printed after the report, also
 * with --quiet, and is an element of "warnings" in JSON, with a code for programs. Notes that change nothing are
 * printed by complain() unless --quiet.
 */
#ifndef MCPI_CLI_IO_WARNINGS_H
#define MCPI_CLI_IO_WARNINGS_H

#include "cli/io/json.h"

typedef struct warning {
    const char *code; /* lower case with underscores: part of the interface, as docs/result.md lists them */
    char *text;       /* one line */
} warning;

typedef struct warning_list {
    size_t count;
    warning *all; /* in the order in which they were added */
} warning_list;

/* Add a warning; `code` must stay valid. Without memory it is printed at once instead. */
__attribute__((format(printf, 3, 4))) void warnings_add(warning_list *w, const char *code, const char *format, ...);

/* Print all warnings on standard error. */
void warnings_print(const warning_list *w);

/* "warnings":[{"code":"..","text":".."}] */
void put_warnings(json_writer *j, const warning_list *w);

/* A list for Markdown, after an empty line; nothing if there are none. */
void warnings_markdown(FILE *out, const warning_list *w);

void warnings_free(warning_list *w);

#endif
