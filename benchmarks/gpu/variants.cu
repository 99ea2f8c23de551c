/*
 * Loops that mcpi could run instead of its own, with the same counts: variants.h says how they work and why they are
 * exact, cuda/slices.cuh has what is around them.
 */
#include "variants.h"

#include <curand_philox4x32_x.h>

#include "cuda/count.h"
#include "cuda/slices.cuh"
#include "rung.h"

namespace
{

__device__ uint32_t add_hits(uint32_t hits, const uint4 words, const uint64_t minus_edge)
{
    hits = mcpi_add_hit(hits, mcpi_from_edge(words.x, words.y, minus_edge));
    return mcpi_add_hit(hits, mcpi_from_edge(words.z, words.w, minus_edge));
}

template <uint32_t (*high)(uint32_t, uint32_t)>
__device__ uint4 draw(const uint4 counter, const uint64_t first_product, const uint2 key)
{
    const mcpi_words words = {{counter.x, counter.y, counter.z, counter.w}};
    const mcpi_words block = philox_from<high>(words, first_product, key.x, key.y);
    return make_uint4(block.w[0], block.w[1], block.w[2], block.w[3]);
}

/* The first product carried on from draw to draw, `stride` blocks further on each. */
__device__ uint32_t count_carried(const uint4 counter, const uint2 key, const uint32_t draws, const uint64_t minus_edge,
                                  const uint32_t stride)
{
    uint64_t first_product = (uint64_t)MCPI_PHILOX_M0 * counter.x;
    uint32_t hits = 0;
#pragma unroll 8
    for (uint32_t i = 0; i < draws; i++) {
        hits = add_hits(hits, draw<high_word>(counter, first_product, key), minus_edge);
        first_product += (uint64_t)MCPI_PHILOX_M0 * stride;
    }
    return hits;
}

/* The stride is the compiler's to know: two additions for a wide multiplication. */
__device__ uint32_t carried_by_add(const uint4 counter, const uint2 key, const uint32_t draws,
                                   const uint64_t minus_edge)
{
    return count_carried(counter, key, draws, minus_edge, MCPI_SLICE_THREADS);
}

/* It is not: one wide multiply-add for the multiplication and the addition to the counter. */
__device__ uint32_t carried_by_madd(const uint4 counter, const uint2 key, const uint32_t draws,
                                    const uint64_t minus_edge)
{
    return count_carried(counter, key, draws, minus_edge, blockDim.x);
}

__device__ uint4 draw_by_fp64(const uint4 counter, const uint2 key)
{
    return draw<high_word_by_fp64>(counter, (uint64_t)MCPI_PHILOX_M0 * counter.x, key);
}

__device__ uint32_t high_word_fp64(uint4 counter, const uint2 key, const uint32_t draws, const uint64_t minus_edge)
{
    uint32_t hits = 0;
#pragma unroll 8
    for (uint32_t i = 0; i < draws; i++) {
        hits = add_hits(hits, draw_by_fp64(counter, key), minus_edge);
        counter.x += blockDim.x;
    }
    return hits;
}

/* So few draws that they seldom hold a dart near the edge: a warp counts about one in 650 such parts again. */
constexpr uint32_t part_draws = 64;

__device__ uint32_t count_exactly(uint4 counter, const uint2 key, const uint32_t draws, const uint64_t minus_edge)
{
    uint32_t hits = 0;
#pragma unroll 1
    for (uint32_t i = 0; i < draws; i++) {
        hits = add_hits(hits, curand_Philox4x32_10(counter, key), minus_edge);
        counter.x += blockDim.x;
    }
    return hits;
}

__device__ uint32_t add_hit_by_fp32(const uint32_t hits, float &nearest, const uint32_t x, const uint32_t y)
{
    const float from_edge = from_edge_by_fp32(x, y);
    nearest = fminf(nearest, fabsf(from_edge));
    return mcpi_add_hit(hits, (uint64_t)__float_as_uint(from_edge) << 32);
}

template <uint4 (*draw_block)(uint4, uint2)>
__device__ uint32_t count_part(uint4 counter, const uint2 key, const uint32_t draws, const uint64_t minus_edge)
{
    const uint4 start = counter;
    float nearest = SURE_BEYOND;
    uint32_t hits = 0;
#pragma unroll 8
    for (uint32_t i = 0; i < draws; i++) {
        const uint4 words = draw_block(counter, key);
        hits = add_hit_by_fp32(hits, nearest, words.x, words.y);
        hits = add_hit_by_fp32(hits, nearest, words.z, words.w);
        counter.x += blockDim.x;
    }
    return nearest < SURE_BEYOND ? count_exactly(start, key, draws, minus_edge) : hits;
}

template <uint4 (*draw_block)(uint4, uint2)>
__device__ uint32_t count_by_parts(uint4 counter, const uint2 key, const uint32_t draws, const uint64_t minus_edge)
{
    uint32_t hits = 0;
#pragma unroll 1
    for (uint32_t done = 0; done < draws; done += part_draws) {
        hits += count_part<draw_block>(counter, key, min(draws - done, part_draws), minus_edge);
        counter.x += part_draws * blockDim.x;
    }
    return hits;
}

__device__ uint4 draw_by_curand(const uint4 counter, const uint2 key)
{
    return curand_Philox4x32_10(counter, key);
}

__device__ uint32_t test_fp32(const uint4 counter, const uint2 key, const uint32_t draws, const uint64_t minus_edge)
{
    return count_by_parts<draw_by_curand>(counter, key, draws, minus_edge);
}

__device__ uint32_t fp64_and_fp32(const uint4 counter, const uint2 key, const uint32_t draws, const uint64_t minus_edge)
{
    return count_by_parts<draw_by_fp64>(counter, key, draws, minus_edge);
}

template <mcpi_draw_loop loop> Rung variant(const char *name)
{
    Rung rung;
    rung.name = name;
    rung.resident = mcpi_resident_slices<mcpi_count_spans<loop>>;
    rung.launch = mcpi_launch_slices<mcpi_count_spans<loop>>;
    return rung;
}

} // namespace

Rung shipped_rung()
{
    Rung rung;
    rung.name = "mcpi";
    rung.resident = mcpi_count_resident;
    rung.launch = mcpi_count_launch;
    return rung;
}

std::vector<Rung> variant_rungs()
{
    return {variant<carried_by_add>("carried_by_add"), variant<carried_by_madd>("carried_by_madd"),
            variant<high_word_fp64>("high_word_fp64"), variant<test_fp32>("test_fp32"),
            variant<fp64_and_fp32>("fp64_and_fp32")};
}
