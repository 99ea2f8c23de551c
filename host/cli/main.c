/* mcpi: the command. */
#include "cli/commands.h"
#include "cli/ending.h"
#include "cli/program.h"
#include "mcpi/c_locale.h"

int main(int argc, char **argv)
{
    mcpi_locale_enter(); /* a library may have set another */
    cli_options options;
    usage_error error;
    if (!parse_options(argc, argv, &options, &error)) {
        complain("%s", error.message);
        return EXIT_USAGE;
    }
    options.runner = mcpi_run;
    end_process(program(&options));
}
