/*
 * One run by all processes of an MPI job. Rank 0 chooses what is counted and has the result; the others contribute
 * their devices.
 */
#ifndef MCPI_CLUSTER_MPI_RUN_H
#define MCPI_CLUSTER_MPI_RUN_H

#include <stdbool.h>

#include "cluster/mpi/node.h"
#include "cluster/survey.h"
#include "mcpi/mcpi.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct mcpi_mpi_job mcpi_mpi_job;

/* Called by all processes at the same point, after MPI_Init. `complain` tells the user why a process ends the job, and
   which ranks are silent. */
mcpi_mpi_job *mcpi_mpi_open(void (*complain)(const char *text));

/* Called by each process on its own. */
void mcpi_mpi_close(mcpi_mpi_job *job);

/* The number of lost ranks. If it is not 0, end the job with MPI_Abort, because MPI_Finalize would wait for them. */
unsigned mcpi_mpi_lost(const mcpi_mpi_job *job);

/* Rank 0, at most once: mcpi_run with the devices of all processes. In `options`, devices, threads, kernel, pin, verify
   and profile apply to rank 0 only. `note` gets remarks for the user; it may be NULL. If ranks were lost, the status is
   DEVICE_FAILED even if the count is complete. */
mcpi_status mcpi_mpi_run(mcpi_mpi_job *job, const mcpi_options *options, void (*note)(const char *text),
                         mcpi_result **result, mcpi_error *error);

/* What rank 0 tells the others to do. */
typedef enum mcpi_mpi_task { MCPI_MPI_NOTHING, MCPI_MPI_RUN, MCPI_MPI_SURVEY } mcpi_mpi_task;

/* The others: wait for the task. *message is the argument of mcpi_mpi_follow or mcpi_survey_opening. Free it with
   free(). */
mcpi_mpi_task mcpi_mpi_await(mcpi_mpi_job *job, void **message);

/* The others: take part in the run, with their own devices. `unable`: why this process cannot, which ends the run
   before it begins; status OK if it can. *hung: one of its devices hangs, or threads are left behind. */
void mcpi_mpi_follow(mcpi_mpi_job *job, const void *message, const mcpi_options *options, const mcpi_error *unable,
                     bool *hung);

/* Rank 0, at most once, in place of a run: a survey (cluster/survey.h) of all processes. */
mcpi_status mcpi_mpi_survey(mcpi_mpi_job *job, const void *opening, size_t bytes, mcpi_survey **survey,
                            mcpi_error *error);

/* The others: take part in it; NULL if it does not begin. */
mcpi_survey *mcpi_mpi_join(mcpi_mpi_job *job, const mcpi_error *unable);

/* The rank of this process in the job and on its machine. Rank 0 also knows the node names of all ranks. */
const mcpi_node *mcpi_mpi_node(const mcpi_mpi_job *job);
const mcpi_transport *mcpi_mpi_messages(const mcpi_mpi_job *job);
const mcpi_peer *mcpi_mpi_peer(const mcpi_mpi_job *job, unsigned rank);

/* Rank 0: tell the others that there is nothing to do. Does nothing after mcpi_mpi_run or mcpi_mpi_survey. */
void mcpi_mpi_dismiss(mcpi_mpi_job *job);

#ifdef __cplusplus
}
#endif

#endif
