/*
 * AVX-512: sixteen blocks in a vector, one word in each 32-bit lane.
 *
 * vpmuludq multiplies even lanes only. So sixteen products take two vpmuludq and a shift that moves the odd lanes down;
 * two shuffles then gather the high and the low words. With one three-input instruction for both xors that is 6
 * instructions for 16 blocks. A word in the low half of each 64-bit lane would cost the same (two products, two shifts,
 * two xors), but twice the registers, and the registers limit the speed: a round is a chain of 9 cycles on a Zen 5, and
 * filling its four pipes takes two or three times as many independent operations as the length of the chain alone would
 * suggest.
 *
 * simd.h describes how hits are counted. The last two rounds need only upper halves: vpermt2w takes them from the
 * products to where vpmaddwd needs them, x beside y. That makes 113 instructions for 32 darts, and two for each group.
 * VNNI would save one more instruction and a quarter of the darts near the edge: 1.5 %, but Skylake-X does not have it.
 */
#include <immintrin.h>

#include "cpu/simd.h"

enum { LANES = 16, VECTORS = 6 };

/* Margins as simd.h defines them, with T = floor(S / 2^16). */
enum { MARGIN_ZERO = 16382, NEAR = 4 };

/* The four words of sixteen blocks: the counters on their way through the rounds. */
typedef struct words {
    __m512i c0, c1, c2, c3;
} words;

/* 64-bit values of the even and of the odd lanes. */
typedef struct wide {
    __m512i even, odd;
} wide;

/* Constants of all groups of a span. They are computed in one function and used in another that does not know their
   values, so that they are read from memory if registers are scarce. Otherwise gcc would recompute them in each
   iteration. */
typedef struct constants {
    __m512i m0, m1;        /* Philox's multipliers in 64-bit lanes */
    __m512i step;          /* m0 times the 8 blocks between two vectors of products */
    __m512i both_uppers;   /* index: the upper halves of the low and the high word of each product, side by side */
    __m512i low_uppers;    /* index: the upper half of the low word, where both_uppers has that of the high word .. */
    __mmask32 high_places; /* .. and the mask of these places */
    __m512i down;          /* index: the upper half of each 32-bit lane, moved to the lower half */
    __m512i margin_zero, near;
    __m512i key0[MCPI_PHILOX_ROUNDS], key1[MCPI_PHILOX_ROUNDS]; /* for the last round, upper halves only */
} constants;

static constants constants_of(const mcpi_simd_span *span)
{
    const __m512i lane = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    const __m512i product = _mm512_mullo_epi32(lane, _mm512_set1_epi32(0x00040004)); /* its lowest 16 bits, twice */
    constants k = {
        .m0 = _mm512_set1_epi64(MCPI_PHILOX_M0),
        .m1 = _mm512_set1_epi64(MCPI_PHILOX_M1),
        .step = _mm512_set1_epi64((int64_t)MCPI_PHILOX_M0 * LANES / 2),
        .both_uppers = _mm512_add_epi32(product, _mm512_set1_epi32(0x00030001)),
        .low_uppers = _mm512_add_epi32(product, _mm512_set1_epi32(0x00010001)),
        .high_places = 0xaaaaaaaa,
        .down = _mm512_set4_epi32(0x0f0e0f0e, 0x0b0a0b0a, 0x07060706, 0x03020302),
        .margin_zero = _mm512_set1_epi16(MARGIN_ZERO),
        .near = _mm512_set1_epi16(NEAR),
    };
    for (int round = 0; round < MCPI_PHILOX_ROUNDS; round++) {
        const uint32_t used = round == MCPI_PHILOX_ROUNDS - 1 ? UINT32_C(0xffff0000) : UINT32_MAX;
        k.key0[round] = _mm512_set1_epi32((int32_t)(span->key0[round] & used));
        k.key1[round] = _mm512_set1_epi32((int32_t)(span->key1[round] & used));
    }
    return k;
}

static inline __m512i odd_lanes(__m512i a)
{
    return _mm512_srli_epi64(a, 32);
}

static inline wide multiply(__m512i a, __m512i multiplier)
{
    const wide product = {_mm512_mul_epu32(a, multiplier), _mm512_mul_epu32(odd_lanes(a), multiplier)};
    return product;
}

static inline __m512i high(wide a)
{
    return _mm512_castps_si512(
        _mm512_shuffle_ps(_mm512_castsi512_ps(a.even), _mm512_castsi512_ps(a.odd), _MM_SHUFFLE(3, 1, 3, 1)));
}

static inline __m512i low(wide a)
{
    return _mm512_castps_si512(
        _mm512_shuffle_ps(_mm512_castsi512_ps(a.even), _mm512_castsi512_ps(a.odd), _MM_SHUFFLE(2, 0, 2, 0)));
}

static inline __m512i xor2(__m512i a, __m512i b)
{
    return _mm512_xor_si512(a, b);
}

static inline __m512i xor3(__m512i a, __m512i b, __m512i c)
{
    return _mm512_ternarylogic_epi32(a, b, c, 0x96);
}

/* Rounds 1 to 3 as in simd.h, from M0 times the numbers of the next 8 blocks. Here and below, all vectors of a group
   take each step together, so that some instructions never have to wait. */
static inline void open_rounds(words in[VECTORS], __m512i *next, const constants *k)
{
    __m512i round1_c2[VECTORS], round2_c0[VECTORS], round2_c1[VECTORS], round2_c2[VECTORS];
    MCPI_UNROLL
    for (int v = 0; v < VECTORS; v++) {
        const wide round1_p0 = {*next, _mm512_add_epi64(*next, k->step)};
        *next = _mm512_add_epi64(round1_p0.odd, k->step);
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

/* The low words of products. For round 9, of which round 10 uses only the upper halves: these halves, in the places
   where both_uppers puts those of the high words. */
static inline __m512i low_or_upper(wide product, bool upper, const constants *k)
{
    return upper ? _mm512_maskz_permutex2var_epi16(k->high_places, product.even, k->low_uppers, product.odd)
                 : low(product);
}

/* Rounds 4 to 9; `round` counts from 0. One product after the other, so that fewer values are alive at once. */
static inline void next_round(words in[VECTORS], int round, const constants *k)
{
    const bool upper = round == MCPI_PHILOX_ROUNDS - 2;
    MCPI_UNROLL
    for (int v = 0; v < VECTORS; v++) {
        const wide p0 = multiply(in[v].c0, k->m0);
        const __m512i c2 = xor3(high(p0), in[v].c3, k->key1[round]);
        in[v].c3 = low_or_upper(p0, upper, k);
        const wide p1 = multiply(in[v].c2, k->m1);
        in[v].c0 = xor3(high(p1), in[v].c1, k->key0[round]);
        in[v].c1 = low_or_upper(p1, upper, k);
        in[v].c2 = c2;
    }
}

static inline __m512i squares_of(__m512i x_and_y)
{
    return _mm512_madd_epi16(x_and_y, x_and_y);
}

/* The last step of round 10, as far as it is needed, and then S of simd.h, X*X + Y*Y, for 16 darts. */
static inline __m512i sums_of_squares(wide product, __m512i low_uppers, __m512i last_key, const constants *k)
{
    const __m512i uppers = _mm512_permutex2var_epi16(product.even, k->both_uppers, product.odd);
    const __m512i x_and_y = xor3(uppers, low_uppers, last_key);
    return squares_of(x_and_y);
}

/* The margins of 32 darts from the sums S of simd.h: each 32-bit lane has that of an even dart in its lower half and
   that of an odd dart in its upper half. */
static inline __m512i margins_of(__m512i even_darts, __m512i odd_darts, const constants *k)
{
    const __m512i uppers = _mm512_mask_shuffle_epi8(odd_darts, 0x3333333333333333, even_darts, k->down);
    return _mm512_sub_epi16(uppers, k->margin_zero);
}

/* Round 10, and the margins of 32 darts. */
static inline __m512i margins(words in, const constants *k)
{
    const __m512i odd_darts = sums_of_squares(multiply(in.c0, k->m0), in.c3, k->key1[MCPI_PHILOX_ROUNDS - 1], k);
    const __m512i even_darts = sums_of_squares(multiply(in.c2, k->m1), in.c1, k->key0[MCPI_PHILOX_ROUNDS - 1], k);
    return margins_of(even_darts, odd_darts, k);
}

/* One bit for each of 32 darts: whether it hits; whether it is near the edge. */
static inline uint32_t hits_of(__m512i margin)
{
    return _mm512_movepi16_mask(margin);
}

static inline uint32_t near_of(__m512i margin, const constants *k)
{
    return _mm512_cmplt_epu16_mask(margin, k->near);
}

/*
 * The dart to which each margin belongs. The shuffles change the order of blocks: c2 and c3 have the order in which the
 * products of round 1 leave it; in c0 and c1 the middle two of each four lanes are exchanged, so that their products,
 * even ones first, are in order again. Those of c2 come as blocks 0, 8, 2, 10 .. and 1, 9, 3, 11 ..
 */
#define EVEN_DART(lane) (2 * (((lane)&1) * 8 + ((lane)&6) + ((lane) >> 3)))
#define ODD_DART(lane) (2 * (lane) + 1)
#define DARTS(lane) EVEN_DART(lane), ODD_DART(lane), EVEN_DART((lane) + 1), ODD_DART((lane) + 1)
static const uint8_t dart_of[2 * LANES] = {DARTS(0), DARTS(2),  DARTS(4),  DARTS(6),
                                           DARTS(8), DARTS(10), DARTS(12), DARTS(14)};

__attribute__((noinline)) static uint64_t count_near(const mcpi_simd_span *span, uint32_t block, const constants *k,
                                                     const __m512i margin[VECTORS])
{
    uint32_t near[VECTORS];
    for (int v = 0; v < VECTORS; v++)
        near[v] = near_of(margin[v], k);
    return mcpi_count_near(span, block, near, VECTORS, dart_of);
}

__attribute__((noinline)) static uint64_t count_with(const constants *k, const mcpi_simd_span *span, uint32_t block,
                                                     uint64_t groups)
{
    const __m512i blocks = _mm512_add_epi64(_mm512_set1_epi64(block), _mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0));
    __m512i next = _mm512_mul_epu32(blocks, k->m0);
    uint64_t hits = 0;
    for (; groups > 0; groups--) {
        words in[VECTORS];
        open_rounds(in, &next, k);
        MCPI_UNROLL
        for (int round = 3; round < MCPI_PHILOX_ROUNDS - 1; round++)
            next_round(in, round, k);
        __m512i margin[VECTORS], least;
        MCPI_UNROLL
        for (int v = 0; v < VECTORS; v++) {
            margin[v] = margins(in[v], k);
            least = v == 0 ? margin[v] : _mm512_min_epu16(least, margin[v]);
            hits += (uint32_t)__builtin_popcount(hits_of(margin[v]));
        }
        if (__builtin_expect(near_of(least, k) != 0, 0))
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

uint64_t mcpi_count_avx512(uint64_t seed, uint64_t stream, uint64_t first, uint64_t darts)
{
    static const mcpi_group_counter counter = {count_groups, 2 * LANES * VECTORS, mcpi_count_avx2};
    return mcpi_count_in_groups(&counter, seed, stream, first, darts);
}
