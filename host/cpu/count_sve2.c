/*
 * NEON with one instruction of SVE2: umulh, the high words of four products at once. It leaves 2 instructions where
 * count_neon.c takes 4. In total 163 vector instructions for 16 darts.
 *
 * NEON's registers are the first 128 bits of SVE2's. This file is compiled for SVE2 registers of exactly 128 bits, as
 * on Neoverse N2 and V2 (Grace, Graviton4, Axion, Cobalt). Only with a fixed width can SVE values be stored in arrays
 * and converted to NEON types. The probe checks the width.
 */
#include <arm_neon.h>
#include <arm_sve.h>

typedef svuint32_t sve_words __attribute__((arm_sve_vector_bits(128)));

typedef struct product {
    uint32x4_t low, high;
} product;

/* In assembly, because gcc 12 has only the predicated form of SVE1 for it, which needs a move first. */
static inline uint32x4_t multiply_high(uint32x4_t a, uint32x4_t b)
{
    const svuint32_t x = (sve_words)a, y = (sve_words)b;
    svuint32_t high;
    __asm__("umulh %0.s, %1.s, %2.s" : "=w"(high) : "w"(x), "w"(y));
    return (uint32x4_t)(sve_words)high;
}

static inline product multiply(uint32x4_t a, uint32_t multiplier)
{
    const uint32x4_t m = vdupq_n_u32(multiplier);
    const product out = {vmulq_u32(a, m), multiply_high(a, m)};
    return out;
}

#include "cpu/neon.h"

uint64_t mcpi_count_sve2(uint64_t seed, uint64_t stream, uint64_t first, uint64_t darts)
{
    static const mcpi_group_counter counter = {count_groups, GROUP_DARTS, mcpi_count_scalar};
    return mcpi_count_in_groups(&counter, seed, stream, first, darts);
}
