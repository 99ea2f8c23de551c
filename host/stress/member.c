/*
 * A member of the crew: a thread with a GPU or a core, and its ways of counting.
 *
 * It keeps as many jobs in flight as its backend takes. Each is, in this order: a slice of a GPU's range, for a core; a
 * range that another of its kind has counted; one of its own that nobody else has taken, to be counted in the other
 * way; a new one. What comes back goes to the ledger the first time and is compared the second.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/c_locale.h"
#include "core/slices.h"
#include "core/status.h"
#include "engine/nvtx.h"
#include "mcpi/dart.h"
#include "stress/test_state.h"

/* So many of a member's ranges may wait for others before it counts one of them again by itself; fewer at the end, when
   nobody should have to wait for somebody much slower. */
static const size_t most_waiting = 8;
static const size_t most_waiting_at_end = 2;

/* A range is given up when so many have taken it and not brought it back: they are at fault, and have been named. */
static const unsigned most_attempts = 4;

/* A core that is tested checks slices for at most this share of its time. */
static const double checking_share = 0.05;

static const mcpi_backend *backend_of(const member *m)
{
    return m->counter->backend;
}

static mcpi_device_kind kind_of(const member *m)
{
    return m->counter->device.kind;
}

/* ---- who is there: with the lock held ---- */

static bool may_work(const member *m)
{
    return m->presence == OPENING || m->presence == AT_WORK;
}

bool mcpi_crew_has(const crew *c, mcpi_device_kind kind)
{
    for (const member *m = c->members; m < c->members + c->roster.count; m++)
        if (m->counter->tested && kind_of(m) == kind && may_work(m))
            return true;
    return false;
}

bool mcpi_crew_checks(const crew *c)
{
    for (const member *m = c->members; m < c->members + c->roster.count; m++)
        if (m->counter->recounts && may_work(m))
            return true;
    return false;
}

static bool is_alone(const member *m)
{
    const crew *const c = m->crew;
    for (const member *other = c->members; other < c->members + c->roster.count; other++)
        if (other != m && other->counter->tested && kind_of(other) == kind_of(m) && other->presence == AT_WORK)
            return false;
    return true;
}

/* ---- what is next: with the lock held ---- */

static bool is_of_another(const void *user, const mcpi_pending_range *entry)
{
    const member *const m = user;
    return entry->counter != m->index && kind_of(&m->crew->members[entry->counter]) == kind_of(m);
}

static bool is_own(const void *user, const mcpi_pending_range *entry)
{
    return entry->counter == ((const member *)user)->index;
}

static void add_task(member *m, task next)
{
    next.submitted = mcpi_crew_now(m->crew);
    m->tasks[m->in_flight++] = next;
}

static bool may_check(const member *m)
{
    const crew *const c = m->crew;
    return m->counter->recounts && c->recount_queue.count > 0 &&
           (!m->counter->tested || c->stopping ||
            m->checking_seconds <= checking_share * (mcpi_crew_now(c) - c->started));
}

static bool take_check(member *m)
{
    if (!may_check(m))
        return false;
    const mcpi_recount_slice check = mcpi_recount_queue_take(&m->crew->recount_queue, 0);
    add_task(m, (task){.purpose = CHECK, .way = (unsigned)m->counter->scalar, .job = check.job, .check = check});
    return true;
}

static bool take_recount(member *m)
{
    mcpi_pending *const ledger = &m->crew->ledger;
    const size_t limit = m->crew->stopping ? most_waiting_at_end : most_waiting;
    unsigned way = MCPI_USUAL;
    mcpi_pending_range *entry = mcpi_pending_take(ledger, is_of_another, m);
    if (!entry && (is_alone(m) || mcpi_pending_of(ledger, m->index) >= limit)) {
        entry = mcpi_pending_take(ledger, is_own, m);
        way = MCPI_OTHER + m->opinions % (m->counter->way_count - 1);
    }
    if (!entry)
        return false;
    m->opinions += way != MCPI_USUAL;
    add_task(m, (task){.purpose = RECOUNT, .way = way, .job = entry->job, .entry = entry});
    return true;
}

static uint64_t next_darts(const member *m)
{
    const mcpi_range_request request = {
        .opening = backend_of(m)->opening_darts,
        .previous = m->previous_darts,
        .rate = m->rate,
        .total_rate = m->rate,
        .remaining = MCPI_DART_END,
        .workers = 1,
        .seconds = mcpi_range_seconds,
        .seconds_left = INFINITY,
    };
    return mcpi_next_range_size(&request);
}

/* When all darts have been counted it begins again. */
static bool take_range(member *m)
{
    crew *const c = m->crew;
    const mcpi_options *const run = &c->options.run;
    mcpi_range range;
    if (c->stopping)
        return false;
    if (mcpi_queue_empty(&c->queue, false))
        c->queue.next = run->first;
    mcpi_queue_take(&c->queue, next_darts(m), false, &range);
    add_task(m, (task){.purpose = FIRST_COUNT, .job = {run->seed, run->stream, range.first, range.darts}});
    return true;
}

static bool take_task(member *m)
{
    return take_check(m) || (m->counter->tested && (take_recount(m) || take_range(m)));
}

/* Is there nothing left that anybody may still have to count for? */
static bool is_over(const crew *c)
{
    if (!c->stopping || c->ledger.oldest || c->recount_queue.count > 0 || c->disputes > 0)
        return false;
    for (const member *m = c->members; m < c->members + c->roster.count; m++)
        if (m->in_flight > 0)
            return false;
    return true;
}

/* ---- leaving ---- */

static bool cannot_be_recounted(const void *user, const mcpi_pending_range *entry)
{
    const crew *const c = user;
    return !mcpi_crew_has(c, kind_of(&c->members[entry->counter]));
}

/* Nobody waits for what nobody will do. */
static void drop_orphans(crew *c)
{
    mcpi_pending_range *entry;
    while ((entry = mcpi_pending_take(&c->ledger, cannot_be_recounted, c)))
        free(entry);
    while (c->recount_queue.count > 0 && !mcpi_crew_checks(c))
        mcpi_recount_queue_take(&c->recount_queue, 0);
}

static void give_back(crew *c, mcpi_pending_range *entry)
{
    if (++entry->attempts < most_attempts)
        mcpi_pending_give_back(&c->ledger, entry);
    else
        free(entry);
}

static void give_tasks_back(member *m)
{
    for (unsigned i = 0; i < m->in_flight; i++)
        if (m->tasks[i].purpose == RECOUNT)
            give_back(m->crew, m->tasks[i].entry);
    m->in_flight = 0;
}

void mcpi_member_dismiss(member *m)
{
    snprintf(m->row.failure, sizeof m->row.failure, "%s", m->failure.message);
    give_tasks_back(m);
    mcpi_disputes_abandon(m);
    drop_orphans(m->crew);
    pthread_cond_broadcast(&m->crew->changed);
}

/* The report has been made without this. What the member still has is freed with the crew. With the lock held. */
static void give_all_back(member *m)
{
    m->presence = FAILED;
    give_tasks_back(m);
    mcpi_disputes_abandon(m);
}

static void fail(member *m, const mcpi_error *error)
{
    crew *const c = m->crew;
    pthread_mutex_lock(&c->lock);
    if (m->presence != WRITTEN_OFF) {
        m->presence = FAILED;
        m->failure = *error;
        mcpi_member_dismiss(m);
    }
    pthread_mutex_unlock(&c->lock);
}

/* ---- calls of the backend, each of which may last for ever: without the lock ---- */

static void begin_call(member *m)
{
    pthread_mutex_lock(&m->crew->lock);
    m->calling = mcpi_crew_now(m->crew);
    pthread_mutex_unlock(&m->crew->lock);
}

/* False if the member was written off meanwhile. */
static bool end_call(member *m)
{
    pthread_mutex_lock(&m->crew->lock);
    m->calling = 0.0;
    const bool wanted = m->presence != WRITTEN_OFF;
    pthread_mutex_unlock(&m->crew->lock);
    return wanted;
}

static bool open_handles(member *m)
{
    mcpi_error error = {MCPI_OK, ""};
    mcpi_status status = MCPI_OK;
    begin_call(m);
    mcpi_nvtx_push(MCPI_NVTX_SET_UP, NULL, m->counter->device.id, 0);
    for (unsigned way = 0; way < m->counter->way_count && status == MCPI_OK; way++)
        status = backend_of(m)->open(&m->counter->device, &m->counter->ways[way], &m->handles[way], &error);
    mcpi_nvtx_pop();
    if (status != MCPI_OK)
        fail(m, &error);
    return end_call(m) && status == MCPI_OK;
}

static void close_handles(member *m, bool hangs)
{
    void (*const close)(void *) = hangs && backend_of(m)->abandon ? backend_of(m)->abandon : backend_of(m)->close;
    begin_call(m);
    for (unsigned way = 0; way < m->counter->way_count; way++) {
        if (m->handles[way])
            close(m->handles[way]);
        m->handles[way] = NULL;
    }
    end_call(m);
}

/* After a count that contradicts itself: by its contract the backend's worker is finished, but the device is not. */
static bool reopen_handles(member *m)
{
    pthread_mutex_lock(&m->crew->lock);
    give_tasks_back(m);
    pthread_cond_broadcast(&m->crew->changed);
    pthread_mutex_unlock(&m->crew->lock);
    close_handles(m, false);
    return open_handles(m);
}

/* `name`: as what profilers show it. */
static mcpi_status collect(member *m, mcpi_nvtx_name name, unsigned way, const mcpi_job *job, mcpi_counts *counts,
                           uint64_t *hits, mcpi_error *error)
{
    mcpi_nvtx_push(name, m->counter->device.kernel, m->counter->device.id, job->darts);
    const mcpi_status status = backend_of(m)->collect(m->handles[way], counts, error);
    mcpi_nvtx_pop();
    if (status != MCPI_OK || mcpi_add_slices(job, counts, hits))
        return status;
    return mcpi_fail(error, MCPI_MISMATCH, "%s (%s): more hits than darts came back", m->counter->device.id,
                     m->counter->device.name);
}

bool mcpi_member_count(member *m, unsigned way, const mcpi_job *job, uint64_t *hits)
{
    mcpi_counts counts;
    mcpi_error error = {MCPI_OK, ""};
    begin_call(m);
    mcpi_status status = backend_of(m)->submit(m->handles[way], job, &error);
    if (status == MCPI_OK)
        status = collect(m, MCPI_NVTX_RECOUNT, way, job, &counts, hits, &error);
    if (!end_call(m))
        return false;
    if (status == MCPI_MISMATCH) {
        *hits = MCPI_NO_COUNT;
        return reopen_handles(m);
    }
    if (status != MCPI_OK)
        fail(m, &error);
    return status == MCPI_OK;
}

/* ---- what comes back: with the lock held ---- */

/* Some slices of a GPU's range, as many as the cores that check can soon take. */
static void offer_slices(member *m, const mcpi_pending_range *entry)
{
    mcpi_recount_queue *const checks = &m->crew->recount_queue;
    const size_t waiting = mcpi_recount_queue_of_team(checks, m->index);
    if (kind_of(m) != MCPI_GPU || !mcpi_crew_checks(m->crew))
        return;
    for (size_t draw = waiting; draw < m->crew->checkers && draw - waiting < entry->slices; draw++) {
        const size_t i = mcpi_pick_slice(&entry->job, draw, entry->slices);
        const mcpi_recount_slice check = {m->index, 0, mcpi_slice(&entry->job, entry->slice_darts, i),
                                          entry->slice_hits[i]};
        mcpi_recount_queue_push(checks, &check);
    }
}

static void counted_first(member *m, const task *done, mcpi_pending_range *entry)
{
    const double now = mcpi_crew_now(m->crew);
    m->rate = (double)done->job.darts / (now - fmax(done->submitted, m->last_collect));
    m->previous_darts = done->job.darts;
    m->row.ranges++;
    offer_slices(m, entry);
    mcpi_pending_add(&m->crew->ledger, entry);
}

static void recounted(member *m, const task *done, uint64_t hits)
{
    mcpi_pending_range *const entry = done->entry;
    m->row.recounts++;
    if (hits == entry->hits) {
        m->crew->confirmed_darts += entry->job.darts;
        free(entry);
        return;
    }
    const mcpi_claim first = {entry->counter, MCPI_USUAL, entry->hits};
    const mcpi_claim second = {m->index, done->way, hits};
    mcpi_dispute dispute = mcpi_dispute_between(&entry->job, &first, &second, &m->crew->roster);
    dispute.stage = MCPI_SEARCH;
    dispute.entry = entry;
    mcpi_dispute_open(m, &dispute);
}

static void checked(member *m, const task *done, uint64_t hits)
{
    const mcpi_recount_slice *const check = &done->check;
    m->row.slices++;
    m->crew->members[check->team].row.slices++;
    m->checking_seconds += mcpi_crew_now(m->crew) - done->submitted;
    if (hits == check->hits)
        return;
    const mcpi_claim first = {check->team, MCPI_USUAL, check->hits};
    const mcpi_claim second = {m->index, done->way, hits};
    const mcpi_dispute dispute = mcpi_dispute_between(&check->job, &first, &second, &m->crew->roster);
    mcpi_dispute_open(m, &dispute);
}

static void take_in(member *m, const task *done, uint64_t hits, mcpi_pending_range *entry)
{
    m->row.darts += done->job.darts;
    m->in_flight--;
    memmove(m->tasks, m->tasks + 1, m->in_flight * sizeof *m->tasks);
    if (done->purpose == FIRST_COUNT)
        counted_first(m, done, entry);
    else if (done->purpose == RECOUNT)
        recounted(m, done, hits);
    else
        checked(m, done, hits);
    m->last_collect = mcpi_crew_now(m->crew);
    pthread_cond_broadcast(&m->crew->changed);
}

/* ---- the thread ---- */

static void contradict(member *m, const task *done, const char *message)
{
    const mcpi_claim claim = {m->index, done->way, MCPI_NO_COUNT};
    const mcpi_dispute dispute = mcpi_dispute_of_one(&done->job, &claim, message);
    pthread_mutex_lock(&m->crew->lock);
    mcpi_dispute_open(m, &dispute);
    pthread_mutex_unlock(&m->crew->lock);
    reopen_handles(m); /* if it cannot, or never returns, the device is lost, and the dispute undecided */
}

static void collect_oldest(member *m)
{
    const task done = m->tasks[0];
    mcpi_counts counts;
    uint64_t hits = 0;
    mcpi_error error = {MCPI_OK, ""};
    mcpi_pending_range *entry = NULL;
    begin_call(m);
    const mcpi_nvtx_name name = done.purpose == FIRST_COUNT ? MCPI_NVTX_COUNT : MCPI_NVTX_RECOUNT;
    mcpi_status status = collect(m, name, done.way, &done.job, &counts, &hits, &error);
    if (!end_call(m))
        return;
    if (status == MCPI_MISMATCH) {
        contradict(m, &done, error.message);
        return;
    }
    if (status == MCPI_OK && done.purpose == FIRST_COUNT &&
        !(entry = mcpi_pending_range_make(&done.job, m->index, &counts)))
        status = mcpi_fail(&error, MCPI_NO_MEMORY, "%s: out of memory", m->counter->device.id);
    if (status != MCPI_OK) {
        fail(m, &error);
        return;
    }
    pthread_mutex_lock(&m->crew->lock);
    take_in(m, &done, hits, entry);
    pthread_mutex_unlock(&m->crew->lock);
}

static void submit_newest(member *m)
{
    const task *const newest = &m->tasks[m->in_flight - 1];
    const mcpi_job job = newest->job;
    const unsigned way = newest->way;
    mcpi_error error = {MCPI_OK, ""};
    begin_call(m);
    const mcpi_status status = backend_of(m)->submit(m->handles[way], &job, &error);
    if (end_call(m) && status != MCPI_OK)
        fail(m, &error);
}

typedef enum action { SUBMIT, COLLECT, TRY, WAIT, LEAVE } action;

static action next_action(member *m)
{
    if (m->presence != AT_WORK || m->crew->abandoned)
        return LEAVE;
    if (m->inbox)
        return m->in_flight > 0 ? COLLECT : TRY;
    if (m->in_flight < backend_of(m)->in_flight && take_task(m))
        return SUBMIT;
    if (m->in_flight > 0)
        return COLLECT;
    return is_over(m->crew) ? LEAVE : WAIT;
}

static void act(member *m, action next)
{
    if (next == SUBMIT)
        submit_newest(m);
    else if (next == COLLECT)
        collect_oldest(m);
    else
        mcpi_dispute_try(m);
}

/* Until there is nothing more to do. Called with the lock held, which it lets go meanwhile. */
static void work(member *m)
{
    crew *const c = m->crew;
    for (action next = next_action(m); next != LEAVE; next = next_action(m)) {
        if (next == WAIT) {
            pthread_cond_wait(&c->changed, &c->lock);
            continue;
        }
        pthread_mutex_unlock(&c->lock);
        act(m, next);
        pthread_mutex_lock(&c->lock);
    }
}

void *mcpi_member_work(void *argument)
{
    MCPI_C_LOCALE;
    member *const m = argument;
    crew *const c = m->crew;
    const bool opened = open_handles(m);
    pthread_mutex_lock(&c->lock);
    if (opened)
        m->presence = AT_WORK;
    pthread_cond_broadcast(&c->changed);
    work(m);
    const bool hangs = m->presence == WRITTEN_OFF || m->failure.status == MCPI_TIMED_OUT;
    if (c->abandoned)
        give_all_back(m);
    pthread_cond_broadcast(&c->changed);
    pthread_mutex_unlock(&c->lock);
    close_handles(m, hangs);
    pthread_mutex_lock(&c->lock);
    m->left = true;
    pthread_cond_broadcast(&c->news);
    pthread_mutex_unlock(&c->lock);
    mcpi_crew_release(c);
    return NULL;
}
