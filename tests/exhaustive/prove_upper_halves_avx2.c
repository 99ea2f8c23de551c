/* Includes the kernel's own functions, and renames the public one. */
#define mcpi_count_avx2 mcpi_count_avx2_to_prove
#include "cpu/count_avx2.c" /* NOLINT: its static functions are tested */

#include "upper_halves.h"

static __m256i load(const int16_t *low, const int16_t *high)
{
    return _mm256_set_m128i(_mm_loadu_si128((const __m128i *)high), _mm_loadu_si128((const __m128i *)low));
}

/* vpacksswb joins two vectors eight margins in turn, so they are loaded eight in turn. */
decisions decide_avx2(int16_t x, const int16_t y[32])
{
    const mcpi_simd_span span = {0};
    const constants k = constants_of(&span);
    const __m256i same_x = _mm256_set1_epi16(x);
    const __m256i margin =
        _mm256_packs_epi16(margins_of(same_x, load(y, y + 16), &k), margins_of(same_x, load(y + 8, y + 24), &k));
    const decisions out = {hits_of(margin), near_of(margin, &k)};
    return out;
}
