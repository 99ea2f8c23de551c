/*
 * A message is sent in frames. A frame is so short that every MPI sends it at once and buffers it for the receiver (the
 * "eager" protocol of Open MPI and MPICH). So a receiver that has found a frame never waits for the rest of it, which
 * would not arrive if the sender had died.
 */
#include "cluster/mpi/mpi_transport.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { frame_tag = 1, frame_bytes = 2048 };

/* How long to wait until the last frames are sent. */
enum { closing_milliseconds = 5000 };

typedef struct frame_content {
    uint64_t bytes; /* of the message, in this frame and the following ones */
    char data[frame_bytes];
} frame_content;

typedef struct mcpi_frame {
    struct mcpi_frame *next;
    MPI_Request request;
    frame_content content;
} frame;

typedef struct mcpi_inbox {
    char *message; /* NULL between messages */
    size_t bytes, received;
} inbox;

__attribute__((noreturn)) static void give_up(void *user, const char *why)
{
    const mcpi_mpi_transport *t = user;
    t->complain(why);
    for (;;)
        MPI_Abort(t->comm, 1);
}

static void *allocate(mcpi_mpi_transport *t, size_t bytes)
{
    void *const memory = calloc(1, bytes + 1);
    if (!memory)
        give_up(t, "out of memory");
    return memory;
}

/* ---- sending ---- */

static void free_sent(mcpi_mpi_transport *t)
{
    for (frame **at = &t->sending; *at;) {
        frame *const f = *at;
        int sent = 0;
        /* An error means that the receiver is gone. Its silence will show that. */
        if (MPI_Test(&f->request, &sent, MPI_STATUS_IGNORE) == MPI_SUCCESS && !sent) {
            at = &f->next;
            continue;
        }
        *at = f->next;
        free(f);
    }
}

static void send_frame(mcpi_mpi_transport *t, unsigned to, const char *data, size_t left)
{
    frame *const f = allocate(t, sizeof *f);
    const size_t bytes = left < frame_bytes ? left : frame_bytes;
    f->content.bytes = left;
    memcpy(f->content.data, data, bytes);
    const int length = (int)(sizeof f->content.bytes + bytes);
    if (MPI_Isend(&f->content, length, MPI_BYTE, (int)to, frame_tag, t->comm, &f->request) != MPI_SUCCESS) {
        free(f);
        return;
    }
    f->next = t->sending;
    t->sending = f;
}

static void send_message(void *user, unsigned to, const void *message, size_t bytes)
{
    mcpi_mpi_transport *t = user;
    for (size_t at = 0; at < bytes; at += frame_bytes)
        send_frame(t, to, (const char *)message + at, bytes - at);
    t->messages++;
    t->bytes += bytes;
    free_sent(t);
}

/* ---- receiving ---- */

/* Add a frame with `bytes` of the message. True if the message is complete now. */
static bool add_frame(mcpi_mpi_transport *t, inbox *box, const frame_content *content, size_t bytes)
{
    if (!box->message) {
        box->bytes = content->bytes;
        box->received = 0;
        box->message = allocate(t, box->bytes);
    }
    if (content->bytes != box->bytes - box->received || bytes > content->bytes)
        give_up(t, "the messages of a rank are out of order");
    memcpy(box->message + box->received, content->data, bytes);
    box->received += bytes;
    return box->received == box->bytes;
}

static bool receive_frame(mcpi_mpi_transport *t, frame_content *content, size_t *bytes, unsigned *from)
{
    MPI_Status status;
    int there = 0;
    int length = 0;
    if (MPI_Iprobe(MPI_ANY_SOURCE, frame_tag, t->comm, &there, &status) != MPI_SUCCESS || !there)
        return false;
    if (MPI_Recv(content, sizeof *content, MPI_BYTE, status.MPI_SOURCE, frame_tag, t->comm, &status) != MPI_SUCCESS)
        return false;
    MPI_Get_count(&status, MPI_BYTE, &length);
    *bytes = (size_t)length - sizeof content->bytes;
    *from = (unsigned)status.MPI_SOURCE;
    return true;
}

static void *receive_message(void *user, size_t *bytes, unsigned *from)
{
    mcpi_mpi_transport *t = user;
    frame_content content;
    size_t length;
    free_sent(t);
    while (receive_frame(t, &content, &length, from)) {
        inbox *const box = &t->inboxes[*from];
        if (!add_frame(t, box, &content, length))
            continue;
        void *const message = box->message;
        *bytes = box->bytes;
        box->message = NULL;
        t->messages++;
        t->bytes += *bytes;
        return message;
    }
    return NULL;
}

/* ---- opening and closing ---- */

void mcpi_mpi_transport_open(mcpi_mpi_transport *t, MPI_Comm comm, void (*complain)(const char *text))
{
    int rank, ranks;
    *t = (mcpi_mpi_transport){.complain = complain};
    /* A communicator of its own, with errors that do not end the job, because a rank may be lost. */
    MPI_Comm_dup(comm, &t->comm);
    MPI_Comm_set_errhandler(t->comm, MPI_ERRORS_RETURN);
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &ranks);
    t->inboxes = allocate(t, (size_t)ranks * sizeof *t->inboxes);
    t->transport = (mcpi_transport){t, (unsigned)rank, (unsigned)ranks, send_message, receive_message, give_up};
}

static void discard_messages(mcpi_mpi_transport *t)
{
    size_t bytes;
    unsigned from;
    for (void *message; (message = receive_message(t, &bytes, &from));)
        free(message);
}

static void wait_a_millisecond(void)
{
    nanosleep(&(struct timespec){0, 1000000}, NULL);
}

/* Receive what others still send until all close: some MPIs report unreceived messages on standard output. */
static void close_together(mcpi_mpi_transport *t)
{
    MPI_Request all;
    int closed = 0;
    if (MPI_Ibarrier(t->comm, &all) != MPI_SUCCESS)
        return;
    while (MPI_Test(&all, &closed, MPI_STATUS_IGNORE) == MPI_SUCCESS && !closed) {
        discard_messages(t);
        wait_a_millisecond();
    }
    discard_messages(t);
}

/* The communicator is not freed here: MPI_Finalize frees it. */
void mcpi_mpi_transport_close(mcpi_mpi_transport *t)
{
    for (int i = 0; t->sending && i < closing_milliseconds; i++) {
        free_sent(t);
        wait_a_millisecond();
    }
    close_together(t);
    for (unsigned rank = 0; rank < t->transport.ranks; rank++)
        free(t->inboxes[rank].message);
    free(t->inboxes);
}
