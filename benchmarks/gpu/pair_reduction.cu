#include "pair_reduction.h"

#include <cub/block/block_reduce.cuh>

#include "float_dart.h"

namespace
{

constexpr int threads = 256;

/* Two pairs at a time: a thread reads at most 16 bytes at once. */
__global__ void __launch_bounds__(threads)
    reduce_pairs(const float4 *const twos, const uint64_t count, unsigned long long *const hits)
{
    uint64_t mine = 0;
#pragma unroll 4
    for (uint64_t i = blockIdx.x * threads + threadIdx.x; i < count; i += (uint64_t)gridDim.x * threads) {
        const float4 two = twos[i];
        mine += float_hit(two.x, two.y) + float_hit(two.z, two.w);
    }
    using sum = cub::BlockReduce<uint64_t, threads>;
    __shared__ typename sum::TempStorage scratch;
    mine = sum(scratch).Sum(mine);
    if (threadIdx.x == 0)
        atomicAdd(hits, mine);
}

} // namespace

cudaError_t count_pairs_resident(int *blocks)
{
    return cudaOccupancyMaxActiveBlocksPerMultiprocessor(blocks, reduce_pairs, threads, 0);
}

cudaError_t count_pairs(unsigned blocks, const float *floats, uint64_t pairs, uint64_t *hits, cudaStream_t stream)
{
    reduce_pairs<<<blocks, threads, 0, stream>>>(reinterpret_cast<const float4 *>(floats), pairs / 2,
                                                 reinterpret_cast<unsigned long long *>(hits));
    return cudaGetLastError();
}
