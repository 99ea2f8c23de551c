/*
 * How a run goes.
 *
 * Every worker has a thread (worker.c) and they share one queue, one set of counts and one lock. What a worker brings
 * back is merged into that set. A worker that fails gives its ranges back to the queue and leaves; the others count
 * them. If a device turns out to count wrong (recount.c), all of its workers leave, and the others count again whatever
 * it had a part in.
 *
 * The answer of a run is the count over its prefix: the darts from the first one up to the first that is missing. Once
 * a run is to stop, ranges that were given back are still counted, so nothing is missing when the last worker leaves.
 *
 * The calling thread only watches: it calls the observers and joins the workers. If an observer wants the run to stop
 * without waiting, that thread makes the result of what has been counted by then, and does not join them: a worker may
 * be blocked in its driver. Each thread therefore holds a reference to the engine, and the last one to let go frees it.
 */
#include "engine/engine.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>

#include "core/condition.h"
#include "core/status.h"
#include "engine/goal.h"
#include "engine/nvtx.h"
#include "engine/resume.h"
#include "engine/run_state.h"

/* How often the calling thread looks up to call the observers. */
static const double tick_seconds = 0.05;

/* MCPI_VERIFY_FULL: slices that may wait before those who count have to wait too; more where sampling needs more. */
static const size_t waiting_checks = 1024;

/* Ranges of a set that are kept apart only because different teams counted them: some minutes of two GPUs.
   Memory is taken as they come. */
static const size_t told_apart = 1 << 16;

/* ---- the calling thread ---- */

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
    pthread_mutex_unlock(&e->lock);
    const int stop = options->stop ? options->stop(options->user) : 0;
    if (options->progress)
        options->progress(options->user, &progress);
    pthread_mutex_lock(&e->lock);
    e->stopping |= stop != 0;
    /* With a pool, the other processes have the rest of the count: this one cannot go without them. */
    e->abandoned = stop == MCPI_STOP_AT_ONCE && !e->plan->pool;
}

static bool goes_on(const engine *e)
{
    return !e->abandoned && (e->threads > 0 || mcpi_more_may_come(e));
}

/* Until it is time for the observers, or the pool is to be served. */
static void wait_a_tick(engine *e, double until)
{
    if (e->plan->options.save)
        until = fmin(until, e->next_save);
    until = fmin(until, mcpi_next_service(e));
    while (goes_on(e) && !mcpi_pool_is_due(e) && mcpi_run_clock_wait(e->clock, &e->wanted, &e->lock, until))
        ;
}

static void look_up(engine *e)
{
    const bool stopping = e->stopping;
    call_observers(e);
    if (e->abandoned)
        return;
    mcpi_stop_if_out_of_time(e);
    if (e->stopping && !stopping)
        e->next_save = 0.0; /* whoever stops a run may not wait for its end */
    if (mcpi_now(e) >= e->next_save)
        mcpi_save(e);
    pthread_cond_broadcast(&e->changed);
}

/* With the lock held. */
static void watch(engine *e)
{
    double next_tick = e->started + tick_seconds;
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

static void join_workers(engine *e)
{
    for (size_t i = 0; i < e->worker_count; i++)
        if (e->workers[i].started)
            pthread_join(e->workers[i].thread, NULL);
}

/* The result does not hold what they still work on. With the lock held. */
static void leave_workers_behind(engine *e)
{
    for (worker *w = e->workers; w < e->workers + e->worker_count; w++) {
        if (w->in_hand.job.darts > 0)
            mcpi_forget_recount(w);
        if (w->started)
            pthread_detach(w->thread);
    }
    pthread_cond_broadcast(&e->changed);
}

/* ---- a run ---- */

static bool prepare(engine *e)
{
    size_t slots = 0;
    for (size_t team = 0; team < e->plan->team_count; team++) {
        const mcpi_team *t = &e->plan->teams[team];
        e->worker_count += t->workers;
        e->counting += t->counts ? t->workers : 0;
        e->recounting += t->recounts ? t->workers : 0;
        slots += (size_t)t->workers * t->backend->in_flight;
    }
    e->threads = e->worker_count;
    e->workers = calloc(e->worker_count + 1, sizeof *e->workers);
    const mcpi_options *options = &e->plan->options;
    e->first_goal = e->goal = mcpi_resumed_goal(options);
    e->standings = calloc(e->plan->team_count + 1, sizeof *e->standings);
    for (size_t team = 0; e->standings && team < e->plan->team_count; team++)
        e->standings[team].trial = mcpi_trial_of(e->plan->teams[team].kernel_count);
    e->next_save = e->started + options->save_seconds;
    const size_t resumed = options->resume ? options->resume->part_count + options->resume->confirmed_count : 0;
    const size_t sampled = e->plan->team_count * (e->recounting + MCPI_KERNELS_MAX);
    /* Between any two ranges that are apart lies one that is in flight or was given back, or a milestone. */
    const size_t apart = slots + 1 + resumed + (options->trace ? MCPI_MILESTONES : 0);
    if (e->plan->pool)
        e->share.held = calloc(2 * slots + apart + told_apart, sizeof *e->share.held);
    const bool prepared =
        e->workers && e->standings && (!e->plan->pool || e->share.held) &&
        mcpi_queue_init(&e->queue, options->first, options->first, slots + apart + told_apart) &&
        mcpi_ranges_init(&e->counted, apart + told_apart) && mcpi_ranges_init(&e->confirmed, apart + told_apart) &&
        mcpi_ranges_init(&e->share.counted, apart) && mcpi_ranges_init(&e->share.confirmed, apart) &&
        mcpi_recount_queue_init(&e->recount_queue, sampled > waiting_checks ? sampled : waiting_checks);
    const mcpi_milestones milestones = {options->trace != 0, options->first};
    e->queue.milestones = e->boundaries.milestones = milestones;
    e->counted.boundaries = e->confirmed.boundaries = &e->boundaries;
    e->share.counted.boundaries = e->share.confirmed.boundaries = &e->boundaries;
    return prepared;
}

static void start_workers(engine *e)
{
    size_t next = 0;
    for (size_t team = 0; team < e->plan->team_count; team++) {
        for (unsigned i = 0; i < e->plan->teams[team].workers; i++) {
            worker *w = &e->workers[next++];
            w->engine = e;
            w->team = team;
            w->index = i;
        }
    }
    e->references += e->worker_count;
    for (size_t i = 0; i < e->worker_count; i++)
        mcpi_start_worker(&e->workers[i]);
}

static void init_lock(engine *e)
{
    pthread_cond_init(&e->changed, NULL);
    mcpi_condition_init(&e->wanted);
    pthread_mutex_init(&e->lock, NULL);
}

static void destroy(engine *e)
{
    mcpi_run_clock_stop(e->clock);
    if (e->abandoned)
        mcpi_plan_free(&e->own_plan);
    pthread_cond_destroy(&e->changed);
    pthread_cond_destroy(&e->wanted);
    pthread_mutex_destroy(&e->lock);
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

void mcpi_engine_release(engine *e)
{
    pthread_mutex_lock(&e->lock);
    const bool last = --e->references == 0;
    pthread_mutex_unlock(&e->lock);
    if (last)
        destroy(e);
}

static mcpi_status conclude(engine *e, mcpi_result **result, mcpi_error *error)
{
    mcpi_sum_up_recounts(e);
    *result = e->failure.status == MCPI_OK ? mcpi_result_of(e) : NULL;
    return mcpi_outcome(e, error);
}

static mcpi_status carry_out(engine *e, mcpi_result **result, mcpi_error *error)
{
    if (!e->plan->pool)
        mcpi_review_goal(e);
    start_workers(e);
    pthread_mutex_lock(&e->lock);
    watch(e);
    if (!e->plan->pool)
        mcpi_plan_goal(e); /* a run that was stopped has not reviewed it */
    if (e->abandoned) {
        leave_workers_behind(e);
        const mcpi_status status = conclude(e, result, error);
        mcpi_save(e); /* what it saves is what the result holds: the lock was held all the time */
        pthread_mutex_unlock(&e->lock);
        return status;
    }
    mcpi_save(e);
    pthread_mutex_unlock(&e->lock);
    join_workers(e);
    return conclude(e, result, error);
}

static engine *make_engine(const mcpi_plan *plan)
{
    engine *const e = calloc(1, sizeof *e);
    mcpi_run_clock *const clock = mcpi_run_clock_start(mcpi_seconds);
    if (!e || !clock) {
        mcpi_run_clock_stop(clock);
        free(e);
        return NULL;
    }
    e->clock = clock;
    e->started = mcpi_now(e);
    e->own_plan = *plan;
    e->plan = &e->own_plan;
    e->references = 1;
    init_lock(e);
    return e;
}

mcpi_status mcpi_engine_run(mcpi_plan *plan, mcpi_result **result, mcpi_error *error)
{
    mcpi_status status = MCPI_NO_MEMORY;
    *result = NULL;
    mcpi_nvtx_begin();
    engine *const e = make_engine(plan);
    if (e && prepare(e) && (plan->pool || mcpi_resume(e)))
        status = carry_out(e, result, error);
    if (e && e->failure.status != MCPI_OK)
        status = mcpi_fail(error, e->failure.status, "cannot run: %s", e->failure.message);
    else if (!*result)
        status = mcpi_fail(error, MCPI_NO_MEMORY, "cannot run: out of memory");
    if (e && e->abandoned)
        *plan = (mcpi_plan){0};
    if (e)
        mcpi_engine_release(e);
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
