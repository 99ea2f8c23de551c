#include "cluster/mailbox.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/backend.h"
#include "core/status.h"

/* How long a process that waits for a message sleeps between two polls. */
static const double waiting_seconds = 0.001;

static const mcpi_message alive = {MCPI_MESSAGE_ALIVE}, begin = {MCPI_MESSAGE_BEGIN};

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

void *mcpi_receive(const mcpi_transport *transport, mcpi_liveness *liveness, double now, size_t *bytes, unsigned *from)
{
    static const mcpi_over_message over = {MCPI_MESSAGE_OVER, 0};
    for (void *message; (message = transport->receive(transport->user, bytes, from)); free(message)) {
        if (!mcpi_liveness_received(liveness, *from, now))
            transport->send(transport->user, *from, &over, sizeof over);
        else if (mcpi_kind_of(message) == MCPI_MESSAGE_ALIVE)
            transport->send(transport->user, *from, &alive, sizeof alive);
        else
            return message;
    }
    return NULL;
}

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

void mcpi_mailbox_put_own(mcpi_mailbox *box, const void *message, size_t bytes)
{
    void *const copy = mcpi_need(box->transport, malloc(bytes));
    memcpy(copy, message, bytes);
    mcpi_mailbox_put(box, 0, copy, bytes);
}

static void receive_all(mcpi_mailbox *box, mcpi_message_kind kind)
{
    size_t bytes;
    unsigned from;
    for (void *message; (message = mcpi_receive(box->transport, box->liveness, mcpi_seconds(), &bytes, &from));) {
        if (mcpi_kind_of(message) == kind && !box->messages[from])
            mcpi_mailbox_put(box, from, message, bytes);
        else
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

static uint64_t teams_of(const mcpi_mailbox *joined)
{
    uint64_t teams = 0;
    for (unsigned rank = 0; rank < joined->transport->ranks; rank++)
        teams += joined->messages[rank] ? ((const mcpi_join_message *)joined->messages[rank])->teams : 0;
    return teams;
}

mcpi_status mcpi_refusal_of(const mcpi_mailbox *joined, uint64_t *teams, mcpi_error *error)
{
    *teams = teams_of(joined);
    for (unsigned rank = 0; rank < joined->transport->ranks; rank++) {
        const mcpi_join_message *join = joined->messages[rank];
        if (!join || join->error.status == MCPI_OK || (join->error.status == MCPI_NO_DEVICE && *teams > 0))
            continue;
        return rank == 0 ? mcpi_fail(error, join->error.status, "%s", join->error.message)
                         : mcpi_fail(error, join->error.status, "rank %u: %s", rank, join->error.message);
    }
    return MCPI_OK;
}

void mcpi_answer_joins(const mcpi_transport *transport, const mcpi_error *refusal)
{
    const mcpi_refusal_message refused = {MCPI_MESSAGE_REFUSED, *refusal};
    if (refusal->status == MCPI_OK)
        mcpi_tell_all(transport, &begin, sizeof begin);
    else
        mcpi_tell_all(transport, &refused, sizeof refused);
}

/* ---- the others ---- */

mcpi_lifeline mcpi_lifeline_open(double now)
{
    return (mcpi_lifeline){.received = now, .looked = now, .sent = now};
}

/* Time for which this process itself was stopped does not count as silence of rank 0. */
static bool is_cut(mcpi_lifeline *line, double now)
{
    const double since = now - line->looked;
    if (since > mcpi_looking_seconds)
        line->received += since;
    line->looked = now;
    return now - line->received >= mcpi_rank_zero_seconds;
}

static void keep_line(mcpi_lifeline *line, const mcpi_transport *transport, double now)
{
    if (now - line->sent >= mcpi_alive_seconds) {
        transport->send(transport->user, 0, &alive, sizeof alive);
        line->sent = now;
    }
    if (is_cut(line, now))
        transport->give_up(transport->user, "rank 0 has not been heard from for 300 s");
}

void *mcpi_lifeline_receive(mcpi_lifeline *line, const mcpi_transport *transport, double now)
{
    size_t bytes;
    unsigned from;
    for (void *message; (message = transport->receive(transport->user, &bytes, &from)); free(message)) {
        line->received = now;
        if (mcpi_kind_of(message) != MCPI_MESSAGE_ALIVE)
            return message;
    }
    keep_line(line, transport, now);
    return NULL;
}

void *mcpi_await_rank_zero(const mcpi_transport *transport)
{
    mcpi_lifeline line = mcpi_lifeline_open(mcpi_seconds());
    void *message;
    while (!(message = mcpi_lifeline_receive(&line, transport, mcpi_seconds())))
        sleep_a_moment();
    return message;
}

bool mcpi_join_rank_zero(const mcpi_transport *transport, const mcpi_join_message *join)
{
    transport->send(transport->user, 0, join, sizeof *join);
    void *const message = mcpi_await_rank_zero(transport);
    const bool begins = mcpi_kind_of(message) == MCPI_MESSAGE_BEGIN;
    free(message);
    return begins;
}
