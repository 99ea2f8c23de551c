#include "cli/io/exit_process.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* One for the process, because the clean-up at exit is, too. */
static bool something_hangs;

void ending_note_hung(bool hung)
{
    something_hangs |= hung;
}

void ending_note_devices(const mcpi_result *result)
{
    ending_note_hung(result && result->left_behind);
    for (size_t i = 0; result && i < result->device_count; i++)
        ending_note_hung(result->devices[i].hung != 0);
}

void end_process(int code)
{
    fflush(NULL);
    if (something_hangs)
        _exit(code);
    exit(code);
}

int exit_code_of(mcpi_status status)
{
    switch (status) {
    case MCPI_OK:
        return EXIT_DONE;
    case MCPI_STOPPED:
        return EXIT_INTERRUPTED;
    case MCPI_BAD_OPTION:
        return EXIT_USAGE;
    case MCPI_MISMATCH:
        return EXIT_MISMATCH;
    case MCPI_NO_DEVICE:
        return EXIT_NO_DEVICE;
    default:
        return EXIT_FAILED;
    }
}
