/* Includes the kernel's own functions, and renames the public one. */
#define mcpi_count_avx512 mcpi_count_avx512_to_prove
#include "cpu/count_avx512.c" /* NOLINT: its static functions are tested */

#include "upper_halves.h"

/* In each 32-bit lane: x above an even dart's y; x above an odd dart's. */
decisions decide_avx512(int16_t x, const int16_t y[32])
{
    const mcpi_simd_span span = {0};
    const constants k = constants_of(&span);
    const __m512i pairs = _mm512_loadu_si512(y), upper_x = _mm512_set1_epi32((int32_t)((uint32_t)(uint16_t)x << 16));
    const __m512i lower = _mm512_set1_epi32(0xffff);
    const __m512i even = _mm512_or_si512(upper_x, _mm512_and_si512(pairs, lower));
    const __m512i odd = _mm512_or_si512(upper_x, _mm512_srli_epi32(pairs, 16));
    const __m512i margin = margins_of(squares_of(even), squares_of(odd), &k);
    const decisions out = {hits_of(margin), near_of(margin, &k)};
    return out;
}
