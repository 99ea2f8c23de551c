/*
 * The Random123 library's Philox4x32-10 with the exact test, vectorised by the compiler only. The darts are mcpi's own,
 * defined in include/mcpi/dart.h, so the hits must be mcpi's as well.
 */
#include <Random123/philox.h>

#include "thrower.h"

struct thrower {
    philox4x32_key_t key;
};

thrower *thrower_open(uint64_t seed, unsigned worker)
{
    (void)worker;
    thrower *own = malloc(sizeof *own);
    if (!own)
        peer_fail("out of memory");
    own->key = (philox4x32_key_t){{(uint32_t)seed, (uint32_t)(seed >> 32)}};
    return own;
}

static uint32_t hit(uint32_t word_x, uint32_t word_y)
{
    const int64_t x = (int32_t)word_x;
    const int64_t y = (int32_t)word_y;
    return (uint64_t)(x * x) + (uint64_t)(y * y) < UINT64_C(1) << 62;
}

uint64_t thrower_throw(thrower *own, uint64_t batch)
{
    const philox4x32_key_t key = own->key;
    const uint64_t first = batch * (PEER_BATCH / 2);
    uint32_t hits = 0;
    for (uint32_t i = 0; i < PEER_BATCH / 2; i++) {
        const uint64_t block = first + i;
        const philox4x32_ctr_t counter = {{(uint32_t)block, (uint32_t)(block >> 32), 0, 0}};
        const philox4x32_ctr_t words = philox4x32(counter, key);
        hits += hit(words.v[0], words.v[1]) + hit(words.v[2], words.v[3]);
    }
    return hits;
}

void thrower_close(thrower *own)
{
    free(own);
}
