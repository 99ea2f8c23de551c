/*
 * How a run goes.
 *
 * Every worker has a thread. Under one lock, a few dozen times a second, it is told what to do next: take a range and
 * submit it, collect its oldest one, recount a slice, wait, or leave. What it brings back is merged into the done set.
 * A worker that fails gives its ranges back to the queue and leaves; the others count them.
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

#include "engine/checks.h"
#include "engine/done.h"
#include "engine/queue.h"
#include "mcpi/dart.h"

/* How often the calling thread looks up to call the observers. */
static const double tick_seconds = 0.05;

/* MCPI_VERIFY_ON: the time a recounting worker may spend is this, or this share of the time counted, the larger. */
static const double recount_seconds = 0.05;
static const double recount_share = 0.05;

/* MCPI_VERIFY_FULL: slices that may wait before those who count have to wait too; more where sampling needs more. */
static const size_t waiting_checks = 1024;

/*
 * With a target error, the first goal is small: it only serves to plan the next one. Goals depend on counts alone, so
 * the run ends at the same dart on every machine. The margin makes a third goal rare.
 */
static const uint64_t pilot_darts = UINT64_C(1) << 20;
static const double goal_margin = 1.005;

enum { most_in_flight = 8 };

struct engine;

/* What a worker has done in one of its two roles. */
typedef struct tally {
    uint64_t pieces, darts, hits;
    double busy_seconds;
} tally;

typedef struct worker {
    struct engine *engine;
    size_t team;
    pthread_t thread;
    bool started;
    void *counter;   /* the backend's worker that counts ranges; NULL if it does not */
    void *recounter; /* the one that recounts slices */
    mcpi_job in_flight[most_in_flight];
    unsigned in_flight_count;
    uint64_t previous_darts; /* of its last range */
    double rate;             /* darts a second over that range */
    double setup_seconds;
    tally counted, recounted;
    mcpi_error failure; /* status OK while there is none */
} worker;

typedef struct engine {
    const mcpi_plan *plan;
    double started;
    pthread_mutex_t lock;
    pthread_cond_t changed;  /* something a waiting worker may be waiting for */
    pthread_cond_t finished; /* the last worker has left */
    mcpi_queue queue;
    mcpi_done done;
    mcpi_checks checks;
    uint64_t *recounted_darts; /* of each team's ranges, those being recounted included */
    uint64_t goal;             /* darts of the prefix that is being counted */
    uint64_t in_flight;        /* ranges handed out and not back yet */
    size_t counting;           /* workers that can take ranges */
    size_t recounting;         /* workers that can recount */
    size_t threads;            /* that have not left */
    bool stopping;             /* nothing new is begun */
    bool goal_met;             /* the prefix is all that was asked for */
    bool timed_out;            /* by options.time_limit_seconds */
    uint64_t darts, hits;      /* counted so far */
    double first_submit, last_collect;
    mcpi_verify_result verify;
    size_t worker_count;
    worker *workers;
} engine;

static const mcpi_team *team_of(const worker *w)
{
    return &w->engine->plan->teams[w->team];
}

/* ---- what is to be counted ---- */

static bool out_of_time(const engine *e, double now)
{
    const double limit = e->plan->options.time_limit_seconds;
    return limit > 0.0 && e->first_submit > 0.0 && now - e->first_submit >= limit;
}

static void stop_if_out_of_time(engine *e)
{
    if (!e->stopping && out_of_time(e, mcpi_seconds()))
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

static bool over(const engine *e)
{
    if (e->in_flight > 0)
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

static uint64_t next_darts(const worker *w, double now)
{
    const engine *e = w->engine;
    const double limit = e->plan->options.time_limit_seconds;
    const double counted = e->first_submit > 0.0 ? now - e->first_submit : 0.0;
    const mcpi_portion portion = {
        .opening = team_of(w)->backend->opening_darts,
        .previous = w->previous_darts,
        .rate = w->rate,
        .total_rate = total_rate(e),
        .remaining = e->queue.end - e->queue.next,
        .workers = e->counting,
        .seconds_left = limit > 0.0 ? fmax(limit - counted, 0.0) : INFINITY,
    };
    return mcpi_portion_darts(&portion);
}

static bool take_range(worker *w)
{
    engine *e = w->engine;
    const double now = mcpi_seconds();
    mcpi_range range;
    stop_if_out_of_time(e);
    if (!mcpi_queue_take(&e->queue, next_darts(w, now), e->stopping, &range))
        return false;
    if (e->first_submit <= 0.0)
        e->first_submit = now;
    w->in_flight[w->in_flight_count++] =
        (mcpi_job){e->plan->options.seed, e->plan->options.stream, range.first, range.darts};
    e->in_flight++;
    return true;
}

/* ---- counting ---- */

static void lose_counter(worker *w)
{
    engine *e = w->engine;
    for (unsigned i = 0; i < w->in_flight_count; i++)
        mcpi_queue_give_back(&e->queue, (mcpi_range){w->in_flight[i].first, w->in_flight[i].darts});
    e->in_flight -= w->in_flight_count;
    w->in_flight_count = 0;
    e->counting--;
    pthread_cond_broadcast(&e->changed);
}

/* Close a worker's counter after a failure and let others have its ranges. Takes the lock. */
static void drop_counter(worker *w)
{
    engine *e = w->engine;
    team_of(w)->backend->close(w->counter);
    pthread_mutex_lock(&e->lock);
    w->counter = NULL;
    lose_counter(w);
    pthread_mutex_unlock(&e->lock);
}

static void submit_newest(worker *w)
{
    const mcpi_job *job = &w->in_flight[w->in_flight_count - 1];
    if (team_of(w)->backend->submit(w->counter, job, &w->failure) != MCPI_OK)
        drop_counter(w);
}

/* The sum of the slices, or false if a slice claims more hits than it has darts. */
static bool add_slices(const mcpi_job *job, const mcpi_counts *counts, uint64_t *hits)
{
    *hits = 0;
    for (size_t i = 0; i < counts->slices; i++) {
        if (counts->hits[i] > mcpi_slice(job, counts->slice_darts, i).darts)
            return false;
        *hits += counts->hits[i];
    }
    return true;
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
    mcpi_done_add(&e->done, (mcpi_done_range){job->first, job->darts, hits});
    memmove(w->in_flight, w->in_flight + 1, --w->in_flight_count * sizeof *w->in_flight);
    e->in_flight--;
    e->last_collect = mcpi_seconds();
    if (e->in_flight == 0 && mcpi_queue_empty(&e->queue, false))
        review_goal(e);
    pthread_cond_broadcast(&e->changed);
}

/* ---- recounting ---- */

/* A number that is the same for the same job, and otherwise anything: which slices are looked at must not be
   predictable from the job's size. The generator of the darts themselves serves. */
static uint64_t pick(const mcpi_job *job, uint64_t draw, uint64_t below)
{
    const mcpi_words words = mcpi_block(~job->seed, draw, job->first);
    return (((uint64_t)words.w[1] << 32) | words.w[0]) % below;
}

static mcpi_check check_of_slice(const worker *w, const mcpi_job *job, const mcpi_counts *counts, size_t slice)
{
    return (mcpi_check){w->team, mcpi_slice(job, counts->slice_darts, slice), counts->hits[slice]};
}

/* Offer some slices of a range, as many as the recounting workers can soon take. */
static void sample_slices(worker *w, const mcpi_job *job, const mcpi_counts *counts)
{
    engine *e = w->engine;
    const size_t waiting = mcpi_checks_of_team(&e->checks, w->team);
    for (size_t draw = waiting; draw < e->recounting && draw - waiting < counts->slices; draw++) {
        const mcpi_check check = check_of_slice(w, job, counts, pick(job, draw, counts->slices));
        if (!mcpi_checks_push(&e->checks, &check))
            return;
    }
}

static void count_mismatch(engine *e, const mcpi_check *check, const worker *by, uint64_t hits)
{
    const mcpi_device *device = &e->plan->teams[check->team].device;
    e->stopping = true;
    if (e->verify.mismatches++ == 0)
        snprintf(e->verify.first_mismatch, sizeof e->verify.first_mismatch,
                 "%s (%s) counted %" PRIu64 " hits in darts [%" PRIu64 ", %" PRIu64 "), %s (%s) counted %" PRIu64,
                 device->id, device->name, check->hits, check->job.first, check->job.first + check->job.darts,
                 team_of(by)->device.id, team_of(by)->device.name, hits);
}

/* Which slice is next: of a device nothing of which has been recounted yet, or else the oldest. */
static size_t next_check(const engine *e)
{
    if (e->plan->options.verify == MCPI_VERIFY_ON)
        for (size_t age = 0; age < e->checks.count; age++)
            if (e->recounted_darts[mcpi_checks_at(&e->checks, age)->team] == 0)
                return age;
    return 0;
}

/* Recount one slice with the worker's recounter. Called with the lock held, which it lets go meanwhile. */
static void recount(worker *w)
{
    engine *e = w->engine;
    const mcpi_backend *backend = team_of(w)->backend;
    const mcpi_check check = mcpi_checks_take(&e->checks, next_check(e));
    e->recounted_darts[check.team] += check.job.darts;
    pthread_cond_broadcast(&e->changed);
    pthread_mutex_unlock(&e->lock);

    mcpi_counts counts = {0};
    uint64_t hits = 0;
    const bool recounted = backend->submit(w->recounter, &check.job, &w->failure) == MCPI_OK &&
                           backend->collect(w->recounter, &counts, &w->failure) == MCPI_OK &&
                           add_slices(&check.job, &counts, &hits);

    pthread_mutex_lock(&e->lock);
    if (recounted) {
        w->recounted.pieces++;
        w->recounted.darts += check.job.darts;
        w->recounted.busy_seconds += counts.busy_seconds;
        if (hits != check.hits)
            count_mismatch(e, &check, w, hits);
    } else {
        e->recounted_darts[check.team] -= check.job.darts;
        backend->close(w->recounter);
        w->recounter = NULL;
        e->recounting--;
    }
    pthread_cond_broadcast(&e->changed);
}

/* May this worker recount the next slice now? */
static bool may_recount(const worker *w)
{
    const engine *e = w->engine;
    const mcpi_check *check = mcpi_checks_at(&e->checks, next_check(e));
    if (!w->recounter || !check)
        return false;
    const bool first_of_its_team = e->recounted_darts[check->team] == 0;
    if (e->plan->options.verify == MCPI_VERIFY_FULL || w->recounted.darts == 0 || first_of_its_team)
        return true;
    const double expected = (double)check->job.darts * w->recounted.busy_seconds / (double)w->recounted.darts;
    const double counted = (e->last_collect > 0.0 ? e->last_collect : mcpi_seconds()) - e->first_submit;
    return w->recounted.busy_seconds + expected <= fmax(recount_seconds, recount_share * counted);
}

/* Hand over every slice of a range, waiting for room, or making it where this worker can recount. */
static void offer_all_slices(worker *w, const mcpi_job *job, const mcpi_counts *counts)
{
    engine *e = w->engine;
    for (size_t slice = 0; slice < counts->slices; slice++) {
        const mcpi_check check = check_of_slice(w, job, counts, slice);
        while (e->recounting > 0 && !mcpi_checks_push(&e->checks, &check)) {
            if (w->recounter)
                recount(w);
            else
                pthread_cond_wait(&e->changed, &e->lock);
        }
        pthread_cond_broadcast(&e->changed);
    }
}

static void offer_slices(worker *w, const mcpi_job *job, const mcpi_counts *counts)
{
    if (!team_of(w)->recounted)
        return;
    if (w->engine->plan->options.verify == MCPI_VERIFY_FULL)
        offer_all_slices(w, job, counts);
    else
        sample_slices(w, job, counts);
}

static void collect_oldest(worker *w)
{
    engine *e = w->engine;
    const mcpi_job job = w->in_flight[0];
    mcpi_counts counts = {0};
    uint64_t hits = 0;
    mcpi_status status = team_of(w)->backend->collect(w->counter, &counts, &w->failure);
    if (status == MCPI_OK && !add_slices(&job, &counts, &hits))
        status =
            mcpi_fail(&w->failure, MCPI_DEVICE_FAILED, "%s (%s): more hits than darts in [%" PRIu64 ", %" PRIu64 ")",
                      team_of(w)->device.id, team_of(w)->device.name, job.first, job.first + job.darts);
    if (status != MCPI_OK) {
        drop_counter(w);
        return;
    }
    pthread_mutex_lock(&e->lock);
    offer_slices(w, &job, &counts);
    merge(w, &job, hits, counts.busy_seconds);
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
    if (team->counts)
        counts = backend->open(&team->device, &team->options, &counter, &w->failure);
    if (team->recounts)
        recounts = backend->open(&team->device, &team->options, &recounter, &w->failure);

    engine *e = w->engine;
    pthread_mutex_lock(&e->lock);
    w->setup_seconds = mcpi_seconds() - e->started;
    w->counter = counts == MCPI_OK ? counter : NULL;
    w->recounter = recounts == MCPI_OK ? recounter : NULL;
    e->counting -= team->counts && counts != MCPI_OK;
    e->recounting -= team->recounts && recounts != MCPI_OK;
    pthread_cond_broadcast(&e->changed);
    pthread_mutex_unlock(&e->lock);
}

static void close_worker(worker *w)
{
    if (w->counter)
        team_of(w)->backend->close(w->counter);
    if (w->recounter)
        team_of(w)->backend->close(w->recounter);
}

typedef enum action { SUBMIT, COLLECT, RECOUNT, WAIT, LEAVE } action;

/* What a worker does next. Called with the lock held. */
static action next_action(worker *w)
{
    engine *e = w->engine;
    if (may_recount(w))
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
            recount(w);
        } else {
            pthread_mutex_unlock(&e->lock);
            if (next == SUBMIT)
                submit_newest(w);
            else
                collect_oldest(w);
            pthread_mutex_lock(&e->lock);
        }
    }
    pthread_mutex_unlock(&e->lock);
    close_worker(w);
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
        .goal = e->goal,
        .counting_seconds = e->first_submit > 0.0 ? mcpi_seconds() - e->first_submit : 0.0,
    };
    pthread_mutex_unlock(&e->lock);
    const bool stop = options->stop && options->stop(options->user) != 0;
    if (options->progress)
        options->progress(options->user, &progress);
    pthread_mutex_lock(&e->lock);
    if (stop)
        e->stopping = true;
}

static void wait_a_tick(engine *e)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += (long)(tick_seconds * 1e9);
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
        stop_if_out_of_time(e);
        pthread_cond_broadcast(&e->changed);
    }
    pthread_mutex_unlock(&e->lock);
    for (size_t i = 0; i < e->worker_count; i++)
        if (e->workers[i].started)
            pthread_join(e->workers[i].thread, NULL);
}

/* ---- the result ---- */

/* What the workers of a team did in one role, added up; the rate is that of all of them at work at once. */
typedef struct team_tally {
    tally sum;
    unsigned active; /* workers that did anything */
    double rate;     /* of the active ones together */
} team_tally;

static team_tally add_up(const engine *e, size_t team, bool recounted)
{
    team_tally total = {0};
    for (size_t i = 0; i < e->worker_count; i++) {
        const worker *w = &e->workers[i];
        const tally *one = recounted ? &w->recounted : &w->counted;
        if (w->team != team || one->darts == 0)
            continue;
        total.sum.pieces += one->pieces;
        total.sum.darts += one->darts;
        total.sum.hits += one->hits;
        total.sum.busy_seconds += one->busy_seconds;
        total.rate += one->busy_seconds > 0.0 ? (double)one->darts / one->busy_seconds : 0.0;
        total.active++;
    }
    return total;
}

static mcpi_device_result device_result(const engine *e, size_t team)
{
    const team_tally total = add_up(e, team, false);
    mcpi_device_result device = {
        .device = e->plan->teams[team].device,
        .workers = e->plan->teams[team].workers,
        .ranges = total.sum.pieces,
        .darts = total.sum.darts,
        .hits = total.sum.hits,
        .recounted_darts = e->recounted_darts[team],
        .busy_seconds = total.sum.busy_seconds,
        .darts_per_second = total.rate,
        .speedup_vs_cpu = NAN,
        .speedup_vs_core = NAN,
    };
    if (e->plan->teams[team].options.kernel)
        snprintf(device.device.kernel, sizeof device.device.kernel, "%s", e->plan->teams[team].options.kernel);
    for (size_t i = 0; i < e->worker_count; i++) {
        const worker *w = &e->workers[i];
        if (w->team != team)
            continue;
        device.setup_seconds = fmax(device.setup_seconds, w->setup_seconds);
        if (w->failure.status != MCPI_OK && device.failure[0] == '\0')
            snprintf(device.failure, sizeof device.failure, "%s", w->failure.message);
    }
    return device;
}

static void finish_verify(engine *e)
{
    mcpi_verify_result *verify = &e->verify;
    for (size_t team = 0; team < e->plan->team_count; team++) {
        const mcpi_team *recounting = &e->plan->teams[team];
        if (!recounting->recounts)
            continue;
        const team_tally total = add_up(e, team, true);
        verify->slices += total.sum.pieces;
        verify->darts += total.sum.darts;
        verify->workers += total.active;
        verify->busy_seconds += total.sum.busy_seconds;
        verify->darts_per_second += total.rate;
        snprintf(verify->kernel, sizeof verify->kernel, "%s",
                 recounting->options.kernel ? recounting->options.kernel : recounting->device.kernel);
    }
}

/* The rate of one CPU worker, from the ranges the CPU counted or else from the slices it recounted; 0 if unknown.
   Teams that count come first: a recount of the CPU's own ranges, by its slowest kernel, does not speak for it. */
static double core_rate(const engine *e)
{
    for (size_t team = 0; team < e->plan->team_count; team++) {
        const mcpi_team *cpu = &e->plan->teams[team];
        const team_tally total = add_up(e, team, !cpu->counts);
        if (cpu->device.kind == MCPI_CPU && total.active > 0)
            return total.rate / total.active;
    }
    return 0.0;
}

static unsigned cpu_workers(const engine *e)
{
    for (size_t team = 0; team < e->plan->team_count; team++)
        if (e->plan->teams[team].device.kind == MCPI_CPU)
            return e->plan->teams[team].workers;
    return 0;
}

static mcpi_result *result_of(const engine *e)
{
    mcpi_result *result = calloc(1, sizeof *result);
    mcpi_device_result *devices = calloc(e->plan->team_count, sizeof *devices);
    if (!result || !devices) {
        free(result);
        free(devices);
        return NULL;
    }
    const mcpi_options *options = &e->plan->options;
    const mcpi_done_range prefix = mcpi_done_prefix(&e->done, options->first);
    *result = (mcpi_result){
        .seed = options->seed,
        .stream = options->stream,
        .first = options->first,
        .darts = prefix.darts,
        .hits = prefix.hits,
        .estimate = mcpi_estimate_from(prefix.darts, prefix.hits),
        .setup_seconds = (e->first_submit > 0.0 ? e->first_submit : mcpi_seconds()) - e->started,
        .counting_seconds = e->last_collect > 0.0 ? e->last_collect - e->first_submit : 0.0,
        .verify = e->verify,
        .devices = devices,
    };
    const double core = core_rate(e);
    for (size_t team = 0; team < e->plan->team_count; team++) {
        if (!e->plan->teams[team].counts)
            continue;
        mcpi_device_result *device = &devices[result->device_count++];
        *device = device_result(e, team);
        if (device->device.kind == MCPI_CPU) {
            device->speedup_vs_cpu = 1.0;
        } else if (core > 0.0 && device->darts > 0) {
            device->speedup_vs_core = device->darts_per_second / core;
            device->speedup_vs_cpu = device->speedup_vs_core / cpu_workers(e);
        }
    }
    result->total_seconds = mcpi_seconds() - e->started;
    return result;
}

/* The first failure speaks for a run that its workers could not finish. */
static mcpi_status fail_as_worker(const engine *e, const char *what, mcpi_error *error)
{
    for (size_t i = 0; i < e->worker_count; i++) {
        const mcpi_error *failure = &e->workers[i].failure;
        if (failure->status != MCPI_OK)
            return mcpi_fail(error, failure->status, "%s: %s", what, failure->message);
    }
    return mcpi_fail(error, MCPI_DEVICE_FAILED, "%s", what);
}

static mcpi_status outcome(const engine *e, mcpi_error *error)
{
    if (e->verify.mismatches > 0)
        return mcpi_fail(error, MCPI_MISMATCH, "counts disagree: %s", e->verify.first_mismatch);
    if (!e->goal_met && e->counting == 0)
        return fail_as_worker(e, "no worker is left to count", error);
    if (e->plan->options.verify == MCPI_VERIFY_FULL && e->verify.darts < e->darts)
        return fail_as_worker(e, "not all could be recounted", error);
    if (!e->goal_met && !e->timed_out)
        return mcpi_fail(error, MCPI_STOPPED, "stopped on request");
    return MCPI_OK;
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
    e->recounted_darts = calloc(e->plan->team_count, sizeof *e->recounted_darts);
    const size_t sampled = e->plan->team_count * e->recounting;
    /* Between any two ranges that are apart lies one that is in flight or was given back. */
    return e->workers && e->recounted_darts &&
           mcpi_queue_init(&e->queue, options->first, options->first + e->goal, slots) &&
           mcpi_done_init(&e->done, slots + 1) &&
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
    free(e->recounted_darts);
    free(e->workers);
}

mcpi_status mcpi_engine_run(const mcpi_plan *plan, mcpi_result **result, mcpi_error *error)
{
    engine e = {.plan = plan, .started = mcpi_seconds()};
    mcpi_status status = MCPI_NO_MEMORY;
    *result = NULL;
    init_lock(&e);
    if (prepare(&e)) {
        start_workers(&e);
        watch(&e);
        finish_verify(&e);
        status = outcome(&e, error);
        *result = result_of(&e);
    }
    if (!*result)
        status = mcpi_fail(error, MCPI_NO_MEMORY, "cannot run: out of memory");
    else
        (*result)->complete = status == MCPI_OK;
    destroy(&e);
    return status;
}

void mcpi_result_free(mcpi_result *result)
{
    if (result)
        free(result->devices);
    free(result);
}
