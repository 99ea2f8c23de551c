/*
 * Integers only, with cuRAND's own generator: 22.25 instructions a dart on compute capability 9.0, 11 of them wide
 * multiplications, which cuda/kernels/sass.tsv checks. Thread t of a slice draws the slice's Philox blocks t, t + 256,
 * t + 512, and so on. What keeps the loop short:
 *
 * - Within a span of 2^32 blocks only the lowest counter word changes. The compiler moves what depends on the other
 *   words out of the loop: two of Philox's twenty multiplications and the xors around them.
 * - All threads have the same key, so its schedule is uniform and computed outside the loop.
 * - The hit test is two multiply-adds, and one instruction adds the top bit to the count; see mcpi_from_edge in dart.h
 *   and mcpi_add_hit in slices.cuh.
 * - The stride is blockDim.x instead of the constant that it equals. From a constant the compiler derives the low half
 *   of each first product by an addition, and then needs another instruction for the high half.
 */
#include <curand_philox4x32_x.h>

#include "cuda/kernels/slices.cuh"

namespace
{

__device__ uint32_t count_integer(uint4 counter, const uint2 key, const uint32_t draws, const uint64_t minus_edge)
{
    uint32_t hits = 0;
#pragma unroll 8
    for (uint32_t i = 0; i < draws; i++) {
        const uint4 words = curand_Philox4x32_10(counter, key);
        hits = mcpi_add_hit(hits, mcpi_from_edge(words.x, words.y, minus_edge));
        hits = mcpi_add_hit(hits, mcpi_from_edge(words.z, words.w, minus_edge));
        counter.x += blockDim.x;
    }
    return hits;
}

} // namespace

extern "C" const mcpi_cuda_kernel mcpi_cuda_integer =
    mcpi_kernel_of<mcpi_count_spans<count_integer>>("integer", "integers only, with cuRAND's generator", 0);
