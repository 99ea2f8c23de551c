/*
 * Sweeps, and the commands that use them, on a made-up machine: the order of the counts, counts that disagree, a
 * stopped run, a machine that is not quiet. The linker replaces the functions that would count by those below (--wrap).
 */
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "mcpi/dart.h"

extern "C" {
#include "cli/commands.h"
#include "cli/io/exit_process.h"
}

namespace
{

/* A call of mcpi_run that counts. */
struct Call {
    std::string devices;
    unsigned threads;
    uint64_t darts;
    double seconds; /* its limit */
};

bool operator==(const Call &a, const Call &b)
{
    return a.devices == b.devices && a.threads == b.threads && a.darts == b.darts && a.seconds == b.seconds;
}

std::ostream &operator<<(std::ostream &out, const Call &call)
{
    return out << call.devices << " " << call.threads << " " << call.darts << " " << call.seconds;
}

constexpr double rate = 1e9; /* of a worker, in darts a second */

/* Six cores, twelve threads, a GPU, if nothing else is said. */
struct {
    mcpi_topology topology;
    std::vector<Call> calls;
    std::vector<std::string> gpu_kernels;                           /* that runs of the GPU alone were asked for */
    std::function<mcpi_status(const Call &, mcpi_result *)> meddle; /* with what a call brings; may be empty */
    bool pinned;                                                    /* all of them, to threads */
    double slower;                                                  /* a share of time that grows with every call */
    bool gpu_first;                                                 /* in the list of devices */
} machine;

mcpi_result *count(const Call &call)
{
    auto *result = static_cast<mcpi_result *>(calloc(1, sizeof(mcpi_result)));
    const double speed = rate * (call.devices == "cpu" ? call.threads : 100) *
                         (1 - machine.slower * static_cast<double>(machine.calls.size()));
    result->darts = call.seconds > 0 ? static_cast<uint64_t>(speed * call.seconds) : call.darts;
    result->hits = result->darts / 4 * 3;
    result->setup_seconds = 0.001;
    result->counting_seconds = static_cast<double>(result->darts) / speed;
    result->device_count = 1;
    result->devices = static_cast<mcpi_device_result *>(calloc(1, sizeof(mcpi_device_result)));
    strcpy(result->devices->device.kernel, call.devices == "cpu" ? "scalar" : "fp32-test");
    return result;
}

} // namespace

extern "C" {

mcpi_status __wrap_mcpi_run(const mcpi_options *options, mcpi_result **result, mcpi_error *error)
{
    *result = nullptr;
    if (options->darts == 0)
        return MCPI_OK;
    const Call call = {options->devices, options->threads, options->darts, options->time_limit_seconds};
    *result = count(call);
    const mcpi_status status = machine.meddle ? machine.meddle(call, *result) : MCPI_OK;
    machine.calls.push_back(call);
    if (call.devices == "gpu:0")
        machine.gpu_kernels.emplace_back(options->kernel ? options->kernel : "");
    EXPECT_TRUE(call.devices != "cpu" || !options->kernel || strcmp(options->kernel, "scalar") == 0);
    machine.pinned = machine.pinned && options->pin == MCPI_PIN_THREADS;
    snprintf(error->message, sizeof error->message, "%s", mcpi_status_text(status));
    return status;
}

size_t __wrap_mcpi_list_devices(mcpi_device *devices, size_t capacity)
{
    EXPECT_GE(capacity, 2U);
    devices[0] = devices[1] = mcpi_device{};
    strcpy(devices[0].id, "cpu");
    strcpy(devices[0].name, "Made-up 9000");
    devices[0].kind = MCPI_CPU;
    devices[0].available = devices[1].available = 1;
    devices[0].units = 12;
    strcpy(devices[1].id, "gpu:0");
    strcpy(devices[1].uuid, "GPU-5c1e");
    devices[1].kind = MCPI_GPU;
    if (machine.gpu_first)
        std::swap(devices[0], devices[1]);
    return 2;
}

void __wrap_mcpi_read_topology(mcpi_topology *topology)
{
    *topology = machine.topology;
}
}

namespace
{

class Sweep : public testing::Test
{
  protected:
    void SetUp() override
    {
        machine = {{12, 6, 1, 12, 1}, {}, {}, nullptr, true, 0, false};
    }
    /* Returns the exit code. */
    int carry_out(std::vector<const char *> arguments)
    {
        cli_options options;
        usage_error error;
        arguments.insert(arguments.begin(), "mcpi");
        EXPECT_TRUE(parse_options(&mcpi_program, static_cast<int>(arguments.size()),
                                  const_cast<char **>(arguments.data()), &options, &error))
            << error.message;
        testing::internal::CaptureStdout();
        testing::internal::CaptureStderr();
        const int code = options.command->report(&options, nullptr);
        text = testing::internal::GetCapturedStdout();
        complaint = testing::internal::GetCapturedStderr();
        return code;
    }
    bool says(const char *part) const
    {
        return text.find(part) != std::string::npos;
    }
    bool complains(const char *part) const
    {
        return complaint.find(part) != std::string::npos;
    }
    std::string text, complaint;
};

TEST_F(Sweep, CompareChecksAllAndThenTimesThemInTurn)
{
    EXPECT_EQ(carry_out({"compare", "-T", "5s", "-t", "4"}), EXIT_DONE);
    const std::vector<Call> round = {{"cpu", 1, MCPI_DART_END, 1},
                                     {"cpu", 4, MCPI_DART_END, 1},
                                     {"gpu:0", 0, MCPI_DART_END, 1},
                                     {"all", 4, MCPI_DART_END, 1}};
    std::vector<Call> expected = round;
    for (size_t i = 1; i < expected.size(); i++)
        expected[i] = {expected[i].devices, expected[i].threads, 1000000000, 0};
    for (int i = 0; i < 5; i++)
        expected.insert(expected.end(), round.begin(), round.end());
    EXPECT_EQ(machine.calls, expected);
    EXPECT_TRUE(says("All 4 count 750000000 hits in the 1000000000 darts")) << text;
}

/* What the table names is what was timed. */
TEST_F(Sweep, TheKernelThatAGpuWasCheckedWithIsTimed)
{
    EXPECT_EQ(carry_out({"compare"}), EXIT_DONE);
    ASSERT_GT(machine.gpu_kernels.size(), 1U);
    EXPECT_EQ(machine.gpu_kernels[0], "") << "the GPU's own choice";
    for (size_t i = 1; i < machine.gpu_kernels.size(); i++)
        EXPECT_EQ(machine.gpu_kernels[i], "fp32-test");
}

TEST_F(Sweep, TheCpuIsFoundWhereverItIsListed)
{
    machine.gpu_first = true;
    EXPECT_EQ(carry_out({"scaling", "-n", "1e9", "-t", "2"}), EXIT_DONE);
    EXPECT_TRUE(says("Made-up 9000, kernel ")) << text;
}

TEST_F(Sweep, TheCpusKernelIsNotAskedOfAGpu)
{
    EXPECT_EQ(carry_out({"compare", "--kernel", "scalar"}), EXIT_DONE);
    EXPECT_EQ(machine.gpu_kernels[0], "");
}

TEST_F(Sweep, AGpuCanBeListedByItsNumberOrUuid)
{
    for (const char *selection : {"gpu:0", "gpu:GPU-5c", "gpu:1,0", "gpu:GPU-00,GPU-5c1e"}) {
        EXPECT_EQ(carry_out({"compare", "-d", selection, "-t", "1", "-T", "1s"}), EXIT_DONE);
        EXPECT_EQ(machine.calls.back().devices, "gpu:0") << selection;
    }
    for (const char *selection : {"cpu", "gpu:1", "gpu:GPU-6", "gpu:00"}) {
        EXPECT_EQ(carry_out({"compare", "-d", selection, "-t", "1", "-T", "1s"}), EXIT_DONE);
        EXPECT_EQ(machine.calls.back().devices, "cpu") << selection;
    }
}

TEST_F(Sweep, AListOfTheCpuAndGpusIsWhatCountsTogether)
{
    EXPECT_EQ(carry_out({"compare", "-d", "cpu,gpu:0", "-t", "3", "-T", "1s"}), EXIT_DONE);
    ASSERT_EQ(machine.calls.size(), 4U + 5U * 4U);
    EXPECT_EQ(machine.calls[2].devices, "gpu:0");
    EXPECT_EQ(machine.calls[3].devices, "cpu,gpu:0");
    EXPECT_EQ(machine.calls[3].threads, 3U);
    EXPECT_TRUE(says("all CPU threads and these GPUs")) << text;
    machine.calls.clear();
    EXPECT_EQ(carry_out({"compare", "-d", "gpu", "-t", "3", "-T", "1s"}), EXIT_DONE);
    EXPECT_EQ(machine.calls.back().devices, "all");
    EXPECT_TRUE(says("all CPU threads and all GPUs")) << text;
}

TEST_F(Sweep, StrongScalingCountsTheSameDartsInEveryStep)
{
    EXPECT_EQ(carry_out({"scaling", "-n", "6e9", "-t", "16"}), EXIT_DONE);
    std::vector<Call> round;
    for (const unsigned workers : {1, 2, 4, 6, 8, 12, 16})
        round.push_back({"cpu", workers, 6000000000, 0});
    round.push_back({"gpu:0", 0, 6000000000, 0});
    round.push_back({"all", 12, 6000000000, 0});
    std::vector<Call> expected;
    for (int i = 0; i < 10; i++)
        expected.insert(expected.end(), round.begin(), round.end());
    EXPECT_EQ(machine.calls, expected);
    EXPECT_TRUE(machine.pinned);
    EXPECT_TRUE(says("All 9 count 4500000000 hits in the 6000000000 darts")) << text;
}

TEST_F(Sweep, WeakScalingCountsSoManyAWorker)
{
    EXPECT_EQ(carry_out({"scaling", "--weak", "-n", "1e9", "-t", "2"}), EXIT_DONE);
    std::vector<Call> expected = {
        {"cpu", 1, 1000000000, 0}, {"cpu", 2, 1000000000, 0}, {"gpu:0", 0, 1000000000, 0}, {"all", 2, 1000000000, 0}};
    for (int i = 0; i < 9; i++)
        for (const Call &call : {Call{"cpu", 1, 1000000000, 0}, Call{"cpu", 2, 2000000000, 0},
                                 Call{"gpu:0", 0, 2000000000, 0}, Call{"all", 2, 2000000000, 0}})
            expected.push_back(call);
    EXPECT_EQ(machine.calls, expected);
}

TEST_F(Sweep, ScalingTakesAboutTheTimeItIsGiven)
{
    double seconds = 0;
    machine.meddle = [&](const Call &, const mcpi_result *result) {
        seconds += result->counting_seconds;
        return MCPI_OK;
    };
    for (const char *form : {"--csv", "--weak"}) {
        machine.calls.clear();
        seconds = 0;
        EXPECT_EQ(carry_out({"scaling", "-d", "cpu", "-t", "6", "-T", "30s", form}), EXIT_DONE);
        EXPECT_NEAR(seconds, 30, 0.01) << form;
        EXPECT_EQ(machine.calls[0].darts, MCPI_DART_END);
        EXPECT_EQ(machine.calls[1].darts, static_cast<uint64_t>(rate * machine.calls[0].seconds));
    }
    seconds = 0;
    EXPECT_EQ(carry_out({"scaling", "-d", "cpu", "-t", "6"}), EXIT_DONE);
    EXPECT_NEAR(seconds, 20, 0.01) << "without -T";
}

TEST_F(Sweep, ScalingOverManyCoresTakesAsLongAsItsShortestRunNeeds)
{
    machine.topology = {256, 128, 2, 256, 1};
    EXPECT_EQ(carry_out({"scaling", "-d", "cpu"}), EXIT_DONE);
    EXPECT_EQ(machine.calls[0].seconds, 128 * 0.025);
    machine.calls.clear();
    EXPECT_EQ(carry_out({"scaling", "-d", "cpu", "-T", "20s"}), EXIT_DONE);
    EXPECT_LT(machine.calls[0].seconds, 1.1);
}

TEST_F(Sweep, ARowWithFewerWorkersThanItSaysIsNotTimed)
{
    machine.meddle = [](const Call &call, mcpi_result *result) {
        if (call.threads == 2)
            strcpy(result->devices->failure, "cpu: cannot start a thread");
        return MCPI_OK;
    };
    for (const char *command : {"compare", "scaling"}) {
        EXPECT_EQ(carry_out({command, "-d", "cpu", "-t", "2", "--json"}), EXIT_FAILED);
        EXPECT_TRUE(complains("': cpu: cannot start a thread\n")) << complaint;
        EXPECT_EQ(text, "");
    }
}

TEST_F(Sweep, CountsThatDisagreeInTheCheckEndItThere)
{
    machine.meddle = [](const Call &call, mcpi_result *result) {
        result->hits += call.devices == "gpu:0";
        return MCPI_OK;
    };
    for (const char *command : {"compare", "scaling"}) {
        machine.calls.clear();
        EXPECT_EQ(carry_out({command, "-t", "2", "--json"}), EXIT_MISMATCH);
        EXPECT_EQ(machine.calls.size(), 4U);
        EXPECT_TRUE(complains(" by '1 worker' but ") || complains(" by 'one core' but ")) << complaint;
        EXPECT_TRUE(complains(" by 'gpu:0'")) << complaint;
        EXPECT_TRUE(says("\"identical\":false")) << text;
        EXPECT_TRUE(says("\"rounds\":0")) << text;
    }
}

TEST_F(Sweep, CountsThatDisagreeLaterAreFoundToo)
{
    /* In the third round of two steps; with --weak, darts that only one step counts. */
    machine.meddle = [](const Call &, mcpi_result *result) {
        result->hits += machine.calls.size() == 7;
        return MCPI_OK;
    };
    for (const char *option : {"--csv", "--weak"}) {
        machine.calls.clear();
        EXPECT_EQ(carry_out({"scaling", "-d", "cpu", "-t", "2", "-n", "1000", option}), EXIT_MISMATCH);
        EXPECT_EQ(machine.calls.size(), 8U);
        EXPECT_TRUE(complains("mcpi: counts disagree: in ")) << complaint;
    }
    EXPECT_TRUE(complains("in 2000 darts from dart 0, 1500 hits by '2 workers' but 1501 by '2 workers'\n"))
        << complaint;
    EXPECT_TRUE(says("Nothing was timed")) << text;
}

TEST_F(Sweep, OneThatIsStoppedReportsItsWholeRounds)
{
    size_t last = 0;
    machine.meddle = [&](const Call &, const mcpi_result *) {
        return machine.calls.size() == last ? MCPI_STOPPED : MCPI_OK;
    };
    for (const char *command : {"compare", "scaling"}) {
        for (const auto &[at, rounds] : {std::pair{1, 0}, {3, 0}, {7, 2}}) {
            last = static_cast<size_t>(at);
            machine.calls.clear();
            EXPECT_EQ(carry_out({command, "-d", "cpu", "-t", "2", "--json"}), EXIT_INTERRUPTED);
            EXPECT_EQ(machine.calls.size(), last + 1);
            EXPECT_TRUE(complains("stopped on request"));
            EXPECT_EQ(says("\"rounds\":2"), rounds == 2) << text;
            EXPECT_EQ(text.empty(), rounds == 0) << text;
        }
    }
}

TEST_F(Sweep, ATimeWithAPauseInItIsTakenAgain)
{
    machine.meddle = [](const Call &, mcpi_result *result) {
        result->paused_seconds = machine.calls.size() == 3 ? 22 : 0;
        result->counting_seconds *= machine.calls.size() == 3 ? 10 : 1; /* it shows in no spread */
        return MCPI_OK;
    };
    EXPECT_EQ(carry_out({"compare", "-d", "cpu", "-t", "1", "-T", "1s", "--json"}), EXIT_DONE);
    EXPECT_EQ(machine.calls.size(), 1U + 5U + 1U);
    EXPECT_TRUE(complains("the process was stopped for 22.0 s while 'one core' counted; this timing is discarded"))
        << complaint;
    EXPECT_TRUE(says("\"paused_seconds\":22")) << text;
    EXPECT_TRUE(says("\"darts_per_second\":{\"median\":1000000000,\"lowest\":1000000000")) << text;
}

TEST_F(Sweep, AProcessThatIsStoppedAllTheTimeIsToldOf)
{
    machine.meddle = [](const Call &, mcpi_result *result) {
        result->paused_seconds = 2;
        return MCPI_OK;
    };
    EXPECT_EQ(carry_out({"compare", "-d", "cpu", "-t", "1", "-T", "1s"}), EXIT_DONE);
    EXPECT_EQ(machine.calls.size(), 1U + 5U * 5U);
    EXPECT_TRUE(complains("stopped in each of 5 attempts to time 'one core'")) << complaint;
    EXPECT_EQ(carry_out({"compare", "-d", "cpu", "-t", "1", "-T", "1s", "-q"}), EXIT_DONE);
    EXPECT_EQ(complaint, "");
}

TEST_F(Sweep, OneThatFailsHasNoReport)
{
    machine.meddle = [](const Call &call, const mcpi_result *) {
        return call.devices == "gpu:0" ? MCPI_DEVICE_FAILED : MCPI_OK;
    };
    EXPECT_EQ(carry_out({"scaling"}), EXIT_FAILED);
    EXPECT_EQ(text, "");
}

TEST_F(Sweep, WorkersThatHadNoCpuAreToldOf)
{
    /* This machine counts in no time of the process's own. */
    EXPECT_EQ(carry_out({"scaling", "-d", "cpu", "-t", "2", "-n", "1e9"}), EXIT_DONE);
    EXPECT_TRUE(complains("'2 workers' got only 0 % of its CPU time")) << complaint;
    EXPECT_EQ(carry_out({"scaling", "-d", "cpu", "-t", "2", "-n", "1e9", "-q"}), EXIT_DONE);
    EXPECT_EQ(complaint, "");
}

TEST_F(Sweep, RatesThatSpreadAreToldOf)
{
    machine.slower = 0.01;
    EXPECT_EQ(carry_out({"scaling", "-d", "cpu", "-t", "2", "-n", "1e6"}), EXIT_DONE);
    EXPECT_TRUE(complains("the rates of '1 worker' spread by 9 %: other programs disturbed the timing")) << complaint;
}

TEST_F(Sweep, WhatCannotBeTimedIsRefused)
{
    const std::vector<std::pair<std::vector<const char *>, const char *>> bad = {
        {{"scaling", "-n", "0"}, "--samples 0: there is nothing to time"},
        {{"scaling", "-n", "1e9", "-T", "1s"}, "--time: --samples already sets"},
        {{"scaling", "--json", "--csv"}, "--csv: cannot be combined with --json"},
        {{"scaling", "--first", "2^63"}, "--first 9223372036854775808: there are no darts with this number or above"},
        {{"scaling", "--first", "2^62", "-n", "2^62", "--weak"},
         "there are fewer than 2 times 4611686018427387904 darts from that number on"},
        {{"scaling", "--first", "2^62", "-n", "2^63"},
         "there are fewer than 1 times 9223372036854775808 darts from that number on"},
        {{"compare", "--first", "2^63"}, "there are no darts with this number or above"},
    };
    for (const auto &[arguments, expected] : bad) {
        EXPECT_EQ(carry_out(arguments), EXIT_USAGE) << expected;
        EXPECT_TRUE(complains(expected)) << complaint;
        EXPECT_EQ(text, "");
        EXPECT_TRUE(machine.calls.empty());
    }
}

} // namespace
