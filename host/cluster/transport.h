/*
 * Messages between the processes ("ranks") of a job: all go to rank 0 or come from it. MPI carries them
 * (cluster/mpi/mpi_transport.h); tests use threads.
 *
 * A process calls these functions from one thread. None of them waits for another process, so a dead process blocks no
 * other. Messages from one process to another arrive in the order in which they were sent.
 */
#ifndef MCPI_CLUSTER_TRANSPORT_H
#define MCPI_CLUSTER_TRANSPORT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct mcpi_transport {
    void *user;
    unsigned rank, ranks;

    /* Send a copy of a message of `bytes` bytes, a multiple of 8. */
    void (*send)(void *user, unsigned to, const void *message, size_t bytes);

    /* The next message, to be freed with free(), and its sender; NULL if none has arrived. */
    void *(*receive)(void *user, size_t *bytes, unsigned *from);

    /* End the job because this process cannot continue. Does not return. */
    void (*give_up)(void *user, const char *why) __attribute__((noreturn));
} mcpi_transport;

#ifdef __cplusplus
}
#endif

#endif
