/*
 * The queue of a run: the darts that no worker has yet, and the ranges in which they are handed out.
 *
 * New ranges are cut from the front of [next, end). When a run is resumed, the gaps below `next` come first. Ranges
 * that were given back, because a worker failed or counted wrong, come before everything else, the oldest first. Not
 * locked: the engine calls it under its own lock.
 */
#ifndef MCPI_CORE_QUEUE_H
#define MCPI_CORE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/cuts.h"
#include "core/ranges.h"

/* Waiting ranges: a ring buffer. The next range is at `begin`. */
typedef struct mcpi_waiting {
    mcpi_range *ranges;
    size_t begin, count, capacity;
    uint64_t darts; /* sum over all ranges */
} mcpi_waiting;

typedef struct mcpi_queue {
    uint64_t next, end;    /* never handed out so far: [next, end), */
    mcpi_waiting gaps;     /* and these gaps below it, in ascending order */
    mcpi_waiting returned; /* given back, the oldest first */
    mcpi_cuts cuts;        /* where ranges end; nowhere unless set */
} mcpi_queue;

/* The range at position `i`; 0 is the next one to be handed out. */
static inline mcpi_range mcpi_waiting_at(const mcpi_waiting *waiting, size_t i)
{
    return waiting->ranges[(waiting->begin + i) % waiting->capacity];
}

/* `capacity`: the maximum number of ranges that are given back at one time. False without memory. */
bool mcpi_queue_init(mcpi_queue *queue, uint64_t first, uint64_t end, size_t capacity);
void mcpi_queue_free(mcpi_queue *queue);

/* Set the gaps. mcpi_queue_free frees them. */
void mcpi_queue_set_gaps(mcpi_queue *queue, mcpi_range *gaps, size_t count);

/* Replace all ranges that were given back. mcpi_queue_free frees them. After this call no range can be given back. */
void mcpi_queue_set_returned(mcpi_queue *queue, mcpi_range *ranges, size_t count);

/* Drop all ranges that were given back. */
void mcpi_queue_drop_returned(mcpi_queue *queue);

/* Hand out a range of at most `darts` darts, which is at least 1. False if nothing is left. With only_returned, only
   ranges that were given back are handed out. */
bool mcpi_queue_take(mcpi_queue *queue, uint64_t darts, bool only_returned, mcpi_range *range);

/* If the queue is full, the range is dropped. A later search for missing darts finds it. */
void mcpi_queue_give_back(mcpi_queue *queue, mcpi_range range);
bool mcpi_queue_empty(const mcpi_queue *queue, bool only_returned);

/* Darts that can still be handed out. */
uint64_t mcpi_queue_darts(const mcpi_queue *queue);

/* For a queue that is filled with chunks of a shared run: whether it is time to ask for the next one. `rate`: darts a
   second that workers take; `chunk`: darts of the last chunk. */
bool mcpi_queue_runs_low(const mcpi_queue *queue, double rate, uint64_t chunk);

/* What determines the size of a worker's next range. */
typedef struct mcpi_range_request {
    uint64_t opening;    /* size of a worker's first range */
    uint64_t previous;   /* darts of its last range; 0 if none has been counted yet */
    double rate;         /* measured darts a second */
    double total_rate;   /* of all workers together */
    uint64_t remaining;  /* darts in the queue */
    size_t workers;      /* number of workers that share the queue */
    double seconds;      /* desired duration of a range */
    double seconds_left; /* until the run is to end; INFINITY without a time limit */
} mcpi_range_request;

/* Desired duration of a range: long enough that handing out ranges costs nothing, short enough that Ctrl-C and the
   progress bar respond promptly. */
static const double mcpi_range_seconds = 0.025;

/*
 * The size of a worker's next range in darts, at least 1. It grows from the opening size (less if little remains) to
 * the desired duration. At the end of a run it shrinks to half of the worker's share of the remaining darts, but not
 * below a fiftieth of the desired duration, so that all workers finish together: guided self-scheduling,
 * Polychronopoulos and Kuck, IEEE Trans. Computers C-36 (1987) 1425, weighted by the rate of each worker. A "worker"
 * may be a whole process that takes chunks of a shared run.
 */
uint64_t mcpi_next_range_size(const mcpi_range_request *request);

#endif
