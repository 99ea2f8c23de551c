#include "cluster/mailbox.h"

#include <stdlib.h>
#include <time.h>

#include "mcpi/backend.h"

/* How long a process that waits for a message sleeps between two looks. */
static const double waiting_seconds = 0.001;

static const mcpi_message alive = {MCPI_MESSAGE_ALIVE};

uint64_t mcpi_kind_of(const void *message)
{
    return ((const mcpi_message *)message)->kind;
}

void *mcpi_need(const mcpi_transport *transport, void *memory)
{
    if (!memory)
        transport->give_up(transport->user, "out of memory");
    return memory;
}

static void sleep_a_moment(void)
{
    nanosleep(&(struct timespec){0, (long)(1e9 * waiting_seconds)}, NULL);
}

/* ---- rank 0 ---- */

mcpi_mailbox mcpi_mailbox_open(const mcpi_transport *transport, mcpi_liveness *liveness)
{
    const unsigned ranks = transport->ranks;
    return (mcpi_mailbox){
        .transport = transport,
        .liveness = liveness,
        .messages = mcpi_need(transport, calloc(ranks, sizeof(void *))),
        .bytes = mcpi_need(transport, calloc(ranks, sizeof(size_t))),
        .missing = ranks - liveness->lost,
    };
}

void mcpi_mailbox_close(mcpi_mailbox *box)
{
    for (unsigned rank = 0; rank < box->transport->ranks; rank++)
        free(box->messages[rank]);
    free((void *)box->messages);
    free(box->bytes);
}

void mcpi_mailbox_put(mcpi_mailbox *box, unsigned rank, void *message, size_t bytes)
{
    box->messages[rank] = message;
    box->bytes[rank] = bytes;
    box->missing--;
}

static void receive_all(mcpi_mailbox *box, mcpi_message_kind kind)
{
    const mcpi_transport *transport = box->transport;
    size_t bytes;
    unsigned from;
    for (void *message; (message = transport->receive(transport->user, &bytes, &from));) {
        const bool counts = mcpi_liveness_hear(box->liveness, from, mcpi_seconds());
        if (counts && mcpi_kind_of(message) == kind && !box->messages[from]) {
            mcpi_mailbox_put(box, from, message, bytes);
            continue;
        }
        if (counts && mcpi_kind_of(message) == MCPI_MESSAGE_ALIVE)
            transport->send(transport->user, from, &alive, sizeof alive);
        free(message);
    }
}

static void give_up_silent(mcpi_mailbox *box, double seconds, const char *consequence)
{
    const double now = mcpi_seconds();
    mcpi_liveness_look(box->liveness, now);
    for (unsigned rank = 1; rank < box->transport->ranks; rank++) {
        if (box->messages[rank] || !mcpi_liveness_is_silent(box->liveness, rank, seconds, now))
            continue;
        mcpi_liveness_give_up(box->liveness, rank, now, consequence);
        box->missing--;
    }
}

void mcpi_mailbox_await(mcpi_mailbox *box, mcpi_message_kind kind, double seconds, const char *consequence)
{
    receive_all(box, kind);
    while (box->missing > 0) {
        sleep_a_moment();
        receive_all(box, kind);
        give_up_silent(box, seconds, consequence);
    }
}

void mcpi_tell_all(const mcpi_transport *transport, const void *message, size_t bytes)
{
    for (unsigned rank = 1; rank < transport->ranks; rank++)
        transport->send(transport->user, rank, message, bytes);
}

/* ---- the others ---- */

mcpi_lifeline mcpi_lifeline_open(double now)
{
    return (mcpi_lifeline){mcpi_rank_zero_open(now), now};
}

void mcpi_lifeline_keep(mcpi_lifeline *line, const mcpi_transport *transport, double now)
{
    if (now - line->sent >= mcpi_alive_seconds) {
        transport->send(transport->user, 0, &alive, sizeof alive);
        line->sent = now;
    }
    if (mcpi_rank_zero_is_gone(&line->zero, now))
        transport->give_up(transport->user, "rank 0 has not been heard from for 300 s");
}

void *mcpi_await_rank_zero(const mcpi_transport *transport)
{
    mcpi_lifeline line = mcpi_lifeline_open(mcpi_seconds());
    for (;;) {
        size_t bytes;
        unsigned from;
        void *const message = transport->receive(transport->user, &bytes, &from);
        const double now = mcpi_seconds();
        if (message && mcpi_kind_of(message) != MCPI_MESSAGE_ALIVE)
            return message;
        if (message)
            mcpi_rank_zero_hear(&line.zero, now);
        free(message);
        mcpi_lifeline_keep(&line, transport, now);
        sleep_a_moment();
    }
}
