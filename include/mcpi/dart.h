/*
 * The dart: the normative definition of what mcpi counts.
 *
 * A dart is a pure function of (seed, stream, number), as defined in this file. Everything that mcpi guarantees (the
 * same integer on every device, after every resume, for every split of the work) follows from that.
 *
 *   Generator  Philox4x32-10: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC'11.
 *   Key        the 64-bit seed, low word first.
 *   Counter    four words, low first: the block number (64 bits), the stream (64 bits).
 *   Block b    gives four words w0 w1 w2 w3. Dart 2b is (w0, w1), dart 2b+1 is (w2, w3).
 *   Board      both words read as signed 32-bit integers x, y: the square [-2^31, 2^31)^2.
 *   Hit        if and only if x*x + y*y < 2^62: the disc of radius 2^31 around the origin, without its edge.
 *   Estimate   pi ~ 4 * hits / darts.
 *
 * Block b of stream s is what cuRAND gives for curand_init(seed, s, 4*b, &state); curand4(&state) on a
 * curandStatePhilox4_32_10_t, so anyone can recount a result in a few lines of CUDA (docs/dart.md shows them).
 *
 * The arithmetic is exact, so no two machines can disagree. Of the 2^64 points of the board 14488038916154045361 are
 * hits: the expectation of the estimate is pi - 4.34e-14, which no run below about 1e25 darts can tell from pi.
 *
 * Compiled for the host and for CUDA devices. The SIMD kernels restate these lines; tests hold them to this file.
 */
#ifndef MCPI_DART_H
#define MCPI_DART_H

#include <stdint.h>

#if defined(__CUDACC__)
#define MCPI_HOST_DEVICE __host__ __device__
#else
#define MCPI_HOST_DEVICE
#endif

/* Darts are numbered from 0; a range [first, first + darts) ends at or below this. */
#define MCPI_DART_END (UINT64_C(1) << 63)

/* Philox4x32 constants (SC'11, section 4): the two multipliers and the two Weyl increments of the key. */
#define MCPI_PHILOX_M0 UINT32_C(0xD2511F53)
#define MCPI_PHILOX_M1 UINT32_C(0xCD9E8D57)
#define MCPI_PHILOX_W0 UINT32_C(0x9E3779B9)
#define MCPI_PHILOX_W1 UINT32_C(0xBB67AE85)
#define MCPI_PHILOX_ROUNDS 10

/* Four 32-bit words: a Philox counter, or the block it becomes. */
typedef struct mcpi_words {
    uint32_t w[4];
} mcpi_words;

/* Philox4x32-10 of a counter under the key (seed's low word, seed's high word). */
MCPI_HOST_DEVICE static inline mcpi_words mcpi_philox(mcpi_words counter, uint64_t seed)
{
    uint32_t k0 = (uint32_t)seed;
    uint32_t k1 = (uint32_t)(seed >> 32);
    mcpi_words c = counter;
    for (int round = 0; round < MCPI_PHILOX_ROUNDS; round++) {
        const uint64_t p0 = (uint64_t)MCPI_PHILOX_M0 * c.w[0];
        const uint64_t p1 = (uint64_t)MCPI_PHILOX_M1 * c.w[2];
        c.w[0] = (uint32_t)(p1 >> 32) ^ c.w[1] ^ k0;
        c.w[1] = (uint32_t)p1;
        c.w[2] = (uint32_t)(p0 >> 32) ^ c.w[3] ^ k1;
        c.w[3] = (uint32_t)p0;
        k0 += MCPI_PHILOX_W0;
        k1 += MCPI_PHILOX_W1;
    }
    return c;
}

/* Block `block` of `stream`: the words of darts 2*block and 2*block + 1. */
MCPI_HOST_DEVICE static inline mcpi_words mcpi_block(uint64_t seed, uint64_t stream, uint64_t block)
{
    const mcpi_words counter = {{(uint32_t)block, (uint32_t)(block >> 32), (uint32_t)stream, (uint32_t)(stream >> 32)}};
    return mcpi_philox(counter, seed);
}

/*
 * How far the dart (x, y) lies beyond the edge, x*x + y*y - 2^62 modulo 2^64, with -2^62 passed in as `minus_edge`.
 *
 * The sum of the squares is at most 2^63, reached when both words are -2^31. Taking 2^62 from it leaves the top bit set
 * for a hit and clear for every miss, that extreme one included, without a comparison. Where -2^62 is passed in from
 * outside, the compiler for CUDA leaves it where it stands, as the addend of the first multiply-add; a constant it
 * moves to the end of the sum, at two more instructions.
 */
MCPI_HOST_DEVICE static inline uint64_t mcpi_from_edge(uint32_t word_x, uint32_t word_y, uint64_t minus_edge)
{
    const int64_t x = (int32_t)word_x;
    const int64_t y = (int32_t)word_y;
    return (uint64_t)(x * x) + minus_edge + (uint64_t)(y * y);
}

#define MCPI_MINUS_EDGE (0 - (UINT64_C(1) << 62))

/* 1 if the dart (x, y) hits, else 0. */
MCPI_HOST_DEVICE static inline uint32_t mcpi_hit(uint32_t word_x, uint32_t word_y)
{
    return (uint32_t)(mcpi_from_edge(word_x, word_y, MCPI_MINUS_EDGE) >> 63);
}

/* 1 if dart number `dart` of a stream hits, else 0. */
MCPI_HOST_DEVICE static inline uint32_t mcpi_dart(uint64_t seed, uint64_t stream, uint64_t dart)
{
    const mcpi_words block = mcpi_block(seed, stream, dart / 2);
    return dart % 2 == 0 ? mcpi_hit(block.w[0], block.w[1]) : mcpi_hit(block.w[2], block.w[3]);
}

#endif
