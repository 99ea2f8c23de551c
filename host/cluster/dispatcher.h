/*
 * Rank 0 of a shared run: it hands out chunks, collects the counts of the ranks, and decides when the run is over.
 *
 * It has one queue, like the engine's, the set of all counted darts, and for each rank the ranges that the rank still
 * has to count. So at any time each dart is queued, assigned to one rank, or counted. A rank that cannot count any
 * more, that withdraws counts, or that is lost leaves darts in none of the three: they go back to the queue. The
 * messages of rank 0's own devices arrive here as well, without a network.
 *
 * It has no thread and no clock: each call gets the time, in seconds of any clock that does not go back.
 */
#ifndef MCPI_CLUSTER_DISPATCHER_H
#define MCPI_CLUSTER_DISPATCHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cluster/liveness.h"
#include "cluster/protocol.h"
#include "mcpi/mcpi.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct mcpi_dispatcher mcpi_dispatcher;

/* How the run ended. */
typedef struct mcpi_ending {
    uint64_t darts, hits; /* of the prefix */
    uint64_t resumed_darts;
    uint64_t goal;
    bool complete;
    bool interrupted;     /* stopped on request; all darts that had been handed out are counted */
    mcpi_sharing sharing; /* fields set: processes, rounds, chunks, reports, report_bytes, lost and waited_seconds */
} mcpi_ending;

typedef struct mcpi_dispatcher_calls {
    void *user;
    void (*send)(void *user, unsigned to, const void *message, size_t bytes);
    void (*give_up)(void *user, const char *why) __attribute__((noreturn)); /* end the job because it cannot continue */
} mcpi_dispatcher_calls;

/* The options and `liveness` must outlive the dispatcher. NULL without memory. */
mcpi_dispatcher *mcpi_dispatcher_open(const mcpi_options *options, mcpi_liveness *liveness,
                                      const mcpi_dispatcher_calls *calls);
void mcpi_dispatcher_close(mcpi_dispatcher *d);

/* The message that describes the run to the other ranks. */
mcpi_opening_message mcpi_dispatcher_opening(const mcpi_dispatcher *d);

/* Take a report of a rank that is not lost. */
void mcpi_dispatcher_receive(mcpi_dispatcher *d, unsigned from, const mcpi_report_message *report, size_t bytes);

/* Give up silent ranks if the others need what they have. Call it at least every mcpi_looking_seconds. */
void mcpi_dispatcher_look(mcpi_dispatcher *d, double now);

/* All that has been counted. */
struct mcpi_record *mcpi_dispatcher_record(mcpi_dispatcher *d);

/* How the run ended, once it is over. */
mcpi_ending mcpi_dispatcher_ending(const mcpi_dispatcher *d);

#ifdef __cplusplus
}
#endif

#endif
