/*
 * The speed of a GPU with several methods, from the textbook's to mcpi's and beyond: README.md explains the numbers.
 *
 * A rung is timed only after its counts have been checked, and each timed count is checked again.
 */
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <random>

#include "bench_gpu.h"
#include "tests/core/golden.h"
#include "tests/cpu/edge_darts.h"

namespace
{

constexpr uint64_t usual_darts = 10000000000;

/* The maximum deviation of a float rung's count of n darts from n * pi/4. It is exceeded by chance once in 1.7 million
   counts. */
constexpr double standard_errors = 5;

/* The maximum number of darts that the host recounts, one by one, for a float rung. */
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
    const uint64_t hits = count_darts(rung, job);
    if (hits != expected)
        std::fprintf(
            stderr, "%s: wrong count: %llu hits, not %llu, in %llu darts from %llu of seed %llu, stream %llu\n",
            rung.name.c_str(), (unsigned long long)hits, (unsigned long long)expected, (unsigned long long)job.darts,
            (unsigned long long)job.first, (unsigned long long)job.seed, (unsigned long long)job.stream);
    return hits == expected;
}

/* Whether a rung gives the counts of golden.tsv, and those of single darts on the edge, where an inexact test fails. */
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

/* Whether the number of hits agrees with pi/4. */
bool is_plausible(uint64_t hits, uint64_t darts)
{
    const double p = std::atan(1.0), n = (double)darts;
    return std::fabs((double)hits - n * p) <= standard_errors * std::sqrt(n * p * (1 - p));
}

/* A rung that is timed, and its results so far. */
struct Entry {
    Rung rung;
    std::vector<double> rates, clocks;
    bool right = true;
};

/* One repetition, after a launch that warms up and, for a float rung, sets the count that the timed one must repeat. */
void throw_darts(Entry &entry, const Options &options)
{
    const Rung &rung = entry.rung;
    const mcpi_job job = {0, 0, 0, options.size};
    prepare(rung, job);
    const uint64_t first_hits = count_darts(rung, job);
    const Timing timing = time_darts(rung, job);
    entry.right = timing.hits == first_hits &&
                  (rung.exact() ? first_hits == golden_hits(job.darts) : is_plausible(first_hits, job.darts));
    if (!entry.right) {
        std::fprintf(stderr, "%s: wrong count\n", rung.name.c_str());
        Line(options).put("rung", rung.name).put("wrong", "a timed count is wrong");
        return;
    }
    const double rate = (double)job.darts / timing.seconds;
    entry.rates.push_back(rate);
    entry.clocks.push_back(timing.clock_hz);
    Line(options)
        .put("rung", rung.name)
        .put("exact", rung.exact())
        .put("seconds", timing.seconds)
        .put("darts_per_second", rate)
        .put("clock_hz", timing.clock_hz)
        .put("cycles_a_dart", cycles_a_dart(rate, timing.clock_hz));
}

/* The rungs that can be timed. Clears `all_right` if one cannot because its counts are wrong. */
std::vector<Entry> checked_rungs(const Options &options, bool &all_right)
{
    std::vector<Entry> entries;
    for (const Rung &rung : rungs()) {
        if (!rung.missing.empty()) {
            std::fprintf(stderr, "%s: not run: %s\n", rung.name.c_str(), rung.missing.c_str());
            Line(options).put("rung", rung.name).put("not_run", rung.missing);
        } else if (is_right(rung, options.size)) {
            entries.push_back({rung, {}, {}, true});
        } else {
            std::fprintf(stderr, "%s: not timed\n", rung.name.c_str());
            Line(options).put("rung", rung.name).put("wrong", "a count is wrong");
            all_right = false;
        }
    }
    return entries;
}

void print(const std::vector<Entry> &entries)
{
    std::printf("%-20s %10s  %s\n", "", "darts/s", "lowest to highest       cycles a dart");
    for (const Entry &entry : entries) {
        if (!entry.right || entry.rates.empty())
            continue;
        const Spread rates = spread_of(entry.rates);
        std::printf("%-20s %10.4g  %.4g to %.4g  %.4g\n", entry.rung.name.c_str(), rates.median, rates.lowest,
                    rates.highest, cycles_a_dart(rates.median, spread_of(entry.clocks).median));
    }
}

} // namespace

int main(int argc, char **argv)
{
    const Options options = read_options(argc, argv, usual_darts);
    golden_hits(options.size);
    open_gpu("ladder", options);
    bool all_right = true;
    std::vector<Entry> entries = checked_rungs(options, all_right);
    std::mt19937 random(1);
    std::vector<size_t> order(entries.size());
    std::iota(order.begin(), order.end(), size_t{0});
    start_clock();
    for (unsigned i = 0; i < options.repetitions && (i == 0 || !out_of_time(options)); i++) {
        std::shuffle(order.begin(), order.end(), random);
        for (const size_t next : order) {
            Entry &entry = entries[next];
            if (entry.right)
                throw_darts(entry, options);
            all_right = all_right && entry.right;
        }
    }
    if (!options.json)
        print(entries);
    if (!all_right)
        std::fprintf(stderr, "not every rung counted right\n");
    return all_right ? 0 : 1;
}
