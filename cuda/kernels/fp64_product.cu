/*
 * Like fp32_test, with six high words of a block by FP64. That moves work from the integer multiplier to the FP64 pipe.
 * With six, neither the multiplier nor the issue slots are much more loaded than the others on compute capability 9.0.
 */
#include "cuda/kernels/two_chains.cuh"

namespace
{

constexpr int fp64_rounds = 6;

__device__ uint32_t count_fp64_product(const uint4 counter, const uint2 key, const uint32_t draws,
                                       const uint64_t minus_edge)
{
    return count_by_batches<fp64_rounds>(counter, key, draws, minus_edge);
}

} // namespace

extern "C" const mcpi_cuda_kernel mcpi_cuda_fp64_product = mcpi_kernel_of<mcpi_count_spans<count_fp64_product>>(
    "fp64-product", "as fp32-test, with six high words of products by FP64", 2);
