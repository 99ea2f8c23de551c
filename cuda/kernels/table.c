#include "cuda/kernels/table.h"

#include <stddef.h>

const mcpi_cuda_kernel *const mcpi_cuda_kernels[MCPI_CUDA_KERNELS + 1] = {
    &mcpi_cuda_fp64_product, &mcpi_cuda_fp32_test, &mcpi_cuda_integer, &mcpi_cuda_curand, NULL,
};

bool mcpi_cuda_admits(const mcpi_cuda_kernel *kernel, int fp64_ratio)
{
    return kernel->fp64_ratio == 0 || (fp64_ratio > 0 && fp64_ratio <= kernel->fp64_ratio);
}
