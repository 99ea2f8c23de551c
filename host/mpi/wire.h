/* The wire of ranks/wire.h, over MPI: counters in a window at rank 0, reached by one-sided fetch-and-add. */
#ifndef MCPI_MPI_WIRE_H
#define MCPI_MPI_WIRE_H

#include <mpi.h>

#include "ranks/wire.h"

typedef struct mcpi_mpi_wire {
    mcpi_wire wire;
    MPI_Comm comm;
    MPI_Win window;
    void (*complain)(const char *text);
    MPI_Datatype tallies;
    MPI_Op add_up;
    MPI_Request combining; /* `mine` into `all` */
    mcpi_tallies mine, all;
    MPI_Request sending; /* `message`, which is freed once it has left */
    void *message;
} mcpi_mpi_wire;

/*
 * Called by all processes of `comm` at the same point, as is its closing; it may not be moved. `several_nodes`: they
 * are not all on one. `complain` tells the user why a process ends the job.
 */
void mcpi_mpi_wire_open(mcpi_mpi_wire *w, MPI_Comm comm, bool several_nodes, void (*complain)(const char *text));
void mcpi_mpi_wire_close(mcpi_mpi_wire *w);

#endif
