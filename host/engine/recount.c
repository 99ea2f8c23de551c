/*
 * Checking what was counted. Slices of ranges are counted again by workers of another device, or by another kernel, and
 * must come to the same integer. With MCPI_VERIFY_ON they are samples, taken as far as the budget goes, but at least
 * one of every device; with MCPI_VERIFY_FULL they are all there are.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "engine/state.h"
#include "mcpi/dart.h"

/* MCPI_VERIFY_ON: the time a recounting worker may spend is this, or this share of the time counted, the larger. */
static const double recount_seconds = 0.05;
static const double recount_share = 0.05;

bool mcpi_add_slices(const mcpi_job *job, const mcpi_counts *counts, uint64_t *hits)
{
    *hits = 0;
    for (size_t i = 0; i < counts->slices; i++) {
        if (counts->hits[i] > mcpi_slice(job, counts->slice_darts, i).darts)
            return false;
        *hits += counts->hits[i];
    }
    return true;
}

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

void mcpi_recount(worker *w)
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
                           mcpi_add_slices(&check.job, &counts, &hits);

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

bool mcpi_may_recount(const worker *w)
{
    const engine *e = w->engine;
    if (!w->recounter || e->checks.count == 0)
        return false;
    const mcpi_check *check = mcpi_checks_at(&e->checks, next_check(e));
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
                mcpi_recount(w);
            else
                pthread_cond_wait(&e->changed, &e->lock);
        }
        pthread_cond_broadcast(&e->changed);
    }
}

void mcpi_offer_slices(worker *w, const mcpi_job *job, const mcpi_counts *counts)
{
    if (!team_of(w)->recounted)
        return;
    if (w->engine->plan->options.verify == MCPI_VERIFY_FULL)
        offer_all_slices(w, job, counts);
    else
        sample_slices(w, job, counts);
}
