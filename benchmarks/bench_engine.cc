/*
 * The overhead of a whole run over its kernel, and the gain from a second worker: README.md explains the numbers.
 *
 * Run and kernel alternate within each iteration, so that a disturbance of the machine slows both. Each count is
 * compared with the golden one before its time is used.
 */
#include <benchmark/benchmark.h>

#include <cstdio>

#include "core/backend.h"
#include "core/status.h"
#include "cpu/kernels.h"
#include "cpu/machine/quota.h"
#include "cpu/selftest.h"
#include "tests/core/golden.h"

namespace
{

const mcpi_count_kernel *fastest_kernel()
{
    const mcpi_count_kernel *kernel = nullptr;
    mcpi_pick_kernel(nullptr, mcpi_probe_features(&mcpi_this_machine), mcpi_self_test(), &kernel, nullptr);
    return kernel;
}

/* The hits of darts [0, darts) of seed 0, stream 0; 0 if there is no golden count for them. */
uint64_t golden_hits(uint64_t darts)
{
    for (const GoldenRow &row : golden_rows())
        if (row.seed == 0 && row.stream == 0 && row.first == 0 && row.darts == darts)
            return row.hits;
    return 0;
}

/* A run with `workers` CPU workers. */
struct Run {
    bool right;     /* its count is the golden one */
    double seconds; /* as a whole */
    double outside; /* share of its workers' time that was not spent in the kernel */
};

Run time_run(uint64_t darts, unsigned workers, uint64_t expected)
{
    mcpi_options options = MCPI_OPTIONS_DEFAULT;
    options.devices = "cpu";
    options.darts = darts;
    options.threads = workers;
    mcpi_result *result = nullptr;
    const double start = mcpi_seconds();
    const mcpi_status status = mcpi_run(&options, &result, nullptr);
    const double seconds = mcpi_seconds() - start;
    Run run = {status == MCPI_OK && result->hits == expected, seconds, 0};
    if (run.right)
        run.outside = 1 - result->devices[0].busy_seconds / (workers * seconds);
    mcpi_result_free(result);
    return run;
}

/* Seconds of a bare call of the kernel, or a negative number if its count is wrong. */
double time_kernel(uint64_t darts, uint64_t expected)
{
    static const mcpi_count_kernel *const kernel = fastest_kernel();
    const double start = mcpi_seconds();
    const uint64_t hits = kernel->count(0, 0, 0, darts);
    return hits == expected ? mcpi_seconds() - start : -1.0;
}

/* A run on one worker against a bare call of the kernel. */
void overhead(benchmark::State &state)
{
    const auto darts = static_cast<uint64_t>(state.range(0));
    const uint64_t expected = golden_hits(darts);
    for (auto _ : state) {
        const Run run = time_run(darts, 1, expected);
        const double kernel = time_kernel(darts, expected);
        if (!run.right || kernel < 0) {
            state.SkipWithError("wrong count");
            return;
        }
        state.SetIterationTime(run.seconds);
        state.counters["slower_%"] = 100 * (run.seconds / kernel - 1);
        state.counters["outside_%"] = 100 * run.outside;
        state.counters["outside_us"] = 1e6 * run.outside * run.seconds;
    }
}

/* A run on all workers against one on a single worker. */
void scaling(benchmark::State &state)
{
    const auto darts = static_cast<uint64_t>(state.range(0));
    const uint64_t expected = golden_hits(darts);
    for (auto _ : state) {
        const Run all = time_run(darts, mcpi_usable_cores(), expected);
        const Run one = time_run(darts, 1, expected);
        if (!all.right || !one.right) {
            state.SkipWithError("wrong count");
            return;
        }
        state.SetIterationTime(all.seconds);
        state.counters["workers"] = mcpi_usable_cores();
        state.counters["speedup"] = one.seconds / all.seconds;
        state.counters["outside_%"] = 100 * all.outside;
    }
}

void settle(benchmark::internal::Benchmark *timing, int64_t darts, int repetitions)
{
    timing->Arg(darts)->ArgName("darts")->Unit(benchmark::kMillisecond)->UseManualTime();
    timing->Iterations(1)->Repetitions(repetitions)->ReportAggregatesOnly();
}

} // namespace

int main(int argc, char **argv)
{
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv))
        return 2;
    settle(benchmark::RegisterBenchmark("overhead", overhead), 1000000, 200);
    settle(benchmark::RegisterBenchmark("overhead", overhead), 10000000000, 9);
    settle(benchmark::RegisterBenchmark("scaling", scaling), 10000000000, 9);
    char name[96];
    mcpi_probe_name(&mcpi_this_machine, name, sizeof name);
    benchmark::AddCustomContext("cpu", name);
    benchmark::AddCustomContext("kernel", fastest_kernel()->name);
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
