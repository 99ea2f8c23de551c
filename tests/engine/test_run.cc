/* The real CPU backend under the real engine: golden counts on every kernel, for several thread counts, chunk sizes and
   splits, through the plan as mcpi_run makes it. */
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "mcpi/dart.h"
#include "tests/core/golden.h"

extern "C" {
#include "cpu/cpu.h"
#include "engine/run.h"
}

namespace
{

std::vector<std::string> runnable_kernels()
{
    std::vector<mcpi_kernel> kernels(mcpi_backend_cpu.kernels(nullptr, nullptr, 0));
    mcpi_backend_cpu.kernels(nullptr, kernels.data(), kernels.size());
    std::vector<std::string> names;
    for (const mcpi_kernel &kernel : kernels)
        if (kernel.available)
            names.emplace_back(kernel.name);
    return names;
}

mcpi_options options_for(const GoldenRow &row)
{
    mcpi_options options = MCPI_OPTIONS_DEFAULT;
    options.devices = "cpu";
    options.seed = row.seed;
    options.stream = row.stream;
    options.first = row.first;
    options.darts = row.darts;
    return options;
}

/* The hits of a run whose workers begin with ranges of `opening_darts`. */
uint64_t hits_of(const mcpi_options &options, uint64_t opening_darts)
{
    mcpi_backend cpu = mcpi_backend_cpu;
    cpu.opening_darts = opening_darts;
    const mcpi_backend *const backends[] = {&cpu, nullptr};
    mcpi_plan plan;
    mcpi_error error{};
    mcpi_result *result = nullptr;
    EXPECT_EQ(mcpi_plan_make(&options, backends, &plan, &error), MCPI_OK) << error.message;
    EXPECT_EQ(mcpi_engine_run(&plan, &result, &error), MCPI_OK) << error.message;
    const uint64_t hits = result ? result->hits : UINT64_MAX;
    EXPECT_TRUE(result && result->complete && result->darts == options.darts);
    mcpi_result_free(result);
    mcpi_plan_free(&plan);
    return hits;
}

class GoldenRun : public testing::TestWithParam<std::string>
{
};

TEST_P(GoldenRun, OnAnyThreadsInAnyChunks)
{
    for (const GoldenRow &row : golden_rows(10000000)) {
        mcpi_options options = options_for(row);
        options.kernel = GetParam().c_str();
        for (const unsigned threads : {1U, 2U, 3U, 7U}) {
            options.threads = threads;
            for (const uint64_t chunk : {uint64_t{1}, uint64_t{333}, uint64_t{4096}, uint64_t{1} << 20})
                EXPECT_EQ(hits_of(options, chunk), row.hits)
                    << row.darts << " darts from " << row.first << ", " << threads << " threads, chunks of " << chunk;
        }
    }
}

TEST_P(GoldenRun, InAnySplit)
{
    std::mt19937_64 random(7);
    const GoldenRow row = {0, 0, 0, 1000000, 785850};
    for (int repeat = 0; repeat < 20; repeat++) {
        std::vector<uint64_t> cuts = {0, row.darts};
        for (int cut = 0; cut < 5; cut++)
            cuts.push_back(random() % row.darts);
        std::sort(cuts.begin(), cuts.end());
        uint64_t hits = 0;
        for (size_t i = 1; i < cuts.size(); i++) {
            mcpi_options options = options_for({row.seed, row.stream, cuts[i - 1], cuts[i] - cuts[i - 1], 0});
            options.kernel = GetParam().c_str();
            options.threads = 1 + i % 3;
            hits += hits_of(options, 1 + random() % 100000);
        }
        EXPECT_EQ(hits, row.hits);
    }
}

INSTANTIATE_TEST_SUITE_P(All, GoldenRun, testing::ValuesIn(runnable_kernels()),
                         [](const testing::TestParamInfo<std::string> &info) { return info.param; });

TEST(Run, LargeGoldenCountsThroughTheApi)
{
    for (const GoldenRow &row : golden_rows(1000000000)) {
        if (row.darts < 100000000)
            continue;
        const mcpi_options options = options_for(row);
        mcpi_result *result = nullptr;
        ASSERT_EQ(mcpi_run(&options, &result, nullptr), MCPI_OK);
        EXPECT_EQ(result->hits, row.hits);
        EXPECT_LT(std::abs(result->estimate.z), 4);
        EXPECT_GE(result->total_seconds, result->setup_seconds + result->counting_seconds);
        mcpi_result_free(result);
    }
}

TEST_P(GoldenRun, RecountedInFullByAnotherKernel)
{
    mcpi_options options = options_for({0, 0, 0, 1000000, 785850});
    options.kernel = GetParam().c_str();
    options.verify = MCPI_VERIFY_FULL;
    mcpi_result *result = nullptr;
    mcpi_error error{};
    ASSERT_EQ(mcpi_run(&options, &result, &error), MCPI_OK) << error.message;
    EXPECT_EQ(result->hits, 785850U);
    EXPECT_EQ(result->verify.darts, 1000000U);
    EXPECT_STREQ(result->devices[0].device.kernel, options.kernel);
    if (runnable_kernels().size() > 1) {
        EXPECT_STRNE(result->verify.kernel, options.kernel);
    }
    mcpi_result_free(result);
}

TEST(Run, RefusesAKernelThatIsNone)
{
    mcpi_options options = options_for({0, 0, 0, 1, 0});
    options.kernel = "sse9";
    mcpi_result *result = nullptr;
    mcpi_error error{};
    EXPECT_EQ(mcpi_run(&options, &result, &error), MCPI_BAD_OPTION);
    EXPECT_EQ(result, nullptr);
    EXPECT_NE(std::string(error.message).find("options.kernel sse9"), std::string::npos);
}

TEST(Run, RunsInSeveralThreadsAtOnce)
{
    const mcpi_options options = options_for({0, 0, 0, 1000000, 785850});
    std::vector<std::thread> callers;
    std::vector<uint64_t> hits(4);
    for (uint64_t &mine : hits)
        callers.emplace_back([&options, &mine] {
            mcpi_result *result = nullptr;
            if (mcpi_run(&options, &result, nullptr) == MCPI_OK)
                mine = result->hits;
            mcpi_result_free(result);
        });
    for (std::thread &caller : callers)
        caller.join();
    for (const uint64_t mine : hits)
        EXPECT_EQ(mine, 785850U);
}

} // namespace
