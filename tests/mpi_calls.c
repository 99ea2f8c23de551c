/*
 * Counts what a process asks of MPI, by MPI's own profiling interface: every call of mcpi-mpi that can send something,
 * how often it was made and how many bytes were this process's part. At MPI_Finalize each rank tells it on standard
 * error, a line for each call it has made:
 *
 *     mpi_calls: rank 1: MPI_Fetch_and_op 42 calls 336 bytes
 *
 * `mpirun -x LD_PRELOAD=FOLDER/libmpi_calls.so -np 2 mcpi-mpi ...`; built by tests/mpi.cmake.
 */
#include <inttypes.h>
#include <mpi.h>
#include <stdint.h>
#include <stdio.h>

/* name of the row, as printed */
#define ROWS(row)                                                                                     \
    row(TAKES, "MPI_Fetch_and_op") row(LOOKS, "MPI_Fetch_and_op of 0") row(SENDS, "MPI_Isend")        \
        row(RECEIVES, "MPI_Recv") row(IALLREDUCES, "MPI_Iallreduce") row(ALLREDUCES, "MPI_Allreduce") \
            row(GATHERS, "MPI_Gather") row(GATHERVS, "MPI_Gatherv") row(BCASTS, "MPI_Bcast")          \
                row(BARRIERS, "MPI_Barrier")

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

int MPI_Fetch_and_op(const void *origin, void *result, MPI_Datatype type, int target, MPI_Aint displacement, MPI_Op op,
                     MPI_Win window)
{
    note(*(const uint64_t *)origin != 0 ? TAKES : LOOKS, 1, type);
    return PMPI_Fetch_and_op(origin, result, type, target, displacement, op, window);
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

int MPI_Iallreduce(const void *mine, void *all, int count, MPI_Datatype type, MPI_Op op, MPI_Comm comm,
                   MPI_Request *request)
{
    note(IALLREDUCES, count, type);
    return PMPI_Iallreduce(mine, all, count, type, op, comm, request);
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

int MPI_Gatherv(const void *mine, int count, MPI_Datatype type, void *all, const int *counts, const int *begins,
                MPI_Datatype all_type, int root, MPI_Comm comm)
{
    note(GATHERVS, count, type);
    return PMPI_Gatherv(mine, count, type, all, counts, begins, all_type, root, comm);
}

int MPI_Bcast(void *buffer, int count, MPI_Datatype type, int root, MPI_Comm comm)
{
    note(BCASTS, count, type);
    return PMPI_Bcast(buffer, count, type, root, comm);
}

int MPI_Barrier(MPI_Comm comm)
{
    note(BARRIERS, 0, MPI_BYTE);
    return PMPI_Barrier(comm);
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
