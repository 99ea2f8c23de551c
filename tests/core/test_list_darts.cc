/* Single darts: what mcpi/dart.h says of each, wherever a list begins and ends. */
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "mcpi/dart.h"
#include "mcpi/mcpi.h"
#include "tests/core/golden.h"

namespace
{

/* The dart as curand4() gives it: two words of a block. */
void expect_dart(uint64_t seed, uint64_t stream, uint64_t number, int32_t x, int32_t y, uint8_t hit)
{
    const mcpi_words block = mcpi_block(seed, stream, number / 2);
    const size_t word = number % 2 == 0 ? 0 : 2;
    EXPECT_EQ(static_cast<uint32_t>(x), block.w[word]) << "dart " << number;
    EXPECT_EQ(static_cast<uint32_t>(y), block.w[word + 1]) << "dart " << number;
    EXPECT_EQ(hit, mcpi_dart(seed, stream, number)) << "dart " << number;
}

TEST(ListDarts, AreThoseOfTheDefinition)
{
    const uint64_t edges[] = {0, 1, (uint64_t{1} << 33) - 2, (uint64_t{1} << 33) - 1, MCPI_DART_END - 7};
    for (const uint64_t seed : {uint64_t{0}, UINT64_MAX})
        for (const uint64_t first : edges)
            for (size_t count = 0; count <= 7; count++) {
                std::vector<int32_t> x(count + 1, 1), y(count + 1, 2);
                std::vector<uint8_t> hits(count + 1, 3);
                ASSERT_EQ(mcpi_list_darts(seed, 5, first, count, x.data(), y.data(), hits.data(), nullptr), MCPI_OK);
                for (size_t i = 0; i < count; i++)
                    expect_dart(seed, 5, first + i, x[i], y[i], hits[i]);
                EXPECT_EQ(x[count], 1) << "nothing beyond the array";
                EXPECT_EQ(y[count], 2);
                EXPECT_EQ(hits[count], 3);
            }
}

/* The hits add up to the counts that other programs computed. */
TEST(ListDarts, AddUpToTheGoldenCounts)
{
    size_t rows = 0;
    for (const GoldenRow &row : golden_rows(1000000)) {
        std::vector<uint8_t> hits(row.darts);
        ASSERT_EQ(mcpi_list_darts(row.seed, row.stream, row.first, hits.size(), nullptr, nullptr, hits.data(), nullptr),
                  MCPI_OK);
        uint64_t sum = 0;
        for (const uint8_t hit : hits)
            sum += hit;
        EXPECT_EQ(sum, row.hits) << "seed " << row.seed << ", first " << row.first << ", darts " << row.darts;
        rows++;
    }
    EXPECT_GT(rows, 5U);
}

TEST(ListDarts, EachArrayCanBeLeftOut)
{
    int32_t x[3], y[3];
    uint8_t hits[3];
    ASSERT_EQ(mcpi_list_darts(1, 2, 9, 3, x, nullptr, nullptr, nullptr), MCPI_OK);
    ASSERT_EQ(mcpi_list_darts(1, 2, 9, 3, nullptr, y, nullptr, nullptr), MCPI_OK);
    ASSERT_EQ(mcpi_list_darts(1, 2, 9, 3, nullptr, nullptr, hits, nullptr), MCPI_OK);
    ASSERT_EQ(mcpi_list_darts(1, 2, 9, 3, nullptr, nullptr, nullptr, nullptr), MCPI_OK);
    for (uint64_t i = 0; i < 3; i++)
        expect_dart(1, 2, 9 + i, x[i], y[i], hits[i]);
}

TEST(ListDarts, EndBelowTheLastNumber)
{
    int32_t x = 7;
    mcpi_error error{};
    for (const uint64_t first : {MCPI_DART_END, MCPI_DART_END + 1, UINT64_MAX}) {
        EXPECT_EQ(mcpi_list_darts(0, 0, first, 1, &x, nullptr, nullptr, &error), MCPI_BAD_OPTION);
        EXPECT_EQ(error.status, MCPI_BAD_OPTION);
        EXPECT_EQ(x, 7);
    }
    EXPECT_EQ(std::string(error.message), "first 18446744073709551615, count 1: darts are numbered below 2^63 = "
                                          "9223372036854775808");
    EXPECT_EQ(mcpi_list_darts(0, 0, 1, SIZE_MAX, &x, nullptr, nullptr, nullptr), MCPI_BAD_OPTION);
    EXPECT_EQ(mcpi_list_darts(0, 0, MCPI_DART_END, 0, &x, nullptr, nullptr, nullptr), MCPI_OK);
    EXPECT_EQ(mcpi_list_darts(0, 0, MCPI_DART_END - 1, 1, &x, nullptr, nullptr, nullptr), MCPI_OK);
    EXPECT_NE(x, 7);
}

} // namespace
