/* A run of several processes: this one asks a pool (pool.h) for chunks, and reports what was counted. */
#include <math.h>
#include <stdlib.h>

#include "engine/schedule.h"
#include "engine/source.h"

/* How often to look for the chunk that was asked for, or for the end of the run: soon at first, then less often, for at
   the end nothing comes before the others have finished. */
static const double first_look_seconds = 0.0005;
static const double last_look_seconds = 0.01;

typedef struct shared_source {
    mcpi_source source; /* first: it is the source */
    engine *e;
    const mcpi_pool *pool;
    uint64_t chunk_darts;   /* of the last chunk */
    mcpi_progress progress; /* of all processes, as far as it is known */
    uint64_t goal;          /* at which counts are kept apart */
    bool asked;             /* for a chunk that has not come yet, */
    double asked_at;        /* and when */
    double drained_at;      /* since when there has been nothing to count meanwhile; 0: there has */
    double waited_seconds;  /* in all, of this kind */
    bool told_unable, told_finished, told_stopping; /* by the last report */
    mcpi_ranges counted;                            /* since the last report */
    mcpi_ranges confirmed;                          /* since the last report */
    bool replaces;                                  /* the next report replaces the ones before */
    mcpi_range *held;                               /* room for all ranges that are queued or taken */
} shared_source;

static shared_source *shared(mcpi_source *source)
{
    return (shared_source *)source;
}

static const shared_source *shared_const(const mcpi_source *source)
{
    return (const shared_source *)source;
}

/* ---- what there is to report ---- */

static bool wants_chunk(const shared_source *s)
{
    return !s->asked && mcpi_any_ready(s->e) &&
           mcpi_queue_runs_low(&s->source.queue, mcpi_total_rate(s->e), s->chunk_darts);
}

/* All that it was given has been counted. */
static bool is_drained(const shared_source *s)
{
    return s->source.taken_count == 0 && mcpi_queue_empty(&s->source.queue, true);
}

static bool has_finished(const shared_source *s)
{
    return is_drained(s) && !mcpi_recounts_pending(s->e);
}

static bool is_due(const mcpi_source *source)
{
    const shared_source *s = shared_const(source);
    return wants_chunk(s) || s->replaces || (mcpi_counters(s->e) == 0 && !s->told_unable) ||
           (source->stopping && !s->told_stopping) || (!s->told_finished && has_finished(s));
}

static double next_service(const mcpi_source *source)
{
    const shared_source *s = shared_const(source);
    const double now = mcpi_now(s->e);
    const double look = fmin(fmax((now - s->asked_at) / 4.0, first_look_seconds), last_look_seconds);
    const bool waits = s->asked || s->told_finished;
    return now + (waits ? fmin(look, s->pool->tick_seconds) : s->pool->tick_seconds);
}

/* What cannot be added to the next report is in the sets that replace it. */
static void note(shared_source *s, mcpi_ranges *unreported, mcpi_counted_range range)
{
    range.teams = MCPI_NO_TEAM;
    if (mcpi_ranges_add(unreported, range, NULL) != MCPI_OK)
        s->replaces = true;
}

static void counted(mcpi_source *source, mcpi_counted_range range)
{
    note(shared(source), &shared(source)->counted, range);
}

static void confirmed(mcpi_source *source, mcpi_counted_range range)
{
    note(shared(source), &shared(source)->confirmed, range);
}

/* They are the pool's to hand out again. */
static void withdrawn(mcpi_source *source, const mcpi_counted_range *ranges, size_t count)
{
    (void)ranges;
    (void)count;
    shared(source)->replaces = true;
    mcpi_record_add_up(&source->record);
}

/* ---- reporting ---- */

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

/* What this process still has to count. */
static size_t list_held(shared_source *s)
{
    const mcpi_waiting *returned = &s->source.queue.returned;
    size_t count = 0;
    for (size_t i = 0; i < returned->count; i++)
        s->held[count++] = mcpi_waiting_at(returned, i);
    for (size_t i = 0; i < s->source.taken_count; i++)
        s->held[count++] = s->source.taken[i];
    return count;
}

static mcpi_report report_of(shared_source *s)
{
    const engine *const e = s->e;
    return (mcpi_report){
        .counted = s->replaces ? &s->source.record.counted : &s->counted,
        .confirmed = s->replaces ? &s->source.record.confirmed : &s->confirmed,
        .replaces = s->replaces,
        .held = s->held,
        .held_count = s->replaces ? list_held(s) : 0,
        .asks = wants_chunk(s),
        .portion =
            {
                .opening = opening_darts(e),
                .previous = s->chunk_darts,
                .rate = mcpi_total_rate(e),
                .seconds_left = mcpi_seconds_left(e),
            },
        .able = mcpi_counters(e) > 0,
        .finished = has_finished(s),
        .interrupted = mcpi_is_interrupted(e),
        .timed_out = s->source.timed_out,
        .waited_seconds = s->waited_seconds,
    };
}

static void note_told(shared_source *s, const mcpi_report *told)
{
    s->counted.count = s->confirmed.count = 0;
    s->replaces = false;
    s->told_unable = !told->able;
    s->told_finished = told->finished;
    s->told_stopping = s->source.stopping;
    if (told->asks) {
        s->asked = true;
        s->asked_at = mcpi_now(s->e);
        s->drained_at = 0.0;
    }
}

static void send_report(shared_source *s)
{
    const mcpi_report told = report_of(s);
    s->pool->report(s->pool->user, &told);
    note_told(s, &told);
}

/* ---- answers ---- */

/* While a chunk is asked for: since when has there been nothing to count? */
static void note_drained(shared_source *s)
{
    if (s->asked && s->drained_at <= 0.0 && is_drained(s))
        s->drained_at = mcpi_now(s->e);
}

/* Goals are planned from counts of exactly the darts up to them. */
static void keep_goal_apart(shared_source *s)
{
    mcpi_record *const record = &s->source.record;
    const uint64_t end = record->options->first + s->progress.goal;
    if (s->progress.goal == s->goal)
        return;
    s->goal = s->progress.goal;
    mcpi_ranges_keep_apart(&record->counted, end);
    mcpi_ranges_keep_apart(&record->confirmed, end);
}

static void forget_between(mcpi_record *record, uint64_t first, uint64_t end)
{
    mcpi_counted_range range;
    while (mcpi_ranges_take_between(&record->counted, first, end, &range))
        ;
}

/* The pool may have lost counts of this process together with those of another: what it hands out is to be counted
   again. Nothing stays counted whose confirmation goes. */
static void forget_counts(shared_source *s, mcpi_range chunk)
{
    mcpi_record *const record = &s->source.record;
    const uint64_t end = chunk.first + chunk.darts;
    mcpi_counted_range range;
    if (mcpi_ranges_overlap(&record->counted, chunk.first, end) == 0)
        return;
    mcpi_recount_queue_drop_between(&s->e->recount_queue, chunk.first, end);
    forget_between(record, chunk.first, end);
    while (mcpi_ranges_take_between(&record->confirmed, chunk.first, end, &range))
        forget_between(record, range.first, range.first + range.darts);
    mcpi_record_add_up(record);
}

static void take_chunk(shared_source *s, mcpi_range chunk)
{
    if (s->drained_at > 0.0)
        s->waited_seconds += mcpi_now(s->e) - s->drained_at;
    s->asked = s->told_finished = false;
    s->drained_at = 0.0;
    s->chunk_darts = chunk.darts;
    keep_goal_apart(s);
    forget_counts(s, chunk);
    mcpi_queue_give_back(&s->source.queue, chunk);
    pthread_cond_broadcast(&s->source.lanes->changed);
}

static void end_run(shared_source *s, bool complete)
{
    s->source.more_may_come = false;
    s->source.record.met = complete;
    s->source.ended = mcpi_now(s->e);
    mcpi_record_add_up(&s->source.record);
    pthread_cond_broadcast(&s->source.lanes->changed);
}

/* One look at what the pool has for this process. Lets the lock go. */
static mcpi_answer look(shared_source *s)
{
    mcpi_range chunk;
    mcpi_progress progress = s->progress;
    note_drained(s);
    pthread_mutex_unlock(&s->source.lanes->lock);
    const mcpi_answer answer = s->pool->poll(s->pool->user, &chunk, &progress);
    pthread_mutex_lock(&s->source.lanes->lock);
    s->progress = progress;
    if (answer == MCPI_POOL_CHUNK)
        take_chunk(s, chunk);
    else if (answer != MCPI_POOL_NOTHING)
        end_run(s, answer == MCPI_POOL_DONE);
    return answer;
}

static void serve(mcpi_source *source)
{
    shared_source *const s = shared(source);
    while (source->more_may_come) {
        const bool answered = look(s) != MCPI_POOL_NOTHING;
        /* What no worker here can count the pool hands out again. */
        if (mcpi_counters(s->e) == 0)
            mcpi_queue_drop_returned(&source->queue);
        const bool due = mcpi_source_is_due(source);
        if (due)
            send_report(s);
        if (!answered && !due)
            return;
    }
}

/* ---- the rest ---- */

static void progress(const mcpi_source *source, mcpi_progress *progress)
{
    const mcpi_progress *all = &shared_const(source)->progress;
    progress->reached = all->reached;
    progress->resumed_darts = all->resumed_darts;
    progress->goal = all->goal;
}

static void save(mcpi_source *source)
{
    shared_source *const s = shared(source);
    if (source->more_may_come)
        send_report(s);
    pthread_mutex_unlock(&source->lanes->lock);
    s->pool->save(s->pool->user);
    pthread_mutex_lock(&source->lanes->lock);
}

/* The pool has said how the run ended. */
static void end(mcpi_source *source)
{
    (void)source;
}

static void close(mcpi_source *source)
{
    shared_source *const s = shared(source);
    free(s->held);
    mcpi_ranges_free(&s->confirmed);
    mcpi_ranges_free(&s->counted);
    mcpi_source_free(source);
    free(s);
}

static const mcpi_source_kind kind = {
    .counted = counted,
    .confirmed = confirmed,
    .withdrawn = withdrawn,
    .progress = progress,
    .save = save,
    .end = end,
    .close = close,
    .is_due = is_due,
    .next_service = next_service,
    .serve = serve,
};

/* False without memory. */
static bool init(shared_source *s, engine *e)
{
    mcpi_source *const source = &s->source;
    if (!mcpi_source_init(source, &kind, e))
        return false;
    const size_t slots = mcpi_source_slots(e);
    s->held = calloc(source->queue.returned.capacity + slots, sizeof *s->held);
    const bool room = s->held && mcpi_ranges_init(&s->counted, slots + 1) && mcpi_ranges_init(&s->confirmed, slots + 1);
    s->counted.boundaries = s->confirmed.boundaries = &source->record.boundaries;
    return room;
}

mcpi_source *mcpi_shared_source(engine *e)
{
    shared_source *const s = calloc(1, sizeof *s);
    if (!s || !init(s, e)) {
        if (s)
            close(&s->source);
        return NULL;
    }
    s->e = e;
    s->pool = e->plan->pool;
    s->source.more_may_come = true;
    if (s->pool->save)
        s->source.next_save = e->lanes.started + e->plan->options.save_seconds;
    return &s->source;
}
