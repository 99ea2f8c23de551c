/* Sweeps over all values of a type, divided between as many threads as there are CPUs. */
#ifndef MCPI_TESTS_EXHAUSTIVE_IN_PARTS_H
#define MCPI_TESTS_EXHAUSTIVE_IN_PARTS_H

#include <algorithm>
#include <cstdint>
#include <thread>
#include <vector>

/* The largest of what `sweep(begin, end)` returns for parts that cover [0, end). */
template <typename Sweep> uint64_t largest_of_parts(uint64_t end, Sweep sweep)
{
    const uint64_t parts = std::max(1U, std::thread::hardware_concurrency());
    std::vector<uint64_t> results(parts);
    std::vector<std::thread> threads;
    for (uint64_t i = 0; i < parts; i++)
        threads.emplace_back(
            [&, i] { results[i] = sweep(end / parts * i, i + 1 == parts ? end : end / parts * (i + 1)); });
    for (std::thread &thread : threads)
        thread.join();
    return *std::max_element(results.begin(), results.end());
}

/* On x86, compile for a fused multiply-add in hardware. The test asks the CPU for it first. */
#if defined(__x86_64__)
#define WITH_FMA __attribute__((target("avx2,fma")))
#define HAS_FMA() (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
#else
#define WITH_FMA
#define HAS_FMA() true
#endif

#endif
