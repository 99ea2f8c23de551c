/* How long a rank works on a chunk. */
#ifndef MCPI_CLUSTER_CHUNK_SIZE_H
#define MCPI_CLUSTER_CHUNK_SIZE_H

/* Desired duration of a chunk, in seconds. A run that is asked to stop takes this long to finish its chunks. */
static const double mcpi_chunk_seconds = 0.25;

/* Time of rank 0 for each report and its reply, in seconds. With more than 2500 ranks, chunks are longer so that rank 0
   has this time. It needs less than half of it for up to 10,000 ranks: docs/scaling.md has the measurement. */
static const double mcpi_exchange_seconds = 100e-6;

static inline double mcpi_usual_chunk_seconds(unsigned ranks)
{
    const double seconds = mcpi_exchange_seconds * ranks;
    return seconds > mcpi_chunk_seconds ? seconds : mcpi_chunk_seconds;
}

#endif
