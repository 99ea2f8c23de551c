/*
 * How the process ends. A device that hangs blocks the tear-down of the CUDA runtime forever, and threads that are left
 * behind still use what the clean-up frees. In both cases the process flushes its output and ends without clean-up.
 */
#ifndef MCPI_CLI_IO_EXIT_PROCESS_H
#define MCPI_CLI_IO_EXIT_PROCESS_H

#include <stdbool.h>

#include "mcpi/mcpi.h"

/* Exit codes: fixed, because scripts depend on them. */
enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_MISMATCH = 3, EXIT_NO_DEVICE = 4, EXIT_INTERRUPTED = 130 };

/* The exit code for a status. */
int exit_code_of(mcpi_status status);

/* Record that a thread may be stuck in a driver or was left behind. */
void ending_note_hung(bool hung);

/* The same for the devices of a result; NULL: none. */
void ending_note_devices(const mcpi_result *result);

/* End with this exit code, after flushing all output. */
#if defined(__GNUC__)
__attribute__((noreturn))
#endif
void end_process(int code);

#endif
