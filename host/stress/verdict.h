/*
 * Determine which device is wrong if two counts differ. These functions are pure: other files do the counting.
 */
#ifndef MCPI_STRESS_VERDICT_H
#define MCPI_STRESS_VERDICT_H

#include "mcpi/stress.h"
#include "stress/pending.h"
#include "stress/testers.h"

#ifdef __cplusplus
extern "C" {
#endif

/* In place of a count: the device reports that what it counted cannot be right. */
#define MCPI_NO_COUNT UINT64_MAX

/* What one tester counted. */
typedef struct mcpi_claim {
    size_t tester;
    unsigned way;
    uint64_t hits;
} mcpi_claim;

/* The stage of a dispute. */
typedef enum mcpi_stage {
    MCPI_SEARCH, /* the counts of an entry differ: in which slice? */
    MCPI_JUDGE,  /* in this job: which count is right? */
    MCPI_REPEAT  /* the accused must count again */
} mcpi_stage;

typedef struct mcpi_dispute {
    struct mcpi_dispute *next;
    mcpi_stage stage;
    mcpi_pending_range *entry; /* SEARCH: what claims[0] counted; owned by the dispute */
    size_t agreed;             /* SEARCH: slices of it that have been counted again and do not differ */
    mcpi_job job;              /* JUDGE, REPEAT: the job they disagree on */
    mcpi_claim claims[2];
    uint64_t truth;    /* REPEAT: the count by definition; MCPI_NO_COUNT if unknown */
    unsigned accused;  /* REPEAT: which of the claims is wrong */
    char message[480]; /* what is wrong, as far as is known */
} mcpi_dispute;

/* A dispute about two different counts of the same job. The stage is JUDGE. */
mcpi_dispute mcpi_dispute_between(const mcpi_job *job, const mcpi_claim *one, const mcpi_claim *other,
                                  const mcpi_testers *testers);

/* A dispute about a count that cannot be right, as the `message` of the device says. The stage is REPEAT. */
mcpi_dispute mcpi_dispute_of_one(const mcpi_job *job, const mcpi_claim *claim, const char *message);

/* Compare the claims with the truth. False if both are wrong; otherwise `accused` is set. The message says what is
   wrong. */
bool mcpi_accuse(mcpi_dispute *dispute, const mcpi_testers *testers);

/* The verdict on what the accused counts again: transient or persistent. If the truth is unknown, any count that does
   not contradict itself is right. */
mcpi_fault mcpi_verdict(const mcpi_dispute *dispute, uint64_t again);

/* Write one sentence for the user to `text`: what was wrong, and the verdict. */
void mcpi_pronounce(const mcpi_dispute *dispute, mcpi_fault fault, char *text, size_t size);

#ifdef __cplusplus
}
#endif

#endif
