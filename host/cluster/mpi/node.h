/* Which processes share a machine, and which of its devices each of them uses. */
#ifndef MCPI_CLUSTER_MPI_NODE_H
#define MCPI_CLUSTER_MPI_NODE_H

#include <mpi.h>

#include "engine/plan.h"

typedef struct mcpi_node {
    MPI_Comm comm;    /* of the processes on this machine */
    int rank, ranks;  /* in `comm` */
    unsigned nodes;   /* machines in the whole job */
    bool has_cpus;    /* this process has CPUs of its own */
    unsigned workers; /* its share of the CPU workers: all of its CPUs, or fewer by the cgroups' quota */
    unsigned usable;  /* CPUs that processes of this machine may use together, and CPUs online; if they differ, the user
                         gets a hint */
    unsigned online;
    char name[64];
} mcpi_node;

/*
 * Called by all processes at the same point, like the functions below. CPUs that several processes may use are
 * assigned, and each process is bound to its own. If there are more processes than CPUs, some have none: they are not
 * bound, and do not count on the CPU. NO_MEMORY or SYSTEM on failure.
 */
mcpi_status mcpi_node_join(mcpi_node *node, mcpi_error *error);

/*
 * The plan of this process: mcpi_plan_make, without the GPUs of other processes, and without the CPU if this process
 * has no CPUs of its own and no number of threads in its options. "auto" means its own GPUs, or the CPU if it has none.
 * The plan may be empty, which is no failure; NO_DEVICE and BAD_OPTION are those of mcpi_plan_make, with an empty plan.
 */
mcpi_status mcpi_node_plan(const mcpi_node *node, const mcpi_options *options, const mcpi_backend *const *backends,
                           mcpi_plan *plan, mcpi_error *error);

#endif
