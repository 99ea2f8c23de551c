/* The program mcpi-worker: a worker process for programs that use the library. mcpi and mcpi-mpi start themselves. */
#include <stdio.h>
#include <unistd.h>

#include "core/backend.h"
#include "process/worker_process.h"

int main(void)
{
    const int code = mcpi_worker_process(mcpi_backends);
    if (code != 0)
        fputs("mcpi-worker: programs that use mcpi's library start this; it does nothing by itself\n", stderr);
    _exit(code);
}
