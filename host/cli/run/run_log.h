/* --log: what each worker does, as text, a line for each event. docs/command-line.md describes the lines. */
#ifndef MCPI_CLI_RUN_RUN_LOG_H
#define MCPI_CLI_RUN_RUN_LOG_H

#include <stdbool.h>
#include <stdio.h>

#include "cli/args/options.h"

typedef struct run_log {
    const cli_options *options; /* the caller's */
    FILE *file;                 /* NULL: there is no log */
    int failure;                /* errno of the first line that could not be written; 0: none */
} run_log;

/* Open the file of --log, if that was given, and write its first line. On failure false, with errno set. */
bool run_log_open(run_log *log, const cli_options *options);

/* Write a line. It is in the file when this returns, whole. */
void run_log_write(run_log *log, const mcpi_event *event);

/* False, with a complaint, if not all lines could be written. */
bool run_log_close(run_log *log);

#endif
