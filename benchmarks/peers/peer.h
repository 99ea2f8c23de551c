/*
 * What the compiled peers share: the command line, the clock, the line they print. README.md describes all three.
 *
 *     PEER SECONDS DARTS WORKERS SEED      prints      DARTS HITS SECONDS
 */
#ifndef MCPI_PEERS_PEER_H
#define MCPI_PEERS_PEER_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Darts between two readings of the clock: some hundredths of a millisecond for the fastest peer, some milliseconds for
   the slowest. */
enum { PEER_BATCH = 1 << 18 };

typedef struct peer_task {
    double seconds;   /* after which no further batch begins; above 0 */
    uint64_t batches; /* of all workers together, if the time suffices */
    unsigned workers;
    uint64_t seed;
} peer_task;

/* Monotonic time in seconds. */
static inline double peer_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* The task on the command line. If there is none, prints the usage and ends the program with 2. */
static inline peer_task peer_parse(int argc, char **argv)
{
    peer_task task = {0, 0, 0, 0};
    uint64_t darts;
    char excess;
    if (argc != 5 || sscanf(argv[1], "%lf%c", &task.seconds, &excess) != 1 || !(task.seconds > 0) ||
        sscanf(argv[2], "%" SCNu64 "%c", &darts, &excess) != 1 || darts % PEER_BATCH != 0 ||
        sscanf(argv[3], "%u%c", &task.workers, &excess) != 1 || task.workers == 0 ||
        sscanf(argv[4], "%" SCNu64 "%c", &task.seed, &excess) != 1) {
        fprintf(stderr, "usage: %s SECONDS DARTS WORKERS SEED; DARTS is a multiple of %d\n", argv[0], PEER_BATCH);
        exit(2);
    }
    task.batches = darts / PEER_BATCH;
    return task;
}

/* Print what went wrong and end the program with 1. */
static inline void peer_fail(const char *what)
{
    fprintf(stderr, "%s\n", what);
    exit(1);
}

static inline void peer_print(uint64_t darts, uint64_t hits, double seconds)
{
    printf("%" PRIu64 " %" PRIu64 " %.9f\n", darts, hits, seconds);
}

#endif
