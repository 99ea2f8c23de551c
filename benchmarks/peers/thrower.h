/*
 * What a peer in C brings: a generator and a hit test. openmp.c makes a program of it.
 */
#ifndef MCPI_PEERS_THROWER_H
#define MCPI_PEERS_THROWER_H

#include "peer.h"

typedef struct thrower thrower;

/* The thrower of one worker; ends the program if there can be none. To be freed by thrower_close. */
thrower *thrower_open(uint64_t seed, unsigned worker);

/*
 * The hits among PEER_BATCH darts. `batch` numbers the batches that all workers throw, each number given once and to
 * each worker in ascending order: a generator with random access throws the darts from batch * PEER_BATCH on, another
 * those that come next.
 */
uint64_t thrower_throw(thrower *own, uint64_t batch);

void thrower_close(thrower *own);

#endif
