#include "engine/schedule.h"

#include <math.h>

#include "core/slices.h"

/* MCPI_VERIFY_ON: a recounting worker may spend this time, or this share of the counting time, whichever is larger. It
   spends the time evenly over the run, as far as the duration of the run can be foreseen. */
static const double recount_seconds = 0.05;
static const double recount_share = 0.05;

/* MCPI_VERIFY_FULL: counting workers must wait while at least this many slices wait for a recount. */
static const size_t most_waiting = 1024;

/* ---- time ---- */

double mcpi_seconds_counting(const engine *e)
{
    return e->first_submit > 0.0 ? mcpi_now(e) - e->first_submit : 0.0;
}

double mcpi_seconds_left(const engine *e)
{
    const double limit = e->plan->options.time_limit_seconds;
    return limit > 0.0 ? fmax(limit - mcpi_seconds_counting(e), 0.0) : INFINITY;
}

bool mcpi_is_interrupted(const engine *e)
{
    return e->source->stopping && !e->source->timed_out;
}

/* ---- workers ---- */

size_t mcpi_counters(const engine *e)
{
    size_t count = 0;
    for (const worker *w = e->workers; w < e->workers + e->worker_count; w++)
        count += team_of(w)->counts && mcpi_lane_is_able(&w->lane);
    return count;
}

size_t mcpi_recounters(const engine *e)
{
    size_t count = 0;
    for (const worker *w = e->workers; w < e->workers + e->worker_count; w++)
        count += team_of(w)->recounts && mcpi_lane_is_able(&w->lane);
    return count;
}

static bool is_ready(const worker *w)
{
    return team_of(w)->counts && w->lane.state == MCPI_LANE_OPEN;
}

double mcpi_total_rate(const engine *e)
{
    double rate = 0.0;
    for (const worker *w = e->workers; w < e->workers + e->worker_count; w++)
        rate += is_ready(w) ? w->lane.rate : 0.0;
    return rate;
}

/* ---- ranges ---- */

mcpi_demand mcpi_demand_of(const engine *e)
{
    mcpi_demand demand = {
        .able = mcpi_counters(e) > 0,
        .recounting = mcpi_recounts_pending(e),
        .interrupted = mcpi_is_interrupted(e),
        .request = {.rate = mcpi_total_rate(e), .seconds_left = mcpi_seconds_left(e)},
    };
    for (const worker *w = e->workers; w < e->workers + e->worker_count; w++) {
        demand.ready |= is_ready(w);
        demand.request.opening += team_of(w)->counts ? team_of(w)->backend->opening_darts : 0;
    }
    return demand;
}

bool mcpi_service_is_due(const engine *e)
{
    if (!e->source->more_may_come)
        return false;
    const mcpi_demand demand = mcpi_demand_of(e);
    return e->source->kind->is_due(e->source, &demand);
}

static double busy_seconds(const worker *w)
{
    double seconds = 0.0;
    for (size_t kernel = 0; kernel < team_of(w)->kernel_count; kernel++)
        seconds += w->counted[kernel].busy_seconds;
    return seconds;
}

bool mcpi_tries_kernel(const worker *w)
{
    return mcpi_trial_is_due(&standing_of(w)->trial, busy_seconds(w));
}

uint64_t mcpi_next_darts(const worker *w, bool tries)
{
    const engine *e = w->engine;
    const mcpi_range_request request = {
        .opening = team_of(w)->backend->opening_darts,
        .previous = w->lane.previous_darts,
        .rate = w->lane.rate,
        .total_rate = mcpi_total_rate(e),
        .remaining = mcpi_queue_darts(&e->source->queue),
        .workers = mcpi_counters(e),
        .seconds = tries ? mcpi_trial_range_seconds : mcpi_range_seconds,
        .seconds_left = mcpi_seconds_left(e),
    };
    return mcpi_next_range_size(&request);
}

/* Are the recounting workers so far behind that the counting workers must wait? */
static bool recounts_are_behind(const engine *e)
{
    return e->plan->options.verify == MCPI_VERIFY_FULL && e->recount_queue.count >= most_waiting &&
           mcpi_recounters(e) > 0;
}

bool mcpi_may_take_range(const worker *w)
{
    const engine *e = w->engine;
    return team_of(w)->counts && !e->source->record.met && !mcpi_source_is_empty(e->source) && !recounts_are_behind(e);
}

/* ---- recounts ---- */

/* Darts of the ranges that a worker is counting, or of the slices that it is recounting. */
static uint64_t darts_in_flight(const worker *w, bool recounts)
{
    uint64_t darts = 0;
    for (unsigned i = 0; i < w->lane.in_flight; i++)
        darts += is_recount(&w->lane.tasks[i]) == recounts ? w->lane.tasks[i].job.darts : 0;
    return darts;
}

/* How much longer the run will count. It cannot be foreseen before rates are known, nor with a shared source. */
static double seconds_to_come(const engine *e)
{
    const double rate = mcpi_total_rate(e);
    uint64_t darts = mcpi_queue_darts(&e->source->queue);
    for (const worker *w = e->workers; w < e->workers + e->worker_count; w++)
        darts += darts_in_flight(w, false);
    return fmin(rate > 0.0 ? (double)darts / rate : 0.0, mcpi_seconds_left(e));
}

bool mcpi_is_unchecked(const engine *e, size_t team, size_t kernel)
{
    return e->standings[team].taken_slices[kernel] == 0;
}

static uint64_t taken_slices(const engine *e, size_t team)
{
    uint64_t slices = 0;
    for (size_t kernel = 0; kernel < e->plan->teams[team].kernel_count; kernel++)
        slices += e->standings[team].taken_slices[kernel];
    return slices;
}

/* Must slice `a` be recounted before the older slice `b`, while ranges are counted or after that? */
static bool precedes(const engine *e, bool counting, const mcpi_recount_slice *a, const mcpi_recount_slice *b)
{
    const bool unchecked = mcpi_is_unchecked(e, a->team, a->kernel);
    if (unchecked != mcpi_is_unchecked(e, b->team, b->kernel))
        return unchecked;
    if (taken_slices(e, a->team) != taken_slices(e, b->team))
        return taken_slices(e, a->team) < taken_slices(e, b->team);
    return counting || mcpi_pick_slice(&a->job, 0, SIZE_MAX) < mcpi_pick_slice(&b->job, 0, SIZE_MAX);
}

size_t mcpi_next_slice(const engine *e)
{
    const mcpi_recount_queue *const queue = &e->recount_queue;
    const bool counting = seconds_to_come(e) > 0.0;
    size_t next = 0;
    for (size_t age = 1; e->plan->options.verify == MCPI_VERIFY_ON && age < queue->count; age++)
        if (precedes(e, counting, mcpi_recount_queue_at(queue, age), mcpi_recount_queue_at(queue, next)))
            next = age;
    return next;
}

static bool any_unchecked_waits(const engine *e)
{
    for (size_t team = 0; team < e->plan->team_count; team++)
        for (size_t kernel = 0; kernel < e->plan->teams[team].kernel_count; kernel++)
            if (e->standings[team].offered[kernel] && mcpi_is_unchecked(e, team, kernel) &&
                mcpi_recount_queue_of_kernel(&e->recount_queue, team, kernel))
                return true;
    return false;
}

/* The time that a worker may have spent on recounts by now. */
static double recount_allowance(const engine *e)
{
    const double counted = (e->last_collect > 0.0 ? e->last_collect : mcpi_now(e)) - e->first_submit;
    const double whole = counted + seconds_to_come(e);
    return fmax(whole > 0.0 ? recount_seconds * counted / whole : recount_seconds, recount_share * counted);
}

/* Is there time for another slice of the mean size, and for the next one? Finding that takes longer. */
static bool has_time_to_recount(const worker *w)
{
    const engine *e = w->engine;
    const tally *const spent = &w->recounted;
    const double left = recount_allowance(e) - spent->elapsed_seconds;
    if (spent->elapsed_seconds / (double)spent->pieces > left)
        return false;
    const mcpi_recount_slice *const next = mcpi_recount_queue_at(&e->recount_queue, mcpi_next_slice(e));
    const double expected = (double)(next->job.darts + darts_in_flight(w, true));
    return expected * spent->elapsed_seconds / (double)spent->darts <= left;
}

bool mcpi_may_recount(const worker *w)
{
    const engine *e = w->engine;
    if (!team_of(w)->recounts || w->lane.state != MCPI_LANE_OPEN || e->recount_queue.count == 0)
        return false;
    return e->plan->options.verify == MCPI_VERIFY_FULL || w->recounted.darts == 0 || any_unchecked_waits(e) ||
           has_time_to_recount(w);
}

static bool is_recounting(const worker *w)
{
    for (unsigned i = 0; i < w->lane.in_flight; i++)
        if (is_recount(&w->lane.tasks[i]))
            return true;
    return w->judging;
}

/* Slices are waiting for a worker that is still being opened: a short run may be counted before it is open. */
static bool will_recount(const worker *w)
{
    return team_of(w)->recounts && w->lane.state == MCPI_LANE_OPENING && w->engine->recount_queue.count > 0;
}

bool mcpi_recounts_pending(const engine *e)
{
    for (const worker *w = e->workers; w < e->workers + e->worker_count; w++)
        if (is_recounting(w) || will_recount(w) || mcpi_may_recount(w))
            return true;
    return false;
}

/* Workers that can count stay until the last recount has agreed: they may have to count again what a wrong device
   counted. */
bool mcpi_is_over(const engine *e)
{
    const mcpi_source *const source = e->source;
    const bool able = mcpi_counters(e) > 0;
    if (source->taken_count > 0 || (able && (mcpi_recounts_pending(e) || source->more_may_come)))
        return false;
    return source->record.met || !able || mcpi_source_is_empty(source);
}
