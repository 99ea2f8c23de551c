#include "ranks/pace.h"

#include <math.h>

/* The rate is taken over so many chunks of the usual length. At the end of a run chunks get short, and the counter
   slower than the work is, since less and less of what is handed out is still to be counted: over short times the rate
   would come out too low then, and the last chunks too long. */
static const double rate_chunks = 2.0;

double mcpi_usual_chunk_seconds(unsigned processes)
{
    return fmax(mcpi_chunk_seconds, mcpi_addition_seconds * processes);
}

void mcpi_pace_note(mcpi_pace *pace, uint64_t position, double seconds)
{
    const bool first = pace->begin_seconds <= 0.0;
    const double since = seconds - pace->begin_seconds;
    pace->position = position;
    if (!first && since < rate_chunks * pace->chunk_seconds)
        return;
    if (!first && position >= pace->begin_position)
        pace->rate = (double)(position - pace->begin_position) / since;
    pace->begin_position = position;
    pace->begin_seconds = seconds;
}

/* Where the counter may be by now: this process has seen it at its last chunk, which it has counted since. */
static double position_now(const mcpi_pace *pace, const mcpi_portion *portion, double total_rate)
{
    const double since = portion->rate > 0.0 ? (double)portion->previous / portion->rate : 0.0;
    return (double)pace->position + since * total_rate;
}

uint64_t mcpi_chunk_darts(mcpi_pace *pace, const mcpi_portion *portion, uint64_t darts, unsigned processes)
{
    mcpi_portion whole = *portion;
    whole.workers = processes;
    whole.seconds = pace->chunk_seconds = mcpi_usual_chunk_seconds(processes);
    /* Before it has been seen: as if all were as fast as this one. */
    whole.total_rate = pace->rate > 0.0 ? pace->rate : portion->rate * processes;
    const double left = (double)darts - position_now(pace, portion, whole.total_rate);
    whole.remaining = left > 1.0 ? (uint64_t)left : 1;
    /* The first chunk is there to show the rate, on ranges that grow by themselves: the second need not grow slowly. */
    if (portion->previous > 0)
        whole.previous = (uint64_t)(portion->rate * whole.seconds) + 1;
    return mcpi_portion_darts(&whole);
}
