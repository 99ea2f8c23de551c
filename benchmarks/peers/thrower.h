/*
 * The interface of a peer in C: a generator and a hit test. openmp.c is the program around it.
 */
#ifndef MCPI_PEERS_THROWER_H
#define MCPI_PEERS_THROWER_H

#include "peer.h"

typedef struct thrower thrower;

/* The thrower of one worker. Ends the program on failure. Free it with thrower_close. */
thrower *thrower_open(uint64_t seed, unsigned worker);

/*
 * The hits among PEER_BATCH darts. `batch` is the number of the batch among those of all workers. Each number occurs
 * once, and each worker gets them in ascending order. A generator with random access throws the darts from batch *
 * PEER_BATCH on; another one throws its next darts.
 */
uint64_t thrower_throw(thrower *own, uint64_t batch);

void thrower_close(thrower *own);

#endif
