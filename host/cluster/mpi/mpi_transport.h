/* The transport of cluster/transport.h over MPI: point-to-point messages, which every MPI has on every network. */
#ifndef MCPI_CLUSTER_MPI_TRANSPORT_H
#define MCPI_CLUSTER_MPI_TRANSPORT_H

#include <mpi.h>

#include "cluster/transport.h"

struct mcpi_frame;
struct mcpi_inbox;

typedef struct mcpi_mpi_transport {
    mcpi_transport transport;
    MPI_Comm comm;
    void (*complain)(const char *text);
    struct mcpi_frame *sending; /* frames that MPI may still read */
    struct mcpi_inbox *inboxes; /* of each rank: a message of which frames are still missing */
    uint64_t messages, bytes;   /* sent and received */
} mcpi_mpi_transport;

/*
 * Called by all processes of `comm` at the same point; it may not be moved. `complain` tells the user why a process
 * ends the job.
 */
void mcpi_mpi_transport_open(mcpi_mpi_transport *t, MPI_Comm comm, void (*complain)(const char *text));

/* Called by all processes, before MPI_Finalize: waits for all of them, as that does. What they have sent to each other
   is discarded. Frames that have not left, because their receiver is gone, are given up. */
void mcpi_mpi_transport_close(mcpi_mpi_transport *t);

#endif
