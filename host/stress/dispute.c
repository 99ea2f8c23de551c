/*
 * The course of a dispute. It moves between the inboxes of testers, because each tester counts with its own device
 * only.
 *
 * Search: the tester of the second count counts the slices of the first one, one task each, until one differs. If none
 * differs, its own count of the whole job was wrong, and is right now.
 *
 * Judge: the definition counts the job on which the two disagree, and contradicts one of them. This needs no device, so
 * the thread that found the difference does it at once.
 *
 * Repeat: the accused tester counts the job again in the same way. The verdict is whether it is right or wrong this
 * time.
 *
 * A count that contradicts itself starts at the last stage. A dispute is always in an inbox, so that if a tester is
 * lost, its disputes are found there and their devices are named.
 */
#include "stress/dispute.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/slices.h"

static void blame(tester *accused, mcpi_fault fault, const char *text)
{
    accused->row.faults[fault]++;
    if (accused->row.first_fault[0] == '\0')
        snprintf(accused->row.first_fault, sizeof accused->row.first_fault, "%s", text);
}

/* An undecided dispute blames both testers, because either may be at fault. In the last stage it blames only the
   accused, which is known to be wrong: what is unknown is whether its fault is persistent. */
static void pronounce(test *t, const mcpi_dispute *dispute, mcpi_fault fault)
{
    char text[sizeof t->testers->row.first_fault];
    mcpi_pronounce(dispute, fault, text, sizeof text);
    const size_t accused = dispute->claims[dispute->accused].tester;
    const size_t other = dispute->claims[!dispute->accused].tester;
    blame(&t->testers[accused], fault, text);
    if (dispute->stage != MCPI_REPEAT && other != accused)
        blame(&t->testers[other], fault, text);
}

/* ---- inboxes ---- */

static void put_in(tester *self, mcpi_dispute *dispute)
{
    mcpi_dispute **end = &self->inbox;
    while (*end)
        end = &(*end)->next;
    dispute->next = NULL;
    *end = dispute;
}

static void take_out(tester *self, const mcpi_dispute *dispute)
{
    mcpi_dispute **at = &self->inbox;
    while (*at != dispute)
        at = &(*at)->next;
    *at = dispute->next;
}

/* Close a dispute with its verdict. */
static void finish(tester *self, mcpi_dispute *dispute, mcpi_fault fault)
{
    take_out(self, dispute);
    pronounce(self->test, dispute, fault);
    free(dispute->entry);
    free(dispute);
}

void mcpi_disputes_abandon(tester *self)
{
    while (self->inbox)
        finish(self, self->inbox, MCPI_UNDECIDED);
}

/* Let the accused count again. If it is lost, the dispute stays undecided. */
static void bring_to_accused(tester *self, mcpi_dispute *dispute)
{
    tester *const accused = &self->test->testers[dispute->claims[dispute->accused].tester];
    dispute->stage = MCPI_REPEAT;
    if (!mcpi_lane_is_open(&accused->lane)) {
        finish(self, dispute, MCPI_UNDECIDED);
        return;
    }
    take_out(self, dispute);
    put_in(accused, dispute);
    pthread_cond_broadcast(&self->test->lanes.changed);
}

/* ---- the stages ---- */

/* Counting by definition takes a while, so the lock is released meanwhile. If the tester was left behind in that time,
   its disputes have been abandoned. */
static void judge(tester *self, mcpi_dispute *dispute)
{
    pthread_mutex_t *const lock = &self->test->lanes.lock;
    const mcpi_job job = dispute->job;
    pthread_mutex_unlock(lock);
    const uint64_t truth = mcpi_count_by_definition(&job);
    pthread_mutex_lock(lock);
    if (self->lane.behind)
        return;
    dispute->truth = truth;
    if (mcpi_accuse(dispute, &self->test->roles))
        bring_to_accused(self, dispute);
    else
        finish(self, dispute, MCPI_UNDECIDED);
}

/* The counts differ over the whole job but agree slice by slice, so the second count was wrong. */
static void accuse_second(tester *self, mcpi_dispute *dispute)
{
    dispute->job = dispute->entry->job;
    dispute->truth = dispute->entry->hits;
    dispute->claims[0].hits = dispute->truth;
    mcpi_accuse(dispute, &self->test->roles);
    bring_to_accused(self, dispute);
}

static mcpi_job next_slice(const mcpi_dispute *dispute)
{
    return mcpi_slice(&dispute->entry->job, dispute->entry->slice_darts, dispute->agreed);
}

static void searched(tester *self, mcpi_dispute *dispute, uint64_t hits)
{
    const mcpi_pending_range *const entry = dispute->entry;
    const uint64_t expected = entry->slice_hits[dispute->agreed];
    if (hits != expected) {
        dispute->job = next_slice(dispute);
        dispute->claims[0].hits = expected;
        dispute->claims[1].hits = hits;
        dispute->stage = MCPI_JUDGE;
        judge(self, dispute);
    } else if (++dispute->agreed == entry->slices) {
        accuse_second(self, dispute);
    }
}

void mcpi_dispute_open(tester *self, const mcpi_dispute *draft)
{
    test *const t = self->test;
    t->disagreements++;
    mcpi_dispute *const dispute = malloc(sizeof *dispute);
    if (!dispute) {
        pronounce(t, draft, MCPI_UNDECIDED);
        free(draft->entry);
        return;
    }
    *dispute = *draft;
    put_in(self, dispute);
    if (dispute->stage == MCPI_JUDGE)
        judge(self, dispute);
}

mcpi_task mcpi_dispute_task(const tester *self)
{
    const mcpi_dispute *const dispute = self->inbox;
    if (dispute->stage == MCPI_SEARCH)
        return (mcpi_task){.way = dispute->claims[1].way, .job = next_slice(dispute)};
    return (mcpi_task){.way = dispute->claims[dispute->accused].way, .job = dispute->job};
}

void mcpi_dispute_counted(tester *self, uint64_t hits)
{
    mcpi_dispute *const dispute = self->inbox;
    if (dispute->stage == MCPI_SEARCH)
        searched(self, dispute, hits);
    else
        finish(self, dispute, mcpi_verdict(dispute, hits));
}
