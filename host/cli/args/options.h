/*
 * The command line as data. A program is a table of commands, a command lists its options, and an option says where its
 * value is stored. The code that parses command lines, prints help and writes messages reads these tables and has no
 * special case for any command or option.
 */
#ifndef MCPI_CLI_ARGS_OPTIONS_H
#define MCPI_CLI_ARGS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "cli/args/expect.h"
#include "cli/args/quantity.h"
#include "cli/io/origin.h"
#include "cli/io/report_files.h"
#include "mcpi/mcpi.h"

/* The most that --rounds takes. */
enum { cli_most_rounds = 1000, cli_most_kernels = 8 };

typedef enum cli_progress { PROGRESS_AUTO, PROGRESS_ALWAYS, PROGRESS_NEVER } cli_progress;

/* Performs a run: mcpi_run, or a function with the same contract. */
typedef mcpi_status (*cli_runner)(const mcpi_options *options, mcpi_result **result, mcpi_error *error);

/* Different choices of an option, in the order given. */
typedef struct choice_list {
    unsigned count;
    int values[4];
} choice_list;

/* File names, in the order given. */
typedef struct name_list {
    size_t count;
    const char *names[report_most_files];
} name_list;

/* Names, in the order given. */
typedef struct kernel_list {
    size_t count;
    char names[cli_most_kernels][24];
} kernel_list;

struct cli_command;
struct cli_program;
struct job_link;

typedef struct cli_options {
    const struct cli_program *program;
    const struct cli_command *command;
    bool is_named; /* the command was given, not assumed */
    cli_runner runner;
    run_origin origin;          /* set by main, not by the command line */
    const struct job_link *job; /* stress: connection to the processes that test other nodes; NULL: none */
    mcpi_options run;
    report_format format; /* of the report on standard output */
    bool help, version, quiet, verbose, profile, per_worker;
    bool weak;                /* scaling: N darts a worker instead of N darts */
    number_list steps;        /* scaling: CPU workers of each step; a number alone is the most */
    kernel_list kernels;      /* compare: kernels to count with; none: each device's own choice */
    unsigned rounds;          /* compare, scaling: rounds to time; 0: until the ratios are known well enough */
    choice_list worker_kinds; /* scaling: mcpi_workers to measure in turn */
    cli_progress progress;
    name_list outputs;       /* files for the report */
    const char *output;      /* file instead of standard output, for a command that prints; NULL: none */
    const char *continued;   /* file to start or continue a run in; NULL: none */
    const char *checkpoint;  /* file to save the run to; NULL: none */
    const char *resume;      /* file of the run to continue; NULL: none */
    const char *log;         /* file for the events of each worker; NULL: none */
    const char *trace;       /* file for the trace as CSV; NULL: none */
    const char *plot;        /* file for a picture, with a valid ending; NULL: none */
    expectation expected;    /* devices that must be present */
    const char *metrics;     /* stress: file for Prometheus; NULL: none */
    double interval_seconds; /* time between two lines of progress; stress: and between two updates of that file */
    double sample;           /* verify: share of the parts to recount; 0: as many as fit into a time */
    uint64_t pick;           /* verify: number that chooses the parts */
    char **operands;         /* arguments that are not options; they point into argv */
    size_t operand_count;    /* 0 for a command without operands */
    uint64_t given;          /* options that were given: one bit for each place in the command's list */
} cli_options;

/* ---- the rows ---- */

/* What a value is, and the type of the member of cli_options that takes it. */
typedef enum option_kind {
    OPTION_FLAG,       /* no value: bool */
    OPTION_CONSTANT,   /* no value: sets an enumeration to `constant`; excludes other options for the same member */
    OPTION_FILE,       /* a file name: const char * */
    OPTION_PICTURE,    /* name of a picture: const char * */
    OPTION_DEVICES,    /* a selection of devices: const char * */
    OPTION_KERNEL,     /* name of a kernel: const char * */
    OPTION_KERNELS,    /* different names of at most eight kernels: kernel_list */
    OPTION_FILES,      /* a file name; can be given several times: name_list */
    OPTION_CHOICE,     /* one of `choices`: an enumeration */
    OPTION_CHOICES,    /* different ones of at most four `choices`: choice_list */
    OPTION_DARTS,      /* 0 to 2^63, as in 1e10, 2^33 or 10G: uint64_t */
    OPTION_WORD,       /* 64 bits, decimal or 0x...: uint64_t */
    OPTION_WORKERS,    /* 1 to UINT_MAX: unsigned */
    OPTION_ROUNDS,     /* 1 to cli_most_rounds: unsigned */
    OPTION_LIST,       /* different numbers from 1 to UINT_MAX, sorted: number_list */
    OPTION_POSITIVE,   /* a number above 0: double */
    OPTION_SHARE,      /* above 0 % and up to 100 %, as in 5% or 0.5%: double, 1 for 100 % */
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
    const char *member; /* its name, as in "run.devices" */
    const char *help;   /* lines of at most 53 characters; NULL: not listed unless the command has its own text */
    const char *wanted; /* valid values, for messages; NULL: the text of its kind */
    const option_choice *choices; /* OPTION_CHOICE, OPTION_CHOICES */
    int constant;                 /* OPTION_CONSTANT */
} cli_option;

/* The arguments after `member` are the help and other members, as in .wanted = "a colour". */
#define CLI_OPTION(name, letter, argument, kind, member, ...)                                     \
    {                                                                                             \
        name, letter, argument, kind, offsetof(cli_options, member), #member, .help = __VA_ARGS__ \
    }

/* An option of a command, or a heading above the options that follow. */
typedef struct option_use {
    const cli_option *option; /* NULL: a heading or, without help, the end of the list */
    const char *help;         /* what the option means to this command; NULL: option->help */
} option_use;

typedef struct cli_example {
    const char *arguments, *purpose;
} cli_example;

/* One line that says what is wrong with a command line. */
typedef struct usage_error {
    char message[400];
} usage_error;

/* A command has `print` or `report`, which return the program's exit code. */
typedef struct cli_command {
    const char *name;
    const char *summary;
    /* What help calls them; NULL: it takes none. Shells complete FILE to files and COMMAND to commands. */
    const char *operands;
    const char *function; /* of the library, whose result the command prints; NULL: none */
    /* Write to `out`: standard output, or the file of -o. */
    int (*print)(const cli_options *options, FILE *out);
    /* Write a report to `files`, by report_write(). */
    int (*report)(const cli_options *options, report_files *files);
    unsigned formats; /* of a report, besides JSON: bits 1 << report_format */
    /* Check combinations of options and operands, and set values that follow from them; NULL: nothing to check. Not
       called with --help. */
    bool (*complete)(cli_options *options, usage_error *error);
    /* Without those that every command has: -h, -V, -o and, for a report, those for its formats. */
    option_use options[32];
    cli_example examples[4];
    /* Defaults; 0 and NULL: as for a run. */
    const char *devices;
    uint64_t darts;
    mcpi_pin pin;
    bool with_mpi;        /* mcpi-mpi supports it with several processes */
    bool checks_expected; /* it checks --expect itself; otherwise the program checks before it calls the command */
} cli_command;

typedef struct cli_program {
    const char *name;
    const char *summary;
    const char *usage;                  /* lines */
    const cli_command *const *commands; /* the first is the default; NULL ends the list */
    option_use options[8];              /* options that most people need */
    const char *notes;                  /* lines at the end of the help */
    bool with_mpi;                      /* help shows only commands with `with_mpi` */
} cli_program;

/* ---- what reads them ---- */

/* Parse the arguments. On failure returns false, with the first error, but still stores the valid options after it. If
   the command takes operands, they are moved to the front of `argv`. */
bool parse_options(const cli_program *program, int argc, char **argv, cli_options *options, usage_error *error);

/* Put a message into *error and return false. */
__attribute__((format(printf, 2, 3))) bool usage_fail(usage_error *error, const char *format, ...);

/* The command of this name; NULL, with a message, if there is none. */
const cli_command *find_command(const cli_program *program, const char *name, usage_error *error);

/* A command that help, manual page and completions of the program list, by its place; NULL after the last one. */
const cli_command *command_at(const cli_program *program, unsigned place);

/* An option of a command, or a heading, by its place in the list; NULL after the last one. */
const option_use *option_at(const cli_command *command, unsigned place);

/* What an option means to a command, or the text of a heading; NULL: help does not list the option. */
const char *help_of(const option_use *use);

/*
 * Put a text of the library, in `size` bytes, into the words of the command line: "options.devices", a member of
 * mcpi_options, becomes "--device", the option of this command that sets it, or else of the first command that has one;
 * a function becomes the command that prints its result. The word after a member is a value, which remains as it is.
 */
void name_options(const cli_options *options, char *text, size_t size);

/* Whether an option was given, by its long name; false if the command has no such option. */
bool is_given(const cli_options *options, const char *name);

/* The file that a run is saved to; NULL: none. */
const char *checkpoint_of(const cli_options *options);

#endif
