/* The program mcpi. */
#include <unistd.h>

#include "cli/commands.h"
#include "cli/io/complain.h"
#include "cli/io/exit_process.h"
#include "cli/launcher.h"
#include "cli/program.h"
#include "core/backend.h"
#include "process/worker_process.h"

int main(int argc, char **argv)
{
    cli_options options;
    usage_error error;
    if (mcpi_is_worker_process(argc, argv))
        _exit(mcpi_worker_process(mcpi_backends));
    prepare_process();
    if (!parse_options(&mcpi_program, argc, argv, &options, &error)) {
        complain("%s", error.message);
        stress_never_ran(&options, EXIT_USAGE);
        return EXIT_USAGE;
    }
    launcher_warn_of_copies(&options);
    options.runner = mcpi_run;
    options.origin = origin_begin();
    end_process(program(&options));
}
