/* What a worker process does: it opens a device, and counts for the process that started it (messages.h). */
#ifndef MCPI_PROCESS_WORKER_PROCESS_H
#define MCPI_PROCESS_WORKER_PROCESS_H

#include <stdbool.h>

#include "core/backend.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The first argument of a worker process, and its name. */
#define MCPI_WORKER_NAME "mcpi-worker"

/* Was this process started as a worker? To be called first in main, with its arguments. */
bool mcpi_is_worker_process(int argc, char **argv);

/* Work until the other end closes the socket. Returns the exit code of the process, which must then end by _exit: a
   driver may still be in use. */
int mcpi_worker_process(const mcpi_backend *const *backends);

#ifdef __cplusplus
}
#endif

#endif
