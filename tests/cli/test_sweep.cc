/*
 * Sweeps, and the commands that use them, on a made-up machine: the order of the counts, counts that disagree, a
 * stopped run, a machine that is not quiet. The linker replaces the functions that would count by those below (--wrap).
 */
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <random>
#include <regex>
#include <sstream>
#include <string>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

#include "mcpi/dart.h"

extern "C" {
#include "cli/bench/sweep.h"
#include "cli/commands.h"
#include "cli/io/exit_process.h"
#include "sensors/energy.h"
#include "stats/spread.h"
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

/* These rows in turn, in every other round from the last to the first. */
std::vector<Call> rounds_of(const std::vector<Call> &round, int count)
{
    std::vector<Call> calls;
    for (int i = 0; i < count; i++)
        if (i % 2 == 0)
            calls.insert(calls.end(), round.begin(), round.end());
        else
            calls.insert(calls.end(), round.rbegin(), round.rend());
    return calls;
}

/* The rows once for the check, and then in rounds. */
std::vector<Call> checked_and_timed(const std::vector<Call> &round, int count)
{
    std::vector<Call> calls = round;
    const std::vector<Call> timed = rounds_of(round, count);
    calls.insert(calls.end(), timed.begin(), timed.end());
    return calls;
}

/* Runs of a row after the rounds, from its start. */
constexpr int starts = 3;

/* Rounds of a sweep without noise: compare begins with 20, scaling with 16. */
constexpr int compare_rounds = 20, scaling_rounds = 16;

/* Six cores, twelve threads, a GPU, if nothing else is said. */
struct {
    mcpi_topology topology;
    std::vector<Call> calls;
    std::vector<std::string> gpu_kernels;                           /* that runs of the GPU alone were asked for */
    std::function<mcpi_status(const Call &, mcpi_result *)> meddle; /* with what a call brings; may be empty */
    bool pinned;                                                    /* all of them, to threads */
    std::function<double(double)> clock; /* what the rates are multiplied by, after these seconds; may be empty */
    double noise;                        /* standard deviation of the rates, as a share of them */
    std::mt19937_64 generator;
    double seconds;                /* that have passed */
    double lost_cores;             /* in which CPU workers do not run, of as many as there are in `threads` */
    double lost_seconds;           /* by each worker, in each run */
    double tick;                   /* of the clock that measures CPU time; 0: it is exact */
    double cpu_seconds;            /* that the process has had */
    unsigned hardware;             /* threads */
    std::vector<std::string> gpus; /* their models */
    bool gpu_first;                /* in the list of devices */
    bool shows_progress;
    std::string powercap; /* folder with the counters of energy; empty: there are none */
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
    std::normal_distribution<double> normal;
    const double speed = rate * (call.devices == "cpu" ? call.threads : 100 * split(call.devices).size()) *
                         (machine.clock ? machine.clock(machine.seconds) : 1) *
                         (1 + machine.noise * normal(machine.generator));
    result->darts = call.seconds > 0 ? static_cast<uint64_t>(speed * call.seconds) : call.darts;
    result->hits = result->darts / 4 * 3;
    result->setup_seconds = call.workers == MCPI_WORKERS_PROCESSES ? 0.004 : 0.001;
    result->counting_seconds = static_cast<double>(result->darts) / speed;
    result->total_seconds = result->setup_seconds + result->counting_seconds;
    machine.seconds += result->counting_seconds;
    machine.cpu_seconds += (call.threads - machine.lost_cores * (call.threads > 1)) * result->counting_seconds -
                           call.threads * machine.lost_seconds;
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
    if (machine.shows_progress) {
        mcpi_progress state = {(*result)->darts, (*result)->hits, (*result)->darts, 0, (*result)->darts, 0.1};
        options->progress(options->user, &state);
    }
    const mcpi_status status = machine.meddle ? machine.meddle(call, *result) : MCPI_OK;
    machine.calls.push_back(call);
    if (call.devices == "gpu:0")
        machine.gpu_kernels.emplace_back(options->kernel ? options->kernel : "");
    EXPECT_TRUE(call.devices != "cpu" || !options->kernel || strcmp(options->kernel, "scalar") == 0 ||
                strcmp(options->kernel, "avx2") == 0);
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
    devices[0].units = machine.hardware;
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

/* The CPU time of children is 0. */
int __wrap_getrusage(int who, struct rusage *usage)
{
    const double tick = machine.tick > 0 ? machine.tick : 1e-6;
    const double ticks = who == RUSAGE_SELF ? std::floor(machine.cpu_seconds / tick) : 0;
    const long long microseconds = std::llround(ticks * tick * 1e6);
    *usage = rusage{};
    usage->ru_utime.tv_sec = microseconds / 1000000;
    usage->ru_utime.tv_usec = microseconds % 1000000;
    return 0;
}

/* A meter of a folder like /sys/class/powercap, and a GPU without one. */
mcpi_energy_meter *__real_mcpi_energy_open_cpu(const char *powercap);
mcpi_energy_meter *__wrap_mcpi_energy_open_cpu(const char *)
{
    return __real_mcpi_energy_open_cpu(machine.powercap.empty() ? "/nowhere" : machine.powercap.c_str());
}

mcpi_energy_meter *__real_mcpi_energy_open_gpu(const mcpi_sensors *sensors, const char *uuid);
mcpi_energy_meter *__wrap_mcpi_energy_open_gpu(const mcpi_sensors *, const char *uuid)
{
    return __real_mcpi_energy_open_gpu(nullptr, uuid);
}

/* Five rates of the device: a share of 20 %. */
mcpi_bound __wrap_mcpi_bound_of(const mcpi_backend *const *, const mcpi_device *device, const char *, unsigned workers)
{
    return {5 * rate * (device->kind == MCPI_GPU ? 100 : workers), device->kind == MCPI_GPU, NAN};
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
        machine = {};
        machine.topology = {12, 6, 1, 12, 1};
        machine.hardware = 12;
        machine.pinned = true;
        machine.gpus = {"A"};
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
    const std::vector<Call> round = {{"cpu", 1, MCPI_DART_END, 0.25},
                                     {"cpu", 4, MCPI_DART_END, 0.25},
                                     {"gpu:0", 0, MCPI_DART_END, 0.25},
                                     {"all", 4, MCPI_DART_END, 0.25}};
    std::vector<Call> expected = checked_and_timed(round, compare_rounds);
    for (size_t i = 1; i < round.size(); i++)
        expected[i] = {expected[i].devices, expected[i].threads, 250000000, 0};
    for (const Call &row : round)
        for (int i = 0; i < starts; i++)
            expected.push_back({row.devices, row.threads, 1000, 0,
                                row.devices == "cpu" ? MCPI_WORKERS_DEFAULT : MCPI_WORKERS_PROCESSES});
    EXPECT_EQ(machine.calls, expected);
    EXPECT_TRUE(says("All 4 count 187500000 hits in the 250000000 darts")) << text;
}

TEST_F(Sweep, CompareBeginsWithAHeadline)
{
    EXPECT_EQ(carry_out({"compare", "-t", "4"}), EXIT_DONE);
    EXPECT_EQ(text.find("gpu:0 is 25 times as fast as 4 CPU workers, 100 times one core; all counts agree\n"), 0U)
        << text;
    EXPECT_EQ(carry_out({"compare", "-d", "cpu"}), EXIT_DONE);
    EXPECT_EQ(text.find("all 12 CPU threads are 12 times as fast as one core; all counts agree\n"), 0U) << text;
    EXPECT_EQ(carry_out({"compare", "-d", "cpu", "-t", "1"}), EXIT_DONE);
    EXPECT_EQ(text.find("one core counts 1.00e9 darts/s; all counts agree\n"), 0U) << text;
    machine.topology = {12, 12, 1, 12, 1};
    machine.gpus = {"A", "B"};
    EXPECT_EQ(carry_out({"compare"}), EXIT_DONE);
    EXPECT_EQ(text.find("all 2 GPUs are 16.67 times as fast as all 12 cores, 200 times one core; all counts agree\n"),
              0U)
        << text;
    EXPECT_TRUE(says("\n2 GPUs ")) << text;
}

/* A GPU is ready after 4 ms, the CPU after 1 ms. */
TEST_F(Sweep, CompareSaysFromHowManyDartsAGpuPays)
{
    EXPECT_EQ(carry_out({"compare", "-t", "4"}), EXIT_DONE);
    EXPECT_TRUE(says("\ngpu:0 pays from 1.25e7 darts on: below, 4 CPU workers have the result first.\n")) << text;
    EXPECT_TRUE(says("  4.00 ms     104 ms*\n")) << text;
    EXPECT_TRUE(says("* follows from set-up and rate and was not measured.\n")) << text;
    EXPECT_TRUE(says("\n4 CPU workers have the result before one core for any number of darts.\n")) << text;
    EXPECT_EQ(carry_out({"compare", "-t", "4", "--json"}), EXIT_DONE);
    EXPECT_TRUE(says(R"({"who":"gpu:0","against":"4 threads","pays":true,"darts":12498999.)")) << text;
}

TEST_F(Sweep, CompareTimesTheDartsThatAreAskedForFromTheStart)
{
    EXPECT_EQ(carry_out({"compare", "-d", "cpu", "-t", "1", "-n", "2^33"}), EXIT_DONE);
    EXPECT_EQ(machine.calls.front().darts, UINT64_C(1) << 33U) << "all rows count these darts in the check";
    EXPECT_EQ(machine.calls.back().darts, UINT64_C(1) << 33U);
    EXPECT_EQ(machine.calls.size(), 1U + compare_rounds + starts + 1U) << "a long run is not repeated";
    EXPECT_TRUE(says("8589934592 darts\n")) << text;
    EXPECT_FALSE(says("*")) << text;
}

TEST_F(Sweep, CompareMeasuresListsOfWorkersAndKernels)
{
    EXPECT_EQ(carry_out({"compare", "-d", "cpu", "-t", "2,3", "--kernel", "scalar", "--csv"}), EXIT_DONE);
    EXPECT_TRUE(says("\none core,") && says("\n2 threads,") && says("\n3 threads,")) << text;
    EXPECT_EQ(carry_out({"compare", "--kernel", "scalar,no-such"}), EXIT_USAGE);
    EXPECT_TRUE(complains("--kernel no-such: no device of this comparison has such a kernel")) << complaint;
}

/* What is not known is not shown as a number. */
TEST_F(Sweep, CompareThatIsStoppedWhileItTimesStartsReportsItsRates)
{
    machine.meddle = [](const Call &call, const mcpi_result *) {
        return call.darts == 1000 && call.threads == 4 ? MCPI_STOPPED : MCPI_OK;
    };
    EXPECT_EQ(carry_out({"compare", "-d", "cpu", "-t", "4"}), EXIT_INTERRUPTED);
    EXPECT_TRUE(says("4 CPU workers are 4 times as fast as one core; all counts agree")) << text;
    EXPECT_TRUE(says("4 threads  scalar   4.00e9           4      1        -           -\n")) << text;
    EXPECT_FALSE(says("nan")) << text;
    EXPECT_FALSE(says("pay")) << text;
    EXPECT_EQ(carry_out({"compare", "-d", "cpu", "-t", "4", "--json"}), EXIT_INTERRUPTED);
    EXPECT_TRUE(says("\"setup_seconds\":null,\"start_to_result\":[]")) << text;
}

/* A line of progress names what is being timed now. */
TEST_F(Sweep, CompareNamesTheRowWhoseStartIsTimed)
{
    machine.shows_progress = true;
    EXPECT_EQ(carry_out({"compare", "-d", "cpu", "-t", "1", "--rounds", "2", "--interval", "1e-6s"}), EXIT_DONE);
    EXPECT_TRUE(complains("  round 2 of 2: one core: ")) << complaint;
    EXPECT_TRUE(complains("  from start to result: one core: ")) << complaint;
}

/* A package that uses 3 J in each run, which takes 20 ms. */
class PackageOfEnergy
{
  public:
    PackageOfEnergy()
    {
        folder = testing::TempDir() + "mcpi_powercap_" + std::to_string(getpid());
        const std::string package = folder + "/intel-rapl:0";
        std::filesystem::create_directories(package);
        write(package + "/name", "package-0");
        write(package + "/max_energy_range_uj", "262143328850");
        counter = package + "/energy_uj";
        add(1000000);
    }
    ~PackageOfEnergy()
    {
        std::filesystem::remove_all(folder);
    }
    void add(uint64_t microjoules)
    {
        write(counter, std::to_string(total += microjoules));
    }
    std::string folder;

  private:
    static void write(const std::string &name, const std::string &text)
    {
        std::ofstream(name) << text << "\n";
    }
    std::string counter;
    uint64_t total = 0;
};

TEST_F(Sweep, CompareShowsPowerAndDartsPerJoule)
{
    PackageOfEnergy package;
    machine.powercap = package.folder;
    machine.meddle = [&](const Call &, const mcpi_result *) {
        package.add(3000000);
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        return MCPI_OK;
    };
    EXPECT_EQ(carry_out({"compare", "-d", "cpu", "-t", "1", "--rounds", "2"}), EXIT_DONE);
    EXPECT_TRUE(says("of its bound  watts  darts/J\n")) << text;
    EXPECT_TRUE(says(" 6.67e7\n")) << "0.2 s at 1e9 darts/s, with 3 J\n" << text;
    EXPECT_EQ(carry_out({"compare", "-d", "cpu", "-t", "1", "--rounds", "2", "--json"}), EXIT_DONE);
    EXPECT_TRUE(says(R"("energy":{"joules":3,"joules_half_width":)")) << text;
    EXPECT_TRUE(says(R"("darts":200000000,"darts_per_joule":66666666.666666)")) << text;
}

/* The counter goes on while the process is stopped. */
TEST_F(Sweep, CompareKnowsNoEnergyOfARunWithAPause)
{
    const PackageOfEnergy package;
    machine.powercap = package.folder;
    machine.meddle = [](const Call &call, mcpi_result *result) {
        result->paused_seconds = call.seconds == 0.2 ? 5 : 0;
        return MCPI_OK;
    };
    EXPECT_EQ(carry_out({"compare", "-d", "cpu", "-t", "1", "--rounds", "2"}), EXIT_DONE);
    EXPECT_TRUE(says("Energy unknown: the process was stopped while it was measured.\n")) << text;
    EXPECT_FALSE(says("watts")) << text;
}

TEST_F(Sweep, CompareFindsACountThatDiffersWhenItTimesStarts)
{
    machine.meddle = [](const Call &call, mcpi_result *result) {
        result->hits += call.darts == 1000 && call.threads == 4;
        return MCPI_OK;
    };
    EXPECT_EQ(carry_out({"compare", "-d", "cpu", "-t", "4"}), EXIT_MISMATCH);
    EXPECT_TRUE(complains("counts disagree: in 1000 darts from dart 0, 750 hits by 'one core' but 751 by '4 threads'"))
        << complaint;
    EXPECT_FALSE(says("all counts agree")) << text;
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
        EXPECT_EQ(machine.calls.at(1).devices, "gpu:0") << selection;
        machine.calls.clear();
    }
    for (const char *selection : {"cpu", "gpu:1", "gpu:GPU-6", "gpu:00"}) {
        EXPECT_EQ(carry_out({"compare", "-d", selection, "-t", "1", "-T", "1s"}), EXIT_DONE);
        for (const Call &call : machine.calls)
            EXPECT_EQ(call.devices, "cpu") << selection;
        machine.calls.clear();
    }
}

TEST_F(Sweep, AListOfTheCpuAndGpusIsWhatCountsTogether)
{
    EXPECT_EQ(carry_out({"compare", "-d", "cpu,gpu:0", "-t", "3", "-T", "1s"}), EXIT_DONE);
    ASSERT_EQ(machine.calls.size(), 4U * (1 + compare_rounds + starts));
    EXPECT_EQ(machine.calls[2].devices, "gpu:0");
    EXPECT_EQ(machine.calls[3].devices, "cpu,gpu:0");
    EXPECT_EQ(machine.calls[3].threads, 3U);
    EXPECT_TRUE(says("\ntogether")) << text;
    machine.calls.clear();
    EXPECT_EQ(carry_out({"compare", "-d", "gpu", "-t", "3", "-T", "1s"}), EXIT_DONE);
    EXPECT_EQ(machine.calls.at(3).devices, "all");
    EXPECT_TRUE(says("\ntogether")) << text;
}

TEST_F(Sweep, StrongScalingCountsTheSameDartsInEveryStep)
{
    EXPECT_EQ(carry_out({"scaling", "-n", "6e9", "-t", "16"}), EXIT_DONE);
    std::vector<Call> round;
    for (const unsigned workers : {1, 2, 4, 6, 8, 12, 16})
        round.push_back({"cpu", workers, 6000000000, 0});
    round.push_back({"gpu:0", 0, 6000000000, 0});
    round.push_back({"all", 12, 6000000000, 0});
    EXPECT_EQ(machine.calls, checked_and_timed(round, scaling_rounds));
    EXPECT_TRUE(machine.pinned);
    EXPECT_TRUE(says("All 9 count 4500000000 hits in the 6000000000 darts")) << text;
}

TEST_F(Sweep, AListOfWorkersIsWhatScalingSteps)
{
    EXPECT_EQ(carry_out({"scaling", "-d", "cpu", "-n", "6e9", "-t", "16,1,5"}), EXIT_DONE);
    const std::vector<Call> round = {{"cpu", 1, 6000000000, 0}, {"cpu", 5, 6000000000, 0}, {"cpu", 16, 6000000000, 0}};
    EXPECT_EQ(machine.calls, checked_and_timed(round, scaling_rounds));
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
    EXPECT_EQ(machine.calls, checked_and_timed(round, scaling_rounds));
    for (const char *line : {"\n  2 GPUs  gpu ", "\n  4 GPUs  gpu ", "\n  6 GPUs  gpu ",
                             "6 GPUs count 6 times as fast as gpu:0, an efficiency of 100 %.\n"})
        EXPECT_TRUE(says(line)) << text;
    EXPECT_FALSE(says("different models")) << text;
}

TEST_F(Sweep, ScalingStepsTheGpusThatAreSelectedAndWork)
{
    machine.gpus = {"A", "A", "broken", "A", "A"};
    EXPECT_EQ(carry_out({"scaling", "-n", "1e9", "-t", "1", "-d", "gpu:1,2,3"}), EXIT_DONE);
    ASSERT_EQ(machine.calls.size(), 3U * (1 + scaling_rounds));
    EXPECT_EQ(machine.calls[1].devices, "gpu:1");
    EXPECT_EQ(machine.calls[2].devices, "gpu:1,gpu:3");
    EXPECT_TRUE(complains("leaving out gpu:2: made up\n")) << complaint;
    EXPECT_TRUE(says("2 GPUs count 2 times as fast as gpu:1")) << text;
    machine.calls.clear();
    EXPECT_EQ(carry_out({"scaling", "-n", "1e9", "-t", "1", "-d", "cpu,gpu:0,4"}), EXIT_DONE);
    ASSERT_EQ(machine.calls.size(), 4U * (1 + scaling_rounds));
    EXPECT_EQ(machine.calls[3].devices, "cpu,gpu:0,4");
}

/* With different models the kernels differ, so each GPU chooses its own. */
TEST_F(Sweep, GpusOfDifferentModelsHaveNoEfficiency)
{
    machine.gpus = {"A", "A", "B", "B"};
    EXPECT_EQ(carry_out({"scaling", "-n", "1e9", "-t", "1"}), EXIT_DONE);
    EXPECT_TRUE(says("2 GPUs count 2 times as fast as gpu:0, an efficiency of 100 %.\n")) << text;
    EXPECT_TRUE(says("4 GPUs count 4 times as fast as gpu:0; they are different models.\n")) << text;
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
    EXPECT_EQ(machine.calls, checked_and_timed(round, scaling_rounds));
    EXPECT_TRUE(says("Workers in processes, compared with threads:\n")) << text;
    EXPECT_TRUE(says("\n       3  4.00 ms                3   3.00e9           1\n")) << text;
    EXPECT_TRUE(says("\n   gpu:0  4.00 ms                3  1.00e11           1\n")) << text;
    EXPECT_TRUE(says("All 8 count 4500000000 hits in the 6000000000 darts")) << text;
}

TEST_F(Sweep, OneKindOfWorkersIsUsedForAllSteps)
{
    EXPECT_EQ(carry_out({"scaling", "-n", "6e9", "-t", "3", "--workers", "processes"}), EXIT_DONE);
    for (const Call &call : machine.calls)
        EXPECT_EQ(call.workers, MCPI_WORKERS_PROCESSES);
    EXPECT_EQ(machine.calls.size(), 5U * (1 + scaling_rounds));
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
    const std::vector<Call> timed = rounds_of(round, scaling_rounds);
    EXPECT_EQ(std::vector<Call>(machine.calls.begin() + 6, machine.calls.end()), timed);
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
    const std::vector<Call> timed = rounds_of(
        {{"cpu", 1, 1000000000, 0}, {"cpu", 2, 2000000000, 0}, {"gpu:0", 0, 2000000000, 0}, {"all", 2, 2000000000, 0}},
        scaling_rounds);
    expected.insert(expected.end(), timed.begin(), timed.end());
    EXPECT_EQ(machine.calls, expected);
}

/* A quiet machine needs fewer rounds than planned, one that is never quiet takes more. */
TEST_F(Sweep, ScalingTakesAboutTheTimeItIsGiven)
{
    for (const double noise : {0.0, 0.2}) {
        for (const char *form : {"--csv", "--weak"}) {
            SetUp();
            machine.noise = noise;
            EXPECT_EQ(carry_out({"scaling", "-d", "cpu", "-t", "6", "-T", "30s", form}), EXIT_DONE);
            EXPECT_NEAR(machine.seconds, noise > 0 ? 36 : 24, 4) << form;
            EXPECT_EQ(machine.calls[0].darts, MCPI_DART_END);
        }
    }
    SetUp();
    EXPECT_EQ(carry_out({"scaling", "-d", "cpu", "-t", "6"}), EXIT_DONE);
    EXPECT_NEAR(machine.seconds, 0.8 * 20, 1) << "without -T";
    EXPECT_EQ(machine.calls[1].darts, static_cast<uint64_t>(rate * machine.calls[0].seconds));
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

/* Also while the starts are timed, after all rounds. */
TEST_F(Sweep, OneThatIsStoppedIsMarkedIncomplete)
{
    size_t last = 0;
    machine.meddle = [&](const Call &, const mcpi_result *) {
        return machine.calls.size() == last ? MCPI_STOPPED : MCPI_OK;
    };
    for (const size_t at : {7U, 2U + 2U * compare_rounds, 100000U}) {
        last = at;
        const int code = at < 100000 ? EXIT_INTERRUPTED : EXIT_DONE;
        machine.calls.clear();
        EXPECT_EQ(carry_out({"compare", "-d", "cpu", "-t", "2"}), code);
        EXPECT_EQ(text.rfind("INCOMPLETE: ", 0) == 0, code == EXIT_INTERRUPTED) << text;
        machine.calls.clear();
        EXPECT_EQ(carry_out({"compare", "-d", "cpu", "-t", "2", "--json"}), code);
        EXPECT_TRUE(says(code == EXIT_DONE ? "\"complete\":true" : "\"complete\":false")) << text;
    }
    last = 7;
    machine.calls.clear();
    EXPECT_EQ(carry_out({"scaling", "-d", "cpu", "-t", "2"}), EXIT_INTERRUPTED);
    EXPECT_EQ(text.rfind("INCOMPLETE: ", 0), 0U) << text;
    machine.calls.clear();
    EXPECT_EQ(carry_out({"scaling", "-d", "cpu", "-t", "2", "--json"}), EXIT_INTERRUPTED);
    EXPECT_TRUE(says("\"complete\":false")) << text;
}

/* The time of a wrong count is worthless, also if the fault shows after all rounds. */
TEST_F(Sweep, CountsThatDisagreeWhileStartsAreTimedLeaveNoRates)
{
    machine.meddle = [](const Call &call, mcpi_result *result) {
        result->hits += call.darts == 1000 && call.threads == 2;
        return MCPI_OK;
    };
    EXPECT_EQ(carry_out({"compare", "-d", "cpu", "-t", "2", "--json"}), EXIT_MISMATCH);
    EXPECT_TRUE(complains("in 1000 darts from dart 0, 750 hits by 'one core' but 751 by '2 threads'\n")) << complaint;
    EXPECT_TRUE(says("\"identical\":false")) << text;
    EXPECT_FALSE(says("\"median\":1")) << text;
    EXPECT_TRUE(says("\"break_even\":[]")) << text;
}

/* CSV has no dash for what is unknown: the CPU and a GPU have different kernels. */
TEST_F(Sweep, RowsWithoutACommonKernelHaveNoneInCsv)
{
    EXPECT_EQ(carry_out({"compare", "-d", "cpu,gpu:0", "-t", "2", "-T", "1s", "--csv"}), EXIT_DONE);
    EXPECT_TRUE(says("\ntogether,all CPU threads and these GPUs,,3,2,1,threads,")) << text;
}

/* Otherwise a GPU seems to be faster than all that the cores can do. */
TEST_F(Sweep, SentencesNameTheKernelIfThereAreSeveral)
{
    EXPECT_EQ(carry_out({"compare", "-t", "2", "-T", "1s", "--kernel", "scalar,avx2"}), EXIT_DONE);
    EXPECT_TRUE(says("gpu:0 (fp32-test) is 50 times as fast as 2 CPU workers (scalar), 100 times one core; ")) << text;
    EXPECT_TRUE(says("\ngpu:0 (fp32-test) pays ")) << text;
    EXPECT_EQ(carry_out({"compare", "-t", "2", "-T", "1s", "--kernel", "scalar"}), EXIT_DONE);
    EXPECT_TRUE(says("gpu:0 is 50 times as fast as 2 CPU workers, 100 times one core; ")) << text;
    EXPECT_EQ(carry_out({"compare", "-t", "2", "-n", "1", "--rounds", "1"}), EXIT_DONE);
    EXPECT_TRUE(says("  1 dart\n")) << text;
}

/* Without gnuplot in the PATH the script stays. */
TEST_F(Sweep, APictureClaimsNoIntervalOfFewRounds)
{
    const std::string name = testing::TempDir() + "sweep_picture" + std::to_string(getpid());
    const std::string path = getenv("PATH");
    setenv("PATH", "/nonexistent", 1);
    for (const char *rounds : {"2", "6"}) {
        carry_out({"compare", "-d", "cpu,gpu:0", "-t", "2", "-T", "1s", "--rounds", rounds, "--kernel", "scalar,avx2",
                   "--plot", (name + ".svg").c_str()});
        std::ifstream file(name + ".gnuplot");
        const std::string script{std::istreambuf_iterator<char>(file), {}};
        EXPECT_EQ(script.find("with 95 % intervals") != std::string::npos, *rounds == '6') << script;
        EXPECT_NE(script.find(std::string("Medians of ") + rounds + " rounds"), std::string::npos) << script;
        EXPECT_NE(script.find("'gpu:0, fp32-test'"), std::string::npos) << script;
        EXPECT_NE(script.find("'together'"), std::string::npos) << script;
        std::remove((name + ".gnuplot").c_str());
    }
    setenv("PATH", path.c_str(), 1);
}

/* 128 numbers of workers and 200 GPUs. */
TEST_F(Sweep, CompareHasRoomForAllKernelsOfAllGpus)
{
    machine.gpus.assign(200, "A");
    machine.hardware = 128;
    std::string steps = "1";
    for (int i = 2; i <= 128; i++)
        steps += "," + std::to_string(i);
    EXPECT_GE(sweep_most_rows, 129 * 8 + 200 * 4 + 2);
    EXPECT_EQ(carry_out({"compare", "-t", steps.c_str(), "--rounds", "1", "-T", "1s", "--csv"}), EXIT_DONE);
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1 + 128 + 200 + 2);
}

/* What was not measured is not 0. */
TEST_F(Sweep, UnknownEnergyHasNoDarts)
{
    EXPECT_EQ(carry_out({"compare", "-d", "gpu:0", "-t", "1", "--json"}), EXIT_DONE);
    EXPECT_TRUE(says("\"energy\":{\"joules\":null,\"joules_half_width\":null,\"seconds\":null,\"darts\":null,"))
        << text;
}

/* Noise decides neither that cores pay nor that they do not. */
TEST_F(Sweep, ABreakEvenIsNamedOnlyIfOneIsKnownToBeFaster)
{
    machine.noise = 0.3;
    machine.meddle = [](const Call &call, mcpi_result *result) {
        result->counting_seconds *= call.devices == "cpu" ? call.threads : 1; /* all workers are as fast as one */
        return MCPI_OK;
    };
    const std::vector<const char *> command = {"compare", "-d", "cpu", "-t", "2", "--rounds", "20"};
    EXPECT_EQ(carry_out(command), EXIT_DONE);
    EXPECT_TRUE(says("It is not known if 2 CPU workers pay against one core: the ratio may be 1.\n")) << text;
    EXPECT_FALSE(says("number of darts") || says(" darts on") || says(" never ")) << text;
    machine.meddle = nullptr;
    EXPECT_EQ(carry_out(command), EXIT_DONE);
    EXPECT_TRUE(says("2 CPU workers have the result before one core for any number of darts.\n")) << text;
}

TEST_F(Sweep, ATimeWithAPauseInItIsTakenAgain)
{
    machine.meddle = [](const Call &, mcpi_result *result) {
        result->paused_seconds = machine.calls.size() == 3 ? 22 : 0;
        result->counting_seconds *= machine.calls.size() == 3 ? 10 : 1; /* it shows in no spread */
        return MCPI_OK;
    };
    EXPECT_EQ(carry_out({"compare", "-d", "cpu", "-t", "1", "-T", "1s", "--json", "-q"}), EXIT_DONE);
    EXPECT_EQ(machine.calls.size(), 1U + compare_rounds + 1U + starts);
    EXPECT_TRUE(complains("the process was stopped for 22.0 s; 1 timing was discarded and repeated\n")) << complaint;
    EXPECT_TRUE(says("\"warnings\":[{\"code\":\"paused\",")) << text;
    EXPECT_TRUE(says("\"paused_seconds\":22")) << text;
    EXPECT_TRUE(says("\"darts_per_second\":{\"median\":1000000000,\"lowest\":1000000000")) << text;
}

TEST_F(Sweep, AProcessThatIsStoppedAllTheTimeIsToldOf)
{
    machine.meddle = [](const Call &, mcpi_result *result) {
        result->paused_seconds = 2;
        return MCPI_OK;
    };
    EXPECT_EQ(carry_out({"compare", "-d", "cpu", "-t", "1", "-T", "1s", "-q"}), EXIT_DONE);
    EXPECT_EQ(machine.calls.size(), 1U + 5U * compare_rounds + starts);
    EXPECT_TRUE(complains("stopped in each of 5 attempts to time 'one core'")) << complaint;
    EXPECT_TRUE(complains("the process was stopped for 208 s; 80 timings were discarded and repeated\n")) << complaint;
}

TEST_F(Sweep, OneThatFailsHasNoReport)
{
    machine.meddle = [](const Call &call, const mcpi_result *) {
        return call.devices == "gpu:0" ? MCPI_DEVICE_FAILED : MCPI_OK;
    };
    EXPECT_EQ(carry_out({"scaling"}), EXIT_FAILED);
    EXPECT_EQ(text, "");
}

/* ---- statistics ---- */

struct Interval {
    double low, high;
};

/* The interval of a ratio in JSON: that of the row with this number. */
Interval interval_of(const std::string &json, const std::string &key, int row)
{
    const std::regex pattern("\"" + key + "\":\\{[^}]*\"low\":([^,]*),\"high\":([^}]*)\\}");
    std::sregex_iterator match(json.begin(), json.end(), pattern);
    std::advance(match, row);
    return {std::stod((*match)[1]), std::stod((*match)[2])};
}

/* The rates of the rounds of every row, one row after the other. */
std::vector<double> rates_in(const std::string &json)
{
    const std::regex pattern(
        "\\{\"darts\":([0-9]+),\"hits\":[0-9]+,\"setup_seconds\":[^,]*,\"counting_seconds\":([^,]*),");
    std::vector<double> rates;
    for (std::sregex_iterator match(json.begin(), json.end(), pattern); match != std::sregex_iterator(); ++match)
        rates.push_back(std::stod((*match)[1]) / std::stod((*match)[2]));
    return rates;
}

/* What the interval of the second row's ratio would be if all rounds had one order: from every other round. */
Interval in_one_order(const std::string &json)
{
    const std::vector<double> rates = rates_in(json);
    const size_t rounds = rates.size() / 2;
    std::vector<double> ratios;
    for (size_t i = 0; i < rounds; i += 2)
        ratios.push_back(rates[rounds + i] / rates[i]);
    const mcpi_spread spread = mcpi_spread_of(ratios.data(), ratios.size());
    return {spread.low, spread.high};
}

bool holds(const Interval &interval, double truth)
{
    return interval.low <= truth && truth <= interval.high;
}

/* It falls by 10 % in 4 s. One order makes every ratio 0.25 % too small. */
double falling_clock(double seconds)
{
    return seconds < 4 ? 1 - 0.025 * seconds : 0.9;
}

TEST_F(Sweep, AFallingClockFavoursNoRow)
{
    machine.clock = falling_clock;
    EXPECT_EQ(carry_out({"compare", "-d", "cpu", "-t", "4", "--json"}), EXIT_DONE);
    EXPECT_EQ(rates_in(text).size(), 2U * compare_rounds);
    EXPECT_TRUE(holds(interval_of(text, "speedup_vs_core", 1), 4)) << text;
    EXPECT_FALSE(holds(in_one_order(text), 4)) << "this test shows nothing";
}

/* In 95 of 100 sweeps, whatever the clock does, and although rounds go on until the interval is narrow. */
TEST_F(Sweep, TheIntervalHoldsTheTruthAsOftenAsItSays)
{
    enum { sweeps = 400 };
    for (const double noise : {0.001, 0.015}) {
        int held = 0;
        int held_in_one_order = 0;
        for (int i = 0; i < sweeps; i++) {
            machine.clock = falling_clock;
            machine.noise = noise;
            machine.seconds = 0;
            ASSERT_EQ(carry_out({"compare", "-d", "cpu", "-t", "4", "--json", "-q"}), EXIT_DONE);
            held += holds(interval_of(text, "speedup_vs_core", 1), 4);
            held_in_one_order += holds(in_one_order(text), 4);
        }
        EXPECT_GE(held, 0.92 * sweeps) << noise;
        if (noise < 0.01) {
            EXPECT_LT(held_in_one_order, 0.1 * sweeps) << noise;
        }
        std::cout << noise << ": " << held << " and " << held_in_one_order << " of " << sweeps << "\n";
    }
}

TEST_F(Sweep, RoundsGoOnUntilTheRatiosAreKnown)
{
    const struct {
        double noise;
        const char *reason;
        size_t least, most;
    } machines[] = {{0.005, "precision", 20, 20}, {0.015, "precision", 22, 38}, {0.1, "limit", 40, 40}};
    for (const auto &m : machines) {
        SetUp();
        machine.noise = m.noise;
        EXPECT_EQ(carry_out({"compare", "-d", "cpu", "-t", "4", "--json"}), EXIT_DONE);
        const size_t rounds = rates_in(text).size() / 2;
        EXPECT_TRUE(says(("\"rounds_ended_by\":\"" + std::string(m.reason) + "\"").c_str())) << text;
        EXPECT_GE(rounds, m.least);
        EXPECT_LE(rounds, m.most);
        EXPECT_EQ(rounds % 2, 0U);
        EXPECT_EQ(complains("the ratio of '"), m.noise > 0.05) << complaint;
        EXPECT_EQ(says("\"code\":\"noise\""), m.noise > 0.05) << text;
    }
}

TEST_F(Sweep, TheNumberOfRoundsCanBeChosen)
{
    machine.noise = 0.1;
    EXPECT_EQ(carry_out({"compare", "-d", "cpu", "-t", "4", "--rounds", "7", "-T", "7s", "--json"}), EXIT_DONE);
    EXPECT_EQ(rates_in(text).size(), 2U * 7U);
    EXPECT_EQ(machine.calls[2].seconds, 1);
    EXPECT_TRUE(says("\"rounds_ended_by\":\"rounds\"")) << text;
    machine.calls.clear();
    EXPECT_EQ(carry_out({"scaling", "-d", "cpu", "-t", "2", "--rounds", "5", "-n", "1e9"}), EXIT_DONE);
    EXPECT_EQ(machine.calls.size(), 2U * 6U);
    EXPECT_TRUE(says("Ratios are medians over 5 rounds; fewer than 6 have no 95 % interval.\n")) << text;
    EXPECT_FALSE(says("+-")) << text;
    EXPECT_FALSE(complains("the ratio of")) << complaint;
}

TEST_F(Sweep, ARatioThatChangesIsToldOf)
{
    machine.noise = 0.003;
    machine.meddle = [](const Call &call, mcpi_result *result) {
        result->counting_seconds *= call.threads == 4 && machine.calls.size() > 20 ? 1.02 : 1;
        return MCPI_OK;
    };
    EXPECT_EQ(carry_out({"compare", "-d", "cpu", "-t", "4", "-q", "--json"}), EXIT_DONE);
    EXPECT_TRUE(complains("the ratio of '4 threads' to 'one core' changed during the sweep")) << complaint;
    EXPECT_TRUE(says("\"code\":\"drift\"")) << text;
}

/* Of sweeps with nothing but noise 1 % may warn. */
TEST_F(Sweep, NoiseAloneIsHardlyEverCalledAChange)
{
    enum { sweeps = 400 };
    int warned = 0;
    machine.noise = 0.003;
    for (int i = 0; i < sweeps; i++) {
        EXPECT_EQ(carry_out({"scaling", "-t", "6", "-n", "1e9", "-q", "--csv"}), EXIT_DONE);
        warned += complains("changed during");
    }
    EXPECT_LE(warned, 10);
}

/* A sixteenth of the cores is noticed, whatever their number; not what starting and ending a run costs, nor a coarse
   clock. */
TEST_F(Sweep, WorkersThatHadTooLittleCpuAreToldOf)
{
    const struct {
        const char *workers;
        double lost_cores, lost_seconds, tick;
        bool told;
    } machines[] = {{"8", 0.5, 0, 0, true},        {"8", 0, 0, 0, false},         {"8", 0.1, 0, 0, false},
                    {"128", 8, 0, 0, true},        {"128", 1, 0, 0, false},       {"2", 0.15, 0, 0, true},
                    {"128", 0, 0.0009, 0, false},  {"8", 0, 0.0005, 0.01, false}, {"1", 0, 0.0005, 0.01, false},
                    {"8", 0.5, 0.0005, 0.01, true}};
    for (const auto &m : machines) {
        for (const char *time : {"2s", "1s"}) {
            SetUp();
            machine.hardware = 128;
            machine.lost_cores = m.lost_cores;
            machine.lost_seconds = m.lost_seconds;
            machine.tick = m.tick;
            EXPECT_EQ(carry_out({"compare", "-d", "cpu", "-t", m.workers, "-T", time, "-q", "--json"}), EXIT_DONE);
            EXPECT_EQ(complains("of its CPU time"), m.told) << m.workers << " " << m.lost_cores << time << complaint;
            EXPECT_EQ(says("\"code\":\"cpu_share\""), m.told) << text;
        }
    }
}

TEST_F(Sweep, WhatCannotBeTimedIsRefused)
{
    const std::vector<std::pair<std::vector<const char *>, const char *>> bad = {
        {{"scaling", "--first", "2^63"}, "--first 9223372036854775808: there are no darts with this number or above"},
        {{"scaling", "--first", "2^62", "-n", "2^62", "--weak"},
         "there are fewer than 2 times 4611686018427387904 darts from that number on"},
        {{"scaling", "--first", "2^62", "-n", "2^63"},
         "there are fewer than 9223372036854775808 darts from that number on"},
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
