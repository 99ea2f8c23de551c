/*
 * Recounts check counts. Workers of another device, or with another kernel, count slices of ranges again and must get
 * the same integer. If they do not, the definition decides which of the two is wrong, and other teams count again all
 * that the wrong team has counted. With MCPI_VERIFY_ON the slices are samples within a time budget, with at least one
 * for each kernel that counted on each device. With MCPI_VERIFY_FULL they are all slices.
 *
 * Sampled slices of a team wait in a room of limited size. Once it is full, a new slice takes the place of a random
 * one, and each range offers slices in proportion to its part of what its team has counted so far. So the slices that
 * wait when the counting ends represent the whole run: a short run spends most of its time budget on them.
 */
#include "engine/recount.h"

#include <inttypes.h>
#include <math.h>
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

/* At least 1: only a sampled team asks. */
static size_t sampled_teams(const engine *e)
{
    size_t count = 0;
    for (size_t team = 0; team < e->plan->team_count; team++)
        count += e->plan->teams[team].recounted;
    return count > 0 ? count : 1;
}

/* Slices of a team that may wait. The room of all teams holds more than can be recounted in the time of a short run. */
static size_t waiting_room(const engine *e)
{
    const size_t room = 64 * mcpi_recounters(e);
    return (room < 1024 ? room : 1024) / sampled_teams(e) + 1;
}

/* The number of slices to offer of a range: the part of the room that it represents, but at least as many as the
   recounting workers take until the next range. */
static size_t sample_size(const worker *w, const mcpi_task *counted, size_t slices)
{
    const engine *e = w->engine;
    const double part = (double)counted->job.darts / (double)standing_of(w)->sampled_darts;
    const double least = (double)mcpi_recounters(e) / (double)sampled_teams(e);
    return (size_t)fmin(ceil(fmax(part * (double)waiting_room(e), least)), (double)slices);
}

/* `draw` decides which slice of the team makes room. Another kernel that was never recounted keeps its
   slices. */
static void offer(const worker *w, const mcpi_recount_slice *slice, uint64_t draw)
{
    mcpi_recount_queue *const queue = &w->engine->recount_queue;
    const size_t waiting = mcpi_recount_queue_of_team(queue, w->team);
    if (waiting >= waiting_room(w->engine) && !is_unchecked(w, slice->kernel)) {
        const size_t nth = mcpi_pick_slice(&slice->job, draw, waiting);
        const size_t age = mcpi_recount_queue_nth_of_team(queue, w->team, nth);
        const size_t kernel = mcpi_recount_queue_at(queue, age)->kernel;
        if (kernel != slice->kernel && mcpi_is_unchecked(w->engine, w->team, kernel))
            return;
        mcpi_recount_queue_take(queue, age);
    }
    mcpi_recount_queue_push(queue, slice); /* without memory it is not recounted */
}

/* Offer some slices of a range, one from each of equal parts of the range. */
static void sample_slices(const worker *w, const mcpi_task *counted, const mcpi_counts *counts)
{
    standing_of(w)->offered[counted->kernel] = true;
    standing_of(w)->sampled_darts += counted->job.darts;
    const size_t size = sample_size(w, counted, counts->slices);
    for (size_t i = 0; i < size; i++) {
        const size_t begin = i * counts->slices / size;
        const size_t end = (i + 1) * counts->slices / size;
        const size_t slice = begin + mcpi_pick_slice(&counted->job, i, end - begin);
        const mcpi_recount_slice check = check_of_slice(w, counted, counts, slice);
        offer(w, &check, size + i);
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
    e->standings[slice.team].taken_slices[slice.kernel]++;
    return (mcpi_task){.way = way_of(w, &slice), .purpose = MCPI_TASK_RECOUNT, .job = slice.job, .check = slice};
}

void mcpi_give_slice_back(engine *e, const mcpi_recount_slice *slice)
{
    e->standings[slice->team].taken_slices[slice->kernel]--;
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
    counted->recounted_slices++;
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
