#include "cluster/shared_run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/mailbox.h"
#include "core/backend.h"
#include "core/status.h"
#include "engine/source.h"

/* How often rank 0 checks for messages, and how often the others do, which serve nobody. */
static const double serving_seconds = 0.002;
static const double tick_seconds = 0.05;

/* How often a process checks for the chunk that it asked for, or for the end of the run: often at first, then less
   often, because at the end it waits until the others have finished. */
static const double first_look_seconds = 0.0005;
static const double last_look_seconds = 0.01;

/* Initial room for the ranges of a report. */
static const size_t most_unreported = 64;

/* How often rank 0 checks for silent ranks. */
static const double looking_seconds = 0.1;

/* The answer of rank 0 to this process. */
typedef enum answer { NOTHING, CHUNK, OVER, COMPLETE } answer;

struct mcpi_shared_run {
    mcpi_source source; /* first: the run is the source */
    const mcpi_transport *transport;
    mcpi_dispatcher *dispatcher; /* rank 0 */
    mcpi_liveness *liveness;     /* rank 0 */
    mcpi_lifeline line;          /* other ranks */
    double looked;               /* rank 0: time of the last check for silent ranks */
    answer answer;               /* received, but not used yet */
    mcpi_range chunk;            /* the last one received */
    uint64_t goal;               /* of the run, as far as it is known, */
    uint64_t apart;              /* and the one at which counts are kept apart */
    uint64_t grants_seen;
    bool asked;            /* for a chunk that has not come yet, */
    double asked_at;       /* and when */
    double drained_at;     /* since when there has been nothing to count meanwhile; 0: there has */
    double waited_seconds; /* in all, of this kind */
    bool reported_unable, reported_finished, reported_stopping; /* by the last report */
    mcpi_ranges counted;                                        /* since the last report */
    mcpi_ranges confirmed;                                      /* since the last report */
    bool replaces;                                              /* the next report replaces the ones before */
};

static mcpi_shared_run *run_of(mcpi_source *source)
{
    return (mcpi_shared_run *)source;
}

/* ---- answers of rank 0 ---- */

static void receive_answer(mcpi_shared_run *run, const void *message)
{
    const mcpi_grant_message *grant = message;
    const mcpi_over_message *over = message;
    switch (mcpi_kind_of(message)) {
    case MCPI_MESSAGE_GRANT:
        run->answer = CHUNK;
        run->chunk = (mcpi_range){grant->first, grant->darts};
        run->goal = grant->goal;
        run->grants_seen++;
        break;
    case MCPI_MESSAGE_OVER:
        run->answer = over->complete ? COMPLETE : OVER;
        break;
    default:
        break;
    }
}

/* Send a message of the dispatcher. One to rank 0 itself arrives at once. */
static void dispatch(void *user, unsigned to, const void *message, size_t bytes)
{
    mcpi_shared_run *run = user;
    if (to == 0)
        receive_answer(run, message);
    else
        run->transport->send(run->transport->user, to, message, bytes);
}

__attribute__((noreturn)) static void give_up(void *user, const char *why)
{
    const mcpi_shared_run *run = user;
    run->transport->give_up(run->transport->user, why);
}

/* ---- messages ---- */

/* Until rank 0 has an answer for itself: after the end of the run, messages are not for the run. */
static void serve(mcpi_shared_run *run)
{
    const double now = mcpi_seconds();
    size_t bytes;
    unsigned from;
    void *message;
    while (run->answer == NOTHING && (message = mcpi_receive(run->transport, run->liveness, now, &bytes, &from))) {
        if (mcpi_kind_of(message) == MCPI_MESSAGE_REPORT)
            mcpi_dispatcher_receive(run->dispatcher, from, message, bytes);
        free(message);
    }
    if (now - run->looked >= looking_seconds) {
        mcpi_dispatcher_look(run->dispatcher, now);
        run->looked = now;
    }
    mcpi_record *const record = mcpi_dispatcher_record(run->dispatcher);
    if (record->withdrawn && record->options->save)
        mcpi_record_save(record, NULL);
}

/* The other ranks. */
static void listen(mcpi_shared_run *run)
{
    void *message;
    while (run->answer == NOTHING && (message = mcpi_lifeline_receive(&run->line, run->transport, mcpi_seconds()))) {
        receive_answer(run, message);
        free(message);
    }
}

/* ---- chunks ---- */

/* All that this process was given has been counted. */
static bool is_drained(const mcpi_source *source)
{
    return source->taken_count == 0 && mcpi_queue_empty(&source->queue, true);
}

/* Goals are planned from counts of exactly the darts up to them. */
static void keep_goal_apart(mcpi_shared_run *run)
{
    mcpi_record *const record = &run->source.record;
    const uint64_t end = record->options->first + run->goal;
    if (run->goal == run->apart)
        return;
    run->apart = run->goal;
    mcpi_ranges_keep_apart(&record->counted, end);
    mcpi_ranges_keep_apart(&record->confirmed, end);
}

static void forget_between(mcpi_record *record, uint64_t first, uint64_t end)
{
    mcpi_counted_range range;
    while (mcpi_ranges_take_between(&record->counted, first, end, &range))
        ;
}

/* Rank 0 may have lost counts of this process together with those of another: what it hands out is to be counted
   again. Nothing stays counted whose confirmation goes. */
static void forget_counts(mcpi_source *source, mcpi_range chunk)
{
    mcpi_record *const record = &source->record;
    const uint64_t end = chunk.first + chunk.darts;
    mcpi_counted_range range;
    if (mcpi_ranges_overlap(&record->counted, chunk.first, end) == 0)
        return;
    mcpi_recount_queue_drop_between(source->recounts, chunk.first, end);
    forget_between(record, chunk.first, end);
    while (mcpi_ranges_take_between(&record->confirmed, chunk.first, end, &range))
        forget_between(record, range.first, range.first + range.darts);
    mcpi_record_add_up(record);
}

static void take_chunk(mcpi_shared_run *run)
{
    if (run->drained_at > 0.0)
        run->waited_seconds += mcpi_lanes_now(run->source.lanes) - run->drained_at;
    run->asked = run->reported_finished = false;
    run->drained_at = 0.0;
    keep_goal_apart(run);
    forget_counts(&run->source, run->chunk);
    mcpi_queue_give_back(&run->source.queue, run->chunk);
}

static void end_run(mcpi_source *source, bool complete)
{
    source->more_may_come = false;
    source->record.met = complete;
    source->ended = mcpi_lanes_now(source->lanes);
    mcpi_record_add_up(&source->record);
}

/* While a chunk is asked for: since when has there been nothing to count? */
static void note_drained(mcpi_shared_run *run)
{
    if (run->asked && run->drained_at <= 0.0 && is_drained(&run->source))
        run->drained_at = mcpi_lanes_now(run->source.lanes);
}

static bool look(mcpi_source *source)
{
    mcpi_shared_run *const run = run_of(source);
    note_drained(run);
    pthread_mutex_unlock(&source->lanes->lock);
    if (run->dispatcher)
        serve(run);
    else
        listen(run);
    pthread_mutex_lock(&source->lanes->lock);
    const answer answer = run->answer;
    run->answer = NOTHING;
    if (answer == NOTHING)
        return false;
    if (answer == CHUNK)
        take_chunk(run);
    else
        end_run(source, answer == COMPLETE);
    pthread_cond_broadcast(&source->lanes->changed);
    return true;
}

/* ---- what there is to report ---- */

static bool wants_chunk(const mcpi_shared_run *run, const mcpi_demand *demand)
{
    return !run->asked && demand->ready &&
           mcpi_queue_runs_low(&run->source.queue, demand->request.rate, run->chunk.darts);
}

static bool has_finished(const mcpi_source *source, const mcpi_demand *demand)
{
    return is_drained(source) && !demand->recounting;
}

static bool is_due(mcpi_source *source, const mcpi_demand *demand)
{
    const mcpi_shared_run *run = run_of(source);
    return wants_chunk(run, demand) || run->replaces || (!demand->able && !run->reported_unable) ||
           (source->stopping && !run->reported_stopping) || (!run->reported_finished && has_finished(source, demand));
}

static double next_service(mcpi_source *source)
{
    const mcpi_shared_run *run = run_of(source);
    const double now = mcpi_lanes_now(source->lanes);
    const double tick = run->dispatcher ? serving_seconds : tick_seconds;
    const double look = fmin(fmax((now - run->asked_at) / 4.0, first_look_seconds), last_look_seconds);
    return now + (run->asked || run->reported_finished ? fmin(look, tick) : tick);
}

/* What cannot be added to the next report is in the sets that replace it. */
static void counted(mcpi_source *source, mcpi_counted_range range, bool again)
{
    mcpi_shared_run *const run = run_of(source);
    range.teams = MCPI_NO_TEAM;
    if (mcpi_ranges_add(again ? &run->confirmed : &run->counted, range, NULL) != MCPI_OK)
        run->replaces = true;
}

/* They are rank 0's to hand out again. */
static void withdrawn(mcpi_source *source, const mcpi_counted_range *ranges, size_t count)
{
    (void)ranges;
    (void)count;
    run_of(source)->replaces = true;
    mcpi_record_add_up(&source->record);
}

/* ---- reporting ---- */

static mcpi_part *parts_of(const mcpi_shared_run *run, const mcpi_ranges *set, uint64_t *count)
{
    size_t parts;
    mcpi_part *const list = mcpi_need(run->transport, mcpi_ranges_parts(set, UINT64_MAX, &parts));
    *count = parts;
    return list;
}

/* Append to a message; its end. */
static char *append(char *end, const void *list, size_t bytes)
{
    if (bytes > 0)
        memcpy(end, list, bytes);
    return end + bytes;
}

/* What this process still has to count. */
static void append_held(char *end, const mcpi_source *source)
{
    const mcpi_waiting *returned = &source->queue.returned;
    for (size_t i = 0; i < returned->count; i++) {
        const mcpi_range range = mcpi_waiting_at(returned, i);
        end = append(end, &range, sizeof range);
    }
    append(end, source->taken, source->taken_count * sizeof *source->taken);
}

static mcpi_report_message message_of(const mcpi_shared_run *run, const mcpi_demand *demand)
{
    const mcpi_source *source = &run->source;
    return (mcpi_report_message){
        .kind = MCPI_MESSAGE_REPORT,
        .grants_seen = run->grants_seen,
        .held = run->replaces ? source->queue.returned.count + source->taken_count : 0,
        .replaces = run->replaces,
        .asks = wants_chunk(run, demand),
        .able = demand->able,
        .finished = has_finished(source, demand),
        .interrupted = demand->interrupted,
        .timed_out = source->timed_out,
        .opening = demand->request.opening,
        .previous = run->chunk.darts,
        .rate = demand->request.rate,
        .seconds_left = demand->request.seconds_left,
        .waited_seconds = run->waited_seconds,
    };
}

static void note_reported(mcpi_shared_run *run, const mcpi_report_message *report)
{
    run->counted.count = run->confirmed.count = 0;
    run->replaces = false;
    run->reported_unable = !report->able;
    run->reported_finished = report->finished;
    run->reported_stopping = run->source.stopping;
    if (report->asks) {
        run->asked = true;
        run->asked_at = mcpi_lanes_now(run->source.lanes);
        run->drained_at = 0.0;
    }
}

static void send_report(mcpi_shared_run *run, const void *message, size_t bytes)
{
    if (run->dispatcher) {
        mcpi_dispatcher_receive(run->dispatcher, 0, message, bytes);
    } else {
        run->transport->send(run->transport->user, 0, message, bytes);
        run->line.sent = mcpi_seconds();
    }
}

static void report(mcpi_source *source, const mcpi_demand *demand)
{
    mcpi_shared_run *const run = run_of(source);
    mcpi_report_message head = message_of(run, demand);
    mcpi_part *const counted = parts_of(run, head.replaces ? &source->record.counted : &run->counted, &head.counted);
    mcpi_part *const confirmed =
        parts_of(run, head.replaces ? &source->record.confirmed : &run->confirmed, &head.confirmed);
    const size_t bytes =
        sizeof head + (head.counted + head.confirmed) * sizeof *counted + head.held * sizeof(mcpi_range);
    char *const message = mcpi_need(run->transport, malloc(bytes));
    char *end = append(message, &head, sizeof head);
    end = append(end, counted, head.counted * sizeof *counted);
    end = append(end, confirmed, head.confirmed * sizeof *confirmed);
    if (head.replaces)
        append_held(end, source);
    note_reported(run, &head);
    send_report(run, message, bytes);
    free(message);
    free(confirmed);
    free(counted);
}

/* ---- the source ---- */

static bool begin(mcpi_source *source)
{
    mcpi_shared_run *const run = run_of(source);
    source->more_may_come = true;
    source->saves = run->dispatcher && source->record.options->save;
    if (!mcpi_ranges_init(&run->counted, most_unreported) || !mcpi_ranges_init(&run->confirmed, most_unreported))
        return false;
    run->counted.boundaries = run->confirmed.boundaries = &source->record.boundaries;
    return true;
}

static void progress(mcpi_source *source, mcpi_progress *progress)
{
    const mcpi_shared_run *run = run_of(source);
    progress->goal = run->goal;
    if (run->dispatcher)
        mcpi_record_progress(mcpi_dispatcher_record(run->dispatcher), progress);
}

static void save(mcpi_source *source, const mcpi_demand *demand)
{
    if (source->more_may_come)
        report(source, demand);
    mcpi_record_save(mcpi_dispatcher_record(run_of(source)->dispatcher), &source->lanes->lock);
}

static void free_sets(mcpi_source *source)
{
    mcpi_ranges_free(&run_of(source)->counted);
    mcpi_ranges_free(&run_of(source)->confirmed);
}

static const mcpi_source_kind kind = {
    .begin = begin,
    .counted = counted,
    .withdrawn = withdrawn,
    .progress = progress,
    .save = save,
    .free = free_sets,
    .is_due = is_due,
    .next_service = next_service,
    .look = look,
    .report = report,
};

/* ---- opening ---- */

static mcpi_shared_run *make_run(const mcpi_transport *transport)
{
    mcpi_shared_run *const run = calloc(1, sizeof *run);
    if (!run)
        return NULL;
    run->transport = transport;
    run->line = mcpi_lifeline_open(mcpi_seconds());
    run->source.kind = &kind;
    return run;
}

mcpi_shared_run *mcpi_shared_run_open(const mcpi_transport *transport, mcpi_liveness *liveness,
                                      const mcpi_options *options)
{
    mcpi_shared_run *const run = make_run(transport);
    if (!run)
        return NULL;
    const mcpi_dispatcher_calls calls = {run, dispatch, give_up};
    run->liveness = liveness;
    run->dispatcher = mcpi_dispatcher_open(options, liveness, &calls);
    if (!run->dispatcher) {
        mcpi_shared_run_close(run);
        return NULL;
    }
    const mcpi_opening_message opening = mcpi_dispatcher_opening(run->dispatcher);
    mcpi_tell_all(transport, &opening, sizeof opening);
    return run;
}

mcpi_shared_run *mcpi_shared_run_follow(const mcpi_transport *transport, const mcpi_opening_message *opening,
                                        mcpi_options *options)
{
    mcpi_shared_run *const run = make_run(transport);
    if (!run)
        return NULL;
    options->seed = opening->seed;
    options->stream = opening->stream;
    options->first = opening->first;
    options->darts = opening->darts;
    options->target_error = opening->target_error;
    options->time_limit_seconds = opening->time_limit_seconds;
    options->trace = opening->traces != 0;
    options->part_darts = opening->part_darts;
    if (opening->verifies_all)
        options->verify = MCPI_VERIFY_FULL;
    run->goal = opening->goal;
    return run;
}

void mcpi_shared_run_close(mcpi_shared_run *run)
{
    if (!run)
        return;
    mcpi_dispatcher_close(run->dispatcher);
    free(run);
}

mcpi_source *mcpi_shared_run_source(mcpi_shared_run *run)
{
    return &run->source;
}

mcpi_dispatcher *mcpi_shared_run_dispatcher(const mcpi_shared_run *run)
{
    return run->dispatcher;
}
