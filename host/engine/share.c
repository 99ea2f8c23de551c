/* This process's share of a run that others count in as well: asking for chunks, and reporting what was counted. */
#include "engine/share.h"

#include <math.h>

#include "engine/goal.h"
#include "engine/schedule.h"

/* How often to look for the chunk that was asked for, or for the end of the run: soon at first, then less often, for at
   the end nothing comes before the others have finished. */
static const double first_look_seconds = 0.0005;
static const double last_look_seconds = 0.01;

static const mcpi_pool *pool_of(const engine *e)
{
    return e->plan->pool;
}

/* ---- what there is to report ---- */

static bool wants_chunk(const engine *e)
{
    return !e->share.asked && mcpi_any_ready(e) &&
           mcpi_queue_runs_low(&e->queue, mcpi_total_rate(e), e->share.chunk_darts);
}

static bool has_finished(const engine *e)
{
    return mcpi_ranges_in_flight(e) == 0 && mcpi_queue_empty(&e->queue, true) && !mcpi_recounts_pending(e);
}

bool mcpi_pool_is_due(const engine *e)
{
    const mcpi_share *share = &e->share;
    if (!mcpi_more_may_come(e))
        return false;
    return wants_chunk(e) || share->replaces || (mcpi_counters(e) == 0 && !share->told_unable) ||
           (e->stopping && !share->told_stopping) || (!share->told_finished && has_finished(e));
}

void mcpi_call_if_due(engine *e)
{
    if (mcpi_pool_is_due(e))
        pthread_cond_signal(&e->lanes.news);
}

double mcpi_next_service(const engine *e)
{
    if (!mcpi_more_may_come(e))
        return INFINITY;
    const double now = mcpi_now(e);
    const double look = fmin(fmax((now - e->share.asked_at) / 4.0, first_look_seconds), last_look_seconds);
    const bool waits = e->share.asked || e->share.told_finished;
    return now + (waits ? fmin(look, pool_of(e)->tick_seconds) : pool_of(e)->tick_seconds);
}

/* ---- reporting ---- */

void mcpi_keep_count(engine *e, mcpi_ranges *set, mcpi_ranges *unreported, mcpi_counted_range range)
{
    e->stopping |= mcpi_ranges_add(set, range, &e->failure) != MCPI_OK;
    range.teams = MCPI_NO_TEAM;
    /* What cannot be added to the next report is in the sets that replace it. */
    if (e->plan->pool && mcpi_ranges_add(unreported, range, NULL) != MCPI_OK)
        e->share.replaces = true;
}

/* As much as all workers would open with. */
static uint64_t opening_darts(const engine *e)
{
    uint64_t darts = 0;
    for (size_t team = 0; team < e->plan->team_count; team++) {
        const mcpi_team *t = &e->plan->teams[team];
        darts += t->counts ? t->workers * t->backend->opening_darts : 0;
    }
    return darts;
}

/* What this process still has to count: in its queue, and in flight. */
static size_t list_held(engine *e)
{
    const mcpi_queue *queue = &e->queue;
    mcpi_range *const held = e->share.held;
    size_t count = 0;
    for (size_t i = 0; i < queue->returned.count; i++)
        held[count++] = mcpi_waiting_at(&queue->returned, i);
    for (const worker *w = e->workers; w < e->workers + e->worker_count; w++)
        for (unsigned i = 0; i < w->lane.in_flight; i++)
            if (!is_recount(&w->lane.tasks[i]))
                held[count++] = (mcpi_range){w->lane.tasks[i].job.first, w->lane.tasks[i].job.darts};
    return count;
}

static mcpi_report report_of(const engine *e)
{
    const mcpi_share *share = &e->share;
    return (mcpi_report){
        .counted = share->replaces ? &e->counted : &share->counted,
        .confirmed = share->replaces ? &e->confirmed : &share->confirmed,
        .replaces = share->replaces,
        .asks = wants_chunk(e),
        .request =
            {
                .opening = opening_darts(e),
                .previous = share->chunk_darts,
                .rate = mcpi_total_rate(e),
                .seconds_left = mcpi_seconds_left(e),
            },
        .able = mcpi_counters(e) > 0,
        .finished = has_finished(e),
        .interrupted = mcpi_is_interrupted(e),
        .timed_out = e->timed_out,
        .waited_seconds = share->waited_seconds,
    };
}

static void note_told(engine *e, const mcpi_report *told)
{
    mcpi_share *share = &e->share;
    share->counted.count = share->confirmed.count = 0;
    share->replaces = false;
    share->told_unable = !told->able;
    share->told_finished = told->finished;
    share->told_stopping = e->stopping;
    if (told->asks) {
        share->asked = true;
        share->asked_at = mcpi_now(e);
        share->drained_at = 0.0;
    }
}

void mcpi_send_report(engine *e)
{
    mcpi_report told = report_of(e);
    told.held = e->share.held;
    told.held_count = told.replaces ? list_held(e) : 0;
    pool_of(e)->report(pool_of(e)->user, &told);
    note_told(e, &told);
}

/* ---- answers ---- */

/* While a chunk is asked for: since when has there been nothing to count? */
static void note_drained(engine *e)
{
    mcpi_share *share = &e->share;
    if (share->asked && share->drained_at <= 0.0 && mcpi_ranges_in_flight(e) == 0 && mcpi_queue_empty(&e->queue, true))
        share->drained_at = mcpi_now(e);
}

/* Goals are planned from counts of exactly the darts up to them. */
static void keep_goal_apart(engine *e, uint64_t goal)
{
    const uint64_t end = e->plan->options.first + goal;
    if (goal == e->share.goal)
        return;
    e->share.goal = goal;
    mcpi_ranges_keep_apart(&e->counted, end);
    mcpi_ranges_keep_apart(&e->confirmed, end);
}

static void forget_between(engine *e, uint64_t first, uint64_t end)
{
    mcpi_counted_range range;
    while (mcpi_ranges_take_between(&e->counted, first, end, &range))
        ;
}

/* The pool may have lost counts of this process together with those of another: what it hands out is to be counted
   again. Nothing stays counted whose confirmation goes. */
static void forget_counts(engine *e, mcpi_range chunk)
{
    const uint64_t end = chunk.first + chunk.darts;
    mcpi_counted_range range;
    if (mcpi_ranges_overlap(&e->counted, chunk.first, end) == 0)
        return;
    mcpi_recount_queue_drop_between(&e->recount_queue, chunk.first, end);
    forget_between(e, chunk.first, end);
    while (mcpi_ranges_take_between(&e->confirmed, chunk.first, end, &range))
        forget_between(e, range.first, range.first + range.darts);
    mcpi_add_up_counts(e);
}

static void take_chunk(engine *e, mcpi_range chunk)
{
    mcpi_share *share = &e->share;
    if (share->drained_at > 0.0)
        share->waited_seconds += mcpi_now(e) - share->drained_at;
    share->asked = share->told_finished = false;
    share->drained_at = 0.0;
    share->chunk_darts = chunk.darts;
    keep_goal_apart(e, share->progress.goal);
    forget_counts(e, chunk);
    mcpi_queue_give_back(&e->queue, chunk);
    pthread_cond_broadcast(&e->lanes.changed);
}

static void end_share(engine *e, bool complete)
{
    e->share.over = true;
    e->goal_met = complete;
    e->ended = mcpi_now(e);
    mcpi_add_up_counts(e);
    pthread_cond_broadcast(&e->lanes.changed);
}

/* One look at what the pool has for this process. Lets the lock go. */
static mcpi_answer look(engine *e)
{
    mcpi_range chunk;
    mcpi_progress progress = e->share.progress;
    note_drained(e);
    pthread_mutex_unlock(&e->lanes.lock);
    const mcpi_answer answer = pool_of(e)->poll(pool_of(e)->user, &chunk, &progress);
    pthread_mutex_lock(&e->lanes.lock);
    e->share.progress = progress;
    if (answer == MCPI_POOL_CHUNK)
        take_chunk(e, chunk);
    else if (answer != MCPI_POOL_NOTHING)
        end_share(e, answer == MCPI_POOL_DONE);
    return answer;
}

void mcpi_serve_pool(engine *e)
{
    while (mcpi_more_may_come(e)) {
        const bool answered = look(e) != MCPI_POOL_NOTHING;
        /* What no worker here can count the pool hands out again. */
        if (mcpi_counters(e) == 0)
            mcpi_queue_drop_returned(&e->queue);
        const bool due = mcpi_pool_is_due(e);
        if (due)
            mcpi_send_report(e);
        if (!answered && !due)
            return;
    }
}
