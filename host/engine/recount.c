/*
 * Checking what was counted. Slices of ranges are counted again by workers of another device, or by another kernel, and
 * must come to the same integer. Where they do not, the definition says which of the two is wrong, and what that team
 * counted so far is given to others. With MCPI_VERIFY_ON they are samples, taken as far as the budget goes, but at
 * least one of every kernel that counted on every device; with MCPI_VERIFY_FULL they are all there are.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "core/slices.h"
#include "engine/nvtx.h"
#include "engine/run_state.h"

/* MCPI_VERIFY_ON: the time a recounting worker may spend is this, or this share of the time counted, the larger. */
static const double recount_seconds = 0.05;
static const double recount_share = 0.05;

static mcpi_recount_slice check_of_slice(const worker *w, const flight *counted, const mcpi_counts *counts,
                                         size_t slice)
{
    return (mcpi_recount_slice){w->team, counted->kernel, mcpi_slice(&counted->job, counts->slice_darts, slice),
                                counts->hits[slice]};
}

/* Is nothing of this kernel recounted, or waiting for it? */
static bool is_unchecked(const worker *w, size_t kernel)
{
    return standing_of(w)->recounted_darts[kernel] == 0 &&
           !mcpi_recount_queue_of_kernel(&w->engine->recount_queue, w->team, kernel);
}

/* Offer some slices of a range, as many as the recounting workers can soon take, and at least one of every kernel. */
static void sample_slices(worker *w, const flight *counted, const mcpi_counts *counts)
{
    engine *e = w->engine;
    const size_t waiting = mcpi_recount_queue_of_team(&e->recount_queue, w->team);
    size_t wanted = e->recounting;
    if (waiting >= wanted && wanted > 0 && is_unchecked(w, counted->kernel))
        wanted = waiting + 1;
    for (size_t draw = waiting; draw < wanted && draw - waiting < counts->slices; draw++) {
        const size_t slice = mcpi_pick_slice(&counted->job, draw, counts->slices);
        const mcpi_recount_slice check = check_of_slice(w, counted, counts, slice);
        if (!mcpi_recount_queue_push(&e->recount_queue, &check))
            return;
    }
}

/* Take back what these teams had a part in, and the goal that was planned from it. */
static void withdraw_counts(engine *e, uint64_t teams)
{
    e->share.replaces = true;
    e->next_save = 0.0;
    e->withdrawn = true;
    pthread_cond_signal(&e->wanted);
    mcpi_ranges_take(&e->confirmed, teams);
    const size_t taken = mcpi_ranges_take(&e->counted, teams);
    /* With a pool they are the pool's to hand out again. */
    if (e->plan->pool) {
        mcpi_add_up_counts(e);
        return;
    }
    for (const mcpi_counted_range *range = e->counted.ranges + e->counted.count, *end = range + taken; range < end;
         range++)
        mcpi_queue_give_back(&e->queue, (mcpi_range){range->first, range->darts});
    mcpi_plan_goal(e);
    const uint64_t end = e->plan->options.first + e->goal;
    e->queue.end = end > e->queue.next ? end : e->queue.next;
}

/* A team counted wrong. Take back all it had a part in; its workers will see that they are not wanted any more. */
static void distrust(engine *e, size_t team, const mcpi_job *job, uint64_t hits, uint64_t truth)
{
    const mcpi_device *device = &e->plan->teams[team].device;
    standing *wrong = &e->standings[team];
    if (wrong->wrong)
        return;
    wrong->wrong = true;
    snprintf(wrong->verdict, sizeof wrong->verdict,
             "%s (%s) counted wrong: %" PRIu64 " hits in darts [%" PRIu64 ", %" PRIu64 "), which have %" PRIu64
             "; all that it counted was taken back",
             device->id, device->name, hits, job->first, job->first + job->darts, truth);
    mcpi_recount_queue_drop_team(&e->recount_queue, team);
    withdraw_counts(e, mcpi_team_bit(team));
}

/* Two counts of a slice agree. */
static void confirm(worker *w, const mcpi_recount_slice *check)
{
    engine *e = w->engine;
    const mcpi_job *job = &check->job;
    /* Darts that were withdrawn together with those of a team that counts wrong may have been confirmed again since. */
    if (e->plan->options.verify != MCPI_VERIFY_FULL ||
        mcpi_ranges_overlap(&e->confirmed, job->first, job->first + job->darts) > 0)
        return;
    const uint64_t teams = mcpi_team_bit(check->team) | mcpi_team_bit(w->team);
    mcpi_keep_count(e, &e->confirmed, &e->share.confirmed,
                    (mcpi_counted_range){job->first, job->darts, check->hits, teams});
}

static void count_mismatch(worker *w, const mcpi_recount_slice *check, uint64_t hits, uint64_t truth)
{
    engine *e = w->engine;
    const mcpi_team *team = &e->plan->teams[check->team];
    if (e->standings[check->team].wrong)
        return;
    if (e->verify.mismatches++ == 0)
        snprintf(e->verify.first_mismatch, sizeof e->verify.first_mismatch,
                 "%s (%s) counted %" PRIu64 " hits in darts [%" PRIu64 ", %" PRIu64 ") with kernel %s, %s (%s) counted "
                 "%" PRIu64 " with kernel %s, by definition there are %" PRIu64,
                 team->device.id, team->device.name, check->hits, check->job.first, check->job.first + check->job.darts,
                 team->kernels[check->kernel], team_of(w)->device.id, team_of(w)->device.name, hits,
                 team_of(w)->kernels[0], truth);
    if (check->hits != truth)
        distrust(e, check->team, &check->job, check->hits, truth);
    if (hits != truth)
        distrust(e, w->team, &check->job, hits, truth);
}

static bool is_first_of_its_kernel(const engine *e, const mcpi_recount_slice *check)
{
    return e->standings[check->team].recounted_darts[check->kernel] == 0;
}

/* Which slice is next: of a kernel of a device nothing of which has been recounted yet, or else the oldest. */
static size_t next_check(const engine *e)
{
    if (e->plan->options.verify == MCPI_VERIFY_ON)
        for (size_t age = 0; age < e->recount_queue.count; age++)
            if (is_first_of_its_kernel(e, mcpi_recount_queue_at(&e->recount_queue, age)))
                return age;
    return 0;
}

static bool recount_slice(worker *w, const mcpi_job *slice, mcpi_counts *counts, uint64_t *hits)
{
    const mcpi_backend *backend = team_of(w)->backend;
    return backend->submit(w->recounter, slice, &w->failure) == MCPI_OK &&
           backend->collect(w->recounter, counts, &w->failure) == MCPI_OK && mcpi_add_slices(slice, counts, hits);
}

void mcpi_drop_recounter(worker *w)
{
    engine *e = w->engine;
    mcpi_close_handle(w, w->recounter, standing_of(w)->hung);
    w->recounter = NULL;
    e->recounting--;
    pthread_cond_broadcast(&e->changed);
}

void mcpi_forget_recount(worker *w)
{
    engine *e = w->engine;
    e->standings[w->in_hand.team].recounted_darts[w->in_hand.kernel] -= w->in_hand.job.darts;
    w->in_hand = (mcpi_recount_slice){0};
}

void mcpi_recount(worker *w)
{
    engine *e = w->engine;
    const mcpi_recount_slice check = mcpi_recount_queue_take(&e->recount_queue, next_check(e));
    w->in_hand = check;
    e->standings[check.team].recounted_darts[check.kernel] += check.job.darts;
    pthread_cond_broadcast(&e->changed);
    pthread_mutex_unlock(&e->lock);

    mcpi_counts counts = {0};
    uint64_t hits = 0;
    mcpi_nvtx_push(MCPI_NVTX_RECOUNT, NULL, team_of(w)->device.id, check.job.darts);
    const double begin = mcpi_now(e);
    const bool recounted = recount_slice(w, &check.job, &counts, &hits);
    counts.busy_seconds = mcpi_without_pause(w, counts.busy_seconds, begin);
    const uint64_t truth = recounted && hits != check.hits ? mcpi_count_by_definition(&check.job) : hits;
    mcpi_nvtx_pop();

    pthread_mutex_lock(&e->lock);
    if (recounted) {
        w->in_hand = (mcpi_recount_slice){0};
        w->recounted.pieces++;
        w->recounted.darts += check.job.darts;
        w->recounted.busy_seconds += counts.busy_seconds;
        if (hits != check.hits)
            count_mismatch(w, &check, hits, truth);
        else if (!e->standings[check.team].wrong && !standing_of(w)->wrong)
            confirm(w, &check);
    } else {
        mcpi_forget_recount(w);
        mcpi_drop_recounter(w);
    }
    mcpi_call_if_due(e);
    pthread_cond_broadcast(&e->changed);
}

bool mcpi_may_recount(const worker *w)
{
    const engine *e = w->engine;
    if (!w->recounter || e->recount_queue.count == 0)
        return false;
    const mcpi_recount_slice *check = mcpi_recount_queue_at(&e->recount_queue, next_check(e));
    if (e->plan->options.verify == MCPI_VERIFY_FULL || w->recounted.darts == 0 || is_first_of_its_kernel(e, check))
        return true;
    const double expected = (double)check->job.darts * w->recounted.busy_seconds / (double)w->recounted.darts;
    const double counted = (e->last_collect > 0.0 ? e->last_collect : mcpi_now(e)) - e->first_submit;
    return w->recounted.busy_seconds + expected <= fmax(recount_seconds, recount_share * counted);
}

/* Slices wait for it, but it is still being opened: a short run may have been counted by then. */
static bool will_recount(const worker *w)
{
    return team_of(w)->recounts && !w->opened && w->engine->recount_queue.count > 0;
}

bool mcpi_recounts_pending(const engine *e)
{
    for (size_t i = 0; i < e->worker_count; i++) {
        const worker *w = &e->workers[i];
        if (w->in_hand.job.darts > 0 || will_recount(w) || mcpi_may_recount(w))
            return true;
    }
    return false;
}

/* Hand over every slice of a range, waiting for room, or making it where this worker can recount. */
static void offer_all_slices(worker *w, const flight *counted, const mcpi_counts *counts)
{
    engine *e = w->engine;
    for (size_t slice = 0; slice < counts->slices; slice++) {
        const mcpi_recount_slice check = check_of_slice(w, counted, counts, slice);
        while (e->recounting > 0 && !is_dismissed(w) && !mcpi_recount_queue_push(&e->recount_queue, &check)) {
            if (w->recounter)
                mcpi_recount(w);
            else
                pthread_cond_wait(&e->changed, &e->lock);
        }
        pthread_cond_broadcast(&e->changed);
    }
}

void mcpi_offer_slices(worker *w, const flight *counted, const mcpi_counts *counts)
{
    if (!team_of(w)->recounted)
        return;
    if (w->engine->plan->options.verify == MCPI_VERIFY_FULL)
        offer_all_slices(w, counted, counts);
    else
        sample_slices(w, counted, counts);
}
