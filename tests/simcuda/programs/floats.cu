// Floats, doubles and wide products as kernels use them, and the generator, against models on the host. Prints how many
// values differ in each.
#include "check.h"

#include <cfenv>
#include <cmath>
#include <curand_kernel.h>
#include <limits>
#include <vector>

namespace
{

typedef unsigned u32;
typedef unsigned long long u64;
const int BLOCK = 128, ITEMS = 1 << 16;

int launch_blocks()
{
    return ITEMS / BLOCK;
}

void print_differences(const char *what, int differences)
{
    printf("%s: %d of %d differ\n", what, differences, ITEMS);
}

// ---- fma.rz.f64

struct Triple {
    double a, b, c;
};

__global__ void fma_toward_zero(const Triple *in, double *out)
{
    const int i = (int)(blockIdx.x * blockDim.x + threadIdx.x);
    double r;
    asm("fma.rz.f64 %0, %1, %2, %3;" : "=d"(r) : "d"(in[i].a), "d"(in[i].b), "d"(in[i].c));
    out[i] = r;
}

u64 random_word(u32 i)
{
    return (u64)mix(i) << 32 | mix(i ^ 0x5bd1e995u);
}

// A double with a random sign and mantissa, and an exponent from -range to range.
double moderate(u32 i, int range)
{
    const double mantissa = 1 + (double)(random_word(i) >> 12) * 0x1p-52;
    return (mix(i + 1) & 1 ? -1 : 1) * std::ldexp(mantissa, (int)(mix(i + 2) % (u32)(2 * range + 1)) - range);
}

// x as a whole number of 53 bits times a power of two.
long long whole(double x, int *exponent)
{
    *exponent = std::ilogb(x) - 52;
    return (long long)std::ldexp(x, -*exponent);
}

// a * b + c in 128-bit integers, cut off behind 53 bits. With exponents from -3 to 3 the sum has at most 115 bits.
double exact_toward_zero(Triple t)
{
    int ea, eb, ec;
    const __int128 product = (__int128)whole(t.a, &ea) * whole(t.b, &eb);
    const __int128 sum = product + ((__int128)whole(t.c, &ec) << (ec - ea - eb));
    unsigned __int128 magnitude = sum < 0 ? -(unsigned __int128)sum : (unsigned __int128)sum;
    int cut = 0;
    for (; magnitude >> 53; cut++)
        magnitude >>= 1;
    const double r = std::ldexp((double)(u64)magnitude, ea + eb + cut);
    return sum < 0 ? -r : r;
}

double processor_toward_zero(Triple t)
{
    volatile double a = t.a, b = t.b, c = t.c;
    std::fesetround(FE_TOWARDZERO);
    volatile double r = std::fma(a, b, c);
    std::fesetround(FE_TONEAREST);
    return r;
}

bool same(double x, double y)
{
    return bits<u64>(x) == bits<u64>(y) || (std::isnan(x) && std::isnan(y));
}

bool same(float x, float y)
{
    return bits<u32>(x) == bits<u32>(y) || (std::isnan(x) && std::isnan(y));
}

template <class Input, class Model> void compare_fma(const char *name, Input input, Model model)
{
    Buffer<Triple> in(ITEMS);
    Buffer<double> out(ITEMS);
    for (u32 i = 0; i < ITEMS; i++)
        in.host[i] = input(i);
    in.upload();
    fma_toward_zero<<<launch_blocks(), BLOCK>>>(in.device, out.device);
    out.download();
    int differences = 0;
    for (int i = 0; i < ITEMS; i++)
        differences += !same(out.host[i], model(in.host[i]));
    print_differences(name, differences);
}

// Every triple of these is tried: signs, limits, halfway and sticky bits.
Triple edge(u32 i)
{
    typedef std::numeric_limits<double> N;
    static const std::vector<double> values = {0.0,
                                               -0.0,
                                               1.0,
                                               -1.0,
                                               1 + 0x1p-52,
                                               1 - 0x1p-53,
                                               0x1p52,
                                               0x1p53 + 2,
                                               0x1p64,
                                               -0x1p-52,
                                               0x1p-53,
                                               0x1p-54,
                                               N::min(),
                                               -N::min(),
                                               N::denorm_min(),
                                               -N::denorm_min(),
                                               N::max(),
                                               N::lowest(),
                                               N::infinity(),
                                               -N::infinity(),
                                               N::quiet_NaN(),
                                               4294967295.0,
                                               0x1.921fb54442d18p+1};
    const u32 n = (u32)values.size();
    return {values[i % n], values[i / n % n], values[i / n / n % n]};
}

void compare_doubles()
{
    const auto moderate_triple = [](u32 i) {
        return Triple{moderate(i * 9, 3), moderate(i * 9 + 3, 3), moderate(i * 9 + 6, 3)};
    };
    const auto any_triple = [](u32 i) {
        return Triple{bits<double>(random_word(i * 3)), bits<double>(random_word(i * 3 + 1)),
                      bits<double>(random_word(i * 3 + 2))};
    };
    compare_fma("fma.rz.f64, random, exact", moderate_triple, exact_toward_zero);
    compare_fma("fma.rz.f64, any bits", any_triple, processor_toward_zero);
    compare_fma("fma.rz.f64, edges", edge, processor_toward_zero);
}

// ---- single precision and wide integers

struct Words {
    u32 a, b, c;
};
struct Results {
    float converted, fma, least, magnitude;
    u64 wide;
    u32 high, low_half, high_half;
};

__global__ void single_and_wide(const Words *in, Results *out)
{
    const int i = (int)(blockIdx.x * blockDim.x + threadIdx.x);
    const Words w = in[i];
    const float a = __uint_as_float(w.a), b = __uint_as_float(w.b), c = __uint_as_float(w.c);
    Results r;
    asm("cvt.rn.f32.s32 %0, %1;" : "=f"(r.converted) : "r"(w.a));
    asm("fma.rn.f32 %0, %1, %2, %3;" : "=f"(r.fma) : "f"(a), "f"(b), "f"(c));
    asm("min.f32 %0, %1, %2;" : "=f"(r.least) : "f"(a), "f"(b));
    asm("abs.f32 %0, %1;" : "=f"(r.magnitude) : "f"(a));
    asm("mul.wide.u32 %0, %1, %2;" : "=l"(r.wide) : "r"(w.a), "r"(w.b));
    asm("mad.hi.u32 %0, %1, %2, %3;" : "=r"(r.high) : "r"(w.a), "r"(w.b), "r"(w.c));
    const double d = __hiloint2double((int)w.a, (int)w.b);
    asm("mov.b64 {%0, %1}, %2;" : "=r"(r.low_half), "=r"(r.high_half) : "d"(d));
    out[i] = r;
}

float least(float a, float b) // -0 is less than +0; a NaN gives way
{
    if (std::isnan(a) || std::isnan(b))
        return std::isnan(a) ? b : a;
    return a < b || (a == b && std::signbit(a)) ? a : b;
}

bool right(const Words &w, const Results &r)
{
    const float a = bits<float>(w.a), b = bits<float>(w.b), c = bits<float>(w.c);
    const u64 product = (u64)w.a * w.b;
    return same(r.converted, (float)(int)w.a) && same(r.fma, std::fma(a, b, c)) && same(r.least, least(a, b)) &&
           same(r.magnitude, std::fabs(a)) && r.wide == product && r.high == (u32)(product >> 32) + w.c &&
           r.high_half == w.a && r.low_half == w.b;
}

void compare_words()
{
    static const u32 edges[] = {0,           0x80000000u, 0x3f800000u, 0x7f800000u, 0xff800000u, 1u,       0x7f7fffffu,
                                0xffffffffu, 0x7fffffffu, 0x00800000u, 0x4b800001u, 0x80000001u, 16777217u};
    const u32 n = sizeof edges / sizeof *edges;
    Buffer<Words> in(ITEMS);
    Buffer<Results> out(ITEMS);
    for (u32 i = 0; i < ITEMS; i++)
        in.host[i] = i < n * n * n ? Words{edges[i % n], edges[i / n % n], edges[i / n / n]}
                                   : Words{mix(3 * i), mix(3 * i + 1), mix(3 * i + 2)};
    in.upload();
    single_and_wide<<<launch_blocks(), BLOCK>>>(in.device, out.device);
    out.download();
    int differences = 0;
    for (int i = 0; i < ITEMS; i++)
        differences += !right(in.host[i], out.host[i]);
    print_differences("single precision and wide integers", differences);
}

// ---- cuRAND's Philox state

const u64 SEED = 0x123456789abcdefull, SUBSEQUENCE = 0xfedcba9876543210ull;

u64 offset_of(u32 i) // near 2^34 the counter's lowest word overflows
{
    return (i & 1 ? (1ull << 34) - 8 : 0) + i / 2 * 3;
}

__global__ void throw_words(uint4 *out)
{
    const u32 i = blockIdx.x * blockDim.x + threadIdx.x;
    curandStatePhilox4_32_10_t state;
    curand_init(SEED + i, SUBSEQUENCE, (i & 1 ? (1ull << 34) - 8 : 0) + i / 2 * 3, &state);
    uint4 sum = {0, 0, 0, 0};
    for (u32 k = 0; k < 3; k++) {
        const uint4 r = curand4(&state);
        sum = {sum.x * 5 + r.x, sum.y * 5 + r.y, sum.z * 5 + r.z, sum.w * 5 + r.w};
    }
    out[i] = sum;
}

// Word n of a subsequence: Philox4x32-10 of counter (n / 4, subsequence).
u32 word(u64 seed, u64 n)
{
    u32 c[4] = {(u32)(n / 4), (u32)(n >> 34), (u32)SUBSEQUENCE, (u32)(SUBSEQUENCE >> 32)};
    u32 k0 = (u32)seed, k1 = (u32)(seed >> 32);
    for (int round = 0; round < 10; round++, k0 += 0x9e3779b9u, k1 += 0xbb67ae85u) {
        const u64 p = 0xd2511f53ull * c[0], q = 0xcd9e8d57ull * c[2];
        const u32 next[4] = {(u32)(q >> 32) ^ c[1] ^ k0, (u32)q, (u32)(p >> 32) ^ c[3] ^ k1, (u32)p};
        for (int j = 0; j < 4; j++)
            c[j] = next[j];
    }
    return c[n % 4];
}

void compare_generator()
{
    Buffer<uint4> out(ITEMS);
    throw_words<<<launch_blocks(), BLOCK>>>(out.device);
    out.download();
    int differences = 0;
    for (u32 i = 0; i < ITEMS; i++) {
        u32 sum[4] = {0, 0, 0, 0};
        for (u64 n = 0; n < 12; n++)
            sum[n % 4] = sum[n % 4] * 5 + word(SEED + i, offset_of(i) + n);
        const uint4 r = out.host[i];
        differences += r.x != sum[0] || r.y != sum[1] || r.z != sum[2] || r.w != sum[3];
    }
    print_differences("curand_init and curand4", differences);
}

} // namespace

int main()
{
    compare_doubles();
    compare_words();
    compare_generator();
}
