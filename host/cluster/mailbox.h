/*
 * Waiting for messages while showing signs of life: rank 0 waits for one message of every other rank, the other ranks
 * wait for the next message of rank 0.
 */
#ifndef MCPI_CLUSTER_MAILBOX_H
#define MCPI_CLUSTER_MAILBOX_H

#include <stdbool.h>

#include "cluster/liveness.h"
#include "cluster/protocol.h"
#include "cluster/transport.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Rank 0: the next message that is more than a sign of life, from a rank that is not lost; NULL if there is none. Free
   it with free(). Signs of life are answered. Lost ranks are told that the run is over. */
void *mcpi_receive(const mcpi_transport *transport, mcpi_liveness *liveness, double now, size_t *bytes, unsigned *from);

/* Rank 0: one message of each rank. */
typedef struct mcpi_mailbox {
    const mcpi_transport *transport;
    mcpi_liveness *liveness;
    void **messages; /* one for each rank; NULL: it has not arrived, or the rank is lost */
    size_t *bytes;
    unsigned missing;
} mcpi_mailbox;

/* Ends the job without memory. */
mcpi_mailbox mcpi_mailbox_open(const mcpi_transport *transport, mcpi_liveness *liveness);
void mcpi_mailbox_close(mcpi_mailbox *box);

/* Put in the message of a rank. The mailbox frees it. */
void mcpi_mailbox_put(mcpi_mailbox *box, unsigned rank, void *message, size_t bytes);

/* Put in a copy of rank 0's own message. */
void mcpi_mailbox_put_own(mcpi_mailbox *box, const void *message, size_t bytes);

/* Wait for a message of this kind from every rank that is not lost. A rank that is silent for `seconds` is then lost;
   `consequence` is that of mcpi_liveness_give_up. */
void mcpi_mailbox_await(mcpi_mailbox *box, mcpi_message_kind kind, double seconds, const char *consequence);

/* The first error among messages of kind MCPI_MESSAGE_JOIN; OK if there is none. A rank without a device is no error if
   another rank has one. *teams: the number of teams of all ranks that can count. */
mcpi_status mcpi_refusal_of(const mcpi_mailbox *joined, uint64_t *teams, mcpi_error *error);

/* Rank 0: tell every other rank whether all begin: status OK if they do. */
void mcpi_answer_joins(const mcpi_transport *transport, const mcpi_error *refusal);

/* The others: join, and wait for that answer. False if the ranks do not begin. */
bool mcpi_join_rank_zero(const mcpi_transport *transport, const mcpi_join_message *join);

/* Rank 0: send a message to every other rank. */
void mcpi_tell_all(const mcpi_transport *transport, const void *message, size_t bytes);

/* The others: the next message of rank 0 that is more than a sign of life. Free it with free(). Ends the job if rank 0
   is silent for mcpi_rank_zero_seconds. */
void *mcpi_await_rank_zero(const mcpi_transport *transport);

/* The others: times of the last message of rank 0, of the last check for one, and of their own last message. */
typedef struct mcpi_lifeline {
    double received, looked, sent;
} mcpi_lifeline;

mcpi_lifeline mcpi_lifeline_open(double now);

/* The next message of rank 0 that is more than a sign of life, to be freed with free(). If there is none: NULL; then
   sends a sign of life if one is due, and ends the job if rank 0 has been silent for mcpi_rank_zero_seconds. Call it at
   least every mcpi_looking_seconds. */
void *mcpi_lifeline_receive(mcpi_lifeline *line, const mcpi_transport *transport, double now);

uint64_t mcpi_kind_of(const void *message);

/* Returns `memory`. Ends the job if it is NULL. */
void *mcpi_need(const mcpi_transport *transport, void *memory);

#ifdef __cplusplus
}
#endif

#endif
