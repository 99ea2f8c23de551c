/*
 * How large a chunk a process takes from the counter that all share.
 *
 * The policy is that of workers and their ranges (engine/queue.h), one level up: some tenths of a second of the
 * process's work, and towards the end half its share of what remains. A process knows its own rate; that of all
 * together it reads off the counter, which has moved on between its chunks. So nobody has to tell anybody.
 * docs/scaling.md says how far that carries.
 */
#ifndef MCPI_RANKS_PACE_H
#define MCPI_RANKS_PACE_H

#include "engine/queue.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Seconds of its work in a chunk of a process. A run that is to stop takes so long to finish what has been handed out.
 */
static const double mcpi_chunk_seconds = 0.25;

/* A chunk is longer where so many share the counter that it could not keep up, had it but this long for each addition:
   above 6250 processes. With additions of half that it is loaded by half. */
static const double mcpi_addition_seconds = 40e-6;

/* The longer of the two: seconds of a chunk, where nothing speaks against it. */
double mcpi_usual_chunk_seconds(unsigned processes);

/* What a process has seen of the counter. Begins as zeros. */
typedef struct mcpi_pace {
    double chunk_seconds;    /* what it aimed at last */
    uint64_t position;       /* in darts, at its last chunk */
    uint64_t begin_position; /* where the counter stood, */
    double begin_seconds;    /* and when, at the chunk from which on the rate is taken; 0 before the first */
    double rate;             /* darts a second of all processes together; 0 if not known */
} mcpi_pace;

/* The counter stood at `position` at the time `seconds`, when this process took a chunk. */
void mcpi_pace_note(mcpi_pace *pace, uint64_t position, double seconds);

/*
 * Darts of the next chunk, at least 1. Of `portion` the fields that say what the process can do are given: opening,
 * previous, rate, seconds_left. `darts`: of the whole line.
 */
uint64_t mcpi_chunk_darts(mcpi_pace *pace, const mcpi_portion *portion, uint64_t darts, unsigned processes);

#ifdef __cplusplus
}
#endif

#endif
