/*
 * What happens to a dispute. It goes from one member's inbox to another's, for each counts with its own device only:
 *
 *   search   the second of the two counts the first one's slices, until one differs. If none does, its own count of the
 *            whole was wrong, and is right now.
 *   judge    the definition counts what they disagree on, and contradicts one of them.
 *   repeat   that one counts it again, in the way it did: right or wrong again, that is the verdict.
 *
 * A count that contradicts itself comes to the last stage at once.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/slices.h"
#include "stress/test_state.h"

static void blame(member *m, mcpi_fault fault, const char *text)
{
    m->row.faults[fault]++;
    if (m->row.first_fault[0] == '\0')
        snprintf(m->row.first_fault, sizeof m->row.first_fault, "%s", text);
}

/* Undecided: either of them may be at fault, but of one that is known to be wrong only how lastingly is not known. */
static void pronounce(crew *c, const mcpi_dispute *dispute, mcpi_fault fault)
{
    char text[sizeof c->members->row.first_fault];
    mcpi_pronounce(dispute, fault, text, sizeof text);
    const size_t accused = dispute->claims[dispute->accused].counter;
    const size_t other = dispute->claims[!dispute->accused].counter;
    blame(&c->members[accused], fault, text);
    if (dispute->stage != MCPI_REPEAT && other != accused)
        blame(&c->members[other], fault, text);
}

static void discard(mcpi_dispute *dispute)
{
    free(dispute->entry);
    free(dispute);
}

/* The verdict: with the lock held. */
static void finish(crew *c, mcpi_dispute *dispute, mcpi_fault fault)
{
    pronounce(c, dispute, fault);
    discard(dispute);
    c->disputes--;
    pthread_cond_broadcast(&c->changed);
}

/* Whoever is lost counts no more. With the lock held. */
static void bring(crew *c, size_t counter, mcpi_dispute *dispute)
{
    member *const m = &c->members[counter];
    if (m->presence != AT_WORK) {
        finish(c, dispute, MCPI_UNDECIDED);
        return;
    }
    dispute->next = m->inbox;
    m->inbox = dispute;
    pthread_cond_broadcast(&c->changed);
}

void mcpi_dispute_open(member *m, const mcpi_dispute *draft)
{
    crew *const c = m->crew;
    c->disagreements++;
    mcpi_dispute *const dispute = malloc(sizeof *dispute);
    if (!dispute) {
        pronounce(c, draft, MCPI_UNDECIDED);
        free(draft->entry);
        return;
    }
    *dispute = *draft;
    c->disputes++;
    bring(c, m->index, dispute);
}

/* What a thread that is stuck has in its hands stays there: it may come back. */
void mcpi_disputes_abandon(member *m)
{
    if (m->trying) {
        blame(m, MCPI_UNDECIDED, "undecided fault: it did not answer when it was to count again what counts differ in");
        m->trying = NULL;
        m->crew->disputes--;
    }
    while (m->inbox) {
        mcpi_dispute *const dispute = m->inbox;
        m->inbox = dispute->next;
        finish(m->crew, dispute, MCPI_UNDECIDED);
    }
}

/* ---- the stages, each counted without the lock; false if the device failed ---- */

/* What differed over the whole job does not slice by slice: it was the second who was wrong. */
static void accuse_second(mcpi_dispute *dispute, const mcpi_testers *roster)
{
    dispute->job = dispute->entry->job;
    dispute->truth = dispute->entry->hits;
    dispute->claims[0].hits = dispute->truth;
    mcpi_accuse(dispute, roster);
}

static bool search(member *m, mcpi_dispute *dispute)
{
    const mcpi_pending_range *const entry = dispute->entry;
    mcpi_claim *const claims = dispute->claims;
    for (size_t i = 0; i < entry->slices; i++) {
        uint64_t hits;
        const mcpi_job slice = mcpi_slice(&entry->job, entry->slice_darts, i);
        if (!mcpi_member_count(m, claims[1].way, &slice, &hits))
            return false;
        if (hits != entry->slice_hits[i]) {
            dispute->job = slice;
            claims[0].hits = entry->slice_hits[i];
            claims[1].hits = hits;
            dispute->stage = MCPI_JUDGE;
            return true;
        }
    }
    accuse_second(dispute, &m->crew->roster);
    dispute->stage = MCPI_REPEAT;
    return true;
}

static bool judge(member *m, mcpi_dispute *dispute)
{
    dispute->truth = mcpi_count_by_definition(&dispute->job);
    if (mcpi_accuse(dispute, &m->crew->roster))
        dispute->stage = MCPI_REPEAT;
    return true;
}

static bool repeat(member *m, const mcpi_dispute *dispute, mcpi_fault *fault)
{
    uint64_t hits;
    if (!mcpi_member_count(m, dispute->claims[dispute->accused].way, &dispute->job, &hits))
        return false;
    *fault = mcpi_verdict(dispute, hits);
    return true;
}

/* Where it goes from here; MCPI_FAULTS is no verdict yet. With the lock held. */
static void pass_on(member *m, mcpi_dispute *dispute, mcpi_fault fault)
{
    if (fault != MCPI_FAULTS)
        finish(m->crew, dispute, fault);
    else if (dispute->stage == MCPI_REPEAT)
        bring(m->crew, dispute->claims[dispute->accused].counter, dispute);
    else
        bring(m->crew, m->index, dispute);
}

void mcpi_dispute_try(member *m)
{
    crew *const c = m->crew;
    pthread_mutex_lock(&c->lock);
    mcpi_dispute *const dispute = m->inbox;
    m->inbox = dispute->next;
    m->trying = dispute;
    const mcpi_stage stage = dispute->stage;
    pthread_mutex_unlock(&c->lock);

    mcpi_fault fault = MCPI_FAULTS;
    bool counted;
    if (stage == MCPI_SEARCH)
        counted = search(m, dispute);
    else if (stage == MCPI_REPEAT)
        counted = repeat(m, dispute, &fault);
    else if ((counted = judge(m, dispute)) && dispute->stage == MCPI_JUDGE)
        fault = MCPI_UNDECIDED;

    pthread_mutex_lock(&c->lock);
    if (m->trying)
        pass_on(m, dispute, counted ? fault : MCPI_UNDECIDED);
    else
        discard(dispute);
    m->trying = NULL;
    pthread_mutex_unlock(&c->lock);
}
