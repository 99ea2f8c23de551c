/*
 * Counts what a process asks of MPI, by MPI's own profiling interface: every call of mcpi-mpi that can send something,
 * how often it was made and how many bytes were this process's part. At MPI_Finalize each rank tells it on standard
 * error, a line for each call it has made:
 *
 *     mpi_calls: rank 1: MPI_Isend 42 calls 7224 bytes
 *
 * `LD_PRELOAD=FOLDER/libmpi_calls.so mcpi-mpi ...` under mpirun; built by tests/mpi.cmake.
 */
#include <inttypes.h>
#include <mpi.h>
#include <stdint.h>
#include <stdio.h>

/* name of the row, as printed */
#define ROWS(row)                                                                                                 \
    row(SENDS, "MPI_Isend") row(RECEIVES, "MPI_Recv") row(ALLREDUCES, "MPI_Allreduce") row(GATHERS, "MPI_Gather") \
        row(ALLGATHERS, "MPI_Allgather") row(ALLGATHERVS, "MPI_Allgatherv")

#define ROW_NAME(name, text) name,
#define ROW_TEXT(name, text) text,
enum { ROWS(ROW_NAME) ROW_COUNT };
static const char *const texts[] = {ROWS(ROW_TEXT)};

/* What has been called so far. mcpi-mpi calls MPI from one thread. */
static uint64_t calls[ROW_COUNT], bytes[ROW_COUNT];

static void note(int row, int count, MPI_Datatype type)
{
    int size = 0;
    if (count > 0)
        PMPI_Type_size(type, &size);
    calls[row]++;
    bytes[row] += (uint64_t)count * (uint64_t)size;
}

int MPI_Isend(const void *buffer, int count, MPI_Datatype type, int to, int tag, MPI_Comm comm, MPI_Request *request)
{
    note(SENDS, count, type);
    return PMPI_Isend(buffer, count, type, to, tag, comm, request);
}

int MPI_Recv(void *buffer, int count, MPI_Datatype type, int from, int tag, MPI_Comm comm, MPI_Status *status)
{
    note(RECEIVES, count, type);
    return PMPI_Recv(buffer, count, type, from, tag, comm, status);
}

int MPI_Allreduce(const void *mine, void *all, int count, MPI_Datatype type, MPI_Op op, MPI_Comm comm)
{
    note(ALLREDUCES, count, type);
    return PMPI_Allreduce(mine, all, count, type, op, comm);
}

int MPI_Gather(const void *mine, int count, MPI_Datatype type, void *all, int each, MPI_Datatype all_type, int root,
               MPI_Comm comm)
{
    note(GATHERS, count, type);
    return PMPI_Gather(mine, count, type, all, each, all_type, root, comm);
}

int MPI_Allgather(const void *mine, int count, MPI_Datatype type, void *all, int each, MPI_Datatype all_type,
                  MPI_Comm comm)
{
    note(ALLGATHERS, count, type);
    return PMPI_Allgather(mine, count, type, all, each, all_type, comm);
}

int MPI_Allgatherv(const void *mine, int count, MPI_Datatype type, void *all, const int *counts, const int *begins,
                   MPI_Datatype all_type, MPI_Comm comm)
{
    note(ALLGATHERVS, count, type);
    return PMPI_Allgatherv(mine, count, type, all, counts, begins, all_type, comm);
}

int MPI_Finalize(void)
{
    int rank;
    PMPI_Comm_rank(MPI_COMM_WORLD, &rank);
    for (int row = 0; row < ROW_COUNT; row++)
        if (calls[row] > 0)
            fprintf(stderr, "mpi_calls: rank %d: %s %" PRIu64 " calls %" PRIu64 " bytes\n", rank, texts[row],
                    calls[row], bytes[row]);
    return PMPI_Finalize();
}
