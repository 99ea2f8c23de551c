/* Which processes share a machine, and what of it each of them is to use. */
#ifndef MCPI_CLUSTER_MPI_NODE_H
#define MCPI_CLUSTER_MPI_NODE_H

#include <mpi.h>

#include "engine/plan.h"

typedef struct mcpi_node {
    MPI_Comm comm;    /* of the processes on this machine */
    int rank, ranks;  /* in that */
    unsigned nodes;   /* machines in the whole job */
    bool has_cpus;    /* this process has CPUs of its own */
    unsigned workers; /* as many CPU workers are its share: all of its CPUs, or less by the cgroups' quota */
    unsigned usable;  /* CPUs that processes of this machine use together, and those online, if they differ a hint */
    unsigned online;
    char name[64];
} mcpi_node;

/*
 * Called by all processes at the same point, as are those below. CPUs that several may use are dealt out, and each is
 * bound to its own. Where there are more processes than CPUs some have none: they stay where they are, and are not to
 * count on the CPU. NO_MEMORY or SYSTEM on failure.
 */
mcpi_status mcpi_node_join(mcpi_node *node, mcpi_error *error);
void mcpi_node_leave(mcpi_node *node);

/*
 * The plan of this process: mcpi_plan_make, less the GPUs that are other processes' to use, and less the CPU if this
 * process has none of its own and was not told how many threads to use. "auto" means the GPUs that are its own, and the
 * CPU otherwise. It may come to nothing, which is no failure; but NO_DEVICE and BAD_OPTION are those of mcpi_plan_make,
 * with an empty plan.
 */
mcpi_status mcpi_node_plan(const mcpi_node *node, const mcpi_options *options, const mcpi_backend *const *backends,
                           mcpi_plan *plan, mcpi_error *error);

#endif
