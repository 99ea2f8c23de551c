/* The first thing that comes to mind in C: rand_r, doubles, OpenMP. */
#include "thrower.h"

struct thrower {
    unsigned state;
};

thrower *thrower_open(uint64_t seed, unsigned worker)
{
    thrower *own = malloc(sizeof *own);
    if (!own)
        peer_fail("out of memory");
    /* All of rand_r's 2^32 states lie on one cycle: an odd multiplier sets the workers down far apart on it. */
    own->state = (unsigned)seed + worker * 0x9E3779B9u;
    return own;
}

uint64_t thrower_throw(thrower *own, uint64_t batch)
{
    (void)batch;
    unsigned state = own->state;
    uint64_t hits = 0;
    for (int i = 0; i < PEER_BATCH; i++) {
        const double x = rand_r(&state) / (double)RAND_MAX;
        const double y = rand_r(&state) / (double)RAND_MAX;
        hits += x * x + y * y <= 1;
    }
    own->state = state;
    return hits;
}

void thrower_close(thrower *own)
{
    free(own);
}
