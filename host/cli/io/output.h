/*
 * A file that a command writes. It is kept in memory until it is complete; then a file appears under its name, whole or
 * not at all (core/replace.h), and a descriptor, device or FIFO gets all of it at once. So a program that is killed
 * before leaves nothing behind.
 */
#ifndef MCPI_CLI_IO_OUTPUT_H
#define MCPI_CLI_IO_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

#include "core/target.h"

typedef struct output {
    FILE *file;       /* write here; it has a descriptor and an offset */
    const char *name; /* the caller's string */
    mode_t mode;      /* of a new file; 0: as the umask says */
    int stream;       /* what is open of a descriptor, device or FIFO; otherwise -1 */
    mcpi_target target;
} output;

/*
 * Open for writing, to be ended by commit or discard. The name is followed as mcpi_target_resolve says. On failure
 * false, with errno set: whether a result can be kept is found out before it is counted. To open a FIFO takes until
 * somebody reads it. A new file gets mode `mode` or, if that is 0, what the umask leaves of 0666; one that is there
 * keeps the mode it has.
 */
bool output_open(output *out, const char *name, mode_t mode);

/* Write all of it. On failure false with errno set, and an old file is as it was unless it is written in place. */
bool output_commit(output *out);

/* Drop what was written. */
void output_discard(output *out);

/* The exception, for what is worth most when a program does not end: each line is in the file once it is written. What
   the file held before is gone. To be ended by fclose. On failure NULL, with errno set. */
FILE *output_open_lines(const char *name);

#endif
