#include "cluster/dispatcher.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cluster/chunk_size.h"
#include "core/queue.h"
#include "engine/record.h"

/* The number of ranges up to which neighbours counted by different ranks stay separate. */
static const size_t most_separate = 1 << 16;

/* The state of a rank. */
typedef struct member {
    mcpi_ranges assigned; /* ranges that it still has to count, without hits */
    mcpi_range last_grant;
    uint64_t grants;            /* chunks that it was given */
    mcpi_range_request request; /* the last one */
    bool asking;                /* it has not been answered yet */
    bool able;                  /* it can count */
    bool finished;              /* it has counted and recounted all that it was given */
    double waited_seconds;
} member;

struct mcpi_dispatcher {
    const mcpi_options *options;
    mcpi_liveness *liveness;
    mcpi_dispatcher_calls calls;
    member *members; /* one for each rank */
    unsigned ranks;
    unsigned next;      /* the member that is served first */
    unsigned asking;    /* members that wait for a chunk */
    unsigned able;      /* members that can count */
    double rate;        /* sum of their measured rates, darts a second */
    uint64_t assigned;  /* darts assigned to all members */
    mcpi_queue queue;   /* darts that are neither assigned nor counted */
    mcpi_record record; /* of all ranks, which are its teams */
    bool stopping;      /* no new darts are handed out */
    bool timed_out;
    bool over;
    mcpi_ending ending;
};

static void *need(const mcpi_dispatcher *d, void *memory)
{
    if (!memory)
        d->calls.give_up(d->calls.user, "out of memory");
    return memory;
}

/* End the job if counts cannot be kept. */
static void need_kept(const mcpi_dispatcher *d, mcpi_status status, const mcpi_error *error)
{
    if (status != MCPI_OK)
        d->calls.give_up(d->calls.user, error->message);
}

static bool is_lost(const mcpi_dispatcher *d, unsigned rank)
{
    return d->liveness->peers[rank].lost;
}

/* ---- the queue ---- */

/* Append the ranges of a set, without hits, to a list. Returns the end of the list. */
static mcpi_counted_range *append(mcpi_counted_range *list, const mcpi_ranges *set)
{
    for (size_t i = 0; i < set->count; i++)
        *list++ = (mcpi_counted_range){.first = set->ranges[i].first, .darts = set->ranges[i].darts};
    return list;
}

/* A set, without hits, of all darts that are assigned, in `set` or in `gaps`. Free it with mcpi_ranges_free. */
static mcpi_ranges known_darts(const mcpi_dispatcher *d, const mcpi_ranges *set, const mcpi_waiting *gaps)
{
    mcpi_ranges known = {0};
    mcpi_error error;
    size_t room = set->count + gaps->count + 1;
    for (unsigned rank = 0; rank < d->ranks; rank++)
        room += d->members[rank].assigned.count;
    mcpi_counted_range *const ranges = need(d, malloc(room * sizeof *ranges));
    mcpi_counted_range *next = append(ranges, set);
    for (unsigned rank = 0; rank < d->ranks; rank++)
        next = append(next, &d->members[rank].assigned);
    for (size_t i = 0; i < gaps->count; i++) {
        const mcpi_range gap = mcpi_waiting_at(gaps, i);
        *next++ = (mcpi_counted_range){.first = gap.first, .darts = gap.darts};
    }
    const mcpi_status status = mcpi_ranges_merge(&known, ranges, (size_t)(next - ranges), &error);
    free(ranges);
    need_kept(d, status, &error);
    return known;
}

/* The first dart from which on nothing has been handed out, and nothing is in a resumed state. */
static uint64_t frontier(const mcpi_dispatcher *d, uint64_t end)
{
    const mcpi_ranges *const counted = &d->record.counted;
    uint64_t next = d->queue.next;
    for (size_t i = 0; i < counted->count && counted->ranges[i].first < end; i++) {
        const uint64_t last = counted->ranges[i].first + counted->ranges[i].darts;
        const uint64_t below = last < end ? last : end;
        next = below > next ? below : next;
    }
    return next;
}

/* Queue all darts up to the goal that are not known. Before the first chunk they are the gaps of a resumed state; later
   they come back from a rank. */
static void rebuild_queue(mcpi_dispatcher *d)
{
    const uint64_t end = mcpi_record_end(&d->record);
    const uint64_t next = frontier(d, end);
    const bool began = d->ending.sharing.chunks > 0;
    size_t gap_count;
    mcpi_ranges known = known_darts(d, &d->record.counted, began ? &d->queue.gaps : &(mcpi_waiting){0});
    mcpi_range *const gaps =
        need(d, mcpi_ranges_missing(&known, d->options->first, next < end ? next : end, &gap_count));
    mcpi_ranges_free(&known);
    if (began)
        mcpi_queue_set_returned(&d->queue, gaps, gap_count);
    else
        mcpi_queue_set_gaps(&d->queue, gaps, gap_count);
    d->queue.next = next;
    d->queue.end = next > end ? next : end;
}

/* Compute the goal from the counts, and queue the darts that are missing up to it. */
static void plan(mcpi_dispatcher *d)
{
    mcpi_record_plan(&d->record);
    rebuild_queue(d);
}

/* ---- handing out ---- */

/* Guided self-scheduling, as within a process, one level up. */
static uint64_t chunk_darts(const mcpi_dispatcher *d, const member *m)
{
    mcpi_range_request request = m->request;
    request.total_rate = d->rate;
    request.workers = d->able;
    request.remaining = mcpi_queue_darts(&d->queue);
    request.seconds = mcpi_usual_chunk_seconds(d->ranks);
    /* The first chunk has shown the rate, so the second one need not grow from it in steps. */
    if (request.previous > 0)
        request.previous = (uint64_t)(request.rate * request.seconds) + 1;
    return mcpi_next_range_size(&request);
}

static void assign(mcpi_dispatcher *d, member *m, mcpi_range range)
{
    mcpi_error error;
    const mcpi_counted_range chunk = {.first = range.first, .darts = range.darts};
    need_kept(d, mcpi_ranges_add(&m->assigned, chunk, &error), &error);
    d->assigned += range.darts;
}

static void grant(mcpi_dispatcher *d, unsigned rank)
{
    member *const m = &d->members[rank];
    mcpi_range range;
    if (!mcpi_queue_take(&d->queue, chunk_darts(d, m), d->stopping, &range))
        return;
    mcpi_record_reach(&d->record, range.first + range.darts);
    d->queue.cuts.part_darts = d->record.boundaries.cuts.part_darts;
    assign(d, m, range);
    m->last_grant = range;
    m->grants++;
    m->asking = m->finished = false;
    d->asking--;
    d->ending.sharing.chunks++;
    const mcpi_grant_message message = {MCPI_MESSAGE_GRANT, range.first, range.darts, d->record.goal};
    d->calls.send(d->calls.user, rank, &message, sizeof message);
}

/* Give a chunk to each rank that asks, round-robin, until no darts are left. */
static void hand_out(mcpi_dispatcher *d)
{
    for (unsigned i = 0; i < d->ranks && d->asking > 0 && !mcpi_queue_empty(&d->queue, d->stopping); i++) {
        const unsigned rank = d->next;
        d->next = (rank + 1) % d->ranks;
        if (d->members[rank].asking)
            grant(d, rank);
    }
}

/* The rank cannot count any more. */
static void retire(mcpi_dispatcher *d, member *m)
{
    if (!m->able)
        return;
    d->asking -= m->asking;
    d->able--;
    d->rate -= m->request.rate;
    m->able = m->asking = false;
}

/* ---- the end ---- */

/* Nothing is being counted, and nothing can be handed out. */
static bool is_idle(const mcpi_dispatcher *d)
{
    return d->assigned == 0 && (d->able == 0 || mcpi_queue_empty(&d->queue, d->stopping));
}

static bool all_have_finished(const mcpi_dispatcher *d)
{
    for (unsigned rank = 0; rank < d->ranks; rank++)
        if (!d->members[rank].finished && !is_lost(d, rank))
            return false;
    return true;
}

static void end_run(mcpi_dispatcher *d)
{
    const bool whole = d->queue.returned.count == 0;
    plan(d);
    const mcpi_counted_range prefix = mcpi_record_prefix(&d->record);
    mcpi_ending *const ending = &d->ending;
    ending->darts = prefix.darts;
    ending->hits = prefix.hits;
    ending->resumed_darts = d->record.resumed_darts;
    ending->goal = d->record.goal;
    ending->complete = mcpi_record_is_complete(&d->record, d->timed_out, whole);
    ending->interrupted = d->stopping && !d->timed_out && whole;
    ending->sharing.processes = d->ranks;
    ending->sharing.lost = d->liveness->lost;
    for (unsigned rank = 0; rank < d->ranks; rank++)
        ending->sharing.waited_seconds = fmax(ending->sharing.waited_seconds, d->members[rank].waited_seconds);
    d->over = true;
    const mcpi_over_message message = {MCPI_MESSAGE_OVER, ending->complete};
    for (unsigned rank = 0; rank < d->ranks; rank++)
        d->calls.send(d->calls.user, rank, &message, sizeof message);
}

/* Do everything that is possible now. */
static void advance(mcpi_dispatcher *d)
{
    hand_out(d);
    if (is_idle(d) && !d->stopping && !d->record.met) {
        const uint64_t goal = d->record.goal;
        plan(d);
        d->ending.sharing.rounds += d->record.goal != goal;
        hand_out(d);
    }
    if (is_idle(d) && all_have_finished(d))
        end_run(d);
}

/* ---- reports ---- */

static void add_range(mcpi_dispatcher *d, unsigned from, mcpi_part part)
{
    mcpi_ranges *const assigned = &d->members[from].assigned;
    const uint64_t end = part.first + part.darts;
    const mcpi_counted_range range = {part.first, part.darts, part.hits, mcpi_team_bit(from)};
    mcpi_error error;
    if (mcpi_ranges_overlap(assigned, part.first, end) != part.darts)
        d->calls.give_up(d->calls.user, "a rank counted darts that it was not given");
    need_kept(d, mcpi_ranges_remove(assigned, part.first, end, &error), &error);
    need_kept(d, mcpi_record_count(&d->record, range, &error), &error);
    d->assigned -= part.darts;
}

/* Whether a set has any darts of the part. */
static bool holds(const mcpi_ranges *set, const mcpi_part *part)
{
    return mcpi_ranges_overlap(set, part->first, part->first + part->darts) > 0;
}

/* Add parts to `set`, except those with darts that `set` already has, because others have counted them since, or that
   are in `except`. */
static void add_new(mcpi_dispatcher *d, mcpi_ranges *set, unsigned from, const mcpi_part *parts, size_t count,
                    const mcpi_ranges *except)
{
    mcpi_error error;
    mcpi_counted_range *const ranges = need(d, malloc((count + 1) * sizeof *ranges));
    size_t added = 0;
    for (size_t i = 0; i < count; i++)
        if (!holds(set, &parts[i]) && !holds(except, &parts[i]))
            ranges[added++] = (mcpi_counted_range){parts[i].first, parts[i].darts, parts[i].hits, mcpi_team_bit(from)};
    const mcpi_status status = mcpi_ranges_merge(set, ranges, added, &error);
    free(ranges);
    need_kept(d, status, &error);
}

static void unassign(mcpi_dispatcher *d, member *m)
{
    d->assigned -= mcpi_ranges_total(&m->assigned).darts;
    m->assigned.count = 0;
}

/* Set what a rank still has to count: `held`, and a chunk that it had not received yet. A rank that cannot count has
   nothing. */
static void assign_again(mcpi_dispatcher *d, member *m, const mcpi_report_message *report, const mcpi_range *held)
{
    unassign(d, m);
    if (!m->able || !report->able)
        return;
    for (size_t i = 0; i < report->held; i++)
        assign(d, m, held[i]);
    if (report->grants_seen < m->grants)
        assign(d, m, m->last_grant);
}

/* A rank withdraws all counts of a device that counts wrong, and reports what remains. Darts that are now missing go
   back to the queue. */
static void replace_counts(mcpi_dispatcher *d, unsigned from, const mcpi_report_message *report)
{
    member *const m = &d->members[from];
    const mcpi_part *parts = (const mcpi_part *)(report + 1);
    const mcpi_range *held = (const mcpi_range *)(parts + report->counted + report->confirmed);
    mcpi_record_withdraw(&d->record, mcpi_team_bit(from));
    assign_again(d, m, report, held);
    /* The set does not always distinguish ranks: some counts of this rank may have been taken out together with those
       of another, and may already be assigned again. */
    mcpi_ranges again = known_darts(d, &(mcpi_ranges){0}, &(mcpi_waiting){0});
    add_new(d, &d->record.counted, from, parts, report->counted, &again);
    add_new(d, &d->record.confirmed, from, parts + report->counted, report->confirmed, &again);
    mcpi_ranges_free(&again);
    d->ending.sharing.rounds++;
    plan(d);
}

static void add_counts(mcpi_dispatcher *d, unsigned from, const mcpi_report_message *report)
{
    const mcpi_part *parts = (const mcpi_part *)(report + 1);
    for (size_t i = 0; i < report->counted; i++)
        add_range(d, from, parts[i]);
    add_new(d, &d->record.confirmed, from, parts + report->counted, report->confirmed, &(mcpi_ranges){0});
}

/* Queue again what the rank was given and has not counted. */
static void give_back(mcpi_dispatcher *d, member *m)
{
    if (m->assigned.count == 0)
        return;
    unassign(d, m);
    d->ending.sharing.rounds++;
    plan(d);
}

static void check_size(const mcpi_dispatcher *d, const mcpi_report_message *report, size_t bytes)
{
    if (bytes !=
        sizeof *report + (report->counted + report->confirmed) * sizeof(mcpi_part) + report->held * sizeof(mcpi_range))
        d->calls.give_up(d->calls.user, "a report has the wrong length");
}

static void note_request(mcpi_dispatcher *d, member *m, const mcpi_report_message *report)
{
    d->rate += report->rate - m->request.rate;
    m->request = (mcpi_range_request){
        .opening = report->opening,
        .previous = report->previous,
        .rate = report->rate,
        .seconds_left = report->seconds_left,
    };
    d->asking += !m->asking;
    m->asking = true;
}

void mcpi_dispatcher_receive(mcpi_dispatcher *d, unsigned from, const mcpi_report_message *report, size_t bytes)
{
    member *const m = &d->members[from];
    if (d->over)
        return;
    check_size(d, report, bytes);
    d->ending.sharing.reports += from > 0;
    d->ending.sharing.report_bytes += from > 0 ? bytes : 0;
    d->timed_out |= report->timed_out != 0;
    d->stopping |= report->timed_out || report->interrupted;
    if (report->replaces)
        replace_counts(d, from, report);
    else
        add_counts(d, from, report);
    if (!report->able)
        retire(d, m);
    if (m->able && report->asks)
        note_request(d, m, report);
    m->waited_seconds = report->waited_seconds;
    m->finished = report->finished && report->grants_seen == m->grants;
    if (!m->able)
        give_back(d, m);
    advance(d);
}

/* ---- lost ranks ---- */

/* Whether another rank can continue without what this one has. */
static bool others_have_work(const mcpi_dispatcher *d, double now)
{
    if (mcpi_queue_empty(&d->queue, d->stopping))
        return false;
    for (unsigned rank = 0; rank < d->ranks; rank++)
        if (d->members[rank].able && !mcpi_liveness_is_silent(d->liveness, rank, mcpi_lost_seconds, now))
            return true;
    return false;
}

/* Its counts stay, unless all counts must be confirmed, which it can no longer do. */
static void lose(mcpi_dispatcher *d, unsigned rank, double now)
{
    member *const m = &d->members[rank];
    char consequence[100];
    const uint64_t darts = mcpi_ranges_total(&m->assigned).darts;
    snprintf(consequence, sizeof consequence, "the other ranks count its %" PRIu64 " darts", darts);
    mcpi_liveness_give_up(d->liveness, rank, now, consequence);
    retire(d, m);
    if (d->options->verify == MCPI_VERIFY_FULL)
        mcpi_record_withdraw(&d->record, mcpi_team_bit(rank));
    unassign(d, m);
    d->ending.sharing.rounds++;
    plan(d);
}

/* Whether the others need what this rank has, or could still be given. */
static bool keeps_others(const mcpi_dispatcher *d, unsigned rank, double now)
{
    const member *m = &d->members[rank];
    const bool may_take = m->able && !mcpi_queue_empty(&d->queue, d->stopping);
    return (!m->finished || may_take) && !others_have_work(d, now);
}

void mcpi_dispatcher_look(mcpi_dispatcher *d, double now)
{
    bool changed = false;
    mcpi_liveness_look(d->liveness, now);
    for (unsigned rank = 1; rank < d->ranks && !d->over; rank++) {
        if (is_lost(d, rank)) {
            changed |= d->members[rank].able;
            retire(d, &d->members[rank]); /* lost before the run began */
        } else if (mcpi_liveness_is_silent(d->liveness, rank, mcpi_lost_seconds, now) && keeps_others(d, rank, now)) {
            lose(d, rank, now);
            changed = true;
        }
    }
    if (changed)
        advance(d);
}

/* ---- opening, saving, progress ---- */

mcpi_dispatcher *mcpi_dispatcher_open(const mcpi_options *options, mcpi_liveness *liveness,
                                      const mcpi_dispatcher_calls *calls)
{
    mcpi_dispatcher *const d = calloc(1, sizeof *d);
    if (!d)
        return NULL;
    d->options = options;
    d->liveness = liveness;
    d->calls = *calls;
    d->ranks = liveness->ranks;
    d->members = calloc(d->ranks, sizeof *d->members);
    if (!d->members || !mcpi_record_init(&d->record, options, most_separate)) {
        mcpi_dispatcher_close(d);
        return NULL;
    }
    mcpi_error error;
    need_kept(d, mcpi_record_resume(&d->record, &error), &error);
    for (unsigned rank = 0; rank < d->ranks; rank++)
        d->able += d->members[rank].able = !is_lost(d, rank);
    d->queue.next = options->first;
    d->queue.cuts.part_darts = d->record.boundaries.cuts.part_darts;
    rebuild_queue(d);
    d->ending.sharing.rounds = 1;
    return d;
}

void mcpi_dispatcher_close(mcpi_dispatcher *d)
{
    if (!d)
        return;
    for (unsigned rank = 0; d->members && rank < d->ranks; rank++)
        mcpi_ranges_free(&d->members[rank].assigned);
    free(d->members);
    mcpi_queue_free(&d->queue);
    mcpi_record_free(&d->record);
    free(d);
}

mcpi_opening_message mcpi_dispatcher_opening(const mcpi_dispatcher *d)
{
    const mcpi_options *options = d->options;
    return (mcpi_opening_message){
        .kind = MCPI_MESSAGE_OPENING,
        .seed = options->seed,
        .stream = options->stream,
        .first = options->first,
        .darts = options->darts,
        .goal = d->record.goal,
        .target_error = options->target_error,
        .time_limit_seconds = options->time_limit_seconds,
        .traces = options->trace != 0,
        .verifies_all = options->verify == MCPI_VERIFY_FULL,
        .part_darts = options->part_darts,
    };
}

mcpi_record *mcpi_dispatcher_record(mcpi_dispatcher *d)
{
    return &d->record;
}

mcpi_ending mcpi_dispatcher_ending(const mcpi_dispatcher *d)
{
    return d->ending;
}
