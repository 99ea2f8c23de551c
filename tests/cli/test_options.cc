/* The command line's table: what it accepts, what it refuses, what it says. */
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "mcpi/dart.h"

extern "C" {
#include "cli/args/options.h"
#include "cli/io/exit_process.h"
}

namespace
{

struct Parsed {
    bool accepted;
    cli_options options;
    std::string error;
};

Parsed parse(std::vector<const char *> arguments)
{
    arguments.insert(arguments.begin(), "mcpi");
    Parsed parsed{};
    usage_error error{};
    parsed.accepted = parse_options(static_cast<int>(arguments.size()), const_cast<char **>(arguments.data()),
                                    &parsed.options, &error);
    parsed.error = error.message;
    return parsed;
}

TEST(Options, Defaults)
{
    const Parsed p = parse({});
    ASSERT_TRUE(p.accepted);
    EXPECT_EQ(p.options.command, COMMAND_RUN);
    EXPECT_STREQ(p.options.run.devices, "auto");
    EXPECT_EQ(p.options.run.darts, 1000000000U);
    EXPECT_EQ(p.options.run.verify, MCPI_VERIFY_ON);
    EXPECT_EQ(p.options.run.threads, 0U);
    EXPECT_FALSE(p.options.json);
}

TEST(Options, EveryFormOfAnOption)
{
    for (const auto &arguments : std::vector<std::vector<const char *>>{
             {"-n", "1e6"}, {"-n1e6"}, {"--samples", "1e6"}, {"--samples=1e6"}, {"run", "-n", "1e6"}, {"-qn1e6"}}) {
        const Parsed p = parse(arguments);
        ASSERT_TRUE(p.accepted) << p.error;
        EXPECT_EQ(p.options.run.darts, 1000000U);
    }
}

TEST(Options, AllOfARun)
{
    const Parsed p = parse({"run",  "-d",         "gpu:0,1", "-n",       "5",     "--first",  "2^40",   "-s",
                            "0xff", "--stream",   "9",       "-t",       "3",     "--kernel", "scalar", "-e",
                            "1e-3", "-T",         "5m",      "--verify", "full",  "--json",   "-o",     "x.json",
                            "-q",   "--progress", "never",   "--trace",  "a.csv", "--plot",   "a.PNG"});
    ASSERT_TRUE(p.accepted) << p.error;
    EXPECT_STREQ(p.options.trace, "a.csv");
    EXPECT_STREQ(p.options.plot, "a.PNG");
    EXPECT_STREQ(p.options.run.devices, "gpu:0,1");
    EXPECT_EQ(p.options.run.darts, 5U);
    EXPECT_EQ(p.options.run.first, uint64_t{1} << 40);
    EXPECT_EQ(p.options.run.seed, 255U);
    EXPECT_EQ(p.options.run.stream, 9U);
    EXPECT_EQ(p.options.run.threads, 3U);
    EXPECT_STREQ(p.options.run.kernel, "scalar");
    EXPECT_EQ(p.options.run.target_error, 1e-3);
    EXPECT_EQ(p.options.run.time_limit_seconds, 300);
    EXPECT_EQ(p.options.run.verify, MCPI_VERIFY_FULL);
    EXPECT_TRUE(p.options.json);
    EXPECT_STREQ(p.options.output, "x.json");
    EXPECT_TRUE(p.options.quiet);
    EXPECT_EQ(p.options.progress, PROGRESS_NEVER);
}

TEST(Options, WhatWorkersAreBoundTo)
{
    EXPECT_EQ(parse({}).options.run.pin, MCPI_PIN_DEFAULT);
    EXPECT_EQ(parse({"--pin", "none"}).options.run.pin, MCPI_PIN_NONE);
    EXPECT_EQ(parse({"--pin=cores"}).options.run.pin, MCPI_PIN_CORES);
    EXPECT_EQ(parse({"compare", "--pin", "threads"}).options.run.pin, MCPI_PIN_THREADS);
    EXPECT_EQ(parse({"stress", "--pin", "none"}).error, "--pin: 'mcpi stress' has no such option");
}

TEST(Options, AllOfAStressTest)
{
    const Parsed p = parse({"stress", "-T", "30s", "--interval", "15s", "--metrics", "mcpi.prom", "--json"});
    ASSERT_TRUE(p.accepted) << p.error;
    EXPECT_EQ(p.options.command, COMMAND_STRESS);
    EXPECT_STREQ(p.options.run.devices, "all");
    EXPECT_EQ(p.options.run.time_limit_seconds, 30);
    EXPECT_EQ(p.options.interval_seconds, 15);
    EXPECT_STREQ(p.options.metrics, "mcpi.prom");
    EXPECT_EQ(parse({"stress"}).options.interval_seconds, 60);
    EXPECT_EQ(parse({"stress"}).options.run.time_limit_seconds, 0);
    EXPECT_STREQ(parse({"stress", "-d", "gpu:1"}).options.run.devices, "gpu:1");
}

TEST(Options, AllOfScaling)
{
    const Parsed p =
        parse({"scaling", "-n", "4e9", "-t", "8", "--weak", "--csv", "--plot", "a.svg", "--kernel", "avx2"});
    ASSERT_TRUE(p.accepted) << p.error;
    EXPECT_EQ(p.options.command, COMMAND_SCALING);
    EXPECT_EQ(p.options.run.darts, 4000000000U);
    EXPECT_EQ(p.options.run.threads, 8U);
    EXPECT_EQ(p.options.run.pin, MCPI_PIN_THREADS);
    EXPECT_TRUE(p.options.weak);
    EXPECT_TRUE(p.options.csv);
    EXPECT_STREQ(p.options.plot, "a.svg");
    EXPECT_EQ(parse({"compare"}).options.run.pin, MCPI_PIN_DEFAULT);
}

TEST(Options, AStopRuleWithoutSamplesRunsUntilItIsMet)
{
    EXPECT_EQ(parse({"-T", "1s"}).options.run.darts, MCPI_DART_END);
    EXPECT_EQ(parse({"-e", "1e-3", "--first", "100"}).options.run.darts, MCPI_DART_END - 100);
    EXPECT_EQ(parse({"-T", "1s", "-n", "7"}).options.run.darts, 7U);
}

TEST(Options, ABoardIsLegible)
{
    EXPECT_EQ(parse({"board"}).options.run.darts, 4000U);
    EXPECT_EQ(parse({"board", "-n", "10"}).options.run.darts, 10U);
    EXPECT_STREQ(parse({"board", "--plot", "a.svg"}).options.plot, "a.svg");
}

TEST(Options, MergeTakesFilesWhereverTheyStand)
{
    const std::vector<std::vector<const char *>> lines = {
        {"merge", "a", "-", "b"}, {"merge", "-q", "a", "-", "-o", "c", "b"}, {"merge", "a", "-q", "-", "b", "--json"}};
    for (std::vector<const char *> arguments : lines) {
        arguments.insert(arguments.begin(), "mcpi");
        cli_options options;
        usage_error error;
        ASSERT_TRUE(
            parse_options(static_cast<int>(arguments.size()), const_cast<char **>(arguments.data()), &options, &error))
            << error.message;
        EXPECT_EQ(options.command, COMMAND_MERGE);
        ASSERT_EQ(options.file_count, 3U);
        EXPECT_STREQ(options.files[0], "a");
        EXPECT_STREQ(options.files[1], "-");
        EXPECT_STREQ(options.files[2], "b");
    }
    EXPECT_TRUE(parse({"merge", "--help"}).accepted);
    EXPECT_EQ(parse({"run"}).options.file_count, 0U);
}

TEST(Options, RefusalsNameTheOptionTheValueAndWhatWouldDo)
{
    EXPECT_EQ(parse({"--samples", "1e10x"}).error,
              "--samples '1e10x': must be a whole number of darts up to 2^63, as in 1e10, 10000000000, 2^33 or 10G");
    const std::vector<std::pair<std::vector<const char *>, const char *>> bad = {
        {{"--samples", "1e10x"}, "--samples '1e10x': must be"},
        {{"-n", "-1"}, "--samples '-1': negative; must be"},
        {{"-n", "1.5"}, "--samples '1.5': not a whole number; must be"},
        {{"-n", "1e30"}, "--samples '1e30': out of range; must be"},
        {{"-n", "nan"}, "--samples 'nan': must be"},
        {{"-n", ""}, "--samples '': must be"},
        {{"--first", "9223372036854775809"}, "--first '9223372036854775809': out of range"},
        {{"--threads", "0"}, "--threads '0': not above 0; must be a whole number above 0"},
        {{"--threads", "4294967296"}, "--threads '4294967296': out of range"},
        {{"--threads", "1000000"}, "--threads 1000000: must be at most "},
        {{"scaling", "--threads", "1000000"}, "--threads 1000000: must be at most "},
        {{"--seed", "1.5"}, "--seed '1.5': must be a 64-bit number"},
        {{"--seed", "0x1ffffffffffffffff"}, "out of range"},
        {{"-e", "0"}, "--target-error '0': not above 0"},
        {{"-T", "10x"}, "--time '10x': must be a time above 0"},
        {{"--verify", "maybe"}, "--verify 'maybe': must be on, off or full"},
        {{"--progress", ""}, "--progress '': must be auto, always or never"},
        {{"--device", ""}, "--device '': must be"},
        {{"-o", ""}, "--output '': must be"},
        {{"--json=yes"}, "--json 'yes': takes no value"},
        {{"-n"}, "--samples: needs a value"},
        {{"--sample", "1"}, "--sample: no such option"},
        {{"-x"}, "-x: no such option"},
        {{"-qx"}, "-qx: no such option"},
        {{"--"}, "--: no such option"},
        {{"run", "1e10"}, "'1e10': not an option"},
        {{"-q", "-"}, "'-': not an option"},
        {{"1e10"}, "'1e10': no such command"},
        {{"scale"}, "'scale': no such command; there are run, compare, scaling, stress, merge, board and devices"},
        {{"run", "--weak"}, "--weak: 'mcpi run' has no such option"},
        {{"scaling", "--plot", "a.pdf"}, "--plot 'a.pdf': must be the name of a file that ends with .svg or .png"},
        {{"scaling", "--verify", "off"}, "--verify: 'mcpi scaling' has no such option"},
        {{"merge"}, "merge: needs FILE...; '-' is standard input"},
        {{"merge", "-q"}, "merge: needs FILE..."},
        {{"merge", "a", "-n", "1"}, "--samples: 'mcpi merge' has no such option"},
        {{"devices", "a"}, "'a': not an option"},
        {{"compare", "-"}, "'-': not an option"},
        {{"-n", "1", "-n", "2"}, "--samples: given twice"},
        {{"--continue", "a", "--checkpoint", "b"},
         "--continue: it begins, continues and saves a run; leave --checkpoint"},
        {{"--resume", "a", "--continue", "a"}, "--continue: it begins, continues and saves a run; leave --resume out"},
        {{"--continue", ""}, "--continue '': must be the name of a file"},
        {{"devices", "-n", "1"}, "--samples: 'mcpi devices' has no such option"},
        {{"--metrics", "x"}, "--metrics: 'mcpi run' has no such option"},
        {{"stress", "-n", "1"}, "--samples: 'mcpi stress' has no such option"},
        {{"stress", "--interval", "0"}, "--interval '0': not above 0; must be a time above 0"},
        {{"board", "--plot", "board.pdf"},
         "--plot 'board.pdf': must be the name of a file that ends with .svg or .png"},
        {{"--trace", ""}, "--trace '': must be the name of a file"},
        {{"board", "--json"}, "--json: 'mcpi board' has no such option"},
        {{"stress", "--metrics", ""}, "--metrics '': must be the name of a file"},
        {{"compare", "--verify", "off"}, "--verify: 'mcpi compare' has no such option"},
    };
    for (const auto &[arguments, expected] : bad) {
        const Parsed p = parse(arguments);
        EXPECT_FALSE(p.accepted) << expected;
        EXPECT_NE(p.error.find(expected), std::string::npos) << p.error << " lacks: " << expected;
        EXPECT_EQ(p.error.find('\n'), std::string::npos);
    }
}

TEST(Options, HelpNamesEveryOptionThatIsParsedAndNoOther)
{
    char *text = nullptr;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    print_help(out);
    fclose(out);
    const std::string help(text, size);
    free(text);
    size_t names = 0;
    for (size_t at = help.find("--"); at != std::string::npos; at = help.find("--", at + 2)) {
        size_t end = at + 2;
        while (end < help.size() && (isalpha(help[end]) || help[end] == '-'))
            end++;
        const std::string name = help.substr(at, end - at);
        const std::string error = parse({name.c_str()}).error;
        EXPECT_EQ(error.find("no such option;"), std::string::npos) << name;
        names++;
    }
    EXPECT_GE(names, 16U);
    size_t longest = 0;
    for (size_t at = 0; at < help.size(); at = help.find('\n', at) + 1)
        longest = std::max(longest, help.find('\n', at) - at);
    EXPECT_LE(longest, 100U);
}

TEST(ExitCodes, AreThoseScriptsLeanOn)
{
    EXPECT_EQ(exit_code_of(MCPI_OK), 0);
    EXPECT_EQ(exit_code_of(MCPI_DEVICE_FAILED), 1);
    EXPECT_EQ(exit_code_of(MCPI_TIMED_OUT), 1);
    EXPECT_EQ(exit_code_of(MCPI_NO_MEMORY), 1);
    EXPECT_EQ(exit_code_of(MCPI_BAD_OPTION), 2);
    EXPECT_EQ(exit_code_of(MCPI_MISMATCH), 3);
    EXPECT_EQ(exit_code_of(MCPI_NO_DEVICE), 4);
    EXPECT_EQ(exit_code_of(MCPI_STOPPED), 130);
}

} // namespace
