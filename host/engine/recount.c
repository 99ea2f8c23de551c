/*
 * Recounts check counts. Workers of another device, or with another kernel, count slices of ranges again and must get
 * the same integer. If they do not, the definition decides which of the two is wrong, and other teams count again all
 * that the wrong team has counted. With MCPI_VERIFY_ON the slices are samples within a time budget, with at least one
 * for each kernel that counted on each device. With MCPI_VERIFY_FULL they are all slices.
 */
#include "engine/recount.h"

#include <inttypes.h>
#include <stdio.h>

#include "core/slices.h"
#include "engine/events.h"
#include "engine/schedule.h"

static mcpi_recount_slice check_of_slice(const worker *w, const mcpi_task *counted, const mcpi_counts *counts,
                                         size_t slice)
{
    return (mcpi_recount_slice){w->team, counted->kernel, mcpi_slice(&counted->job, counts->slice_darts, slice),
                                counts->hits[slice]};
}

/* Has no slice of this kernel been recounted, and is none being recounted or waiting for that? */
static bool is_unchecked(const worker *w, size_t kernel)
{
    return mcpi_is_unchecked(w->engine, w->team, kernel) &&
           !mcpi_recount_queue_of_kernel(&w->engine->recount_queue, w->team, kernel);
}

/* Offer some slices of a range: as many as the recounting workers can soon take, and at least one for each kernel. */
static void sample_slices(const worker *w, const mcpi_task *counted, const mcpi_counts *counts)
{
    engine *e = w->engine;
    const size_t waiting = mcpi_recount_queue_of_team(&e->recount_queue, w->team);
    size_t wanted = mcpi_recounters(e);
    if (waiting >= wanted && is_unchecked(w, counted->kernel))
        wanted = waiting + 1;
    for (size_t draw = waiting; draw < wanted && draw - waiting < counts->slices; draw++) {
        const size_t slice = mcpi_pick_slice(&counted->job, draw, counts->slices);
        const mcpi_recount_slice check = check_of_slice(w, counted, counts, slice);
        if (!mcpi_recount_queue_push(&e->recount_queue, &check))
            return;
    }
}

/* Withdraw all counts that this team took part in. */
static void withdraw_counts(engine *e, size_t team)
{
    const mcpi_ranges *const counted = &e->source->record.counted;
    const uint64_t teams = mcpi_team_bit(team);
    for (size_t i = 0; i < counted->count; i++)
        if (counted->ranges[i].teams & teams)
            mcpi_tell_withdrawn(e, team, &counted->ranges[i]);
    mcpi_source_withdraw(e->source, teams);
}

/* A team counted wrong: withdraw all counts that it took part in, and dismiss its workers. */
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
    mcpi_team_dismiss(e, team, false);
    mcpi_recount_queue_drop_team(&e->recount_queue, team);
    withdraw_counts(e, team);
}

void mcpi_team_dismiss(engine *e, size_t team, bool hung)
{
    for (worker *w = e->workers; w < e->workers + e->worker_count; w++)
        if (w->team == team)
            mcpi_lane_dismiss(&w->lane, hung);
}

/* Two counts of a slice agree. */
static void confirm(worker *w, const mcpi_recount_slice *check)
{
    engine *e = w->engine;
    const mcpi_job *job = &check->job;
    /* Darts that were withdrawn together with those of a team that counts wrong may have been confirmed again since. */
    if (e->plan->options.verify != MCPI_VERIFY_FULL ||
        mcpi_ranges_overlap(&e->source->record.confirmed, job->first, job->first + job->darts) > 0)
        return;
    const uint64_t teams = mcpi_team_bit(check->team) | mcpi_team_bit(w->team);
    mcpi_source_confirmed(e->source, (mcpi_counted_range){job->first, job->darts, check->hits, teams});
}

static unsigned way_of(const worker *w, const mcpi_recount_slice *slice)
{
    return slice->team == w->team ? MCPI_WAY_OWN : MCPI_WAY_USUAL;
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
                 w->lane.ways[way_of(w, check)].kernel, truth);
    if (check->hits != truth)
        distrust(e, check->team, &check->job, check->hits, truth);
    if (hits != truth)
        distrust(e, w->team, &check->job, hits, truth);
}

mcpi_task mcpi_take_slice(worker *w)
{
    engine *e = w->engine;
    const mcpi_recount_slice slice = mcpi_recount_queue_take(&e->recount_queue, mcpi_next_slice(e));
    return (mcpi_task){.way = way_of(w, &slice), .purpose = MCPI_TASK_RECOUNT, .job = slice.job, .check = slice};
}

void mcpi_give_slice_back(engine *e, const mcpi_recount_slice *slice)
{
    if (!e->standings[slice->team].wrong)
        mcpi_recount_queue_push(&e->recount_queue, slice);
}

/* Determine which of two counts is wrong. This takes a while, so the lock is released meanwhile. */
static void judge(worker *w, const mcpi_recount_slice *slice, uint64_t hits)
{
    pthread_mutex_t *const lock = &w->engine->lanes.lock;
    w->judging = true;
    pthread_mutex_unlock(lock);
    const uint64_t truth = mcpi_count_by_definition(&slice->job);
    pthread_mutex_lock(lock);
    w->judging = false;
    if (!w->lane.behind)
        count_mismatch(w, slice, hits, truth);
}

void mcpi_recounted(worker *w, const mcpi_recount_slice *slice, const mcpi_counts *counts, uint64_t hits)
{
    standing *const counted = &w->engine->standings[slice->team];
    const double darts = (double)slice->job.darts;
    w->recounted.pieces++;
    w->recounted.darts += slice->job.darts;
    w->recounted.busy_seconds += counts->busy_seconds;
    w->recounted.elapsed_seconds += counts->elapsed_seconds;
    w->recounted_squares += counts->busy_seconds > 0.0 ? darts * darts / counts->busy_seconds : 0.0;
    counted->recounted_darts[slice->kernel] += slice->job.darts;
    if (hits != slice->hits)
        judge(w, slice, hits);
    else if (!counted->wrong)
        confirm(w, slice);
}

/* If there is no memory for a slice, it is not recounted, and the run reports that. */
static void offer_all_slices(const worker *w, const mcpi_task *counted, const mcpi_counts *counts)
{
    for (size_t slice = 0; slice < counts->slices; slice++) {
        const mcpi_recount_slice check = check_of_slice(w, counted, counts, slice);
        mcpi_recount_queue_push(&w->engine->recount_queue, &check);
    }
}

void mcpi_offer_slices(const worker *w, const mcpi_task *counted, const mcpi_counts *counts)
{
    if (!team_of(w)->recounted || mcpi_recounters(w->engine) == 0)
        return;
    if (w->engine->plan->options.verify == MCPI_VERIFY_FULL)
        offer_all_slices(w, counted, counts);
    else
        sample_slices(w, counted, counts);
}
