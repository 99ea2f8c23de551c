/*
 * oneMKL's Philox4x32-10, one buffer of words at a time, with the exact test. The darts are mcpi's own, as in
 * random123.c.
 */
#include <mkl_vsl.h>

#include "thrower.h"

enum { BLOCKS = 1 << 11, WORDS = 4 * BLOCKS }; /* 32 KiB: stays in the first cache */

struct thrower {
    VSLStreamStatePtr stream;
    uint64_t next; /* batch where the stream stands */
    unsigned words[WORDS];
};

thrower *thrower_open(uint64_t seed, unsigned worker)
{
    (void)worker;
    thrower *own = malloc(sizeof *own);
    if (!own)
        peer_fail("out of memory");
    const unsigned key[] = {(unsigned)seed, (unsigned)(seed >> 32)};
    if (vslNewStreamEx(&own->stream, VSL_BRNG_PHILOX4X32X10, 2, key) != VSL_STATUS_OK)
        peer_fail("oneMKL makes no stream");
    own->next = 0;
    return own;
}

static uint32_t count_hits(const unsigned *words)
{
    uint32_t hits = 0;
    for (int i = 0; i < WORDS; i += 2) {
        const int64_t x = (int)words[i];
        const int64_t y = (int)words[i + 1];
        hits += (uint64_t)(x * x) + (uint64_t)(y * y) < UINT64_C(1) << 62;
    }
    return hits;
}

uint64_t thrower_throw(thrower *own, uint64_t batch)
{
    const long long words_to_skip = (long long)(2 * PEER_BATCH * (batch - own->next));
    uint64_t hits = 0;
    if (vslSkipAheadStream(own->stream, words_to_skip) != VSL_STATUS_OK)
        peer_fail("oneMKL does not skip ahead");
    for (int darts = 0; darts < PEER_BATCH; darts += WORDS / 2) {
        if (viRngUniformBits32(VSL_RNG_METHOD_UNIFORMBITS32_STD, own->stream, WORDS, own->words) != VSL_STATUS_OK)
            peer_fail("oneMKL draws no words");
        hits += count_hits(own->words);
    }
    own->next = batch + 1;
    return hits;
}

void thrower_close(thrower *own)
{
    vslDeleteStream(&own->stream);
    free(own);
}
