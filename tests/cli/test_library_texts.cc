/* The library's messages name members of mcpi_options; the program's name the options that set them. */
#include <gtest/gtest.h>

#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <climits>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

#include "mcpi/dart.h"

extern "C" {
#include "cli/args/library_texts.h"
#include "cli/commands.h"
#include "mcpi/stress.h"
}

static std::atomic<int> threads_left{INT_MAX};

extern "C" int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                                     void *argument);

extern "C" int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                                     void *argument)
{
    return threads_left-- > 0 ? __real_pthread_create(thread, attributes, run, argument) : EAGAIN;
}

namespace
{

bool holds(const std::string &text, const std::string &part)
{
    return text.find(part) != std::string::npos;
}

/* What the library says to a program: of options and commands nothing. */
void expect_of_library(const std::string &message, const std::string &part)
{
    EXPECT_TRUE(holds(message, part)) << message;
    EXPECT_FALSE(holds(message, "--")) << message;
    EXPECT_FALSE(holds(message, "'mcpi ")) << message;
}

/* What the program says to its user: of members and functions nothing. */
void expect_of_program(const std::string &message, const std::string &part)
{
    EXPECT_TRUE(holds(message, part)) << message;
    EXPECT_FALSE(holds(message, "options.")) << message;
    EXPECT_FALSE(holds(message, "mcpi_")) << message;
}

cli_options parse(std::vector<const char *> arguments)
{
    cli_options options;
    usage_error error;
    arguments.insert(arguments.begin(), "mcpi");
    EXPECT_TRUE(parse_options(&mcpi_program, static_cast<int>(arguments.size()), const_cast<char **>(arguments.data()),
                              &options, &error))
        << error.message;
    options.runner = mcpi_run;
    return options;
}

/* A text of the library as the command says it. */
std::string said(const char *command, const char *text)
{
    char buffer[400];
    snprintf(buffer, sizeof buffer, "%s", text);
    const cli_options options = parse({command, "--help"}); /* without operands */
    name_options(&options, buffer, sizeof buffer);
    return buffer;
}

struct BadField {
    const char *field, *option;
    mcpi_status status;
    std::function<void(mcpi_options &)> spoil;
};

/* Those that a run and a stress test refuse. */
const std::vector<BadField> refused_by_both = {
    {"options.devices", "--device", MCPI_BAD_OPTION, [](mcpi_options &o) { o.devices = nullptr; }},
    {"options.devices", "--device", MCPI_BAD_OPTION, [](mcpi_options &o) { o.devices = "tpu"; }},
    {"options.devices cpu:3", "--device cpu:3", MCPI_BAD_OPTION, [](mcpi_options &o) { o.devices = "cpu:3"; }},
    {"options.threads", "--threads", MCPI_BAD_OPTION, [](mcpi_options &o) { o.devices = "cpu,cpu"; }},
    {"options.devices gpu,gpu", "--device gpu,gpu", MCPI_BAD_OPTION, [](mcpi_options &o) { o.devices = "gpu,gpu"; }},
    {"options.devices gpu:x", "--device gpu:x", MCPI_BAD_OPTION, [](mcpi_options &o) { o.devices = "gpu:x"; }},
    {"mcpi_list_devices", "'mcpi devices'", MCPI_NO_DEVICE, [](mcpi_options &o) { o.devices = "gpu:4096"; }},
    {"options.devices GPU-ff", "--device GPU-ff", MCPI_NO_DEVICE, [](mcpi_options &o) { o.devices = "GPU-ff"; }},
    {"options.first", "--first", MCPI_BAD_OPTION, [](mcpi_options &o) { o.first = UINT64_MAX; }},
    {"options.threads", "--threads", MCPI_BAD_OPTION, [](mcpi_options &o) { o.threads = UINT_MAX; }},
    {"options.kernel sse9", "--kernel sse9", MCPI_BAD_OPTION, [](mcpi_options &o) { o.kernel = "sse9"; }},
    {"options.time_limit_seconds", "--time", MCPI_BAD_OPTION, [](mcpi_options &o) { o.time_limit_seconds = -1; }},
};

/* Those that a stress test ignores. */
const std::vector<BadField> refused_by_run = {
    {"options.darts", "--samples", MCPI_BAD_OPTION, [](mcpi_options &o) { o.darts = MCPI_DART_END + 1; }},
    {"options.first", "--first", MCPI_BAD_OPTION, [](mcpi_options &o) { o.darts = MCPI_DART_END + 1; }},
    {"options.target_error", "--target-error", MCPI_BAD_OPTION, [](mcpi_options &o) { o.target_error = NAN; }},
    {"options.target_error", "--target-error", MCPI_BAD_OPTION,
     [](mcpi_options &o) {
         o.darts = MCPI_DART_END;
         o.target_error = 1e-15;
     }},
    {"options.profile", "--profile", MCPI_BAD_OPTION, [](mcpi_options &o) { o.profile = 1; }},
    {"options.save_seconds", "--checkpoint-every", MCPI_BAD_OPTION, [](mcpi_options &o) { o.save_seconds = NAN; }},
    {"options.resume", "--resume", MCPI_BAD_OPTION,
     [](mcpi_options &o) {
         static const mcpi_state other = [] {
             mcpi_state state{};
             state.seed = 7;
             return state;
         }();
         o.resume = &other;
     }},
    {"options.resume", "--resume", MCPI_BAD_OPTION,
     [](mcpi_options &o) {
         static mcpi_part parts[] = {{0, 10, 8}, {5, 10, 8}};
         static mcpi_state overlapping{};
         overlapping.darts = o.darts;
         overlapping.parts = parts;
         overlapping.part_count = 2;
         o.resume = &overlapping;
     }},
};

mcpi_options spoilt(const BadField &bad)
{
    mcpi_options options = MCPI_OPTIONS_DEFAULT;
    options.devices = "cpu";
    options.darts = 1000;
    bad.spoil(options);
    return options;
}

void expect_refused(const BadField &bad, const char *command, mcpi_status status, const mcpi_error &error)
{
    SCOPED_TRACE(std::string(command) + ", " + bad.field);
    EXPECT_EQ(status, bad.status);
    expect_of_library(error.message, bad.field);
    expect_of_program(said(command, error.message), bad.option);
}

void expect_refused_by_run(const BadField &bad)
{
    const mcpi_options options = spoilt(bad);
    mcpi_result *result = nullptr;
    mcpi_error error{};
    const mcpi_status status = mcpi_run(&options, &result, &error);
    expect_refused(bad, "run", status, error);
    mcpi_result_free(result);
}

TEST(LibraryTexts, EachBadFieldOfARun)
{
    for (const auto *fields : {&refused_by_both, &refused_by_run})
        for (const BadField &bad : *fields)
            expect_refused_by_run(bad);
}

TEST(LibraryTexts, EachBadFieldOfAStressTest)
{
    for (const BadField &bad : refused_by_both) {
        mcpi_stress_options options{};
        mcpi_stress_report *report = nullptr;
        mcpi_error error{};
        options.run = spoilt(bad);
        const mcpi_status status = mcpi_stress(&options, &report, &error);
        expect_refused(bad, "stress", status, error);
        mcpi_stress_report_free(report);
    }
}

TEST(LibraryTexts, TheDeadlineOfAStressTest)
{
    mcpi_stress_options options{};
    mcpi_stress_report *report = nullptr;
    mcpi_error error{};
    options.run = spoilt({"", "", MCPI_OK, [](mcpi_options &) {}});
    options.deadline_seconds = -1;
    EXPECT_EQ(mcpi_stress(&options, &report, &error), MCPI_BAD_OPTION);
    EXPECT_STREQ(error.message, "options.deadline_seconds -1: must be 0 or above");
    EXPECT_EQ(report, nullptr);
}

/* The program never sets it. */
TEST(LibraryTexts, AFieldWithoutAnOptionKeepsItsName)
{
    mcpi_options options = MCPI_OPTIONS_DEFAULT;
    mcpi_result *result = nullptr;
    mcpi_error error{};
    options.part_darts = 3;
    EXPECT_EQ(mcpi_run(&options, &result, &error), MCPI_BAD_OPTION);
    EXPECT_STREQ(error.message, "options.part_darts 3: must be a power of two");
    EXPECT_EQ(said("run", error.message), error.message);
}

TEST(LibraryTexts, ShardsOfSeveralRuns)
{
    mcpi_state *const states[] = {static_cast<mcpi_state *>(calloc(1, sizeof(mcpi_state))),
                                  static_cast<mcpi_state *>(calloc(1, sizeof(mcpi_state)))};
    mcpi_shard shards[2]{};
    mcpi_state *merged = nullptr;
    mcpi_error error{};
    for (int i = 0; i < 2; i++) {
        shards[i].name = i == 0 ? "a" : "b";
        shards[i].state = states[i];
        states[i]->seed = static_cast<uint64_t>(i);
    }
    EXPECT_EQ(mcpi_merge(shards, 2, &merged, &error), MCPI_BAD_OPTION);
    expect_of_library(error.message, "the same options.seed, and each its own options.first");
    expect_of_program(said("merge", error.message), "the same --seed, and each its own --first");
    for (mcpi_state *state : states)
        free(state);
}

/* ---- words ---- */

TEST(LibraryTexts, OnlyNamesAreReplaced)
{
    EXPECT_EQ(said("run", ""), "");
    EXPECT_EQ(said("run", "options.threads"), "--threads");
    EXPECT_EQ(said("run", "use options.threads, options.pin; options.seed: no"), "use --threads, --pin; --seed: no");
    EXPECT_EQ(said("run", "options.first 5 options.darts 6: no"), "--first 5 --samples 6: no");
    for (const char *same : {"a  b ", "options", "options.", "options.thread", "options.threads2", "myoptions.threads",
                             "/tmp/options.threads", "options.threads.json", "options.threads/x", "options.run",
                             "options.threads::", "mcpi_list_device", "options.part_darts 3"})
        EXPECT_EQ(said("run", same), same);
}

TEST(LibraryTexts, AValueRemainsAsItIs)
{
    EXPECT_EQ(said("run", "options.devices options.first: no options.threads"), "--device options.first: no --threads");
    EXPECT_EQ(said("run", "options.kernel mcpi_list_devices: no"), "--kernel mcpi_list_devices: no");
}

/* A command without the option takes the name that others give it. */
TEST(LibraryTexts, EveryCommandKnowsTheOptionsOfAll)
{
    for (const char *command : {"run", "compare", "scaling", "stress", "merge", "verify", "board", "devices"}) {
        EXPECT_EQ(said(command, "options.threads 3: no"), "--threads 3: no") << command;
        EXPECT_EQ(said(command, "options.kernel x: no"), "--kernel x: no") << command;
        EXPECT_EQ(said(command, "options.time_limit_seconds"), "--time") << command;
        EXPECT_EQ(said(command, "mcpi_list_devices lists"), "'mcpi devices' lists") << command;
    }
}

TEST(LibraryTexts, ALongTextIsCut)
{
    char text[] = "options.pin x options.threads";
    char longest[700];
    const cli_options options = parse({});
    memset(longest, 'x', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    name_options(&options, text, 10);
    EXPECT_STREQ(text, "--pin x -");
    name_options(&options, longest, sizeof longest);
    EXPECT_EQ(strspn(longest, "x"), strlen(longest));
}

/* ---- the program ---- */

struct Folder {
    char name[32] = "/tmp/mcpi-texts-XXXXXX";
    Folder()
    {
        EXPECT_TRUE(mkdtemp(name));
    }
    ~Folder()
    {
        for (const char *file : {"log", "run", "run.previous", "run.lock", "run.previous.lock"})
            unlink(path(file).c_str());
        rmdir(name);
    }
    std::string path(const char *file) const
    {
        return std::string(name) + "/" + file;
    }
};

struct Output {
    int code;
    std::string out, complaint;
};

Output carry_out(const std::vector<const char *> &arguments)
{
    const cli_options options = parse(arguments);
    report_files files{options.format, 0, {}, {}};
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int code = options.command->report(&options, &files);
    const std::string out = testing::internal::GetCapturedStdout();
    return {code, out, testing::internal::GetCapturedStderr()};
}

TEST(LibraryTexts, CommandsNameTheirOptions)
{
    const struct {
        std::vector<const char *> arguments;
        const char *part;
    } cases[] = {
        {{"run", "-d", "tpu"}, "--device tpu: must be"},
        {{"run", "-d", "options.first"}, "--device "},
        {{"run", "-d", "gpu:4096"}, "'mcpi devices' lists"},
        {{"run", "--kernel", "sse9"}, "--kernel sse9: there"},
        {{"run", "-d", "cpu", "--profile"}, "--profile: there"},
        {{"run", "--first", "2^63", "-n", "1"}, "--first 9223372036854775808 --samples 1: darts"},
        {{"compare", "-d", "tpu"}, "--device tpu: must be"},
        {{"scaling", "-d", "cpu,cpu"}, "--threads sets"},
        {{"stress", "-d", "cpu:3"}, "--device cpu:3: the CPU"},
        {{"stress", "-d", "gpu:4096"}, "'mcpi devices' lists"},
        {{"stress", "--first", "2^63"}, "--first 9223372036854775808: there"},
    };
    for (const auto &one : cases) {
        const Output output = carry_out(one.arguments);
        SCOPED_TRACE(std::string(one.arguments[0]) + " " + one.arguments[2]);
        EXPECT_NE(output.code, 0);
        if (!strcmp(one.arguments[2], "options.first"))
            EXPECT_TRUE(holds(output.complaint, "--device options.first: must be")) << output.complaint;
        else
            expect_of_program(output.complaint, one.part);
    }
}

TEST(LibraryTexts, ThreadsAreCheckedWithTheCommandLine)
{
    cli_options options;
    usage_error error;
    const char *arguments[] = {"mcpi", "-t", "4294967295"};
    EXPECT_FALSE(parse_options(&mcpi_program, 3, const_cast<char **>(arguments), &options, &error));
    expect_of_program(error.message, "--threads 4294967295: must be at most");
}

/* The failure of a worker is in the report and in the log. */
TEST(LibraryTexts, FailuresNameOptions)
{
    constexpr int clocks = 2; /* threads that start before the workers */
    const Folder folder;
    const std::string log = folder.path("log");
    threads_left = clocks + 1;
    const Output output =
        carry_out({"run", "-q", "-d", "cpu", "-t", "2", "-n", "1000", "--json", "--log", log.c_str()});
    threads_left = INT_MAX;
    EXPECT_EQ(output.code, 0) << output.complaint;
    std::ifstream file(log);
    expect_of_program(output.out, "ask for fewer with --threads");
    expect_of_program(std::string(std::istreambuf_iterator<char>(file), {}), "ask for fewer with --threads");
}

TEST(LibraryTexts, FailuresOfAStressTestNameOptions)
{
    threads_left = 0;
    const Output output = carry_out({"stress", "-q", "-d", "cpu", "-t", "1", "-T", "1s", "--json"});
    threads_left = INT_MAX;
    EXPECT_NE(output.code, 0);
    expect_of_program(output.out, "ask for fewer with --threads");
    expect_of_program(output.complaint, "ask for fewer with --threads");
}

/* ---- checkpoints ---- */

TEST(LibraryTexts, CheckpointsThatCannotBeOpened)
{
    mcpi_checkpoint *checkpoint;
    mcpi_state *state;
    mcpi_error error;
    for (const char *name : {"/nowhere/run", "/tmp"}) {
        EXPECT_EQ(mcpi_checkpoint_open(name, &checkpoint, &error), MCPI_BAD_OPTION);
        expect_of_library(error.message, std::string("checkpoint ") + name + ": cannot be written");
        EXPECT_EQ(mcpi_checkpoint_load(name, &state, &error), MCPI_BAD_OPTION);
        expect_of_library(error.message, std::string("checkpoint ") + name + ": cannot be read");
    }
}

/* Saves a state twice, so that there is a previous one, and damages the file. */
void save_and_damage(const std::string &file)
{
    mcpi_checkpoint *checkpoint;
    mcpi_state state{};
    char note[500];
    ASSERT_EQ(mcpi_checkpoint_open(file.c_str(), &checkpoint, nullptr), MCPI_OK);
    EXPECT_EQ(mcpi_checkpoint_save(checkpoint, &state, nullptr), MCPI_OK);
    EXPECT_EQ(mcpi_checkpoint_save(checkpoint, &state, nullptr), MCPI_OK);
    if (mcpi_checkpoint_note(checkpoint, note, sizeof note) > 0)
        expect_of_library(note, "checkpoint");
    mcpi_checkpoint_close(checkpoint);
    ASSERT_EQ(truncate(file.c_str(), 10), 0);
}

/* The library knows no command line that continues a run; the program does. */
TEST(LibraryTexts, ADamagedCheckpoint)
{
    const Folder folder;
    const std::string file = folder.path("run");
    mcpi_state *state;
    mcpi_error error;
    save_and_damage(file);
    EXPECT_EQ(mcpi_checkpoint_load(file.c_str(), &state, &error), MCPI_BAD_OPTION);
    expect_of_library(error.message, "the previous one is intact: " + file + ".previous");
    const Output output = carry_out({"run", "-q", "--resume", file.c_str()});
    EXPECT_EQ(output.code, 2);
    expect_of_program(output.complaint, "continue with --resume " + file + ".previous --checkpoint " + file + "\n");
}

} // namespace
