#include "engine/lane.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "core/c_locale.h"
#include "core/condition.h"
#include "core/slices.h"
#include "core/status.h"

/* A driver call that takes longer than a few of these will not return. In seconds. */
static const double usual_deadline_seconds = 10.0;

/* ---- the group ---- */

bool mcpi_lanes_init(mcpi_lanes *group, const mcpi_lane_policy *policy, void *user, double (*source)(void))
{
    *group = (mcpi_lanes){.policy = policy, .user = user, .deadline_seconds = usual_deadline_seconds, .references = 1};
    group->clock = mcpi_run_clock_start(source);
    if (!group->clock)
        return false;
    group->started = mcpi_lanes_now(group);
    pthread_mutex_init(&group->lock, NULL);
    pthread_cond_init(&group->changed, NULL);
    mcpi_condition_init(&group->news);
    return true;
}

void mcpi_lanes_destroy(mcpi_lanes *group)
{
    for (mcpi_lane *lane = group->first; lane; lane = lane->next)
        mcpi_child_destroy(&lane->child);
    pthread_mutex_destroy(&group->lock);
    pthread_cond_destroy(&group->changed);
    pthread_cond_destroy(&group->news);
    mcpi_run_clock_stop(group->clock);
}

void mcpi_lanes_let_go(mcpi_lanes *group)
{
    const bool last = --group->references == 0;
    pthread_mutex_unlock(&group->lock);
    if (last)
        group->policy->destroy(group->user);
}

void mcpi_lanes_release(mcpi_lanes *group)
{
    for (mcpi_lane *lane = group->first; lane; lane = lane->next)
        if (lane->started)
            pthread_join(lane->thread, NULL);
    pthread_mutex_lock(&group->lock);
    mcpi_lanes_let_go(group);
}

void mcpi_lane_add(mcpi_lanes *group, mcpi_lane *lane)
{
    mcpi_lane **end = &group->first;
    while (*end)
        end = &(*end)->next;
    lane->group = group;
    mcpi_child_init(&lane->child);
    for (unsigned way = 0; way < lane->way_count; way++)
        lane->ways[way].child = &lane->child;
    *end = lane;
}

/* ---- lost lanes: with the lock held ---- */

static bool is_wanted(const mcpi_lane *lane)
{
    return mcpi_lane_is_able(lane) && !lane->behind;
}

static void give_tasks_back(mcpi_lane *lane)
{
    lane->group->policy->lost(lane);
    pthread_cond_broadcast(&lane->group->changed);
    pthread_cond_broadcast(&lane->group->news);
}

static void lose(mcpi_lane *lane)
{
    lane->state = MCPI_LANE_FAILED;
    give_tasks_back(lane);
}

void mcpi_lane_fail(mcpi_lane *lane, const mcpi_error *error)
{
    lane->failure = *error;
    lane->hung |= error->status == MCPI_TIMED_OUT;
    lose(lane);
}

void mcpi_lane_dismiss(mcpi_lane *lane, bool hung)
{
    lane->hung |= hung;
    if (is_wanted(lane))
        lose(lane);
}

/* A lane that is closing its handles has already done its work, so it is not lost. */
void mcpi_lane_write_off(mcpi_lane *lane, double waited_seconds)
{
    if (lane->failure.status == MCPI_OK)
        mcpi_fail(&lane->failure, MCPI_TIMED_OUT, "%s (%s) does not answer: %s has taken %.3g s so far",
                  lane->device->id, lane->device->name, lane->call == MCPI_OPEN ? "opening it" : "a call of its driver",
                  waited_seconds);
    lane->hung = true;
    if (is_wanted(lane) && lane->call != MCPI_CLOSE)
        lose(lane);
    lane->behind = true;
    mcpi_child_kill(&lane->child);
    pthread_cond_broadcast(&lane->group->news);
}

bool mcpi_lanes_leave_behind(mcpi_lanes *group)
{
    bool any = false;
    for (mcpi_lane *lane = group->first; lane; lane = lane->next) {
        if (lane->left)
            continue;
        if (is_wanted(lane))
            give_tasks_back(lane);
        lane->behind = any = true;
        mcpi_child_kill(&lane->child);
        pthread_detach(lane->thread);
        lane->started = false;
    }
    return any;
}

/* ---- calls of the backend ---- */

/* Releases the lock. */
static void begin_call(mcpi_lane *lane, mcpi_call call)
{
    lane->call = call;
    lane->calling = mcpi_lanes_now(lane->group);
    pthread_mutex_unlock(&lane->group->lock);
}

/* Takes the lock. False if the lane was lost meanwhile: the result of the call must be discarded. */
static bool end_call(mcpi_lane *lane)
{
    pthread_mutex_lock(&lane->group->lock);
    lane->call = MCPI_NO_CALL;
    return is_wanted(lane);
}

static void tell_profilers(const mcpi_lane *lane, void *handle, mcpi_profile profile)
{
    if (profile != MCPI_PROFILE_AS_BEFORE && lane->backend->profile)
        lane->backend->profile(handle, profile == MCPI_PROFILE_BEGIN);
}

static mcpi_profile take_profile(mcpi_lane *lane)
{
    const mcpi_profile profile = lane->profile;
    lane->profile = MCPI_PROFILE_AS_BEFORE;
    return profile;
}

/* `call`: the call that the watchdog sees. */
static void close_handles(mcpi_lane *lane, mcpi_call call)
{
    const mcpi_backend *const backend = lane->backend;
    for (unsigned way = 0; way < lane->way_count; way++) {
        if (!lane->handles[way])
            continue;
        const mcpi_profile profile = take_profile(lane);
        const bool abandons = lane->hung && backend->abandon;
        begin_call(lane, call);
        tell_profilers(lane, lane->handles[way], profile);
        (abandons ? backend->abandon : backend->close)(lane->handles[way]);
        lane->handles[way] = NULL;
        end_call(lane);
    }
}

static bool open_way(mcpi_lane *lane, unsigned way, mcpi_startup *startup, mcpi_error *error)
{
    begin_call(lane, MCPI_OPEN);
    const mcpi_status status = lane->backend->open(lane->device, &lane->ways[way], &lane->handles[way], error);
    if (status != MCPI_OK)
        lane->handles[way] = NULL;
    if (lane->handles[way] && lane->backend->startup && way == 0) {
        lane->backend->startup(lane->handles[way], startup);
        startup->driver = lane->driver_seconds;
    }
    return end_call(lane) && status == MCPI_OK;
}

static bool open_ways(mcpi_lane *lane, mcpi_startup *startup, mcpi_error *error)
{
    bool opened = is_wanted(lane);
    mcpi_nvtx_push(MCPI_NVTX_SET_UP, NULL, lane->device->id, 0);
    for (unsigned way = 0; way < lane->way_count && opened; way++)
        opened = open_way(lane, way, startup, error);
    mcpi_nvtx_pop();
    return opened;
}

/* A call has failed, so the handles can no longer be used. Does the policy want to go on with others? */
static bool reopens(mcpi_lane *lane, const mcpi_error *error)
{
    const bool contradicts = error->status == MCPI_MISMATCH && lane->in_flight > 0;
    return (contradicts || lane->child.failed) && lane->group->policy->reopens &&
           lane->group->policy->reopens(lane, error);
}

/*
 * Close the handles, if there are any, and open all. The watchdog sees OPEN all the time: a lane that hangs while it
 * closes handles for good has done its work and is not lost, but this one would be.
 *
 * If the process was paused meanwhile, it is not known which part of the set-up is too long, so no part is reported.
 */
static void open_handles(mcpi_lane *lane)
{
    mcpi_lanes *const group = lane->group;
    const double paused = mcpi_run_clock_paused(group->clock);
    mcpi_startup startup = {0};
    mcpi_error error = {MCPI_OK, ""};
    bool opened;
    do {
        close_handles(lane, MCPI_OPEN);
        opened = open_ways(lane, &startup, &error);
    } while (!opened && is_wanted(lane) && reopens(lane, &error));
    if (lane->state != MCPI_LANE_OPEN)
        lane->setup_seconds = mcpi_lanes_now(group) - group->started;
    if (!opened && is_wanted(lane))
        mcpi_lane_fail(lane, &error);
    if (!opened)
        return;
    lane->state = MCPI_LANE_OPEN;
    if (mcpi_run_clock_paused(group->clock) <= paused)
        lane->startup = startup;
    pthread_cond_broadcast(&group->changed);
    pthread_cond_broadcast(&group->news);
}

/* If a kernel cannot be loaded, the first one, which could be loaded, counts instead. False if the lane was lost. */
static bool select_kernel(mcpi_lane *lane, mcpi_task *newest)
{
    if (!lane->backend->select || !lane->kernels)
        return true;
    void *const handle = lane->handles[newest->way];
    const size_t kernel = newest->kernel;
    begin_call(lane, MCPI_SELECT);
    const bool loaded = lane->backend->select(handle, lane->kernels[kernel]);
    if (!loaded)
        lane->backend->select(handle, lane->kernels[0]);
    if (!end_call(lane))
        return false;
    newest->not_loaded = !loaded;
    newest->kernel = loaded ? kernel : 0;
    return true;
}

/* Count the oldest job, without the lock. */
static mcpi_status collect(mcpi_lane *lane, const mcpi_task *oldest, mcpi_counts *counts, uint64_t *hits,
                           mcpi_error *error)
{
    const mcpi_job *const job = &oldest->job;
    const mcpi_device *const device = lane->device;
    mcpi_nvtx_push(lane->group->policy->names[oldest->purpose],
                   lane->kernels ? lane->kernels[oldest->kernel] : device->kernel, device->id, job->darts);
    const mcpi_status status = lane->backend->collect(lane->handles[oldest->way], counts, error);
    mcpi_nvtx_pop();
    if (status != MCPI_OK || mcpi_add_slices(job, counts, hits))
        return status;
    return mcpi_fail(error, MCPI_MISMATCH, "%s (%s): more hits than darts in [%" PRIu64 ", %" PRIu64 ")", device->id,
                     device->name, job->first, job->first + job->darts);
}

/* A CPU measures how long a job takes with the wall clock, which keeps running while the process is stopped. A GPU
   measures with its own clock, and keeps counting during the pause. */
static void complete_times(const mcpi_lane *lane, const mcpi_task *task, mcpi_counts *counts)
{
    const double passed = mcpi_lanes_now(lane->group) - task->submitted;
    const bool paused = mcpi_run_clock_paused(lane->group->clock) > task->paused;
    if (counts->elapsed_seconds <= 0.0)
        counts->elapsed_seconds = counts->busy_seconds;
    if (lane->device->kind != MCPI_CPU || !paused)
        return;
    counts->elapsed_seconds = fmin(counts->elapsed_seconds, passed);
    counts->busy_seconds = fmin(counts->busy_seconds, passed);
}

static void reopen_or_fail(mcpi_lane *lane, const mcpi_error *error)
{
    if (reopens(lane, error)) {
        pthread_cond_broadcast(&lane->group->changed);
        open_handles(lane);
    } else if (is_wanted(lane)) {
        mcpi_lane_fail(lane, error);
    }
}

static void submit(mcpi_lane *lane, const mcpi_task *task)
{
    mcpi_error error = {MCPI_OK, ""};
    mcpi_task *const newest = &lane->tasks[lane->in_flight++];
    *newest = *task;
    newest->submitted = mcpi_lanes_now(lane->group);
    newest->paused = mcpi_run_clock_paused(lane->group->clock);
    if (!select_kernel(lane, newest))
        return;
    const mcpi_profile profile = take_profile(lane);
    begin_call(lane, MCPI_SUBMIT);
    tell_profilers(lane, lane->handles[task->way], profile);
    const mcpi_status status = lane->backend->submit(lane->handles[task->way], &task->job, &error);
    if (end_call(lane) && status != MCPI_OK)
        reopen_or_fail(lane, &error);
}

static void collect_oldest(mcpi_lane *lane)
{
    const mcpi_task oldest = lane->tasks[0];
    mcpi_counts counts = {0};
    uint64_t hits = 0;
    mcpi_error error = {MCPI_OK, ""};
    begin_call(lane, MCPI_COLLECT);
    const mcpi_status status = collect(lane, &oldest, &counts, &hits, &error);
    if (!end_call(lane)) {
        if (status == MCPI_MISMATCH) /* also proves that the device is faulty if the lane was lost meanwhile */
            lane->failure = error;
        return;
    }
    if (status != MCPI_OK) {
        reopen_or_fail(lane, &error);
        return;
    }
    complete_times(lane, &oldest, &counts);
    lane->in_flight--;
    memmove(lane->tasks, lane->tasks + 1, lane->in_flight * sizeof *lane->tasks);
    lane->group->policy->counted(lane, &oldest, &counts, hits);
    pthread_cond_broadcast(&lane->group->changed);
}

/* ---- the thread ---- */

/* With the lock held. Releases it during calls and waits. */
static void follow_policy(mcpi_lane *lane)
{
    while (is_wanted(lane)) {
        mcpi_task task = {0};
        switch (lane->group->policy->next(lane, &task)) {
        case MCPI_STEP_SUBMIT:
            submit(lane, &task);
            break;
        case MCPI_STEP_COLLECT:
            collect_oldest(lane);
            break;
        case MCPI_STEP_WAIT:
            pthread_cond_wait(&lane->group->changed, &lane->group->lock);
            break;
        case MCPI_STEP_LEAVE:
            return;
        }
    }
}

/* With the lock held. Releases it. */
static void leave(mcpi_lane *lane)
{
    lane->left = true;
    pthread_cond_broadcast(&lane->group->news);
    mcpi_lanes_let_go(lane->group);
}

/* A backend, or a library it uses, has ended the thread in the middle of a call. The state of the handles is unknown,
   so they are not closed. */
static void on_death(void *argument)
{
    mcpi_lane *const lane = argument;
    mcpi_error error;
    mcpi_fail(&error, MCPI_SYSTEM, "%s (%s): a worker's thread has ended", lane->device->id, lane->device->name);
    if (end_call(lane))
        mcpi_lane_fail(lane, &error);
    leave(lane);
}

static void work(mcpi_lane *lane)
{
    pthread_mutex_lock(&lane->group->lock);
    open_handles(lane);
    follow_policy(lane);
    close_handles(lane, MCPI_CLOSE);
    leave(lane);
}

static void *begin_thread(void *argument)
{
    MCPI_C_LOCALE;
    pthread_cleanup_push(on_death, argument);
    work(argument);
    pthread_cleanup_pop(0);
    return NULL;
}

void mcpi_lane_start(mcpi_lane *lane)
{
    mcpi_error error;
    const int refused = pthread_create(&lane->thread, NULL, begin_thread, lane);
    lane->started = refused == 0;
    lane->left = refused != 0;
    lane->group->references += refused == 0;
    if (refused == 0)
        return;
    mcpi_fail(&error, MCPI_SYSTEM, "%s: cannot start a thread: %s; ask for fewer with options.threads",
              lane->device->id, strerror(refused));
    mcpi_lane_fail(lane, &error);
}
