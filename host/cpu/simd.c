#include "cpu/simd.h"

#define SPAN_DARTS (UINT64_C(1) << 33)

static mcpi_simd_span span_of(uint64_t seed, uint64_t stream, uint64_t dart)
{
    mcpi_simd_span span = {.seed = seed, .stream = stream, .first = dart / SPAN_DARTS * SPAN_DARTS};
    for (uint32_t round = 0; round < MCPI_PHILOX_ROUNDS; round++) {
        span.key0[round] = (uint32_t)seed + round * MCPI_PHILOX_W0;
        span.key1[round] = (uint32_t)(seed >> 32) + round * MCPI_PHILOX_W1;
    }
    const uint64_t round1_p1 = (uint64_t)MCPI_PHILOX_M1 * (uint32_t)stream;
    const uint32_t round1_c0 = (uint32_t)(round1_p1 >> 32) ^ (uint32_t)(dart / SPAN_DARTS) ^ span.key0[0];
    const uint64_t round2_p0 = (uint64_t)MCPI_PHILOX_M0 * round1_c0;
    span.key1[0] ^= (uint32_t)(stream >> 32);
    span.key0[1] ^= (uint32_t)round1_p1;
    span.key1[1] ^= (uint32_t)(round2_p0 >> 32);
    span.key1[2] ^= (uint32_t)round2_p0;
    return span;
}

uint64_t mcpi_count_near(const mcpi_simd_span *span, uint32_t block, const uint32_t *near, unsigned size,
                         const uint8_t dart_of[32])
{
    const uint64_t first = span->first + 2 * (uint64_t)block;
    uint64_t hits = 0;
    for (unsigned i = 0; i < size; i++)
        for (uint32_t darts = near[i]; darts != 0; darts &= darts - 1)
            hits += mcpi_dart(span->seed, span->stream, first + 32 * i + dart_of[__builtin_ctz(darts)]);
    return hits;
}

uint64_t mcpi_count_in_groups(const mcpi_group_counter *counter, uint64_t seed, uint64_t stream, uint64_t first,
                              uint64_t darts)
{
    uint64_t hits = 0;
    while (darts > 0) {
        const uint64_t to_span_end = SPAN_DARTS - first % SPAN_DARTS;
        const uint64_t in_span = darts < to_span_end ? darts : to_span_end;
        const bool whole_block = first % 2 == 0;
        const uint64_t groups = whole_block ? in_span / counter->group_darts : 0;
        uint64_t taken;
        if (groups > 0) {
            const mcpi_simd_span span = span_of(seed, stream, first);
            taken = groups * counter->group_darts;
            hits += counter->count(&span, (uint32_t)(first / 2), groups);
        } else {
            taken = whole_block ? in_span : 1;
            hits += counter->narrower(seed, stream, first, taken);
        }
        first += taken;
        darts -= taken;
    }
    return hits;
}
