/*
 * Where the darts of a run come from when other processes count in it, too.
 *
 * Without a pool a run has its range to itself: that is its queue. With one, the queue begins empty, and the thread
 * that watches asks the pool for chunks, a little ahead of need; workers cut their ranges from these. A process counts
 * every chunk that it is given, even when the run is to stop: then all counts together are again a prefix of the range.
 * Ranges that it cannot count, and counts that it withdraws, are the pool's to hand out again.
 *
 * All of these are called from the thread that called mcpi_engine_run. None of them waits for another process.
 */
#ifndef MCPI_ENGINE_POOL_H
#define MCPI_ENGINE_POOL_H

#include "core/queue.h"
#include "core/ranges.h"
#include "mcpi/mcpi.h"

/* What a process tells the pool. */
typedef struct mcpi_report {
    const mcpi_ranges *counted;   /* since the last report */
    const mcpi_ranges *confirmed; /* MCPI_VERIFY_FULL: of that, counted twice, to the same count */
    bool replaces;          /* part of what was reported before was wrong: the two sets are all that the process */
    const mcpi_range *held; /* stands by, and `held` is what it still has to count */
    size_t held_count;
    bool asks; /* for a chunk; of the request that says how large it should be `opening`, `previous`, `rate` and */
    mcpi_range_request request; /* `seconds_left` are filled in */
    bool able;                  /* it has workers that can count */
    bool finished;              /* it has counted and recounted all that it was given */
    bool interrupted;           /* it was told to stop */
    bool timed_out;             /* by the run's time limit */
    double waited_seconds;      /* so far, with nothing to count, for chunks that then came */
} mcpi_report;

typedef enum mcpi_answer {
    MCPI_POOL_NOTHING, /* yet: ask again */
    MCPI_POOL_CHUNK,   /* the chunk that was asked for */
    MCPI_POOL_OVER,    /* the run has ended, though not all that was asked for was counted */
    MCPI_POOL_DONE     /* the run has ended with all that was asked for */
} mcpi_answer;

typedef struct mcpi_pool {
    void *user;
    double tick_seconds; /* how often `poll` is called at least */

    /* Do what there is to do for the others, and look for an answer. Called without the engine's lock. Fills in
       `reached`, `resumed_darts` and `goal`, as far as they are known. */
    mcpi_answer (*poll)(void *user, mcpi_range *chunk, mcpi_progress *progress);

    /* Called with the engine's lock held: what the report points to is copied. */
    void (*report)(void *user, const mcpi_report *report);

    /* Save the state of the run, as often as mcpi_options.save_seconds says and at its end. NULL: another process does.
       Called without the lock. */
    void (*save)(void *user);
} mcpi_pool;

#endif
