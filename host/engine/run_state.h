/*
 * The state of a run, shared by the files that carry it out: run.c sets it up, counting.c is what its lanes do, goal.c
 * says which darts are to be counted, recount.c checks what was counted, share.c deals with other processes, resume.c
 * saves and restores it, result.c says what it came to, events.c tells an observer what happens; schedule.c answers
 * questions about it. No one else includes this. It may be looked at and changed only under the lock of its lanes.
 */
#ifndef MCPI_ENGINE_RUN_STATE_H
#define MCPI_ENGINE_RUN_STATE_H

#include "core/queue.h"
#include "core/ranges.h"
#include "engine/kernel_trial.h"
#include "engine/lane.h"
#include "engine/plan.h"

/* What a worker has done in one of its two roles. */
typedef struct tally {
    uint64_t pieces, darts, hits;
    double busy_seconds;
} tally;

/* What is known of a team while it counts. */
typedef struct standing {
    uint64_t recounted_darts[MCPI_KERNELS_MAX];     /* of each kernel's ranges */
    mcpi_trial trial;                               /* of its kernels */
    mcpi_dispersion dispersion;                     /* of the slices of its ranges, without the p-value */
    bool wrong;                                     /* it counted wrong: nothing it says is used */
    char verdict[sizeof((mcpi_error *)0)->message]; /* which count proved that */
} standing;

/* The handles of a worker: one that counts ranges, and slices again; and one for slices of its own team's ranges. */
enum { MCPI_WAY_USUAL, MCPI_WAY_OWN };

/* A lane of the run. */
typedef struct worker {
    mcpi_lane lane; /* first: the lane is the worker */
    struct engine *engine;
    size_t team;
    unsigned number;                 /* of its device's workers, of whatever team */
    bool opened;                     /* it has asked what is next */
    bool judging;                    /* it finds out which of two counts is wrong */
    double first_submit;             /* of a range; 0 before */
    tally counted[MCPI_KERNELS_MAX]; /* by each kernel of its team */
    tally recounted;
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
    mcpi_lanes lanes;
    size_t worker_count;
    worker *workers; /* in the order of their teams */
    const mcpi_plan *plan;
    mcpi_plan own_plan; /* that one */
    mcpi_queue queue;
    mcpi_boundaries boundaries; /* of all sets of ranges */
    mcpi_ranges counted;
    mcpi_ranges confirmed; /* MCPI_VERIFY_FULL: counted twice, to the same count, by the teams that are named */
    mcpi_recount_queue recount_queue;
    standing *standings;    /* of each team */
    uint64_t first_goal;    /* the goal that others follow from */
    uint64_t goal;          /* darts of the prefix that is being counted */
    bool stopping;          /* nothing new is begun */
    bool abandoned;         /* the calling thread does not wait for what is in flight */
    bool left_behind;       /* threads that have not left */
    bool goal_met;          /* the prefix is all that was asked for */
    bool timed_out;         /* by options.time_limit_seconds */
    mcpi_error failure;     /* why a count could not be kept; status OK while all are */
    bool profiling;         /* profilers are told that counting has begun */
    uint64_t resumed_darts; /* counted by the run before this one */
    double next_save;       /* when the state is to be saved again */
    bool withdrawn;         /* counts that the last saved state may hold */
    uint64_t darts, hits;   /* counted so far */
    double first_submit, last_collect;
    double ended;     /* when the last range of all was in: 0 before */
    mcpi_share share; /* in the pool, if there is one */
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

/* Is it a slice that is counted again, and not a range? */
static inline bool is_recount(const mcpi_task *task)
{
    return task->name == MCPI_NVTX_RECOUNT;
}

#endif
