/*
 * The course of a run.
 *
 * Every worker is a lane (lane.h) with the policy of counting.c. Workers share one queue, one set of counted ranges and
 * one lock. A worker that fails or hangs gives its ranges back to the queue; the others count them. If a device counts
 * wrong (recount.c), the run continues without it, and the others count again all ranges that it took part in.
 *
 * The result of a run is the count over its prefix: the darts from the first one up to the first missing one. When a
 * run is stopping, ranges that were given back are still counted, so no dart is missing when the last worker leaves.
 *
 * The calling thread only watches: it calls the observers, gives up workers whose driver does not answer (watchdog.h),
 * and waits for the others. Threads that it does not wait for may return later, so the last thread that uses the state
 * frees it.
 */
#include "engine/run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/status.h"
#include "engine/counting.h"
#include "engine/events.h"
#include "engine/result.h"
#include "engine/schedule.h"
#include "engine/watchdog.h"

/* The calling thread calls the observers at this interval. */
static const double tick_seconds = 0.05;

/* ---- the calling thread: with the lock held ---- */

static void call_observers(engine *e)
{
    const mcpi_options *options = &e->plan->options;
    const mcpi_record *record = &e->source->record;
    mcpi_progress progress = {
        .darts = record->darts, .hits = record->hits, .counting_seconds = mcpi_seconds_counting(e)};
    e->source->kind->progress(e->source, &progress);
    pthread_mutex_unlock(&e->lanes.lock);
    const int stop = options->stop ? options->stop(options->user) : 0;
    if (options->progress)
        options->progress(options->user, &progress);
    pthread_mutex_lock(&e->lanes.lock);
    e->source->stopping |= stop != 0;
    e->abandoned = stop == MCPI_STOP_AT_ONCE && e->source->alone;
}

/* A lane that is still being opened when the user stops the run has nothing to finish. */
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
    return e->source->more_may_come;
}

/* Wait until the observers must be called, or the source must be served or saved. */
static void wait_a_tick(engine *e, double until)
{
    mcpi_source *const source = e->source;
    if (source->saves)
        until = fmin(until, source->next_save);
    if (source->more_may_come)
        until = fmin(until, source->kind->next_service(source));
    while (goes_on(e) && !mcpi_service_is_due(e) &&
           mcpi_run_clock_wait(e->lanes.clock, &e->lanes.news, &e->lanes.lock, until))
        ;
}

static void save(engine *e)
{
    mcpi_source *const source = e->source;
    if (!source->saves)
        return;
    const mcpi_demand demand = mcpi_demand_of(e);
    source->kind->save(source, &demand);
    source->next_save = mcpi_now(e) + e->plan->options.save_seconds;
}

static bool save_is_due(const engine *e)
{
    return e->source->saves && mcpi_now(e) >= e->source->next_save;
}

/* Serve the source until nothing arrives and nothing must be reported. */
static void serve(engine *e)
{
    mcpi_source *const source = e->source;
    bool goes_on = true;
    while (source->more_may_come && goes_on) {
        goes_on = source->kind->look(source);
        /* If no worker here can count, drop the returned ranges: other processes count them. */
        if (mcpi_counters(e) == 0)
            mcpi_queue_drop_returned(&source->queue);
        if (mcpi_service_is_due(e)) {
            const mcpi_demand demand = mcpi_demand_of(e);
            source->kind->report(source, &demand);
            goes_on = true;
        }
    }
}

static void look_up(engine *e)
{
    mcpi_source *const source = e->source;
    const bool stopping = source->stopping;
    mcpi_watchdog_look(&e->lanes);
    call_observers(e);
    if (e->abandoned)
        return;
    mcpi_stop_if_out_of_time(e);
    if (source->stopping && !stopping)
        source->next_save = 0.0; /* save now: the caller may not wait for the end */
    if (save_is_due(e))
        save(e);
    pthread_cond_broadcast(&e->lanes.changed);
}

static void watch(engine *e)
{
    double next_tick = e->lanes.started + tick_seconds;
    while (goes_on(e)) {
        serve(e);
        wait_a_tick(e, next_tick);
        if (goes_on(e) && (mcpi_now(e) >= next_tick || save_is_due(e))) {
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
    mcpi_worker_options own = options;
    own.kernel = t->own_kernel;
    return (worker){
        .lane = {.backend = t->backend,
                 .device = &t->device,
                 .kernels = t->kernels,
                 .way_count = t->own_kernel[0] ? 2 : 1,
                 .ways = {[MCPI_WAY_USUAL] = options, [MCPI_WAY_OWN] = own},
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

/* False if out of memory. */
static bool prepare(engine *e)
{
    size_t workers = 0;
    for (size_t team = 0; team < e->plan->team_count; team++)
        workers += e->plan->teams[team].workers;
    e->workers = calloc(workers + 1, sizeof *e->workers);
    e->standings = calloc(e->plan->team_count + 1, sizeof *e->standings);
    if (!e->workers || !e->standings || !mcpi_recount_queue_init(&e->recount_queue, workers + MCPI_KERNELS_MAX) ||
        !mcpi_source_begin(e->source, &e->lanes, &e->recount_queue, e->plan))
        return false;
    make_workers(e);
    return true;
}

static void destroy(void *user)
{
    engine *const e = user;
    mcpi_lanes_destroy(&e->lanes);
    if (e->left_behind)
        mcpi_plan_free(&e->own_plan);
    mcpi_recount_queue_free(&e->recount_queue);
    free(e->standings);
    free(e->workers);
    free(e);
}

static const mcpi_nvtx_name names[] = {
    [MCPI_TASK_RANGE] = MCPI_NVTX_COUNT,
    [MCPI_TASK_TRIAL] = MCPI_NVTX_TRIAL,
    [MCPI_TASK_RECOUNT] = MCPI_NVTX_RECOUNT,
};

static const mcpi_lane_policy policy = {
    .names = names,
    .next = mcpi_counting_next,
    .counted = mcpi_counting_done,
    .reopens = mcpi_counting_reopens,
    .lost = mcpi_counting_lost,
    .destroy = destroy,
};

static mcpi_status conclude(engine *e, mcpi_result **result, mcpi_error *error)
{
    mcpi_sum_up_recounts(e);
    *result = e->source->failure.status == MCPI_OK ? mcpi_result_of(e) : NULL;
    return mcpi_outcome(e, error);
}

/* The state saved at the end matches the result: lanes that were left behind no longer change anything. */
static mcpi_status carry_out(engine *e, mcpi_result **result, mcpi_error *error)
{
    pthread_mutex_lock(&e->lanes.lock);
    for (mcpi_lane *lane = e->lanes.first; lane; lane = lane->next)
        mcpi_lane_start(lane);
    watch(e);
    mcpi_tell_hung_in_close(e);
    e->left_behind = mcpi_lanes_leave_behind(&e->lanes);
    if (e->source->kind->end)
        e->source->kind->end(e->source);
    const mcpi_status status = conclude(e, result, error);
    save(e);
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
    e->local.kind = &mcpi_local_source;
    e->source = plan->source ? plan->source : &e->local;
    return e;
}

mcpi_status mcpi_engine_run(mcpi_plan *plan, mcpi_result **result, mcpi_error *error)
{
    mcpi_status status = MCPI_NO_MEMORY;
    *result = NULL;
    mcpi_nvtx_begin();
    engine *const e = make_engine(plan);
    if (e && prepare(e))
        status = carry_out(e, result, error);
    if (e && e->source->failure.status != MCPI_OK)
        status = mcpi_fail(error, e->source->failure.status, "cannot run: %s", e->source->failure.message);
    else if (!*result)
        status = mcpi_fail(error, MCPI_NO_MEMORY, "cannot run: out of memory");
    if (e && e->left_behind)
        *plan = (mcpi_plan){0};
    if (e) {
        mcpi_source_free(e->source);
        mcpi_lanes_release(&e->lanes);
    }
    return status;
}
