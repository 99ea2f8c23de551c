// What the programs here check with: a call that must succeed, a call that must fail so, a statement that must hold.
#pragma once
#include <cstdio>
#include <cstdlib>
#include <cuda_runtime.h>

#define IS(call, error) check_call(call, error, #call, __FILE__, __LINE__)
#define OK(call) IS(call, cudaSuccess)
#define HOLDS(statement) check_statement(statement, #statement, __FILE__, __LINE__)

inline void check_call(cudaError_t e, cudaError_t expected, const char *call, const char *file, int line)
{
    if (e == expected)
        return;
    fprintf(stderr, "%s:%d: %s: %s, expected %s\n", file, line, call, cudaGetErrorName(e), cudaGetErrorName(expected));
    exit(1);
}

inline void check_statement(bool holds, const char *statement, const char *file, int line)
{
    if (holds)
        return;
    fprintf(stderr, "%s:%d: %s: false\n", file, line, statement);
    exit(1);
}

// The bits of a float or a double, and back.
template <class To, class From> __host__ __device__ inline To bits(From x)
{
    static_assert(sizeof(To) == sizeof(From), "same size");
    union {
        From from;
        To to;
    } u = {x};
    return u.to;
}

// A permutation of the 32-bit words that looks random.
__host__ __device__ inline unsigned mix(unsigned x)
{
    x ^= x >> 16;
    x *= 0x7feb352du;
    x ^= x >> 15;
    x *= 0x846ca68bu;
    return x ^ (x >> 16);
}

// Memory of the device, and a copy of it on the host.
template <class T> struct Buffer {
    T *device = nullptr;
    T *host = nullptr;
    size_t bytes = 0;

    explicit Buffer(size_t n) : host((T *)calloc(n, sizeof(T))), bytes(n * sizeof(T))
    {
        OK(cudaMalloc((void **)&device, bytes));
    }
    ~Buffer()
    {
        free(host);
        cudaFree(device);
    }
    Buffer(const Buffer &) = delete;
    Buffer &operator=(const Buffer &) = delete;
    void upload()
    {
        OK(cudaMemcpy(device, host, bytes, cudaMemcpyHostToDevice));
    }
    void download()
    {
        OK(cudaGetLastError());
        OK(cudaMemcpy(host, device, bytes, cudaMemcpyDeviceToHost));
    }
};
