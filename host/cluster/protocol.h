/*
 * The messages of a shared run. Each begins with its kind. All fields are 64-bit words, so there is no padding. The
 * processes of a job run one program, on machines with the same byte order.
 */
#ifndef MCPI_CLUSTER_PROTOCOL_H
#define MCPI_CLUSTER_PROTOCOL_H

#include <stdint.h>

#include "mcpi/mcpi.h"

typedef enum mcpi_message_kind {
    /* From any rank to rank 0, and the reply: only a sign of life. */
    MCPI_MESSAGE_ALIVE = 1,
    /* From rank 0. */
    MCPI_MESSAGE_OPENING,
    MCPI_MESSAGE_REFUSED,
    MCPI_MESSAGE_BEGIN,
    MCPI_MESSAGE_GRANT,
    MCPI_MESSAGE_OVER,
    MCPI_MESSAGE_DISMISSED,
    /* To rank 0. */
    MCPI_MESSAGE_JOIN,
    MCPI_MESSAGE_REPORT,
    MCPI_MESSAGE_RESULT,
    /* Of a survey (cluster/survey.h): its subject, the requests of rank 0, the state of a rank, and its last
       message. */
    MCPI_MESSAGE_SURVEY,
    MCPI_MESSAGE_WANT,
    MCPI_MESSAGE_STANDING,
    MCPI_MESSAGE_LEAVING
} mcpi_message_kind;

/* A message that consists of its kind. */
typedef struct mcpi_message {
    uint64_t kind;
} mcpi_message;

/* What a process reports before a run or a survey begins. */
typedef struct mcpi_join_message {
    uint64_t kind;
    uint64_t teams; /* number of teams that can count */
    mcpi_error error;
} mcpi_join_message;

typedef struct mcpi_refusal_message {
    uint64_t kind;
    mcpi_error error;
} mcpi_refusal_message;

/* Rank 0's description of the run. */
typedef struct mcpi_opening_message {
    uint64_t kind;
    uint64_t seed, stream, first, darts, goal;
    double target_error, time_limit_seconds;
    uint64_t traces;       /* 0 or 1 */
    uint64_t verifies_all; /* 0 or 1: also in processes with other options */
    uint64_t part_darts;
} mcpi_opening_message;

/* What a process tells rank 0. Parts that were counted since the last report follow, then, with MCPI_VERIFY_FULL, those
   confirmed, then held ranges. */
typedef struct mcpi_report_message {
    uint64_t kind;
    uint64_t grants_seen;
    uint64_t counted, confirmed, held; /* numbers of these */
    uint64_t replaces; /* part of what was reported before was wrong: the two lists are all that the process stands by,
                          and the held ranges are what it still has to count */
    uint64_t asks;     /* for a chunk */
    uint64_t able;     /* it has workers that can count */
    uint64_t finished; /* it has counted and recounted all that it was given */
    uint64_t interrupted, timed_out; /* it was asked to stop; its time limit is over */
    uint64_t opening, previous;      /* for the size of the chunk that is asked for */
    double rate, seconds_left;
    double waited_seconds; /* so far, with nothing to count, for chunks that then came */
} mcpi_report_message;

/* A chunk: the reply to a report that asks for one. */
typedef struct mcpi_grant_message {
    uint64_t kind;
    uint64_t first, darts;
    uint64_t goal; /* of the run, in darts; the chunk does not exceed it */
} mcpi_grant_message;

typedef struct mcpi_over_message {
    uint64_t kind;
    uint64_t complete; /* 0 or 1 */
} mcpi_over_message;

#endif
