/*
 * NEON, which every 64-bit Arm CPU has. umull and umull2 give four wide products; uzp1 and uzp2 gather their low and
 * high words. With two xors that is 6 instructions for four products of a round. In total, neon.h and this file take
 * 234 vector instructions for 16 darts.
 */
#include <arm_neon.h>

typedef struct product {
    uint32x4_t low, high;
} product;

static inline product multiply(uint32x4_t a, uint32_t multiplier)
{
    const uint32x4_t first = vreinterpretq_u32_u64(vmull_n_u32(vget_low_u32(a), multiplier));
    const uint32x4_t last = vreinterpretq_u32_u64(vmull_high_n_u32(a, multiplier));
    const product out = {vuzp1q_u32(first, last), vuzp2q_u32(first, last)};
    return out;
}

#include "cpu/neon.h"

uint64_t mcpi_count_neon(uint64_t seed, uint64_t stream, uint64_t first, uint64_t darts)
{
    static const mcpi_group_counter counter = {count_groups, GROUP_DARTS, mcpi_count_scalar};
    return mcpi_count_in_groups(&counter, seed, stream, first, darts);
}
