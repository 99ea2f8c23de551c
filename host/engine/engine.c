/*
 * How a run goes.
 *
 * Every worker has a thread. Under one lock, a few dozen times a second, it is told what to do next: take a range and
 * submit it, collect its oldest one, recount a slice, wait, or leave. What it brings back is merged into the done set.
 * A worker that fails gives its ranges back to the queue and leaves; the others count them. If a device turns out to
 * count wrong, all of its workers leave, and the others count again whatever it had a part in.
 *
 * The answer of a run is the count over its prefix: the darts from the first one up to the first that is missing. Once
 * a run is to stop, ranges that were given back are still counted, so nothing is missing when the last worker leaves.
 *
 * The calling thread only watches: it calls the observers and joins the workers.
 */
#include "engine/engine.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/state.h"
#include "engine/trace.h"

/* How often the calling thread looks up to call the observers. */
static const double tick_seconds = 0.05;

/* MCPI_VERIFY_FULL: slices that may wait before those who count have to wait too; more where sampling needs more. */
static const size_t waiting_checks = 1024;

/* Ranges in the done set that are kept apart only because different teams counted them: some minutes of two GPUs.
   Memory is taken as they come. */
static const size_t told_apart = 1 << 16;

/*
 * With a target error, the first goal is small: it only serves to plan the next one. Goals depend on counts alone, so
 * the run ends at the same dart on every machine. The margin makes a third goal rare.
 */
static const uint64_t pilot_darts = UINT64_C(1) << 20;
static const double goal_margin = 1.005;

/* ---- what is to be counted ---- */

/* Seconds since the first range was handed out; 0 before. */
static double seconds_counting(const engine *e)
{
    return e->first_submit > 0.0 ? mcpi_seconds() - e->first_submit : 0.0;
}

/* Seconds until the time limit; INFINITY without one. */
static double seconds_left(const engine *e)
{
    const double limit = e->plan->options.time_limit_seconds;
    return limit > 0.0 ? fmax(limit - seconds_counting(e), 0.0) : INFINITY;
}

static void stop_if_out_of_time(engine *e)
{
    if (!e->stopping && seconds_left(e) <= 0.0)
        e->stopping = e->timed_out = true;
}

/* Darts a target error needs, as far as `darts` and `hits` can tell; more than `darts`, at most `most`. */
static uint64_t goal_for(double target_error, uint64_t darts, uint64_t hits, uint64_t most)
{
    const double p = (double)hits / (double)darts;
    const double needed = 16.0 * p * (1.0 - p) / (target_error * target_error) * goal_margin;
    const double goal = fmax(needed, goal_margin * (double)darts);
    return goal < (double)most ? (uint64_t)ceil(goal) : most;
}

/* All that was handed out is back: is the goal met, or is there to be another? */
static void review_goal(engine *e)
{
    const mcpi_options *options = &e->plan->options;
    const mcpi_done_range prefix = mcpi_done_prefix(&e->done, options->first);
    if (prefix.darts < e->goal)
        return;
    const bool accurate = options->target_error <= 0.0 ||
                          mcpi_estimate_from(prefix.darts, prefix.hits).std_error <= options->target_error;
    if (e->goal == options->darts || accurate) {
        e->goal_met = true;
    } else {
        e->goal = goal_for(options->target_error, prefix.darts, prefix.hits, options->darts);
        e->queue.end = options->first + e->goal;
    }
}

/* Whoever can count stays until the last recount has agreed: it may still have to count for one who was wrong. */
static bool over(const engine *e)
{
    if (e->in_flight > 0 || (e->counting > 0 && mcpi_recounts_pending(e)))
        return false;
    return e->goal_met || e->counting == 0 || mcpi_queue_empty(&e->queue, e->stopping);
}

static double total_rate(const engine *e)
{
    double rate = 0.0;
    for (size_t i = 0; i < e->worker_count; i++)
        rate += e->workers[i].counter ? e->workers[i].rate : 0.0;
    return rate;
}

static uint64_t next_darts(const worker *w)
{
    const engine *e = w->engine;
    const mcpi_portion portion = {
        .opening = team_of(w)->backend->opening_darts,
        .previous = w->previous_darts,
        .rate = w->rate,
        .total_rate = total_rate(e),
        .remaining = mcpi_queue_darts(&e->queue),
        .workers = e->counting,
        .seconds_left = seconds_left(e),
    };
    return mcpi_portion_darts(&portion);
}

/* From the first range of a GPU until the first of them has nothing more to do, of all they do together. */
static void tell_profilers(const worker *w, bool counting)
{
    engine *e = w->engine;
    const mcpi_backend *backend = team_of(w)->backend;
    if (!e->plan->options.profile || !backend->profile || e->profiling == counting)
        return;
    e->profiling = counting;
    backend->profile(counting);
}

static bool take_range(worker *w)
{
    engine *e = w->engine;
    mcpi_range range;
    stop_if_out_of_time(e);
    if (!mcpi_queue_take(&e->queue, next_darts(w), e->stopping, &range))
        return false;
    if (w->first_submit <= 0.0)
        w->first_submit = mcpi_seconds();
    if (e->first_submit <= 0.0)
        e->first_submit = w->first_submit;
    tell_profilers(w, true);
    w->in_flight[w->in_flight_count++] =
        (mcpi_job){e->plan->options.seed, e->plan->options.stream, range.first, range.darts};
    e->in_flight++;
    return true;
}

/* ---- counting ---- */

void mcpi_close_handle(const worker *w, void *handle, bool hung)
{
    const mcpi_backend *backend = team_of(w)->backend;
    (hung && backend->abandon ? backend->abandon : backend->close)(handle);
}

/* Close the counter of a worker that failed or is not trusted, and let others have its ranges. Takes the lock. */
static void drop_counter(worker *w)
{
    engine *e = w->engine;
    pthread_mutex_lock(&e->lock);
    standing_of(w)->hung |= w->failure.status == MCPI_TIMED_OUT;
    const bool hung = standing_of(w)->hung;
    void *const counter = w->counter;
    w->counter = NULL;
    for (unsigned i = 0; i < w->in_flight_count; i++)
        mcpi_trace_end(w->traces[i]);
    for (unsigned i = 0; i < w->in_flight_count; i++)
        mcpi_queue_give_back(&e->queue, (mcpi_range){w->in_flight[i].first, w->in_flight[i].darts});
    e->in_flight -= w->in_flight_count;
    w->in_flight_count = 0;
    e->counting--;
    pthread_cond_broadcast(&e->changed);
    pthread_mutex_unlock(&e->lock);
    mcpi_close_handle(w, counter, hung);
}

static void submit_newest(worker *w)
{
    const unsigned newest = w->in_flight_count - 1;
    const mcpi_job *job = &w->in_flight[newest];
    w->traces[newest] = mcpi_trace_start(team_of(w)->device.id, job);
    if (team_of(w)->backend->submit(w->counter, job, &w->failure) != MCPI_OK)
        drop_counter(w);
}

static void merge(worker *w, const mcpi_job *job, uint64_t hits, double busy_seconds)
{
    engine *e = w->engine;
    w->rate = busy_seconds > 0.0 ? (double)job->darts / busy_seconds : 0.0;
    w->previous_darts = job->darts;
    w->counted.pieces++;
    w->counted.darts += job->darts;
    w->counted.hits += hits;
    w->counted.busy_seconds += busy_seconds;
    e->darts += job->darts;
    e->hits += hits;
    mcpi_done_add(&e->done, (mcpi_done_range){job->first, job->darts, hits, mcpi_done_team(w->team)});
    mcpi_trace_end(w->traces[0]);
    w->in_flight_count--;
    memmove(w->in_flight, w->in_flight + 1, w->in_flight_count * sizeof *w->in_flight);
    memmove(w->traces, w->traces + 1, w->in_flight_count * sizeof *w->traces);
    e->in_flight--;
    e->last_collect = mcpi_seconds();
    if (e->in_flight == 0 && mcpi_queue_empty(&e->queue, false))
        review_goal(e);
    pthread_cond_broadcast(&e->changed);
}

static void collect_oldest(worker *w)
{
    engine *e = w->engine;
    const mcpi_job job = w->in_flight[0];
    mcpi_counts counts = {0};
    uint64_t hits = 0;
    mcpi_status status = team_of(w)->backend->collect(w->counter, &counts, &w->failure);
    if (status == MCPI_OK && !mcpi_add_slices(&job, &counts, &hits))
        status = mcpi_fail(&w->failure, MCPI_MISMATCH, "%s (%s): more hits than darts in [%" PRIu64 ", %" PRIu64 ")",
                           team_of(w)->device.id, team_of(w)->device.name, job.first, job.first + job.darts);
    if (status != MCPI_OK) {
        drop_counter(w);
        return;
    }
    pthread_mutex_lock(&e->lock);
    mcpi_offer_slices(w, &job, &counts);
    mcpi_trace_push("merge", &job);
    if (!standing_of(w)->wrong)
        merge(w, &job, hits, counts.busy_seconds);
    mcpi_trace_pop();
    pthread_mutex_unlock(&e->lock);
}

/* ---- workers ---- */

static void open_worker(worker *w)
{
    const mcpi_team *team = team_of(w);
    const mcpi_backend *backend = team->backend;
    void *counter = NULL;
    void *recounter = NULL;
    mcpi_status counts = MCPI_STOPPED;
    mcpi_status recounts = MCPI_STOPPED;
    mcpi_startup startup = {0};
    char name[40];
    snprintf(name, sizeof name, "set-up of %s", team->device.id);
    mcpi_trace_push(name, NULL);
    if (team->counts)
        counts = backend->open(&team->device, &team->options, &counter, &w->failure);
    if (team->recounts)
        recounts = backend->open(&team->device, &team->options, &recounter, &w->failure);
    if (counts == MCPI_OK && backend->startup) {
        backend->startup(counter, &startup);
        startup.driver = team->driver_seconds;
    }
    mcpi_trace_pop();

    engine *e = w->engine;
    pthread_mutex_lock(&e->lock);
    w->setup_seconds = mcpi_seconds() - e->started;
    w->startup = startup;
    w->counter = counts == MCPI_OK ? counter : NULL;
    w->recounter = recounts == MCPI_OK ? recounter : NULL;
    e->counting -= team->counts && counts != MCPI_OK;
    e->recounting -= team->recounts && recounts != MCPI_OK;
    pthread_cond_broadcast(&e->changed);
    pthread_mutex_unlock(&e->lock);
}

static void close_worker(worker *w, bool hung)
{
    if (w->counter)
        mcpi_close_handle(w, w->counter, hung);
    if (w->recounter)
        mcpi_close_handle(w, w->recounter, hung);
}

typedef enum action { SUBMIT, COLLECT, RECOUNT, WAIT, DROP, LEAVE } action;

/* What a worker does next. Called with the lock held. */
static action next_action(worker *w)
{
    engine *e = w->engine;
    if (is_dismissed(w))
        return w->counter || w->recounter ? DROP : LEAVE;
    if (mcpi_may_recount(w))
        return RECOUNT;
    if (w->counter && w->in_flight_count < team_of(w)->backend->in_flight && !e->goal_met && take_range(w))
        return SUBMIT;
    if (w->in_flight_count > 0)
        return COLLECT;
    if (!w->counter && !w->recounter)
        return LEAVE;
    if (over(e))
        return LEAVE;
    return WAIT;
}

static void leave(engine *e)
{
    if (--e->threads == 0)
        pthread_cond_signal(&e->finished);
}

static void *work(void *argument)
{
    worker *w = argument;
    engine *e = w->engine;
    open_worker(w);
    pthread_mutex_lock(&e->lock);
    for (action next = next_action(w); next != LEAVE; next = next_action(w)) {
        if (next == WAIT) {
            pthread_cond_wait(&e->changed, &e->lock);
        } else if (next == RECOUNT) {
            mcpi_recount(w);
        } else if (next == DROP && w->recounter) {
            mcpi_drop_recounter(w);
        } else {
            pthread_mutex_unlock(&e->lock);
            if (next == SUBMIT)
                submit_newest(w);
            else if (next == COLLECT)
                collect_oldest(w);
            else
                drop_counter(w);
            pthread_mutex_lock(&e->lock);
        }
    }
    if (over(e))
        tell_profilers(w, false);
    const bool hung = standing_of(w)->hung;
    pthread_mutex_unlock(&e->lock);
    close_worker(w, hung);
    pthread_mutex_lock(&e->lock);
    leave(e);
    pthread_mutex_unlock(&e->lock);
    return NULL;
}

/* A worker whose thread cannot be started is one that failed to open. */
static void start_worker(worker *w)
{
    engine *e = w->engine;
    const int refused = pthread_create(&w->thread, NULL, work, w);
    w->started = refused == 0;
    if (w->started)
        return;
    mcpi_fail(&w->failure, MCPI_SYSTEM, "%s: cannot start a thread: %s; ask for fewer with --threads",
              team_of(w)->device.id, strerror(refused));
    pthread_mutex_lock(&e->lock);
    leave(e);
    e->counting -= team_of(w)->counts;
    e->recounting -= team_of(w)->recounts;
    pthread_cond_broadcast(&e->changed);
    pthread_mutex_unlock(&e->lock);
}

/* ---- the calling thread ---- */

static void call_observers(engine *e)
{
    const mcpi_options *options = &e->plan->options;
    const mcpi_progress progress = {
        .darts = e->darts,
        .hits = e->hits,
        .resumed_darts = e->resumed_darts,
        .goal = e->goal,
        .counting_seconds = seconds_counting(e),
    };
    pthread_mutex_unlock(&e->lock);
    const bool stop = options->stop && options->stop(options->user) != 0;
    if (options->progress)
        options->progress(options->user, &progress);
    pthread_mutex_lock(&e->lock);
    if (stop)
        e->stopping = true;
}

/* Or less, if a save is due before. */
static void wait_a_tick(engine *e)
{
    const double now = mcpi_seconds();
    const double wish = e->plan->options.save ? fmin(tick_seconds, e->next_save - now) : tick_seconds;
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += (long)(fmax(wish, 0.0) * 1e9);
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    while (e->threads > 0 && pthread_cond_timedwait(&e->finished, &e->lock, &until) != ETIMEDOUT)
        ;
}

static void watch(engine *e)
{
    pthread_mutex_lock(&e->lock);
    for (wait_a_tick(e); e->threads > 0; wait_a_tick(e)) {
        call_observers(e);
        if (mcpi_seconds() >= e->next_save)
            mcpi_save(e);
        stop_if_out_of_time(e);
        pthread_cond_broadcast(&e->changed);
    }
    mcpi_save(e);
    pthread_mutex_unlock(&e->lock);
    for (size_t i = 0; i < e->worker_count; i++)
        if (e->workers[i].started)
            pthread_join(e->workers[i].thread, NULL);
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
    e->workers = calloc(e->worker_count, sizeof *e->workers);
    const mcpi_options *options = &e->plan->options;
    e->goal = options->darts;
    if (options->target_error > 0.0 && e->goal > pilot_darts)
        e->goal = pilot_darts;
    e->goal_met = e->goal == 0;
    e->standings = calloc(e->plan->team_count + 1, sizeof *e->standings);
    e->next_save = e->started + options->save_seconds;
    const size_t resumed = options->resume ? options->resume->part_count : 0;
    const size_t sampled = e->plan->team_count * e->recounting;
    /* Between any two ranges that are apart lies one that is in flight or was given back. */
    const size_t apart = slots + 1 + resumed;
    return e->workers && e->standings &&
           mcpi_queue_init(&e->queue, options->first, options->first + e->goal, slots + apart + told_apart) &&
           mcpi_done_init(&e->done, apart + told_apart) &&
           mcpi_checks_init(&e->checks, sampled > waiting_checks ? sampled : waiting_checks);
}

static void start_workers(engine *e)
{
    size_t next = 0;
    for (size_t team = 0; team < e->plan->team_count; team++) {
        for (unsigned i = 0; i < e->plan->teams[team].workers; i++) {
            worker *w = &e->workers[next++];
            w->engine = e;
            w->team = team;
        }
    }
    for (size_t i = 0; i < e->worker_count; i++)
        start_worker(&e->workers[i]);
}

static void init_lock(engine *e)
{
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&e->changed, NULL);
    pthread_cond_init(&e->finished, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&e->lock, NULL);
}

static void destroy(engine *e)
{
    pthread_cond_destroy(&e->changed);
    pthread_cond_destroy(&e->finished);
    pthread_mutex_destroy(&e->lock);
    mcpi_checks_free(&e->checks);
    mcpi_done_free(&e->done);
    mcpi_queue_free(&e->queue);
    free(e->standings);
    free(e->workers);
}

mcpi_status mcpi_engine_run(const mcpi_plan *plan, mcpi_result **result, mcpi_error *error)
{
    engine e = {.plan = plan, .started = mcpi_seconds()};
    mcpi_status status = MCPI_NO_MEMORY;
    *result = NULL;
    init_lock(&e);
    if (prepare(&e)) {
        if (plan->options.resume)
            mcpi_resume(&e, plan->options.resume);
        if (mcpi_queue_empty(&e.queue, false))
            review_goal(&e);
        start_workers(&e);
        watch(&e);
        mcpi_sum_up_recounts(&e);
        status = mcpi_outcome(&e, error);
        *result = mcpi_result_of(&e);
    }
    if (!*result)
        status = mcpi_fail(error, MCPI_NO_MEMORY, "cannot run: out of memory");
    destroy(&e);
    return status;
}

void mcpi_result_free(mcpi_result *result)
{
    if (result)
        free(result->devices);
    free(result);
}
