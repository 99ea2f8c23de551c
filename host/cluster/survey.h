/*
 * A survey: every rank works by itself and tells rank 0 how it stands, until all have finished. What a rank reports are
 * bytes that mean nothing here.
 *
 * All functions are called from one thread of a process, and but for opening and closing none waits. A process calls
 * mcpi_survey_exchange at least every mcpi_looking_seconds, whatever its devices do, so that it does not seem lost.
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

/* What rank 0 wants of the others. */
typedef struct mcpi_want {
    uint64_t stop;    /* how urgently all are to stop; 0: they are not. Any rank can raise it */
    uint64_t round;   /* each new one asks for a new report */
    uint64_t details; /* 0 or 1: that report has all details */
    uint64_t over;    /* 0 or 1: all have finished */
} mcpi_want;

/* How a rank stands. */
typedef struct mcpi_standing {
    const void *report; /* the latest; NULL: none has come */
    size_t bytes;
    uint64_t reports; /* how many have come */
    double silent_seconds;
    bool lost;
} mcpi_standing;

/*
 * Rank 0: all ranks are told `opening`, `bytes` bytes, a multiple of 8, and say whether they take part. A rank that
 * does not answer is lost. On failure *survey is NULL: the first error of a rank, with its number in the message, or
 * NO_MEMORY.
 */
mcpi_status mcpi_survey_open(const mcpi_transport *transport, mcpi_liveness *liveness, const void *opening,
                             size_t bytes, mcpi_survey **survey, mcpi_error *error);

/* The others, when that message has come. `unable`: why this process cannot take part; status OK if it can. NULL if the
   survey does not begin. */
mcpi_survey *mcpi_survey_join(const mcpi_transport *transport, const mcpi_error *unable);

/* The opening in a message of kind MCPI_MESSAGE_SURVEY. */
const void *mcpi_survey_opening(const void *message);

/* A report of this rank: a copy of `bytes` bytes, a multiple of 8. */
void mcpi_survey_report(mcpi_survey *survey, const void *report, size_t bytes);

/* All are to stop, with this urgency; less than before changes nothing. */
void mcpi_survey_stop(mcpi_survey *survey, unsigned urgency);

/* Rank 0: begin a new round. */
void mcpi_survey_ask(mcpi_survey *survey, bool details);

/* Receive what has come, and send a sign of life. `now` is that of mcpi_seconds, or made up in tests. */
void mcpi_survey_exchange(mcpi_survey *survey, double now);

mcpi_want mcpi_survey_want(const mcpi_survey *survey);

/* Rank 0. The report is valid until the next exchange. */
mcpi_standing mcpi_survey_standing(const mcpi_survey *survey, unsigned rank, double now);

/* Rank 0: the survey ends without this rank, which has been silent. */
void mcpi_survey_give_up(mcpi_survey *survey, unsigned rank, double now);

/* Rank 0: all have finished. Returns when every rank has heard it, or is lost. The others: rank 0 has said so. */
void mcpi_survey_close(mcpi_survey *survey);

#ifdef __cplusplus
}
#endif

#endif
