/*
 * The record of a run: which darts have been counted, which of them twice, and the goal that follows. Each process has
 * one of its own counts; rank 0 of a shared run has another one, of all counts. Not locked.
 */
#ifndef MCPI_ENGINE_RECORD_H
#define MCPI_ENGINE_RECORD_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/ranges.h"
#include "mcpi/mcpi.h"

typedef struct mcpi_record {
    const mcpi_options *options;
    mcpi_boundaries boundaries; /* of both sets */
    mcpi_ranges counted;
    mcpi_ranges confirmed;  /* MCPI_VERIFY_FULL: counted twice, to the same count, by the teams that are named */
    uint64_t darts, hits;   /* counted so far */
    uint64_t resumed_darts; /* counted by the run before this one */
    uint64_t first_goal;    /* the goal that others follow from */
    uint64_t goal;          /* darts of the prefix that is being counted */
    bool met;               /* the prefix is all that was asked for */
    bool withdrawn;         /* counts that the last saved state may hold */
} mcpi_record;

/* Nothing has been counted yet. The options must live as long, and the record must stay where it is. `capacity`: of
   mcpi_ranges_init. False without memory; to be freed in any case. */
__attribute__((warn_unused_result)) bool mcpi_record_init(mcpi_record *record, const mcpi_options *options,
                                                          size_t capacity);
void mcpi_record_free(mcpi_record *record);

/*
 * Begin with what options->resume holds, if it is not NULL, and plan the goal. With MCPI_VERIFY_FULL only what was
 * counted twice is taken over: the run counts everything else again. Fails like mcpi_ranges_add.
 */
__attribute__((warn_unused_result)) mcpi_status mcpi_record_resume(mcpi_record *record, mcpi_error *error);

/* Add a count. Fails like mcpi_ranges_add. */
__attribute__((warn_unused_result)) mcpi_status mcpi_record_count(mcpi_record *record, mcpi_counted_range range,
                                                                  mcpi_error *error);

/* Take out what these teams had a part in. How many ranges were counted: they lie behind `counted`, as after
   mcpi_ranges_take. Plan the goal, or add up, afterwards. */
size_t mcpi_record_withdraw(mcpi_record *record, uint64_t teams);

/* The sets have been changed directly: add up `darts` and `hits`. */
void mcpi_record_add_up(mcpi_record *record);

/*
 * Walk from goal to goal, beginning with the first one, to the first that has not been counted; `met` if there is none.
 * As all goals are worked out again each time, none outlives a count that it was worked out from and that has been
 * withdrawn. Ranges stay apart at each goal, and a counted one that lies across a goal is taken out.
 */
void mcpi_record_plan(mcpi_record *record);

/* The dart behind the goal. */
static inline uint64_t mcpi_record_end(const mcpi_record *record)
{
    return record->options->first + record->goal;
}

/* The count that is the answer: from the first dart up to the first that is missing, or up to the goal. */
mcpi_counted_range mcpi_record_prefix(const mcpi_record *record);

/* MCPI_VERIFY_FULL: darts up to the goal that were counted, but not twice. */
uint64_t mcpi_record_unconfirmed(const mcpi_record *record);

/* mcpi_ranges_trace, up to the goal. */
size_t mcpi_record_trace(const mcpi_record *record, mcpi_point *points, size_t *missing);

/* Fills in `reached`, `resumed_darts` and `goal`. */
void mcpi_record_progress(const mcpi_record *record, mcpi_progress *progress);

/* Call options->save with the state up to the goal. `lock`, if it is not NULL, is let go meanwhile. */
void mcpi_record_save(mcpi_record *record, pthread_mutex_t *lock);

#endif
