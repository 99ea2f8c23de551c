#include "benchmarks/sharing/counters.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/status.h"

/* Counters in one cache line, and so far apart that no two share a line, nor the pair of lines that a CPU may fetch. */
enum { ADJACENT = 1, APART = 16 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/*
 * A load, an addition and a store, as `sum += 1` compiles for a plain variable. With a plain or volatile variable that
 * several threads write, the behaviour of the program would be undefined. Relaxed atomic accesses are defined: each
 * load and each store is whole. The three steps together are not, so the additions of another thread that come between
 * them are lost.
 */
static void add_by_load_and_store(counter *sum)
{
    const uint64_t old = atomic_load_explicit(sum, memory_order_relaxed);
    atomic_store_explicit(sum, old + 1, memory_order_relaxed);
}

static void add_racy(counter *sum, uint64_t additions)
{
    for (uint64_t i = 0; i < additions; i++)
        add_by_load_and_store(sum);
}

static void add_locked(counter *sum, uint64_t additions)
{
    for (uint64_t i = 0; i < additions; i++) {
        pthread_mutex_lock(&lock);
        add_by_load_and_store(sum);
        pthread_mutex_unlock(&lock);
    }
}

static void add_atomically(counter *sum, uint64_t additions)
{
    for (uint64_t i = 0; i < additions; i++)
        atomic_fetch_add_explicit(sum, 1, memory_order_relaxed);
}

const count_way count_ways[COUNT_WAYS] = {
    {"racy", add_racy, 0, false},          {"mutex", add_locked, 0, true},
    {"atomic", add_atomically, 0, true},   {"per worker, one line", add_racy, ADJACENT, true},
    {"per worker", add_racy, APART, true},
};

typedef struct worker {
    pthread_t thread;
    pthread_barrier_t *start;
    void (*add)(counter *sum, uint64_t additions);
    counter *sum;
    uint64_t additions;
    double began, ended;
} worker;

static void *work(void *argument)
{
    worker *const own = argument;
    pthread_barrier_wait(own->start);
    own->began = mcpi_seconds();
    own->add(own->sum, own->additions);
    own->ended = mcpi_seconds();
    return NULL;
}

static void *allocate(size_t bytes)
{
    void *memory = aligned_alloc(sizeof(counter) * APART, bytes + -bytes % (sizeof(counter) * APART));
    if (memory)
        return memory;
    fprintf(stderr, "bench_sharing: out of memory\n");
    exit(1);
}

static void run_workers(worker *workers, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0) {
            fprintf(stderr, "bench_sharing: thread %u of %u cannot be started\n", i + 1, count);
            exit(1);
        }
    for (unsigned i = 0; i < count; i++)
        pthread_join(workers[i].thread, NULL);
}

static double seconds_of(const worker *workers, unsigned count)
{
    double began = workers[0].began;
    double ended = workers[0].ended;
    for (unsigned i = 1; i < count; i++) {
        began = fmin(began, workers[i].began);
        ended = fmax(ended, workers[i].ended);
    }
    return ended - began;
}

count_result count_together(const count_way *way, unsigned count, uint64_t additions)
{
    pthread_barrier_t start;
    counter *const sums = allocate(count * APART * sizeof *sums);
    worker *const workers = allocate(count * sizeof *workers);
    for (unsigned i = 0; i < count * APART; i++)
        atomic_init(&sums[i], 0);
    for (unsigned i = 0; i < count; i++)
        workers[i] =
            (worker){.start = &start, .add = way->add, .sum = &sums[i * way->distance], .additions = additions};

    pthread_barrier_init(&start, NULL, count);
    run_workers(workers, count);
    pthread_barrier_destroy(&start);

    uint64_t sum = 0;
    for (unsigned i = 0; i < count * APART; i++)
        sum += atomic_load(&sums[i]);
    const count_result result = {seconds_of(workers, count), count * additions - sum};
    free(workers);
    free(sums);
    return result;
}
