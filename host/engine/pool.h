/*
 * Where the darts of a run come from when other processes count in it, too.
 *
 * Without a pool a run has its range to itself: that is its queue. With one, the queue begins empty, and the thread
 * that watches fills it with chunks from the pool, a little ahead of need; workers cut their ranges from these. What a
 * process has taken it counts, even when the run is to stop: then what all have taken is again a prefix of the range.
 *
 * Once nothing is left to be taken, and this process has counted what it took (or has nothing left that could), it
 * settles with the others: they learn together whether darts are missing, because another process could not count its
 * chunks, or whether a target error asks for more. Then there is more to take; otherwise the run is over.
 *
 * All of these are called from the thread that called mcpi_engine_run, without its lock.
 */
#ifndef MCPI_ENGINE_POOL_H
#define MCPI_ENGINE_POOL_H

#include "engine/done.h"
#include "engine/queue.h"
#include "mcpi/mcpi.h"

/* What a process brings when it settles. */
typedef struct mcpi_account {
    mcpi_done *done;  /* all that it has counted and stands by; the pool may take out what has to be counted again,
                         as it lies across a new goal */
    bool able;        /* it has workers that can count */
    bool interrupted; /* it was told to stop */
    bool timed_out;   /* by the run's time limit */
} mcpi_account;

/* What a process has done since its last report. */
typedef struct mcpi_report {
    const mcpi_done *counted;
    const mcpi_done *confirmed; /* MCPI_VERIFY_FULL: counted twice, to the same count */
    bool replaces;              /* part of what was reported before was wrong: these are all that it stands by */
} mcpi_report;

typedef enum mcpi_settlement {
    MCPI_SETTLING,     /* others still count: ask again */
    MCPI_SETTLED_MORE, /* there is more to take */
    MCPI_SETTLED_OVER, /* the run has ended, though not all that was asked for was counted */
    MCPI_SETTLED_DONE  /* the run has ended with all that was asked for */
} mcpi_settlement;

typedef struct mcpi_pool {
    void *user;
    double tick_seconds; /* how often `tick` is called at least */

    /* This process cannot count, or not any more. Is there still something left, and somebody who may take it? */
    bool (*abstain)(void *user);

    /* Take a chunk. Of the portion that says how large it should be `opening`, `previous`, `rate` and `seconds_left`
       are filled in; the pool knows the rest. False if nothing is left. */
    bool (*take)(void *user, const mcpi_portion *portion, mcpi_range *range);

    /* Leave nothing to take, for anybody: the run is to stop. Not called while this process settles. */
    void (*close)(void *user);

    /* Settle, or go on settling: nobody else changes the account meanwhile. */
    mcpi_settlement (*settle)(void *user, const mcpi_account *account);

    /* Whatever the pool has to do now and then. Fills in `reached`, `resumed_darts` and `goal`. */
    void (*tick)(void *user, mcpi_progress *progress);

    /* NULL if nobody keeps the run. Called as often as mcpi_options.save would be, and before the process settles.
       False: not now, report the same next time. */
    bool (*report)(void *user, const mcpi_report *report);
} mcpi_pool;

#endif
