/*
 * The command line as data. A program is a table of commands, a command lists its options, an option says where its
 * value goes: all rows. What parses a command line, prints help and words messages reads these rows and knows no
 * command and no option by name.
 */
#ifndef MCPI_CLI_ARGS_OPTIONS_H
#define MCPI_CLI_ARGS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "cli/args/expect.h"
#include "cli/io/origin.h"
#include "mcpi/mcpi.h"

typedef enum cli_progress { PROGRESS_AUTO, PROGRESS_ALWAYS, PROGRESS_NEVER } cli_progress;

/* What carries out a run: mcpi_run, or something with the same contract. */
typedef mcpi_status (*cli_runner)(const mcpi_options *options, mcpi_result **result, mcpi_error *error);

struct cli_command;
struct cli_program;
struct job_link;

typedef struct cli_options {
    const struct cli_program *program;
    const struct cli_command *command;
    bool is_named; /* the command was given, not assumed */
    cli_runner runner;
    run_origin origin;          /* set by main, not by the command line */
    const struct job_link *job; /* stress: the processes that test other nodes; NULL: there are none */
    mcpi_options run;
    bool help, version, json, csv, quiet, verbose, profile;
    bool weak; /* scaling: N darts a worker instead of N darts */
    cli_progress progress;
    const char *output;      /* file for the result; NULL: none */
    const char *continued;   /* file to begin a run in, or to continue it from; NULL: none */
    const char *checkpoint;  /* file that keeps the run; NULL: none */
    const char *resume;      /* file of a run to go on with; NULL: none */
    const char *log;         /* file for what each worker does; NULL: none */
    const char *trace;       /* file for the trace as CSV; NULL: none */
    const char *plot;        /* file for a picture, of a name that will do; NULL: none */
    expectation expected;    /* devices that must be there */
    const char *metrics;     /* stress: file for Prometheus; NULL: none */
    double interval_seconds; /* stress: between two lines, and two updates of that file */
    char **operands;         /* what is no option; part of the arguments */
    size_t operand_count;    /* 0 for a command without operands */
    uint64_t given;          /* which options were given, a bit for each place in the command's list */
} cli_options;

/* ---- the rows ---- */

/* What a value is, and the type of the member of cli_options that takes it. */
typedef enum option_kind {
    OPTION_FLAG,       /* no value: bool */
    OPTION_TEXT,       /* any text but an empty one: const char * */
    OPTION_PICTURE,    /* name of a picture: const char * */
    OPTION_CHOICE,     /* one of `choices`: an enumeration */
    OPTION_DARTS,      /* 0 to 2^63, as in 1e10, 2^33 or 10G: uint64_t */
    OPTION_WORD,       /* 64 bits, decimal or 0x...: uint64_t */
    OPTION_WORKERS,    /* 1 to UINT_MAX: unsigned */
    OPTION_POSITIVE,   /* a number above 0: double */
    OPTION_SECONDS,    /* a time above 0, as in 500ms, 5m or 2h: double */
    OPTION_EXPECTATION /* expectation */
} option_kind;

typedef struct option_choice {
    const char *name; /* NULL ends the list */
    int value;
} option_choice;

typedef struct cli_option {
    const char *name;     /* without "--" */
    char letter;          /* or 0 */
    const char *argument; /* what help calls the value; NULL for flags */
    option_kind kind;
    size_t offset;      /* of the member of cli_options */
    const char *help;   /* lines of at most 53 characters; NULL: no line, unless a command says what it means */
    const char *wanted; /* what a value must be, for messages; NULL: what its kind says */
    const option_choice *choices; /* OPTION_CHOICE */
} cli_option;

/* The help, and behind it what else is to be set, as in .wanted = "a colour". */
#define CLI_OPTION(name, letter, argument, kind, member, ...)                            \
    {                                                                                    \
        name, letter, argument, kind, offsetof(cli_options, member), .help = __VA_ARGS__ \
    }

/* An option of a command, or a heading above the options that follow. */
typedef struct option_use {
    const cli_option *option; /* NULL: a heading or, without help, the end of the list */
    const char *help;         /* what the option means to this command; NULL: option->help */
} option_use;

typedef struct cli_example {
    const char *arguments, *purpose;
} cli_example;

/* What is wrong with a command line, in one line. */
typedef struct usage_error {
    char message[400];
} usage_error;

/* A command has `print` or `report`, which return the program's exit code. */
typedef struct cli_command {
    const char *name;
    const char *summary;
    const char *operands; /* what help calls them; NULL: it takes none */
    /* Write to `out`: standard output, or the file of -o. */
    int (*print)(const cli_options *options, FILE *out);
    /* Write a report to standard output, with --json as JSON, and also as JSON to `file`, that of -o, unless it is
     * NULL. */
    int (*report)(const cli_options *options, FILE *file);
    /* Check what options and operands mean together, and set what follows from them; NULL: nothing. Not called with
       --help. */
    bool (*complete)(cli_options *options, usage_error *error);
    /* Without those that need not be listed: -h, -V, -o and, for a report, --json. A command has no others. */
    option_use options[32];
    cli_example examples[4];
    /* Defaults; 0 and NULL: those of a run. */
    const char *devices;
    uint64_t darts;
    mcpi_pin pin;
    bool with_mpi;        /* several processes of mcpi-mpi can carry it out together */
    bool checks_expected; /* it checks --expect itself; for other commands that is done before they are called */
} cli_command;

typedef struct cli_program {
    const char *name;
    const char *summary;
    const char *usage;                  /* lines */
    const cli_command *const *commands; /* the first is the default; NULL ends the list */
    option_use options[8];              /* that most people need */
    const char *notes;                  /* lines, the last in the help */
    bool with_mpi;                      /* help shows commands with that mark only */
} cli_program;

/* ---- what reads them ---- */

/* Parse the arguments. On failure false, with the first reason; what is right in the rest is taken all the same. The
 * operands, if the command takes any, are moved to the front of `argv`. */
bool parse_options(const cli_program *program, int argc, char **argv, cli_options *options, usage_error *error);

/* Put a message into *error and return false. */
__attribute__((format(printf, 2, 3))) bool usage_fail(usage_error *error, const char *format, ...);

/* The command of this name; NULL, with a message, if there is none. */
const cli_command *find_command(const cli_program *program, const char *name, usage_error *error);

/* An option of a command, or a heading, by its place in the list; NULL behind the last. */
const option_use *option_at(const cli_command *command, unsigned place);

/* Whether an option was given, by its long name; false if the command has no such option. */
bool is_given(const cli_options *options, const char *name);

/* The file that a run is saved to; NULL: none. */
const char *checkpoint_of(const cli_options *options);

#endif
