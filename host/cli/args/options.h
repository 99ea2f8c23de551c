/*
 * The command line. One table drives parsing, --help and validation.
 */
#ifndef MCPI_CLI_ARGS_OPTIONS_H
#define MCPI_CLI_ARGS_OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

#include "cli/args/expect.h"
#include "cli/io/origin.h"
#include "mcpi/mcpi.h"

typedef enum cli_command {
    COMMAND_RUN = 1,
    COMMAND_COMPARE = 2,
    COMMAND_STRESS = 4,
    COMMAND_MERGE = 8,
    COMMAND_DEVICES = 16,
    COMMAND_SCALING = 32,
    COMMAND_BOARD = 64
} cli_command;

typedef enum cli_progress { PROGRESS_AUTO, PROGRESS_ALWAYS, PROGRESS_NEVER } cli_progress;

/* What carries out a run: mcpi_run, or something with the same contract. */
typedef mcpi_status (*cli_runner)(const mcpi_options *options, mcpi_result **result, mcpi_error *error);

struct job_link;

typedef struct cli_options {
    cli_command command;
    cli_runner runner;
    run_origin origin;          /* set by main, not by the command line */
    const struct job_link *job; /* stress: the processes that test other nodes; NULL: there are none */
    mcpi_options run;
    bool help, version, json, csv, quiet, verbose;
    bool weak; /* scaling: N darts a worker instead of N darts */
    cli_progress progress;
    const char *output;      /* file for the result as JSON; NULL: none */
    const char *continued;   /* file to begin a run in, or to continue it from; NULL: none */
    const char *checkpoint;  /* file that keeps the run; NULL: none */
    const char *resume;      /* file of a run to go on with; NULL: none */
    const char *trace;       /* file for the trace as CSV; NULL: none */
    const char *plot;        /* file for a picture, of a name that will do; NULL: none */
    expectation expected;    /* devices that must be there */
    const char *metrics;     /* stress: file for Prometheus; NULL: none */
    double interval_seconds; /* stress: between two lines, and two updates of that file */
    char **files;            /* merge: what to add up, "-" for standard input; part of the arguments */
    size_t file_count;       /* at least 1 for merge, 0 for every other command */
    unsigned given;          /* which options were given, a bit for each row of the table */
} cli_options;

/* What is wrong with a command line, in one line. */
typedef struct usage_error {
    char message[400];
} usage_error;

/* On failure false, with the first reason; what is right in the rest is taken all the same. The files, if the command
 * takes any, are moved to the front of `argv`. */
bool parse_options(int argc, char **argv, cli_options *options, usage_error *error);
void print_help(FILE *out);

/* Whether an option was given, by its long name. */
bool is_given(const cli_options *options, const char *name);

/* The file that a run is saved to; NULL: none. */
const char *checkpoint_of(const cli_options *options);

#endif
