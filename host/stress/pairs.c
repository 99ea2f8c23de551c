/*
 * A tester keeps as many jobs in flight as its backend takes. Its next job is, in order of preference: a slice of a
 * range of a GPU, if the tester is a core that recounts; a range that another tester of its kind has counted; one of
 * its own ranges that no other tester has taken, counted in another way; a new range. A first count is kept until there
 * is a second one, and then compared. Two counts that differ, or a count that contradicts itself, open a dispute
 * (dispute.c). Testers count for disputes before anything else.
 */
#include "stress/pairs.h"

#include <math.h>
#include <stdlib.h>

#include "core/slices.h"
#include "core/status.h"
#include "mcpi/dart.h"
#include "stress/dispute.h"

/* The purpose of a job. The subject of a RECOUNT is the range that is counted again. */
enum purpose { FIRST_COUNT, RECOUNT, CHECK, DISPUTE };

/* This many ranges of a tester may wait for others before it counts one of them again itself; fewer at the end, so that
   no range has to wait for a much slower tester. */
static const size_t most_waiting = 8;
static const size_t most_waiting_at_end = 2;

/* A range is dropped after it was taken this many times and not counted. The testers that took it are at fault, and
   have been named. */
static const unsigned most_attempts = 4;

/* A core that is tested checks slices for at most this share of its time. */
static const double checking_share = 0.05;

static tester *tester_of(mcpi_lane *lane)
{
    return (tester *)lane;
}

static mcpi_device_kind kind_of(const tester *self)
{
    return self->role->device.kind;
}

/* ---- other testers ---- */

bool mcpi_pairs_take(const test *t, mcpi_device_kind kind)
{
    for (const tester *other = t->testers; other < t->testers + t->roles.count; other++)
        if (other->role->tested && kind_of(other) == kind && mcpi_lane_is_able(&other->lane))
            return true;
    return false;
}

static bool any_checks(const test *t)
{
    for (const tester *other = t->testers; other < t->testers + t->roles.count; other++)
        if (other->role->recounts && mcpi_lane_is_able(&other->lane))
            return true;
    return false;
}

static bool is_alone(const tester *self)
{
    const test *const t = self->test;
    for (const tester *other = t->testers; other < t->testers + t->roles.count; other++)
        if (other != self && other->role->tested && kind_of(other) == kind_of(self) && mcpi_lane_is_open(&other->lane))
            return false;
    return true;
}

/* ---- the next task ---- */

static bool may_check(const tester *self)
{
    const test *const t = self->test;
    return self->role->recounts && t->recount_queue.count > 0 &&
           (!self->role->tested || t->stopping ||
            self->checking_seconds <= checking_share * (mcpi_lanes_now(&t->lanes) - t->lanes.started));
}

static bool take_check(tester *self, mcpi_task *task)
{
    if (!may_check(self))
        return false;
    const mcpi_recount_slice check = mcpi_recount_queue_take(&self->test->recount_queue, 0);
    *task = (mcpi_task){.purpose = CHECK, .way = (unsigned)self->role->scalar, .job = check.job, .check = check};
    return true;
}

static bool is_of_another(const void *user, const mcpi_pending_range *entry)
{
    const tester *const self = user;
    return entry->tester != self->index && kind_of(&self->test->testers[entry->tester]) == kind_of(self);
}

static bool is_own(const void *user, const mcpi_pending_range *entry)
{
    return entry->tester == ((const tester *)user)->index;
}

static bool take_recount(tester *self, mcpi_task *task)
{
    mcpi_pending *const pending = &self->test->pending;
    const size_t limit = self->test->stopping ? most_waiting_at_end : most_waiting;
    unsigned way = MCPI_USUAL;
    mcpi_pending_range *entry = mcpi_pending_take(pending, is_of_another, self);
    if (!entry && (is_alone(self) || mcpi_pending_of(pending, self->index) >= limit)) {
        entry = mcpi_pending_take(pending, is_own, self);
        way = MCPI_OTHER + self->opinions % (self->role->way_count - 1);
    }
    if (!entry)
        return false;
    self->opinions += way != MCPI_USUAL;
    *task = (mcpi_task){.purpose = RECOUNT, .way = way, .job = entry->job, .subject = entry};
    return true;
}

static uint64_t next_darts(const mcpi_lane *lane)
{
    const mcpi_range_request portion = {
        .opening = lane->backend->opening_darts,
        .previous = lane->previous_darts,
        .rate = lane->rate,
        .total_rate = lane->rate,
        .remaining = MCPI_DART_END,
        .workers = 1,
        .seconds = mcpi_range_seconds,
        .seconds_left = INFINITY,
    };
    return mcpi_next_range_size(&portion);
}

/* After the last dart the test begins again with the first one. */
static bool take_range(tester *self, mcpi_task *task)
{
    test *const t = self->test;
    const mcpi_options *const run = &t->options.run;
    mcpi_range range;
    if (t->stopping)
        return false;
    if (mcpi_queue_empty(&t->queue, false))
        t->queue.next = run->first;
    mcpi_queue_take(&t->queue, next_darts(&self->lane), false, &range);
    *task = (mcpi_task){.purpose = FIRST_COUNT, .job = {run->seed, run->stream, range.first, range.darts}};
    return true;
}

static bool take_task(tester *self, mcpi_task *task)
{
    return take_check(self, task) || (self->role->tested && (take_recount(self, task) || take_range(self, task)));
}

/* Is there no work left for any tester? */
static bool is_over(const test *t)
{
    if (!t->stopping || t->pending.oldest || t->recount_queue.count > 0)
        return false;
    for (const tester *other = t->testers; other < t->testers + t->roles.count; other++)
        if (other->lane.in_flight > 0 || other->inbox)
            return false;
    return true;
}

static mcpi_step choose(tester *self, mcpi_task *task)
{
    mcpi_lane *const lane = &self->lane;
    if (self->inbox && lane->in_flight == 0) {
        *task = mcpi_dispute_task(self);
        task->purpose = DISPUTE;
        return MCPI_STEP_SUBMIT;
    }
    if (!self->inbox && lane->in_flight < lane->backend->in_flight && take_task(self, task))
        return MCPI_STEP_SUBMIT;
    if (lane->in_flight > 0)
        return MCPI_STEP_COLLECT;
    return is_over(self->test) ? MCPI_STEP_LEAVE : MCPI_STEP_WAIT;
}

mcpi_step mcpi_pairs_next(mcpi_lane *lane, mcpi_task *task)
{
    const mcpi_step step = choose(tester_of(lane), task);
    task->name = task->purpose == FIRST_COUNT ? MCPI_NVTX_COUNT : MCPI_NVTX_RECOUNT;
    return step;
}

/* ---- results ---- */

/* Offer some slices of a range of a GPU: as many as the cores that check can soon take. */
static void offer_slices(tester *self, const mcpi_pending_range *entry)
{
    mcpi_recount_queue *const checks = &self->test->recount_queue;
    const size_t waiting = mcpi_recount_queue_of_team(checks, self->index);
    if (kind_of(self) != MCPI_GPU || !any_checks(self->test))
        return;
    for (size_t draw = waiting; draw < self->test->checkers && draw - waiting < entry->slices; draw++) {
        const size_t i = mcpi_pick_slice(&entry->job, draw, entry->slices);
        const mcpi_recount_slice check = {self->index, 0, mcpi_slice(&entry->job, entry->slice_darts, i),
                                          entry->slice_hits[i]};
        mcpi_recount_queue_push(checks, &check);
    }
}

static void counted_first(tester *self, const mcpi_task *task, const mcpi_counts *counts, double seconds)
{
    mcpi_error error;
    mcpi_pending_range *const entry = mcpi_pending_range_make(&task->job, self->index, counts);
    if (!entry) {
        mcpi_fail(&error, MCPI_NO_MEMORY, "%s: out of memory", self->role->device.id);
        mcpi_lane_fail(&self->lane, &error);
        return;
    }
    self->lane.rate = (double)task->job.darts / seconds;
    self->lane.previous_darts = task->job.darts;
    self->row.ranges++;
    offer_slices(self, entry);
    mcpi_pending_add(&self->test->pending, entry);
}

static void recounted(tester *self, const mcpi_task *task, uint64_t hits)
{
    test *const t = self->test;
    mcpi_pending_range *const entry = task->subject;
    self->row.recounts++;
    if (hits == entry->hits) {
        t->confirmed_darts += entry->job.darts;
        free(entry);
        return;
    }
    const mcpi_claim first = {entry->tester, MCPI_USUAL, entry->hits};
    const mcpi_claim second = {self->index, task->way, hits};
    mcpi_dispute dispute = mcpi_dispute_between(&entry->job, &first, &second, &t->roles);
    dispute.stage = MCPI_SEARCH;
    dispute.entry = entry;
    mcpi_dispute_open(self, &dispute);
}

static void checked(tester *self, const mcpi_task *task, uint64_t hits, double seconds)
{
    test *const t = self->test;
    const mcpi_recount_slice *const check = &task->check;
    self->row.slices++;
    t->testers[check->team].row.slices++;
    self->checking_seconds += seconds;
    if (hits == check->hits)
        return;
    const mcpi_claim first = {check->team, MCPI_USUAL, check->hits};
    const mcpi_claim second = {self->index, task->way, hits};
    const mcpi_dispute dispute = mcpi_dispute_between(&check->job, &first, &second, &t->roles);
    mcpi_dispute_open(self, &dispute);
}

void mcpi_pairs_counted(mcpi_lane *lane, const mcpi_task *task, const mcpi_counts *counts, uint64_t hits)
{
    tester *const self = tester_of(lane);
    const double now = mcpi_lanes_now(lane->group);
    const double seconds = now - fmax(task->submitted, self->last_collect);
    self->last_collect = now;
    self->row.darts += task->purpose == DISPUTE ? 0 : task->job.darts;
    switch (task->purpose) {
    case FIRST_COUNT:
        counted_first(self, task, counts, seconds);
        break;
    case RECOUNT:
        recounted(self, task, hits);
        break;
    case CHECK:
        checked(self, task, hits, seconds);
        break;
    default:
        mcpi_dispute_counted(self, hits);
        break;
    }
}

/* ---- lost tasks ---- */

static void give_back(test *t, mcpi_pending_range *entry)
{
    if (++entry->attempts < most_attempts)
        mcpi_pending_give_back(&t->pending, entry);
    else
        free(entry);
}

static void give_tasks_back(tester *self)
{
    for (unsigned i = 0; i < self->lane.in_flight; i++)
        if (self->lane.tasks[i].purpose == RECOUNT)
            give_back(self->test, self->lane.tasks[i].subject);
    self->lane.in_flight = 0;
}

/* Open the dispute at once, so that the device is named even if it hangs before it can count again. */
static void contradicted(tester *self, const mcpi_error *error)
{
    const mcpi_task task = self->lane.tasks[0];
    give_tasks_back(self);
    if (task.purpose == DISPUTE) {
        mcpi_dispute_counted(self, MCPI_NO_COUNT);
        return;
    }
    const mcpi_claim claim = {self->index, task.way, MCPI_NO_COUNT};
    const mcpi_dispute dispute = mcpi_dispute_of_one(&task.job, &claim, error->message);
    mcpi_dispute_open(self, &dispute);
}

/* A driver that ends its process is what the test looks for. */
bool mcpi_pairs_reopens(mcpi_lane *lane, const mcpi_error *error)
{
    if (error->status != MCPI_MISMATCH)
        return false;
    contradicted(tester_of(lane), error);
    return true;
}

static bool cannot_be_recounted(const void *user, const mcpi_pending_range *entry)
{
    const test *const t = user;
    return !mcpi_pairs_take(t, kind_of(&t->testers[entry->tester]));
}

/* Drop work that no remaining device can do. */
static void drop_orphans(test *t)
{
    mcpi_pending_range *entry;
    while ((entry = mcpi_pending_take(&t->pending, cannot_be_recounted, t)))
        free(entry);
    while (t->recount_queue.count > 0 && !any_checks(t))
        mcpi_recount_queue_take(&t->recount_queue, 0);
}

void mcpi_pairs_lost(mcpi_lane *lane)
{
    give_tasks_back(tester_of(lane));
    mcpi_disputes_abandon(tester_of(lane));
    drop_orphans(tester_of(lane)->test);
}
