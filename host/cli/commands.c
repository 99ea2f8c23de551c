#include "cli/commands.h"

#include <string.h>

#include "cli/io/build_info.h"
#include "cli/io/exit_process.h"
#include "mcpi/dart.h"

#define MCPI_ADDRESS(name) &name##_command,
const cli_command *const all_commands[] = {MCPI_COMMANDS(MCPI_ADDRESS) NULL};

/* ---- options that several commands have ---- */

const cli_option option_samples = CLI_OPTION("samples", 'n', "N", OPTION_DARTS, run.darts, NULL);
const cli_option option_first = CLI_OPTION("first", 0, "F", OPTION_DARTS, run.first, "number of the first dart  [0]");
const cli_option option_seed =
    CLI_OPTION("seed", 's', "S", OPTION_WORD, run.seed, "64-bit seed, decimal or 0x...  [0]");
const cli_option option_stream =
    CLI_OPTION("stream", 0, "K", OPTION_WORD, run.stream, "64-bit stream of the generator  [0]");
const cli_option option_device = CLI_OPTION(
    "device", 'd', "SEL", OPTION_DEVICES, run.devices,
    "auto (the GPUs if any, else the CPU), all, or a list:\ncpu, gpu, gpu:0,1, UUIDs; gpu:0,0: 2 workers  [auto]",
    .wanted = "auto, all or a list of cpu, gpu, gpu:0,1 and UUIDs, as in cpu,gpu:0");
const cli_option option_threads =
    CLI_OPTION("threads", 't', "N", OPTION_WORKERS, run.threads, "CPU workers  [the cores this process may use]");
const cli_option option_thread_steps = CLI_OPTION("threads", 't', "LIST", OPTION_LIST, steps, NULL);
static const option_choice pins[] = {
    {"none", MCPI_PIN_NONE}, {"cores", MCPI_PIN_CORES}, {"threads", MCPI_PIN_THREADS}, {NULL, 0}};
const cli_option option_pin =
    CLI_OPTION("pin", 0, "WHAT", OPTION_CHOICE, run.pin, "cores or threads: bind CPU workers; none: no worker",
               .wanted = "none, cores or threads", .choices = pins);
static const option_choice kinds_of_worker[] = {
    {"threads", MCPI_WORKERS_THREADS}, {"processes", MCPI_WORKERS_PROCESSES}, {NULL, 0}};
const cli_option option_workers =
    CLI_OPTION("workers", 0, "KIND", OPTION_CHOICE, run.workers, "threads, or processes: survive a crashing driver",
               .wanted = "threads or processes", .choices = kinds_of_worker);
const cli_option option_worker_kinds =
    CLI_OPTION("workers", 0, "KINDS", OPTION_CHOICES, worker_kinds, NULL,
               .wanted = "threads, processes, or both as in threads,processes", .choices = kinds_of_worker);
const cli_option option_kernel =
    CLI_OPTION("kernel", 0, "NAME", OPTION_KERNEL, run.kernel, "count with this kernel; see 'mcpi devices -v'",
               .wanted = "a kernel that 'mcpi devices' lists");
const cli_option option_expect =
    CLI_OPTION("expect", 0, "SPEC", OPTION_EXPECTATION, expected, "exit with 4 if a device is missing: gpu=8,cpu=64");
const cli_option option_time = CLI_OPTION("time", 'T', "D", OPTION_SECONDS, run.time_limit_seconds, NULL);
const cli_option option_rounds =
    CLI_OPTION("rounds", 0, "N", OPTION_ROUNDS, rounds, "rounds to time  [until every ratio is known to +-1 %]");
const cli_option option_plot = CLI_OPTION("plot", 0, "FILE", OPTION_PICTURE, plot, NULL);
const cli_option option_quiet = CLI_OPTION("quiet", 'q', NULL, OPTION_FLAG, quiet, "print no progress and no notes");
const cli_option option_verbose =
    CLI_OPTION("verbose", 'v', NULL, OPTION_FLAG, verbose, "say what is found and chosen, and why");
static const option_choice progress_choices[] = {
    {"auto", PROGRESS_AUTO}, {"always", PROGRESS_ALWAYS}, {"never", PROGRESS_NEVER}, {NULL, 0}};
const cli_option option_progress =
    CLI_OPTION("progress", 0, "WHEN", OPTION_CHOICE, progress, "auto, always (first line after 0.5 s), never  [auto]",
               .wanted = "auto, always or never", .choices = progress_choices);
const cli_option option_interval = CLI_OPTION("interval", 0, "D", OPTION_SECONDS, interval_seconds,
                                              "progress every D if not on a terminal: 30s, 10m  [1m]");

/* ---- the programs ---- */

const cli_program mcpi_program = {
    .name = "mcpi",
    .summary = "estimates pi by throwing darts: the same count on every CPU core and GPU",
    .usage = "mcpi [COMMAND] [options]",
    .commands = all_commands,
    .options = {{&option_samples, "number of darts: 1e10, 2^33, 10G  [1e9]"},
                {&option_device, "auto, all, or a list: cpu, gpu, gpu:0,1  [auto]"},
                {&option_time, "count for a time: 10s, 5m, 2h"}},
    .notes = "Results go to standard output, messages to standard error.\n"
             "Exit codes: 0 done, 1 failed, 2 wrong command line, 3 counts disagree,\n"
             "4 a requested or expected device is missing, 130 interrupted (partial result)\n",
};

const cli_program mcpi_mpi_program = {
    .name = "mcpi-mpi",
    .summary = "shares one run, or one stress test, among the processes of an MPI job",
    .usage = "mpirun [...] mcpi-mpi [COMMAND] [options]\n"
             "       srun --mpi=pmix [...] mcpi-mpi [COMMAND] [options]",
    .commands = all_commands,
    .options = {{&option_samples, "number of darts in all: 1e10, 2^33, 10G  [1e9]"},
                {&option_device, "auto, cpu, gpu, gpu:0,1 or all, of each node  [auto]"},
                {&option_threads, "CPU workers of each process"}},
    .notes = "One process per node is enough: it uses all CPUs and GPUs that it may use.\n"
             "With several processes, run has no --expect. With one, mcpi-mpi is the same as mcpi.\n"
             "\nExamples:\n"
             "  mpirun --bind-to none -H node1,node2 mcpi-mpi -n 1e10\n"
             "  srun --mpi=pmix -N 2 --ntasks-per-node=1 -c 64 mcpi-mpi stress -T 10m\n",
    .with_mpi = true,
};

/* ---- help ---- */

static void print_option(FILE *out, const cli_option *option, const char *help)
{
    enum { column = 27 };
    char short_form[4] = "";
    char left[column + 1];
    if (option->letter)
        snprintf(short_form, sizeof short_form, "-%c,", option->letter);
    snprintf(left, sizeof left, "  %3s --%s %s", short_form, option->name, option->argument ? option->argument : "");
    fprintf(out, "%-*s", column, left);
    for (const char *line = help; *line;) {
        const size_t length = strcspn(line, "\n");
        fprintf(out, "%*s%.*s\n", line == help ? 0 : column, "", (int)length, line);
        line += length + (line[length] == '\n');
    }
}

static void print_use(FILE *out, const option_use *use)
{
    const char *const help = help_of(use);
    if (!use->option)
        fprintf(out, "%s:\n", help);
    else if (help)
        print_option(out, use->option, help);
}

static void print_examples(FILE *out, const cli_program *program, const cli_command *command)
{
    if (command->examples[0].arguments)
        fputs("\nExamples:\n", out);
    for (const cli_example *example = command->examples; example->arguments; example++)
        fprintf(out, "  %s %-36s  %s\n", program->name, example->arguments, example->purpose);
}

static void print_command(FILE *out, const cli_program *program, const cli_command *command)
{
    const char *const operands = command->operands ? command->operands : "";
    const bool is_default = command == program->commands[0];
    fprintf(out, "%s %s: %s\n\n", program->name, command->name, command->summary);
    fprintf(out, is_default ? "Usage: %s [%s] [options]%s%s\n\n" : "Usage: %s %s [options]%s%s\n\n", program->name,
            command->name, *operands ? " " : "", operands);
    const option_use *use;
    for (unsigned place = 0; (use = option_at(command, place)); place++)
        print_use(out, use);
    print_examples(out, program, command);
}

static void print_program(FILE *out, const cli_program *program)
{
    fprintf(out, "%s %s\n\nUsage: %s\n\nCommands:\n", program->name, program->summary, program->usage);
    const cli_command *command;
    for (unsigned place = 0; (command = command_at(program, place)); place++)
        fprintf(out, "  %-9s %s\n", command->name, command->summary);
    fprintf(out, "\nCommon options ('%s help COMMAND' lists all options of a command):\n", program->name);
    for (const option_use *use = program->options; use->option; use++)
        print_use(out, use);
    fprintf(out, "\n%s", program->notes);
}

void print_help(FILE *out, const cli_program *program, const cli_command *command)
{
    if (command)
        print_command(out, program, command);
    else
        print_program(out, program);
}

/* ---- the commands help and version ---- */

static bool complete_help(cli_options *options, usage_error *error)
{
    if (options->operand_count > 1)
        return usage_fail(error, "'%s': help shows one command at a time", options->operands[1]);
    return options->operand_count == 0 || find_command(options->program, options->operands[0], error);
}

static int help(const cli_options *options, FILE *out)
{
    usage_error unused;
    print_help(out, options->program,
               options->operand_count > 0 ? find_command(options->program, options->operands[0], &unused) : NULL);
    return EXIT_DONE;
}

static int version(const cli_options *options, FILE *out)
{
    print_build(out, options->origin.mpi);
    return EXIT_DONE;
}

const cli_command help_command = {
    .name = "help",
    .summary = "show this help, or the help of a command",
    .operands = "[COMMAND]",
    .print = help,
    .complete = complete_help,
    .examples = {{"help run", "all options of run"}},
    .with_mpi = true,
};

const cli_command version_command = {
    .name = "version",
    .summary = "show the version and how it was built (also --version)",
    .print = version,
    .with_mpi = true,
};
