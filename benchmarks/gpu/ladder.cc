/*
 * How fast a GPU throws darts, from the textbook's way up to mcpi's and beyond: README.md says what the numbers mean.
 *
 * A rung is timed only after its counts have been checked, and each timed count is checked again.
 */
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "edge_darts.h"
#include "golden.h"
#include "gpu.h"

namespace
{

/* How far a float rung's count of n darts may lie from n * pi/4. It has one chance in 1.7 million to lie further. */
constexpr double standard_errors = 5;

/* The most darts that the host counts again, one by one, for a float rung. */
constexpr uint64_t recounted_darts = 1000000;

std::vector<Rung> rungs()
{
    std::vector<Rung> all = {host_api_rung(), xorwow_rung(), philox_rung()};
    for (const Rung &rung : kernel_rungs())
        all.push_back(rung);
    return all;
}

bool is_count(const Rung &rung, const mcpi_job &job, uint64_t expected)
{
    prepare(rung, job);
    const uint64_t hits = count_darts(rung, job).hits;
    if (hits != expected)
        std::fprintf(
            stderr, "%s: wrong count: %llu hits, not %llu, in %llu darts from %llu of seed %llu, stream %llu\n",
            rung.name.c_str(), (unsigned long long)hits, (unsigned long long)expected, (unsigned long long)job.darts,
            (unsigned long long)job.first, (unsigned long long)job.seed, (unsigned long long)job.stream);
    return hits == expected;
}

/* The counts of golden.tsv, and a single dart each on the edge, where a test that is not exact goes wrong. */
bool gives_exact_counts(const Rung &rung, uint64_t most_darts)
{
    for (const GoldenRow &row : golden_rows(most_darts))
        if (row.darts > 0 && !is_count(rung, {row.seed, row.stream, row.first, row.darts}, row.hits))
            return false;
    std::mt19937_64 random(5);
    for (const Point &point : edge_points()) {
        const Place at = place_of(point, random() % 2, random);
        if (!is_count(rung, {at.seed, at.stream, at.dart, 1}, is_hit(point)))
            return false;
    }
    return true;
}

bool gives_count_of_host(const Rung &rung, uint64_t most_darts)
{
    const mcpi_job job = {42, 0, 0, std::min(most_darts, recounted_darts)};
    return is_count(rung, job, rung.expect(job, geometry_of(rung, job)));
}

bool is_right(const Rung &rung, uint64_t most_darts)
{
    return rung.exact() ? gives_exact_counts(rung, most_darts) : gives_count_of_host(rung, most_darts);
}

/* Whether so many hits are what pi/4 lets expect. */
bool is_plausible(uint64_t hits, uint64_t darts)
{
    const double p = std::atan(1.0), n = (double)darts;
    return std::fabs((double)hits - n * p) <= standard_errors * std::sqrt(n * p * (1 - p));
}

/* One repetition, after a launch that warms up and, for a float rung, sets the count that the timed one must repeat.
   Clears `all_right` where a count is wrong. */
void throw_darts(benchmark::State &state, const Rung &rung, uint64_t darts, bool &all_right)
{
    const mcpi_job job = {0, 0, 0, darts};
    prepare(rung, job);
    const uint64_t first_hits = count_darts(rung, job).hits;
    bool right = rung.exact() ? first_hits == golden_hits(darts) : is_plausible(first_hits, darts);
    for (auto _ : state) {
        const Timing timing = count_darts(rung, job);
        right = right && timing.hits == first_hits;
        if (!right) {
            state.SkipWithError("wrong count");
            break;
        }
        state.SetIterationTime(timing.seconds);
    }
    all_right = all_right && right;
    const double total = (double)darts * (double)state.iterations();
    state.counters["darts/s"] = benchmark::Counter(total, benchmark::Counter::kIsRate);
}

} // namespace

int main(int argc, char **argv)
{
    const uint64_t darts = start_benchmarks(argc, argv);
    bool all_right = true;
    for (const Rung &rung : rungs()) {
        if (!rung.missing.empty()) {
            std::fprintf(stderr, "%s: not run: %s\n", rung.name.c_str(), rung.missing.c_str());
            benchmark::AddCustomContext("not run: " + rung.name, rung.missing);
        } else if (is_right(rung, darts)) {
            auto *timing =
                benchmark::RegisterBenchmark(rung.name.c_str(), [rung, darts, &all_right](benchmark::State &state) {
                    throw_darts(state, rung, darts, all_right);
                });
            timing->UseManualTime()->Iterations(1)->Unit(benchmark::kMillisecond);
        } else {
            std::fprintf(stderr, "%s: not timed\n", rung.name.c_str());
            all_right = false;
        }
    }
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    if (!all_right)
        std::fprintf(stderr, "not every rung counted right\n");
    return all_right ? 0 : 1;
}
