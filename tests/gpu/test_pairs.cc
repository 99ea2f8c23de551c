/* The reduction of the benchmark with cuRAND's host API. It runs without that API, so that a simulated device can run
   it. */
#include "benchmarks/gpu/pair_reduction.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "benchmarks/gpu/bench_gpu.h"
#include "benchmarks/gpu/float_dart.h"

namespace
{

TEST(Pairs, AreCounted)
{
    std::mt19937 random(8);
    int blocks = 0;
    check(count_pairs_resident(&blocks), "count_pairs_resident");
    for (const uint64_t pairs : {2, 510, 512, 514, 200002}) {
        std::vector<float> floats(2 * pairs);
        uint64_t expected = 0;
        for (float &f : floats)
            f = float_uniform((uint32_t)random());
        for (uint64_t i = 0; i < pairs; i++)
            expected += float_hit(floats[2 * i], floats[2 * i + 1]);

        DeviceNumbers memory(pairs), hits(1);
        auto *const on_device = reinterpret_cast<float *>(memory.zeroed());
        check(cudaMemcpy(on_device, floats.data(), floats.size() * sizeof floats[0], cudaMemcpyHostToDevice), "copy");
        check(count_pairs(blocks, on_device, pairs, hits.zeroed(), nullptr), "count_pairs");
        EXPECT_EQ(hits.fetch(1)[0], expected) << pairs << " pairs";
    }
}

} // namespace
