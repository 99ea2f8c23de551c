/* When a run is over: after how many darts, or after how long. */
#include "engine/goal.h"

#include <math.h>
#include <stdlib.h>

#include "engine/schedule.h"

/*
 * With a target error, the first goal is small: it only serves to plan the next one. Goals depend on counts alone, so
 * the run ends at the same dart on every machine. The margin makes a third goal rare.
 */
static const uint64_t pilot_darts = UINT64_C(1) << 20;
static const double goal_margin = 1.005;

uint64_t mcpi_first_goal(const mcpi_options *options)
{
    return options->target_error > 0.0 && options->darts > pilot_darts ? pilot_darts : options->darts;
}

mcpi_state mcpi_state_towards(const mcpi_options *options, uint64_t goal)
{
    return (mcpi_state){
        .seed = options->seed,
        .stream = options->stream,
        .first = options->first,
        .darts = options->darts,
        .target_error = options->target_error,
        .goal = goal,
        .verify = options->verify,
    };
}

void mcpi_stop_if_out_of_time(engine *e)
{
    if (!e->stopping && mcpi_seconds_left(e) <= 0.0)
        e->stopping = e->timed_out = true;
}

/* Darts a target error needs, as far as `darts` and `hits` can tell; more than `darts`, at most `most`. */
static uint64_t goal_for(double target_error, uint64_t darts, uint64_t hits, uint64_t most)
{
    const double p = (double)hits / (double)darts;
    const double needed = 16.0 * p * (1.0 - p) / (target_error * target_error) * goal_margin;
    const double goal = fmax(needed, goal_margin * (double)darts);
    return goal < (double)most ? (uint64_t)ceil(goal) : most;
}

uint64_t mcpi_next_goal(const mcpi_options *options, uint64_t darts, uint64_t hits)
{
    const bool accurate =
        options->target_error <= 0.0 || mcpi_estimate_from(darts, hits).std_error <= options->target_error;
    return darts == options->darts || accurate ? darts : goal_for(options->target_error, darts, hits, options->darts);
}

bool mcpi_find_goal(const mcpi_options *options, uint64_t from, mcpi_ranges *counted, uint64_t *goal)
{
    uint64_t next = from;
    do {
        *goal = next;
        mcpi_ranges_keep_apart(counted, options->first + next);
        const mcpi_counted_range prefix = mcpi_ranges_prefix(counted, options->first, options->first + next);
        if (prefix.darts < next)
            return false;
        next = mcpi_next_goal(options, prefix.darts, prefix.hits);
    } while (next > *goal);
    return true;
}

void mcpi_add_up_counts(engine *e)
{
    const mcpi_counted_range total = mcpi_ranges_total(&e->counted);
    e->darts = total.darts;
    e->hits = total.hits;
}

void mcpi_plan_goal(engine *e)
{
    e->goal_met = mcpi_find_goal(&e->plan->options, e->first_goal, &e->counted, &e->goal);
    mcpi_ranges_share_goals(&e->counted, &e->confirmed);
    mcpi_add_up_counts(e);
}

/* What is missing below the end of the last range that was counted, and then what lies behind it. Nothing is in flight.
   Before anything is handed out, these gaps are those of the state that is resumed. */
static void queue_what_is_missing(engine *e)
{
    const uint64_t end = e->plan->options.first + e->goal;
    mcpi_range *const gaps = e->first_submit > 0.0 ? NULL : malloc((e->counted.count + 1) * sizeof *gaps);
    size_t count = 0;
    mcpi_counted_range gap = mcpi_ranges_gap(&e->counted, e->plan->options.first, end);
    for (; gap.first + gap.darts < end; gap = mcpi_ranges_gap(&e->counted, gap.first + gap.darts, end)) {
        const mcpi_range range = {gap.first, gap.darts};
        if (gaps)
            gaps[count++] = range;
        else
            mcpi_queue_give_back(&e->queue, range);
    }
    if (gaps)
        mcpi_queue_set_gaps(&e->queue, gaps, count);
    e->queue.next = gap.first;
    e->queue.end = end;
}

void mcpi_review_goal(engine *e)
{
    mcpi_plan_goal(e);
    queue_what_is_missing(e);
}
