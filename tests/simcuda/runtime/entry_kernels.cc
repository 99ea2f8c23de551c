// Entry points: what nvcc registers at the start of the program, launches, attributes of kernels.
#include "call.h"

#include <algorithm>

using namespace sim;

namespace
{

const int SHARED_OF_MULTIPROCESSOR = 228 << 10, MOST_SHARED = 227 << 10, RESERVED_SHARED = 1 << 10;

struct Configuration { // between <<<>>> and the launch that follows
    dim3 grid, block;
    size_t dynamic;
    cudaStream_t stream;
};
thread_local std::vector<Configuration> tls_configurations;

// The name a fault is matched with is cudaLaunchKernel for every way to launch.
cudaError_t launch_call(const void *f, dim3 g, dim3 b, void **args, size_t dynamic, cudaStream_t s)
{
    return call("cudaLaunchKernel", NEEDS_DEVICE, [&] { return launch(here(), f, g, b, args, dynamic, s); });
}

cudaError_t occupancy(int *blocks_, const void *func, int threads, size_t dynamic)
{
    Function *f = find_function(func);
    if (!f)
        return cudaErrorInvalidDeviceFunction;
    if (!blocks_ || threads <= 0)
        return cudaErrorInvalidValue;
    if (cudaError_t e = load(*f))
        return e;
    const int warps = (threads + 31) / 32;
    const size_t shared = f->info->smem_static + dynamic + RESERVED_SHARED;
    *blocks_ = std::min({32, 64 / warps, (int)(SHARED_OF_MULTIPROCESSOR / shared)});
    if (threads > (int)f->info->max_threads || dynamic > (size_t)f->max_dynamic)
        *blocks_ = 0;
    return cudaSuccess;
}

void start_up()
{
    static std::once_flag once;
    std::call_once(once, [] {
        if (options().report)
            atexit(print_report);
    });
}

} // namespace

extern "C" {

void **__cudaRegisterFatBinary(void *wrapper)
{
    start_up();
    return (void **)register_binary(wrapper);
}

void __cudaRegisterFatBinaryEnd(void **)
{
}

void __cudaUnregisterFatBinary(void **)
{
}

void __cudaRegisterFunction(void **b, const char *host, char *, const char *name, int, uint3 *, uint3 *, dim3 *, dim3 *,
                            int *)
{
    register_function((FatBinary *)b, host, name);
}

void __cudaRegisterVar(void **b, char *host, char *, const char *name, int, size_t size, int, int)
{
    register_variable((FatBinary *)b, host, name, size);
}

char __cudaInitModule(void **)
{
    return 1;
}

unsigned __cudaPushCallConfiguration(dim3 grid, dim3 block, size_t dynamic, CUstream_st *stream)
{
    tls_configurations.push_back({grid, block, dynamic, stream});
    return 0;
}

cudaError_t __cudaPopCallConfiguration(dim3 *grid, dim3 *block, size_t *dynamic, void *stream)
{
    if (tls_configurations.empty())
        return cudaErrorMissingConfiguration;
    const Configuration c = tls_configurations.back();
    tls_configurations.pop_back();
    *grid = c.grid;
    *block = c.block;
    *dynamic = c.dynamic;
    *(cudaStream_t *)stream = c.stream;
    return cudaSuccess;
}

cudaError_t cudaLaunchKernel(const void *f, dim3 g, dim3 b, void **args, size_t dynamic, cudaStream_t s)
{
    return launch_call(f, g, b, args, dynamic, s);
}

#if CUDART_VERSION >= 12000
cudaError_t __cudaGetKernel(cudaKernel_t *kernel, const void *host)
{
    Function *f = find_function(host);
    *kernel = (cudaKernel_t)f;
    return f ? cudaSuccess : cudaErrorInvalidDeviceFunction;
}

cudaError_t __cudaLaunchKernel(cudaKernel_t f, dim3 g, dim3 b, void **args, size_t dynamic, cudaStream_t s)
{
    return launch_call(f, g, b, args, dynamic, s);
}
#endif

#if CUDART_VERSION >= 11080
cudaError_t cudaLaunchKernelExC(const cudaLaunchConfig_t *c, const void *f, void **args)
{
    if (!c)
        return cudaErrorInvalidValue;
    for (unsigned i = 0; i < c->numAttrs; i++) {
        const cudaLaunchAttribute &a = c->attrs[i];
        const auto &cluster = a.val.clusterDim;
        if ((a.id == cudaLaunchAttributeClusterDimension && cluster.x * cluster.y * cluster.z > 1) ||
            (a.id == cudaLaunchAttributeCooperative && a.val.cooperative))
            return cudaErrorNotSupported;
    }
    return launch_call(f, c->gridDim, c->blockDim, args, c->dynamicSmemBytes, c->stream);
}
#endif

cudaError_t cudaFuncGetAttributes(cudaFuncAttributes *a, const void *func)
{
    CALL(NEEDS_DEVICE, {
        Function *f = find_function(func);
        if (!a || !f)
            return a ? cudaErrorInvalidDeviceFunction : cudaErrorInvalidValue;
        if (cudaError_t e = load(*f))
            return e;
        memset(a, 0, sizeof *a);
        a->sharedSizeBytes = f->info->smem_static;
        a->localSizeBytes = f->info->local_bytes;
        a->maxThreadsPerBlock = (int)f->info->max_threads;
        a->numRegs = 32;
        a->ptxVersion = a->binaryVersion = options().cc_major * 10 + options().cc_minor;
        a->maxDynamicSharedSizeBytes = f->max_dynamic;
        return cudaSuccess;
    });
}

cudaError_t cudaFuncSetAttribute(const void *func, cudaFuncAttribute a, int value)
{
    CALL(NEEDS_DEVICE, {
        Function *f = find_function(func);
        if (!f)
            return cudaErrorInvalidDeviceFunction;
        if (a != cudaFuncAttributeMaxDynamicSharedMemorySize)
            return cudaSuccess;
        if (cudaError_t e = load(*f))
            return e;
        if (value < 0 || value + (int)f->info->smem_static > MOST_SHARED)
            return cudaErrorInvalidValue;
        f->max_dynamic = value;
        return cudaSuccess;
    });
}

cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessor(int *n, const void *f, int threads, size_t dynamic)
{
    CALL(NEEDS_DEVICE, { return occupancy(n, f, threads, dynamic); });
}

cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int *n, const void *f, int threads, size_t dynamic,
                                                                   unsigned)
{
    CALL(NEEDS_DEVICE, { return occupancy(n, f, threads, dynamic); });
}

} // extern "C"
