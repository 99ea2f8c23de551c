/* The straightforward C program: rand_r, doubles, OpenMP. */
#include "thrower.h"

struct thrower {
    unsigned state;
};

thrower *thrower_open(uint64_t seed, unsigned worker)
{
    thrower *own = malloc(sizeof *own);
    if (!own)
        peer_fail("out of memory");
    /* All 2^32 states of rand_r lie on one cycle. The odd multiplier places the workers far apart on it. */
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
