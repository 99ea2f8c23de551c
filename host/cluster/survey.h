/*
 * A survey: every rank works by itself and reports its state to rank 0, until all have finished. The content of the
 * reports has no meaning here.
 *
 * All functions are called from one thread of a process. None of them waits, except opening and closing. A process
 * calls mcpi_survey_exchange at least every mcpi_looking_seconds, whatever its devices do; otherwise it seems lost.
 */
#ifndef MCPI_CLUSTER_SURVEY_H
#define MCPI_CLUSTER_SURVEY_H

#include <stdbool.h>

#include "cluster/liveness.h"
#include "cluster/transport.h"
#include "mcpi/mcpi.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct mcpi_survey mcpi_survey;

/* What rank 0 asks the others to do. */
typedef struct mcpi_want {
    uint64_t stop;    /* how urgently all have to stop; 0: not at all. Any rank can raise it */
    uint64_t round;   /* a new round asks for a new report */
    uint64_t details; /* 0 or 1: the report should have all details */
    uint64_t over;    /* 0 or 1: all have finished */
} mcpi_want;

/* The state of a rank. */
typedef struct mcpi_standing {
    const void *report; /* the latest; NULL: none has arrived */
    size_t bytes;
    uint64_t reports; /* number of reports that have arrived */
    double silent_seconds;
    bool lost;
} mcpi_standing;

/*
 * Rank 0: tell all ranks `opening`, `bytes` bytes, a multiple of 8. Each answers whether it takes part. A rank that
 * does not answer is lost. On failure *survey is NULL, and the status is the first error of a rank, with its number in
 * the message, or NO_MEMORY.
 */
mcpi_status mcpi_survey_open(const mcpi_transport *transport, mcpi_liveness *liveness, const void *opening,
                             size_t bytes, mcpi_survey **survey, mcpi_error *error);

/* The others, after that message has arrived. `unable`: why this process cannot take part; status OK if it can. NULL if
   the survey does not begin. */
mcpi_survey *mcpi_survey_join(const mcpi_transport *transport, const mcpi_error *unable);

/* The opening in a message of kind MCPI_MESSAGE_SURVEY. */
const void *mcpi_survey_opening(const void *message);

/* A report of this rank: a copy of `bytes` bytes, a multiple of 8. */
void mcpi_survey_report(mcpi_survey *survey, const void *report, size_t bytes);

/* Ask all to stop, with this urgency. Lower values than before change nothing. */
void mcpi_survey_stop(mcpi_survey *survey, unsigned urgency);

/* Rank 0: begin a new round. */
void mcpi_survey_ask(mcpi_survey *survey, bool details);

/* Receive messages, and send a sign of life. `now` is from mcpi_seconds, or made up in tests. */
void mcpi_survey_exchange(mcpi_survey *survey, double now);

mcpi_want mcpi_survey_want(const mcpi_survey *survey);

/* Rank 0. The report is valid until the next exchange. */
mcpi_standing mcpi_survey_standing(const mcpi_survey *survey, unsigned rank, double now);

/* Rank 0: end the survey without this rank, which has been silent. */
void mcpi_survey_give_up(mcpi_survey *survey, unsigned rank, double now);

/* Rank 0: all have finished. Returns when every rank knows it or is lost. The others: after rank 0 has said so. */
void mcpi_survey_close(mcpi_survey *survey);

#ifdef __cplusplus
}
#endif

#endif
