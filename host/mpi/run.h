/*
 * One run by all processes of an MPI job. Rank 0 says what is to be counted and has the result; the others bring their
 * devices.
 */
#ifndef MCPI_MPI_RUN_H
#define MCPI_MPI_RUN_H

#include <stdbool.h>

#include "mcpi/mcpi.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Who hears what. */
typedef struct mcpi_mpi_voice {
    void (*complain)(const char *text); /* why the job is ended, where no process can go on */
    void (*note)(const char *text);     /* what users should know; NULL: nobody wants to */
} mcpi_mpi_voice;

/* Rank 0: mcpi_run, with the devices of all processes. Of `options` devices, threads, kernel, pin, verify and profile
   are those of rank 0 only. */
mcpi_status mcpi_mpi_run(const mcpi_options *options, const mcpi_mpi_voice *voice, mcpi_result **result,
                         mcpi_error *error);

/* The others: take part in that, with their own devices; false once rank 0 has nothing more to count. `unable`: why
   this process cannot, which ends the run before it begins; status OK if it can. *hung: one of its devices hangs. */
bool mcpi_mpi_follow(const mcpi_options *options, const mcpi_error *unable, const mcpi_mpi_voice *voice, bool *hung);

/* Rank 0: there is nothing more to count. */
void mcpi_mpi_dismiss(void);

#ifdef __cplusplus
}
#endif

#endif
