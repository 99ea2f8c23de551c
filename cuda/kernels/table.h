/*
 * The counting kernels of the CUDA backend. All of them count the same integer; which one is fastest depends on the
 * GPU. Each is one file in this folder and one line of the table.
 */
#ifndef MCPI_CUDA_KERNELS_TABLE_H
#define MCPI_CUDA_KERNELS_TABLE_H

#include <cuda_runtime_api.h>
#include <stdbool.h>

#include "cuda/geometry.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct mcpi_cuda_kernel {
    const char *name;    /* as in --kernel */
    const char *summary; /* what its loop does, as shown to users */
    int fp64_ratio;      /* the highest ratio of FP32 to FP64 throughput at which it may be the fastest; 0: any */
    bool competes;       /* it may be the fastest: a run chooses among those that compete */

    /* Start counting the slices of `job`. Slice i stores its hits in slice_hits[i], in device memory, and adds them to
       the element after the last slice's, which must be 0 before. */
    cudaError_t (*launch)(const mcpi_job *job, const mcpi_geometry *geometry, uint64_t *slice_hits,
                          cudaStream_t stream);

    /* The number of slices that a multiprocessor of the current device counts at once. */
    cudaError_t (*resident)(int *slices);
} mcpi_cuda_kernel;

extern const mcpi_cuda_kernel mcpi_cuda_fp64_product; /* fp64_product.cu */
extern const mcpi_cuda_kernel mcpi_cuda_fp32_test;    /* fp32_test.cu */
extern const mcpi_cuda_kernel mcpi_cuda_integer;      /* integer.cu */
extern const mcpi_cuda_kernel mcpi_cuda_curand;       /* curand.cu */

/*
 * All kernels, terminated by NULL, in the order of preference without measurements: the first one that a GPU admits is
 * the fastest there by the model of docs/gpu.md. tests/gpu/sass_budget compares the order with the compiled code.
 */
extern const mcpi_cuda_kernel *const mcpi_cuda_kernels[];

enum { MCPI_CUDA_KERNELS = 4 };

/* Whether this kernel may run on a GPU whose FP32 throughput is `fp64_ratio` times its FP64 throughput
   (cudaDevAttrSingleToDoublePrecisionPerfRatio). Below 1 the ratio is not known. */
bool mcpi_cuda_admits(const mcpi_cuda_kernel *kernel, int fp64_ratio);

#ifdef __cplusplus
}
#endif

#endif
