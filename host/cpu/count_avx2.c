/*
 * AVX2: eight blocks to a vector, one word in each 32-bit lane.
 *
 * vpmuludq multiplies even lanes only, so eight products take two of them, and a shift that brings the odd lanes down;
 * two shuffles then gather the high and the low words, both in the same order of blocks, which is all that counting
 * asks for. With two xors that is 7 instructions. The layout of count_avx512.c would take 8 without its three-input
 * xor, and twice the registers, of which there are 16: it runs at three quarters of this one's speed. One vector takes
 * 147 instructions for its 16 darts.
 *
 * Four vectors side by side were best with gcc 12 and clang 14, although some of their 16 registers spill: loads and
 * stores have pipes of their own.
 */
#include <immintrin.h>

#include "cpu/span.h"

enum { LANES = 8, VECTORS = 4 };

/* The four words of eight blocks: a counter on its way through the rounds. */
typedef struct words {
    __m256i c0, c1, c2, c3;
} words;

/* 64-bit values belonging to the even and to the odd lanes. */
typedef struct wide {
    __m256i even, odd;
} wide;

static inline __m256i odd_lanes(__m256i a)
{
    return _mm256_srli_epi64(a, 32);
}

static inline wide multiply(__m256i a, uint32_t multiplier)
{
    const __m256i m = _mm256_set1_epi64x(multiplier);
    const wide product = {_mm256_mul_epu32(a, m), _mm256_mul_epu32(odd_lanes(a), m)};
    return product;
}

static inline __m256i high(wide a)
{
    return _mm256_castps_si256(
        _mm256_shuffle_ps(_mm256_castsi256_ps(a.even), _mm256_castsi256_ps(a.odd), _MM_SHUFFLE(3, 1, 3, 1)));
}

static inline __m256i low(wide a)
{
    return _mm256_castps_si256(
        _mm256_shuffle_ps(_mm256_castsi256_ps(a.even), _mm256_castsi256_ps(a.odd), _MM_SHUFFLE(2, 0, 2, 0)));
}

/* As floats, like the shuffles: some CPUs take a cycle more where the two kinds meet. */
static inline __m256i xor2(__m256i a, __m256i b)
{
    return _mm256_castps_si256(_mm256_xor_ps(_mm256_castsi256_ps(a), _mm256_castsi256_ps(b)));
}

/* `late` is what comes last from the multiplier: nothing but one xor should wait for it. */
static inline __m256i xor3(__m256i late, __m256i b, __m256i c)
{
    return xor2(late, xor2(b, c));
}

static inline __m256i key(uint32_t word)
{
    return _mm256_set1_epi32((int32_t)word);
}

/* Rounds 1 to 3 as span.h writes them, from M0 times the block numbers. */
static inline words open_rounds(wide round1_p0, const mcpi_span *span)
{
    const __m256i round1_c2 = xor2(high(round1_p0), key(span->key1[0]));
    const wide round2_p1 = multiply(round1_c2, MCPI_PHILOX_M1);
    const __m256i round2_c0 = xor2(high(round2_p1), key(span->key0[1]));
    const __m256i round2_c2 = xor2(low(round1_p0), key(span->key1[1]));
    const wide p0 = multiply(round2_c0, MCPI_PHILOX_M0);
    const wide p1 = multiply(round2_c2, MCPI_PHILOX_M1);
    const words out = {xor3(high(p1), low(round2_p1), key(span->key0[2])), low(p1), xor2(high(p0), key(span->key1[2])),
                       low(p0)};
    return out;
}

/* One product after the other, so that fewer values are alive at once. */
static inline words next_round(words in, __m256i key0, __m256i key1)
{
    const wide p0 = multiply(in.c0, MCPI_PHILOX_M0);
    const __m256i c2 = xor3(high(p0), in.c3, key1);
    const __m256i c3 = low(p0);
    const wide p1 = multiply(in.c2, MCPI_PHILOX_M1);
    const __m256i c0 = xor3(high(p1), in.c1, key0);
    const __m256i c1 = low(p1);
    const words out = {c0, c1, c2, c3};
    return out;
}

/* x*x + y*y of the even lanes. */
static inline __m256i sum_of_squares(__m256i x, __m256i y)
{
    return _mm256_add_epi64(_mm256_mul_epi32(x, x), _mm256_mul_epi32(y, y));
}

/*
 * Add the hits of eight darts, one to a 32-bit lane. A sum is below 2^62 if and only if its high half is below 2^30.
 * That half is at most 2^31: less 2^30 it has the top bit of a negative number for a hit and for no miss.
 */
static inline __m256i add_hits(__m256i hits, __m256i x, __m256i y)
{
    const wide sums = {sum_of_squares(x, y), sum_of_squares(odd_lanes(x), odd_lanes(y))};
    const __m256i margin = _mm256_sub_epi32(high(sums), _mm256_set1_epi32(1 << 30));
    return _mm256_add_epi32(hits, _mm256_srli_epi32(margin, 31));
}

/* The lanes of a vector of counts, added up. */
static uint64_t total(__m256i hits)
{
    uint32_t lanes[LANES];
    _mm256_storeu_si256((__m256i *)lanes, hits);
    uint64_t sum = 0;
    for (int i = 0; i < LANES; i++)
        sum += lanes[i];
    return sum;
}

/* The 2^33 darts of a span put at most 2^30 hits in a lane. */
static uint64_t count_groups(const mcpi_span *span, uint32_t block, uint64_t groups)
{
    const __m256i blocks = _mm256_add_epi64(_mm256_set1_epi64x(block), _mm256_set_epi64x(3, 2, 1, 0));
    const __m256i step = _mm256_set1_epi64x((int64_t)MCPI_PHILOX_M0 * LANES / 2);
    __m256i p0 = _mm256_mul_epu32(blocks, _mm256_set1_epi64x(MCPI_PHILOX_M0));
    __m256i hits = _mm256_setzero_si256();
    for (; groups > 0; groups--) {
        words in[VECTORS];
        MCPI_UNROLL
        for (int v = 0; v < VECTORS; v++) {
            const wide products = {p0, _mm256_add_epi64(p0, step)};
            in[v] = open_rounds(products, span);
            p0 = _mm256_add_epi64(products.odd, step);
        }
        MCPI_UNROLL
        for (int round = 3; round < MCPI_PHILOX_ROUNDS; round++) {
            const __m256i key0 = key(span->key0[round]);
            const __m256i key1 = key(span->key1[round]);
            MCPI_UNROLL
            for (int v = 0; v < VECTORS; v++)
                in[v] = next_round(in[v], key0, key1);
        }
        MCPI_UNROLL
        for (int v = 0; v < VECTORS; v++)
            hits = add_hits(add_hits(hits, in[v].c0, in[v].c1), in[v].c2, in[v].c3);
    }
    return total(hits);
}

uint64_t mcpi_count_avx2(uint64_t seed, uint64_t stream, uint64_t first, uint64_t darts)
{
    static const mcpi_group_counter counter = {count_groups, 2 * LANES * VECTORS, mcpi_count_scalar};
    return mcpi_count_in_groups(&counter, seed, stream, first, darts);
}
