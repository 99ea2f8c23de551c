/*
 * Sweeps, and the commands that use them, on a made-up machine: the order of the counts, counts that disagree, a
 * stopped run, a machine that is not quiet. The linker replaces the functions that would count by those below (--wrap).
 */
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <functional>
#include <sstream>
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
    mcpi_workers workers = MCPI_WORKERS_DEFAULT;
};

bool operator==(const Call &a, const Call &b)
{
    return a.devices == b.devices && a.threads == b.threads && a.darts == b.darts && a.seconds == b.seconds &&
           a.workers == b.workers;
}

std::ostream &operator<<(std::ostream &out, const Call &call)
{
    return out << call.devices << " " << call.threads << " " << call.darts << " " << call.seconds << " "
               << call.workers;
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
    std::vector<std::string> gpus;                                  /* their models */
    bool gpu_first;                                                 /* in the list of devices */
} machine;

std::vector<std::string> split(const std::string &list)
{
    std::vector<std::string> items;
    std::istringstream text(list);
    for (std::string item; std::getline(text, item, ',');)
        items.push_back(item);
    return items;
}

const char *kernel_of(const std::string &id)
{
    const bool is_gpu = id.rfind("gpu:", 0) == 0;
    return id == "cpu"                                                  ? "scalar"
           : is_gpu && machine.gpus.at(std::stoul(id.substr(4))) == "B" ? "textbook"
                                                                        : "fp32-test";
}

/* A GPU counts as fast as 100 workers. */
mcpi_result *count(const Call &call)
{
    auto *result = static_cast<mcpi_result *>(calloc(1, sizeof(mcpi_result)));
    const double speed = rate * (call.devices == "cpu" ? call.threads : 100 * split(call.devices).size()) *
                         (1 - machine.slower * static_cast<double>(machine.calls.size()));
    result->darts = call.seconds > 0 ? static_cast<uint64_t>(speed * call.seconds) : call.darts;
    result->hits = result->darts / 4 * 3;
    result->setup_seconds = call.workers == MCPI_WORKERS_PROCESSES ? 0.004 : 0.001;
    result->counting_seconds = static_cast<double>(result->darts) / speed;
    const std::vector<std::string> ids = split(call.devices);
    result->device_count = ids.size();
    result->devices = static_cast<mcpi_device_result *>(calloc(ids.size(), sizeof(mcpi_device_result)));
    for (size_t i = 0; i < ids.size(); i++)
        strcpy(result->devices[i].device.kernel, kernel_of(ids[i]));
    return result;
}

} // namespace

extern "C" {

mcpi_status __wrap_mcpi_run(const mcpi_options *options, mcpi_result **result, mcpi_error *error)
{
    *result = nullptr;
    if (options->darts == 0)
        return MCPI_OK;
    const Call call = {options->devices, options->threads, options->darts, options->time_limit_seconds,
                       options->workers};
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
    EXPECT_GE(capacity, 1 + machine.gpus.size());
    devices[0] = mcpi_device{};
    strcpy(devices[0].id, "cpu");
    strcpy(devices[0].name, "Made-up 9000");
    devices[0].kind = MCPI_CPU;
    devices[0].available = 1;
    devices[0].units = 12;
    for (size_t i = 0; i < machine.gpus.size(); i++) {
        mcpi_device *const gpu = &devices[1 + i];
        *gpu = mcpi_device{};
        strcpy(gpu->id, ("gpu:" + std::to_string(i)).c_str());
        snprintf(gpu->uuid, sizeof gpu->uuid, "GPU-%zx", 0x5c1e + i);
        strcpy(gpu->name, machine.gpus[i].c_str());
        gpu->kind = MCPI_GPU;
        gpu->index = static_cast<int>(i);
        gpu->available = machine.gpus[i] != "broken";
        gpu->broken = !gpu->available;
        strcpy(gpu->note, gpu->broken ? "made up" : "");
    }
    if (machine.gpu_first)
        std::swap(devices[0], devices[1]);
    return 1 + machine.gpus.size();
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
        machine = {{12, 6, 1, 12, 1}, {}, {}, nullptr, true, 0, {"A"}, false};
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
        report_files files{options.format, 0, {}, {}};
        const int code = options.command->report(&options, &files);
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

TEST_F(Sweep, AListOfWorkersIsWhatScalingSteps)
{
    EXPECT_EQ(carry_out({"scaling", "-d", "cpu", "-n", "6e9", "-t", "16,1,5"}), EXIT_DONE);
    const std::vector<Call> round = {{"cpu", 1, 6000000000, 0}, {"cpu", 5, 6000000000, 0}, {"cpu", 16, 6000000000, 0}};
    std::vector<Call> expected;
    for (int i = 0; i < 10; i++)
        expected.insert(expected.end(), round.begin(), round.end());
    EXPECT_EQ(machine.calls, expected);
    EXPECT_FALSE(says("One worker is measured")) << text;
}

TEST_F(Sweep, OneWorkerIsMeasuredWithAnyListBecauseItIsTheBase)
{
    EXPECT_EQ(carry_out({"scaling", "-n", "6e9", "-t", "3,16"}), EXIT_DONE);
    const std::vector<Call> round = {{"cpu", 1, 6000000000, 0},
                                     {"cpu", 3, 6000000000, 0},
                                     {"cpu", 16, 6000000000, 0},
                                     {"gpu:0", 0, 6000000000, 0},
                                     {"all", 12, 6000000000, 0}};
    EXPECT_EQ(std::vector<Call>(machine.calls.begin(), machine.calls.begin() + 5), round);
    EXPECT_TRUE(says("One worker is measured too, because all speed-ups are relative to it.\n")) << text;
}

TEST_F(Sweep, ScalingStepsPowersOfTwoGpusAndAllOfThem)
{
    machine.gpus = std::vector<std::string>(6, "A");
    EXPECT_EQ(carry_out({"scaling", "-n", "6e9", "-t", "1"}), EXIT_DONE);
    std::vector<Call> round = {{"cpu", 1, 6000000000, 0},
                               {"gpu:0", 0, 6000000000, 0},
                               {"gpu:0,gpu:1", 0, 6000000000, 0},
                               {"gpu:0,gpu:1,gpu:2,gpu:3", 0, 6000000000, 0},
                               {"gpu:0,gpu:1,gpu:2,gpu:3,gpu:4,gpu:5", 0, 6000000000, 0},
                               {"all", 1, 6000000000, 0}};
    std::vector<Call> expected;
    for (int i = 0; i < 10; i++)
        expected.insert(expected.end(), round.begin(), round.end());
    EXPECT_EQ(machine.calls, expected);
    for (const char *line : {"\n  2 GPUs  gpu ", "\n  4 GPUs  gpu ", "\n  6 GPUs  gpu ",
                             "6 GPUs count 6.00 (6.00-6.00) times as fast as gpu:0, an efficiency of 100.0 %.\n"})
        EXPECT_TRUE(says(line)) << text;
    EXPECT_FALSE(says("different models")) << text;
}

TEST_F(Sweep, ScalingStepsTheGpusThatAreSelectedAndWork)
{
    machine.gpus = {"A", "A", "broken", "A", "A"};
    EXPECT_EQ(carry_out({"scaling", "-n", "1e9", "-t", "1", "-d", "gpu:1,2,3"}), EXIT_DONE);
    ASSERT_EQ(machine.calls.size(), 10U * 3U);
    EXPECT_EQ(machine.calls[1].devices, "gpu:1");
    EXPECT_EQ(machine.calls[2].devices, "gpu:1,gpu:3");
    EXPECT_TRUE(complains("leaving out gpu:2: made up\n")) << complaint;
    EXPECT_TRUE(says("2 GPUs count 2.00 (2.00-2.00) times as fast as gpu:1")) << text;
    machine.calls.clear();
    EXPECT_EQ(carry_out({"scaling", "-n", "1e9", "-t", "1", "-d", "cpu,gpu:0,4"}), EXIT_DONE);
    ASSERT_EQ(machine.calls.size(), 10U * 4U);
    EXPECT_EQ(machine.calls[3].devices, "cpu,gpu:0,4");
}

/* With different models the kernels differ, so each GPU chooses its own. */
TEST_F(Sweep, GpusOfDifferentModelsHaveNoEfficiency)
{
    machine.gpus = {"A", "A", "B", "B"};
    EXPECT_EQ(carry_out({"scaling", "-n", "1e9", "-t", "1"}), EXIT_DONE);
    EXPECT_TRUE(says("2 GPUs count 2.00 (2.00-2.00) times as fast as gpu:0, an efficiency of 100.0 %.\n")) << text;
    EXPECT_TRUE(says("4 GPUs count 4.00 (4.00-4.00) times as fast as gpu:0; they are different models.\n")) << text;
    EXPECT_TRUE(says("The GPUs are different models: gpu:0 is A, gpu:2 is B.\n")) << text;
    EXPECT_EQ(carry_out({"scaling", "-n", "1e9", "-t", "1", "--json"}), EXIT_DONE);
    EXPECT_TRUE(says("\"devices\":\"gpu:0,gpu:1\",\"name\":\"A\",\"kernel\":\"fp32-test\"")) << text;
    EXPECT_TRUE(says("\"name\":\"A and other models\",\"kernel\":\"-\"")) << text;
}

TEST_F(Sweep, ScalingMeasuresTwoKindsOfWorkersInTurn)
{
    EXPECT_EQ(carry_out({"scaling", "-n", "6e9", "-t", "1,3", "--workers", "threads,processes"}), EXIT_DONE);
    std::vector<Call> round;
    for (const mcpi_workers kind : {MCPI_WORKERS_THREADS, MCPI_WORKERS_PROCESSES})
        for (const Call &call : {Call{"cpu", 1, 6000000000, 0, kind}, Call{"cpu", 3, 6000000000, 0, kind},
                                 Call{"gpu:0", 0, 6000000000, 0, kind}, Call{"all", 3, 6000000000, 0, kind}})
            round.push_back(call);
    std::vector<Call> expected;
    for (int i = 0; i < 10; i++)
        expected.insert(expected.end(), round.begin(), round.end());
    EXPECT_EQ(machine.calls, expected);
    EXPECT_TRUE(says("Workers in processes, compared with threads:\n")) << text;
    EXPECT_TRUE(says("\n       3       4.0 ms  +3.0 ms (+3.0 to +3.0)          3.00e9  1.00 (1.00-1.00)\n")) << text;
    EXPECT_TRUE(says("\n   gpu:0       4.0 ms  +3.0 ms (+3.0 to +3.0)         1.00e11  1.00 (1.00-1.00)\n")) << text;
    EXPECT_TRUE(says("All 8 count 4500000000 hits in the 6000000000 darts")) << text;
}

TEST_F(Sweep, OneKindOfWorkersIsUsedForAllSteps)
{
    EXPECT_EQ(carry_out({"scaling", "-n", "6e9", "-t", "3", "--workers", "processes"}), EXIT_DONE);
    for (const Call &call : machine.calls)
        EXPECT_EQ(call.workers, MCPI_WORKERS_PROCESSES);
    EXPECT_EQ(machine.calls.size(), 10U * 5U);
    EXPECT_FALSE(says("compared with threads")) << text;
    EXPECT_TRUE(says("for any number of workers in processes\n")) << text;
}

TEST_F(Sweep, ProcessesThatCountWrongAreNamed)
{
    machine.meddle = [](const Call &call, mcpi_result *result) {
        result->hits += call.workers == MCPI_WORKERS_PROCESSES && call.threads == 2;
        return MCPI_OK;
    };
    EXPECT_EQ(carry_out({"scaling", "-d", "cpu", "-n", "1000", "-t", "2", "--workers", "threads,processes"}),
              EXIT_MISMATCH);
    EXPECT_TRUE(complains("750 hits by '1 worker' but 751 by '2 workers in processes'\n")) << complaint;
}

TEST_F(Sweep, WeakScalingCountsSoMuchAGpu)
{
    machine.gpus = {"A", "A"};
    EXPECT_EQ(carry_out({"scaling", "--weak", "-n", "1e9", "-t", "3"}), EXIT_DONE);
    const std::vector<Call> round = {{"cpu", 1, 1000000000, 0},         {"cpu", 2, 2000000000, 0},
                                     {"cpu", 3, 3000000000, 0},         {"gpu:0", 0, 3000000000, 0},
                                     {"gpu:0,gpu:1", 0, 6000000000, 0}, {"all", 3, 6000000000, 0}};
    EXPECT_EQ(std::vector<Call>(machine.calls.end() - 6, machine.calls.end()), round);
}

TEST_F(Sweep, AGpuThatCountsWrongIsSoughtAmongTheGpusOfItsStep)
{
    machine.gpus = {"A", "A", "A", "A"};
    machine.meddle = [](const Call &call, mcpi_result *result) {
        result->hits += call.devices.find("gpu:3") != std::string::npos;
        return MCPI_OK;
    };
    EXPECT_EQ(carry_out({"scaling", "-t", "1", "-n", "1000", "--json"}), EXIT_MISMATCH);
    EXPECT_TRUE(complains("750 hits by '1 worker' but 751 by '4 GPUs'\n")) << complaint;
    EXPECT_TRUE(complains("to find the device that counts wrong, run: mcpi compare -d gpu:0,gpu:1,gpu:2,gpu:3\n"))
        << complaint;
    EXPECT_TRUE(says("\"identical\":false")) << text;
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
