/* What goes wrong in a call of MPI ends the job: that is its default, and set for the window, where it is not. */
#include "mpi/wire.h"

#include <stdlib.h>
#include <string.h>

enum { report_tag = 1, word = sizeof(uint64_t), tally_words = sizeof(mcpi_tallies) / word };

_Static_assert(sizeof(mcpi_tallies) == tally_words * word, "tallies travel as 64-bit words");

static void give_up(void *user, const char *why)
{
    const mcpi_mpi_wire *w = user;
    w->complain(why);
    MPI_Abort(w->comm, 1);
}

static void *allocate(mcpi_mpi_wire *w, size_t bytes)
{
    void *const memory = malloc(bytes + 1);
    if (!memory)
        give_up(w, "out of memory");
    return memory;
}

/* MPI counts in int; in words that is 16 GiB. */
static int words_of(mcpi_mpi_wire *w, size_t bytes)
{
    if (bytes / word > INT32_MAX)
        give_up(w, "a message is too long");
    return (int)(bytes / word);
}

static uint64_t add(void *user, mcpi_counter counter, uint64_t amount)
{
    const mcpi_mpi_wire *w = user;
    uint64_t before = 0;
    MPI_Fetch_and_op(&amount, &before, MPI_UINT64_T, 0, counter, MPI_SUM, w->window);
    MPI_Win_flush(0, w->window);
    return before;
}

/* ---- tallies ---- */

static void add_tallies(void *from, void *into, int *length, MPI_Datatype *type)
{
    (void)type;
    for (int i = 0; i < *length; i++)
        mcpi_add_tallies((const mcpi_tallies *)from + i, (mcpi_tallies *)into + i);
}

static void combine(void *user, const mcpi_tallies *mine)
{
    mcpi_mpi_wire *w = user;
    w->mine = *mine;
    MPI_Iallreduce(&w->mine, &w->all, 1, w->tallies, w->add_up, w->comm, &w->combining);
}

static bool combined(void *user, mcpi_tallies *all)
{
    mcpi_mpi_wire *w = user;
    int done;
    MPI_Test(&w->combining, &done, MPI_STATUS_IGNORE);
    *all = w->all;
    return done != 0;
}

/* ---- everybody ---- */

static void *gather(void *user, const void *mine, size_t bytes, size_t *all_bytes)
{
    mcpi_mpi_wire *w = user;
    const bool root = w->wire.rank == 0;
    const int count = words_of(w, bytes);
    int *const counts = root ? allocate(w, w->wire.ranks * sizeof *counts) : NULL;
    int *const begins = root ? allocate(w, w->wire.ranks * sizeof *begins) : NULL;
    size_t total = 0;
    MPI_Gather(&count, 1, MPI_INT, counts, 1, MPI_INT, 0, w->comm);
    for (unsigned i = 0; root && i < w->wire.ranks; i++) {
        begins[i] = words_of(w, total);
        total += (size_t)counts[i] * word;
    }
    void *const all = root ? allocate(w, total) : NULL;
    MPI_Gatherv(mine, count, MPI_UINT64_T, all, counts, begins, MPI_UINT64_T, 0, w->comm);
    free(counts);
    free(begins);
    *all_bytes = total;
    return all;
}

static void *share(void *user, void *mine, size_t *bytes)
{
    mcpi_mpi_wire *w = user;
    uint64_t size = *bytes;
    MPI_Bcast(&size, 1, MPI_UINT64_T, 0, w->comm);
    void *const shared = w->wire.rank == 0 ? mine : allocate(w, size);
    MPI_Bcast(shared, words_of(w, size), MPI_UINT64_T, 0, w->comm);
    *bytes = size;
    return shared;
}

/* ---- messages ---- */

static bool has_left(mcpi_mpi_wire *w)
{
    int left;
    MPI_Test(&w->sending, &left, MPI_STATUS_IGNORE);
    if (left) {
        free(w->message);
        w->message = NULL;
    }
    return left != 0;
}

static bool send_message(void *user, const void *message, size_t bytes)
{
    mcpi_mpi_wire *w = user;
    if (!has_left(w))
        return false;
    w->message = allocate(w, bytes);
    memcpy(w->message, message, bytes);
    MPI_Isend(w->message, words_of(w, bytes), MPI_UINT64_T, 0, report_tag, w->comm, &w->sending);
    return true;
}

static void *receive_message(void *user, size_t *bytes, unsigned *from)
{
    mcpi_mpi_wire *w = user;
    MPI_Status status;
    int there, count;
    MPI_Iprobe(MPI_ANY_SOURCE, report_tag, w->comm, &there, &status);
    if (!there)
        return NULL;
    MPI_Get_count(&status, MPI_UINT64_T, &count);
    *bytes = (size_t)count * word;
    *from = (unsigned)status.MPI_SOURCE;
    void *const message = allocate(w, *bytes);
    MPI_Recv(message, count, MPI_UINT64_T, status.MPI_SOURCE, report_tag, w->comm, MPI_STATUS_IGNORE);
    return message;
}

/* ---- opening and closing ---- */

/* Open MPI may choose a component for windows that then fails, as osc/ucx of 4.1 does where UCX finds no network. */
static void *allocate_window(mcpi_mpi_wire *w)
{
    void *memory;
    const MPI_Aint size = w->wire.rank == 0 ? MCPI_COUNTERS * word : 0;
    MPI_Comm_set_errhandler(w->comm, MPI_ERRORS_RETURN);
    const int refused = MPI_Win_allocate(size, word, MPI_INFO_NULL, w->comm, &memory, &w->window);
    MPI_Comm_set_errhandler(w->comm, MPI_ERRORS_ARE_FATAL);
    if (refused != MPI_SUCCESS)
        give_up(w, "this MPI makes no window for one-sided communication between these processes; with Open MPI, "
                   "'mpirun --mca osc ^ucx' takes another way");
    return memory;
}

static void open_window(mcpi_mpi_wire *w)
{
    uint64_t *const counters = allocate_window(w);
    MPI_Win_set_errhandler(w->window, MPI_ERRORS_ARE_FATAL);
    MPI_Win_lock_all(MPI_MODE_NOCHECK, w->window);
    for (int i = 0; w->wire.rank == 0 && i < MCPI_COUNTERS; i++)
        counters[i] = 0;
    MPI_Win_sync(w->window);
    MPI_Barrier(w->comm);
}

void mcpi_mpi_wire_open(mcpi_mpi_wire *w, MPI_Comm comm, bool several_nodes, void (*complain)(const char *text))
{
    int rank, ranks;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &ranks);
    *w = (mcpi_mpi_wire){
        .wire = {w, (unsigned)rank, (unsigned)ranks, several_nodes, add, combine, combined, gather, share, send_message,
                 receive_message, give_up},
        .comm = comm,
        .complain = complain,
        .combining = MPI_REQUEST_NULL,
        .sending = MPI_REQUEST_NULL,
    };
    MPI_Type_contiguous(tally_words, MPI_UINT64_T, &w->tallies);
    MPI_Type_commit(&w->tallies);
    MPI_Op_create(add_tallies, 1, &w->add_up);
    open_window(w);
}

void mcpi_mpi_wire_close(mcpi_mpi_wire *w)
{
    MPI_Wait(&w->sending, MPI_STATUS_IGNORE);
    free(w->message);
    MPI_Win_unlock_all(w->window);
    MPI_Win_free(&w->window);
    MPI_Op_free(&w->add_up);
    MPI_Type_free(&w->tallies);
}
