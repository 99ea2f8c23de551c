/* Results read back: what report_json writes comes back as it was, anything else is refused with one clear line. */
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "tests/cli/made_up_origin.h"
#include "tests/cli/printed.h"
#include "tests/cli/result_text.h"

extern "C" {
#include "cli/merge/merge_report.h"
#include "cli/merge/read_result.h"
#include "cli/run/run_report.h"
}

namespace
{

const warning_list no_warnings{};

struct Read {
    mcpi_status status;
    std::string message;
    std::string doubt;
    uint64_t unconfirmed;
    uint64_t timed_darts;
    double seconds;
    mcpi_state state;
    mcpi_part part;
};

Read read(const std::string &text)
{
    Read r{};
    mcpi_state *state = nullptr;
    result_notes notes{};
    mcpi_error error{};
    r.status = read_result(text.data(), text.size(), &state, &notes, &error);
    r.message = error.message;
    r.doubt = notes.doubt ? notes.doubt : "";
    r.unconfirmed = notes.unconfirmed;
    r.timed_darts = notes.timed_darts;
    r.seconds = notes.seconds;
    EXPECT_EQ(r.status == MCPI_OK, state != nullptr);
    if (state) {
        r.state = *state;
        if (r.state.part_count == 1)
            r.part = state->parts[0];
        free(state);
    }
    return r;
}

std::string written(const mcpi_result &result)
{
    return printed([&](FILE *out) { report_json(out, &result, &made_up_origin, &no_warnings); });
}

mcpi_result example()
{
    mcpi_result result{};
    result.seed = UINT64_MAX;
    result.stream = UINT64_MAX - 1;
    result.first = (uint64_t{1} << 63) - 10;
    result.darts = 10;
    result.hits = 8;
    result.complete = 1;
    result.estimate = mcpi_estimate_from(10, 8);
    return result;
}

TEST(ReadResult, ComesBackToTheLastBit)
{
    const Read r = read(written(example()));
    ASSERT_EQ(r.status, MCPI_OK) << r.message;
    EXPECT_EQ(r.state.seed, UINT64_MAX);
    EXPECT_EQ(r.state.stream, UINT64_MAX - 1);
    EXPECT_EQ(r.state.first, (uint64_t{1} << 63) - 10);
    EXPECT_EQ(r.state.darts, 10U);
    EXPECT_EQ(r.state.goal, 10U);
    ASSERT_EQ(r.state.part_count, 1U);
    EXPECT_EQ(r.part.first, r.state.first);
    EXPECT_EQ(r.part.darts, 10U);
    EXPECT_EQ(r.part.hits, 8U);
}

TEST(ReadResult, OlderVersionsDidNotWriteAnOrigin)
{
    const std::string text = without_build(written(example()));
    const std::string older = replaced(text, "\"origin\":" MADE_UP_ORIGIN_JSON ",", "");
    EXPECT_NE(text.find("\"origin\""), std::string::npos);
    EXPECT_EQ(older.find("\"origin\""), std::string::npos);
    const Read r = read(older);
    EXPECT_EQ(r.status, MCPI_OK) << r.message;
    EXPECT_EQ(r.part.hits, 8U);
}

TEST(ReadResult, OneThatWasStoppedKnowsWhatItWasHeadingFor)
{
    mcpi_result result = example();
    result.first = 100;
    result.goal = 50;
    result.complete = 0;
    EXPECT_EQ(read(written(result)).state.goal, 50U);
    EXPECT_EQ(read(written(result)).state.darts, 50U);
    EXPECT_EQ(read(written(result)).part.darts, 10U);
    const std::string silent = replaced(unsigned_copy(written(result)), ",\"goal\":50", "");
    EXPECT_EQ(read(silent).state.goal, (uint64_t{1} << 63) - 100);
    result.darts = result.hits = 0;
    result.estimate = mcpi_estimate_from(0, 0);
    const Read r = read(written(result));
    EXPECT_EQ(r.status, MCPI_OK) << r.message;
    EXPECT_EQ(r.state.part_count, 0U);
    EXPECT_EQ(r.state.goal, 50U);
    result = example();
    result.complete = 0;
    for (const uint64_t goal : {uint64_t{9}, uint64_t{1} << 63}) {
        result.goal = goal;
        EXPECT_EQ(read(written(result)).message, "its goal is less than its darts or beyond 2^63");
    }
}

std::string written(const merge_outcome &outcome)
{
    return printed([&](FILE *out) { merge_json(out, &outcome); });
}

/* As read again, as text: all that a state and the notes hold. */
std::string written_again(const std::string &text)
{
    mcpi_state *state = nullptr;
    merge_outcome outcome{};
    result_notes notes{};
    mcpi_error error{};
    if (read_result(text.data(), text.size(), &state, &notes, &error) != MCPI_OK)
        return error.message;
    outcome.state = state;
    outcome.unconfirmed = notes.unconfirmed;
    outcome.timed_darts = notes.timed_darts;
    outcome.seconds = notes.seconds;
    const std::string again = written(outcome);
    free(state);
    return again;
}

TEST(ReadResult, AMergedResultKeepsEveryPart)
{
    const uint64_t first = (uint64_t{1} << 63) - 5000;
    const std::vector<std::vector<mcpi_part>> all = {
        {{first, 1000, 785}, {first + 2000, 10, 8}, {first + 4000, 1000, 900}}, {{first + 4999, 1, 0}}, {}};
    for (std::vector<mcpi_part> parts : all) {
        const mcpi_state state = {UINT64_MAX, UINT64_MAX - 1, first,          5000, 0, 5000, parts.size(), parts.data(),
                                  0,          nullptr,        MCPI_VERIFY_ON, 0};
        for (const uint64_t unconfirmed : {uint64_t{0}, uint64_t{1}}) {
            const std::string text = written({&state, parts.empty() ? 0 : unconfirmed, 0, 0.0, {}});
            EXPECT_EQ(written_again(text), text);
        }
    }
}

/* As mcpi merge adds up files. */
std::string merged(const std::vector<std::string> &files)
{
    std::vector<std::unique_ptr<mcpi_state, decltype(&free)>> states;
    std::vector<mcpi_shard> shards;
    mcpi_state *sum = nullptr;
    mcpi_error error{};
    uint64_t unconfirmed = 0;
    uint64_t timed_darts = 0;
    double nanoseconds = 0;
    for (const std::string &text : files) {
        mcpi_state *state = nullptr;
        result_notes notes{};
        EXPECT_EQ(read_result(text.data(), text.size(), &state, &notes, &error), MCPI_OK) << error.message;
        unconfirmed += notes.unconfirmed;
        timed_darts += notes.timed_darts;
        nanoseconds += std::round(1e9 * notes.seconds);
        states.emplace_back(state, free);
        shards.push_back({"shard", state});
    }
    EXPECT_EQ(mcpi_merge(shards.data(), shards.size(), &sum, &error), MCPI_OK) << error.message;
    const std::string text = written({sum, unconfirmed, timed_darts, 1e-9 * nanoseconds, {}});
    free(sum);
    return text;
}

/* Results of runs, some of them stopped or of no darts, some missing. */
std::vector<std::string> some_shards(std::mt19937 &random)
{
    std::vector<std::string> shards;
    for (uint64_t first = random() % 100; shards.size() < 8; first += 1 + random() % 100) {
        mcpi_result result{};
        result.first = first;
        result.goal = random() % 100;
        result.darts = random() % 3 > 0 ? result.goal : random() % (result.goal + 1);
        result.hits = random() % (result.darts + 1);
        result.complete = result.darts == result.goal ? 1 : 0;
        result.estimate = mcpi_estimate_from(result.darts, result.hits);
        result.counting_seconds = static_cast<double>(random()) * 1e-9;
        shards.push_back(written(result));
        first += result.goal;
    }
    return shards;
}

TEST(ReadResult, MergingInAnyOrderAndInAnyNumberOfStepsGivesTheSameBytes)
{
    std::mt19937 random(1);
    int incomplete = 0;
    for (int repeat = 0; repeat < 200; repeat++) {
        std::vector<std::string> files = some_shards(random);
        const std::string whole = merged(files);
        incomplete += whole.find("\"parts\"") != std::string::npos ? 1 : 0;
        while (files.size() > 1) {
            std::shuffle(files.begin(), files.end(), random);
            const auto end = files.begin() + 2 + static_cast<int>(random() % (files.size() - 1));
            const std::string sum = merged({files.begin(), end});
            files.erase(files.begin(), end);
            files.push_back(sum);
        }
        ASSERT_EQ(files[0], whole);
    }
    EXPECT_GT(incomplete, 150);
}

/* ---- parts and times of runs ---- */

mcpi_result in_three_parts(std::vector<mcpi_part> &parts)
{
    parts = {{100, 10, 7}, {110, 20, 16}, {130, 5, 4}};
    mcpi_result result{};
    result.first = 100;
    result.darts = 35;
    result.hits = 27;
    result.complete = 1;
    result.counting_seconds = 0.25;
    result.estimate = mcpi_estimate_from(35, 27);
    result.part_count = parts.size();
    result.parts = parts.data();
    return result;
}

TEST(ReadResult, ARunKeepsTheCountsOfItsParts)
{
    std::vector<mcpi_part> parts;
    const std::string text = written(in_three_parts(parts));
    mcpi_state *state = nullptr;
    result_notes notes{};
    mcpi_error error{};
    ASSERT_EQ(read_result(text.data(), text.size(), &state, &notes, &error), MCPI_OK) << error.message;
    ASSERT_EQ(state->part_count, parts.size());
    for (size_t i = 0; i < parts.size(); i++) {
        EXPECT_EQ(state->parts[i].first, parts[i].first);
        EXPECT_EQ(state->parts[i].darts, parts[i].darts);
        EXPECT_EQ(state->parts[i].hits, parts[i].hits);
    }
    free(state);
}

TEST(ReadResult, PartsThatDoNotAddUpAreRefused)
{
    const std::string refusal = "damaged: its parts overlap or contradict its count";
    std::vector<mcpi_part> parts;
    mcpi_result result = in_three_parts(parts);
    parts[1].hits++;
    EXPECT_EQ(read(written(result)).message, refusal);
    parts[2].hits--; /* the sum is right again, and a part is wrong: only a recount finds that */
    EXPECT_EQ(read(written(result)).message, "");
    for (const mcpi_part &bad :
         {mcpi_part{130, 4, 3}, mcpi_part{131, 4, 3}, mcpi_part{130, 6, 3}, mcpi_part{129, 6, 3}}) {
        parts[2] = bad;
        EXPECT_EQ(read(written(result)).message, refusal) << bad.first << " " << bad.darts;
    }
    result.part_count = 2;
    EXPECT_EQ(read(written(result)).message, refusal);
}

TEST(ReadResult, WhatWasCountedOnlyOnceIsSaidOfARunToo)
{
    std::vector<mcpi_part> parts;
    mcpi_result result = in_three_parts(parts);
    EXPECT_EQ(read(written(result)).unconfirmed, 0U);
    result.unconfirmed_darts = 7;
    EXPECT_EQ(read(written(result)).unconfirmed, 7U);
}

TEST(ReadResult, TheTimeIsThatOfTheDartsThatARunCounted)
{
    std::vector<mcpi_part> parts;
    mcpi_result result = in_three_parts(parts);
    EXPECT_EQ(read(written(result)).timed_darts, 35U);
    EXPECT_EQ(read(written(result)).seconds, 0.25);
    result.resumed_darts = 30;
    EXPECT_EQ(read(written(result)).timed_darts, 5U);
    result.resumed_darts = 35;
    EXPECT_EQ(read(written(result)).timed_darts, 0U);
    EXPECT_EQ(read(written(result)).seconds, 0.0);
    for (const char *unknown : {"null", "-1", "\"0.25\"", "[0.25]", "1e999"}) {
        const Read r =
            read(replaced(written(in_three_parts(parts)), "\"counting\":0.25", std::string("\"counting\":") + unknown));
        EXPECT_EQ(r.status, MCPI_OK) << r.message;
        EXPECT_EQ(r.timed_darts, 0U) << unknown;
    }
}

TEST(ReadResult, AMergedResultSaysOfHowManyDartsItKnowsTheTime)
{
    mcpi_part part = {0, 5000, 3927};
    const mcpi_state state = {0, 0, 0, 5000, 0, 5000, 1, &part, 0, nullptr, MCPI_VERIFY_ON, 0};
    const std::string text = written({&state, 0, 4000, 0.5, {}});
    EXPECT_NE(
        text.find(
            R"("seconds":{"total":null,"setup":null,"counting":0.5},"timed_darts":"4000","darts_per_second":8000,)"),
        std::string::npos)
        << text;
    EXPECT_EQ(read(text).timed_darts, 4000U);
    EXPECT_EQ(read(text).seconds, 0.5);
    EXPECT_EQ(read(replaced(text, "\"4000\"", "\"5001\"")).timed_darts, 0U);
    EXPECT_EQ(read(replaced(text, "\"4000\"", "4000")).timed_darts, 0U);
    const std::string none = written({&state, 0, 0, 0.0, {}});
    EXPECT_NE(none.find(R"("counting":null},"timed_darts":"0","darts_per_second":null,)"), std::string::npos) << none;
    EXPECT_EQ(read(none).timed_darts, 0U);
}

TEST(ReadResult, AMergedResultWithAllDartsStillSaysWhatWasCountedOnlyOnce)
{
    mcpi_part part = {0, 5000, 3927};
    const mcpi_state state = {0, 0, 0, 5000, 0, 5000, 1, &part, 0, nullptr, MCPI_VERIFY_ON, 0};
    EXPECT_EQ(read(written({&state, 0, 0, 0.0, {}})).unconfirmed, 0U);
    EXPECT_EQ(written({&state, 0, 0, 0.0, {}}).find("\"parts\""), std::string::npos);
    EXPECT_EQ(read(written({&state, 300, 0, 0.0, {}})).message, "");
    EXPECT_EQ(read(written({&state, 300, 0, 0.0, {}})).unconfirmed, 300U);
    EXPECT_EQ(read(written({&state, 300, 0, 0.0, {}})).part.hits, 3927U);
}

TEST(ReadResult, AsManyPartsAsMergeWritesAreRead)
{
    const uint64_t first = (uint64_t{1} << 63) - 2 * MERGE_MOST_PARTS;
    std::vector<mcpi_part> parts;
    for (uint64_t i = 0; i < MERGE_MOST_PARTS; i++)
        parts.push_back({first + 2 * i, 1, 1});
    mcpi_state state = {UINT64_MAX,   UINT64_MAX, first,   2 * MERGE_MOST_PARTS, 0, 2 * MERGE_MOST_PARTS, parts.size(),
                        parts.data(), 0,          nullptr, MCPI_VERIFY_ON,       0};
    const std::string text = written({&state, 0, 0, 0.0, {}});
    EXPECT_EQ(written_again(text), text);
    /* The longest numbers: 19 digits each, and the count beside them. */
    const size_t longest = text.size() + MERGE_MOST_PARTS * 2 * 18;
    EXPECT_LT(longest, size_t{1} << 24);
}

TEST(ReadResult, MergedReportsHaveTheirWarnings)
{
    mcpi_part part = {0, 10, 8};
    mcpi_state state = {0, 0, 0, 10, 0, 10, 1, &part, 0, nullptr, MCPI_VERIFY_ON, 0};
    merge_outcome outcome = {&state, 0, 0, 0.0, {}};
    EXPECT_NE(written(outcome).find("\"warnings\":[]"), std::string::npos);
    warnings_add(&outcome.warnings, "z", "%s", "suspect");
    EXPECT_NE(written(outcome).find("\"warnings\":[{\"code\":\"z\",\"text\":\"suspect\"}]"), std::string::npos);
    warnings_free(&outcome.warnings);
}

TEST(ReadResult, NeedsNothingBeyondTheCount)
{
    const std::string least = "{\"schema\":\"mcpi.result.v1\",\"seed\":0,\"stream\":0,\"first\":0,\"darts\":1,"
                              "\"hits\":1,\"complete\":true}";
    EXPECT_EQ(read(least).status, MCPI_OK);
    EXPECT_EQ(read(" " + least + " \n\n").status, MCPI_OK);
    const std::string longest = std::string((1 << 24) - least.size(), ' ') + least;
    EXPECT_EQ(read(longest).status, MCPI_OK);
    EXPECT_EQ(read(" " + longest).message, "neither a checkpoint nor a result: longer than 16 MiB");
    EXPECT_EQ(read(least).doubt, "has no checksum; its counts cannot be checked");
}

TEST(ReadResult, StringsMayHoldWhatNumbersMayNot)
{
    const std::string text =
        replaced(written(example()), "\"version\":\"", R"("version":"it's \"99999999999999999999\" \\)");
    EXPECT_EQ(read(text).message, "");
}

TEST(ReadResult, RefusesAllElseInOneLine)
{
    const std::string text = unsigned_copy(written(example()));
    const std::vector<std::pair<std::string, std::string>> bad = {
        {"", "neither a checkpoint nor JSON: unexpected end of file"},
        {"{", "neither a checkpoint nor JSON: unexpected end of file"},
        {"hello", "neither a checkpoint nor JSON: byte 0: "},
        {std::string(100, '['), "neither a checkpoint nor JSON: byte 32: nesting too deep"},
        {text + "x", "neither a checkpoint nor JSON: byte "},
        {text + text, "neither a checkpoint nor JSON: byte "},
        {text + std::string(1, '\0'), "neither a checkpoint nor JSON: byte "},
        {text + std::string(1 << 24, ' '), "neither a checkpoint nor a result: longer than 16 MiB"},
        {replaced(text, "true", "true,"), "neither a checkpoint nor JSON: byte "},
        {replaced(text, "\"seed\"", "'seed'"), "byte 45: JSON does not allow single quotes"},
        {replaced(text, "18446744073709551615", "18446744073709551617"), "byte 52: a whole number of 2^64 or more"},
        {replaced(text, "18446744073709551615", "18446744073709552000"), "\"seed\" is missing or not a whole number"},
        {replaced(text, "\"darts\":10", "\"darts\":010"), "neither a checkpoint nor JSON: byte "},
        {"null ", "JSON, but not an mcpi result: it has no \"schema\""},
        {"[]", "JSON, but not an mcpi result: it has no \"schema\""},
        {"7 ", "JSON, but not an mcpi result: it has no \"schema\""},
        {"{}", "JSON, but not an mcpi result: it has no \"schema\""},
        {"{\"schema\":5}", "JSON, but not an mcpi result: it has no \"schema\""},
        {"{\"schema\":\"mcpi.compare.v1\"}", "schema \"mcpi.compare.v1\": not a result (\"mcpi.result.v1\")"},
        {"{\"schema\":\"a\\n\\u0000b\"}", "schema \"a\\n\\u0000b\": not a result"},
        {R"({"schema":"mcpi.result.v1","complete":true})", "\"seed\" is missing or not a whole number below 2^64"},
        {replaced(text, "\"darts\":10", "\"darts\":10.0"), "\"darts\" is missing or not a whole number below 2^64"},
        {replaced(text, "\"darts\":10", "\"darts\":1e1"), "\"darts\" is missing or not a whole number below 2^64"},
        {replaced(text, "\"darts\":10", "\"darts\":-10"), "\"darts\" is missing or not a whole number below 2^64"},
        {replaced(text, "\"darts\":10", "\"darts\":\"10\""), "\"darts\" is missing or not a whole number below 2^64"},
        {replaced(text, "\"hits\":8", "\"hits\":null"), "\"hits\" is missing or not a whole number below 2^64"},
        {replaced(text, "\"hits\"", "\"Hits\""), "\"hits\" is missing or not a whole number below 2^64"},
        {replaced(text, "\"hits\":8", "\"hits\":11"), "more hits than darts"},
        {replaced(text, "\"darts\":10", "\"darts\":11"), "its darts extend beyond 2^63"},
        {replaced(text, "\"darts\":10", "\"darts\":18446744073709551615"), "its darts extend beyond 2^63"},
        {replaced(text, "\"complete\":true", "\"complete\":1"), "\"complete\" is missing or neither true nor false"},
        {replaced(text, "\"complete\"", "\"x\""), "\"complete\" is missing or neither true nor false"},
    };
    for (const auto &[input, message] : bad) {
        const Read r = read(input);
        EXPECT_EQ(r.status, MCPI_BAD_OPTION) << input.substr(0, 500);
        EXPECT_EQ(r.message.substr(0, message.size()), message) << input.substr(0, 500);
        EXPECT_EQ(r.message.find('\n'), std::string::npos);
    }
}

TEST(ReadResult, NoCutIsTaken)
{
    std::string text = written(example());
    text.pop_back(); /* the newline */
    ASSERT_EQ(read(text).status, MCPI_OK);
    for (size_t length = 0; length < text.size(); length++)
        EXPECT_NE(read(text.substr(0, length)).status, MCPI_OK) << length;
}

} // namespace
