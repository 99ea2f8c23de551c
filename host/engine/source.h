/*
 * Where the ranges of a run come from, and who is told what was counted.
 *
 * There are two sources. The local one has the whole range of the run, and plans its goal. The shared
 * one (cluster/shared_run.h) is the part of a process in a run of several: its queue begins empty, and the thread that
 * watches serves it, which brings chunks. A process counts every chunk that it is given, even when the run is to stop:
 * then all counts together are again a prefix of the range.
 *
 * With the lock of the lanes held.
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

/* What a run says of itself where more may come. */
typedef struct mcpi_demand {
    bool ready;                 /* a lane is open that takes ranges */
    bool able;                  /* there are lanes that take ranges, or may yet */
    bool recounting;            /* something is still to be recounted */
    bool interrupted;           /* it was told to stop, not by the time limit */
    mcpi_range_request request; /* of all lanes together: `opening`, `rate` and `seconds_left` */
} mcpi_demand;

/* What the sources do differently. NULL: nothing. */
typedef struct mcpi_source_kind {
    /* Before any lane is started; `record` and an empty queue are there. False, with `failure` set or without memory.
     */
    bool (*begin)(struct mcpi_source *source);

    /* A range of the record is new, or was counted again, to the same count. */
    void (*counted)(struct mcpi_source *source, mcpi_counted_range range, bool again);

    /* These ranges have been taken out of the record. */
    void (*withdrawn)(struct mcpi_source *source, const mcpi_counted_range *ranges, size_t count);

    /* Fill in `reached`, `resumed_darts` and `goal`, as far as they are known. */
    void (*progress)(struct mcpi_source *source, mcpi_progress *progress);

    /* Save the state of the run. Lets the lock go meanwhile. */
    void (*save)(struct mcpi_source *source, const mcpi_demand *demand);

    /* All lanes have left: `record` is to hold what the run came to. */
    void (*end)(struct mcpi_source *source);
    void (*free)(struct mcpi_source *source);

    /* The others are called while more may come. Is there something to report at once? When is the source to be served
       in any case? */
    bool (*is_due)(struct mcpi_source *source, const mcpi_demand *demand);
    double (*next_service)(struct mcpi_source *source);

    /* Take what has come; false if nothing has. Lets the lock go meanwhile, but does not wait. */
    bool (*look)(struct mcpi_source *source);

    /* Ask for more, and tell what was counted. */
    void (*report)(struct mcpi_source *source, const mcpi_demand *demand);
} mcpi_source_kind;

typedef struct mcpi_source {
    const mcpi_source_kind *kind;
    mcpi_lanes *lanes;
    mcpi_recount_queue *recounts; /* slices of ranges that have been counted */
    mcpi_queue queue;
    mcpi_range *taken; /* ranges that have been taken and are not back yet, in no order */
    size_t taken_count;
    mcpi_record record;
    bool alone;         /* no other process depends on what is in flight here */
    bool saves;         /* the state of the run */
    bool began;         /* a range has been taken */
    bool more_may_come; /* than what is in the queue: other processes count in this run */
    bool stopping;      /* nothing new is begun */
    bool timed_out;     /* by options.time_limit_seconds */
    mcpi_error failure; /* why a count could not be kept; status OK while all are */
    double next_save;   /* when */
    double ended;       /* when no more could come; 0 before, and where there never was more */
} mcpi_source;

extern const mcpi_source_kind mcpi_local_source;

/* The source of a run whose lanes have not been started. `kind` has been set, the rest is overwritten. The plan and the
   queue of recounts must live as long. If false, `failure` gives the reason, or there is no memory. To be freed in any
   case. */
bool mcpi_source_begin(mcpi_source *source, mcpi_lanes *lanes, mcpi_recount_queue *recounts, const mcpi_plan *plan);
void mcpi_source_free(mcpi_source *source);

/* Is there nothing to take now? */
bool mcpi_source_is_empty(const mcpi_source *source);

/* Take at most `darts` of a source that is not empty. The range comes back by one of the next two. */
mcpi_range mcpi_source_take(mcpi_source *source, uint64_t darts);
void mcpi_source_give_back(mcpi_source *source, mcpi_range range);

/* It has been counted. If the count cannot be kept, nothing new is begun, and `failure` gives the reason. */
void mcpi_source_counted(mcpi_source *source, mcpi_counted_range range);

/* Darts have been counted twice, to the same count. Fails likewise. */
void mcpi_source_confirmed(mcpi_source *source, mcpi_counted_range range);

/* Take back all that these teams had a part in. */
void mcpi_source_withdraw(mcpi_source *source, uint64_t teams);

#endif
