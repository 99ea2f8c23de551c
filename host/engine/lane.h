/*
 * A lane: a thread with one device.
 *
 * It has one loop: submit a job, collect the oldest one, wait, or leave. What to do next it asks a policy, under the
 * lock that all lanes of a group share; a run is one policy, the stress test another. Calls of the backend happen
 * without the lock. Each may last for ever, so the lane notes which call it is in, and since when. A watchdog
 * (watchdog.h) looks at that and gives up lanes whose call takes too long. Their threads may still come back: whoever
 * lets go of the group last has it freed.
 *
 *     OPENING ---> OPEN ---> left         `behind` is set beside the state: nobody waits for this thread any more.
 *        |           |        ^           It may be stuck in a call. If it comes back it closes its handles and goes.
 *        +--> FAILED +--------+
 *
 * The handles of a lane belong to its thread alone. Everything else in it is looked at and changed under the lock.
 */
#ifndef MCPI_ENGINE_LANE_H
#define MCPI_ENGINE_LANE_H

#include <pthread.h>

#include "core/recount_queue.h"
#include "core/run_clock.h"
#include "engine/nvtx.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The most ways to count that a lane can have. */
enum { MCPI_LANE_WAYS = MCPI_KERNELS_MAX + 1 };

/* A job that a lane has submitted, or is about to. */
typedef struct mcpi_task {
    unsigned way; /* which of the lane's handles counts it */
    mcpi_job job;
    mcpi_nvtx_name name;      /* how profilers show it */
    size_t kernel;            /* of lane.kernels */
    bool not_loaded;          /* that kernel could not be loaded: the first one counts the job, and is `kernel` now */
    double submitted;         /* when */
    mcpi_recount_slice check; /* if the policy has it counted again: what, and the count that it must come to */
    unsigned purpose;         /* the policy's own: what it is for, */
    void *subject;            /* and what it is about */
} mcpi_task;

typedef enum mcpi_lane_state {
    MCPI_LANE_OPENING,
    MCPI_LANE_OPEN,
    MCPI_LANE_FAILED /* or is not trusted: it counts no more, and leaves */
} mcpi_lane_state;

/* A call of the backend. */
typedef enum mcpi_call { MCPI_NO_CALL, MCPI_OPEN, MCPI_SELECT, MCPI_SUBMIT, MCPI_COLLECT, MCPI_CLOSE } mcpi_call;

/* What to tell profilers of the device in the next call that submits a job or closes the handles. */
typedef enum mcpi_profile { MCPI_PROFILE_AS_BEFORE, MCPI_PROFILE_BEGIN, MCPI_PROFILE_END } mcpi_profile;

typedef struct mcpi_lane {
    /* Set before the thread is started. */
    struct mcpi_lanes *group;
    struct mcpi_lane *next; /* of the group */
    const mcpi_backend *backend;
    const mcpi_device *device;
    const char (*kernels)[sizeof((mcpi_kernel *)0)->name]; /* to select for each task; NULL: each handle has its own */
    unsigned way_count;
    mcpi_worker_options ways[MCPI_LANE_WAYS]; /* what its handles are opened for */
    double driver_seconds;                    /* mcpi_startup.driver */

    void *handles[MCPI_LANE_WAYS]; /* its thread's alone; NULL: not open */

    mcpi_lane_state state;
    bool hung;    /* its device does not answer: its handles are abandoned instead of closed */
    bool behind;  /* nobody waits for its thread any more */
    bool left;    /* its thread touches nothing here any more, or was never started */
    bool started; /* `thread` is one that can be joined */
    pthread_t thread;
    mcpi_call call;
    double calling;                      /* since when */
    mcpi_task tasks[MCPI_IN_FLIGHT_MAX]; /* in the order in which they were submitted */
    unsigned in_flight;
    double rate;             /* darts a second over its last range, and */
    uint64_t previous_darts; /* its darts; both are the policy's to set */
    mcpi_profile profile;
    double setup_seconds; /* from the start of the group until it was last open, or had failed to open */
    mcpi_startup startup;
    mcpi_error failure; /* status OK while there is none */
} mcpi_lane;

typedef enum mcpi_step { MCPI_STEP_SUBMIT, MCPI_STEP_COLLECT, MCPI_STEP_WAIT, MCPI_STEP_LEAVE } mcpi_step;

/* Called with the lock held, on the lane's thread unless it says otherwise. */
typedef struct mcpi_lane_policy {
    /* What is next? To submit a job it fills in *task, which is zeroes, but for `submitted`. Only an open lane is
       asked. To collect, it must have something in flight; to leave, nothing. */
    mcpi_step (*next)(mcpi_lane *lane, mcpi_task *task);

    /* A task has been counted, and is not in flight any more. The slices of `counts` have been added up to `hits`. May
       let go of the lock meanwhile. */
    void (*counted)(mcpi_lane *lane, const mcpi_task *task, const mcpi_counts *counts, uint64_t hits);

    /* The count of the oldest task contradicts itself (MISMATCH, as the error says), so its handle is finished, but its
       device need not be. Take the tasks back, the oldest included, which leaves none in flight: the lane opens its
       handles again. May let go of the lock meanwhile. NULL: such a lane has failed. */
    void (*contradicted)(mcpi_lane *lane, const mcpi_error *error);

    /* The lane is lost: take its tasks back, for others. Called on any thread, once for a lane at most. */
    void (*lost)(mcpi_lane *lane);

    /* Nobody uses the group any more. Without the lock, which is to be destroyed by mcpi_lanes_destroy. */
    void (*destroy)(void *user);
} mcpi_lane_policy;

typedef struct mcpi_lanes {
    const mcpi_lane_policy *policy;
    void *user;
    mcpi_run_clock *clock; /* all times here are its */
    double started;
    double deadline_seconds; /* see watchdog.h */
    size_t references;       /* threads that may still touch this */
    pthread_mutex_t lock;
    pthread_cond_t changed; /* something that a waiting lane may be waiting for */
    pthread_cond_t news;    /* something that other threads may be waiting for, by mcpi_run_clock_wait */
    mcpi_lane *first;
} mcpi_lanes;

/* A group without lanes, with a reference for the caller. `source`: of the clock, which starts now. False without
   memory. */
bool mcpi_lanes_init(mcpi_lanes *group, const mcpi_lane_policy *policy, void *user, double (*source)(void));
void mcpi_lanes_destroy(mcpi_lanes *group);

static inline double mcpi_lanes_now(const mcpi_lanes *group)
{
    return mcpi_run_clock_read(group->clock);
}

/* Does it count, or may yet? */
static inline bool mcpi_lane_is_able(const mcpi_lane *lane)
{
    return lane->state != MCPI_LANE_FAILED;
}

/* Is it open, as far as is known? */
static inline bool mcpi_lane_is_open(const mcpi_lane *lane)
{
    return lane->state == MCPI_LANE_OPEN && !lane->behind;
}

/* ---- with the lock held ---- */

/* Put a lane into the group. What is set before the thread is started has been set, but for `group` and `next`. */
void mcpi_lane_add(mcpi_lanes *group, mcpi_lane *lane);

/* Start its thread. If the system refuses, the lane has failed. */
void mcpi_lane_start(mcpi_lane *lane);

/* It is not trusted any more, or its device hangs: as if it had failed, but without a failure. */
void mcpi_lane_dismiss(mcpi_lane *lane, bool hung);

/* It cannot go on, and its device is named as failed. */
void mcpi_lane_fail(mcpi_lane *lane, const mcpi_error *error);

/* Its present call has taken so long that it will not come back. Names the device as failed. */
void mcpi_lane_write_off(mcpi_lane *lane, double waited_seconds);

/* Nobody waits for those that have not left yet. True if there are any. */
bool mcpi_lanes_leave_behind(mcpi_lanes *group);

/* Give up one of its references, and the lock for good. */
void mcpi_lanes_let_go(mcpi_lanes *group);

/* ---- without the lock ---- */

/* Join the threads that are not left behind: all have left. Then let go of the group. */
void mcpi_lanes_release(mcpi_lanes *group);

#ifdef __cplusplus
}
#endif

#endif
