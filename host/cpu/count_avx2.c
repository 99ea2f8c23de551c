/*
 * AVX2: eight blocks in a vector, one word in each 32-bit lane.
 *
 * vpmuludq multiplies even lanes only. So eight products take two vpmuludq and a shift that moves the odd lanes down;
 * two shuffles then gather the high and the low words. With two xors that is 7 instructions. The other layout, a word
 * in the low half of each 64-bit lane, would take 8 instructions without a three-input xor, and twice the registers, of
 * which AVX2 has 16. Six vectors side by side were fastest with gcc 12 and clang 14, although most of them are spilled
 * to memory: loads and stores have their own pipes.
 *
 * simd.h describes how hits are counted. The last two rounds need only upper halves: they are taken from the products,
 * not from the words, 16 in a vector. That makes 130 instructions for 16 darts, and 4 for each group.
 */
#include <immintrin.h>

#include "cpu/simd.h"

enum { LANES = 8, VECTORS = 6 };

/* Margins as simd.h defines them, with T = floor(X*X / 2^16) + floor(Y*Y / 2^16). */
enum { MARGIN_ZERO = 16381, NEAR = 5 };

/* The four words of eight blocks: the counters on their way through the rounds. */
typedef struct words {
    __m256i c0, c1, c2, c3;
} words;

/* 64-bit values of the even and of the odd lanes. */
typedef struct wide {
    __m256i even, odd;
} wide;

/* Constants of all groups of a span. They are computed in one function and used in another that does not know their
   values, so that they are read from memory if registers are scarce. Otherwise gcc would recompute them in each
   iteration. */
typedef struct constants {
    __m256i m0, m1; /* Philox's multipliers in 64-bit lanes */
    __m256i step;   /* m0 times the 4 blocks between two vectors of products */
    __m256i key0[MCPI_PHILOX_ROUNDS - 1], key1[MCPI_PHILOX_ROUNDS - 1];
    __m256i last_keys; /* upper halves of the last round's keys, in the order of the words x to which they belong */
    __m256i margin_zero, near;
} constants;

static constants constants_of(const mcpi_simd_span *span)
{
    const int32_t last0 = (int32_t)((span->key0[MCPI_PHILOX_ROUNDS - 1] >> 16) * 0x10001);
    const int32_t last1 = (int32_t)((span->key1[MCPI_PHILOX_ROUNDS - 1] >> 16) * 0x10001);
    constants k = {
        .m0 = _mm256_set1_epi64x(MCPI_PHILOX_M0),
        .m1 = _mm256_set1_epi64x(MCPI_PHILOX_M1),
        .step = _mm256_set1_epi64x((int64_t)MCPI_PHILOX_M0 * LANES / 2),
        .last_keys = _mm256_set_epi32(last1, last1, last0, last0, last1, last1, last0, last0),
        .margin_zero = _mm256_set1_epi16(MARGIN_ZERO),
        .near = _mm256_set1_epi8(NEAR),
    };
    for (int round = 0; round < MCPI_PHILOX_ROUNDS - 1; round++) {
        k.key0[round] = _mm256_set1_epi32((int32_t)span->key0[round]);
        k.key1[round] = _mm256_set1_epi32((int32_t)span->key1[round]);
    }
    return k;
}

static inline __m256i odd_lanes(__m256i a)
{
    return _mm256_srli_epi64(a, 32);
}

static inline wide multiply(__m256i a, __m256i multiplier)
{
    const wide product = {_mm256_mul_epu32(a, multiplier), _mm256_mul_epu32(odd_lanes(a), multiplier)};
    return product;
}

/* The high and the low 32-bit words of two vectors of 64-bit lanes. */
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

/* On floats, like the shuffles: on some CPUs it costs a cycle to mix integer and float operations. */
static inline __m256i xor2(__m256i a, __m256i b)
{
    return _mm256_castps_si256(_mm256_xor_ps(_mm256_castsi256_ps(a), _mm256_castsi256_ps(b)));
}

/* `late` is the operand that the multiplier delivers last: only one xor should wait for it. */
static inline __m256i xor3(__m256i late, __m256i b, __m256i c)
{
    return xor2(late, xor2(b, c));
}

/* Rounds 1 to 3 as in simd.h, from M0 times the numbers of the next 4 blocks. Here and below, all vectors of a group
   take each step together, so that some instructions never have to wait. */
static inline void open_rounds(words in[VECTORS], __m256i *next, const constants *k)
{
    __m256i round1_c2[VECTORS], round2_c0[VECTORS], round2_c1[VECTORS], round2_c2[VECTORS];
    MCPI_UNROLL
    for (int v = 0; v < VECTORS; v++) {
        const wide round1_p0 = {*next, _mm256_add_epi64(*next, k->step)};
        *next = _mm256_add_epi64(round1_p0.odd, k->step);
        round1_c2[v] = xor2(high(round1_p0), k->key1[0]);
        round2_c2[v] = xor2(low(round1_p0), k->key1[1]);
    }
    MCPI_UNROLL
    for (int v = 0; v < VECTORS; v++) {
        const wide p1 = multiply(round1_c2[v], k->m1);
        round2_c0[v] = xor2(high(p1), k->key0[1]);
        round2_c1[v] = low(p1);
    }
    MCPI_UNROLL
    for (int v = 0; v < VECTORS; v++) {
        const wide p0 = multiply(round2_c0[v], k->m0);
        const wide p1 = multiply(round2_c2[v], k->m1);
        in[v].c0 = xor3(high(p1), round2_c1[v], k->key0[2]);
        in[v].c1 = low(p1);
        in[v].c2 = xor2(high(p0), k->key1[2]);
        in[v].c3 = low(p0);
    }
}

/* The upper halves of the 32-bit lanes of two vectors: `a`'s as lower, `b`'s as upper halves. */
static inline __m256i upper_halves(__m256i a, __m256i b)
{
    return _mm256_blend_epi16(_mm256_srli_epi32(a, 16), b, 0xaa);
}

/* The upper halves of the low words of two products. */
static inline __m256i low_uppers(wide a, wide b)
{
    const wide even = {a.even, b.even}, odd = {a.odd, b.odd};
    return upper_halves(low(even), low(odd));
}

/* Rounds 4 to 9; `round` counts from 0. One product after the other, so that fewer values are alive at once. Round 10
   uses only the upper halves of round 9's low words: they go into c1, and c3 is no longer needed. */
static inline void next_round(words in[VECTORS], int round, const constants *k)
{
    const bool upper = round == MCPI_PHILOX_ROUNDS - 2;
    MCPI_UNROLL
    for (int v = 0; v < VECTORS; v++) {
        const wide p0 = multiply(in[v].c0, k->m0);
        const __m256i c2 = xor3(high(p0), in[v].c3, k->key1[round]);
        if (!upper)
            in[v].c3 = low(p0);
        const wide p1 = multiply(in[v].c2, k->m1);
        in[v].c0 = xor3(high(p1), in[v].c1, k->key0[round]);
        in[v].c1 = upper ? low_uppers(p1, p0) : low(p1);
        in[v].c2 = c2;
    }
}

/* The margins of 16 darts from the upper halves of their words, in 16-bit lanes. */
static inline __m256i margins_of(__m256i x, __m256i y, const constants *k)
{
    const __m256i squares = _mm256_add_epi16(_mm256_mulhi_epi16(x, x), _mm256_mulhi_epi16(y, y));
    return _mm256_sub_epi16(squares, k->margin_zero);
}

/* Round 10, and the margins of 16 darts. */
static inline __m256i margins(words in, const constants *k)
{
    const wide p0 = multiply(in.c0, k->m0), p1 = multiply(in.c2, k->m1);
    const wide uppers = {upper_halves(p1.even, p1.odd), upper_halves(p0.even, p0.odd)};
    return margins_of(xor3(high(uppers), in.c1, k->last_keys), low(uppers), k);
}

/*
 * The dart to which each margin belongs, among the 32 darts of two vectors that vpacksswb has joined: it takes 8
 * margins from each vector alternately. The shuffles change the order of blocks: c2 and c3 have the order in which the
 * products of round 1 leave it, 0 1 4 5 and 2 3 6 7; in c0 and c1 the middle two are exchanged. Their even and odd
 * products alternately make four even and four odd darts.
 */
#define VECTOR(lane) ((lane) >> 3 & 1)
#define BLOCK(a, b, c) (4 * (a) + 2 * (b) + (c))
#define IS_ODD_DART(lane) ((lane) >> 2 & 1)
#define BLOCK_OF(lane) \
    (IS_ODD_DART(lane) ? BLOCK((lane)&1, (lane) >> 4, (lane) >> 1 & 1) : BLOCK((lane) >> 1 & 1, (lane) >> 4, (lane)&1))
#define DART(lane) (16 * VECTOR(lane) + 2 * BLOCK_OF(lane) + IS_ODD_DART(lane))
#define DARTS(lane) DART(lane), DART((lane) + 1), DART((lane) + 2), DART((lane) + 3)
static const uint8_t dart_of[4 * LANES] = {DARTS(0),  DARTS(4),  DARTS(8),  DARTS(12),
                                           DARTS(16), DARTS(20), DARTS(24), DARTS(28)};

/* Nonzero bytes where the margin, unsigned, is below NEAR; zero elsewhere. */
static inline __m256i below_near(__m256i margin, const constants *k)
{
    return _mm256_subs_epu8(k->near, margin);
}

/* One bit for each of 32 darts: whether it hits; whether it is near the edge. */
static inline uint32_t hits_of(__m256i margin)
{
    return (uint32_t)_mm256_movemask_epi8(margin);
}

static inline uint32_t near_of(__m256i margin, const constants *k)
{
    const __m256i not_near = _mm256_cmpeq_epi8(below_near(margin, k), _mm256_setzero_si256());
    return ~(uint32_t)_mm256_movemask_epi8(not_near);
}

__attribute__((noinline)) static uint64_t count_near(const mcpi_simd_span *span, uint32_t block, const constants *k,
                                                     const __m256i margin[VECTORS / 2])
{
    uint32_t near[VECTORS / 2];
    for (int i = 0; i < VECTORS / 2; i++)
        near[i] = near_of(margin[i], k);
    return mcpi_count_near(span, block, near, VECTORS / 2, dart_of);
}

__attribute__((noinline)) static uint64_t count_with(const constants *k, const mcpi_simd_span *span, uint32_t block,
                                                     uint64_t groups)
{
    const __m256i blocks = _mm256_add_epi64(_mm256_set1_epi64x(block), _mm256_set_epi64x(3, 2, 1, 0));
    __m256i next = _mm256_mul_epu32(blocks, k->m0);
    uint64_t hits = 0;
    for (; groups > 0; groups--) {
        words in[VECTORS];
        open_rounds(in, &next, k);
        MCPI_UNROLL
        for (int round = 3; round < MCPI_PHILOX_ROUNDS - 1; round++)
            next_round(in, round, k);
        __m256i margin[VECTORS / 2], least;
        MCPI_UNROLL
        for (int i = 0; i < VECTORS / 2; i++) {
            margin[i] = _mm256_packs_epi16(margins(in[2 * i], k), margins(in[2 * i + 1], k));
            least = i == 0 ? margin[i] : _mm256_min_epu8(least, margin[i]);
            hits += (uint32_t)__builtin_popcount(hits_of(margin[i]));
        }
        const __m256i near = below_near(least, k);
        if (__builtin_expect(!_mm256_testz_si256(near, near), 0))
            hits += count_near(span, block, k, margin);
        block += LANES * VECTORS;
    }
    return hits;
}

static uint64_t count_groups(const mcpi_simd_span *span, uint32_t block, uint64_t groups)
{
    const constants k = constants_of(span);
    return count_with(&k, span, block, groups);
}

uint64_t mcpi_count_avx2(uint64_t seed, uint64_t stream, uint64_t first, uint64_t darts)
{
    static const mcpi_group_counter counter = {count_groups, 2 * LANES * VECTORS, mcpi_count_scalar};
    return mcpi_count_in_groups(&counter, seed, stream, first, darts);
}
