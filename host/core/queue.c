#include "core/queue.h"

#include <math.h>
#include <stdlib.h>

/* Below this share of the usual range a shorter one no longer makes the end of a run better balanced. */
static const double least_range = 0.02;

/* A first range is not cut to less than its opening size over this. */
static const uint64_t least_opening = 64;

/* A first range may be far off the size wanted; one step towards it is at most this factor. */
static const double growth = 16.0;

/* A chunk is taken this long before the workers would wait for it, or when half of the last one is left if that is
   less: more than a message takes, and little enough that nothing is hoarded at the end of a run. */
static const double ahead_seconds = 0.02;

bool mcpi_queue_init(mcpi_queue *queue, uint64_t first, uint64_t end, size_t capacity)
{
    *queue = (mcpi_queue){.next = first, .end = end, .returned_capacity = capacity};
    queue->returned = calloc(capacity, sizeof *queue->returned);
    return queue->returned != NULL;
}

void mcpi_queue_free(mcpi_queue *queue)
{
    free(queue->returned);
    free(queue->gaps);
    *queue = (mcpi_queue){0};
}

void mcpi_queue_set_gaps(mcpi_queue *queue, mcpi_range *gaps, size_t count)
{
    free(queue->gaps);
    queue->gaps = gaps;
    queue->gap_next = 0;
    queue->gap_count = count;
    queue->gap_darts = 0;
    for (size_t i = 0; i < count; i++)
        queue->gap_darts += gaps[i].darts;
}

static uint64_t at_most(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t at_least(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

void mcpi_queue_set_returned(mcpi_queue *queue, mcpi_range *ranges, size_t count)
{
    free(queue->returned);
    queue->returned = ranges;
    queue->returned_begin = 0;
    queue->returned_count = queue->returned_capacity = count;
    queue->returned_darts = 0;
    for (size_t i = 0; i < count; i++)
        queue->returned_darts += ranges[i].darts;
}

/* A range should end on an even dart, between two blocks: an odd end makes two workers draw the same block. */
static uint64_t end_of_portion(const mcpi_queue *queue, uint64_t first, uint64_t darts, uint64_t last)
{
    const uint64_t end = at_most(last, mcpi_next_milestone(queue->milestones, first));
    if (darts >= end - first)
        return end;
    const uint64_t even = (first + darts) & ~UINT64_C(1);
    return even > first ? even : first + darts;
}

/* Cut darts from the front of a range. True if nothing is left of it. */
static bool cut(const mcpi_queue *queue, mcpi_range *from, uint64_t darts, mcpi_range *range)
{
    const uint64_t end = end_of_portion(queue, from->first, darts, from->first + from->darts);
    *range = (mcpi_range){from->first, end - from->first};
    from->first = end;
    from->darts -= range->darts;
    return from->darts == 0;
}

static void take_returned(mcpi_queue *queue, uint64_t darts, mcpi_range *range)
{
    if (cut(queue, &queue->returned[queue->returned_begin], darts, range)) {
        queue->returned_begin = (queue->returned_begin + 1) % queue->returned_capacity;
        queue->returned_count--;
    }
    queue->returned_darts -= range->darts;
}

bool mcpi_queue_take(mcpi_queue *queue, uint64_t darts, bool only_returned, mcpi_range *range)
{
    if (mcpi_queue_empty(queue, only_returned))
        return false;
    if (queue->returned_count > 0) {
        take_returned(queue, darts, range);
    } else if (queue->gap_next < queue->gap_count) {
        queue->gap_next += cut(queue, &queue->gaps[queue->gap_next], darts, range);
        queue->gap_darts -= range->darts;
    } else {
        mcpi_range rest = {queue->next, queue->end - queue->next};
        cut(queue, &rest, darts, range);
        queue->next = rest.first;
    }
    return true;
}

void mcpi_queue_give_back(mcpi_queue *queue, mcpi_range range)
{
    if (queue->returned_count == queue->returned_capacity)
        return;
    queue->returned[(queue->returned_begin + queue->returned_count++) % queue->returned_capacity] = range;
    queue->returned_darts += range.darts;
}

void mcpi_queue_drop_returned(mcpi_queue *queue)
{
    queue->returned_count = 0;
    queue->returned_darts = 0;
}

bool mcpi_queue_empty(const mcpi_queue *queue, bool only_returned)
{
    const bool nothing_new = queue->next == queue->end && queue->gap_next == queue->gap_count;
    return queue->returned_count == 0 && (only_returned || nothing_new);
}

uint64_t mcpi_queue_darts(const mcpi_queue *queue)
{
    return queue->returned_darts + queue->gap_darts + (queue->end - queue->next);
}

bool mcpi_queue_runs_low(const mcpi_queue *queue, double rate, uint64_t chunk)
{
    return (double)mcpi_queue_darts(queue) <= fmin(rate * ahead_seconds, (double)chunk / 2.0);
}

/* While no rate is known all workers count as equal. */
static uint64_t opening_darts(const mcpi_portion *portion)
{
    const uint64_t share = portion->remaining / (2 * portion->workers);
    return at_most(portion->opening, at_least(share, at_least(portion->opening / least_opening, 1)));
}

uint64_t mcpi_portion_darts(const mcpi_portion *portion)
{
    if (portion->previous == 0 || portion->rate <= 0.0)
        return opening_darts(portion);
    const double least = portion->rate * portion->seconds * least_range;
    const double share = (double)portion->remaining * portion->rate / fmax(portion->total_rate, portion->rate);
    double darts = portion->rate * portion->seconds;
    darts = fmin(darts, growth * (double)portion->previous);
    darts = fmin(darts, fmax(share / 2.0, least));
    darts = fmin(darts, fmax(portion->rate * portion->seconds_left, least));
    return darts < 1.0 ? 1 : (uint64_t)darts;
}
