/*
 * One loop for each kind of instruction in mcpi's kernels.
 *
 * The compiler must not fold a loop, so no chain can have a closed form: the integer chains mix all bits, the
 * floating-point ones are chaotic, and all contribute to a result that the host checks. tests/gpu/sass_pure checks that
 * the compiled loops have 256 instructions of the kind they name, none of which reads three registers from one bank.
 */
#include "issue_rate.h"

#include <cmath>
#include <cstring>

#include "mcpi/dart.h"

namespace
{

constexpr int chains = 8;
constexpr int refresh_interval = 128; /* instructions of a thread: 16 of each chain */

template <class To, class From> MCPI_HOST_DEVICE To bits_as(From from)
{
    static_assert(sizeof(To) == sizeof(From), "the same bits");
    To to;
    memcpy(&to, &from, sizeof to);
    return to;
}

/* `step` is the instruction: it gives the next value of a chain. Its other operands are the values of two other chains,
   or a constant. `refreshed` is a chain with fresh bits in it. */

template <class Number> struct never_refreshed {
    MCPI_HOST_DEVICE static Number refreshed(Number own)
    {
        return own;
    }
};

/* Products of a chain's own two halves, without an addend, as nearly all of mcpi's are. With an addend nvcc makes the
   product and the sum two instructions. Such a chain loses its ones: hence the refreshment, for which there are two
   instructions in 16, on another pipe. */
struct imad_wide {
    using Value = uint64_t;
    static constexpr const char *name = "IMAD.WIDE";

    MCPI_HOST_DEVICE static Value first(uint64_t random)
    {
        return random;
    }

    MCPI_HOST_DEVICE static Value refreshed(Value own)
    {
        return own ^ ((uint64_t)MCPI_PHILOX_M1 << 32 | MCPI_PHILOX_M0);
    }

    MCPI_HOST_DEVICE static Value step(Value own, Value, Value, uint32_t)
    {
#if defined(__CUDA_ARCH__)
        Value next;
        asm("mul.wide.u32 %0, %1, %2;" : "=l"(next) : "r"((uint32_t)own), "r"((uint32_t)(own >> 32)));
        return next;
#else
        return (own & UINT32_MAX) * (own >> 32);
#endif
    }
};

struct imad_hi : never_refreshed<uint32_t> {
    using Value = uint32_t;
    static constexpr const char *name = "IMAD.HI";

    MCPI_HOST_DEVICE static Value first(uint64_t random)
    {
        return (uint32_t)random;
    }

    MCPI_HOST_DEVICE static Value step(Value own, Value, Value, uint32_t fixed)
    {
#if defined(__CUDA_ARCH__)
        asm("mad.hi.u32 %0, %0, %1, %2;" : "+r"(own) : "n"(MCPI_PHILOX_M0), "r"(fixed));
        return own;
#else
        return (uint32_t)((uint64_t)own * MCPI_PHILOX_M0 >> 32) + fixed;
#endif
    }
};

struct imad_low : never_refreshed<uint32_t> {
    using Value = uint32_t;
    static constexpr const char *name = "IMAD";

    MCPI_HOST_DEVICE static Value first(uint64_t random)
    {
        return (uint32_t)random;
    }

    MCPI_HOST_DEVICE static Value step(Value own, Value other, Value, uint32_t)
    {
#if defined(__CUDA_ARCH__)
        asm("mad.lo.u32 %0, %0, %1, %2;" : "+r"(own) : "n"(MCPI_PHILOX_M0), "r"(other));
        return own;
#else
        return own * MCPI_PHILOX_M0 + other;
#endif
    }
};

struct logic : never_refreshed<uint32_t> {
    using Value = uint32_t;
    static constexpr const char *name = "LOP3";

    MCPI_HOST_DEVICE static Value first(uint64_t random)
    {
        return (uint32_t)random;
    }

    MCPI_HOST_DEVICE static Value step(Value own, Value other, Value third, uint32_t)
    {
        return own ^ (other & third);
    }
};

/* x*x - 1.875 wanders through [-1.875, 1.64] without end. */
struct fma_float : never_refreshed<float> {
    using Value = float;
    static constexpr const char *name = "FFMA";

    MCPI_HOST_DEVICE static Value first(uint64_t random)
    {
        return (float)(uint32_t)random * 0x1p-32f;
    }

    MCPI_HOST_DEVICE static Value step(Value own, Value, Value, uint32_t)
    {
        return fmaf(own, own, -1.875f);
    }
};

struct fma_double : never_refreshed<double> {
    using Value = double;
    static constexpr const char *name = "DFMA";

    MCPI_HOST_DEVICE static Value first(uint64_t random)
    {
        return (double)(uint32_t)random * 0x1p-32;
    }

    MCPI_HOST_DEVICE static Value step(Value own, Value, Value, uint32_t)
    {
        return fma(own, own, -1.875);
    }
};

/* From a signed integer, whose bits are those of the float before. */
struct convert : never_refreshed<float> {
    using Value = float;
    static constexpr const char *name = "I2F";

    MCPI_HOST_DEVICE static Value first(uint64_t random)
    {
        return bits_as<float>((uint32_t)random);
    }

    MCPI_HOST_DEVICE static Value step(Value own, Value, Value, uint32_t)
    {
        return (float)bits_as<int32_t>(own);
    }
};

MCPI_HOST_DEVICE uint64_t as_bits(uint64_t value)
{
    return value;
}

MCPI_HOST_DEVICE uint64_t as_bits(uint32_t value)
{
    return value;
}

MCPI_HOST_DEVICE uint64_t as_bits(float value)
{
    return bits_as<uint32_t>(value);
}

MCPI_HOST_DEVICE uint64_t as_bits(double value)
{
    return bits_as<uint64_t>(value);
}

MCPI_HOST_DEVICE uint64_t random_number(uint32_t thread, uint32_t chain)
{
    const mcpi_words random = mcpi_philox({{thread, chain, 0, 0}}, 0);
    return (uint64_t)random.w[1] << 32 | random.w[0];
}

template <class Instruction> struct Chains {
    using Value = typename Instruction::Value;
    Value value[chains];
    uint32_t fixed;

    MCPI_HOST_DEVICE explicit Chains(uint32_t thread)
    {
        fixed = (uint32_t)random_number(thread, chains);
        for (int i = 0; i < chains; i++)
            value[i] = Instruction::first(random_number(thread, i));
    }

    MCPI_HOST_DEVICE void take_turns(uint32_t turns)
    {
#pragma unroll 1
        for (uint32_t turn = 0; turn < turns; turn++) {
#pragma unroll
            for (int i = 0; i < issue_instructions; i++) {
                if (i % refresh_interval < chains)
                    value[i % chains] = Instruction::refreshed(value[i % chains]);
                step(value[i % chains], value[(i + 3) % chains], value[(i + 5) % chains]);
            }
        }
    }

    MCPI_HOST_DEVICE void step(Value &own, Value other, Value third)
    {
        own = Instruction::step(own, other, third, fixed);
    }

    MCPI_HOST_DEVICE uint64_t result() const
    {
        uint64_t sum = 0;
        for (int i = 0; i < chains; i++)
            sum = 3 * sum + as_bits(value[i]);
        return sum;
    }
};

template <class Instruction>
__global__ void __launch_bounds__(issue_threads) issue(const uint32_t turns, uint64_t *results, uint64_t *ticks)
{
    const uint32_t thread = blockIdx.x * issue_threads + threadIdx.x;
    Chains<Instruction> all(thread);
    __syncthreads();
    const long long begin = clock64();
    all.take_turns(turns);
    const long long end = clock64();
    results[thread] = all.result();
    if (threadIdx.x % 32 == 0) {
        ticks[2 * (thread / 32)] = (uint64_t)begin;
        ticks[2 * (thread / 32) + 1] = (uint64_t)end;
    }
}

template <class Instruction>
cudaError_t launch(unsigned blocks, uint32_t turns, uint64_t *results, uint64_t *ticks, cudaStream_t stream)
{
    issue<Instruction><<<blocks, issue_threads, 0, stream>>>(turns, results, ticks);
    return cudaGetLastError();
}

template <class Instruction> uint64_t expect(uint32_t thread, uint32_t turns)
{
    Chains<Instruction> all(thread);
    all.take_turns(turns);
    return all.result();
}

template <class Instruction> IssueLoop loop()
{
    return {Instruction::name, launch<Instruction>, expect<Instruction>};
}

} // namespace

std::vector<IssueLoop> issue_loops()
{
    return {loop<imad_wide>(), loop<imad_hi>(),    loop<imad_low>(), loop<logic>(),
            loop<fma_float>(), loop<fma_double>(), loop<convert>()};
}
