/*
 * Where the ranges of a run come from, and who is told what was counted.
 *
 * There are two sources. The local one has the whole range of the run, and plans its goal. The shared one is a part of
 * a run of several processes: its queue begins empty, and the thread that watches gets chunks from a pool (pool.h).
 * With the lock of the lanes held, unless it says otherwise.
 */
#ifndef MCPI_ENGINE_SOURCE_H
#define MCPI_ENGINE_SOURCE_H

#include <stdbool.h>

#include "core/queue.h"
#include "engine/lane.h"
#include "engine/plan.h"
#include "engine/record.h"

struct engine;
struct mcpi_source;

/* What the sources do differently. */
typedef struct mcpi_source_kind {
    /* A range of the record is new, or has been counted twice. */
    void (*counted)(struct mcpi_source *source, mcpi_counted_range range);
    void (*confirmed)(struct mcpi_source *source, mcpi_counted_range range);

    /* These ranges have been taken out of the record. */
    void (*withdrawn)(struct mcpi_source *source, const mcpi_counted_range *ranges, size_t count);

    /* Fills in `reached`, `resumed_darts` and `goal`, as far as they are known. */
    void (*progress)(const struct mcpi_source *source, mcpi_progress *progress);

    /* See mcpi_source_save, mcpi_source_end and mcpi_source_close. */
    void (*save)(struct mcpi_source *source);
    void (*end)(struct mcpi_source *source);
    void (*close)(struct mcpi_source *source);

    /* While more may come; see mcpi_source_is_due, mcpi_source_next_service and mcpi_source_serve. */
    bool (*is_due)(const struct mcpi_source *source);
    double (*next_service)(const struct mcpi_source *source);
    void (*serve)(struct mcpi_source *source);
} mcpi_source_kind;

typedef struct mcpi_source {
    const mcpi_source_kind *kind;
    mcpi_lanes *lanes;
    mcpi_queue queue;
    mcpi_range *taken; /* ranges that have been taken and are not back yet, in no order */
    size_t taken_count;
    mcpi_record record;
    bool alone;         /* no other process depends on this one */
    bool began;         /* a range has been taken */
    bool more_may_come; /* than what is in the queue */
    bool stopping;      /* nothing new is begun */
    bool timed_out;     /* by options.time_limit_seconds */
    mcpi_error failure; /* why a count could not be kept; status OK while all are */
    double next_save;   /* when the state is to be saved again; INFINITY if it never is */
    double ended;       /* when no more could come; 0 before, and where there never was more */
} mcpi_source;

/* The source of a run whose lanes have not been started, without the lock. It may have failed. NULL without memory. */
mcpi_source *mcpi_source_open(struct engine *e);
void mcpi_source_close(mcpi_source *source);

/* Is there nothing to take now? */
bool mcpi_source_is_empty(const mcpi_source *source);

/* Take at most `darts` of a source that is not empty. The range comes back by one of the next two. */
mcpi_range mcpi_source_take(mcpi_source *source, uint64_t darts);
void mcpi_source_give_back(mcpi_source *source, mcpi_range range);

/* It has been counted. If the count cannot be kept the source has failed, and nothing new is begun. */
void mcpi_source_counted(mcpi_source *source, mcpi_counted_range range);

/* Darts have been counted twice, to the same count. Fails likewise. */
void mcpi_source_confirmed(mcpi_source *source, mcpi_counted_range range);

/* Take back all that these teams had a part in. */
void mcpi_source_withdraw(mcpi_source *source, uint64_t teams);

/* Does the thread that watches have to serve the source at once? Wake it if so. */
bool mcpi_source_is_due(const mcpi_source *source);
void mcpi_source_call_if_due(mcpi_source *source);

/* When it has to in any case; INFINITY: never. */
double mcpi_source_next_service(const mcpi_source *source);

/* Take what has come, ask for more, report. Lets the lock go meanwhile; so does the next. */
void mcpi_source_serve(mcpi_source *source);

/* Save the state of the run, if this process does; or have it saved soon. */
void mcpi_source_save(mcpi_source *source);
void mcpi_source_save_soon(mcpi_source *source);

mcpi_progress mcpi_source_progress(const mcpi_source *source);

/* All lanes have left: `record` holds what the run came to. */
void mcpi_source_end(mcpi_source *source);

/* ---- for the two sources ---- */

mcpi_source *mcpi_local_source(struct engine *e);
mcpi_source *mcpi_shared_source(struct engine *e);

/* What both have in common. False without memory. */
bool mcpi_source_init(mcpi_source *source, const mcpi_source_kind *kind, struct engine *e);
void mcpi_source_free(mcpi_source *source);

/* The most ranges that can be taken at one time. */
size_t mcpi_source_slots(const struct engine *e);

#endif
