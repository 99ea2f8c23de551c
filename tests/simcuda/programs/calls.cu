// Calls of the runtime, a scenario an argument.
#include "check.h"

#include <cstring>
#include <thread>
#include <unistd.h>

namespace
{

__constant__ int table[4] = {3, 5, 7, 11};
__device__ unsigned long long counter = 100;

__global__ void add(int *p, int n, int v)
{
    const int i = (int)(blockIdx.x * blockDim.x + threadIdx.x);
    if (i < n)
        p[i] += v + table[i & 3];
    if (i == 0)
        atomicAdd(&counter, 1ull);
}

__global__ void put(int *p, int v)
{
    *p = v;
}

__global__ void out_of_bounds(int *p)
{
    p[1000000] = 1;
}

__global__ void misaligned(char *p)
{
    *(int *)(p + 1) = 1;
}

__global__ void trap()
{
    __trap();
}

__global__ void past_shared(int *out, int n)
{
    __shared__ int words[8];
    words[threadIdx.x + n] = 1;
    __syncthreads();
    *out = words[0];
}

__global__ void undefined_shuffle(int *out)
{
    int v = (int)threadIdx.x;
    if (v < 16)
        v = __shfl_xor_sync(0xffffu, v, 16);
    out[threadIdx.x] = v;
}

__global__ void deadlock(int *out)
{
    int v = (int)threadIdx.x;
    if (v < 16)
        v = __shfl_xor_sync(~0u, v, 1);
    else
        __syncthreads();
    out[threadIdx.x] = v;
}

__global__ void sum_shared(int *out, int n)
{
    extern __shared__ int words[];
    for (int i = (int)threadIdx.x; i < n; i += (int)blockDim.x)
        words[i] = i;
    __syncthreads();
    if (threadIdx.x)
        return;
    *out = 0;
    for (int i = 0; i < n; i++)
        *out += words[i];
}

__global__ void __launch_bounds__(64) bounded(int *p)
{
    p[threadIdx.x] = 1;
}

__global__ void say(int a, double b)
{
    printf("kernel says %d %.2f %s\n", a, b, "yes");
}

// ---- scenarios that must hold

void memory()
{
    int *device, there[100], back[100];
    OK(cudaMalloc((void **)&device, sizeof there));
    for (int i = 0; i < 100; i++)
        there[i] = i;
    OK(cudaMemcpy(device, there, sizeof there, cudaMemcpyHostToDevice));
    add<<<4, 32>>>(device, 100, 1000);
    OK(cudaGetLastError());
    OK(cudaMemcpy(back, device, sizeof there, cudaMemcpyDefault));
    const int constants[4] = {3, 5, 7, 11};
    for (int i = 0; i < 100; i++)
        HOLDS(back[i] == i + 1000 + constants[i & 3]);
    IS(cudaMemcpy(device, there, sizeof there + 4, cudaMemcpyHostToDevice), cudaErrorInvalidValue);
    IS(cudaMemcpy(there, device, sizeof there, cudaMemcpyHostToDevice), cudaErrorInvalidValue);
    OK(cudaMemset(device, 7, sizeof there));
    OK(cudaMemcpy(back, device, sizeof back, cudaMemcpyDeviceToHost));
    HOLDS(back[99] == 0x07070707);
    OK(cudaFree(device));
    IS(cudaFree(device), cudaErrorInvalidValue);
    OK(cudaFree(nullptr));
}

void mapped_memory()
{
    int *mapped, *alias;
    OK(cudaHostAlloc((void **)&mapped, sizeof *mapped, cudaHostAllocMapped));
    OK(cudaHostGetDevicePointer((void **)&alias, mapped, 0));
    put<<<1, 1>>>(alias, 77);
    OK(cudaDeviceSynchronize());
    printf("mapped %d\n", *mapped);
    OK(cudaFreeHost(mapped));
}

void capacity()
{
    size_t before, after, total;
    OK(cudaMemGetInfo(&before, &total));
    char *big;
    OK(cudaMalloc((void **)&big, 1 << 20));
    OK(cudaMemGetInfo(&after, &total));
    HOLDS(before - after == 1 << 20);
    OK(cudaFree(big));
    IS(cudaMalloc((void **)&big, total + 1), cudaErrorMemoryAllocation);
    IS(cudaPeekAtLastError(), cudaErrorMemoryAllocation);
    IS(cudaGetLastError(), cudaErrorMemoryAllocation);
    OK(cudaGetLastError());
}

void symbols()
{
    int *device, value;
    OK(cudaMalloc((void **)&device, sizeof *device));
    const int fours[4] = {4, 4, 4, 4};
    OK(cudaMemcpyToSymbol(table, fours, sizeof fours));
    OK(cudaMemset(device, 0, sizeof *device));
    add<<<1, 32>>>(device, 1, 0);
    OK(cudaMemcpy(&value, device, sizeof value, cudaMemcpyDeviceToHost));
    HOLDS(value == 4);
    unsigned long long n = 0;
    OK(cudaMemcpyFromSymbol(&n, counter, sizeof n));
    HOLDS(n == 101);
    IS(cudaMemcpyFromSymbol(&n, counter, sizeof n, 4), cudaErrorInvalidValue);
    OK(cudaFree(device));
}

// With --delay 50: what runs on a stream has not run when the call returns.
void streams()
{
    cudaStream_t a, b;
    cudaEvent_t start, stop, untimed;
    int *device, *host;
    OK(cudaStreamCreateWithFlags(&a, cudaStreamNonBlocking));
    OK(cudaStreamCreate(&b));
    OK(cudaEventCreate(&start));
    OK(cudaEventCreate(&stop));
    OK(cudaEventCreateWithFlags(&untimed, cudaEventDisableTiming));
    OK(cudaMalloc((void **)&device, sizeof *device));
    OK(cudaMallocHost((void **)&host, sizeof *host));
    *host = 0;
    OK(cudaEventRecord(start, a));
    put<<<1, 1, 0, a>>>(device, 5);
    OK(cudaEventRecord(untimed, a));
    OK(cudaStreamWaitEvent(b, untimed, 0));
    OK(cudaMemcpyAsync(host, device, sizeof *host, cudaMemcpyDeviceToHost, b));
    OK(cudaEventRecord(stop, b));
    HOLDS(*(volatile int *)host == 0);
    IS(cudaStreamQuery(a), cudaErrorNotReady);
    IS(cudaEventQuery(stop), cudaErrorNotReady);
    OK(cudaEventSynchronize(stop));
    HOLDS(*host == 5);
    float ms = -1;
    OK(cudaEventElapsedTime(&ms, start, stop));
    HOLDS(ms >= 40 && ms < 5000);
    IS(cudaEventElapsedTime(&ms, start, untimed), cudaErrorInvalidResourceHandle);
    // The default stream waits for blocking streams, and they wait for it.
    put<<<1, 1, 0, b>>>(device, 1);
    put<<<1, 1>>>(device, 2);
    put<<<1, 1, 0, b>>>(device, 3);
    OK(cudaMemcpy(host, device, sizeof *host, cudaMemcpyDeviceToHost));
    HOLDS(*host == 3);
    // Pageable memory is read before the call returns.
    int pageable = 11;
    OK(cudaMemcpyAsync(device, &pageable, sizeof pageable, cudaMemcpyHostToDevice, a));
    pageable = 12;
    OK(cudaMemcpyAsync(host, device, sizeof *host, cudaMemcpyDeviceToHost, a));
    OK(cudaStreamSynchronize(a));
    HOLDS(*host == 11);
    for (cudaEvent_t e : {start, stop, untimed})
        OK(cudaEventDestroy(e));
    OK(cudaStreamDestroy(a));
    OK(cudaStreamDestroy(b));
    IS(cudaStreamSynchronize(a), cudaErrorInvalidResourceHandle);
    OK(cudaFree(device));
    OK(cudaFreeHost(host));
}

// With --devices 2: what belongs to one device does not work on the other, and an error stays on its device.
void two_devices()
{
    int *device[2], value;
    cudaStream_t stream_of_0;
    cudaEvent_t event_of_0;
    OK(cudaStreamCreate(&stream_of_0));
    OK(cudaEventCreate(&event_of_0));
    for (int i = 0; i < 2; i++) {
        OK(cudaSetDevice(i));
        OK(cudaMalloc((void **)&device[i], sizeof *device[i]));
        put<<<1, 1>>>(device[i], 10 + i);
        OK(cudaDeviceSynchronize());
    }
    put<<<1, 1, 0, stream_of_0>>>(device[1], 1);
    IS(cudaGetLastError(), cudaErrorInvalidResourceHandle);
    IS(cudaEventRecord(event_of_0, 0), cudaErrorInvalidResourceHandle);
    IS(cudaSetDevice(2), cudaErrorInvalidDevice);
    IS(cudaGetLastError(), cudaErrorInvalidDevice);
    std::thread([] {
        int current = -1;
        OK(cudaGetDevice(&current));
        HOLDS(current == 0); // in every new thread
    }).join();
    OK(cudaSetDevice(0));
    put<<<1, 1>>>(device[1], 1);
    IS(cudaDeviceSynchronize(), cudaErrorIllegalAddress);
    IS(cudaFree(device[0]), cudaErrorIllegalAddress);
    IS(cudaGetLastError(), cudaErrorIllegalAddress);
    OK(cudaSetDevice(1));
    OK(cudaMemcpy(&value, device[1], sizeof value, cudaMemcpyDefault));
    HOLDS(value == 11);
    OK(cudaFree(device[1]));
}

void launches()
{
    int *device, value = 0, blocks;
    OK(cudaMalloc((void **)&device, 4096));
    put<<<1, 2048>>>(device, 1);
    IS(cudaGetLastError(), cudaErrorInvalidConfiguration);
    put<<<0, 1>>>(device, 1);
    IS(cudaGetLastError(), cudaErrorInvalidConfiguration);
    bounded<<<1, 128>>>(device);
    IS(cudaGetLastError(), cudaErrorInvalidValue);
    sum_shared<<<1, 32, 60000>>>(device, 15000);
    IS(cudaGetLastError(), cudaErrorInvalidValue);
    OK(cudaFuncSetAttribute(sum_shared, cudaFuncAttributeMaxDynamicSharedMemorySize, 60000));
    sum_shared<<<1, 32, 60000>>>(device, 15000);
    OK(cudaMemcpy(&value, device, sizeof value, cudaMemcpyDeviceToHost));
    HOLDS(value == 15000 / 2 * 14999);
    cudaFuncAttributes attributes;
    OK(cudaFuncGetAttributes(&attributes, bounded));
    HOLDS(attributes.maxThreadsPerBlock == 64);
    OK(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, put, 256, 0));
    HOLDS(blocks == 8);
    cudaLaunchConfig_t c = {};
    c.gridDim = c.blockDim = dim3(1);
    OK(cudaLaunchKernelEx(&c, put, device, 42));
    OK(cudaMemcpy(&value, device, sizeof value, cudaMemcpyDeviceToHost));
    HOLDS(value == 42);
    say<<<1, 1>>>(12, 3.5);
    OK(cudaDeviceSynchronize());
    OK(cudaFree(device));
}

// ---- scenarios that print what happens

// Waits for a stream, but not for ever.
cudaError_t wait_a_while()
{
    cudaError_t e = cudaErrorNotReady;
    for (int ms = 0; e == cudaErrorNotReady && ms < 300; ms++) {
        usleep(1000);
        e = cudaStreamQuery(0);
    }
    return e;
}

void launch_thrice(cudaError_t (*wait)(), int *device, int *host)
{
    for (int k = 1; k <= 3; k++) {
        put<<<2, 1>>>(device, 16 * k);
        const cudaError_t launched = cudaGetLastError();
        const cudaError_t finished = wait();
        printf("  launch %d: %s, end %s", k, cudaGetErrorName(launched), cudaGetErrorName(finished));
        if (finished != cudaErrorNotReady) {
            const cudaError_t copied = cudaMemcpy(host, device, sizeof *host, cudaMemcpyDeviceToHost);
            printf(", copy %s", cudaGetErrorName(copied));
        }
        printf(", value %d\n", *host);
        (void)cudaGetLastError();
    }
}

// Three launches on each device, each with a copy back; for injected faults.
void launch_everywhere(cudaError_t (*wait)())
{
    int n = 0;
    const cudaError_t counted = cudaGetDeviceCount(&n);
    printf("%d devices: %s\n", n, cudaGetErrorName(counted));
    for (int d = 0; d < n; d++) {
        int *device = nullptr, host = 0;
        OK(cudaSetDevice(d));
        const cudaError_t allocated = cudaMalloc((void **)&device, sizeof *device);
        printf("device %d: %s\n", d, cudaGetErrorName(allocated));
        if (!allocated)
            launch_thrice(wait, device, &host);
    }
}

void steps()
{
    launch_everywhere([] { return cudaStreamSynchronize(0); });
}

void watched_steps()
{
    launch_everywhere(wait_a_while);
}

void kernel_error(const char *kind)
{
    int *device, on_stack = 0;
    OK(cudaMalloc((void **)&device, 128));
    if (!strcmp(kind, "bounds"))
        out_of_bounds<<<1, 1>>>(device);
    if (!strcmp(kind, "misaligned"))
        misaligned<<<1, 1>>>((char *)device);
    if (!strcmp(kind, "trap"))
        trap<<<1, 1>>>();
    if (!strcmp(kind, "host"))
        put<<<1, 1>>>(&on_stack, 1);
    if (!strcmp(kind, "shared"))
        past_shared<<<1, 8>>>(device, 4);
    if (!strcmp(kind, "shuffle"))
        undefined_shuffle<<<1, 32>>>(device);
    if (!strcmp(kind, "deadlock"))
        deadlock<<<1, 32>>>(device);
    if (!strcmp(kind, "freed")) {
        OK(cudaFree(device));
        put<<<1, 1>>>(device, 1);
    }
    OK(cudaGetLastError());
    printf("%s: %s\n", kind, cudaGetErrorName(cudaDeviceSynchronize()));
}

// Reads a result without waiting for it.
void race()
{
    int *device, *host;
    OK(cudaMalloc((void **)&device, sizeof *device));
    OK(cudaMallocHost((void **)&host, sizeof *host));
    *host = 0;
    put<<<1, 1>>>(device, 5);
    OK(cudaMemcpyAsync(host, device, sizeof *host, cudaMemcpyDeviceToHost, 0));
    printf("%d\n", *(volatile int *)host);
    OK(cudaDeviceSynchronize());
}

// Two streams, and nothing that orders them: which of the two values is the last one?
void unordered()
{
    int *device, *host;
    cudaStream_t first, second;
    OK(cudaMalloc((void **)&device, sizeof *device));
    OK(cudaMallocHost((void **)&host, sizeof *host));
    OK(cudaStreamCreateWithFlags(&first, cudaStreamNonBlocking));
    OK(cudaStreamCreateWithFlags(&second, cudaStreamNonBlocking));
    put<<<1, 1, 0, first>>>(device, 0); // keeps the engine busy while the others are queued
    put<<<1, 1, 0, first>>>(device, 1);
    put<<<1, 1, 0, second>>>(device, 2);
    OK(cudaDeviceSynchronize());
    OK(cudaMemcpy(host, device, sizeof *host, cudaMemcpyDeviceToHost));
    printf("%d\n", *host);
}

void misuse()
{
    int *device, *pinned, *twice, pageable[4] = {0};
    cudaStream_t stream, gone;
    cudaEvent_t event;
    OK(cudaMalloc((void **)&device, 64));
    OK(cudaMallocHost((void **)&pinned, 64));
    OK(cudaStreamCreate(&stream));
    OK(cudaStreamCreate(&gone));
    OK(cudaEventCreate(&event));
    OK(cudaMemcpyAsync(device, pageable, sizeof pageable, cudaMemcpyHostToDevice, stream));
    OK(cudaStreamDestroy(gone));
    IS(cudaEventRecord(event, gone), cudaErrorInvalidResourceHandle);
    OK(cudaStreamSynchronize(stream));
    OK(cudaMalloc((void **)&twice, 4));
    OK(cudaFree(twice));
    IS(cudaFree(twice), cudaErrorInvalidValue);
}

void touch()
{
    int *device;
    OK(cudaMalloc((void **)&device, sizeof *device));
    *(volatile int *)device = 1;
}

const struct Scenario {
    const char *name;
    void (*run)();
} SCENARIOS[] = {{"memory", memory},
                 {"mapped", mapped_memory},
                 {"capacity", capacity},
                 {"symbols", symbols},
                 {"streams", streams},
                 {"launches", launches},
                 {"steps", steps},
                 {"race", race},
                 {"two_devices", two_devices},
                 {"unordered", unordered},
                 {"misuse", misuse},
                 {"touch", touch},
                 {"watched_steps", watched_steps}};

} // namespace

int main(int argc, char **argv)
{
    if (argc > 2) {
        kernel_error(argv[2]);
        return 0;
    }
    for (const Scenario &s : SCENARIOS) {
        if (argc < 2 || strcmp(s.name, argv[1]) != 0)
            continue;
        s.run();
        return 0;
    }
    return 2;
}
