/* How long a rank works on a chunk. */
#ifndef MCPI_CLUSTER_CHUNK_SIZE_H
#define MCPI_CLUSTER_CHUNK_SIZE_H

/* Seconds of its work in a chunk of a rank, where nothing speaks against it. A run that is to stop takes this long to
   finish what has been handed out. */
static const double mcpi_chunk_seconds = 0.25;

/* With more than 2500 ranks chunks are longer, so that rank 0 has this long for each report and its reply. It needs
   less than half of that for up to 10,000 ranks: docs/scaling.md has the measurement. */
static const double mcpi_exchange_seconds = 100e-6;

static inline double mcpi_usual_chunk_seconds(unsigned ranks)
{
    const double seconds = mcpi_exchange_seconds * ranks;
    return seconds > mcpi_chunk_seconds ? seconds : mcpi_chunk_seconds;
}

#endif
