#include "sm_clock.h"

namespace
{

/* The maximum number of threads of a block, so that the blocks spread over all multiprocessors. */
constexpr unsigned stamp_threads = 1024;

__global__ void stamp(Stamp *const stamps)
{
    unsigned multiprocessor;
    asm volatile("mov.u32 %0, %%smid;" : "=r"(multiprocessor));
    if (threadIdx.x > 0 || multiprocessor >= stamps_max)
        return;
    unsigned long long nanoseconds;
    asm volatile("mov.u64 %0, %%globaltimer;" : "=l"(nanoseconds));
    stamps[multiprocessor].cycles = (unsigned long long)clock64();
    stamps[multiprocessor].nanoseconds = nanoseconds;
}

} // namespace

cudaError_t take_stamps(unsigned multiprocessors, Stamp *stamps, cudaStream_t stream)
{
    stamp<<<multiprocessors, stamp_threads, 0, stream>>>(stamps);
    return cudaGetLastError();
}
