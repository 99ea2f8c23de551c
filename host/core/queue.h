/*
 * The queue: which darts are still to be handed out, and in which portions.
 *
 * Ranges are cut from the front of [next, end), and before that from gaps that a state that is resumed has below it.
 * What is given back, because a worker failed or counted wrong, is handed out again before anything new, the oldest
 * first. Not locked: the engine calls it under its own lock.
 */
#ifndef MCPI_CORE_QUEUE_H
#define MCPI_CORE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/milestones.h"

typedef struct mcpi_range {
    uint64_t first, darts;
} mcpi_range;

/* Ranges that wait: a ring, in which the next one to be handed out is at `begin`. */
typedef struct mcpi_waiting {
    mcpi_range *ranges;
    size_t begin, count, capacity;
    uint64_t darts; /* of all */
} mcpi_waiting;

typedef struct mcpi_queue {
    uint64_t next, end;         /* never handed out so far: [next, end), */
    mcpi_waiting gaps;          /* and gaps below it, in order */
    mcpi_waiting returned;      /* given back, the oldest first */
    mcpi_milestones milestones; /* that no range handed out crosses; none unless they are set */
} mcpi_queue;

/* The range that is handed out after `i` others. */
static inline mcpi_range mcpi_waiting_at(const mcpi_waiting *waiting, size_t i)
{
    return waiting->ranges[(waiting->begin + i) % waiting->capacity];
}

/* `capacity`: the most ranges that can be given back at one time. False without memory. */
bool mcpi_queue_init(mcpi_queue *queue, uint64_t first, uint64_t end, size_t capacity);
void mcpi_queue_free(mcpi_queue *queue);

/* Set the gaps, which mcpi_queue_free frees. */
void mcpi_queue_set_gaps(mcpi_queue *queue, mcpi_range *gaps, size_t count);

/* These are all ranges that have been given back; mcpi_queue_free frees them. None can be given back after that. */
void mcpi_queue_set_returned(mcpi_queue *queue, mcpi_range *ranges, size_t count);

/* Forget what was given back. */
void mcpi_queue_drop_returned(mcpi_queue *queue);

/* Hand out at most `darts`, at least 1; false if nothing is left. With only_returned, nothing new is begun. */
bool mcpi_queue_take(mcpi_queue *queue, uint64_t darts, bool only_returned, mcpi_range *range);

/* Beyond the capacity the range is dropped: a review of what has been counted finds it missing. */
void mcpi_queue_give_back(mcpi_queue *queue, mcpi_range range);
bool mcpi_queue_empty(const mcpi_queue *queue, bool only_returned);

/* Darts that can still be handed out. */
uint64_t mcpi_queue_darts(const mcpi_queue *queue);

/* Of a queue that is filled with chunks from elsewhere (cluster/shared_run.h): is it time for the next one? `rate`: darts a
   second that are taken out of it; `chunk`: darts of the last one. */
bool mcpi_queue_runs_low(const mcpi_queue *queue, double rate, uint64_t chunk);

/* What is known when the size of a worker's next range is chosen. */
typedef struct mcpi_portion {
    uint64_t opening;    /* size of a worker's first range */
    uint64_t previous;   /* darts of its last range; 0 before the first has come back */
    double rate;         /* darts a second it has shown */
    double total_rate;   /* of all workers together */
    uint64_t remaining;  /* darts in the queue */
    size_t workers;      /* that share them */
    double seconds;      /* of its work a range should be, where nothing speaks against it */
    double seconds_left; /* until the run is to end; INFINITY without a time limit */
} mcpi_portion;

/* Seconds of a worker's range: long enough that handing out ranges costs nothing, short enough that Ctrl-C and the
   progress bar feel prompt. */
static const double mcpi_range_seconds = 0.025;

/*
 * The size of a worker's next range, at least 1: as many seconds of its work as were asked for, growing towards that
 * from the opening size (less where there is little to share), shrinking at the end to half its share of what remains,
 * though not below a fiftieth of those seconds, so that all workers finish together: guided self-scheduling,
 * Polychronopoulos and Kuck, IEEE Trans. Computers C-36 (1987) 1425, weighted by each worker's rate. A "worker" may be
 * a whole process that takes chunks of a run that it shares (cluster/shared_run.h).
 */
uint64_t mcpi_portion_darts(const mcpi_portion *portion);

#endif
