/*
 * Rank 0's part of a shared run: it hands out chunks, keeps what the ranks have counted, and says when the run is over.
 *
 * It has one queue, like the engine's, and the set of all that has been counted; for each rank, the ranges that it
 * still has to count. So at any time each dart is in the queue, with one rank, or counted. A rank that cannot count any
 * more, that withdraws counts, or that is lost leaves darts in none of the three: they go back to the queue. The
 * messages of rank 0's own devices come here, too, without a network.
 *
 * It has no thread and no clock of its own: time comes with each call, in seconds of any clock that does not go back.
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

/* What the run came to. */
typedef struct mcpi_ending {
    uint64_t darts, hits; /* of the prefix */
    uint64_t resumed_darts;
    uint64_t goal;
    bool complete;
    bool interrupted;     /* on request; of what had been handed out nothing is missing */
    mcpi_sharing sharing; /* processes, rounds, chunks, reports, report_bytes, lost and waited_seconds */
} mcpi_ending;

typedef struct mcpi_dispatcher_calls {
    void *user;
    void (*send)(void *user, unsigned to, const void *message, size_t bytes);
    void (*give_up)(void *user, const char *why) __attribute__((noreturn)); /* the job cannot go on */
} mcpi_dispatcher_calls;

/* The options and `liveness` must live as long as what is returned; NULL without memory. */
mcpi_dispatcher *mcpi_dispatcher_open(const mcpi_options *options, mcpi_liveness *liveness,
                                      const mcpi_dispatcher_calls *calls);
void mcpi_dispatcher_close(mcpi_dispatcher *d);

/* What the other ranks have to know. */
mcpi_opening_message mcpi_dispatcher_opening(const mcpi_dispatcher *d);

/* A report came from a rank that is not lost. */
void mcpi_dispatcher_hear(mcpi_dispatcher *d, unsigned from, const mcpi_report_message *report, size_t bytes);

/* Give up ranks that are silent, if the others need what they have. To be called at least every mcpi_looking_seconds.
 */
void mcpi_dispatcher_look(mcpi_dispatcher *d, double now);

/* All that has been counted. */
struct mcpi_record *mcpi_dispatcher_record(mcpi_dispatcher *d);

/* Once the run is over: what it came to. */
mcpi_ending mcpi_dispatcher_ending(const mcpi_dispatcher *d);

#ifdef __cplusplus
}
#endif

#endif
