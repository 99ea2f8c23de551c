/* The command line's table: what it accepts, what it refuses, what it says. */
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "mcpi/dart.h"

extern "C" {
#include "cli/args/suggest.h"
#include "cli/commands.h"
#include "cli/io/exit_process.h"
#include "cli/program.h"
}

namespace
{

struct Parsed {
    bool accepted;
    cli_options options;
    std::string error;
};

Parsed parse(std::vector<const char *> arguments, const cli_program &program = mcpi_program)
{
    arguments.insert(arguments.begin(), "mcpi");
    Parsed parsed{};
    usage_error error{};
    parsed.accepted = parse_options(&program, static_cast<int>(arguments.size()), const_cast<char **>(arguments.data()),
                                    &parsed.options, &error);
    parsed.error = error.message;
    return parsed;
}

TEST(Options, Defaults)
{
    const Parsed p = parse({});
    ASSERT_TRUE(p.accepted);
    EXPECT_EQ(p.options.command, &run_command);
    EXPECT_STREQ(p.options.run.devices, "auto");
    EXPECT_EQ(p.options.run.darts, 1000000000U);
    EXPECT_EQ(p.options.run.verify, MCPI_VERIFY_ON);
    EXPECT_EQ(p.options.run.threads, 0U);
    EXPECT_EQ(p.options.format, REPORT_TEXT);
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
    EXPECT_EQ(p.options.format, REPORT_JSON);
    ASSERT_EQ(p.options.outputs.count, 1U);
    EXPECT_STREQ(p.options.outputs.names[0], "x.json");
    EXPECT_TRUE(p.options.quiet);
    EXPECT_EQ(p.options.progress, PROGRESS_NEVER);
}

TEST(Options, WhatWorkersAreBoundTo)
{
    EXPECT_EQ(parse({}).options.run.pin, MCPI_PIN_DEFAULT);
    EXPECT_EQ(parse({"--pin", "none"}).options.run.pin, MCPI_PIN_NONE);
    EXPECT_EQ(parse({"--pin=cores"}).options.run.pin, MCPI_PIN_CORES);
    EXPECT_EQ(parse({"compare", "--pin", "threads"}).options.run.pin, MCPI_PIN_THREADS);
    EXPECT_EQ(parse({"stress", "--pin", "none"}).error,
              "--pin: 'mcpi stress' has no such option; it is an option of 'mcpi run' and others");
}

TEST(Options, AllOfAStressTest)
{
    const Parsed p = parse({"stress", "-T", "30s", "--interval", "15s", "--metrics", "mcpi.prom", "--json"});
    ASSERT_TRUE(p.accepted) << p.error;
    EXPECT_EQ(p.options.command, &stress_command);
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
    EXPECT_EQ(p.options.command, &scaling_command);
    EXPECT_EQ(p.options.run.darts, 4000000000U);
    EXPECT_EQ(p.options.run.threads, 8U);
    EXPECT_EQ(p.options.steps.count, 1U);
    EXPECT_EQ(parse({"scaling", "-t", "1,4,2"}).options.run.threads, 4U);
    EXPECT_EQ(parse({"scaling", "--workers", "processes"}).options.run.workers, MCPI_WORKERS_PROCESSES);
    EXPECT_EQ(parse({"scaling", "--workers", "threads,processes"}).options.run.workers, MCPI_WORKERS_THREADS);
    EXPECT_EQ(p.options.run.pin, MCPI_PIN_THREADS);
    EXPECT_TRUE(p.options.weak);
    EXPECT_EQ(p.options.format, REPORT_CSV);
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
        ASSERT_TRUE(parse_options(&mcpi_program, static_cast<int>(arguments.size()),
                                  const_cast<char **>(arguments.data()), &options, &error))
            << error.message;
        EXPECT_EQ(options.command, &merge_command);
        ASSERT_EQ(options.operand_count, 3U);
        EXPECT_STREQ(options.operands[0], "a");
        EXPECT_STREQ(options.operands[1], "-");
        EXPECT_STREQ(options.operands[2], "b");
    }
    EXPECT_TRUE(parse({"merge", "--help"}).accepted);
    EXPECT_EQ(parse({"run"}).options.operand_count, 0U);
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
        {{"--sampls", "1"}, "--sampls: no such option; did you mean --samples?"},
        {{"--chekpoint=a"}, "--chekpoint=a: no such option; did you mean --checkpoint?"},
        {{"devices", "--smpl", "1"}, "--smpl: no such option; 'mcpi help devices' lists them"},
        {{"-x"}, "-x: no such option; 'mcpi help run' lists them"},
        {{"-qx"}, "-qx: no such option"},
        {{"--n", "1"}, "--n: no such option"},
        {{"--", "-q"}, "'-q': not an option"},
        {{"run", "1e10"}, "'1e10': not an option; 'mcpi help run' lists them"},
        {{"-q", "-"}, "'-': not an option"},
        {{"1e10"}, "'1e10': no such command; 'mcpi help' lists them"},
        {{"scale"}, "'scale': no such command; did you mean 'scaling'?"},
        {{"help", "devcies"}, "'devcies': no such command; did you mean 'devices'?"},
        {{"help", "run", "merge"}, "'merge': help shows one command at a time"},
        {{"version", "1"}, "'1': not an option"},
        {{"compare", "-e", "1"}, "--target-error: 'mcpi compare' has no such option; it is an option of 'mcpi run'"},
        {{"run", "--weak"}, "--weak: 'mcpi run' has no such option"},
        {{"scaling", "-n", "0"}, "--samples 0: there is nothing to time"},
        {{"scaling", "-n", "1e9", "-T", "1s"}, "--time: --samples already sets"},
        {{"scaling", "--json", "--csv"}, "--csv: cannot be combined with --json"},
        {{"scaling", "-t", "1,0"}, "--threads '1,0': not above 0; must be a whole number above 0, or a list of up to"},
        {{"scaling", "-t", "4,1,4"}, "--threads '4,1,4': lists a value twice; must be a whole number above 0, or"},
        {{"scaling", "-t", "1,1000000"}, "--threads 1000000: must be at most "},
        {{"scaling", "--workers", "thread"}, "--workers 'thread': must be threads, processes, or both as in"},
        {{"scaling", "--workers", "threads,"}, "--workers 'threads,': must be threads, processes, or both as in"},
        {{"scaling", "--workers", "threads,threads"}, "--workers 'threads,threads': lists a value twice; must be"},
        {{"run", "--workers", "threads,processes"}, "--workers 'threads,processes': must be threads or processes"},
        {{"run", "-t", "1,2"}, "--threads '1,2': must be a whole number above 0"},
        {{"scaling", "--plot", "a.pdf"}, "--plot 'a.pdf': must be a file name that ends in .svg or .png"},
        {{"scaling", "--verify", "off"}, "--verify: 'mcpi scaling' has no such option"},
        {{"merge"}, "merge: needs FILE...; '-' is standard input"},
        {{"merge", "-q"}, "merge: needs FILE..."},
        {{"merge", "a", "-n", "1"}, "--samples: 'mcpi merge' has no such option"},
        {{"devices", "a"}, "'a': not an option"},
        {{"scaling", "-"}, "'-': not an option"},
        {{"compare", "-"}, "'-': compare needs two or more saved results, or no file"},
        {{"compare", "-", "a", "-"}, "'-' is given more than once"},
        {{"compare", "a", "b", "-t", "2"}, "--threads: not with files"},
        {{"compare", "a", "b", "-v"}, "--verbose: not with files"},
        {{"-n", "1", "-n", "2"}, "--samples: given twice"},
        {{"--continue", "a", "--checkpoint", "b"}, "--continue: starts, continues and saves a run; omit --checkpoint"},
        {{"--resume", "a", "--continue", "a"}, "--continue: starts, continues and saves a run; omit --resume"},
        {{"--continue", ""}, "--continue '': must be a file name"},
        {{"devices", "-n", "1"},
         "--samples: 'mcpi devices' has no such option; it is an option of 'mcpi run' and others"},
        {{"--metrics", "x"}, "--metrics: 'mcpi run' has no such option"},
        {{"stress", "-n", "1"}, "--samples: 'mcpi stress' has no such option"},
        {{"merge", "a", "--interval", "1m"},
         "--interval: 'mcpi merge' has no such option; it is an option of 'mcpi run' and others"},
        {{"--interval", "1x"}, "--interval '1x': must be a time above 0"},
        {{"stress", "--interval", "0"}, "--interval '0': not above 0; must be a time above 0"},
        {{"board", "--plot", "board.pdf"}, "--plot 'board.pdf': must be a file name that ends in .svg or .png"},
        {{"--trace", ""}, "--trace '': must be a file name"},
        {{"board", "--json"}, "--json: 'mcpi board' has no such option"},
        {{"stress", "--metrics", ""}, "--metrics '': must be a file name"},
        {{"compare", "--verify", "off"}, "--verify: 'mcpi compare' has no such option"},
    };
    for (const auto &[arguments, expected] : bad) {
        const Parsed p = parse(arguments);
        EXPECT_FALSE(p.accepted) << expected;
        EXPECT_NE(p.error.find(expected), std::string::npos) << p.error << " lacks: " << expected;
        EXPECT_EQ(p.error.find('\n'), std::string::npos);
    }
}

TEST(Options, WhatFollowsTwoDashesIsAnOperand)
{
    const std::vector<std::string> words = {"mcpi", "merge", "-q", "--", "-a", "--json", "--"};
    std::vector<char *> arguments;
    for (const std::string &word : words)
        arguments.push_back(const_cast<char *>(word.c_str()));
    cli_options options;
    usage_error error;
    ASSERT_TRUE(parse_options(&mcpi_program, static_cast<int>(arguments.size()), arguments.data(), &options, &error))
        << error.message;
    ASSERT_EQ(options.operand_count, 3U);
    EXPECT_STREQ(options.operands[0], "-a");
    EXPECT_STREQ(options.operands[1], "--json");
    EXPECT_STREQ(options.operands[2], "--");
    EXPECT_EQ(options.format, REPORT_TEXT);
    EXPECT_TRUE(parse({"--"}).accepted);
}

TEST(Options, HelpAndVersionAreOptionsAndCommands)
{
    EXPECT_EQ(parse({"help"}).options.command, &help_command);
    EXPECT_TRUE(parse({"help", "merge"}).accepted);
    EXPECT_EQ(parse({"version"}).options.command, &version_command);
    EXPECT_FALSE(parse({"-h"}).options.is_named);
    const Parsed p = parse({"merge", "-h"}); /* what else is missing does not matter */
    ASSERT_TRUE(p.accepted) << p.error;
    EXPECT_TRUE(p.options.help);
    EXPECT_TRUE(p.options.is_named);
}

/* ---- the rows ---- */

template <class Visit> void for_each_use(Visit visit)
{
    for (const cli_command *const *command = all_commands; *command; command++)
        for (unsigned place = 0; option_at(*command, place); place++)
            visit(**command, *option_at(*command, place), place);
}

template <class Value> Value member(const cli_options &options, const cli_option &option)
{
    Value value;
    memcpy(&value, reinterpret_cast<const char *>(&options) + option.offset, sizeof value);
    return value;
}

/* Whether the member that an option is for holds this value, as its kind says. */
bool holds(const cli_options &options, const cli_option &option, const std::string &value)
{
    switch (option.kind) {
    case OPTION_FLAG:
        return member<bool>(options, option);
    case OPTION_FILE:
    case OPTION_DEVICES:
    case OPTION_KERNEL:
    case OPTION_PICTURE:
        return member<const char *>(options, option) && value == member<const char *>(options, option);
    case OPTION_FILES:
        return member<name_list>(options, option).count == 1 && value == member<name_list>(options, option).names[0];
    case OPTION_KERNELS:
        return member<kernel_list>(options, option).count == 1 &&
               value == member<kernel_list>(options, option).names[0];
    case OPTION_CONSTANT:
        return member<int>(options, option) == option.constant;
    case OPTION_CHOICE:
        for (const option_choice *choice = option.choices; choice->name; choice++)
            if (value == choice->name)
                return member<int>(options, option) == choice->value;
        return false;
    case OPTION_DARTS:
    case OPTION_WORD:
        return member<uint64_t>(options, option) == std::stoull(value);
    case OPTION_WORKERS:
    case OPTION_ROUNDS:
        return member<unsigned>(options, option) == std::stoul(value);
    case OPTION_CHOICES:
        return member<choice_list>(options, option).count == 2 &&
               member<choice_list>(options, option).values[0] == option.choices[1].value &&
               member<choice_list>(options, option).values[1] == option.choices[0].value;
    case OPTION_LIST:
        return member<number_list>(options, option).numbers[0] == 3 &&
               member<number_list>(options, option).numbers[1] == 7;
    case OPTION_POSITIVE:
    case OPTION_SECONDS:
        return member<double>(options, option) == std::stod(value);
    case OPTION_SHARE:
        return member<double>(options, option) == std::stod(value) / 100.0;
    case OPTION_EXPECTATION:
        return member<expectation>(options, option).spec == value;
    }
    return false;
}

/* Values that differ from all defaults. */
std::vector<std::string> values_of(const cli_option &option)
{
    std::vector<std::string> values;
    for (const option_choice *choice = option.choices; choice && choice->name; choice++)
        values.emplace_back(choice->name);
    if (option.kind == OPTION_PICTURE)
        values = {"a.svg"};
    if (option.kind == OPTION_SHARE)
        values = {"7%"};
    if (option.kind == OPTION_EXPECTATION)
        values = {"gpu=2"};
    if (option.kind == OPTION_LIST)
        values = {"7,3"};
    if (option.kind == OPTION_CHOICES)
        values = {values[1] + "," + values[0]};
    return values.empty() ? std::vector<std::string>{"7"} : values;
}

TEST(Commands, EveryOptionOfEveryCommandArrives)
{
    unsigned options = 0;
    for_each_use([&](const cli_command &command, const option_use &use, unsigned) {
        if (!use.option)
            return;
        const cli_option &option = *use.option;
        const std::string name = std::string("--") + option.name;
        for (const std::string &value : values_of(option)) {
            const std::string letter = std::string("-") + option.letter;
            for (const std::string &spelling : {name, option.letter ? letter : name}) {
                std::vector<const char *> arguments = {command.name, spelling.c_str()};
                if (option.argument)
                    arguments.push_back(value.c_str());
                if (command.operands && command.operands[0] != '[')
                    arguments.push_back("a"); /* it needs one */
                const Parsed p = parse(arguments);
                ASSERT_TRUE(p.accepted) << p.error;
                EXPECT_EQ(p.options.command, &command);
                EXPECT_TRUE(is_given(&p.options, option.name)) << command.name << " " << spelling;
                EXPECT_TRUE(holds(p.options, option, value)) << command.name << " " << spelling << " " << value;
            }
        }
        options++;
    });
    EXPECT_GE(options, 80U);
}

TEST(Commands, RowsAreComplete)
{
    std::map<std::string, char> letters;
    std::map<char, std::string> names;
    std::map<size_t, std::string> members;
    std::set<std::string> commands;
    for (const cli_command *const *command = all_commands; *command; command++) {
        EXPECT_TRUE(commands.insert((*command)->name).second);
        EXPECT_TRUE(!(*command)->print != !(*command)->report) << (*command)->name;
    }
    for_each_use([&](const cli_command &command, const option_use &use, unsigned place) {
        EXPECT_LT(place, 64U) << "cli_options.given has a bit for each";
        if (!use.option)
            return;
        /* A name and a letter belong together in all commands. */
        EXPECT_EQ(letters.emplace(use.option->name, use.option->letter).first->second, use.option->letter);
        if (use.option->letter) {
            EXPECT_EQ(names.emplace(use.option->letter, use.option->name).first->second, use.option->name);
        }
        if (use.option->kind != OPTION_CONSTANT) {
            EXPECT_EQ(members.emplace(use.option->offset, use.option->name).first->second, use.option->name);
        }
        EXPECT_EQ(use.option->kind == OPTION_FLAG || use.option->kind == OPTION_CONSTANT, !use.option->argument);
        EXPECT_EQ(use.option->kind == OPTION_CHOICE || use.option->kind == OPTION_CHOICES,
                  use.option->choices != nullptr);
        for (const option_choice *choice = use.option->choices; choice && choice->name; choice++)
            EXPECT_NE(std::string(use.option->wanted).find(choice->name), std::string::npos) << choice->name;
        EXPECT_TRUE(use.help || use.option->help || !strcmp(use.option->name, "version"))
            << command.name << " --" << use.option->name;
    });
}

TEST(Commands, ExamplesAreCommandLines)
{
    unsigned examples = 0;
    for (const cli_command *const *command = all_commands; *command; command++) {
        for (const cli_example *example = (*command)->examples; example->arguments; example++) {
            std::istringstream text(example->arguments);
            std::vector<std::string> words;
            for (std::string word; text >> word;)
                words.push_back(word);
            std::vector<const char *> arguments;
            for (const std::string &word : words)
                arguments.push_back(word.c_str());
            const Parsed p = parse(arguments);
            EXPECT_TRUE(p.accepted) << example->arguments << ": " << p.error;
            EXPECT_EQ(p.options.command, *command) << example->arguments;
            examples++;
        }
    }
    EXPECT_GE(examples, 14U);
}

std::string help_of(const cli_command *command)
{
    char *text = nullptr;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    print_help(out, &mcpi_program, command);
    fclose(out);
    const std::string help(text, size);
    free(text);
    return help;
}

size_t lines_of(const std::string &help)
{
    size_t lines = 0;
    std::istringstream text(help);
    for (std::string line; std::getline(text, line); lines++) {
        EXPECT_LE(line.size(), 80U) << line;
        EXPECT_TRUE(line.empty() || line.back() != ' ') << line;
    }
    return lines;
}

TEST(Commands, HelpFitsAScreenAndNamesEveryOption)
{
    size_t commands = 0;
    while (all_commands[commands])
        commands++;
    EXPECT_LE(lines_of(help_of(nullptr)), 15 + commands);
    for (const cli_command *const *command = all_commands; *command; command++) {
        const std::string help = help_of(*command);
        EXPECT_LE(lines_of(help), *command == &run_command ? 48U : 34U) << (*command)->name;
        EXPECT_NE(help_of(nullptr).find(std::string("\n  ") + (*command)->name), std::string::npos);
        for (unsigned place = 0; option_at(*command, place); place++) {
            const option_use &use = *option_at(*command, place);
            if (use.option && (use.help || use.option->help)) {
                EXPECT_NE(help.find(std::string(" --") + use.option->name + " "), std::string::npos)
                    << (*command)->name << " --" << use.option->name;
            }
        }
    }
}

TEST(Suggestions, AreCloseNames)
{
    const auto suggest = [](const char *typed) {
        suggestion s = {typed, strlen(typed), nullptr, 0};
        for (const char *name : {"checkpoint", "checkpoint-every", "time", "trace", "weak"})
            suggestion_consider(&s, name);
        return std::string(s.best ? s.best : "");
    };
    EXPECT_EQ(suggest("checkpiont"), "checkpoint");
    EXPECT_EQ(suggest("checkpoints"), "checkpoint");
    EXPECT_EQ(suggest("checkpoint-evry"), "checkpoint-every");
    EXPECT_EQ(suggest("tmie"), "time");
    EXPECT_EQ(suggest("hceckpiontxx"), "checkpoint"); /* two swaps and two more */
    EXPECT_EQ(suggest("hceckpiontxxx"), "");
    EXPECT_EQ(suggest("tiem"), "time");
    EXPECT_EQ(suggest("wek"), "weak");
    EXPECT_EQ(suggest("verbose"), "");
    EXPECT_EQ(suggest(""), "");
    EXPECT_EQ(suggest("a-name-that-is-longer-than-any-option"), "");
}

/* ---- a program of our own: what a new command has without doing anything for it ---- */

int print_toy(const cli_options *, FILE *out)
{
    fputs("toy\n", out);
    return EXIT_DONE;
}

template <report_format format> void write_toy(FILE *out, const void *)
{
    fprintf(out, "%s\n", report_format_name(format));
}

int report_toy(const cli_options *, report_files *files)
{
    static const report_renderers renderers = {
        {write_toy<REPORT_TEXT>, write_toy<REPORT_JSON>, write_toy<REPORT_CSV>, write_toy<REPORT_MARKDOWN>}};
    report_write(files, &renderers, nullptr);
    return EXIT_DONE;
}

cli_command toy(const char *name, decltype(&print_toy) print, decltype(&report_toy) report)
{
    cli_command command{};
    command.name = name;
    command.summary = "a toy";
    command.print = print;
    command.report = report;
    return command;
}

class Toys : public testing::Test
{
  protected:
    Toys()
    {
        program.name = "toys";
        program.commands = commands;
    }
    /* The standard output of a run that ends with 0. */
    std::string carry_out(std::vector<const char *> arguments)
    {
        Parsed p = parse(arguments, program);
        EXPECT_TRUE(p.accepted) << p.error;
        testing::internal::CaptureStdout();
        EXPECT_EQ(::program(&p.options), EXIT_DONE);
        return testing::internal::GetCapturedStdout();
    }
    static std::string written(const std::string &name)
    {
        char text[100] = "";
        FILE *const in = fopen(name.c_str(), "r");
        if (in) {
            text[fread(text, 1, sizeof text - 1, in)] = '\0';
            fclose(in);
            remove(name.c_str());
        }
        return text;
    }
    std::string written() const
    {
        return written(file);
    }
    const cli_command printer = toy("printer", print_toy, nullptr);
    const cli_command reporter = toy("reporter", nullptr, report_toy);
    const cli_command tabulator = [] {
        cli_command command = toy("tabulator", nullptr, report_toy);
        command.formats = REPORT_TABLES;
        return command;
    }();
    const cli_command *const commands[4] = {&printer, &reporter, &tabulator, nullptr};
    const std::string file = testing::TempDir() + "mcpi_toys_" + std::to_string(getpid());
    cli_program program{};
};

TEST_F(Toys, HaveNoOptionThatTheyWouldIgnore)
{
    for (const char *name : {"--json", "--quiet", "--seed", "--device"})
        EXPECT_FALSE(parse({"printer", name}, program).accepted) << name;
    EXPECT_EQ(parse({"printer", "--json"}, program).error,
              "--json: 'toys printer' has no such option; it is an option of 'toys reporter' and others");
    EXPECT_EQ(parse({"reporter", "--csv"}, program).error,
              "--csv: 'toys reporter' has no such option; it is an option of 'toys tabulator'");
    EXPECT_TRUE(parse({"printer", "--help"}, program).accepted);
    EXPECT_TRUE(parse({"reporter", "--json"}, program).accepted);
}

TEST_F(Toys, WriteTheFileThatIsAskedFor)
{
    EXPECT_EQ(carry_out({"printer"}), "toy\n");
    EXPECT_EQ(carry_out({"printer", "-o", file.c_str()}), "");
    EXPECT_EQ(written(), "toy\n");
    EXPECT_EQ(carry_out({"printer", "-o", "-"}), "toy\n");
    EXPECT_EQ(carry_out({"reporter"}), "text\n");
    EXPECT_EQ(carry_out({"reporter", "-o", "-"}), "JSON\n");
    EXPECT_EQ(carry_out({"reporter", "-o", file.c_str()}), "text\n");
    EXPECT_EQ(written(), "JSON\n");
}

TEST_F(Toys, WriteTheFormatOfEachFile)
{
    const std::string csv = file + ".csv";
    const std::string markdown = file + ".MD";
    EXPECT_EQ(carry_out({"tabulator", "--markdown", "-o", csv.c_str(), "-o", markdown.c_str(), "-o", file.c_str()}),
              "Markdown\n");
    EXPECT_EQ(written(), "JSON\n");
    EXPECT_EQ(written(csv), "CSV\n");
    EXPECT_EQ(written(markdown), "Markdown\n");
    EXPECT_EQ(carry_out({"tabulator", "-o", "-", "-o", csv.c_str()}), "JSON\n");
    EXPECT_EQ(written(csv), "CSV\n");
    EXPECT_EQ(carry_out({"tabulator", "--csv", "-o", "-"}), "CSV\n") << "-o - names standard output, --csv its format";
}

TEST_F(Toys, RefuseFilesThatTheyCannotWrite)
{
    EXPECT_EQ(parse({"reporter", "-o", "a.csv"}, program).error,
              "--output 'a.csv': 'toys reporter' does not write CSV; use FILE.json");
    EXPECT_EQ(parse({"reporter", "-o", "a.svg"}, program).error, "--output 'a.svg': 'toys reporter' draws no picture");
    EXPECT_EQ(parse({"tabulator", "--csv", "--json"}, program).error,
              "--json: cannot be combined with --csv; -o writes other formats to files");
    EXPECT_EQ(parse({"tabulator", "-o", ""}, program).error, "--output '': must be a file name (at most 8 of them)");
    std::vector<const char *> nine = {"tabulator"};
    for (int i = 0; i < 9; i++)
        nine.insert(nine.end(), {"-o", "x.json"});
    EXPECT_EQ(parse(nine, program).error, "--output 'x.json': too many; must be a file name (at most 8 of them)");
}

TEST(Options, APictureCanBeAnOutput)
{
    const Parsed p = parse({"scaling", "-o", "a.json", "-o", "a.svg", "-o", "a.csv"});
    ASSERT_TRUE(p.accepted) << p.error;
    EXPECT_STREQ(p.options.plot, "a.svg");
    ASSERT_EQ(p.options.outputs.count, 2U);
    EXPECT_STREQ(p.options.outputs.names[1], "a.csv");
    EXPECT_EQ(parse({"scaling", "-o", "a.svg", "--plot", "b.png"}).error,
              "--output 'a.svg': there can be only one picture, and 'b.png' is one");
    EXPECT_STREQ(parse({"board", "-o", "a.svg"}).options.plot, "a.svg");
    EXPECT_EQ(parse({"board", "-o", "a.svg"}).options.output, nullptr);
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
