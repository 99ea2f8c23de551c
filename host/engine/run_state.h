/*
 * The state of a run, shared by the files that carry it out: run.c sets it up, counting.c is the policy of its lanes,
 * its source has the ranges to count and keeps the counts, recount.c compares recounts, events.c reports to an
 * observer, result.c makes the result; schedule.c answers questions about the state. Only they include this header. The
 * state may be read and changed only under the lock of the lanes.
 */
#ifndef MCPI_ENGINE_RUN_STATE_H
#define MCPI_ENGINE_RUN_STATE_H

#include "engine/kernel_trial.h"
#include "engine/lane.h"
#include "engine/plan.h"
#include "engine/source.h"

/* What a worker has done in one of its two roles. */
typedef struct tally {
    uint64_t pieces, darts, hits;
    double busy_seconds;
    double elapsed_seconds; /* of recounts */
} tally;

/* What is known of a team while it counts. */
typedef struct standing {
    uint64_t recounted_darts[MCPI_KERNELS_MAX];     /* of each kernel's ranges */
    bool offered[MCPI_KERNELS_MAX];                 /* slices of these ranges, for a recount */
    uint64_t taken_slices[MCPI_KERNELS_MAX];        /* of these: recounted, or being recounted */
    uint64_t recounted_slices;                      /* of all its ranges */
    uint64_t sampled_darts;                         /* MCPI_VERIFY_ON: darts of the ranges whose slices were offered */
    mcpi_trial trial;                               /* of its kernels */
    mcpi_dispersion dispersion;                     /* of the slices of its ranges, without p-values */
    double first_submit, last_collect;              /* of its ranges, in seconds; 0 before */
    bool wrong;                                     /* it counted wrong: none of its counts is used */
    char verdict[sizeof((mcpi_error *)0)->message]; /* which count proved that */
} standing;

/* The purpose of a task: to count a range, the same to time a kernel, or to recount a slice. */
enum { MCPI_TASK_RANGE, MCPI_TASK_TRIAL, MCPI_TASK_RECOUNT };

/* The handles of a worker: one counts ranges and recounts slices of other teams, the other recounts slices of its own
   team. */
enum { MCPI_WAY_USUAL, MCPI_WAY_OWN };

/* A lane of the run. */
typedef struct worker {
    mcpi_lane lane; /* first: the lane is the worker */
    struct engine *engine;
    size_t team;
    unsigned number;                 /* among the workers of its device, in all teams */
    bool opened;                     /* it has asked for its first step */
    unsigned restarts;               /* of its process, */
    unsigned failed_restarts;        /* of these, in a row without a count in between, */
    mcpi_error first_restart;        /* and why the first one was necessary */
    bool judging;                    /* it is determining which of two counts is wrong */
    tally counted[MCPI_KERNELS_MAX]; /* by each kernel of its team */
    tally recounted;
    double recounted_squares; /* squares of the rates of its recounts, weighted with their busy_seconds */
} worker;

typedef struct engine {
    mcpi_lanes lanes;
    size_t worker_count;
    worker *workers; /* in the order of their teams */
    const mcpi_plan *plan;
    mcpi_plan own_plan; /* `plan` points to it */
    mcpi_source *source;
    mcpi_source local; /* `source` points to it if the plan names none */
    mcpi_recount_queue recount_queue;
    standing *standings; /* of each team */
    bool abandoned;      /* the calling thread does not wait for tasks in flight */
    bool left_behind;    /* some threads had not left when the run ended */
    bool profiling;      /* profilers have been told that counting has begun */
    double first_submit, last_collect;
    mcpi_verify_result verify;
} engine;

static inline double mcpi_now(const engine *e)
{
    return mcpi_lanes_now(&e->lanes);
}

static inline const mcpi_team *team_of(const worker *w)
{
    return &w->engine->plan->teams[w->team];
}

static inline standing *standing_of(const worker *w)
{
    return &w->engine->standings[w->team];
}

static inline bool is_recount(const mcpi_task *task)
{
    return task->purpose == MCPI_TASK_RECOUNT;
}

#endif
