#include "engine/goal.h"

#include <math.h>
#include <stdbool.h>

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

/* Darts needed for a target error, estimated from `darts` and `hits`: more than `darts`, at most `most`. */
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

uint64_t mcpi_expected_goal(const mcpi_options *options)
{
    const uint64_t pilot = mcpi_first_goal(options);
    return mcpi_next_goal(options, pilot, (uint64_t)((double)pilot * M_PI / 4.0));
}
