#include "engine/counting.h"

#include <string.h>

#include "core/slices.h"
#include "engine/events.h"
#include "engine/recount.h"
#include "engine/schedule.h"
#include "stats/dispersion.h"

static worker *worker_of(mcpi_lane *lane)
{
    return (worker *)lane;
}

/* ---- the next task ---- */

/* Profilers record from the first range of any GPU worker until the first of these workers has nothing left to do. */
static void tell_profilers(worker *w, bool counting)
{
    engine *e = w->engine;
    if (!e->plan->options.profile || !team_of(w)->backend->profile || e->profiling == counting)
        return;
    e->profiling = counting;
    w->lane.profile = counting ? MCPI_PROFILE_BEGIN : MCPI_PROFILE_END;
}

static void note_first_submit(worker *w)
{
    engine *e = w->engine;
    standing *const s = standing_of(w);
    if (s->first_submit <= 0.0)
        s->first_submit = mcpi_now(e);
    if (e->first_submit <= 0.0)
        e->first_submit = s->first_submit;
}

void mcpi_stop_if_out_of_time(engine *e)
{
    mcpi_source *const source = e->source;
    if (!source->stopping && mcpi_seconds_left(e) <= 0.0)
        source->stopping = source->timed_out = true;
}

/* Wake the calling thread, which watches the run, if it must serve the source at once. */
static void call_if_due(engine *e)
{
    if (mcpi_service_is_due(e))
        pthread_cond_signal(&e->lanes.news);
}

static bool take_range(worker *w, mcpi_task *task)
{
    engine *e = w->engine;
    mcpi_trial *const trial = &standing_of(w)->trial;
    mcpi_stop_if_out_of_time(e);
    if (!mcpi_may_take_range(w))
        return false;
    const bool tries = mcpi_tries_kernel(w);
    const mcpi_range range = mcpi_source_take(e->source, mcpi_next_darts(w, tries));
    note_first_submit(w);
    tell_profilers(w, true);
    *task = (mcpi_task){
        .purpose = tries ? MCPI_TASK_TRIAL : MCPI_TASK_RANGE,
        .job = {e->plan->options.seed, e->plan->options.stream, range.first, range.darts},
        .kernel = tries ? mcpi_trial_take(trial) : trial->kept,
    };
    mcpi_tell_task(w, MCPI_EVENT_TAKEN, task, 0);
    call_if_due(e);
    return true;
}

static bool take_slice(worker *w, mcpi_task *task)
{
    if (!mcpi_may_recount(w))
        return false;
    *task = mcpi_take_slice(w);
    return true;
}

static void note_opened(worker *w)
{
    if (!w->opened)
        mcpi_tell_opened(w);
    w->opened = true;
}

mcpi_step mcpi_counting_next(mcpi_lane *lane, mcpi_task *task)
{
    worker *const w = worker_of(lane);
    note_opened(w);
    if (lane->in_flight < lane->backend->in_flight && (take_slice(w, task) || take_range(w, task)))
        return MCPI_STEP_SUBMIT;
    if (lane->in_flight > 0)
        return MCPI_STEP_COLLECT;
    if (!mcpi_is_over(w->engine))
        return MCPI_STEP_WAIT;
    tell_profilers(w, false);
    return MCPI_STEP_LEAVE;
}

/* ---- results ---- */

/* Add how far the counts of the slices of a range scatter. */
static void add_dispersion(worker *w, const mcpi_job *job, const mcpi_counts *counts)
{
    mcpi_dispersion *const sum = &standing_of(w)->dispersion;
    for (size_t i = 0; i < counts->slices; i++) {
        const mcpi_job slice = mcpi_slice(job, counts->slice_darts, i);
        if (mcpi_dispersion_add(sum, slice.first, slice.darts, counts->hits[i]))
            memcpy(sum->largest_device, team_of(w)->device.id, sizeof sum->largest_device);
    }
}

/* The rate that sizes later ranges comes from usual ranges, not from those of the trial. */
static void note_rate(worker *w, const mcpi_task *counted, double rate)
{
    mcpi_trial *const trial = &standing_of(w)->trial;
    if (counted->purpose == MCPI_TASK_TRIAL && counted->not_loaded) {
        mcpi_trial_lose(trial);
    } else if (counted->purpose == MCPI_TASK_TRIAL) {
        mcpi_trial_add(trial, counted->kernel, rate);
        return;
    }
    w->lane.rate = rate;
    w->lane.previous_darts = counted->job.darts;
}

static void merge(worker *w, const mcpi_task *counted, const mcpi_counts *counts, uint64_t hits)
{
    engine *e = w->engine;
    const mcpi_job *job = &counted->job;
    tally *mine = &w->counted[counted->kernel];
    note_rate(w, counted, counts->elapsed_seconds > 0.0 ? (double)job->darts / counts->elapsed_seconds : 0.0);
    mine->pieces++;
    mine->darts += job->darts;
    mine->hits += hits;
    mine->busy_seconds += counts->busy_seconds;
    e->last_collect = standing_of(w)->last_collect = mcpi_now(e);
    mcpi_source_counted(e->source, (mcpi_counted_range){job->first, job->darts, hits, mcpi_team_bit(w->team)});
    call_if_due(e);
}

void mcpi_counting_done(mcpi_lane *lane, const mcpi_task *task, const mcpi_counts *counts, uint64_t hits)
{
    worker *const w = worker_of(lane);
    w->failed_restarts = 0;
    mcpi_tell_task(w, is_recount(task) ? MCPI_EVENT_RECOUNTED : MCPI_EVENT_COUNTED, task, hits);
    if (is_recount(task)) {
        mcpi_recounted(w, &task->check, counts, hits);
        if (!lane->behind) /* the source of a run that left this lane behind may be gone */
            call_if_due(w->engine);
        return;
    }
    add_dispersion(w, &task->job, counts);
    mcpi_offer_slices(w, task, counts);
    mcpi_nvtx_push(MCPI_NVTX_MERGE, NULL, lane->device->id, task->job.darts);
    merge(w, task, counts, hits);
    mcpi_nvtx_pop();
}

/* ---- lost workers ---- */

static void give_back(worker *w, const mcpi_task *lost)
{
    engine *e = w->engine;
    mcpi_tell_task(w, is_recount(lost) ? MCPI_EVENT_NOT_RECOUNTED : MCPI_EVENT_GIVEN_BACK, lost, 0);
    if (is_recount(lost)) {
        mcpi_give_slice_back(e, &lost->check);
        return;
    }
    mcpi_source_give_back(e->source, (mcpi_range){lost->job.first, lost->job.darts});
    if (lost->purpose == MCPI_TASK_TRIAL)
        mcpi_trial_lose(&standing_of(w)->trial);
}

static void give_all_back(worker *w)
{
    for (unsigned i = 0; i < w->lane.in_flight; i++)
        give_back(w, &w->lane.tasks[i]);
    w->lane.in_flight = 0;
}

/* A process that ends again and again without counting anything would do so forever. */
bool mcpi_counting_reopens(mcpi_lane *lane, const mcpi_error *error)
{
    enum { most_failed_restarts = 8 };
    worker *const w = worker_of(lane);
    if (error->status == MCPI_MISMATCH || w->failed_restarts == most_failed_restarts)
        return false;
    mcpi_tell_restarted(w, error);
    if (w->restarts++ == 0)
        w->first_restart = *error;
    w->failed_restarts++;
    give_all_back(w);
    return true;
}

/* A CPU does not hang. Only a process on it does, for example if it was stopped. */
static bool device_hangs(const worker *w)
{
    return w->lane.hung && (team_of(w)->device.kind == MCPI_GPU || !team_of(w)->worker_program);
}

/* If the device hangs, its other workers are lost as well. */
void mcpi_counting_lost(mcpi_lane *lane)
{
    worker *const w = worker_of(lane);
    mcpi_tell_lost(w);
    give_all_back(w);
    if (device_hangs(w))
        mcpi_team_dismiss(w->engine, w->team, true);
    if (mcpi_is_over(w->engine))
        tell_profilers(w, false);
}
