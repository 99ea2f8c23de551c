/* The kernels of mcpi as rungs. */
#include "bench_gpu.h"
#include "cuda/kernels/table.h"
#include "rung.h"

namespace
{

Rung rung_of(const mcpi_cuda_kernel &kernel)
{
    Rung rung;
    rung.name = kernel.name;
    rung.resident = kernel.resident;
    rung.launch = kernel.launch;
    return rung;
}

} // namespace

std::vector<Rung> kernel_rungs()
{
    int fp64_ratio = 0;
    check(cudaDeviceGetAttribute(&fp64_ratio, cudaDevAttrSingleToDoublePrecisionPerfRatio, 0),
          "cudaDeviceGetAttribute");
    std::vector<Rung> rungs;
    for (const mcpi_cuda_kernel *const *kernel = mcpi_cuda_kernels; *kernel; kernel++)
        if (mcpi_cuda_admits(*kernel, fp64_ratio))
            rungs.push_back(rung_of(**kernel));
    return rungs;
}
