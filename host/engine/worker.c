/*
 * A worker's thread. What it is to do next it asks under the lock, a few dozen times a second: take a range and submit
 * it, collect its oldest one, recount a slice, wait, or leave.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "core/c_locale.h"
#include "core/slices.h"
#include "core/status.h"
#include "engine/nvtx.h"
#include "engine/run_state.h"
#include "stats/dispersion.h"

/* ---- ranges ---- */

/* Whoever can count stays until the last recount has agreed: it may still have to count for one who was wrong. */
static bool over(const engine *e)
{
    if (e->in_flight > 0 || (e->counting > 0 && (mcpi_recounts_pending(e) || mcpi_more_may_come(e))))
        return false;
    return e->goal_met || e->counting == 0 || mcpi_queue_empty(&e->queue, e->stopping);
}

double mcpi_total_rate(const engine *e)
{
    double rate = 0.0;
    for (size_t i = 0; i < e->worker_count; i++)
        rate += e->workers[i].counter ? e->workers[i].rate : 0.0;
    return rate;
}

static uint64_t next_darts(const worker *w, bool trial)
{
    const engine *e = w->engine;
    const mcpi_portion portion = {
        .opening = team_of(w)->backend->opening_darts,
        .previous = w->previous_darts,
        .rate = w->rate,
        .total_rate = mcpi_total_rate(e),
        .remaining = mcpi_queue_darts(&e->queue),
        .workers = e->counting,
        .seconds = trial ? mcpi_trial_range_seconds : mcpi_range_seconds,
        .seconds_left = mcpi_seconds_left(e),
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

static double busy_seconds(const worker *w)
{
    double seconds = 0.0;
    for (size_t kernel = 0; kernel < team_of(w)->kernel_count; kernel++)
        seconds += w->counted[kernel].busy_seconds;
    return seconds;
}

static bool take_range(worker *w)
{
    engine *e = w->engine;
    mcpi_trial *const trial = &standing_of(w)->trial;
    const bool tries = mcpi_trial_is_due(trial, busy_seconds(w));
    mcpi_range range;
    mcpi_stop_if_out_of_time(e);
    if (!mcpi_queue_take(&e->queue, next_darts(w, tries), e->stopping, &range))
        return false;
    if (w->first_submit <= 0.0)
        w->first_submit = mcpi_now(e);
    if (e->first_submit <= 0.0)
        e->first_submit = w->first_submit;
    tell_profilers(w, true);
    w->in_flight[w->in_flight_count++] = (flight){
        .job = {e->plan->options.seed, e->plan->options.stream, range.first, range.darts},
        .kernel = tries ? mcpi_trial_take(trial) : trial->kept,
        .trial = tries,
    };
    e->in_flight++;
    mcpi_call_if_due(e);
    return true;
}

/* ---- counting ---- */

void mcpi_close_handle(const worker *w, void *handle, bool hung)
{
    const mcpi_backend *backend = team_of(w)->backend;
    (hung && backend->abandon ? backend->abandon : backend->close)(handle);
}

/* What this worker has in flight, for others to count. With the lock held. */
static void give_ranges_back(worker *w)
{
    engine *e = w->engine;
    for (unsigned i = 0; i < w->in_flight_count; i++) {
        const flight *lost = &w->in_flight[i];
        mcpi_queue_give_back(&e->queue, (mcpi_range){lost->job.first, lost->job.darts});
        if (lost->trial)
            mcpi_trial_lose(&standing_of(w)->trial);
    }
    e->in_flight -= w->in_flight_count;
    w->in_flight_count = 0;
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
    give_ranges_back(w);
    e->counting--;
    mcpi_call_if_due(e);
    pthread_cond_broadcast(&e->changed);
    pthread_mutex_unlock(&e->lock);
    mcpi_close_handle(w, counter, hung);
}

/* The kernel of the newest range cannot be loaded: the preferred one, which could, counts it. Takes the lock. */
static void count_without_trial(worker *w)
{
    engine *e = w->engine;
    flight *newest = &w->in_flight[w->in_flight_count - 1];
    pthread_mutex_lock(&e->lock);
    if (newest->trial)
        mcpi_trial_lose(&standing_of(w)->trial);
    newest->trial = false;
    newest->kernel = 0;
    pthread_mutex_unlock(&e->lock);
    team_of(w)->backend->select(w->counter, team_of(w)->kernels[0]);
}

static void submit_newest(worker *w)
{
    const mcpi_backend *backend = team_of(w)->backend;
    const flight *newest = &w->in_flight[w->in_flight_count - 1];
    if (backend->select && !backend->select(w->counter, team_of(w)->kernels[newest->kernel]))
        count_without_trial(w);
    if (backend->submit(w->counter, &newest->job, &w->failure) != MCPI_OK)
        drop_counter(w);
}

/* The CPU measures by the clock on the wall, which goes on while the process is stopped. A GPU has its own clock, and
   goes on as well. */
double mcpi_without_pause(const worker *w, double busy_seconds, double begin)
{
    return team_of(w)->device.kind == MCPI_CPU ? fmin(busy_seconds, mcpi_now(w->engine) - begin) : busy_seconds;
}

/* How the slices of a range scatter. */
static mcpi_dispersion dispersion_of(const mcpi_job *job, const mcpi_counts *counts)
{
    mcpi_dispersion dispersion = {0};
    for (size_t i = 0; i < counts->slices; i++)
        mcpi_dispersion_add(&dispersion, mcpi_slice(job, counts->slice_darts, i).darts, counts->hits[i]);
    return dispersion;
}

/* The size of later ranges follows the usual ones, not those of the trial. */
static void note_rate(worker *w, const flight *counted, double rate)
{
    if (counted->trial) {
        mcpi_trial_add(&standing_of(w)->trial, counted->kernel, rate);
    } else {
        w->rate = rate;
        w->previous_darts = counted->job.darts;
    }
}

void mcpi_keep_count(engine *e, mcpi_ranges *set, mcpi_ranges *unreported, mcpi_counted_range range)
{
    e->stopping |= mcpi_ranges_add(set, range, &e->failure) != MCPI_OK;
    range.teams = MCPI_NO_TEAM;
    /* What cannot be added to the next report is in the sets that replace it. */
    if (e->plan->pool && mcpi_ranges_add(unreported, range, NULL) != MCPI_OK)
        e->share.replaces = true;
}

static void merge(worker *w, uint64_t hits, double busy_seconds)
{
    engine *e = w->engine;
    const flight counted = w->in_flight[0];
    const mcpi_job *job = &counted.job;
    tally *mine = &w->counted[counted.kernel];
    note_rate(w, &counted, busy_seconds > 0.0 ? (double)job->darts / busy_seconds : 0.0);
    mine->pieces++;
    mine->darts += job->darts;
    mine->hits += hits;
    mine->busy_seconds += busy_seconds;
    e->darts += job->darts;
    e->hits += hits;
    mcpi_keep_count(e, &e->counted, &e->share.counted,
                    (mcpi_counted_range){job->first, job->darts, hits, mcpi_team_bit(w->team)});
    w->in_flight_count--;
    memmove(w->in_flight, w->in_flight + 1, w->in_flight_count * sizeof *w->in_flight);
    e->in_flight--;
    e->last_collect = mcpi_now(e);
    if (e->in_flight == 0 && mcpi_queue_empty(&e->queue, false) && !e->plan->pool && e->failure.status == MCPI_OK)
        mcpi_review_goal(e);
    mcpi_call_if_due(e);
    pthread_cond_broadcast(&e->changed);
}

static void collect_oldest(worker *w)
{
    engine *e = w->engine;
    const flight oldest = w->in_flight[0];
    const mcpi_job job = oldest.job;
    mcpi_counts counts = {0};
    uint64_t hits = 0;
    mcpi_nvtx_push(oldest.trial ? MCPI_NVTX_TRIAL : MCPI_NVTX_COUNT, team_of(w)->kernels[oldest.kernel],
                   team_of(w)->device.id, job.darts);
    const double begin = mcpi_now(e);
    mcpi_status status = team_of(w)->backend->collect(w->counter, &counts, &w->failure);
    counts.busy_seconds = mcpi_without_pause(w, counts.busy_seconds, begin);
    mcpi_nvtx_pop();
    if (status == MCPI_OK && !mcpi_add_slices(&job, &counts, &hits))
        status = mcpi_fail(&w->failure, MCPI_MISMATCH, "%s (%s): more hits than darts in [%" PRIu64 ", %" PRIu64 ")",
                           team_of(w)->device.id, team_of(w)->device.name, job.first, job.first + job.darts);
    if (status != MCPI_OK) {
        drop_counter(w);
        return;
    }
    const mcpi_dispersion dispersion = dispersion_of(&job, &counts);
    pthread_mutex_lock(&e->lock);
    standing_of(w)->dispersion.slices += dispersion.slices;
    standing_of(w)->dispersion.chi_square += dispersion.chi_square;
    mcpi_offer_slices(w, &oldest, &counts);
    mcpi_nvtx_push(MCPI_NVTX_MERGE, NULL, team_of(w)->device.id, job.darts);
    if (!standing_of(w)->wrong)
        merge(w, hits, counts.busy_seconds);
    mcpi_nvtx_pop();
    pthread_mutex_unlock(&e->lock);
}

/* ---- workers ---- */

static void open_worker(worker *w)
{
    const mcpi_team *team = team_of(w);
    const mcpi_backend *backend = team->backend;
    const mcpi_worker_options options = mcpi_worker_options_of(team, w->index);
    void *counter = NULL;
    void *recounter = NULL;
    mcpi_status counts = MCPI_STOPPED;
    mcpi_status recounts = MCPI_STOPPED;
    mcpi_startup startup = {0};
    const double paused = mcpi_run_clock_paused(w->engine->clock);
    mcpi_nvtx_push(MCPI_NVTX_SET_UP, NULL, team->device.id, 0);
    if (team->counts)
        counts = backend->open(&team->device, &options, &counter, &w->failure);
    if (team->recounts)
        recounts = backend->open(&team->device, &options, &recounter, &w->failure);
    /* After a pause it is not known which part is too long. */
    if (counts == MCPI_OK && backend->startup && mcpi_run_clock_paused(w->engine->clock) <= paused) {
        backend->startup(counter, &startup);
        startup.driver = team->driver_seconds;
    }
    mcpi_nvtx_pop();

    engine *e = w->engine;
    pthread_mutex_lock(&e->lock);
    w->setup_seconds = mcpi_now(e) - e->started;
    w->startup = startup;
    w->counter = counts == MCPI_OK ? counter : NULL;
    w->recounter = recounts == MCPI_OK ? recounter : NULL;
    w->opened = true;
    e->counting -= team->counts && counts != MCPI_OK;
    e->recounting -= team->recounts && recounts != MCPI_OK;
    mcpi_call_if_due(e);
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

static void leave(worker *w)
{
    engine *e = w->engine;
    w->left = true;
    if (--e->threads == 0)
        pthread_cond_signal(&e->wanted);
}

/*
 * A backend, or a library below it, has ended the thread in the middle of a call. What the call was about is anybody's
 * guess, so the handles are not closed.
 */
static void on_death(void *argument)
{
    worker *w = argument;
    engine *e = w->engine;
    const mcpi_team *team = team_of(w);
    mcpi_fail(&w->failure, MCPI_SYSTEM, "%s (%s): a worker's thread has ended", team->device.id, team->device.name);
    pthread_mutex_lock(&e->lock);
    mcpi_forget_recount(w);
    give_ranges_back(w);
    e->counting -= w->opened ? w->counter != NULL : team->counts;
    e->recounting -= w->opened ? w->recounter != NULL : team->recounts;
    w->counter = w->recounter = NULL;
    w->opened = true;
    leave(w);
    pthread_cond_broadcast(&e->changed);
    pthread_mutex_unlock(&e->lock);
    mcpi_engine_release(e);
}

static void do_what_is_to_be_done(worker *w)
{
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
    leave(w);
    pthread_mutex_unlock(&e->lock);
    mcpi_engine_release(e);
}

static void *work(void *argument)
{
    MCPI_C_LOCALE;
    pthread_cleanup_push(on_death, argument);
    do_what_is_to_be_done(argument);
    pthread_cleanup_pop(0);
    return NULL;
}

void mcpi_start_worker(worker *w)
{
    engine *e = w->engine;
    const int refused = pthread_create(&w->thread, NULL, work, w);
    w->started = refused == 0;
    if (w->started)
        return;
    mcpi_fail(&w->failure, MCPI_SYSTEM, "%s: cannot start a thread: %s; ask for fewer with --threads",
              team_of(w)->device.id, strerror(refused));
    pthread_mutex_lock(&e->lock);
    e->references--;
    leave(w);
    w->opened = true;
    e->counting -= team_of(w)->counts;
    e->recounting -= team_of(w)->recounts;
    pthread_cond_broadcast(&e->changed);
    pthread_mutex_unlock(&e->lock);
}
