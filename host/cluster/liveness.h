/*
 * Which ranks still send messages to rank 0. A rank sends something every second. A rank that is silent for long has
 * died or hangs, or its node is disconnected. It is given up only when the others need what it has. Until then it may
 * come back.
 */
#ifndef MCPI_CLUSTER_LIVENESS_H
#define MCPI_CLUSTER_LIVENESS_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Seconds between two signs of life, of silence until it is reported, and of silence until a rank may be given up. */
static const double mcpi_alive_seconds = 1.0;
static const double mcpi_silent_seconds = 5.0;
static const double mcpi_lost_seconds = 20.0;

/* Seconds of silence until a rank may be given up while ranks open drivers and make plans, when they send nothing; and
   seconds after which a rank gives up rank 0, which may wait for a file system. */
static const double mcpi_opening_seconds = 60.0;
static const double mcpi_rank_zero_seconds = 300.0;

/* Rank 0 checks the others more often than this. A longer gap means that rank 0 itself was stopped, and says nothing
   about the others. */
static const double mcpi_looking_seconds = 1.0;

typedef struct mcpi_peer {
    char node[64];      /* "" if not known */
    bool first_on_node; /* of the ranks on its node */
    double received;    /* time of its last message */
    bool silent;        /* that has been reported */
    bool lost;          /* final: its messages are ignored */
} mcpi_peer;

typedef struct mcpi_liveness {
    mcpi_peer *peers; /* one for each rank */
    unsigned ranks;
    unsigned lost; /* number of lost ranks */
    double looked;
    void (*note)(void *user, const char *text); /* reports to the user; may be NULL */
    void *user;
} mcpi_liveness;

/* Times are seconds of any clock that does not go back. False without memory. */
bool mcpi_liveness_open(mcpi_liveness *l, unsigned ranks, double now);
void mcpi_liveness_close(mcpi_liveness *l);

/* Record a message of this rank. False if the rank is lost, and the message must be ignored. */
bool mcpi_liveness_received(mcpi_liveness *l, unsigned rank, double now);

/* Tell the user about silent ranks. Call it at least every mcpi_looking_seconds. */
void mcpi_liveness_look(mcpi_liveness *l, double now);

/* Whether this rank has been silent for `seconds`. False for rank 0 and for lost ranks. */
bool mcpi_liveness_is_silent(const mcpi_liveness *l, unsigned rank, double seconds, double now);

/* Give up a rank. `consequence` completes "rank 3 on node2 is lost (nothing heard for 20 s): ". */
void mcpi_liveness_give_up(mcpi_liveness *l, unsigned rank, double now, const char *consequence);

#ifdef __cplusplus
}
#endif

#endif
