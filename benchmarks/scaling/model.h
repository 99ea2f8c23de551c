/*
 * The same as simulation.h in closed form: what a shared counter costs P nodes of equal rates, each addition keeping it
 * for s seconds, chunks of T seconds of a node's work. docs/scaling.md derives and checks it.
 */
#ifndef MCPI_BENCHMARKS_MODEL_H
#define MCPI_BENCHMARKS_MODEL_H

#include "simulation.h"

struct Prediction {
    double chunk_seconds;    /* T: the usual chunk */
    double load;             /* P s / T: of the counter, while the run is in full swing; above 1 it is saturated */
    double adds;             /* of one node, from the first to the one that tells it that nothing is left */
    double start_seconds;    /* lost to the first two chunks, */
    double waiting_seconds;  /* because the counter is saturated, */
    double end_seconds;      /* and at the end: short chunks, and nothing to do until the last one is done */
    double lost_seconds;     /* all three */
    double reports_a_second; /* at rank 0 */
    double report_bytes_a_second;
};

Prediction predict(const Cluster &cluster);

#endif
