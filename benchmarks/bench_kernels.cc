/*
 * The speed of each counting kernel of this CPU: README.md explains the numbers.
 *
 * A kernel is timed only after it has given the golden counts, and each timed count is compared with the scalar one.
 */
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstring>
#include <ctime>

#include "core/backend.h"
#include "core/status.h"
#include "cpu/bounds.h"
#include "cpu/machine/quota.h"
#include "tests/core/golden.h"

namespace
{

constexpr uint64_t timed_darts = uint64_t{1} << 24;

/* Additions that wait for each other: one a clock cycle on every CPU in use. The empty statement makes the compiler
   forget both values, so that it can neither fold additions into one nor leave them out. */
uint64_t add_in_a_chain(uint64_t additions)
{
    uint64_t sum = 0, step = 1;
    for (uint64_t i = 0; i < additions; i += 8) {
#pragma GCC unroll 8
        for (int j = 0; j < 8; j++) {
            sum += step;
            __asm__ volatile("" : "+r"(sum), "+r"(step));
        }
    }
    return sum;
}

/* Seconds that this thread was on a core: what others do to it does not count. */
double core_seconds()
{
    timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Clock cycles a second, just now; takes about a millisecond. */
double clock_hertz()
{
    constexpr uint64_t additions = 4000000;
    const double start = core_seconds();
    benchmark::DoNotOptimize(add_in_a_chain(additions));
    return additions / (core_seconds() - start);
}

bool gives_golden_counts(const mcpi_count_kernel &kernel)
{
    const std::vector<GoldenRow> rows = golden_rows(10000000);
    for (const GoldenRow &row : rows)
        if (kernel.count(row.seed, row.stream, row.first, row.darts) != row.hits)
            return false;
    return !rows.empty();
}

const mcpi_bound_loop *bound_of(const mcpi_count_kernel &kernel)
{
    for (const mcpi_bound_loop *bound = mcpi_bound_loops; bound->kernel; bound++)
        if (std::strcmp(bound->kernel, kernel.name) == 0)
            return bound;
    return nullptr;
}

/* Seconds on the core that a kernel would need that never waits; 0 where no bound is known. */
double bound_seconds(const mcpi_bound_loop *bound)
{
    if (!bound)
        return 0;
    const double start = core_seconds();
    bound->run(timed_darts / bound->darts);
    return core_seconds() - start;
}

void count_darts(benchmark::State &state, const mcpi_count_kernel *kernel)
{
    static const uint64_t expected = mcpi_count_scalar(0, 0, 0, timed_darts);
    const mcpi_bound_loop *const bound = bound_of(*kernel);
    double darts = 0, cycles = 0, on_cores = 0, bounds = 0;
    for (auto _ : state) {
        const double start = mcpi_seconds(), core_start = core_seconds();
        const uint64_t hits = kernel->count(0, 0, 0, timed_darts);
        const double seconds = mcpi_seconds() - start, on_core = core_seconds() - core_start;
        if (hits != expected) {
            state.SkipWithError("wrong count");
            break;
        }
        state.SetIterationTime(seconds);
        darts += timed_darts;
        cycles += on_core * clock_hertz();
        on_cores += on_core;
        bounds += bound_seconds(bound);
    }
    state.counters["darts/s"] = benchmark::Counter(darts, benchmark::Counter::kIsRate);
    state.counters["darts/clock/core"] = benchmark::Counter(darts / cycles, benchmark::Counter::kAvgThreads);
    if (bound)
        state.counters["of_bound_%"] = benchmark::Counter(100 * bounds / on_cores, benchmark::Counter::kAvgThreads);
}

void register_kernel(const mcpi_count_kernel *kernel, unsigned cores)
{
    auto *timing = benchmark::RegisterBenchmark(kernel->name, count_darts, kernel);
    timing->Unit(benchmark::kMillisecond)->UseManualTime()->Repetitions(5)->DisplayAggregatesOnly();
    timing->Threads(1);
    if (cores > 1)
        timing->Threads((int)cores);
}

} // namespace

int main(int argc, char **argv)
{
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv))
        return 2;
    const mcpi_features features = mcpi_probe_features(&mcpi_this_machine);
    for (size_t i = 0; i < mcpi_count_kernels_size; i++) {
        const mcpi_count_kernel &kernel = mcpi_count_kernels[i];
        if (!mcpi_kernel_runs(&kernel, features)) {
            std::fprintf(stderr, "%s: not timed: no %s here\n", kernel.name, kernel.needs_name);
        } else if (gives_golden_counts(kernel)) {
            register_kernel(&kernel, mcpi_usable_cores());
        } else {
            std::fprintf(stderr, "%s: wrong counts: nothing is timed\n", kernel.name);
            return 1;
        }
    }
    char name[96];
    mcpi_probe_name(&mcpi_this_machine, name, sizeof name);
    benchmark::AddCustomContext("cpu", name);
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
