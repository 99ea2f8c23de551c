/*
 * A file that a command writes. Its content is kept in memory until it is complete. Then a file appears under its name
 * atomically (core/replace.h), and a descriptor, device or FIFO receives the content at once. So a program that is
 * killed earlier leaves nothing behind.
 */
#ifndef MCPI_CLI_IO_OUTPUT_H
#define MCPI_CLI_IO_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

#include "core/target.h"

typedef struct output {
    FILE *file;       /* write here; it has a descriptor and an offset */
    const char *name; /* the caller's string */
    mode_t mode;      /* mode of a new file; 0: 0666 less the umask */
    int stream;       /* open descriptor of a descriptor, device or FIFO; otherwise -1 */
    mcpi_target target;
} output;

/*
 * Open a file for writing; end it with commit or discard. The name is resolved by mcpi_target_resolve. On failure
 * returns false and sets errno, so that users learn before the count whether the result can be written. Opening a FIFO
 * blocks until it has a reader. A new file gets mode `mode` or, if that is 0, 0666 less the umask; an existing one
 * keeps its mode.
 */
bool output_open(output *out, const char *name, mode_t mode);

/* Write the content. On failure returns false and sets errno; only a file written in place may then have changed. */
bool output_commit(output *out);

/* Discard the content. */
void output_discard(output *out);

/* The exception, for what is worth most when a program does not end: each line is in the file once it is written. What
   the file held before is gone. To be ended by fclose. On failure NULL, with errno set. */
FILE *output_open_lines(const char *name);

#endif
