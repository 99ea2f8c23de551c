/*
 * What processes of a run need of each other: a counter and a few messages. MPI provides it in host/mpi; tests run
 * several "processes" as threads of one.
 *
 * A process calls all of these from one thread. What goes wrong in them ends the whole job, with the reason: a run goes
 * on from its checkpoint, not from half a job.
 */
#ifndef MCPI_RANKS_WIRE_H
#define MCPI_RANKS_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What all processes bring together when they settle; all of it is added up but the least. */
typedef struct mcpi_tallies {
    uint64_t darts, hits;     /* counted */
    uint64_t able;            /* can count: 0 or 1 of each */
    uint64_t interrupted;     /* was told to stop, likewise */
    uint64_t timed_out;       /* likewise */
    uint64_t chunks;          /* taken so far */
    uint64_t reports;         /* sent so far to the process that keeps the checkpoint */
    uint64_t report_bytes;    /* in those */
    uint64_t least_closed_at; /* the unit at which it closed the counter; the least of them all counts */
} mcpi_tallies;

/* Add those of one process to those of others. */
void mcpi_add_tallies(const mcpi_tallies *one, mcpi_tallies *all);

typedef enum mcpi_counter {
    MCPI_NEXT_UNIT,  /* the first one that nobody has taken */
    MCPI_ABSTAINING, /* processes that cannot count */
    MCPI_COUNTERS
} mcpi_counter;

typedef struct mcpi_wire {
    void *user;
    unsigned rank, ranks;
    bool needs_help; /* the counter may wait for rank 0 to look up, as it does where the network cannot add by itself */

    /* The value of a shared counter, before `amount` is added to it: atomic. */
    uint64_t (*add)(void *user, mcpi_counter counter, uint64_t amount);

    /* Begin to add up everybody's tallies; then ask until it is done. */
    void (*combine)(void *user, const mcpi_tallies *mine);
    bool (*combined)(void *user, mcpi_tallies *all);

    /* These two are called by all processes at the same point; sizes are multiples of 8 bytes. What everybody has, put
       together in the order of the ranks, at rank 0, which frees it; NULL elsewhere. */
    void *(*gather)(void *user, const void *mine, size_t bytes, size_t *all_bytes);
    /* What rank 0 has, to everybody: allocated at the others, who free it. */
    void *(*share)(void *user, void *mine, size_t *bytes);

    /* A message to rank 0, of a multiple of 8 bytes. False if the one before has not left yet. */
    bool (*send)(void *user, const void *message, size_t bytes);
    /* Rank 0: the next message, which it frees, and who sent it; NULL if none has come. */
    void *(*receive)(void *user, size_t *bytes, unsigned *from);

    /* End the job: memory, or something no process can go on without, is not to be had. Does not return. */
    void (*give_up)(void *user, const char *why) __attribute__((noreturn));
} mcpi_wire;

#ifdef __cplusplus
}
#endif

#endif
