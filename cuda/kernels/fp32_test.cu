/* Integer products, and a hit test in FP32, which needs no wide multiplications for the squares. For GPUs with a slow
   FP64 pipe. */
#include "cuda/kernels/two_chains.cuh"

namespace
{

__device__ uint32_t count_fp32_test(const uint4 counter, const uint2 key, const uint32_t draws,
                                    const uint64_t minus_edge)
{
    return count_by_batches<0>(counter, key, draws, minus_edge);
}

} // namespace

extern "C" const mcpi_cuda_kernel mcpi_cuda_fp32_test =
    mcpi_kernel_of<mcpi_count_spans<count_fp32_test>>("fp32-test", "hits by FP32, exact where FP32 cannot decide", 0);
