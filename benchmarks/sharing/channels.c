#include "benchmarks/sharing/channels.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/status.h"

enum { SLOTS = 256, CACHE_LINE = 64, SPINS = 200 };

/* One direction, in memory that both sides share. Each kind uses its part. */
struct channel {
    uint64_t slots[SLOTS]; /* message i is in slot i % SLOTS */
    _Alignas(CACHE_LINE) _Atomic uint64_t written;
    _Alignas(CACHE_LINE) _Atomic uint64_t read;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int pipe[2];
};

static void stop(const char *what)
{
    perror(what);
    exit(1);
}

/* ---- a queue: a ring of slots, a lock, and a condition to wait for ---- */

static void queue_put(channel *c, uint64_t message)
{
    pthread_mutex_lock(&c->lock);
    while (c->written - c->read == SLOTS)
        pthread_cond_wait(&c->changed, &c->lock);
    c->slots[c->written++ % SLOTS] = message;
    pthread_cond_signal(&c->changed);
    pthread_mutex_unlock(&c->lock);
}

static uint64_t queue_get(channel *c)
{
    pthread_mutex_lock(&c->lock);
    while (c->written == c->read)
        pthread_cond_wait(&c->changed, &c->lock);
    const uint64_t message = c->slots[c->read++ % SLOTS];
    pthread_cond_signal(&c->changed);
    pthread_mutex_unlock(&c->lock);
    return message;
}

/* ---- a pipe: a system call on each side ---- */

static void pipe_put(channel *c, uint64_t message)
{
    if (write(c->pipe[1], &message, sizeof message) != sizeof message)
        stop("bench_sharing: write to a pipe");
}

static uint64_t pipe_get(channel *c)
{
    uint64_t message;
    if (read(c->pipe[0], &message, sizeof message) != sizeof message)
        stop("bench_sharing: read from a pipe");
    return message;
}

/* ---- shared memory: the same ring without a lock; one side writes `written`, the other `read` ---- */

/* Look again at once, for a while. Then let others run: the other side may need this CPU. */
static void wait_a_moment(unsigned *tries)
{
    if (++*tries % SPINS == 0)
        sched_yield();
}

static void memory_put(channel *c, uint64_t message)
{
    unsigned tries = 0;
    const uint64_t written = atomic_load_explicit(&c->written, memory_order_relaxed);
    while (written - atomic_load_explicit(&c->read, memory_order_acquire) == SLOTS)
        wait_a_moment(&tries);
    c->slots[written % SLOTS] = message;
    atomic_store_explicit(&c->written, written + 1, memory_order_release);
}

static uint64_t memory_get(channel *c)
{
    unsigned tries = 0;
    const uint64_t read = atomic_load_explicit(&c->read, memory_order_relaxed);
    while (atomic_load_explicit(&c->written, memory_order_acquire) == read)
        wait_a_moment(&tries);
    const uint64_t message = c->slots[read % SLOTS];
    atomic_store_explicit(&c->read, read + 1, memory_order_release);
    return message;
}

const channel_kind channel_kinds[CHANNEL_KINDS] = {
    {"queue", queue_put, queue_get},
    {"pipe", pipe_put, pipe_get},
    {"shared memory", memory_put, memory_get},
};

/* ---- the two sides ---- */

typedef struct connection {
    channel there, back;
    const channel_kind *kind;
    uint64_t messages, reply_every;
} connection;

/* Depends on every message so far and on their order. */
static uint64_t digest(uint64_t before, uint64_t message)
{
    return before * 31 + message;
}

/* The other side. It replies to a first message, which shows that it runs, and then with the digest so far. */
static void *answer(void *argument)
{
    connection *const c = argument;
    uint64_t seen = c->kind->get(&c->there);
    c->kind->put(&c->back, seen);
    for (uint64_t i = 1; i <= c->messages; i++) {
        seen = digest(seen, c->kind->get(&c->there));
        if (i % c->reply_every == 0)
            c->kind->put(&c->back, seen);
    }
    return NULL;
}

static channel_result send_all(connection *c)
{
    uint64_t sent = 0;
    channel_result result = {0, true};
    c->kind->put(&c->there, sent);
    result.is_intact &= c->kind->get(&c->back) == sent;
    const double began = mcpi_seconds();
    for (uint64_t i = 1; i <= c->messages; i++) {
        c->kind->put(&c->there, i);
        sent = digest(sent, i);
        if (i % c->reply_every == 0)
            result.is_intact &= c->kind->get(&c->back) == sent;
    }
    result.seconds = mcpi_seconds() - began;
    return result;
}

/* ---- the connection between them ---- */

static void open_channel(channel *c)
{
    pthread_mutexattr_t lock;
    pthread_condattr_t changed;
    pthread_mutexattr_init(&lock);
    pthread_mutexattr_setpshared(&lock, PTHREAD_PROCESS_SHARED);
    pthread_mutex_init(&c->lock, &lock);
    pthread_condattr_init(&changed);
    pthread_condattr_setpshared(&changed, PTHREAD_PROCESS_SHARED);
    pthread_cond_init(&c->changed, &changed);
    if (pipe(c->pipe) != 0)
        stop("bench_sharing: pipe");
}

static void close_channel(channel *c)
{
    close(c->pipe[0]);
    close(c->pipe[1]);
    pthread_cond_destroy(&c->changed);
    pthread_mutex_destroy(&c->lock);
}

static connection *open_connection(void)
{
    connection *c = mmap(NULL, sizeof *c, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (c == MAP_FAILED)
        stop("bench_sharing: mmap");
    open_channel(&c->there);
    open_channel(&c->back);
    return c;
}

static void close_connection(connection *c)
{
    close_channel(&c->there);
    close_channel(&c->back);
    munmap(c, sizeof *c);
}

static channel_result send_to_thread(connection *c)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, answer, c) != 0)
        stop("bench_sharing: pthread_create");
    const channel_result result = send_all(c);
    pthread_join(thread, NULL);
    return result;
}

/* The other process ends with this one, even if it waits in a loop. */
static channel_result send_to_process(connection *c)
{
    const pid_t other = fork();
    if (other < 0)
        stop("bench_sharing: fork");
    if (other == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        answer(c);
        _exit(0);
    }
    const channel_result result = send_all(c);
    waitpid(other, NULL, 0);
    return result;
}

channel_result exchange_messages(const channel_kind *kind, bool between_processes, uint64_t messages,
                                 uint64_t reply_every)
{
    connection *const c = open_connection();
    c->kind = kind;
    c->messages = messages;
    c->reply_every = reply_every;
    const channel_result result = between_processes ? send_to_process(c) : send_to_thread(c);
    close_connection(c);
    return result;
}
