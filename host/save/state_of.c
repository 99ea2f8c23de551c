/* mcpi_state_of of mcpi/mcpi.h. */
#include <string.h>

#include "core/status.h"
#include "save/state_text.h"

/* A complete result may have had no other goal than its time. */
static uint64_t goal_of(const mcpi_result *result)
{
    return result->complete ? result->darts : result->goal;
}

/* A result may have darts but no parts, because there was no memory for them. */
static void copy_parts(const mcpi_result *result, mcpi_state *state)
{
    const mcpi_part all = {result->first, result->darts, result->hits};
    const mcpi_part *const parts = result->part_count > 0 ? result->parts : &all;
    state->part_count = result->part_count > 0 ? result->part_count : result->darts > 0;
    memcpy(state->parts, parts, state->part_count * sizeof *parts);
}

mcpi_status mcpi_state_of(const mcpi_result *result, mcpi_state **state, mcpi_error *error)
{
    mcpi_state *const made = *state = mcpi_state_new(result->part_count + 1);
    if (!made)
        return mcpi_fail(error, MCPI_NO_MEMORY, "out of memory");
    made->seed = result->seed;
    made->stream = result->stream;
    made->first = result->first;
    made->darts = made->goal = goal_of(result);
    made->verify = result->unconfirmed_darts > 0 ? MCPI_VERIFY_FULL : MCPI_VERIFY_ON;
    copy_parts(result, made);
    return MCPI_OK;
}
