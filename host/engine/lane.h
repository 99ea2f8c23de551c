/*
 * A lane is a thread that drives one device.
 *
 * Its loop has four steps: submit a job, collect the oldest one, wait, or leave. A policy chooses the next step, under
 * the lock that all lanes of a group share. A run is one policy, the stress test another. The lane calls the backend
 * without the lock. A call may never return, so the lane records which call it is in, and since when. A watchdog
 * (watchdog.h) checks that and gives up lanes whose call takes too long. Their threads may still return, so the last
 * thread that uses the group destroys it.
 *
 *     OPENING ---> OPEN ---> left         `behind` is independent of the state: no other thread waits for this one. It
 *        |           |        ^           may be stuck in a call. If it returns, it closes its handles and leaves.
 *        +--> FAILED +--------+
 *
 * Only the thread of a lane uses its handles. Everything else in it is read and changed under the lock.
 */
#ifndef MCPI_ENGINE_LANE_H
#define MCPI_ENGINE_LANE_H

#include <pthread.h>

#include "core/child.h"
#include "core/recount_queue.h"
#include "core/run_clock.h"
#include "engine/nvtx.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A lane has at most this many ways to count. */
enum { MCPI_LANE_WAYS = MCPI_KERNELS_MAX + 1 };

/* A job that a lane has submitted or is about to submit. */
typedef struct mcpi_task {
    unsigned way; /* which of the lane's handles counts it */
    mcpi_job job;
    size_t kernel;            /* index into lane.kernels */
    bool not_loaded;          /* its kernel could not be loaded: the first one counts the job, and is `kernel` now */
    double submitted;         /* time in seconds, and */
    double paused;            /* all pauses until then */
    mcpi_recount_slice check; /* of a recount: the slice, and the count to expect */
    unsigned purpose;         /* what the job is for, as the policy defines; below `names` of the policy */
    void *subject;            /* used by the policy alone: what the job concerns */
} mcpi_task;

typedef enum mcpi_lane_state {
    MCPI_LANE_OPENING,
    MCPI_LANE_OPEN,
    MCPI_LANE_FAILED /* or no longer trusted: it stops counting, and leaves */
} mcpi_lane_state;

/* A call of the backend. */
typedef enum mcpi_call { MCPI_NO_CALL, MCPI_OPEN, MCPI_SELECT, MCPI_SUBMIT, MCPI_COLLECT, MCPI_CLOSE } mcpi_call;

/* What the lane tells profilers of the device in its next call that submits a job or closes the handles. */
typedef enum mcpi_profile { MCPI_PROFILE_AS_BEFORE, MCPI_PROFILE_BEGIN, MCPI_PROFILE_END } mcpi_profile;

typedef struct mcpi_lane {
    /* Set before the thread is started. */
    struct mcpi_lanes *group;
    struct mcpi_lane *next; /* of the group */
    const mcpi_backend *backend;
    const mcpi_device *device;
    const char (*kernels)[sizeof((mcpi_kernel *)0)->name]; /* to select for each task; NULL: each handle has its own */
    unsigned way_count;
    mcpi_worker_options ways[MCPI_LANE_WAYS]; /* options of its handles */
    double driver_seconds;                    /* mcpi_startup.driver */

    void *handles[MCPI_LANE_WAYS]; /* used by its thread alone; NULL: not open */
    mcpi_child child;              /* its worker process, if it has one */

    mcpi_lane_state state;
    bool hung;    /* its device does not answer: its handles are abandoned instead of closed */
    bool behind;  /* no other thread waits for its thread any more */
    bool left;    /* its thread no longer uses this structure, or was never started */
    bool started; /* `thread` can be joined */
    pthread_t thread;
    mcpi_call call;
    double calling;                      /* when the call began, in seconds */
    mcpi_task tasks[MCPI_IN_FLIGHT_MAX]; /* in order of submission */
    unsigned in_flight;
    double rate;             /* darts per second over its last range, and */
    uint64_t previous_darts; /* the darts of that range; the policy sets both */
    mcpi_profile profile;
    double setup_seconds; /* from the start of the group until it was first opened, or failed to open */
    mcpi_startup startup;
    mcpi_error failure; /* status OK while there is none */
} mcpi_lane;

typedef enum mcpi_step { MCPI_STEP_SUBMIT, MCPI_STEP_COLLECT, MCPI_STEP_WAIT, MCPI_STEP_LEAVE } mcpi_step;

/* Functions are called with the lock held, and on the thread of the lane unless stated otherwise. */
typedef struct mcpi_lane_policy {
    const mcpi_nvtx_name *names; /* how profilers show a task, by its purpose */

    /* Choose the next step of an open lane. To submit a job, fill in *task, which is zeroed, except `submitted`.
       COLLECT requires a task in flight; LEAVE requires that none is. */
    mcpi_step (*next)(mcpi_lane *lane, mcpi_task *task);

    /* A task has been counted and is no longer in flight. `hits` is the sum of the slices of `counts`. May release the
       lock for a while. */
    void (*counted)(mcpi_lane *lane, const mcpi_task *task, const mcpi_counts *counts, uint64_t hits);

    /* The handles can no longer be used, but the device may still work: the count of the oldest task contradicts itself
       (`error` has the status MISMATCH), or the worker process has ended. True if the lane is to open its handles
       again: take back all tasks, including the oldest, so that none is in flight. False if it is lost. May release the
       lock for a while. */
    bool (*reopens)(mcpi_lane *lane, const mcpi_error *error);

    /* The lane is lost: take back its tasks, so that other lanes can count them. Called on any thread, at most once per
       lane. */
    void (*lost)(mcpi_lane *lane);

    /* No thread uses the group any more. Called without the lock. Must call mcpi_lanes_destroy, which destroys the
       lock. */
    void (*destroy)(void *user);
} mcpi_lane_policy;

typedef struct mcpi_lanes {
    const mcpi_lane_policy *policy;
    void *user;
    mcpi_run_clock *clock; /* the clock of all times here */
    double started;
    double deadline_seconds; /* see watchdog.h */
    size_t references;       /* threads that may still use this */
    pthread_mutex_t lock;
    pthread_cond_t changed; /* signalled when a waiting lane must look again */
    pthread_cond_t news;    /* signalled when other threads must look again; they wait with mcpi_run_clock_wait */
    mcpi_lane *first;
} mcpi_lanes;

/* Make a group without lanes; the caller holds a reference. `source` is the time source of its clock, which starts now.
   False if out of memory. */
bool mcpi_lanes_init(mcpi_lanes *group, const mcpi_lane_policy *policy, void *user, double (*source)(void));
void mcpi_lanes_destroy(mcpi_lanes *group);

static inline double mcpi_lanes_now(const mcpi_lanes *group)
{
    return mcpi_run_clock_read(group->clock);
}

/* Does the lane count, or may it count later? */
static inline bool mcpi_lane_is_able(const mcpi_lane *lane)
{
    return lane->state != MCPI_LANE_FAILED;
}

/* Is the lane open, as far as is known? */
static inline bool mcpi_lane_is_open(const mcpi_lane *lane)
{
    return lane->state == MCPI_LANE_OPEN && !lane->behind;
}

/* ---- with the lock held ---- */

/* Add a lane to the group. The caller has set the fields that must be set before the thread is started, except `group`
   and `next`. */
void mcpi_lane_add(mcpi_lanes *group, mcpi_lane *lane);

/* Start its thread. If the system refuses, the lane has failed. */
void mcpi_lane_start(mcpi_lane *lane);

/* The lane is no longer trusted, or its device hangs. It is lost as if it had failed, but `failure` is not set. */
void mcpi_lane_dismiss(mcpi_lane *lane, bool hung);

/* The lane cannot continue. Reports its device as failed. */
void mcpi_lane_fail(mcpi_lane *lane, const mcpi_error *error);

/* The present call of the lane has taken so long that it will not return. Reports the device as failed, and kills its
   worker process. */
void mcpi_lane_write_off(mcpi_lane *lane, double waited_seconds);

/* Stop waiting for lanes that have not left yet, and kill their worker processes. True if there are any. */
bool mcpi_lanes_leave_behind(mcpi_lanes *group);

/* Drop a reference and release the lock. Dropping the last reference destroys the group. */
void mcpi_lanes_let_go(mcpi_lanes *group);

/* ---- without the lock ---- */

/* Join the threads that were not left behind; all of these have left. Then drop the reference of the caller. */
void mcpi_lanes_release(mcpi_lanes *group);

#ifdef __cplusplus
}
#endif

#endif
