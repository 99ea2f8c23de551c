#include "cli/args/options.h"

#include <limits.h>
#include <stdarg.h>
#include <string.h>

#include "cli/args/quantity.h"
#include "cli/io/plot.h"
#include "core/affinity.h"
#include "mcpi/dart.h"

__attribute__((format(printf, 2, 3))) static bool fail(usage_error *error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    return false;
}

/* ---- one setter an option: false if the value will not do ---- */

typedef quantity_status (*setter)(cli_options *options, const char *value);

/* Any text but an empty one. */
static quantity_status take_text(const char *value, const char **text)
{
    *text = value;
    return *value ? QUANTITY_OK : QUANTITY_NOT_A_NUMBER;
}

static quantity_status set_device(cli_options *options, const char *value)
{
    return take_text(value, &options->run.devices);
}

static quantity_status up_to_dart_end(quantity_status status, uint64_t number)
{
    return status == QUANTITY_OK && number > MCPI_DART_END ? QUANTITY_TOO_LARGE : status;
}

static quantity_status set_samples(cli_options *options, const char *value)
{
    const quantity_status status = parse_count(value, &options->run.darts);
    return up_to_dart_end(status, options->run.darts);
}

static quantity_status set_first(cli_options *options, const char *value)
{
    const quantity_status status = parse_count(value, &options->run.first);
    return up_to_dart_end(status, options->run.first);
}

static quantity_status set_seed(cli_options *options, const char *value)
{
    return parse_word(value, &options->run.seed);
}

static quantity_status set_stream(cli_options *options, const char *value)
{
    return parse_word(value, &options->run.stream);
}

static quantity_status set_threads(cli_options *options, const char *value)
{
    uint64_t threads;
    const quantity_status status = parse_word(value, &threads);
    if (status != QUANTITY_OK)
        return status;
    if (threads == 0)
        return QUANTITY_NOT_POSITIVE;
    if (threads > UINT_MAX)
        return QUANTITY_TOO_LARGE;
    options->run.threads = (unsigned)threads;
    return QUANTITY_OK;
}

/* The index of `value` among `words`, ended by NULL, or -1. */
static int index_of(const char *value, const char *const *words)
{
    for (int i = 0; words[i]; i++)
        if (strcmp(value, words[i]) == 0)
            return i;
    return -1;
}

static quantity_status set_pin(cli_options *options, const char *value)
{
    static const char *const words[] = {"none", "cores", "threads", NULL};
    static const mcpi_pin pins[] = {MCPI_PIN_NONE, MCPI_PIN_CORES, MCPI_PIN_THREADS};
    const int index = index_of(value, words);
    if (index < 0)
        return QUANTITY_NOT_A_NUMBER;
    options->run.pin = pins[index];
    return QUANTITY_OK;
}

static quantity_status set_kernel(cli_options *options, const char *value)
{
    return take_text(value, &options->run.kernel);
}

static quantity_status set_target_error(cli_options *options, const char *value)
{
    return parse_positive(value, &options->run.target_error);
}

static quantity_status set_time(cli_options *options, const char *value)
{
    return parse_duration(value, &options->run.time_limit_seconds);
}

static quantity_status set_verify(cli_options *options, const char *value)
{
    static const char *const words[] = {
        [MCPI_VERIFY_OFF] = "off", [MCPI_VERIFY_ON] = "on", [MCPI_VERIFY_FULL] = "full", NULL};
    const int index = index_of(value, words);
    if (index < 0)
        return QUANTITY_NOT_A_NUMBER;
    options->run.verify = (mcpi_verify)index;
    return QUANTITY_OK;
}

static quantity_status set_progress(cli_options *options, const char *value)
{
    static const char *const words[] = {
        [PROGRESS_AUTO] = "auto", [PROGRESS_ALWAYS] = "always", [PROGRESS_NEVER] = "never", NULL};
    const int index = index_of(value, words);
    if (index < 0)
        return QUANTITY_NOT_A_NUMBER;
    options->progress = (cli_progress)index;
    return QUANTITY_OK;
}

static quantity_status set_output(cli_options *options, const char *value)
{
    return take_text(value, &options->output);
}

static quantity_status set_checkpoint(cli_options *options, const char *value)
{
    return take_text(value, &options->checkpoint);
}

static quantity_status set_checkpoint_every(cli_options *options, const char *value)
{
    return parse_duration(value, &options->run.save_seconds);
}

static quantity_status set_resume(cli_options *options, const char *value)
{
    return take_text(value, &options->resume);
}

static quantity_status set_continue(cli_options *options, const char *value)
{
    return take_text(value, &options->continued);
}

static quantity_status set_metrics(cli_options *options, const char *value)
{
    return take_text(value, &options->metrics);
}

static quantity_status set_expect(cli_options *options, const char *value)
{
    return parse_expectation(value, &options->expected) ? QUANTITY_OK : QUANTITY_NOT_A_NUMBER;
}

static quantity_status set_trace(cli_options *options, const char *value)
{
    return take_text(value, &options->trace);
}

static quantity_status set_plot(cli_options *options, const char *value)
{
    options->plot = value;
    return plot_takes_name(value) ? QUANTITY_OK : QUANTITY_NOT_A_NUMBER;
}

static quantity_status set_interval(cli_options *options, const char *value)
{
    return parse_duration(value, &options->interval_seconds);
}

static quantity_status set_json(cli_options *options, const char *value)
{
    (void)value;
    options->json = true;
    return QUANTITY_OK;
}

static quantity_status set_csv(cli_options *options, const char *value)
{
    (void)value;
    options->csv = true;
    return QUANTITY_OK;
}

static quantity_status set_weak(cli_options *options, const char *value)
{
    (void)value;
    options->weak = true;
    return QUANTITY_OK;
}

static quantity_status set_quiet(cli_options *options, const char *value)
{
    (void)value;
    options->quiet = true;
    return QUANTITY_OK;
}

static quantity_status set_profile(cli_options *options, const char *value)
{
    (void)value;
    options->run.profile = 1;
    return QUANTITY_OK;
}

static quantity_status set_verbose(cli_options *options, const char *value)
{
    (void)value;
    options->verbose = true;
    return QUANTITY_OK;
}

static quantity_status set_help(cli_options *options, const char *value)
{
    (void)value;
    options->help = true;
    return QUANTITY_OK;
}

static quantity_status set_version(cli_options *options, const char *value)
{
    (void)value;
    options->version = true;
    return QUANTITY_OK;
}

/* ---- the table ---- */

enum {
    counting = COMMAND_RUN | COMMAND_COMPARE | COMMAND_SCALING | COMMAND_STRESS,
    throwing = counting | COMMAND_BOARD,
    reporting = counting | COMMAND_DEVICES | COMMAND_MERGE,
    everywhere = reporting | COMMAND_BOARD
};

typedef struct option_row {
    char short_name; /* or 0 */
    const char *name;
    const char *argument; /* NULL: it takes none */
    unsigned commands;    /* that know it */
    setter set;
    const char *wanted; /* what would do, for the error line */
    const char *help;
} option_row;

static const char wanted_count[] = "a whole number of darts up to 2^63, as in 1e10, 10000000000, 2^33 or 10G";
static const char wanted_time[] = "a time above 0, as in 10s, 500ms, 5m or 2h";
static const char wanted_file[] = "the name of a file";
static const char wanted_word[] = "a 64-bit number, decimal or 0x...";

static const option_row table[] = {
    {'d', "device", "SEL", counting, set_device, "auto, all or a list of cpu, gpu, gpu:0,1 and UUIDs, as in cpu,gpu:0",
     "auto (the GPUs if there are any, else the CPU), all, or a list of\ncpu, gpu, gpu:0,1 and UUIDs  [auto; stress: "
     "all]"},
    {'n', "samples", "N", COMMAND_RUN | COMMAND_SCALING | COMMAND_BOARD, set_samples, wanted_count,
     "darts: 1e10, 10000000000, 2^33, 10G  [1e9; board: 4000; scaling:\nsee -T]"},
    {0, "weak", NULL, COMMAND_SCALING, set_weak, NULL,
     "scaling: N darts for each worker, instead of N for all together"},
    {0, "first", "F", throwing, set_first, wanted_count, "number of the first dart  [0]"},
    {'s', "seed", "S", throwing, set_seed, wanted_word, "64-bit seed, decimal or 0x...  [0]"},
    {0, "stream", "K", throwing, set_stream, wanted_word, "64-bit stream  [0]"},
    {'t', "threads", "N", counting, set_threads, "a whole number above 0",
     "CPU workers; stress: cores, a worker bound to each; scaling: the\nmost workers  [the cores this process may "
     "use]"},
    {0, "pin", "WHAT", COMMAND_RUN | COMMAND_COMPARE, set_pin, "none, cores or threads",
     "cores, threads: bind each CPU worker to a physical core or to a\nhardware thread, over NUMA nodes alike; none: "
     "bind nothing, not\neven GPUs' workers to the CPUs near them  [none but those]"},
    {0, "kernel", "NAME", counting, set_kernel, "a kernel that 'mcpi devices' lists",
     "a kernel of the CPU or of GPUs, see 'mcpi devices'  [the fastest]"},
    {'e', "target-error", "E", COMMAND_RUN, set_target_error, "a standard error above 0, as in 1e-6",
     "stop when the standard error of pi is at most E"},
    {'T', "time", "D", counting, set_time, wanted_time,
     "run: stop after counting for D: 10s, 5m, 2h\ncompare: time for each row  [2s]\nscaling: as many "
     "darts as make it take about D  [20s; over 40 cores more]\nstress: test for D  [until stopped]"},
    {0, "verify", "WHEN", COMMAND_RUN, set_verify, "on, off or full",
     "on: recount slices of the GPUs' ranges on the CPU; full: recount\neverything; off  [on]"},
    {0, "continue", "FILE", COMMAND_RUN, set_continue, wanted_file,
     "begin the run, or continue the one in FILE if there is one, and save\nits progress to FILE: for jobs that are "
     "requeued"},
    {0, "checkpoint", "FILE", COMMAND_RUN, set_checkpoint, "the name of a file",
     "save the progress of the run to FILE, so that --resume can continue it"},
    {0, "checkpoint-every", "D", COMMAND_RUN, set_checkpoint_every, "a time above 0, as in 10s, 500ms, 5m or 2h",
     "how often progress is saved  [5s]"},
    {0, "resume", "FILE", COMMAND_RUN, set_resume, "the name of a file",
     "go on with the run in FILE, on any devices, and keep it there\nunless --checkpoint names another"},
    {0, "profile", NULL, COMMAND_RUN, set_profile, NULL,
     "bracket the counting with cudaProfilerStart and -Stop, for nsys\nprofile -c cudaProfilerApi"},
    {0, "trace", "FILE", COMMAND_RUN, set_trace, wanted_file,
     "write how the count grew to FILE, as CSV: at 10, 11, 12, 14, ... darts,\ntwenty a decade"},
    {0, "plot", "FILE", COMMAND_RUN | COMMAND_SCALING | COMMAND_BOARD, set_plot,
     "the name of a file that ends with .svg or .png",
     "run: draw how the estimate converged; scaling: speed-up and\nefficiency; board: the darts, instead of printing "
     "them. Without\ngnuplot its script is written, with the data"},
    {0, "expect", "SPEC", counting | COMMAND_DEVICES, set_expect,
     "cpu, cpu=N, gpu, gpu=N, gpu:0 or gpu:UUID, with commas, each once, N above 0",
     "end with 4, and name each missing device, unless these can be used:\ngpu=8 (at least 8 GPUs), cpu=64 (hardware "
     "threads), gpu:0,\ngpu:GPU-5c1e, or several with commas; stress: they must be tested"},
    {0, "interval", "D", COMMAND_STRESS, set_interval, wanted_time,
     "stress: a line, and new metrics, every D; on a terminal one line is\nredrawn instead  [1m]"},
    {0, "metrics", "FILE", COMMAND_STRESS, set_metrics, wanted_file,
     "stress: keep metrics for Prometheus in FILE, as node_exporter's\ntextfile collector reads them"},
    {0, "json", NULL, reporting, set_json, NULL, "print the result as JSON; stress: an object every interval as well"},
    {0, "csv", NULL, COMMAND_SCALING, set_csv, NULL, "scaling: print the table as CSV"},
    {'o', "output", "FILE", reporting, set_output, wanted_file,
     "write the result as JSON to FILE as well, whole or not at all;\n- for standard output is --json"},
    {'q', "quiet", NULL, everywhere, set_quiet, NULL, "no progress and no notes"},
    {'v', "verbose", NULL, COMMAND_DEVICES, set_verbose, NULL,
     "devices: the processors, and rates by which a kernel was picked"},
    {0, "progress", "WHEN", counting, set_progress, "auto, always or never",
     "auto (on a terminal), always, never  [auto]"},
    {'h', "help", NULL, everywhere, set_help, NULL, "show this"},
    {'V', "version", NULL, everywhere, set_version, NULL, "show the version"},
};

static const double usual_interval_seconds = 60.0;
static const uint64_t usual_board_darts = 4000;

enum { rows = sizeof table / sizeof *table };
_Static_assert(rows <= 32, "cli_options.given has a bit for each row");

typedef struct command_row {
    const char *name;
    cli_command command;
    const char *help;
    const char *files; /* what to call the files it takes, at least one; NULL: it takes none */
} command_row;

static const command_row commands[] = {
    {"run", COMMAND_RUN, "estimate pi (run is the default)", NULL},
    {"compare", COMMAND_COMPARE, "one core, all cores, each GPU: rates, speed-ups, identical counts", NULL},
    {"scaling", COMMAND_SCALING, "1, 2, 4 ... workers: time, speed-up, efficiency, Amdahl, picture", NULL},
    {"stress", COMMAND_STRESS, "count and recount until stopped; name whatever counts wrong", NULL},
    {"merge", COMMAND_MERGE, "add up results (--json) and checkpoints of disjoint ranges", "FILE..."},
    {"board", COMMAND_BOARD, "the darts themselves, hits and misses: a table (CSV) or a picture", NULL},
    {"devices", COMMAND_DEVICES, "what can count here, and why something cannot", NULL},
};

enum { command_count = sizeof commands / sizeof *commands };

/* ---- help ---- */

static void print_row(FILE *out, const option_row *row)
{
    enum { column = 27 };
    char left[column + 1];
    char short_form[4] = "   ";
    if (row->short_name)
        snprintf(short_form, sizeof short_form, "-%c,", row->short_name);
    snprintf(left, sizeof left, "  %s --%s %s", short_form, row->name, row->argument ? row->argument : "");
    fprintf(out, "%-*s", column, left);
    for (const char *c = row->help; *c; c++) {
        fputc(*c, out);
        if (*c == '\n')
            fprintf(out, "%*s", column, "");
    }
    fputc('\n', out);
}

void print_help(FILE *out)
{
    fputs("Estimate pi by throwing darts, on CPU cores and GPUs. The same darts hit on all of them.\n\n", out);
    for (int i = 0; i < command_count; i++)
        fprintf(out, "  mcpi %-9s %-9s   %s\n", commands[i].name, commands[i].files ? commands[i].files : "[options]",
                commands[i].help);
    fputs("\nOptions:\n", out);
    for (int i = 0; i < rows; i++)
        print_row(out, &table[i]);
    fputs("\nA stress test ends by -T or a signal. A GPU's ranges are counted again by another GPU or, for\n"
          "want of one, in another launch shape, and slices of them by the CPU; a core's by another core\n"
          "or kernel.\n"
          "mcpi-mpi runs, or tests each node, with all processes of an MPI job.\n"
          "The result goes to standard output, all else to standard error.\n"
          "Exit codes: 0 done, 1 the run failed, 2 the command line is wrong, 3 counts disagree,\n"
          "4 a device that was asked for or expected is not there,\n"
          "130 interrupted (the partial result is printed).\n",
          out);
}

/* ---- parsing ---- */

/* The arguments, and how far they have been read. */
typedef struct reader {
    int count, next;
    char **arguments;
} reader;

static const option_row *row_by_name(const char *name, size_t length)
{
    for (int i = 0; i < rows; i++)
        if (strlen(table[i].name) == length && memcmp(table[i].name, name, length) == 0)
            return &table[i];
    return NULL;
}

static const option_row *row_by_letter(char letter)
{
    for (int i = 0; i < rows; i++)
        if (letter && table[i].short_name == letter)
            return &table[i];
    return NULL;
}

static const command_row *row_of(cli_command command)
{
    int i = 0;
    while (commands[i].command != command)
        i++;
    return &commands[i];
}

const char *checkpoint_of(const cli_options *options)
{
    return options->continued ? options->continued : options->checkpoint ? options->checkpoint : options->resume;
}

bool is_given(const cli_options *options, const char *name)
{
    return options->given >> (row_by_name(name, strlen(name)) - table) & 1U;
}

/* Why a value will not do, apart from what would. */
static const char *reason(quantity_status status)
{
    switch (status) {
    case QUANTITY_NEGATIVE:
        return "negative; ";
    case QUANTITY_NOT_POSITIVE:
        return "not above 0; ";
    case QUANTITY_NOT_WHOLE:
        return "not a whole number; ";
    case QUANTITY_TOO_LARGE:
        return "out of range; ";
    default:
        return "";
    }
}

static bool apply(cli_options *options, const option_row *row, const char *value, usage_error *error)
{
    const unsigned bit = 1U << (row - table);
    if (!(row->commands & options->command))
        return fail(error, "--%s: 'mcpi %s' has no such option", row->name, row_of(options->command)->name);
    if (options->given & bit)
        return fail(error, "--%s: given twice", row->name);
    options->given |= bit;
    const quantity_status status = row->set(options, value);
    if (status != QUANTITY_OK)
        return fail(error, "--%s '%s': %smust be %s", row->name, value, reason(status), row->wanted);
    return true;
}

/* `attached` is what follows the name in the same argument, or NULL. */
static bool take_option(cli_options *options, const option_row *row, const char *attached, reader *reader,
                        usage_error *error)
{
    if (!row->argument)
        return attached ? fail(error, "--%s '%s': takes no value", row->name, attached)
                        : apply(options, row, NULL, error);
    if (attached)
        return apply(options, row, attached, error);
    if (reader->next == reader->count)
        return fail(error, "--%s: needs a value: %s", row->name, row->wanted);
    return apply(options, row, reader->arguments[reader->next++], error);
}

static bool take_long(cli_options *options, const char *argument, reader *reader, usage_error *error)
{
    const char *name = argument + 2;
    const size_t length = strcspn(name, "=");
    const option_row *row = row_by_name(name, length);
    if (!row)
        return fail(error, "%s: no such option; 'mcpi --help' lists them", argument);
    return take_option(options, row, name[length] ? name + length + 1 : NULL, reader, error);
}

/* -q, -n1e9, -n 1e9, -qn 1e9 */
static bool take_short(cli_options *options, const char *argument, reader *reader, usage_error *error)
{
    for (const char *letter = argument + 1; *letter; letter++) {
        const option_row *row = row_by_letter(*letter);
        if (!row)
            return fail(error, "%s: no such option; 'mcpi --help' lists them", argument);
        const bool takes_rest = row->argument && letter[1];
        if (!take_option(options, row, takes_rest ? letter + 1 : NULL, reader, error))
            return false;
        if (row->argument)
            break;
    }
    return true;
}

/* Files are gathered where the arguments begin: behind what has been read there is room. */
static bool take_file(cli_options *options, char *argument, char **arguments, usage_error *error)
{
    if (!row_of(options->command)->files)
        return fail(error, "'%s': not an option; 'mcpi --help' lists them", argument);
    options->files = arguments;
    options->files[options->file_count++] = argument;
    return true;
}

/* "run, compare and devices" */
static void list_commands(char *text, size_t size)
{
    text[0] = '\0';
    for (int i = 0; i < command_count; i++) {
        const char *const comma = i == 0 ? "" : i + 1 < command_count ? ", " : " and ";
        const size_t length = strlen(text);
        snprintf(text + length, size - length, "%s%s", comma, commands[i].name);
    }
}

static bool take_command(cli_options *options, reader *reader, usage_error *error)
{
    options->command = COMMAND_RUN;
    if (reader->next == reader->count || reader->arguments[reader->next][0] == '-')
        return true;
    const char *name = reader->arguments[reader->next++];
    for (int i = 0; i < command_count; i++) {
        if (strcmp(commands[i].name, name) == 0) {
            options->command = commands[i].command;
            return true;
        }
    }
    char all[100];
    list_commands(all, sizeof all);
    return fail(error, "'%s': no such command; there are %s", name, all);
}

/* A stop rule without a number of darts runs until it is met; a stress test leaves nothing out; a board is legible;
   steps of scaling are what they are called only if each worker stays where it was put. */
static void complete(cli_options *options)
{
    const bool stop_rule = is_given(options, "target-error") || is_given(options, "time");
    if (options->command == COMMAND_RUN && stop_rule && !is_given(options, "samples"))
        options->run.darts = MCPI_DART_END - options->run.first;
    if (options->command == COMMAND_BOARD && !is_given(options, "samples"))
        options->run.darts = usual_board_darts;
    if (options->command == COMMAND_STRESS && !is_given(options, "device"))
        options->run.devices = "all";
    if (options->command == COMMAND_SCALING)
        options->run.pin = MCPI_PIN_THREADS;
}

/* Before anything is counted: scaling begins with one worker. */
static bool check_threads(const cli_options *options, usage_error *error)
{
    mcpi_error refused;
    return mcpi_check_threads(options->run.threads, &refused) == MCPI_OK || fail(error, "%s", refused.message);
}

/* --continue names the file for both. */
static bool check_checkpoints(const cli_options *options, usage_error *error)
{
    const char *const other = options->checkpoint ? "checkpoint" : options->resume ? "resume" : NULL;
    return !options->continued || !other ||
           fail(error, "--continue: it begins, continues and saves a run; leave --%s out", other);
}

static bool take_argument(cli_options *options, reader *reader, usage_error *error)
{
    char *const argument = reader->arguments[reader->next++];
    if (strncmp(argument, "--", 2) == 0)
        return take_long(options, argument, reader, error);
    if (argument[0] == '-' && argument[1])
        return take_short(options, argument, reader, error);
    return take_file(options, argument, reader->arguments, error);
}

bool parse_options(int argc, char **argv, cli_options *options, usage_error *error)
{
    *options = (cli_options){.run = MCPI_OPTIONS_DEFAULT, .interval_seconds = usual_interval_seconds};
    reader reader = {argc, 1, argv};
    if (!take_command(options, &reader, error))
        return false;
    bool valid = true;
    while (reader.next < argc) {
        usage_error later; /* only the first is shown, but what is right behind it is read */
        if (!take_argument(options, &reader, valid ? error : &later))
            valid = false;
    }
    if (!valid)
        return false;
    const command_row *command = row_of(options->command);
    if (command->files && options->file_count == 0 && !options->help && !options->version)
        return fail(error, "%s: needs %s; '-' is standard input", command->name, command->files);
    complete(options);
    return check_checkpoints(options, error) && check_threads(options, error);
}
