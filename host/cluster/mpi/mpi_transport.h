/* The transport of cluster/transport.h over MPI. It uses only point-to-point messages, which every MPI supports on
   every network. */
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
    struct mcpi_inbox *inboxes; /* one for each rank: a message with missing frames */
    uint64_t messages, bytes;   /* sent and received */
} mcpi_mpi_transport;

/*
 * Called by all processes of `comm` at the same point. The structure must not be moved. `complain` tells the user why a
 * process ends the job.
 */
void mcpi_mpi_transport_open(mcpi_mpi_transport *t, MPI_Comm comm, void (*complain)(const char *text));

/* Called by all processes, before MPI_Finalize. Waits for all of them, as MPI_Finalize does. Messages that have not
   been received are discarded, and frames that cannot be sent because their receiver is gone are given up. */
void mcpi_mpi_transport_close(mcpi_mpi_transport *t);

#endif
