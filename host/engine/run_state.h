/*
 * The state of a run, shared by the files that carry it out: engine.c sets it up, worker.c moves it, goal.c
 * says when it is over, recount.c checks what was counted, resume.c saves and restores it, result.c says what it came
 * to. No one else includes this. What is in it may be looked at and changed under its lock only, but for the parts of a
 * worker that are its thread's alone: its handles and, until it has left, its failure.
 */
#ifndef MCPI_ENGINE_RUN_STATE_H
#define MCPI_ENGINE_RUN_STATE_H

#include <pthread.h>

#include "core/queue.h"
#include "core/ranges.h"
#include "core/recount_queue.h"
#include "core/run_clock.h"
#include "engine/kernel_trial.h"
#include "engine/plan.h"

struct engine;

/* What a worker has done in one of its two roles. */
typedef struct tally {
    uint64_t pieces, darts, hits;
    double busy_seconds;
} tally;

/* What is known of a team while it counts. */
typedef struct standing {
    uint64_t recounted_darts[MCPI_KERNELS_MAX];     /* of each kernel's ranges, those being recounted included */
    mcpi_trial trial;                               /* of its kernels */
    mcpi_dispersion dispersion;                     /* of the slices of its ranges, without the p-value */
    bool hung;                                      /* one of its workers waited in vain */
    bool wrong;                                     /* it counted wrong: nothing it says is used */
    char verdict[sizeof((mcpi_error *)0)->message]; /* which count proved that */
} standing;

/* A range that a worker has submitted. */
typedef struct flight {
    mcpi_job job;
    size_t kernel; /* of its team, that counts it */
    bool trial;    /* it is one of the team's trial */
} flight;

typedef struct worker {
    struct engine *engine;
    size_t team;
    unsigned index; /* in its team */
    pthread_t thread;
    bool started;
    bool left;       /* its thread touches nothing here any more, or was never started */
    bool opened;     /* or could not be: `counter` and `recounter` say what it can do */
    void *counter;   /* the backend's worker that counts ranges; NULL if it does not */
    void *recounter; /* the one that recounts slices */
    flight in_flight[MCPI_IN_FLIGHT_MAX];
    unsigned in_flight_count;
    uint64_t previous_darts; /* of its last range */
    double rate;             /* darts a second over that range */
    double setup_seconds;
    mcpi_startup startup;
    double first_submit;             /* 0 before */
    tally counted[MCPI_KERNELS_MAX]; /* by each kernel of its team */
    tally recounted;
    mcpi_recount_slice in_hand; /* the slice it is recounting; no darts: none */
    mcpi_error failure;         /* status OK while there is none */
} worker;

/* What goes on between this process and the pool. */
typedef struct mcpi_share {
    uint64_t chunk_darts;   /* of the last chunk */
    mcpi_progress progress; /* of all processes, as far as it is known */
    uint64_t goal;          /* at which counts are kept apart */
    bool asked;             /* for a chunk that has not come yet, */
    double asked_at;        /* and when */
    double drained_at;      /* since when there has been nothing to count meanwhile; 0: there has */
    double waited_seconds;  /* in all, of this kind */
    bool told_unable, told_finished, told_stopping; /* by the last report */
    bool over;                                      /* the run has ended */
    mcpi_ranges counted;                            /* since the last report */
    mcpi_ranges confirmed;                          /* since the last report */
    bool replaces;                                  /* the next report replaces the ones before */
    mcpi_range *held; /* room for all ranges that are queued or in flight; NULL without a pool */
} mcpi_share;

typedef struct engine {
    const mcpi_plan *plan;
    mcpi_plan own_plan;    /* that one */
    size_t references;     /* threads that may still touch this */
    mcpi_run_clock *clock; /* all times here are its */
    double started;
    pthread_mutex_t lock;
    pthread_cond_t changed; /* something a waiting worker may be waiting for */
    pthread_cond_t wanted;  /* the thread that watches is: the last worker has left, or the queue is low */
    mcpi_queue queue;
    mcpi_boundaries boundaries; /* of all sets of ranges */
    mcpi_ranges counted;
    mcpi_ranges confirmed; /* MCPI_VERIFY_FULL: counted twice, to the same count, by the teams that are named */
    mcpi_recount_queue recount_queue;
    standing *standings;    /* of each team */
    uint64_t first_goal;    /* the goal that others follow from */
    uint64_t goal;          /* darts of the prefix that is being counted */
    uint64_t in_flight;     /* ranges handed out and not back yet */
    size_t counting;        /* workers that can take ranges */
    size_t recounting;      /* workers that can recount */
    size_t threads;         /* that have not left */
    bool stopping;          /* nothing new is begun */
    bool abandoned;         /* the calling thread does not wait: all workers leave */
    bool goal_met;          /* the prefix is all that was asked for */
    bool timed_out;         /* by options.time_limit_seconds */
    mcpi_error failure;     /* why a count could not be kept; status OK while all are */
    bool profiling;         /* profilers have been told that counting has begun */
    uint64_t resumed_darts; /* counted by the run before this one */
    double next_save;       /* when the state is to be saved again */
    bool withdrawn;         /* counts that the last saved state may hold */
    uint64_t darts, hits;   /* counted so far */
    double first_submit, last_collect;
    double ended;     /* when the last range of all was in: 0 before */
    mcpi_share share; /* in the pool, if there is one */
    mcpi_verify_result verify;
    size_t worker_count;
    worker *workers;
} engine;

static inline double mcpi_now(const engine *e)
{
    return mcpi_run_clock_read(e->clock);
}

static inline const mcpi_team *team_of(const worker *w)
{
    return &w->engine->plan->teams[w->team];
}

static inline standing *standing_of(const worker *w)
{
    return &w->engine->standings[w->team];
}

/* The darts that the team counted and others recounted, or are about to. */
static inline uint64_t recounted_darts_of(const standing *team)
{
    uint64_t darts = 0;
    for (size_t kernel = 0; kernel < MCPI_KERNELS_MAX; kernel++)
        darts += team->recounted_darts[kernel];
    return darts;
}

/* It gets no more work: its device counts wrong or hangs, or the run is abandoned. */
static inline bool is_dismissed(const worker *w)
{
    return standing_of(w)->wrong || standing_of(w)->hung || w->engine->abandoned;
}

/* ---- engine.c ---- */

/* Let go of the engine; the last one to do so frees it. Without the lock. */
void mcpi_engine_release(engine *e);

/* ---- goal.c: with the lock held ---- */

/* Ranges have been taken out of what was counted: add up the rest. */
void mcpi_add_up_counts(engine *e);

/* Which goal follows from what has been counted, and is it met? Not with a pool, which has its own. */
void mcpi_plan_goal(engine *e);

/* All that was handed out is back: plan the goal, and queue what is missing up to it. */
void mcpi_review_goal(engine *e);

/* Seconds since the first range was handed out, 0 before; and until the time limit, INFINITY without one. */
double mcpi_seconds_counting(const engine *e);
double mcpi_seconds_left(const engine *e);
void mcpi_stop_if_out_of_time(engine *e);

/* ---- share.c: with the lock held. Without a pool these do nothing ---- */

/* Take the chunks that have come, ask for more if the queue is low, report what there is to report. Lets the lock go.
 */
void mcpi_serve_pool(engine *e);

/* Does the thread that watches have to report something at once? */
bool mcpi_pool_is_due(const engine *e);

/* Wake that thread if so. */
void mcpi_call_if_due(engine *e);

/* When it has to in any case; INFINITY without a pool. */
double mcpi_next_service(const engine *e);

/* Tell the pool what was counted since the last time. */
void mcpi_send_report(engine *e);

/* May there be more than what is in the queue? */
bool mcpi_more_may_come(const engine *e);

/* ---- worker.c ---- */

/* Darts a second of all workers together, as far as it is known. */
double mcpi_total_rate(const engine *e);

/* The time that a worker was busy with a job that it began to collect at `begin`, less the pauses in it. */
double mcpi_without_pause(const worker *w, double busy_seconds, double begin);

/* Add a count to a set of the engine and to what the next report to the pool says. A run that cannot keep a count
   stops. With the lock held. */
void mcpi_keep_count(engine *e, mcpi_ranges *set, mcpi_ranges *unreported, mcpi_counted_range range);

/* A worker whose thread cannot be started is one that failed to open. Takes the lock. */
void mcpi_start_worker(worker *w);

/* Close one of this worker's handles, without waiting for a device that `hung`. */
void mcpi_close_handle(const worker *w, void *handle, bool hung);

/* ---- recount.c ---- */

/* May this worker recount the next slice now? With the lock held. */
bool mcpi_may_recount(const worker *w);

/* Recount that slice. Called with the lock held, which it lets go meanwhile. */
void mcpi_recount(worker *w);

/* It will not finish the recount that it has in hand, if it has one. With the lock held. */
void mcpi_forget_recount(worker *w);

/* Close its recounter. With the lock held. */
void mcpi_drop_recounter(worker *w);

/* Is anything still to be recounted? With the lock held. */
bool mcpi_recounts_pending(const engine *e);

/* Put slices of a range that this worker has counted up for recounting. With the lock held; may let it go and wait. */
void mcpi_offer_slices(worker *w, const flight *counted, const mcpi_counts *counts);

/* ---- resume.c ---- */

/* Give the state to the observer that saves it. Called with the lock held, which it lets go meanwhile. */
void mcpi_save(engine *e);

/* Begin with what the state to resume holds, if there is one. Before any worker is started. If it
   cannot be kept, false, and e->failure says why. */
bool mcpi_resume(engine *e);

/* ---- result.c ---- */

/* Once all workers have left, or the run is abandoned, with the lock held: what the recount found, how the run ended,
   and its result (NULL without memory). */
void mcpi_sum_up_recounts(engine *e);
mcpi_status mcpi_outcome(const engine *e, mcpi_error *error);
mcpi_result *mcpi_result_of(const engine *e);

#endif
