/* What the processes of a run did, put together: a row for each device of each node. */
#ifndef MCPI_MPI_ROWS_H
#define MCPI_MPI_ROWS_H

#include "mcpi/mcpi.h"
#include "ranks/wire.h"

typedef struct mcpi_rows {
    mcpi_result *result; /* devices, recounts, dispersion and times; mcpi_result_free frees it */
    bool all_recounted;  /* no process says that it could not recount what it should */
    mcpi_error mismatch; /* of the first process that found one; status OK if none did */
    mcpi_error failure;  /* of the first process that failed otherwise */
} mcpi_rows;

/* Called by all processes at the same point, each with its own result and how it ended. Only rank 0 gets rows. False
   without memory. */
bool mcpi_rows_gather(const mcpi_wire *wire, const char *node, const mcpi_result *own, const mcpi_error *ended,
                      mcpi_rows *rows);

#endif
