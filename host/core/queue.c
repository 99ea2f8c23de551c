#include "core/queue.h"

#include <math.h>
#include <stdlib.h>

/* The minimum length of a range, relative to the desired one. Shorter ranges do not balance the end of a run better. */
static const double least_range = 0.02;

/* The first range of a worker has at least this fraction of the opening size: 1 / 64. */
static const uint64_t least_opening = 64;

/* The rate measured with a first range may be far off, so ranges grow by at most this factor. */
static const double growth = 16.0;

/* The next chunk is requested this long before the workers would wait for it, or when half of the last chunk is left
   if that is later. It is longer than a message takes, and short enough that no process hoards darts at the end of a
   run. */
static const double ahead_seconds = 0.02;

bool mcpi_queue_init(mcpi_queue *queue, uint64_t first, uint64_t end, size_t capacity)
{
    *queue = (mcpi_queue){.next = first, .end = end, .returned.capacity = capacity};
    queue->returned.ranges = calloc(capacity, sizeof *queue->returned.ranges);
    return queue->returned.ranges != NULL;
}

void mcpi_queue_free(mcpi_queue *queue)
{
    free(queue->returned.ranges);
    free(queue->gaps.ranges);
    *queue = (mcpi_queue){0};
}

static void set(mcpi_waiting *waiting, mcpi_range *ranges, size_t count)
{
    free(waiting->ranges);
    *waiting = (mcpi_waiting){.ranges = ranges, .count = count, .capacity = count};
    for (size_t i = 0; i < count; i++)
        waiting->darts += ranges[i].darts;
}

void mcpi_queue_set_gaps(mcpi_queue *queue, mcpi_range *gaps, size_t count)
{
    set(&queue->gaps, gaps, count);
}

void mcpi_queue_set_returned(mcpi_queue *queue, mcpi_range *ranges, size_t count)
{
    set(&queue->returned, ranges, count);
}

static uint64_t at_most(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t at_least(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* A range should end at an even dart, between two Philox blocks. After an odd end two workers compute the same
   block. */
static uint64_t end_of_range(const mcpi_queue *queue, uint64_t first, uint64_t darts, uint64_t last)
{
    const uint64_t end = at_most(last, mcpi_next_cut(&queue->cuts, first, darts));
    if (darts >= end - first)
        return end;
    const uint64_t even = (first + darts) & ~UINT64_C(1);
    return even > first ? even : first + darts;
}

/* Cut a range of at most `darts` darts from the front of `from`. True if nothing is left of it. */
static bool cut(const mcpi_queue *queue, mcpi_range *from, uint64_t darts, mcpi_range *range)
{
    const uint64_t end = end_of_range(queue, from->first, darts, from->first + from->darts);
    *range = (mcpi_range){from->first, end - from->first};
    from->first = end;
    from->darts -= range->darts;
    return from->darts == 0;
}

static void take_waiting(const mcpi_queue *queue, mcpi_waiting *waiting, uint64_t darts, mcpi_range *range)
{
    if (cut(queue, &waiting->ranges[waiting->begin], darts, range)) {
        waiting->begin = (waiting->begin + 1) % waiting->capacity;
        waiting->count--;
    }
    waiting->darts -= range->darts;
}

bool mcpi_queue_take(mcpi_queue *queue, uint64_t darts, bool only_returned, mcpi_range *range)
{
    if (mcpi_queue_empty(queue, only_returned))
        return false;
    if (queue->returned.count > 0) {
        take_waiting(queue, &queue->returned, darts, range);
    } else if (queue->gaps.count > 0) {
        take_waiting(queue, &queue->gaps, darts, range);
    } else {
        mcpi_range rest = {queue->next, queue->end - queue->next};
        cut(queue, &rest, darts, range);
        queue->next = rest.first;
    }
    return true;
}

void mcpi_queue_give_back(mcpi_queue *queue, mcpi_range range)
{
    mcpi_waiting *const returned = &queue->returned;
    if (returned->count == returned->capacity)
        return;
    returned->ranges[(returned->begin + returned->count++) % returned->capacity] = range;
    returned->darts += range.darts;
}

void mcpi_queue_drop_returned(mcpi_queue *queue)
{
    queue->returned.count = 0;
    queue->returned.darts = 0;
}

bool mcpi_queue_empty(const mcpi_queue *queue, bool only_returned)
{
    const bool nothing_new = queue->next == queue->end && queue->gaps.count == 0;
    return queue->returned.count == 0 && (only_returned || nothing_new);
}

uint64_t mcpi_queue_darts(const mcpi_queue *queue)
{
    return queue->returned.darts + queue->gaps.darts + (queue->end - queue->next);
}

bool mcpi_queue_runs_low(const mcpi_queue *queue, double rate, uint64_t chunk)
{
    return (double)mcpi_queue_darts(queue) <= fmin(rate * ahead_seconds, (double)chunk / 2.0);
}

/* While no rate is known, all workers get the same share. */
static uint64_t opening_darts(const mcpi_range_request *request)
{
    const uint64_t share = request->remaining / (2 * request->workers);
    return at_most(request->opening, at_least(share, at_least(request->opening / least_opening, 1)));
}

uint64_t mcpi_next_range_size(const mcpi_range_request *request)
{
    if (request->previous == 0 || request->rate <= 0.0)
        return opening_darts(request);
    const double least = request->rate * request->seconds * least_range;
    const double share = (double)request->remaining * request->rate / fmax(request->total_rate, request->rate);
    double darts = request->rate * request->seconds;
    darts = fmin(darts, growth * (double)request->previous);
    darts = fmin(darts, fmax(share / 2.0, least));
    darts = fmin(darts, fmax(request->rate * request->seconds_left, least));
    return darts < 1.0 ? 1 : (uint64_t)darts;
}
