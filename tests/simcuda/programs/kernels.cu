// What kernels are made of, against models on the host: integers, control flow, atomics, barriers, warp operations.
// Prints how many values differ in each. Must print the same in every order of blocks, warps and lanes.
//
//   kernels             all of these
//   kernels unsynced    the result of a kernel that lacks a barrier: depends on the order
#include "check.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace
{

typedef unsigned u32;
typedef unsigned long long u64;
const int BLOCKS = 5, THREADS = 96, ITEMS = BLOCKS * THREADS;

// ---- integers: the same function on both sides, with the host's models of the intrinsics

#ifndef __CUDA_ARCH__
u32 majority(u32 a, u32 b, u32 c)
{
    return (a & b) | (a & c) | (b & c);
}

u32 permute_bytes(u32 a, u32 b, u32 selector)
{
    const u64 v = (u64)b << 32 | a;
    u32 r = 0;
    for (int i = 0; i < 4; i++)
        r |= (u32)(v >> (8 * (selector >> (4 * i) & 7)) & 255) << (8 * i);
    return r;
}

u32 extract_bits(u32 a, u32 position, u32 length)
{
    return (u32)(((u64)a >> position) & ((1ull << length) - 1));
}

u32 funnel_left(u32 a, u32 b, u32 n)
{
    return (u32)((((u64)b << 32 | a) << (n & 31)) >> 32);
}

u32 population(u32 a)
{
    return (u32)__builtin_popcount(a);
}

u32 leading_zeros(u32 a)
{
    return a ? (u32)__builtin_clz(a) : 32;
}

u64 high_product(u64 a, u64 b)
{
    return (u64)((unsigned __int128)a * b >> 64);
}
#else
__device__ u32 majority(u32 a, u32 b, u32 c)
{
    u32 r;
    asm("lop3.b32 %0, %1, %2, %3, 0xe8;" : "=r"(r) : "r"(a), "r"(b), "r"(c));
    return r;
}

__device__ u32 permute_bytes(u32 a, u32 b, u32 selector)
{
    return __byte_perm(a, b, selector);
}

__device__ u32 extract_bits(u32 a, u32 position, u32 length)
{
    u32 r;
    asm("bfe.u32 %0, %1, %2, %3;" : "=r"(r) : "r"(a), "r"(position), "r"(length));
    return r;
}

__device__ u32 funnel_left(u32 a, u32 b, u32 n)
{
    return __funnelshift_l(a, b, n);
}

__device__ u32 population(u32 a)
{
    return (u32)__popc(a);
}

__device__ u32 leading_zeros(u32 a)
{
    return (u32)__clz(a);
}

__device__ u64 high_product(u64 a, u64 b)
{
    return __umul64hi(a, b);
}
#endif

__constant__ u32 table[4] = {3, 5, 7, 11};
const u32 host_table[4] = {3, 5, 7, 11};

struct Integers {
    u64 value[9];
};

__host__ __device__ Integers integers(u32 i, const u32 *constants)
{
    const u32 a = mix(i), b = mix(a), c = mix(b);
    const u64 A = (u64)a << 32 | b, B = (u64)c << 32 | mix(c);
    Integers r;
    r.value[0] = majority(a, b, c) | (u64)permute_bytes(a, b, c & 0x7777) << 32;
    r.value[1] = funnel_left(a, b, c) | (u64)extract_bits(a, b & 31, c & 31) << 32;
    r.value[2] = population(a) | leading_zeros(b >> (c & 31)) << 8;
    r.value[3] = high_product(A, B) ^ A * B;
    r.value[4] = A / (B | 1) + A % (b | 1);
    r.value[5] = (u64)((long long)A / (long long)(int)(c | 1));
    r.value[6] = A << (c & 63) ^ B >> (b & 63) ^ (u64)((long long)A >> (a & 63));
    u32 local[8];
    for (u32 k = 0; k < 8; k++)
        local[(a + k) & 7] = mix(k + i);
    r.value[7] = local[b & 7] | (u64)constants[i & 3] << 32;
    switch (a % 5) {
    case 0:
        r.value[8] = b;
        break;
    case 1:
        r.value[8] = c * 3;
        break;
    case 2:
        r.value[8] = a / 5;
        break;
    case 3:
        r.value[8] = b % 9;
        break;
    default:
        r.value[8] = (u64)((long long)(int)a * (int)b);
    }
    return r;
}

__global__ void compute_integers(Integers *out)
{
    const u32 i = blockIdx.x * blockDim.x + threadIdx.x;
    out[i] = integers(i, table);
}

int wrong_integers()
{
    Buffer<Integers> out(ITEMS);
    compute_integers<<<BLOCKS, THREADS>>>(out.device);
    out.download();
    int differences = 0;
    for (u32 i = 0; i < ITEMS; i++) {
        const Integers expected = integers(i, host_table);
        differences += memcmp(&expected, &out.host[i], sizeof expected) != 0;
    }
    return differences;
}

// ---- warps: each thread takes part with a word that another thread of the block has put into shared memory

struct Warp {
    u32 sum, prefix, ballot, same, indexed, shifted, half, any, count, histogram;
};

__global__ void compute_warps(Warp *out)
{
    extern __shared__ u32 words[];
    __shared__ u32 histogram[8];
    const u32 t = threadIdx.x, n = blockDim.x, i = blockIdx.x * n + t, a = mix(i);
    words[t] = a;
    if (t < 8)
        histogram[t] = 0;
    __syncthreads();
    const u32 v = words[n - 1 - t];
    atomicAdd(&histogram[a & 7], 1);
    Warp r;
    r.sum = r.prefix = v;
    for (int k = 16; k; k >>= 1)
        r.sum += __shfl_xor_sync(~0u, r.sum, k);
    for (int k = 1; k < 32; k <<= 1) {
        const u32 lower = __shfl_up_sync(~0u, r.prefix, k);
        r.prefix += (int)(t & 31) >= k ? lower : 0;
    }
    r.ballot = __ballot_sync(~0u, v & 1);
    r.same = __match_any_sync(~0u, v & 3);
    r.indexed = __shfl_sync(~0u, v, a & 31);
    r.shifted = __shfl_down_sync(~0u, v, 3, 8);
    if (t & 16)
        r.half = __shfl_xor_sync(0xffff0000u, v, 5);
    else
        r.half = __shfl_xor_sync(0x0000ffffu, v + 1, 3);
    r.any = (u32)__any_sync(~0u, (v & 255) == 3) * 2 + (u32)__all_sync(~0u, 1);
    r.count = (u32)__syncthreads_count(v & 1);
    r.histogram = histogram[t & 7];
    out[i] = r;
}

Warp warp_model(u32 block, u32 t)
{
    const auto value = [block](u32 thread) { return mix(block * THREADS + THREADS - 1 - thread); };
    const u32 first = t & ~31u, lane = t & 31;
    Warp r = {};
    r.any = 1;
    for (u32 j = 0; j < 32; j++) {
        const u32 v = value(first + j);
        r.sum += v;
        r.prefix += j <= lane ? v : 0;
        r.ballot |= (v & 1) << j;
        r.same |= (u32)((v & 3) == (value(t) & 3)) << j;
        r.any |= (v & 255) == 3 ? 2 : 0;
    }
    r.indexed = value(first + (mix(block * THREADS + t) & 31));
    r.shifted = (lane & 7) + 3 <= 7 ? value(t + 3) : value(t);
    r.half = lane & 16 ? value(first + (lane ^ 5)) : value(first + (lane ^ 3)) + 1;
    for (u32 j = 0; j < THREADS; j++) {
        r.count += value(j) & 1;
        r.histogram += (value(j) & 7) == (t & 7);
    }
    return r;
}

int wrong_warps()
{
    Buffer<Warp> out(ITEMS);
    compute_warps<<<BLOCKS, THREADS, THREADS * sizeof(u32)>>>(out.device);
    out.download();
    int differences = 0;
    for (u32 i = 0; i < ITEMS; i++) {
        const Warp expected = warp_model(i / THREADS, i % THREADS);
        differences += memcmp(&expected, &out.host[i], sizeof expected) != 0;
    }
    return differences;
}

// ---- atomics, and the last block that sees what all have added

__device__ u64 finished = 100;

struct Totals {
    u64 sum, largest, bits_, swapped, blocks, seen_by_last;
};

__global__ void add_up(Totals *out)
{
    const u64 v = mix(blockIdx.x * blockDim.x + threadIdx.x);
    atomicAdd(&out->sum, v);
    atomicMax(&out->largest, v);
    atomicXor(&out->bits_, v << 7);
    u64 old = out->swapped, assumed;
    do {
        assumed = old;
        old = atomicCAS(&out->swapped, assumed, assumed + (v & 15));
    } while (old != assumed);
    atomicAdd(&finished, 1ull);
    __threadfence();
    __shared__ bool last;
    __syncthreads();
    if (threadIdx.x == 0)
        last = atomicAdd(&out->blocks, 1ull) == gridDim.x - 1;
    __syncthreads();
    if (last && threadIdx.x == 0)
        out->seen_by_last = finished;
}

int wrong_totals()
{
    Buffer<Totals> out(1);
    out.upload();
    add_up<<<BLOCKS, THREADS>>>(out.device);
    out.download();
    Totals expected = {};
    for (u32 i = 0; i < ITEMS; i++) {
        const u64 v = mix(i);
        expected.sum += v;
        expected.largest = std::max(expected.largest, v);
        expected.bits_ ^= v << 7;
        expected.swapped += v & 15;
    }
    expected.blocks = BLOCKS;
    expected.seen_by_last = 100 + ITEMS;
    return memcmp(&expected, out.host, sizeof expected) != 0;
}

// ---- what only the order shows

__global__ void unsynced(u32 *out)
{
    __shared__ u32 words[64];
    words[threadIdx.x] = threadIdx.x;
    const u32 v = words[63 - threadIdx.x]; // a barrier is missing before this line
    atomicAdd(out, v * v);
}

} // namespace

int main(int argc, char **argv)
{
    if (argc > 1 && !strcmp(argv[1], "unsynced")) {
        Buffer<u32> out(1);
        out.upload();
        unsynced<<<1, 64>>>(out.device);
        out.download();
        printf("%u\n", *out.host);
        return 0;
    }
    printf("integers: %d differ\n", wrong_integers());
    printf("warps: %d differ\n", wrong_warps());
    printf("totals: %d differ\n", wrong_totals());
}
