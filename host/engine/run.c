/*
 * How a run goes.
 *
 * Every worker is a lane (lane.h), and counting.c is what it does. They share one queue, one set of counted ranges and
 * one lock. A worker that fails or hangs gives its ranges back to the queue; the others count them. If a device turns
 * out to count wrong (recount.c), the run goes on without it, and the others count again whatever it had a part in.
 *
 * The answer of a run is the count over its prefix: the darts from the first one up to the first that is missing. Once
 * a run is to stop, ranges that were given back are still counted, so nothing is missing when the last worker leaves.
 *
 * The calling thread only watches: it calls the observers, gives up workers whose driver does not answer (watchdog.h),
 * and waits for the others. Threads that it does not wait for may come back later, so the last one to let go of the
 * state frees it.
 */
#include "engine/run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/status.h"
#include "engine/counting.h"
#include "engine/events.h"
#include "engine/goal.h"
#include "engine/result.h"
#include "engine/resume.h"
#include "engine/schedule.h"
#include "engine/share.h"
#include "engine/watchdog.h"

/* How often the calling thread looks up to call the observers. */
static const double tick_seconds = 0.05;

/* Ranges of a set that are kept apart only because different teams counted them: some minutes of two GPUs.
   Memory is taken as they come. */
static const size_t told_apart = 1 << 16;

/* ---- the calling thread: with the lock held ---- */

static mcpi_progress progress_of(const engine *e)
{
    mcpi_progress progress = {.reached = e->darts, .resumed_darts = e->resumed_darts, .goal = e->goal};
    if (e->plan->pool)
        progress = e->share.progress;
    progress.darts = e->darts;
    progress.hits = e->hits;
    progress.counting_seconds = mcpi_seconds_counting(e);
    return progress;
}

static void call_observers(engine *e)
{
    const mcpi_options *options = &e->plan->options;
    const mcpi_progress progress = progress_of(e);
    pthread_mutex_unlock(&e->lanes.lock);
    const int stop = options->stop ? options->stop(options->user) : 0;
    if (options->progress)
        options->progress(options->user, &progress);
    pthread_mutex_lock(&e->lanes.lock);
    e->stopping |= stop != 0;
    /* With a pool, the other processes have the rest of the count: this one cannot go without them. */
    e->abandoned = stop == MCPI_STOP_AT_ONCE && !e->plan->pool;
}

/* One that is still being opened when the user wants to stop has nothing to finish. */
static bool is_waited_for(const engine *e, const mcpi_lane *lane)
{
    return !lane->left && !lane->behind && !(lane->state == MCPI_LANE_OPENING && mcpi_is_interrupted(e));
}

static bool goes_on(const engine *e)
{
    if (e->abandoned)
        return false;
    for (const mcpi_lane *lane = e->lanes.first; lane; lane = lane->next)
        if (is_waited_for(e, lane))
            return true;
    return mcpi_more_may_come(e);
}

/* Until it is time for the observers, or the pool is to be served. */
static void wait_a_tick(engine *e, double until)
{
    if (e->plan->options.save)
        until = fmin(until, e->next_save);
    until = fmin(until, mcpi_next_service(e));
    while (goes_on(e) && !mcpi_pool_is_due(e) &&
           mcpi_run_clock_wait(e->lanes.clock, &e->lanes.news, &e->lanes.lock, until))
        ;
}

static void look_up(engine *e)
{
    const bool stopping = e->stopping;
    mcpi_watchdog_look(&e->lanes);
    call_observers(e);
    if (e->abandoned)
        return;
    mcpi_stop_if_out_of_time(e);
    if (e->stopping && !stopping)
        e->next_save = 0.0; /* whoever stops a run may not wait for its end */
    if (mcpi_now(e) >= e->next_save)
        mcpi_save(e);
    pthread_cond_broadcast(&e->lanes.changed);
}

static void watch(engine *e)
{
    double next_tick = e->lanes.started + tick_seconds;
    while (goes_on(e)) {
        mcpi_serve_pool(e);
        wait_a_tick(e, next_tick);
        const double now = mcpi_now(e);
        if (goes_on(e) && (now >= next_tick || (e->plan->options.save && now >= e->next_save))) {
            look_up(e);
            next_tick = mcpi_now(e) + tick_seconds;
        }
    }
}

/* ---- a run ---- */

static worker worker_of(engine *e, size_t team, unsigned index)
{
    const mcpi_team *const t = &e->plan->teams[team];
    const mcpi_worker_options options = mcpi_worker_options_of(t, index);
    return (worker){
        .lane =
            {.backend = t->backend,
             .device = &t->device,
             .kernels = t->kernels,
             .way_count = t->own_kernel[0] ? 2 : 1,
             .ways = {[MCPI_WAY_USUAL] = options, [MCPI_WAY_OWN] = {.kernel = t->own_kernel, .place = options.place}},
             .driver_seconds = t->driver_seconds},
        .engine = e,
        .team = team,
    };
}

static unsigned workers_of_device(const engine *e, const char *id)
{
    unsigned count = 0;
    for (const worker *w = e->workers; w < e->workers + e->worker_count; w++)
        count += strcmp(w->lane.device->id, id) == 0;
    return count;
}

static void make_workers(engine *e)
{
    for (size_t team = 0; team < e->plan->team_count; team++) {
        const unsigned before = workers_of_device(e, e->plan->teams[team].device.id);
        for (unsigned i = 0; i < e->plan->teams[team].workers; i++) {
            worker *const w = &e->workers[e->worker_count++];
            *w = worker_of(e, team, i);
            w->number = before + i;
            mcpi_lane_add(&e->lanes, &w->lane);
        }
        e->standings[team].trial = mcpi_trial_of(e->plan->teams[team].kernel_count);
    }
}

/* Memory for the state. False if there is none. */
static bool prepare(engine *e)
{
    const mcpi_options *options = &e->plan->options;
    size_t workers = 0;
    size_t slots = 0;
    for (size_t team = 0; team < e->plan->team_count; team++) {
        const mcpi_team *t = &e->plan->teams[team];
        workers += t->workers;
        slots += (size_t)t->workers * t->backend->in_flight;
    }
    const size_t resumed = options->resume ? options->resume->part_count + options->resume->confirmed_count : 0;
    /* Between any two ranges that are apart lies one that is in flight or was given back, or a milestone. */
    const size_t apart = slots + 1 + resumed + (options->trace ? MCPI_MILESTONES : 0);
    e->workers = calloc(workers + 1, sizeof *e->workers);
    e->standings = calloc(e->plan->team_count + 1, sizeof *e->standings);
    if (e->plan->pool)
        e->share.held = calloc(2 * slots + apart + told_apart, sizeof *e->share.held);
    return e->workers && e->standings && (!e->plan->pool || e->share.held) &&
           mcpi_queue_init(&e->queue, options->first, options->first, slots + apart + told_apart) &&
           mcpi_ranges_init(&e->counted, apart + told_apart) && mcpi_ranges_init(&e->confirmed, apart + told_apart) &&
           mcpi_ranges_init(&e->share.counted, apart) && mcpi_ranges_init(&e->share.confirmed, apart) &&
           mcpi_recount_queue_init(&e->recount_queue, workers + MCPI_KERNELS_MAX);
}

/* False without memory. */
static bool begin(engine *e)
{
    const mcpi_options *options = &e->plan->options;
    const mcpi_milestones milestones = {options->trace != 0, options->first};
    e->queue.milestones = e->boundaries.milestones = milestones;
    e->counted.boundaries = e->confirmed.boundaries = &e->boundaries;
    e->share.counted.boundaries = e->share.confirmed.boundaries = &e->boundaries;
    e->first_goal = e->goal = mcpi_resumed_goal(options);
    e->next_save = e->lanes.started + options->save_seconds;
    make_workers(e);
    return e->plan->pool || mcpi_resume(e);
}

static void destroy(void *user)
{
    engine *const e = user;
    mcpi_lanes_destroy(&e->lanes);
    if (e->left_behind)
        mcpi_plan_free(&e->own_plan);
    mcpi_recount_queue_free(&e->recount_queue);
    free(e->share.held);
    mcpi_ranges_free(&e->share.confirmed);
    mcpi_ranges_free(&e->share.counted);
    mcpi_ranges_free(&e->confirmed);
    mcpi_ranges_free(&e->counted);
    mcpi_queue_free(&e->queue);
    free(e->standings);
    free(e->workers);
    free(e);
}

static const mcpi_lane_policy policy = {
    .next = mcpi_counting_next,
    .counted = mcpi_counting_done,
    .lost = mcpi_counting_lost,
    .destroy = destroy,
};

static mcpi_status conclude(engine *e, mcpi_result **result, mcpi_error *error)
{
    mcpi_sum_up_recounts(e);
    *result = e->failure.status == MCPI_OK ? mcpi_result_of(e) : NULL;
    return mcpi_outcome(e, error);
}

/* What is saved at the end is what the result holds: those that are left behind change nothing any more. */
static mcpi_status carry_out(engine *e, mcpi_result **result, mcpi_error *error)
{
    pthread_mutex_lock(&e->lanes.lock);
    if (!e->plan->pool)
        mcpi_review_goal(e);
    for (mcpi_lane *lane = e->lanes.first; lane; lane = lane->next)
        mcpi_lane_start(lane);
    watch(e);
    mcpi_tell_hung_in_close(e);
    e->left_behind = mcpi_lanes_leave_behind(&e->lanes);
    if (!e->plan->pool)
        mcpi_plan_goal(e); /* a run that was stopped has not reviewed it */
    const mcpi_status status = conclude(e, result, error);
    mcpi_save(e);
    pthread_mutex_unlock(&e->lanes.lock);
    return status;
}

static engine *make_engine(const mcpi_plan *plan)
{
    engine *const e = calloc(1, sizeof *e);
    if (!e || !mcpi_lanes_init(&e->lanes, &policy, e, plan->seconds ? plan->seconds : mcpi_seconds)) {
        free(e);
        return NULL;
    }
    e->own_plan = *plan;
    e->plan = &e->own_plan;
    return e;
}

mcpi_status mcpi_engine_run(mcpi_plan *plan, mcpi_result **result, mcpi_error *error)
{
    mcpi_status status = MCPI_NO_MEMORY;
    *result = NULL;
    mcpi_nvtx_begin();
    engine *const e = make_engine(plan);
    if (e && prepare(e) && begin(e))
        status = carry_out(e, result, error);
    if (e && e->failure.status != MCPI_OK)
        status = mcpi_fail(error, e->failure.status, "cannot run: %s", e->failure.message);
    else if (!*result)
        status = mcpi_fail(error, MCPI_NO_MEMORY, "cannot run: out of memory");
    if (e && e->left_behind)
        *plan = (mcpi_plan){0};
    if (e)
        mcpi_lanes_release(&e->lanes);
    return status;
}

void mcpi_result_free(mcpi_result *result)
{
    if (!result)
        return;
    free(result->devices);
    free(result->trace);
    free(result);
}
