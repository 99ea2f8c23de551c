#include "engine/watchdog.h"

#include <math.h>

/* Limits, in deadlines. */
static const double patience = 2.0;
static const double long_patience = 6.0;

double mcpi_call_limit(const mcpi_lane *lane)
{
    const double deadline = lane->group->deadline_seconds;
    switch (lane->call) {
    case MCPI_NO_CALL:
        return INFINITY;
    case MCPI_SUBMIT:
        return patience * deadline;
    case MCPI_COLLECT:
        return (lane->device->kind == MCPI_CPU ? long_patience : patience) * deadline;
    default:
        return long_patience * deadline;
    }
}

void mcpi_watchdog_look(mcpi_lanes *group)
{
    const double now = mcpi_lanes_now(group);
    for (mcpi_lane *lane = group->first; lane; lane = lane->next)
        if (!lane->behind && now - lane->calling > mcpi_call_limit(lane))
            mcpi_lane_write_off(lane, now - lane->calling);
}
