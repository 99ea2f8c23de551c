#include "ranks/pace.h"

#include <math.h>

void mcpi_pace_note(mcpi_pace *pace, uint64_t position, double seconds)
{
    if (pace->seconds > 0.0 && seconds > pace->seconds && position >= pace->position)
        pace->rate = (double)(position - pace->position) / (seconds - pace->seconds);
    pace->position = position;
    pace->seconds = seconds;
}

uint64_t mcpi_chunk_darts(const mcpi_pace *pace, const mcpi_portion *portion, uint64_t darts, unsigned processes)
{
    mcpi_portion whole = *portion;
    whole.remaining = darts > pace->position ? darts - pace->position : 1;
    whole.workers = processes;
    whole.seconds = mcpi_chunk_seconds;
    /* Before it has been seen: as if all were as fast as this one. */
    whole.total_rate = pace->rate > 0.0 ? pace->rate : portion->rate * processes;
    return mcpi_portion_darts(&whole);
}
