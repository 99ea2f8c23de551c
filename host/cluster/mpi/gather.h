/* Combines the results of all ranks of a run, with an entry for each device of each rank, and for each of its workers.
 */
#ifndef MCPI_CLUSTER_MPI_GATHER_H
#define MCPI_CLUSTER_MPI_GATHER_H

#include <stdbool.h>
#include <stddef.h>

#include "mcpi/mcpi.h"

/* The message in which a rank sends its result. Free it with free(). NULL without memory. */
void *mcpi_result_message(unsigned rank, const char *node, const mcpi_result *own, const mcpi_error *ended,
                          size_t *bytes);

typedef struct mcpi_gathered {
    mcpi_result *result; /* devices, recounts, dispersion and times; mcpi_result_free frees it */
    bool all_recounted;  /* no rank failed to recount what it should */
    mcpi_error mismatch; /* of the first rank that found one; status OK if there is none */
    mcpi_error failure;  /* of the first rank that failed otherwise */
} mcpi_gathered;

/* Rank 0: combine the messages of all ranks; NULL for lost ranks. False without memory. */
bool mcpi_gather(void *const *messages, unsigned ranks, mcpi_gathered *gathered);

#endif
