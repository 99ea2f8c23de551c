/* mcpi/dart.h against cuRAND's own device code, compiled here for the host: proof of the stream without a GPU. */
#include <gtest/gtest.h>

#include <random>

#define QUALIFIERS static inline
#include <cuda_runtime.h>
#include <curand_kernel.h>

#include "benchmarks/gpu/float_dart.h"
#include "mcpi/dart.h"
#include "tests/core/golden.h"

namespace
{

curandStatePhilox4_32_10_t state_at(uint64_t seed, uint64_t stream, uint64_t block)
{
    curandStatePhilox4_32_10_t state;
    curand_init(seed, stream, 4 * block, &state);
    return state;
}

void expect_same_block(uint64_t seed, uint64_t stream, uint64_t block)
{
    curandStatePhilox4_32_10_t state = state_at(seed, stream, block);
    const uint4 theirs = curand4(&state);
    const mcpi_words ours = mcpi_block(seed, stream, block);
    ASSERT_TRUE(ours.w[0] == theirs.x && ours.w[1] == theirs.y && ours.w[2] == theirs.z && ours.w[3] == theirs.w)
        << "seed " << seed << ", stream " << stream << ", block " << block;
}

TEST(Curand, GivesTheSameBlocks)
{
    const uint64_t last_block = MCPI_DART_END / 2 - 1;
    for (const uint64_t block :
         {UINT64_C(0), UINT64_C(1), UINT64_C(0xFFFFFFFF), UINT64_C(1) << 32, (UINT64_C(3) << 32) - 1, last_block})
        expect_same_block(7, 3, block);

    std::mt19937_64 random(1);
    for (int i = 0; i < 20000; i++)
        expect_same_block(random(), random(), random() & last_block);
    for (int i = 0; i < 20000; i++)
        expect_same_block(random(), random(), random() >> 32);
}

/* What the benchmarks' float rungs are held to. */
TEST(Curand, GivesTheSameUniforms)
{
    std::mt19937 random(9);
    for (int i = 0; i < 1000000; i++) {
        const auto word = (uint32_t)random();
        ASSERT_EQ(float_uniform(word), _curand_uniform(word)) << word;
    }
    for (const uint32_t word : {UINT32_C(0), UINT32_C(1), UINT32_MAX - 128, UINT32_MAX})
        ASSERT_EQ(float_uniform(word), _curand_uniform(word)) << word;
}

/* The rule as mcpi/dart.h words it, rather than as it computes it. */
bool hits(uint32_t word_x, uint32_t word_y)
{
    const int64_t x = (int32_t)word_x;
    const int64_t y = (int32_t)word_y;
    return (uint64_t)(x * x) + (uint64_t)(y * y) < UINT64_C(1) << 62;
}

uint64_t count_with_curand(const GoldenRow &row)
{
    curandStatePhilox4_32_10_t state = state_at(row.seed, row.stream, row.first / 2);
    uint64_t count = 0;
    uint4 words = {};
    for (uint64_t dart = row.first; dart < row.first + row.darts; dart++) {
        if (dart == row.first || dart % 2 == 0)
            words = curand4(&state);
        count += dart % 2 == 0 ? hits(words.x, words.y) : hits(words.z, words.w);
    }
    return count;
}

TEST(Curand, GivesTheGoldenCounts)
{
    const std::vector<GoldenRow> rows = golden_rows(10000000);
    ASSERT_GE(rows.size(), 17u);
    for (const GoldenRow &row : rows)
        EXPECT_EQ(count_with_curand(row), row.hits) << row.darts << " darts from " << row.first;
}

} // namespace
