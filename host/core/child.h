/*
 * A child process that works for one thread.
 *
 * The thread starts the child, exchanges messages with it, and waits for its end. Any thread may kill it. The child
 * dies with the thread that started it, whatever ends that thread: the kernel kills the child (prctl(2),
 * PR_SET_PDEATHSIG, which worker_process.c asks for), and its next read from the socket finds the other end closed.
 *
 * The child is started with posix_spawn: a process with threads must not run its own code after fork, and a driver's
 * state does not survive it. The child has two descriptors besides standard error: a socket for messages, each of which
 * arrives whole (SOCK_SEQPACKET), and a file in memory (memfd_create(2)), which has no name and disappears with the
 * last process that uses it.
 */
#ifndef MCPI_CORE_CHILD_H
#define MCPI_CORE_CHILD_H

#include <pthread.h>
#include <stdbool.h>
#include <sys/types.h>

#include "mcpi/mcpi.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The descriptors of the child. Standard input and output are /dev/null. */
enum { MCPI_CHILD_SOCKET = 3, MCPI_CHILD_MEMORY = 4 };

typedef struct mcpi_child {
    pthread_mutex_t lock; /* protects the next two */
    pid_t pid;            /* 0: there is no child */
    pid_t last_pid;       /* of the child that was started last; 0: none was */
    /* The rest is used by the thread that starts the child. */
    int socket, memory;
    bool failed; /* the child that was started last has ended, or had to be killed, before its work was done */
    void *user;
} mcpi_child;

void mcpi_child_init(mcpi_child *child);

/* There must be no child. */
void mcpi_child_destroy(mcpi_child *child);

/* Start `program`, with `name` and `argument` as its arguments: ps shows them. SYSTEM if the system refuses. */
mcpi_status mcpi_child_start(mcpi_child *child, const char *program, const char *name, const char *argument,
                             mcpi_error *error);

/* Kill the child, if there is one. Any thread may call this. */
void mcpi_child_kill(mcpi_child *child);

/* The process id of the child that was started last, whether or not it has ended; 0 if none was. Any thread may call
   this. */
pid_t mcpi_child_last_pid(mcpi_child *child);

/* False if the message could not be sent: the child has ended. */
bool mcpi_child_send(const mcpi_child *child, const void *message, size_t bytes);

/* Wait for a message of exactly this many bytes. Returns 1, 0 if the child has ended, or -1 for any other message. */
int mcpi_child_receive(const mcpi_child *child, void *message, size_t bytes);

/* Read from the memory, from `offset` on. False if there is less. */
bool mcpi_child_read(const mcpi_child *child, void *to, size_t bytes, size_t offset);

/*
 * Close the socket, wait until the child has ended, and describe how: "was killed by signal 9 (Killed)". `how` may be
 * NULL, with size 0. A child that has not ended after `patience` seconds is killed. A killed child that a device holds
 * in the kernel cannot end: it is left to the system after a second.
 */
void mcpi_child_end(mcpi_child *child, double patience, char *how, size_t size);

#ifdef __cplusplus
}
#endif

#endif
