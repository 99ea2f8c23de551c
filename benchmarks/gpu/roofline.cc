/*
 * The cycles of the instructions in mcpi's kernels: README.md explains the numbers.
 *
 * All loops take turns within each repetition, so that a disturbance of the GPU affects all of them.
 */
#include <algorithm>
#include <cstdio>
#include <map>
#include <string>

#include "bench_gpu.h"
#include "issue_rate.h"
#include "speed_verdict.h"

namespace
{

constexpr uint64_t usual_turns = 400;

/* One loop on all multiprocessors. */
class Run
{
  public:
    Run(const IssueLoop &loop, uint32_t turns)
        : loop(loop), turns(turns), blocks(multiprocessors()), results(blocks * issue_threads),
          ticks(2 * blocks * issue_warps)
    {
        uint64_t *const result = results.zeroed(), *const tick = ticks.zeroed();
        check(loop.launch(blocks, turns, result, tick, nullptr), "launch");
        check(cudaDeviceSynchronize(), "cudaDeviceSynchronize");
    }

    /* Whether the first and the last thread have the results that the host computes. */
    bool is_right() const
    {
        const std::vector<uint64_t> found = results.fetch(blocks * issue_threads);
        for (const uint32_t thread : {0u, blocks * issue_threads - 1})
            if (found[thread] != loop.expect(thread, turns))
                return false;
        return true;
    }

    /* Cycles a warp instruction: the median over the multiprocessors. */
    double cycles() const
    {
        const std::vector<uint64_t> found = ticks.fetch(2 * blocks * issue_warps);
        std::vector<double> cycles;
        for (unsigned block = 0; block < blocks; block++)
            cycles.push_back(block_cycles(&found[2 * block * issue_warps]) / instructions());
        return spread_of(cycles).median;
    }

  private:
    /* From the start of the first warp to the end of the last one. */
    static double block_cycles(const uint64_t *ticks)
    {
        uint64_t first = ticks[0], last = ticks[1];
        for (unsigned warp = 1; warp < issue_warps; warp++) {
            first = std::min(first, ticks[2 * warp]);
            last = std::max(last, ticks[2 * warp + 1]);
        }
        return (double)(last - first);
    }

    /* That each sub-partition issued. */
    double instructions() const
    {
        return (double)issue_warps / subpartitions * issue_instructions * turns;
    }

    IssueLoop loop;
    uint32_t turns;
    unsigned blocks;
    DeviceNumbers results, ticks;
};

using Cycles = std::map<std::string, std::vector<double>>;

/* One repetition: each loop, after a short run that warms it up. False if a result is wrong. */
bool measure(const std::vector<IssueLoop> &loops, const Options &options, Cycles &cycles)
{
    for (const IssueLoop &loop : loops) {
        const Run warm_up(loop, 1);
        const Run run(loop, (uint32_t)options.size);
        if (!warm_up.is_right() || !run.is_right()) {
            std::fprintf(stderr, "%s: wrong result\n", loop.instruction);
            Line(options).put("instruction", loop.instruction).put("wrong", "not the result that the host computes");
            return false;
        }
        cycles[loop.instruction].push_back(run.cycles());
        Line(options).put("instruction", loop.instruction).put("cycles", run.cycles());
    }
    return true;
}

void print(const std::vector<IssueLoop> &loops, const Cycles &cycles, const std::string &verdict)
{
    std::printf("%-10s %s\n", "", "cycles a warp instruction in a sub-partition: median, lowest to highest");
    for (const IssueLoop &loop : loops) {
        const Spread spread = spread_of(cycles.at(loop.instruction));
        std::printf("%-10s %8.3f %8.3f to %.3f\n", loop.instruction, spread.median, spread.lowest, spread.highest);
    }
    std::printf("%s\n", verdict.c_str());
}

} // namespace

int main(int argc, char **argv)
{
    const Options options = read_options(argc, argv, usual_turns);
    open_gpu("roofline", options);
    const std::vector<IssueLoop> loops = issue_loops();
    Cycles cycles;
    start_clock();
    for (unsigned i = 0; i < options.repetitions && (i == 0 || !out_of_time(options)); i++)
        if (!measure(loops, options, cycles))
            return 1;
    const std::string verdict = verdict_on(spread_of(cycles["IMAD.WIDE"]).median, spread_of(cycles["IMAD.HI"]).median);
    Line(options).put("verdict", verdict);
    if (!options.json)
        print(loops, cycles, verdict);
    return 0;
}
