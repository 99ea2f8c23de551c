/*
 * Damaged results and checkpoints: whatever happens to a file, merge refuses it or gets the count that was written.
 * Bits are flipped one by one; numbers go through what jq 1.6 and JavaScript make of them.
 */
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "tests/cli/made_up_origin.h"
#include "tests/cli/printed.h"
#include "tests/cli/result_text.h"

extern "C" {
#include "cli/io/exact.h"
#include "cli/merge/merge_report.h"
#include "cli/merge/read_result.h"
#include "cli/run/run_report.h"
#include "mcpi/dart.h"
#include "save/state_text.h"
}

namespace
{

const warning_list no_warnings{};

/* All that a file brings to a merge, as text; empty if it is refused. */
std::string summary(const mcpi_state &state)
{
    std::string text = "seed " + std::to_string(state.seed) + " stream " + std::to_string(state.stream) + " first " +
                       std::to_string(state.first) + " goal " + std::to_string(state.goal);
    for (size_t i = 0; i < state.part_count; i++)
        text += ", " + std::to_string(state.parts[i].first) + " " + std::to_string(state.parts[i].darts) + " " +
                std::to_string(state.parts[i].hits);
    return text;
}

using Reader = mcpi_status (*)(const char *text, size_t length, mcpi_state **state, mcpi_error *error);

mcpi_status read_json(const char *text, size_t length, mcpi_state **state, mcpi_error *error)
{
    result_notes notes{};
    return read_result(text, length, state, &notes, error);
}

std::string accepted(Reader reader, const std::string &text)
{
    mcpi_state *state = nullptr;
    mcpi_error error{};
    if (reader(text.data(), text.size(), &state, &error) != MCPI_OK)
        return "";
    const std::string all = summary(*state);
    std::free(state);
    return all;
}

/* Flips that give another count than the whole text, and are not refused. */
size_t undetected(Reader reader, const std::string &whole)
{
    const std::string expected = accepted(reader, whole);
    EXPECT_NE(expected, "");
    size_t count = 0;
    std::string text = whole;
    for (size_t bit = 0; bit < 8 * whole.size(); bit++) {
        const char mask = static_cast<char>(1 << bit % 8);
        text[bit / 8] ^= mask;
        const std::string read = accepted(reader, text);
        count += !read.empty() && read != expected ? 1 : 0;
        text[bit / 8] ^= mask;
    }
    return count;
}

mcpi_device_result device(const char *id, uint64_t darts, uint64_t hits)
{
    mcpi_device_result result{};
    std::strcpy(result.device.id, id);
    std::strcpy(result.device.name, "a device");
    std::strcpy(result.device.kernel, "avx512");
    static const mcpi_worker_result half = {3, 50000, 39270, 0.01, 1e9, 0, 0, ""};
    result.workers = 1;
    result.per_worker = &half;
    result.ranges = 7;
    result.darts = darts;
    result.hits = hits;
    result.recounted_darts = darts / 10;
    result.kernel_count = 1;
    result.kernels[0] = {"avx512", darts, darts / 10, 1e9};
    return result;
}

/* Why a result is refused; empty if it is not. */
std::string refusal(const std::string &text)
{
    mcpi_state *state = nullptr;
    result_notes notes{};
    mcpi_error error{};
    const mcpi_status status = read_result(text.data(), text.size(), &state, &notes, &error);
    std::free(state);
    return status == MCPI_OK ? "" : error.message;
}

/* What merge says of a result that it accepts. */
std::string doubt_of(const std::string &text)
{
    mcpi_state *state = nullptr;
    result_notes notes{};
    mcpi_error error{};
    EXPECT_EQ(read_result(text.data(), text.size(), &state, &notes, &error), MCPI_OK) << error.message;
    std::free(state);
    return notes.doubt ? notes.doubt : "";
}

class Damage : public testing::Test
{
  protected:
    void SetUp() override
    {
        result.darts = 1000000;
        result.hits = 785850;
        result.complete = 1;
        estimate();
    }
    void estimate()
    {
        result.estimate = mcpi_estimate_from(result.darts, result.hits);
        result.dispersion = {250, 251.5, 0.9, 2.5, 1, 4096, 20000, "cpu", 0};
    }
    void add_devices()
    {
        devices = {device("cpu", 600000, 471509), device("gpu:0", 300000, 235755), device("gpu:1", 100000, 78586)};
        result.devices = devices.data();
        result.device_count = devices.size();
        result.verify = {5, 20000, 0, 2, "scalar", 0.01, 1e8, 0.02, ""};
    }
    void enlarge()
    {
        result.seed = UINT64_MAX;
        result.stream = UINT64_MAX - 2;
        result.first = MCPI_DART_END / 2 + 12345;
        result.darts = 3458764513820540927;
        result.hits = 2716507290913274641;
        estimate();
    }
    std::string json() const
    {
        return printed([&](FILE *out) { report_json(out, &result, &made_up_origin, &no_warnings); });
    }
    mcpi_result result{};
    std::vector<mcpi_device_result> devices;
};

TEST_F(Damage, EveryFlippedBitOfAResultIsSeen)
{
    EXPECT_EQ(undetected(read_json, json()), 0U);
    add_devices();
    EXPECT_GT(8 * json().size(), 2590U);
    EXPECT_EQ(undetected(read_json, json()), 0U);
}

TEST_F(Damage, EveryFlippedBitOfAStoppedResultIsSeen)
{
    result.complete = 0;
    result.goal = 1000000000;
    add_devices();
    EXPECT_EQ(undetected(read_json, json()), 0U);
}

TEST_F(Damage, EveryFlippedBitOfLargeNumbersIsSeen)
{
    enlarge();
    EXPECT_EQ(undetected(read_json, json()), 0U);
}

/* Merged from shards of which some are missing. */
std::string merged_json(std::vector<mcpi_part> parts, uint64_t unconfirmed = 0)
{
    const mcpi_state state = {7, 9, 100, 5000, 0, 5000, parts.size(), parts.data(), 0, nullptr, MCPI_VERIFY_ON, 0};
    const merge_outcome outcome = {&state, unconfirmed, 0, 0.0, {}};
    return printed([&](FILE *out) { merge_json(out, &outcome); });
}

TEST_F(Damage, EveryFlippedBitOfAMergedResultIsSeen)
{
    const std::vector<std::vector<mcpi_part>> all = {{{100, 1000, 785}, {2000, 10, 8}, {4000, 1100, 900}},
                                                     {{2000, 10, 8}, {4000, 1000, 800}},
                                                     {{100, 1000, 785}},
                                                     {}};
    for (const std::vector<mcpi_part> &parts : all)
        EXPECT_EQ(undetected(read_json, merged_json(parts)), 0U) << parts.size();
    EXPECT_EQ(undetected(read_json, merged_json({{100, 5000, 4000}}, 17)), 0U);
}

TEST_F(Damage, EditsOfAMergedResultAreRefused)
{
    const std::string text = merged_json({{100, 1000, 785}, {2000, 10, 8}}, 5);
    const std::string mismatch = "damaged: its checksum does not match \"parts\"";
    const std::string incomplete =
        "damaged: one of \"parts\", \"unconfirmed_darts\" and \"parts_checksum\" is missing or wrong";
    const std::string no_number = "damaged: \"parts\" contains a value that is not a whole number below 2^64";
    const std::string part = R"({"first":"2000","darts":"10","hits":"8"})";
    const std::vector<std::pair<std::string, std::string>> bad = {
        {replaced(text, "," + part, ""), mismatch},
        {replaced(text, part, part + "," + part), mismatch},
        {replaced(text, R"("hits":"8")", R"("hits":"9")"), mismatch},
        {replaced(text, R"("unconfirmed_darts":"5")", R"("unconfirmed_darts":"4")"), mismatch},
        {replaced(text, R"("unconfirmed_darts":"5")", R"("unconfirmed_darts":5)"), incomplete},
        {replaced(text, R"("unconfirmed_darts":"5",)", ""), incomplete},
        {replaced(text, "\"parts\"", "\"party\""), incomplete},
        {replaced(text, "\"parts_checksum\":\"", "\"parts_checksum\":\"0"), mismatch},
        {replaced(text, part_of(text, "\"parts_checksum\"", ","), ""), mismatch},
        {replaced(text, part, "7"), no_number},
        {replaced(text, part, "null"), no_number},
        {replaced(text, R"("first":"2000")", R"("first":2000)"), no_number},
        {replaced(text, R"("first":"2000")", R"("first":"02000")"), no_number},
        {replaced(text, R"("first":"2000",)", ""), no_number},
    };
    for (const auto &[input, message] : bad) {
        EXPECT_NE(input, text);
        EXPECT_EQ(refusal(input), message) << input;
    }
    const std::string other = merged_json({{100, 1000, 785}, {2001, 10, 8}}, 5);
    EXPECT_EQ(refusal(replaced(text, part_of(text, "\"parts\":", "]"), part_of(other, "\"parts\":", "]"))), mismatch);
}

/* Their checksum is right: only a program would write them. */
TEST_F(Damage, PartsThatMakeNoSenseAreRefused)
{
    const std::vector<std::vector<mcpi_part>> all = {
        {{100, 1000, 785}, {1000, 10, 8}}, /* overlap */
        {{2000, 10, 8}, {1000, 10, 8}},    /* out of order */
        {{99, 1000, 785}},                 /* in front of the range */
        {{100, 1000, 785}, {5099, 2, 1}},  /* behind the goal */
        {{2000, 0, 0}},                    /* no darts */
        {{2000, 10, 11}},                  /* more hits than darts */
        {{UINT64_MAX, 10, 8}},
        {{2000, UINT64_MAX, 8}}, /* beyond all darts */
    };
    for (const std::vector<mcpi_part> &parts : all)
        EXPECT_NE(refusal(merged_json(parts)).find("damaged: its parts overlap or contradict its count"),
                  std::string::npos)
            << parts.back().first;
    EXPECT_NE(refusal(merged_json({{100, 1000, 785}}, 1001)), "");
}

/* Likewise: parts of which the first is not the count beside them, under a checksum of both. */
TEST_F(Damage, PartsThatDoNotBeginWithTheCountAreRefused)
{
    const mcpi_part prefix = {100, 1000, 785};
    const std::string text = merged_json({prefix});
    const exact_counts counts = {{7, 9, prefix.first, prefix.darts, prefix.hits, 5000}, false};
    const auto with_parts = [&](const std::vector<mcpi_part> &parts) {
        const exact_parts exact = {parts.data(), parts.size(), 0};
        const std::string other = merged_json(parts);
        const std::string mixed = replaced(text, part_of(text, "\"parts\":", "]"), part_of(other, "\"parts\":", "]"));
        return replaced(mixed, part_of(mixed, "\"parts_checksum\":", ","),
                        "\"parts_checksum\":\"" + std::string(exact_parts_checksum_of(&counts, &exact).text) + "\",");
    };
    EXPECT_EQ(refusal(with_parts({prefix})), "");
    EXPECT_EQ(refusal(with_parts({prefix, {2000, 10, 8}})), "");
    const std::vector<std::vector<mcpi_part>> all = {{{100, 1000, 784}}, {{100, 999, 785}}, {{100, 1001, 785}},
                                                     {{101, 999, 785}},  {{2000, 10, 8}},   {}};
    for (const std::vector<mcpi_part> &parts : all)
        EXPECT_EQ(refusal(with_parts(parts)), "damaged: its parts overlap or contradict its count") << parts.size();
}

TEST_F(Damage, EveryFlippedBitOfACheckpointIsSeen)
{
    mcpi_part parts[] = {{5, 4000000, 3141593}, {8000000, 1000, 785}};
    const mcpi_state state = {UINT64_MAX, 3,     5, 10000000000, 1e-5,           10000000000,
                              2,          parts, 0, nullptr,     MCPI_VERIFY_ON, 0};
    size_t length = 0;
    char *const text = mcpi_state_format(&state, &length);
    EXPECT_EQ(undetected(mcpi_state_parse, {text, length}), 0U);
    /* merge reads as JSON what does not begin like a checkpoint. */
    EXPECT_EQ(accepted(read_json, {text, length}), "");
    std::free(text);
}

TEST_F(Damage, WhatADoubleMakesOfALargeNumberIsAccepted)
{
    enlarge();
    const std::string whole = json();
    const std::string expected = accepted(read_json, whole);
    const std::vector<std::pair<const char *, const char *>> rewritten = {
        {"seed", "18446744073709552000"}, /* jq 1.6, JavaScript */
        {"seed", "18446744073709551616"}, /* all digits of the double */
        {"seed", "1.8446744073709552e+19"}, {"stream", "18446744073709552000"}, {"first", "4611686018427400000"},
        {"first", "4611686018427400192"},   {"darts", "3458764513820541000"},   {"darts", "3.458764513820541e+18"},
        {"hits", "2716507290913275000"},
    };
    for (const auto &[key, number] : rewritten) {
        EXPECT_EQ(accepted(read_json, with_number(whole, key, number)), expected) << key << " " << number;
        EXPECT_EQ(doubt_of(with_number(whole, key, number)), "");
    }
}

TEST_F(Damage, WhatADoubleMakesOfALargeGoalIsAccepted)
{
    result.first = 5;
    result.complete = 0;
    result.goal = MCPI_DART_END - 5;
    const std::string whole = json();
    EXPECT_EQ(accepted(read_json, with_number(whole, "goal", "9223372036854775807")), "");
    for (const char *goal : {"9223372036854776000", "9223372036854775808", "9.223372036854776e+18"})
        EXPECT_EQ(accepted(read_json, with_number(whole, "goal", goal)), accepted(read_json, whole)) << goal;
    EXPECT_EQ(refusal(replaced(whole, ",\"goal\":9223372036854775803", "")),
              "damaged: \"goal\" differs from \"exact\"");
}

TEST_F(Damage, AnyOtherNumberIsRefused)
{
    enlarge();
    const std::string whole = json();
    const std::vector<std::pair<const char *, const char *>> wrong = {
        {"seed", "18446744073709551614"},
        {"seed", "18446744073709550000"},
        {"stream", "18446744073709551612"},
        {"first", "4611686018427400248"}, /* the same double, but not as one is written */
        {"darts", "3458764513820540926"},
        {"darts", "3458764513820540000"},
        {"hits", "2716507290913274640"},
        {"hits", "0"},
    };
    for (const auto &[key, number] : wrong)
        EXPECT_EQ(refusal(with_number(whole, key, number)),
                  "damaged: \"" + std::string(key) + "\" differs from \"exact\"")
            << key << " " << number;
    EXPECT_EQ(refusal(with_number(whole, "seed", "18446744073709551617")), "byte 52: a whole number of 2^64 or more");
}

TEST_F(Damage, WhatIsNoCountIsRefused)
{
    for (const char *key : {"seed", "first", "darts", "hits"})
        for (const char *number : {"-1", "true", "null", "[]", "\"1\""})
            EXPECT_NE(refusal(with_number(json(), key, number)), "") << key << " " << number;
}

TEST_F(Damage, EditsAreRefused)
{
    result.first = 5;
    const std::string text = json();
    const std::string mismatch = "damaged: its checksum does not match \"exact\" and \"complete\"";
    const std::vector<std::pair<std::string, std::string>> bad = {
        {replaced(text, "\"hits\":785850", "\"hits\":785851"), "damaged: \"hits\" differs from \"exact\""},
        {replaced(text, "\"hits\":\"785850", "\"hits\":\"785851"), mismatch},
        {replaced(text, "\"goal\":\"1000000", "\"goal\":\"1000001"), mismatch},
        {replaced(text, "\"complete\":true", "\"complete\":false"), mismatch},
        {replaced(text, "\"complete\":true", "\"complete\":true,\"goal\":1000000"),
         "damaged: \"goal\" differs from \"exact\""},
        {replaced(text, "\"hits\":785850", "\"hits\":785850,\"hits\":785850"),
         "damaged: an object contains a key twice"},
        {replaced(text, "\"hits\":785850", "\"hits\":785850,\"h\\u0069ts\":785851"),
         "damaged: an object contains a key twice"},
        {replaced(text, "\"hits\":\"785850\"", "\"hits\":\"1\",\"hits\":\"785850\""),
         "damaged: an object contains a key twice"},
        {replaced(text, "\"exact\"", "\"inexact\""), "damaged: it has only one of \"exact\" and \"checksum\""},
        {replaced(text, "\"checksum\"", "\"check\""), "damaged: it has only one of \"exact\" and \"checksum\""},
        {replaced(text, "\"checksum\":\"", "\"checksum\":\"0"), mismatch},
        {replaced(text, "\"seed\":\"0\"", "\"seed\":\"00\""),
         "damaged: \"seed\" in \"exact\" is missing or not a whole number below 2^64"},
        {replaced(text, "\"seed\":\"0\"", "\"seed\":\"18446744073709551616\""),
         "damaged: \"seed\" in \"exact\" is missing or not a whole number below 2^64"},
        {replaced(text, "\"seed\":\"0\"", "\"seed\":0"),
         "damaged: \"seed\" in \"exact\" is missing or not a whole number below 2^64"},
        {replaced(text, "\"pi\":3.1434", "\"pi\":3.1435"), "damaged: \"pi\" does not follow from its darts and hits"},
    };
    for (const auto &[input, message] : bad)
        EXPECT_EQ(refusal(input), message) << input;
}

TEST_F(Damage, TwoFilesWithSwappedNumbersAreRefused)
{
    const std::string one = json();
    result.first = 1000000;
    result.hits = 785000;
    estimate();
    const std::string other = json();
    const std::vector<std::pair<std::string, std::string>> parts = {
        {"\"exact\":", "}"}, {"\"checksum\":", ","}, {"\"hits\":", ","}, {"\"pi\":", ","}};
    for (const auto &[begin, end] : parts) {
        const std::string swapped = replaced(one, part_of(one, begin, end), part_of(other, begin, end));
        EXPECT_NE(swapped, one) << begin;
        EXPECT_NE(refusal(swapped), "") << begin;
    }
}

TEST_F(Damage, NoCutIsAccepted)
{
    add_devices();
    std::string text = json();
    text.pop_back(); /* the newline */
    for (size_t length = 0; length < text.size(); length++)
        ASSERT_NE(refusal(text.substr(0, length)), "") << length;
}

/* Of results of older versions, darts and hits must agree with the estimate: no flip may change them. */
TEST_F(Damage, WithoutAChecksumTheEstimateProtectsTheCount)
{
    add_devices();
    const std::string whole = unsigned_copy(json());
    EXPECT_EQ(doubt_of(whole), "has no checksum; its seed, stream and first dart cannot be checked");
    for (const char *wrong : {"785851", "785840", "0", "1000000"})
        EXPECT_NE(refusal(with_number(whole, "hits", wrong)).find("does not follow from its darts and hits"),
                  std::string::npos);
    EXPECT_NE(refusal(with_number(whole, "darts", "1000001")), "");
    for (const char *estimate : {"\"pi\"", "\"std_error\"", "\"z\""}) {
        const std::string text = replaced(whole, estimate, "\"x\"");
        EXPECT_EQ(doubt_of(text), "has no checksum; its counts cannot be checked");
        EXPECT_NE(refusal(with_number(text, "hits", "785851")), "");
    }
    const std::string bare =
        replaced(replaced(replaced(whole, "\"pi\"", "\"x\""), "\"z\"", "\"y\""), "\"std_error\"", "\"s\"");
    EXPECT_EQ(refusal(with_number(bare, "hits", "785851")),
              "damaged: the counts of its devices do not add up to its total");
    EXPECT_EQ(refusal(with_number(bare, "darts", "1000001")),
              "damaged: the counts of its devices do not add up to its total");
    EXPECT_EQ(refusal(replaced(whole, "\"complete\":true", "\"complete\":true,\"goal\":2000000")),
              "damaged: it is complete, but its goal exceeds its darts");
}

TEST_F(Damage, WithoutAChecksumAnEstimateOfFewerDigitsIsEnough)
{
    const std::string whole = unsigned_copy(json());
    for (const char *number : {"0.00164093", "0.0016409254827688", "0.00164092548276879396", "1.64093e-3"})
        EXPECT_EQ(refusal(with_number(whole, "std_error", number)), "") << number;
    for (const char *number : {"0.00164092", "0.0016409254827687", "0.00164092548276880", "0.0016", "0", "1", "null"})
        EXPECT_NE(refusal(with_number(whole, "std_error", number)), "") << number;
}

/* Another program may have rounded the counts of devices up or down. */
TEST_F(Damage, WithoutAChecksumLargeCountsOfDevicesAddUpNearly)
{
    enlarge();
    devices = {device("cpu", result.darts, result.hits)};
    result.devices = devices.data();
    result.device_count = 1;
    const std::string whole = unsigned_copy(json());
    const auto with_hits = [&](const char *hits) {
        return replaced(whole, "2716507290913274641,\"recounted", std::string(hits) + ",\"recounted");
    };
    for (const char *hits : {"2716507290913274641", "2716507290913274000", "2716507290913275000"})
        EXPECT_EQ(refusal(with_hits(hits)), "") << hits;
    for (const char *hits : {"2716507290913264000", "2716507290913285000", "0"})
        EXPECT_EQ(refusal(with_hits(hits)), "damaged: the counts of its devices do not add up to its total") << hits;
}

TEST_F(Damage, WithoutAChecksumLargeNumbersAreInDoubt)
{
    enlarge();
    const std::string whole = unsigned_copy(json());
    const std::string doubt =
        "has no checksum; its counts cannot be checked: another program may have rounded its numbers above 2^53";
    EXPECT_EQ(doubt_of(whole), doubt);
    EXPECT_EQ(doubt_of(with_number(whole, "hits", "2716507290913275000")), doubt);
    EXPECT_EQ(doubt_of(with_number(whole, "darts", "3.458764513820541e+18")), doubt);
    EXPECT_NE(refusal(with_number(whole, "hits", "2716507290913285000")), "");
    EXPECT_NE(refusal(with_number(whole, "seed", "18446744073709552000")), "");
}

} // namespace
