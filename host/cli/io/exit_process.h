/*
 * How the process ends. A device that hangs blocks the tear-down of the CUDA runtime, for ever, and threads that are
 * left behind still use what the clean-up takes away. In both cases the process writes what it has to say and ends
 * without any clean-up.
 */
#ifndef MCPI_CLI_IO_EXIT_PROCESS_H
#define MCPI_CLI_IO_EXIT_PROCESS_H

#include <stdbool.h>

#include "mcpi/mcpi.h"

/* Exit codes: fixed, scripts lean on them. */
enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_MISMATCH = 3, EXIT_NO_DEVICE = 4, EXIT_INTERRUPTED = 130 };

/* The exit code that a status ends the program with. */
int exit_code_of(mcpi_status status);

/* A thread may be stuck in a driver, or is left behind. */
void ending_note_hung(bool hung);

/* The same, of the devices of a result; NULL has none. */
void ending_note_devices(const mcpi_result *result);

/* End with this exit code. Everything that was printed is written first. */
#if defined(__GNUC__)
__attribute__((noreturn))
#endif
void end_process(int code);

#endif
