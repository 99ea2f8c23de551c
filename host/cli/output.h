/*
 * A file that appears whole or not at all: written beside its name, flushed to disk, renamed.
 */
#ifndef MCPI_CLI_OUTPUT_H
#define MCPI_CLI_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

typedef struct output {
    FILE *file;          /* write here */
    const char *name;    /* the caller's string */
    char temporary[512]; /* empty where `name` is a device or a pipe, which is written directly */
} output;

/*
 * Open for writing, to be ended by commit or discard. On failure false, with errno set: whether a result can be kept is
 * found out before it is counted. `out` must stay where it is.
 */
bool output_open(output *out, const char *name);

/* Make what was written appear under its name. On failure false with errno set, and the old file is as it was. */
bool output_commit(output *out);

/* Drop what was written. */
void output_discard(output *out);

/* Remove all that is open from the disk, for a program that ends at once. Safe in a signal handler. */
void output_abandon_all(void);

#endif
