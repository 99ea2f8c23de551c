/*
 * Who is wrong where two counts differ. Pure: what is counted for it, others count.
 */
#ifndef MCPI_STRESS_VERDICT_H
#define MCPI_STRESS_VERDICT_H

#include "mcpi/stress.h"
#include "stress/pending.h"
#include "stress/testers.h"

#ifdef __cplusplus
extern "C" {
#endif

/* In place of a count: the device itself says that what it counted cannot be right. */
#define MCPI_NO_COUNT UINT64_MAX

/* What one of them counted. */
typedef struct mcpi_claim {
    size_t tester;
    unsigned way;
    uint64_t hits;
} mcpi_claim;

/* How far a dispute has come. */
typedef enum mcpi_stage {
    MCPI_SEARCH, /* the counts of an entry differ: in which slice? */
    MCPI_JUDGE,  /* in this job: what is right? */
    MCPI_REPEAT  /* the accused is to count again */
} mcpi_stage;

typedef struct mcpi_dispute {
    struct mcpi_dispute *next;
    mcpi_stage stage;
    mcpi_pending_range *entry; /* SEARCH: what claims[0] counted; its own memory */
    size_t agreed;             /* SEARCH: this many of its slices have been counted again, and do not differ */
    mcpi_job job;              /* JUDGE, REPEAT: what they disagree on */
    mcpi_claim claims[2];
    uint64_t truth;    /* REPEAT: what the definition says; MCPI_NO_COUNT if nobody asked it */
    unsigned accused;  /* REPEAT: which of the claims is wrong */
    char message[480]; /* what is wrong, as far as is known */
} mcpi_dispute;

/* Of two counts of the same job that differ; the stage is JUDGE. */
mcpi_dispute mcpi_dispute_between(const mcpi_job *job, const mcpi_claim *one, const mcpi_claim *other,
                                  const mcpi_testers *testers);

/* Of a count that cannot be right, as the device's own `message` says; the stage is REPEAT. */
mcpi_dispute mcpi_dispute_of_one(const mcpi_job *job, const mcpi_claim *claim, const char *message);

/* Decide, from the truth: false if it agrees with neither of the claims; or else `accused` and the message are set. */
bool mcpi_accuse(mcpi_dispute *dispute, const mcpi_testers *testers);

/* What the accused counts again: transient or persistent. Anything that counts is right where the truth is not known:
   the device would have said so if it were not. */
mcpi_fault mcpi_verdict(const mcpi_dispute *dispute, uint64_t again);

/* One sentence for people into `text`: what was wrong, and the verdict. */
void mcpi_pronounce(const mcpi_dispute *dispute, mcpi_fault fault, char *text, size_t size);

#ifdef __cplusplus
}
#endif

#endif
