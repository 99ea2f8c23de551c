/*
 * The record of a run: which darts have been counted, which of them twice, and the goal that follows. Each process has
 * one for its own counts; rank 0 of a shared run has a second one for all counts. Not locked.
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
    mcpi_boundaries boundaries; /* shared by both sets */
    mcpi_ranges counted;
    mcpi_ranges confirmed;  /* MCPI_VERIFY_FULL: counted twice with the same result, by the teams named */
    uint64_t darts, hits;   /* counted so far */
    uint64_t resumed_darts; /* taken over from the run that is resumed */
    uint64_t first_goal;    /* later goals follow from this one */
    uint64_t goal;          /* darts of the prefix that is being counted */
    bool met;               /* the last goal has been reached */
    bool withdrawn;         /* counts were withdrawn that the last saved state may contain */
} mcpi_record;

/* Make an empty record. The options must outlive it, and it must not be moved. `capacity`: see mcpi_ranges_init. False
   if out of memory. Call mcpi_record_free in either case. */
__attribute__((warn_unused_result)) bool mcpi_record_init(mcpi_record *record, const mcpi_options *options,
                                                          size_t capacity);
void mcpi_record_free(mcpi_record *record);

/*
 * Take over the counts of options->resume, unless it is NULL, and plan the goal. With MCPI_VERIFY_FULL only darts that
 * were counted twice are taken over; the run counts all others again. Fails like mcpi_ranges_add.
 */
__attribute__((warn_unused_result)) mcpi_status mcpi_record_resume(mcpi_record *record, mcpi_error *error);

/* Add a count. Fails like mcpi_ranges_add. */
__attribute__((warn_unused_result)) mcpi_status mcpi_record_count(mcpi_record *record, mcpi_counted_range range,
                                                                  mcpi_error *error);

/* The darts up to `end` are being counted: use parts of the size that they need. */
void mcpi_record_reach(mcpi_record *record, uint64_t end);

/* Remove all ranges that these teams took part in. Returns how many counted ranges were removed; they lie behind
   `counted`, as after mcpi_ranges_take. Plan the goal, or add up, afterwards. */
size_t mcpi_record_withdraw(mcpi_record *record, uint64_t teams);

/* Add up `darts` and `hits` after a direct change of the sets. */
void mcpi_record_add_up(mcpi_record *record);

/*
 * Step from the first goal to the first one that has not been reached; set `met` if all have been. All goals are
 * computed again each time, so no goal depends on a count that has been withdrawn. Ranges stay separate at each goal; a
 * counted range that crosses a goal is removed.
 */
void mcpi_record_plan(mcpi_record *record);

/* The first dart after the goal. */
static inline uint64_t mcpi_record_end(const mcpi_record *record)
{
    return record->options->first + record->goal;
}

/* Has everything been counted that was requested? That is the goal or, after the time limit has ended the run, all that
   was handed out until then. `whole`: none of that is missing. */
static inline bool mcpi_record_is_complete(const mcpi_record *record, bool timed_out, bool whole)
{
    return record->met || (timed_out && whole);
}

/* The result of the run: the count from the first dart to the first missing one, or to the goal. */
mcpi_counted_range mcpi_record_prefix(const mcpi_record *record);

/* MCPI_VERIFY_FULL: darts up to the goal that were counted, but not confirmed by a second count. Otherwise 0. */
uint64_t mcpi_record_unconfirmed(const mcpi_record *record);

/* The parts of the prefix for mcpi_result; NULL without memory. Free them with free(). */
mcpi_part *mcpi_record_parts(const mcpi_record *record, size_t *count);

/* Set the trace, if one was requested, the parts and the unconfirmed darts of a result whose darts are set. Its trace
   has room for all points. */
void mcpi_record_describe(const mcpi_record *record, mcpi_result *result);

/* Fills in `reached`, `resumed_darts` and `goal`. */
void mcpi_record_progress(const mcpi_record *record, mcpi_progress *progress);

/* Call options->save with the state up to the goal. `lock`, if it is not NULL, is released meanwhile. */
void mcpi_record_save(mcpi_record *record, pthread_mutex_t *lock);

#endif
