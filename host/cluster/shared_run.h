/*
 * A run that several processes have in common: a source of engine/source.h, over a transport.
 *
 * A process reports to rank 0 what it has counted and asks for the next chunk in one message; the chunk is the reply.
 * Rank 0 decides everything (cluster/dispatcher.h): the others know no more of the run than what they have to count.
 */
#ifndef MCPI_CLUSTER_SHARED_RUN_H
#define MCPI_CLUSTER_SHARED_RUN_H

#include "cluster/dispatcher.h"
#include "cluster/transport.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct mcpi_shared_run mcpi_shared_run;

/*
 * Rank 0. The transport, `liveness` and the options must outlive the result. NULL without memory. Sends the
 * others the message that they pass to mcpi_shared_run_follow.
 */
mcpi_shared_run *mcpi_shared_run_open(const mcpi_transport *transport, mcpi_liveness *liveness,
                                      const mcpi_options *options);

/* The others. Completes *options with the values of the opening: seed, stream, range, target error, time limit, trace,
   size of parts and verify. NULL without memory. */
mcpi_shared_run *mcpi_shared_run_follow(const mcpi_transport *transport, const mcpi_opening_message *opening,
                                        mcpi_options *options);

void mcpi_shared_run_close(mcpi_shared_run *run);

/* For mcpi_plan, for one run. */
struct mcpi_source *mcpi_shared_run_source(mcpi_shared_run *run);

/* Rank 0: the dispatcher, to ask how the run ended. */
mcpi_dispatcher *mcpi_shared_run_dispatcher(const mcpi_shared_run *run);

#ifdef __cplusplus
}
#endif

#endif
