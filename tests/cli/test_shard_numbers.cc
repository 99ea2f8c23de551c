/* Shards named by the numbers in their files' names; where the numbers do not fit exactly, nothing is said. */
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "mcpi/dart.h"

extern "C" {
#include "cli/merge/shard_numbers.h"
#include "save/state_text.h"
}

namespace
{

struct Shard {
    const char *name;
    uint64_t first, darts;
    uint64_t counted = UINT64_MAX; /* the prefix; by default all of it */
};

/* What merge says of these shards; "-" if they are not numbered. */
std::string missing(const std::vector<Shard> &all)
{
    std::vector<shard_file> files;
    std::vector<mcpi_shard> shards;
    for (const Shard &shard : all) {
        mcpi_state *state = mcpi_state_new(1);
        state->first = shard.first;
        state->darts = state->goal = shard.darts;
        const uint64_t counted = std::min(shard.counted, shard.darts);
        state->parts[0] = {shard.first, counted, 0};
        state->part_count = counted > 0 ? 1 : 0;
        files.push_back({shard.name, state, 0, 0, 0.0});
        shards.push_back({shard.name, state});
    }
    mcpi_state *merged = nullptr;
    mcpi_error error{};
    EXPECT_EQ(mcpi_merge(shards.data(), shards.size(), &merged, &error), MCPI_OK) << error.message;
    const shard_numbers numbers = find_shard_numbers(files.data(), files.size());
    char *const text = numbers.darts > 0 ? format_missing_shards(&numbers, merged) : nullptr;
    const std::string said = text ? text : "-";
    free(text);
    free(merged);
    for (const shard_file &file : files)
        free(file.state);
    return said;
}

TEST(ShardNumbers, NameWhatIsMissing)
{
    EXPECT_EQ(missing({{"0.json", 0, 10}, {"2.json", 20, 10}}), "1");
    EXPECT_EQ(missing({{"0", 0, 10}, {"9", 90, 10}}), "1-8");
    EXPECT_EQ(missing({{"shards/10.json", 100, 10}, {"shards/4.json", 40, 10}, {"shards/6.json", 60, 10}}), "5,7-9");
    EXPECT_EQ(missing({{"shard-007", 70, 10}, {"shard-010", 100, 10}}), "8-9");
    /* An array that begins with 1, and a range that does not begin with dart 0. */
    EXPECT_EQ(missing({{"1", 0, 10}, {"3", 20, 10}}), "2");
    EXPECT_EQ(missing({{"0", 5, 10}, {"3", 35, 10}}), "1-2");
}

TEST(ShardNumbers, NameWhatIsIncomplete)
{
    EXPECT_EQ(missing({{"0", 0, 10, 9}, {"1", 10, 10}}), "0");
    EXPECT_EQ(missing({{"0", 0, 10}, {"1", 10, 10, 0}}), "1");
    EXPECT_EQ(missing({{"0", 0, 10, 5}, {"1", 10, 10, 5}, {"3", 30, 10}, {"4", 40, 10, 1}}), "0-2,4");
    EXPECT_EQ(missing({{"0", 0, 10, 5}, {"3", 30, 10}}), "0-2");
}

TEST(ShardNumbers, OfSeveralNumbersTheOneThatFitsCounts)
{
    EXPECT_EQ(missing({{"mcpi-12345_7.out.json", 70, 10}, {"mcpi-12345_9.out.json", 90, 10}}), "8");
    EXPECT_EQ(missing({{"mcpi-12345_7.json", 70, 10}, {"mcpi-12399_9.json", 90, 10}}), "8") << "another job";
    EXPECT_EQ(missing({{"7-of-100.json", 70, 10}, {"9-of-100.json", 90, 10}}), "8");
    EXPECT_EQ(missing({{"/run2/7/result", 70, 10}, {"/run2/again3/9/result", 90, 10}}), "8");
    EXPECT_EQ(missing({{"7_7", 70, 10}, {"9_9", 90, 10}}), "8") << "both say the same";
    EXPECT_EQ(missing({{"7_8", 70, 10}, {"9_10", 90, 10}}), "-") << "number of the shard, or of the next?";
}

TEST(ShardNumbers, TheLastShardMayBeShorter)
{
    EXPECT_EQ(missing({{"0", 0, 10}, {"2", 20, 7}}), "1");
    EXPECT_EQ(missing({{"0", 0, 10}, {"1", 10, 10}, {"2", 20, 7, 3}}), "2");
    EXPECT_EQ(missing({{"0", 0, 7}, {"2", 20, 10}}), "-");
    EXPECT_EQ(missing({{"0", 0, 10}, {"1", 10, 7}, {"3", 30, 10}}), "-");
    EXPECT_EQ(missing({{"0", 0, 10}, {"2", 20, 11}}), "-");
    EXPECT_EQ(missing({{"0", 0, 10}, {"2", 20, 0}}), "-");
}

TEST(ShardNumbers, NothingIsGuessed)
{
    EXPECT_EQ(missing({{"0", 0, 10, 3}}), "-") << "one shard has no step";
    EXPECT_EQ(missing({{"a", 0, 10}, {"b", 20, 10}}), "-");
    EXPECT_EQ(missing({{"0", 0, 10}, {"sum", 20, 10}}), "-") << "not every file has a number";
    EXPECT_EQ(missing({{"standard input", 0, 10}, {"2", 20, 10}}), "-");
    EXPECT_EQ(missing({{"0", 0, 10}, {"2", 21, 10}}), "-") << "a dart too far";
    EXPECT_EQ(missing({{"0", 20, 10}, {"2", 0, 10}}), "-") << "the other way round";
    EXPECT_EQ(missing({{"0", 0, 10}, {"10", 10, 10}, {"30", 30, 10}}), "-") << "named by their first dart";
    EXPECT_EQ(missing({{"5", 0, 10}, {"5", 20, 10}}), "-");
    EXPECT_EQ(missing({{"0", 0, 10}, {"1", 20, 10}, {"2", 40, 10}}), "-") << "holes between the shards";
}

TEST(ShardNumbers, LargeOnesDoNotOverflow)
{
    const uint64_t half = MCPI_DART_END / 2;
    EXPECT_EQ(missing({{"0", 0, 10}, {"18446744073709551615", 20, 10}}), "-");
    EXPECT_EQ(missing({{"0", 0, 10}, {"18446744073709551616", 20, 10}}), "-");
    EXPECT_EQ(missing({{"18446744073709551614", 0, half, 3}, {"18446744073709551615", half, half, 3}}),
              "18446744073709551614-18446744073709551615");
    EXPECT_EQ(missing({{"0", 0, 10}, {"1844674407370955163", 14, 10}}), "-") << "14 modulo 2^64";
    EXPECT_EQ(missing({{"0", 0, 1}, {"9223372036854775807", MCPI_DART_END - 1, 1}}), "1-9223372036854775806");
}

} // namespace
