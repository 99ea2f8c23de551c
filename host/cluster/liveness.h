/*
 * Which ranks rank 0 still hears. A rank sends something every second; a rank that is silent for long has died, hangs,
 * or its node is cut off. It is lost only once the others need what it has: a rank that comes back before goes on.
 */
#ifndef MCPI_CLUSTER_LIVENESS_H
#define MCPI_CLUSTER_LIVENESS_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Seconds between two signs of life, of silence before the user is told, and before a rank may be given up. */
static const double mcpi_alive_seconds = 1.0;
static const double mcpi_silent_seconds = 5.0;
static const double mcpi_lost_seconds = 20.0;

/* The same while ranks open drivers and make plans, during which they send nothing; and seconds after which a rank
   gives up rank 0, which may wait for a file system in between. */
static const double mcpi_opening_seconds = 60.0;
static const double mcpi_rank_zero_seconds = 300.0;

/* Rank 0 looks at the others more often than this; if it did not, it was stopped, and knows nothing of their silence.
 */
static const double mcpi_looking_seconds = 1.0;

typedef struct mcpi_peer {
    char node[64];      /* "" if not known */
    bool first_on_node; /* of the ranks on its node */
    double heard;       /* when */
    bool silent;        /* the user has been told */
    bool lost;          /* for good: what it sends is not used */
} mcpi_peer;

typedef struct mcpi_liveness {
    mcpi_peer *peers; /* of each rank */
    unsigned ranks;
    unsigned lost; /* how many */
    double looked;
    void (*note)(void *user, const char *text); /* NULL: tell the user nothing */
    void *user;
} mcpi_liveness;

/* Times are seconds of any clock that does not go back. False without memory. */
bool mcpi_liveness_open(mcpi_liveness *l, unsigned ranks, double now);
void mcpi_liveness_close(mcpi_liveness *l);

/* A message came from this rank. False if it is lost, and the message must not be used. */
bool mcpi_liveness_hear(mcpi_liveness *l, unsigned rank, double now);

/* Tell the user about ranks that are silent. To be called at least every mcpi_looking_seconds. */
void mcpi_liveness_look(mcpi_liveness *l, double now);

/* Has this rank been silent for so long? Never rank 0, and not a rank that is lost. */
bool mcpi_liveness_is_silent(const mcpi_liveness *l, unsigned rank, double seconds, double now);

/* It is lost. `consequence` completes "rank 3 on node2 is lost (nothing heard for 20 s): ". */
void mcpi_liveness_give_up(mcpi_liveness *l, unsigned rank, double now, const char *consequence);

/* What another rank knows of rank 0. */
typedef struct mcpi_rank_zero {
    double heard, looked; /* when */
} mcpi_rank_zero;

/* It is alive now. */
mcpi_rank_zero mcpi_rank_zero_open(double now);
void mcpi_rank_zero_hear(mcpi_rank_zero *zero, double now);

/* Has it been silent for mcpi_rank_zero_seconds? Time for which this process was stopped itself does not count. To be
   called at least every mcpi_looking_seconds. */
bool mcpi_rank_zero_is_gone(mcpi_rank_zero *zero, double now);

#ifdef __cplusplus
}
#endif

#endif
