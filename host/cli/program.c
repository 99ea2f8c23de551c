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

static int carry_out(const cli_options *options, FILE *file)
{
    const cli_command *const command = options->command;
    explain(options);
    if (!has_expected_devices(options))
        return EXIT_NO_DEVICE;
    return command->report ? command->report(options, file) : command->print(options, file ? file : stdout);
}

/* With -o: the file is opened before anything is counted, and appears only with a complete result. */
static int carry_out_into(const cli_options *options, const char *name)
{
    output out;
    if (!output_open(&out, name, 0)) {
        complain("--output %s: cannot be written: %s", name, strerror(errno));
        stress_never_ran(options, EXIT_USAGE);
        return EXIT_USAGE;
    }
    const int code = carry_out(options, out.file);
    const bool cut = options->command->print && code == EXIT_INTERRUPTED; /* a report says itself that it is partial */
    if (cut)
        complain("--output %s: not written, because the command was stopped", name);
    if (cut || ftell(out.file) == 0) {
        output_discard(&out);
        return code;
    }
    if (output_commit(&out))
        return code;
    complain("--output %s: cannot be written: %s", name, strerror(errno));
    if (code == EXIT_DONE)
        stress_never_ran(options, EXIT_FAILED);
    return code == EXIT_DONE ? EXIT_FAILED : code;
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

/* Standard output can take either the report or the result as JSON: "-o -" is the same as --json. */
static int carry_out_on_stdout(const cli_options *options)
{
    cli_options as_json = *options;
    if (options->csv) {
        complain("--output %s: --csv also writes to standard output; omit one of them", options->output);
        return EXIT_USAGE;
    }
    as_json.json = true;
    return carry_out(&as_json, NULL);
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
    const int code = !options->output                      ? carry_out(options, NULL)
                     : is_standard_output(options->output) ? carry_out_on_stdout(options)
                                                           : carry_out_into(options, options->output);
    return finish_stdout(code, options->command->print != NULL);
}
