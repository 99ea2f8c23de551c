/*
 * The speed of a generator without random access: xoshiro128+ in every lane of a vector, and a test in single
 * precision.
 *
 * Generator: Blackman, Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47 (2021); the seeds of the
 * lanes are consecutive outputs of splitmix64 (Steele, Lea, Flood, OOPSLA 2014), as its authors advise. The test
 * rounds, so its count is not exact: words become floats with 24 bits.
 */
#include <string.h>

#include "thrower.h"

#ifdef __AVX512F__
#include <immintrin.h>
enum { VECTOR_BYTES = 64 };
#elif defined __AVX2__
enum { VECTOR_BYTES = 32 };
#else
enum { VECTOR_BYTES = 16 };
#endif

typedef uint32_t words __attribute__((vector_size(VECTOR_BYTES)));
typedef int32_t signed_words __attribute__((vector_size(VECTOR_BYTES)));
typedef float floats __attribute__((vector_size(VECTOR_BYTES)));

/* Generators side by side, so that none has to wait for its own last step. */
enum { GENERATORS = 4, LANES = VECTOR_BYTES / 4, TURNS = PEER_BATCH / (GENERATORS * LANES) };
_Static_assert(PEER_BATCH % (GENERATORS * LANES) == 0, "a batch is whole turns");

typedef struct generator {
    words s[4];
} generator;

struct thrower {
    generator generators[GENERATORS];
};

static uint64_t splitmix64(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

thrower *thrower_open(uint64_t seed, unsigned worker)
{
    thrower *own = aligned_alloc(_Alignof(thrower), sizeof *own);
    if (!own)
        peer_fail("out of memory");
    uint64_t bits[sizeof *own / sizeof(uint64_t)];
    enum { DRAWS = sizeof bits / sizeof *bits };
    /* The workers take consecutive parts of one sequence of splitmix64, whose state is a multiple of this. */
    uint64_t state = seed + worker * DRAWS * UINT64_C(0x9E3779B97F4A7C15);
    for (int i = 0; i < DRAWS; i++)
        bits[i] = splitmix64(&state);
    memcpy(own, bits, sizeof *own);
    return own;
}

/* An xor of three words. gcc would share subexpressions of such xors, which costs one more instruction in each step. */
static inline words xor3(words a, words b, words c)
{
#ifdef __AVX512F__
    return (words)_mm512_ternarylogic_epi32((__m512i)a, (__m512i)b, (__m512i)c, 0x96);
#else
    return a ^ b ^ c;
#endif
}

static inline words next(generator *g)
{
    const words s0 = g->s[0], s1 = g->s[1], s2 = g->s[2], s3 = g->s[3];
    const words turned = s1 ^ s3;
    g->s[0] = xor3(s0, s1, s3);
    g->s[1] = xor3(s0, s1, s2);
    g->s[2] = xor3(s0, s2, s1 << 9);
    g->s[3] = turned << 11 | turned >> 21;
    return s0 + s3;
}

/* Words as coordinates in [-2^31, 2^31]. */
static inline floats coordinate(words w)
{
    return __builtin_convertvector((signed_words)w, floats);
}

uint64_t thrower_throw(thrower *own, uint64_t batch)
{
    (void)batch;
    generator g[GENERATORS];
    words hits[GENERATORS] = {0}; /* lane by lane */
    memcpy(g, own->generators, sizeof g);
    for (int turn = 0; turn < TURNS; turn++)
#pragma GCC unroll 4
        for (int i = 0; i < GENERATORS; i++) {
            const floats x = coordinate(next(&g[i]));
            const floats y = coordinate(next(&g[i]));
            hits[i] += (words)(x * x + (y * y - 0x1p62f)) >> 31; /* the sign: 1 for a hit */
        }
    memcpy(own->generators, g, sizeof g);

    uint64_t sum = 0;
    for (int i = 0; i < GENERATORS; i++)
        for (int lane = 0; lane < LANES; lane++)
            sum += hits[i][lane];
    return sum;
}

void thrower_close(thrower *own)
{
    free(own);
}
