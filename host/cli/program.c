#include "cli/program.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/output.h"

static int carry_out(const cli_options *options, FILE *file)
{
    switch (options->command) {
    case COMMAND_COMPARE:
        return command_compare(options, file);
    case COMMAND_SCALING:
        return command_scaling(options, file);
    case COMMAND_STRESS:
        return command_stress(options, file);
    case COMMAND_BOARD:
        return command_board(options, file);
    case COMMAND_DEVICES:
        return command_devices(options, file);
    case COMMAND_MERGE:
        return command_merge(options, file);
    default:
        return command_run(options, file);
    }
}

/* With -o: the file is opened before anything is counted, and appears only with a result in it. */
static int carry_out_into(const cli_options *options, const char *name)
{
    output out;
    if (!output_open(&out, name)) {
        complain("--output %s: cannot be written: %s", name, strerror(errno));
        return EXIT_USAGE;
    }
    const int code = carry_out(options, out.file);
    if (ftell(out.file) == 0) {
        output_discard(&out);
        return code;
    }
    if (output_commit(&out))
        return code;
    complain("--output %s: cannot be written: %s", name, strerror(errno));
    return code == EXIT_DONE ? EXIT_FAILED : code;
}

static int finish_stdout(int code)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return code;
    complain("cannot write the result to standard output: %s", strerror(errno));
    return code == EXIT_DONE ? EXIT_FAILED : code;
}

/* A file that is opened later must not get the number of a standard stream that is closed. As before, reading from that
   stream, or writing to it, fails: it is opened for the opposite. */
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
    setenv("HWLOC_HIDE_ERRORS", all, 0);
    hold_standard_streams();
}

int program(const cli_options *options)
{
    if (options->help) {
        print_help(stdout);
        return finish_stdout(EXIT_DONE);
    }
    if (options->version) {
        printf("mcpi %s\n", mcpi_version());
        return finish_stdout(EXIT_DONE);
    }
    interrupt_catch();
    return finish_stdout(options->output ? carry_out_into(options, options->output) : carry_out(options, NULL));
}
