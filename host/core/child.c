#include "core/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/status.h"

/* Descriptors of the parent that the child gets must not be those that the child uses. */
enum { lowest_descriptor = 10 };

void mcpi_child_init(mcpi_child *child)
{
    *child = (mcpi_child){.socket = -1, .memory = -1};
    pthread_mutex_init(&child->lock, NULL);
}

void mcpi_child_destroy(mcpi_child *child)
{
    pthread_mutex_destroy(&child->lock);
}

/* ---- start ---- */

static void close_if_open(int *descriptor)
{
    if (*descriptor >= 0)
        close(*descriptor);
    *descriptor = -1;
}

/* Move a descriptor out of the way of those that the child uses. */
static void move_up(int *descriptor)
{
    const int moved = *descriptor < 0 ? -1 : fcntl(*descriptor, F_DUPFD_CLOEXEC, lowest_descriptor);
    close_if_open(descriptor);
    *descriptor = moved;
}

/* The child begins with all signals blocked: it must not end by one for the process group before it ignores that. */
static int spawn(pid_t *pid, const char *program, char *const *arguments, int socket, int memory)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t all;
    sigfillset(&all);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&files, socket, MCPI_CHILD_SOCKET);
    posix_spawn_file_actions_adddup2(&files, memory, MCPI_CHILD_MEMORY);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    const int refused = posix_spawn(pid, program, &files, &attributes, arguments, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return refused;
}

/* Returns 0 or an errno. */
static int start(mcpi_child *child, const char *program, char *const *arguments)
{
    int ends[2] = {-1, -1};
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return errno;
    child->socket = ends[0];
    child->memory = memfd_create(arguments[0], MFD_CLOEXEC);
    move_up(&child->memory);
    move_up(&ends[1]);
    int refused = errno;
    if (child->memory >= 0 && ends[1] >= 0) {
        pthread_mutex_lock(&child->lock);
        refused = spawn(&child->pid, program, arguments, ends[1], child->memory);
        child->pid = child->last_pid = refused == 0 ? child->pid : 0;
        pthread_mutex_unlock(&child->lock);
    }
    close_if_open(&ends[1]);
    return refused;
}

mcpi_status mcpi_child_start(mcpi_child *child, const char *program, const char *name, const char *argument,
                             mcpi_error *error)
{
    char *const arguments[] = {(char *)name, (char *)argument, NULL};
    const int refused = start(child, program, arguments);
    child->failed = false;
    if (refused == 0)
        return MCPI_OK;
    close_if_open(&child->socket);
    close_if_open(&child->memory);
    return mcpi_fail(error, MCPI_SYSTEM, "%s: cannot start the worker process %s: %s", argument, program,
                     strerror(refused));
}

/* ---- messages ---- */

bool mcpi_child_send(const mcpi_child *child, const void *message, size_t bytes)
{
    ssize_t sent;
    while ((sent = send(child->socket, message, bytes, MSG_NOSIGNAL)) < 0 && errno == EINTR)
        ;
    return sent == (ssize_t)bytes;
}

int mcpi_child_receive(const mcpi_child *child, void *message, size_t bytes)
{
    ssize_t received;
    while ((received = recv(child->socket, message, bytes, MSG_TRUNC)) < 0 && errno == EINTR)
        ;
    if (received <= 0)
        return 0;
    return received == (ssize_t)bytes ? 1 : -1;
}

bool mcpi_child_read(const mcpi_child *child, void *to, size_t bytes, size_t offset)
{
    return pread(child->memory, to, bytes, (off_t)offset) == (ssize_t)bytes;
}

/* ---- end ---- */

/* The pid stays the child's until the child is reaped, which needs the lock too. */
void mcpi_child_kill(mcpi_child *child)
{
    pthread_mutex_lock(&child->lock);
    if (child->pid > 0)
        kill(child->pid, SIGKILL);
    pthread_mutex_unlock(&child->lock);
}

/* Has the child ended? Then it is reaped. It may also have been reaped already, by a program that ignores SIGCHLD. */
static bool reap(mcpi_child *child, char *how, size_t size)
{
    int status = 0;
    pthread_mutex_lock(&child->lock);
    const pid_t found = waitpid(child->pid, &status, WNOHANG);
    if (found != 0)
        child->pid = 0;
    pthread_mutex_unlock(&child->lock);
    if (found > 0 && WIFSIGNALED(status))
        snprintf(how, size, "was killed by signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
    else if (found > 0 && WIFEXITED(status))
        snprintf(how, size, "exited with code %d", WEXITSTATUS(status));
    else if (found < 0)
        snprintf(how, size, "ended");
    return found != 0;
}

static bool reap_within(mcpi_child *child, double seconds, char *how, size_t size)
{
    const struct timespec step = {0, 1000000};
    const double until = mcpi_seconds() + seconds;
    while (!reap(child, how, size)) {
        if (mcpi_seconds() > until)
            return false;
        nanosleep(&step, NULL);
    }
    return true;
}

pid_t mcpi_child_last_pid(mcpi_child *child)
{
    pthread_mutex_lock(&child->lock);
    const pid_t pid = child->last_pid;
    pthread_mutex_unlock(&child->lock);
    return pid;
}

static void give_up(mcpi_child *child)
{
    pthread_mutex_lock(&child->lock);
    child->pid = 0;
    pthread_mutex_unlock(&child->lock);
}

void mcpi_child_end(mcpi_child *child, double patience, char *how, size_t size)
{
    shutdown(child->socket, SHUT_RDWR); /* closing it is not enough if the parent has forked: a copy is still open */
    close_if_open(&child->socket);
    close_if_open(&child->memory);
    if (reap_within(child, patience, how, size))
        return;
    snprintf(how, size, "did not end by itself and was killed");
    mcpi_child_kill(child);
    if (!reap_within(child, 1.0, NULL, 0))
        give_up(child);
}
