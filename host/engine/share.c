/* This process's share of a run that others count in as well: taking chunks, reporting, settling. */
#include <math.h>

#include "engine/state.h"

/* How often to ask whether all others have settled. */
static const double settling_tick_seconds = 0.0005;

static const mcpi_pool *pool_of(const engine *e)
{
    return e->plan->pool;
}

bool mcpi_more_may_come(const engine *e)
{
    return pool_of(e) && !e->share.settled;
}

static bool any_ready(const engine *e)
{
    for (size_t i = 0; i < e->worker_count; i++)
        if (e->workers[i].counter)
            return true;
    return false;
}

static bool wants_chunk(const engine *e)
{
    return !e->share.dry && any_ready(e) && mcpi_queue_runs_low(&e->queue, mcpi_total_rate(e), e->share.chunk_darts);
}

/* Nothing is left to take: has this process done its part? */
static bool has_counted_its_part(const engine *e)
{
    if (e->in_flight > 0 || mcpi_recounts_pending(e))
        return false;
    return e->counting == 0 || mcpi_queue_empty(&e->queue, true);
}

bool mcpi_pool_is_due(const engine *e)
{
    if (!mcpi_more_may_come(e) || e->share.settling)
        return false;
    return e->share.dry ? has_counted_its_part(e) : wants_chunk(e);
}

void mcpi_call_if_due(engine *e)
{
    if (mcpi_pool_is_due(e))
        pthread_cond_signal(&e->wanted);
}

double mcpi_next_service(const engine *e)
{
    if (!mcpi_more_may_come(e))
        return INFINITY;
    return mcpi_now(e) + (e->share.settling ? settling_tick_seconds : pool_of(e)->tick_seconds);
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

static void take_chunk(engine *e)
{
    const mcpi_portion portion = {
        .opening = opening_darts(e),
        .previous = e->share.chunk_darts,
        .rate = mcpi_total_rate(e),
        .seconds_left = mcpi_seconds_left(e),
    };
    mcpi_range range;
    pthread_mutex_unlock(&e->lock);
    const bool taken = pool_of(e)->take(pool_of(e)->user, &portion, &range);
    pthread_mutex_lock(&e->lock);
    e->share.dry = !taken;
    if (!taken)
        return;
    e->share.chunk_darts = range.darts;
    mcpi_queue_give_back(&e->queue, range);
    pthread_cond_broadcast(&e->changed);
}

/* One that cannot count takes nothing, and only looks whether all is gone. */
static void look_for_the_end(engine *e)
{
    pthread_mutex_unlock(&e->lock);
    const bool left = pool_of(e)->abstain(pool_of(e)->user);
    pthread_mutex_lock(&e->lock);
    e->share.dry = !left;
}

static void close_pool(engine *e)
{
    e->share.closed = e->share.dry = true;
    pthread_mutex_unlock(&e->lock);
    pool_of(e)->close(pool_of(e)->user);
    pthread_mutex_lock(&e->lock);
}

bool mcpi_send_report(engine *e)
{
    const mcpi_pool *pool = pool_of(e);
    mcpi_share *share = &e->share;
    if (!pool || !pool->report)
        return true;
    const mcpi_report report = {
        .counted = share->replaces ? &e->done : &share->counted,
        .confirmed = share->replaces ? &e->confirmed : &share->confirmed,
        .replaces = share->replaces,
    };
    /* The sets are changed under the lock, so it is kept: a report is copied away. */
    if (!pool->report(pool->user, &report))
        return false;
    share->counted.count = share->confirmed.count = 0;
    share->replaces = false;
    return true;
}

static void settle(engine *e)
{
    mcpi_share *share = &e->share;
    if (!share->settling && !mcpi_send_report(e))
        return;
    const mcpi_account account = {&e->done, e->counting > 0, e->stopping && !e->timed_out, e->timed_out};
    share->settling = true;
    pthread_mutex_unlock(&e->lock);
    const mcpi_settlement settlement = pool_of(e)->settle(pool_of(e)->user, &account);
    pthread_mutex_lock(&e->lock);
    if (settlement == MCPI_SETTLING)
        return;
    mcpi_add_up_counts(e);
    /* What is left in the queue, because nobody here can count it, is counted by others from now on. */
    mcpi_queue_drop_returned(&e->queue);
    share->settling = share->dry = false;
    share->settled = settlement != MCPI_SETTLED_MORE;
    e->goal_met = settlement == MCPI_SETTLED_DONE;
    if (share->settled)
        e->ended = mcpi_now(e);
    pthread_cond_broadcast(&e->changed);
}

static void hear(engine *e)
{
    mcpi_progress progress = e->share.progress;
    pthread_mutex_unlock(&e->lock);
    pool_of(e)->tick(pool_of(e)->user, &progress);
    pthread_mutex_lock(&e->lock);
    e->share.progress = progress;
}

void mcpi_serve_pool(engine *e)
{
    const mcpi_share *share = &e->share;
    if (!mcpi_more_may_come(e))
        return;
    hear(e);
    if (e->stopping && !share->closed && !share->settling)
        close_pool(e);
    if (!share->dry && e->counting == 0)
        look_for_the_end(e);
    while (wants_chunk(e))
        take_chunk(e);
    if (share->dry && has_counted_its_part(e))
        settle(e);
}
