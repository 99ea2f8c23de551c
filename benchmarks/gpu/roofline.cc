/*
 * How close the shipped loop comes to what the GPU can issue of its instructions: README.md says what the numbers mean.
 *
 * All roofs and the loop take turns within each repetition, so that what the clock does it does to all of them.
 */
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdio>

#include "gpu.h"
#include "issue.h"

namespace
{

/* A roof as it is run: so many blocks, each thread so many turns, at least as many darts' worth as are asked for. */
class Load
{
  public:
    Load(const Roof &roof, uint64_t darts) : roof(roof), blocks(resident_blocks(roof)), results(threads())
    {
        const uint64_t darts_a_turn = threads() * turn_darts;
        turns = (darts + darts_a_turn - 1) / darts_a_turn;
    }

    /* Seconds for a dart's worth. */
    double time()
    {
        uint64_t *const memory = results.zeroed();
        const double seconds =
            time_launch([&](cudaStream_t stream) { return roof.launch(blocks, turns, memory, stream); });
        return seconds / ((double)threads() * (double)turns * turn_darts);
    }

    /* Whether the first and the last thread came to what they must. */
    bool is_right() const
    {
        const std::vector<uint64_t> found = results.fetch(threads());
        for (const uint64_t thread : {uint64_t{0}, threads() - 1})
            if (found[thread] != roof.expect(thread, turns))
                return false;
        return true;
    }

  private:
    static unsigned resident_blocks(const Roof &roof)
    {
        int blocks = 0;
        check(roof.resident(&blocks), "cudaOccupancyMaxActiveBlocksPerMultiprocessor");
        return (unsigned)blocks * multiprocessors();
    }

    uint64_t threads() const
    {
        return (uint64_t)blocks * roof_threads;
    }

    Roof roof;
    unsigned blocks;
    uint64_t turns = 0;
    DeviceNumbers results;
};

/* One repetition: each roof, then the loop, each after a launch that warms up. Clears `all_right` where a result is
 * wrong. */
void compare(benchmark::State &state, uint64_t darts, bool &all_right)
{
    const Rung shipped = kernel_rungs().front();
    for (auto _ : state) {
        double slowest = 0; /* seconds a dart of the lowest roof */
        for (const Roof &roof : roofs()) {
            Load load(roof, darts);
            load.time();
            const double seconds = load.time();
            all_right = all_right && load.is_right();
            state.counters[std::string(roof.name) + "_darts/s"] = 1 / seconds;
            slowest = std::max(slowest, seconds);
        }
        count_darts(shipped, {0, 0, 0, darts});
        const Timing timing = count_darts(shipped, {0, 0, 0, darts});
        all_right = all_right && timing.hits == golden_hits(darts);
        if (!all_right) {
            state.SkipWithError("wrong result");
            return;
        }
        state.SetIterationTime(timing.seconds);
        state.counters["mcpi_darts/s"] = (double)darts / timing.seconds;
        state.counters["share_%"] = 100 * slowest * (double)darts / timing.seconds;
    }
}

} // namespace

int main(int argc, char **argv)
{
    const uint64_t darts = start_benchmarks(argc, argv);
    bool all_right = true;
    auto *timing = benchmark::RegisterBenchmark(
        "roofline", [darts, &all_right](benchmark::State &state) { compare(state, darts, all_right); });
    timing->UseManualTime()->Iterations(1)->Unit(benchmark::kMillisecond);
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    if (!all_right)
        std::fprintf(stderr, "wrong result: nothing is timed\n");
    return all_right ? 0 : 1;
}
