/* Workers in processes of their own: the same counts, and no accident in a process reaches the run. */
#include "tests/core/conformance.h"
#include "tests/core/fake_backend.h"

#include <array>
#include <cerrno>
#include <filesystem>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

extern "C" {
#include "core/child.h"
#include "engine/run.h"
#include "process/process_backend.h"
#include "process/worker_process.h"
#include "stress/run_test.h"

static std::atomic<long> messages;

bool __real_mcpi_child_send(const mcpi_child *child, const void *message, size_t bytes);
bool __wrap_mcpi_child_send(const mcpi_child *child, const void *message, size_t bytes)
{
    messages++;
    return __real_mcpi_child_send(child, message, bytes);
}

int __real_mcpi_child_receive(const mcpi_child *child, void *message, size_t bytes);
int __wrap_mcpi_child_receive(const mcpi_child *child, void *message, size_t bytes)
{
    messages++;
    return __real_mcpi_child_receive(child, message, bytes);
}
}

namespace
{

/* ---- the contract of a backend ---- */

std::string name_of(const testing::TestParamInfo<const mcpi_backend *> &info)
{
    return info.param->name;
}

/* A backend of the table, in processes. The first one is the CPU. */
const mcpi_backend *in_processes(const mcpi_backend *inner, const char *program)
{
    static std::deque<mcpi_backend> all;
    all.push_back(mcpi_process_backend(inner));
    worker_programs[&all.back()] = program;
    return &all.back();
}

INSTANTIATE_TEST_SUITE_P(Table, Conformance, testing::Values(in_processes(mcpi_backends[0], MCPI_WORKER)), name_of);
INSTANTIATE_TEST_SUITE_P(Fakes, Conformance,
                         testing::Values(in_processes(&fake_cpus, FAKE_WORKER), in_processes(&fake_gpus, FAKE_WORKER)),
                         name_of);

/* ---- runs ---- */

constexpr uint64_t darts = 1000000;
constexpr uint64_t golden_hits = 785850; /* golden.tsv: seed 0, stream 0, darts [0, 1000000) */

bool has_children()
{
    return waitpid(-1, nullptr, WNOHANG) >= 0 || errno != ECHILD;
}

size_t open_files()
{
    const std::filesystem::directory_iterator files("/proc/self/fd");
    return static_cast<size_t>(std::distance(begin(files), end(files)));
}

/* What this process knows of the devices; what happens in the worker processes is up to FAKE_FLEET. */
std::vector<Behaviour> fleet_of(const std::string &devices)
{
    std::vector<Behaviour> all;
    for (size_t i = 0; i < devices.size();
         i = devices.find(',', i) == std::string::npos ? devices.size() : devices.find(',', i) + 1) {
        Behaviour behaviour;
        behaviour.kind = devices.compare(i, 3, "cpu") == 0 ? MCPI_CPU : MCPI_GPU;
        behaviour.units = 2;
        if (behaviour.kind == MCPI_GPU)
            behaviour.kernels = {{"fake"}, {"other"}};
        all.push_back(behaviour);
    }
    setenv("FAKE_FLEET", devices.c_str(), 1);
    return all;
}

/* The fleet of the conformance suite. */
Fleet resident(fleet_of("cpu,gpu,gpu"));

struct ResidentReturns {
    ~ResidentReturns()
    {
        Fleet::current() = &resident;
        setenv("FAKE_FLEET", "cpu,gpu,gpu", 1);
    }
};

struct ProcessRun {
    const ResidentReturns afterwards{};
    Fleet fleet;
    mcpi_options options = MCPI_OPTIONS_DEFAULT;
    mcpi_status status = MCPI_OK;
    mcpi_result *result = nullptr;
    mcpi_error error{};
    double (*seconds)() = nullptr;
    std::function<void(const mcpi_progress &)> observe;

    ProcessRun(const std::string &devices, const char *selection, mcpi_verify verify = MCPI_VERIFY_OFF)
        : fleet(fleet_of(devices))
    {
        options.devices = selection;
        options.darts = darts;
        options.verify = verify;
        options.workers = MCPI_WORKERS_PROCESSES;
        options.worker_program = FAKE_WORKER;
        options.user = this;
        options.progress = [](void *user, const mcpi_progress *progress) {
            if (static_cast<ProcessRun *>(user)->observe)
                static_cast<ProcessRun *>(user)->observe(*progress);
        };
    }
    ProcessRun(const ProcessRun &) = delete;
    ProcessRun &operator=(const ProcessRun &) = delete;
    ~ProcessRun()
    {
        mcpi_result_free(result);
    }

    ProcessRun &go()
    {
        mcpi_plan plan;
        status = mcpi_plan_make(&options, fake_backends, &plan, &error);
        if (status != MCPI_OK)
            return *this;
        plan.seconds = seconds;
        status = mcpi_engine_run(&plan, &result, &error);
        mcpi_plan_free(&plan);
        return *this;
    }

    void expect_golden() const
    {
        ASSERT_NE(result, nullptr) << error.message;
        EXPECT_EQ(status, MCPI_OK) << error.message;
        EXPECT_TRUE(result->complete);
        EXPECT_EQ(result->darts, darts);
        EXPECT_EQ(result->hits, golden_hits);
        EXPECT_FALSE(has_children());
    }
};

const mcpi_verify all_verify[] = {MCPI_VERIFY_OFF, MCPI_VERIFY_ON, MCPI_VERIFY_FULL};

TEST(WorkerProcesses, GiveTheGoldenCount)
{
    for (const mcpi_verify verify : all_verify)
        for (const char *selection : {"cpu", "gpu", "all", "gpu:1,1"}) {
            SCOPED_TRACE(testing::Message() << selection << ", verify " << verify);
            ProcessRun run("cpu,gpu,gpu", selection, verify);
            run.go().expect_golden();
            EXPECT_TRUE(run.result->devices[0].in_processes);
            EXPECT_EQ(run.result->devices[0].restarts, 0U);
        }
}

TEST(WorkerProcesses, TakeTwoMessagesARange)
{
    ProcessRun run("cpu,gpu", "cpu");
    run.options.threads = 1;
    messages = 0;
    run.go().expect_golden();
    const auto ranges = static_cast<long>(run.result->devices[0].ranges);
    EXPECT_GE(ranges, 3);
    EXPECT_LE(messages, 2 * ranges + 3) << "two to open it and a reply";
}

TEST(WorkerProcesses, LeaveNoFileOpen)
{
    ProcessRun("cpu,gpu", "all").go();
    const size_t before = open_files();
    ProcessRun("cpu,gpu", "all").go();
    ProcessRun("cpu:abort@1,gpu:kill@1", "all").go();
    ProcessRun("cpu:exit@open,gpu", "all").go();
    EXPECT_EQ(open_files(), before);
}

/* A program that forks while its workers count has copies of their sockets in its children. */
TEST(WorkerProcesses, EndAlthoughAnotherProcessHasTheSocket)
{
    mcpi_child child;
    char how[100] = "";
    mcpi_error error{};
    mcpi_child_init(&child);
    ASSERT_EQ(mcpi_child_start(&child, MCPI_WORKER, MCPI_WORKER_NAME, "cpu", &error), MCPI_OK) << error.message;
    const int copy = dup(child.socket);
    mcpi_child_end(&child, 10.0, how, sizeof how);
    EXPECT_STREQ(how, "exited with code 0");
    close(copy);
    mcpi_child_destroy(&child);
}

/* ---- accidents ---- */

struct Accident {
    const char *name, *how;
};

const Accident accidents[] = {
    {"abort", "was killed by signal 6 (Aborted)"},       {"segv", "was killed by signal 11 (Segmentation fault)"},
    {"kill", "was killed by signal 9 (Killed)"},         {"exit", "exited with code 7"},
    {"close", "did not end by itself and was killed"},   {"short", "sent an invalid message and was killed"},
    {"zeros", "sent an invalid message and was killed"}, {"ones", "sent an invalid message and was killed"},
    {"long", "sent an invalid message and was killed"},  {"slices", "sent an invalid message and was killed"},
};

class Accidents : public testing::TestWithParam<Accident>
{
};

INSTANTIATE_TEST_SUITE_P(Processes, Accidents, testing::ValuesIn(accidents),
                         [](const auto &info) { return std::string(info.param.name); });

bool ends_with(const std::string &text, const std::string &end)
{
    return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

/* Every process has this accident after two ranges; the next one continues. */
TEST_P(Accidents, AreSurvivedAlone)
{
    for (const char *selection : {"cpu", "gpu:1"})
        for (const mcpi_verify verify : all_verify) {
            SCOPED_TRACE(testing::Message() << selection << ", verify " << verify);
            const std::string accident = std::string(":") + GetParam().name + "@2";
            const bool cpu = std::string(selection) == "cpu";
            ProcessRun run(cpu ? "cpu" + accident + ",gpu" : "cpu,gpu" + accident, selection, verify);
            run.options.threads = 1;
            run.go().expect_golden();
            const mcpi_device_result &device = run.result->devices[0];
            EXPECT_GT(device.restarts, 0U);
            EXPECT_TRUE(ends_with(device.first_restart, GetParam().how)) << device.first_restart;
            EXPECT_EQ(
                std::string(device.first_restart).find(cpu ? "cpu (Fake 0): worker process " : "gpu:1 (Fake 1): "), 0U)
                << device.first_restart;
            EXPECT_STREQ(device.failure, "");
        }
}

/* Otherwise a process that never counts anything would be started for ever. */
TEST_P(Accidents, AreNotRepeatedForEver)
{
    for (const char *when : {"@0", "@open"}) {
        SCOPED_TRACE(when);
        ProcessRun run(std::string("cpu,gpu:") + GetParam().name + when, "gpu");
        run.go();
        EXPECT_EQ(run.status, MCPI_DEVICE_FAILED);
        EXPECT_TRUE(ends_with(run.error.message, GetParam().how)) << run.error.message;
        ASSERT_NE(run.result, nullptr);
        EXPECT_FALSE(run.result->complete);
        EXPECT_EQ(run.result->darts, 0U);
        EXPECT_EQ(run.result->devices[0].restarts, 8U);
        EXPECT_TRUE(ends_with(run.result->devices[0].failure, GetParam().how)) << run.result->devices[0].failure;
        EXPECT_FALSE(has_children());
    }
}

TEST_P(Accidents, LeaveTheRestToOthers)
{
    ProcessRun run(std::string("cpu,gpu:") + GetParam().name + "@open,gpu", "gpu");
    run.go().expect_golden();
    EXPECT_EQ(run.result->devices[0].darts, 0U);
    EXPECT_TRUE(ends_with(run.result->devices[0].failure, GetParam().how)) << run.result->devices[0].failure;
    EXPECT_STREQ(run.result->devices[1].failure, "");
}

/* ---- a device that hangs ---- */

/* Goes as the real clock does until nothing has been counted for a while. Then each reading skips half a second. */
struct HurryingClock {
    static std::atomic<bool> &hurries()
    {
        static std::atomic<bool> yes{false};
        return yes;
    }
    static double read()
    {
        static std::atomic<int> skips{0};
        return mcpi_seconds() + 0.5 * (hurries() ? ++skips : skips.load());
    }
};

/* The watchdog gives the lane up and kills its process, so that its thread comes back. */
TEST(HangingProcesses, AreKilled)
{
    for (const char *when : {"hang@open", "hang@1"}) {
        SCOPED_TRACE(when);
        ProcessRun run(std::string("cpu,gpu:") + when, "gpu");
        int looks = 0;
        run.seconds = HurryingClock::read;
        run.observe = [&](const mcpi_progress &) { HurryingClock::hurries() = ++looks > 5; };
        run.go();
        HurryingClock::hurries() = false;
        EXPECT_EQ(run.status, MCPI_TIMED_OUT);
        ASSERT_NE(run.result, nullptr);
        EXPECT_TRUE(run.result->devices[0].hung);
        EXPECT_NE(std::string(run.result->devices[0].failure).find("gpu:1 (Fake 1) does not answer: "),
                  std::string::npos)
            << run.result->devices[0].failure;
        while (has_children()) /* its thread reaps it; otherwise the watchdog of the tests ends this */
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

/* Otherwise a program that uses the library would keep the process, and the thread that waits for it. */
TEST(HangingProcesses, AreKilledIfTheRunDoesNotWait)
{
    for (const char *when : {"hang@open", "hang@1"}) {
        SCOPED_TRACE(when);
        ProcessRun run(std::string("cpu,gpu:") + when, "gpu");
        run.options.stop = [](void *) { return has_children() ? static_cast<int>(MCPI_STOP_AT_ONCE) : 0; };
        run.go();
        EXPECT_EQ(run.status, MCPI_STOPPED) << run.error.message;
        while (has_children()) /* its thread reaps it; otherwise the watchdog of the tests ends this */
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

/* The darts that each of two workers has taken and not counted, until one is written off. */
struct Outstanding {
    std::array<uint64_t, 2> darts{};
    uint64_t counted = 0;
    bool written_off = false;

    void note(const mcpi_event &event)
    {
        if (event.kind == MCPI_EVENT_TAKEN)
            darts.at(event.worker) += event.darts;
        if (event.kind == MCPI_EVENT_COUNTED || event.kind == MCPI_EVENT_GIVEN_BACK)
            darts.at(event.worker) -= event.darts;
        counted += event.kind == MCPI_EVENT_COUNTED ? event.darts : 0;
        written_off |= event.kind == MCPI_EVENT_WRITTEN_OFF;
    }

    /* All that is left is with one worker, which hangs. */
    bool are_of_one() const
    {
        return !written_off && counted + std::max(darts[0], darts[1]) == ::darts;
    }
};

/* A CPU does not hang: only the process does, for example because somebody has stopped it. */
TEST(HangingProcesses, LeaveTheRestToOtherProcessesOfTheCpu)
{
    static Outstanding outstanding;
    outstanding = {};
    const std::string once = testing::TempDir() + "one_hangs." + std::to_string(getpid());
    setenv("FAKE_ONCE", once.c_str(), 1);
    ProcessRun run("cpu:one_hangs@1,gpu", "cpu");
    run.options.threads = 2;
    run.seconds = HurryingClock::read;
    run.options.event = [](void *, const mcpi_event *event) {
        outstanding.note(*event);
        HurryingClock::hurries() = outstanding.are_of_one();
    };
    run.go();
    HurryingClock::hurries() = false;
    EXPECT_EQ(std::filesystem::remove(once), true);
    ASSERT_NE(run.result, nullptr);
    EXPECT_EQ(run.status, MCPI_OK) << run.error.message;
    EXPECT_TRUE(run.result->complete);
    EXPECT_EQ(run.result->hits, golden_hits);
    EXPECT_NE(std::string(run.result->devices[0].failure).find("cpu (Fake 0) does not answer: "), std::string::npos)
        << run.result->devices[0].failure;
    while (has_children())
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

/* ---- what cannot be started ---- */

TEST(WorkerPrograms, ThatCannotBeStartedAreNamed)
{
    ProcessRun run("cpu,gpu", "cpu");
    run.options.worker_program = "/no/such/program";
    run.go();
    EXPECT_EQ(run.status, MCPI_SYSTEM);
    EXPECT_NE(
        std::string(run.error.message).find("cpu: cannot start the worker process /no/such/program: No such file"),
        std::string::npos)
        << run.error.message;
}

TEST(WorkerPrograms, MustBeWorkers)
{
    ProcessRun run("cpu,gpu", "cpu");
    run.options.worker_program = "/bin/true";
    run.go();
    EXPECT_EQ(run.status, MCPI_DEVICE_FAILED);
    EXPECT_TRUE(ends_with(run.error.message, "exited with code 0")) << run.error.message;
}

/* The worker program must have the backend. */
TEST(WorkerPrograms, MustKnowTheDevice)
{
    ProcessRun run("cpu,gpu", "gpu");
    run.options.worker_program = MCPI_WORKER;
    run.go();
    EXPECT_NE(run.status, MCPI_OK);
    EXPECT_NE(run.error.message[0], '\0');
}

/* ---- a stress test ---- */

TEST(StressInProcesses, FailsForADriverThatCrashes)
{
    ProcessRun run("cpu,gpu:abort@5,gpu", "gpu");
    mcpi_stress_options options{};
    options.run = run.options;
    options.run.time_limit_seconds = 0.3;
    options.run.progress = nullptr;
    mcpi_stress_report *report = nullptr;
    mcpi_error error{};
    EXPECT_EQ(mcpi_stress_run(&options, fake_backends, &report, &error), MCPI_DEVICE_FAILED);
    ASSERT_NE(report, nullptr);
    EXPECT_FALSE(report->rows[0].up);
    EXPECT_TRUE(ends_with(report->rows[0].failure, "was killed by signal 6 (Aborted)")) << report->rows[0].failure;
    EXPECT_TRUE(report->rows[1].up) << report->rows[1].failure;
    EXPECT_GT(report->confirmed_darts, 0U);
    EXPECT_EQ(report->disagreements, 0U);
    EXPECT_FALSE(has_children());
    mcpi_stress_report_free(report);
}

} // namespace
