/*
 * A source supplies the ranges of a run and receives their counts.
 *
 * There are two sources. The local one has the whole range of the run, and plans its goal. The shared one
 * (cluster/shared_run.h) belongs to one process of a run with several processes. Its queue begins empty; the calling
 * thread serves it and so receives chunks. A process counts every chunk that it receives, even while the run is
 * stopping, so that all counts together are a prefix of the range.
 *
 * While lanes are running, call these functions with their lock held.
 */
#ifndef MCPI_ENGINE_SOURCE_H
#define MCPI_ENGINE_SOURCE_H

#include <stdbool.h>

#include "core/queue.h"
#include "core/recount_queue.h"
#include "engine/lane.h"
#include "engine/plan.h"
#include "engine/record.h"

struct mcpi_source;

/* What a run reports to a source from which more may come. */
typedef struct mcpi_demand {
    bool ready;                 /* a lane is open that takes ranges */
    bool able;                  /* some lane takes ranges, now or later */
    bool recounting;            /* something is still to be recounted */
    bool interrupted;           /* it was stopped, other than by the time limit */
    mcpi_range_request request; /* of all lanes together: `opening`, `rate` and `seconds_left` */
} mcpi_demand;

/* The functions in which sources differ. NULL: nothing to do. */
typedef struct mcpi_source_kind {
    /* Called before any lane is started. `record` is initialized, and the queue is empty. False if `failure` is set or
       memory ran out. */
    bool (*begin)(struct mcpi_source *source);

    /* A range was added to the record, or (`again`) was recounted with the same result. */
    void (*counted)(struct mcpi_source *source, mcpi_counted_range range, bool again);

    /* These ranges have been removed from the record. */
    void (*withdrawn)(struct mcpi_source *source, const mcpi_counted_range *ranges, size_t count);

    /* Fill in `reached`, `resumed_darts` and `goal`, as far as they are known. */
    void (*progress)(struct mcpi_source *source, mcpi_progress *progress);

    /* Save the state of the run. Releases the lock meanwhile. */
    void (*save)(struct mcpi_source *source, const mcpi_demand *demand);

    /* All lanes have left: bring `record` to its final state. */
    void (*end)(struct mcpi_source *source);
    void (*free)(struct mcpi_source *source);

    /* The remaining functions are called while more may come. is_due: must something be reported at once? next_service:
       when must the source be served at the latest, in seconds? */
    bool (*is_due)(struct mcpi_source *source, const mcpi_demand *demand);
    double (*next_service)(struct mcpi_source *source);

    /* Take what has arrived; false if nothing has. Releases the lock meanwhile, but does not wait. */
    bool (*look)(struct mcpi_source *source);

    /* Ask for more, and report what was counted. */
    void (*report)(struct mcpi_source *source, const mcpi_demand *demand);
} mcpi_source_kind;

typedef struct mcpi_source {
    const mcpi_source_kind *kind;
    mcpi_lanes *lanes;
    mcpi_recount_queue *recounts; /* slices of ranges that have been counted */
    mcpi_queue queue;
    mcpi_range *taken; /* ranges taken and not back yet, in no order */
    size_t taken_count;
    mcpi_record record;
    bool alone;         /* no other process depends on what is in flight here */
    bool saves;         /* the state of the run is saved */
    bool began;         /* a range has been taken */
    bool more_may_come; /* more may come than the queue holds: other processes count in this run */
    bool stopping;      /* nothing new is begun */
    bool timed_out;     /* by options.time_limit_seconds */
    mcpi_error failure; /* why a count could not be kept; status OK while all are */
    double next_save;   /* time of the next save, in seconds */
    double ended;       /* since when no more could come, in seconds; 0 before, and if no more ever could */
} mcpi_source;

extern const mcpi_source_kind mcpi_local_source;

/* Set up the source of a run whose lanes have not been started. `kind` has been set, the rest is overwritten. The plan
   and the queue of recounts must outlive the source. If false, `failure` gives the reason, or memory ran out. Call
   mcpi_source_free in either case. */
bool mcpi_source_begin(mcpi_source *source, mcpi_lanes *lanes, mcpi_recount_queue *recounts, const mcpi_plan *plan);
void mcpi_source_free(mcpi_source *source);

/* Is there nothing to take now? */
bool mcpi_source_is_empty(const mcpi_source *source);

/* Take at most `darts` darts from a source that is not empty. Return the range with mcpi_source_give_back or
   mcpi_source_counted. */
mcpi_range mcpi_source_take(mcpi_source *source, uint64_t darts);
void mcpi_source_give_back(mcpi_source *source, mcpi_range range);

/* A range has been counted. If the count cannot be kept, nothing new is begun, and `failure` gives the reason. */
void mcpi_source_counted(mcpi_source *source, mcpi_counted_range range);

/* Darts have been counted twice with the same result. Fails like mcpi_source_counted. */
void mcpi_source_confirmed(mcpi_source *source, mcpi_counted_range range);

/* Withdraw all counts that these teams took part in. */
void mcpi_source_withdraw(mcpi_source *source, uint64_t teams);

#endif
