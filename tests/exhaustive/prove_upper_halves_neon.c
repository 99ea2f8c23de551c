/* Includes the kernel's own functions, and renames the public one. The hit test is that of host/cpu/neon.h, which the
   SVE2 kernel includes as well. */
#define mcpi_count_neon mcpi_count_neon_to_prove
#include "cpu/count_neon.c" /* NOLINT: its static functions are tested */

#include "upper_halves.h"

/* Eight darts as two blocks' words: four are (c0, c1), four are (c2, c3). */
static inline words words_of(int16_t x, const int16_t y[8])
{
    const int16x8_t upper_y = vld1q_s16(y);
    const uint32x4_t word_x = vdupq_n_u32((uint32_t)(uint16_t)x << 16);
    const words out = {word_x, vreinterpretq_u32_s32(vshll_n_s16(vget_low_s16(upper_y), 16)), word_x,
                       vreinterpretq_u32_s32(vshll_high_n_s16(upper_y, 16))};
    return out;
}

/* A bit for each of 32 lanes that are 0 or -1. */
static inline uint32_t bits_of(const uint16x8_t lanes[4])
{
    static const uint16_t bits[16] = {1 << 0, 1 << 1, 1 << 2,  1 << 3,  1 << 4,  1 << 5,  1 << 6,  1 << 7,
                                      1 << 8, 1 << 9, 1 << 10, 1 << 11, 1 << 12, 1 << 13, 1 << 14, 1 << 15};
    const uint16x8_t low = vld1q_u16(bits), high = vld1q_u16(bits + 8);
    const uint16x8_t first = vorrq_u16(vandq_u16(lanes[0], low), vandq_u16(lanes[1], high));
    const uint16x8_t last = vorrq_u16(vandq_u16(lanes[2], low), vandq_u16(lanes[3], high));
    return vaddvq_u16(first) | (uint32_t)vaddvq_u16(last) << 16;
}

static inline uint32_t near_of(const uint16x8_t distance[4])
{
    uint16x8_t near[4];
    for (int i = 0; i < 4; i++)
        near[i] = vcltq_u16(distance[i], vdupq_n_u16(NEAR));
    return bits_of(near);
}

/* The kernel tests a whole group exactly if one of its darts is near. `near` has only those that are near themselves:
   the others may be in a group without such darts, where their upper halves decide. */
decisions decide_neon(int16_t x, const int16_t y[32])
{
    uint16x8_t hits[4], distance[4], nearest = vdupq_n_u16(EDGE);
    for (int i = 0; i < 4; i++) {
        const uint16x8_t sums = rough_sums(words_of(x, y + 8 * i));
        hits[i] = vceqzq_u16(add_beyond(vdupq_n_u16(0), sums));
        distance[i] = from_edge(sums);
        nearest = vminq_u16(nearest, distance[i]);
    }
    const uint32_t near = all_sure(nearest) ? 0 : near_of(distance);
    const decisions out = {bits_of(hits) & ~near, near};
    return out;
}
