#include "cli/program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/args/file_conflicts.h"
#include "cli/commands.h"
#include "cli/explain.h"
#include "cli/io/build_info.h"
#include "cli/io/complain.h"
#include "cli/io/exit_process.h"
#include "cli/io/interrupt.h"
#include "cli/io/output.h"
#include "core/c_locale.h"

static bool has_expected_devices(const cli_options *options)
{
    inventory found;
    if (!options->expected.spec || options->command->checks_expected)
        return true;
    inventory_take(&found);
    return expectation_met(&options->expected, &found, &options->origin);
}

static int report_into_files(const cli_options *options)
{
    report_files files;
    const name_list *const outputs = &options->outputs;
    const size_t opened = report_files_open(&files, options->format, outputs->names, outputs->count);
    if (opened < outputs->count) {
        complain_of_file("--output", outputs->names[opened], errno);
        stress_never_ran(options, EXIT_USAGE);
        return EXIT_USAGE;
    }
    const int code = options->command->report(options, &files);
    const size_t written = report_files_commit(&files);
    if (written == outputs->count)
        return code;
    complain_of_file("--output", outputs->names[written], errno);
    if (code == EXIT_DONE)
        stress_never_ran(options, EXIT_FAILED);
    return code == EXIT_DONE ? EXIT_FAILED : code;
}

/* A trace, log or picture on standard output takes the place of the report there. */
typedef struct claim_of_stdout {
    const char *option, *name; /* NULL: there is none */
} claim_of_stdout;

static claim_of_stdout find_claim(const cli_options *options)
{
    const claim_of_stdout claims[] = {{"--trace", options->trace}, {"--log", options->log}, {"--plot", options->plot}};
    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++)
        if (claims[i].name && is_standard_output(claims[i].name))
            return claims[i];
    return (claim_of_stdout){NULL, NULL};
}

/* False, after a message, if two outputs would go to standard output. */
static bool leave_stdout_to_claim(cli_options *options)
{
    const claim_of_stdout claim = find_claim(options);
    if (claim.name && options->format != REPORT_TEXT) {
        complain("%s %s: the report as %s also goes to standard output; omit one of them", claim.option, claim.name,
                 report_format_name(options->format));
        return false;
    }
    if (claim.name)
        options->format = REPORT_NONE;
    return true;
}

/* Standard output takes one report: "-o -" names it, and is JSON unless an option asks for another format. */
static int report(const cli_options *options)
{
    cli_options named = *options;
    named.outputs.count = 0;
    for (size_t i = 0; i < options->outputs.count; i++) {
        const char *const name = options->outputs.names[i];
        if (!is_standard_output(name))
            named.outputs.names[named.outputs.count++] = name;
        else if (named.format == REPORT_TEXT)
            named.format = REPORT_JSON;
    }
    return leave_stdout_to_claim(&named) ? report_into_files(&named) : EXIT_USAGE;
}

/* With -o: the file is opened before anything is computed, and appears only if it is complete. */
static int print_into(const cli_options *options, const char *name)
{
    output out;
    if (!output_open(&out, name, 0)) {
        complain_of_file("--output", name, errno);
        return EXIT_USAGE;
    }
    const int code = options->command->print(options, out.file);
    if (code == EXIT_INTERRUPTED)
        complain("--output %s: not written, because the command was stopped", name);
    if (code == EXIT_INTERRUPTED || ftell(out.file) == 0) {
        output_discard(&out);
        return code;
    }
    if (output_commit(&out))
        return code;
    complain_of_file("--output", name, errno);
    return code == EXIT_DONE ? EXIT_FAILED : code;
}

static int carry_out(const cli_options *options)
{
    explain(options);
    if (!has_expected_devices(options))
        return EXIT_NO_DEVICE;
    if (options->command->report)
        return report(options);
    return options->output && !is_standard_output(options->output) ? print_into(options, options->output)
                                                                   : options->command->print(options, stdout);
}

/* A command that computes nothing but its output ends like other filters when its reader has gone. */
static void end_by_broken_pipe(void)
{
    signal(SIGPIPE, SIG_DFL);
    raise(SIGPIPE);
}

static int finish_stdout(int code, bool prints_only)
{
    if (code == EXIT_USAGE && interrupt_requested(NULL))
        return EXIT_INTERRUPTED; /* interrupted while it waited for the reader of a FIFO */
    if (fflush(stdout) == 0 && !ferror(stdout))
        return code;
    if (errno == EPIPE && prints_only)
        end_by_broken_pipe();
    if (errno != EPIPE) /* a reader that has gone, such as head, wants no more */
        complain("cannot write the result to standard output: %s", strerror(errno));
    return code == EXIT_DONE ? EXIT_FAILED : code;
}

/* A file that is opened later must not get the number of a closed standard stream. Each closed stream is opened for the
   opposite direction, so that using it still fails. */
static void hold_standard_streams(void)
{
    static const int opposite[] = {[STDIN_FILENO] = O_WRONLY, [STDOUT_FILENO] = O_RDONLY, [STDERR_FILENO] = O_RDONLY};
    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++)
        if (fcntl(stream, F_GETFD) < 0)
            (void)open("/dev/null", opposite[stream]);
}

void prepare_process(void)
{
    static const char all[] = "2";
    mcpi_locale_enter(); /* a library may have set another locale */
    setenv("HWLOC_HIDE_ERRORS", all, 0);
    hold_standard_streams();
}

int program(const cli_options *options)
{
    if (options->help) {
        print_help(stdout, options->program, options->is_named ? options->command : NULL);
        return finish_stdout(EXIT_DONE, true);
    }
    if (options->version) {
        print_build(stdout, options->origin.mpi);
        return finish_stdout(EXIT_DONE, true);
    }
    interrupt_catch();
    if (!file_conflicts_check(options)) {
        if (file_conflicts_spare_metrics(options))
            stress_never_ran(options, EXIT_USAGE);
        return EXIT_USAGE;
    }
    return finish_stdout(carry_out(options), options->command->print != NULL);
}
