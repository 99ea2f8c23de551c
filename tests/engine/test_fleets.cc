/*
 * Random fleets: GPUs of up to four kernels with made-up rates, some of which lie, fail or die, and CPUs beside them.
 * Whatever happens, a run ends, and what it calls done is the count by definition.
 */
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <set>

#include <csignal>
#include <unistd.h>

#include "tests/core/dice.h"
#include "tests/core/fake_backend.h"
#include "tests/core/worker_sums.h"

extern "C" {
#include "engine/goal.h"
#include "engine/run.h"
}

namespace
{

constexpr uint64_t most_darts = 3000000;
constexpr unsigned seconds_to_end = 60; /* none takes a tenth of that, whatever else the machine does */

/* The hits of all darts below an index, so that the truth about any range is one subtraction. */
const std::vector<uint32_t> &hits_below()
{
    static const std::vector<uint32_t> table = [] {
        std::vector<uint32_t> hits(2 * most_darts + 1);
        for (uint64_t dart = 0; dart < 2 * most_darts; dart++)
            hits[dart + 1] = hits[dart] + mcpi_dart(0, 0, dart);
        return hits;
    }();
    return table;
}

uint64_t truth(uint64_t first, uint64_t darts)
{
    return hits_below()[first + darts] - hits_below()[first];
}

volatile sig_atomic_t fleet_at_work;

extern "C" void report_hang(int)
{
    std::fprintf(stderr, "fleet %d did not end\n", static_cast<int>(fleet_at_work));
    abort();
}

const char *const kernel_names[] = {"fake", "fake-2", "3", "a kernel's longest name"};

Behaviour random_gpu(Dice &dice)
{
    Behaviour gpu;
    gpu.slice_darts = dice.chance(50) ? uint64_t{1} << 40 : 2 * (1 + dice.below(50000));
    gpu.kernels.clear();
    const size_t kernels = 1 + dice.below(4);
    const bool may_lie = dice.chance(35);
    for (size_t i = 0; i < kernels; i++) {
        FakeKernel kernel;
        kernel.name = kernel_names[i];
        kernel.claimed_rate = dice.scaled(5e4, 3e6);
        kernel.lies = may_lie && dice.chance(40);
        kernel.competes = i == 0 || dice.chance(80);
        kernel.available = i == 0 || dice.chance(80);
        kernel.loads = i == 0 || dice.chance(95);
        gpu.kernels.push_back(kernel);
    }
    int *const faults[] = {&gpu.submit_fails_at, &gpu.collect_fails_at, &gpu.dies_at, &gpu.too_many_at,
                           &gpu.contradicts_at};
    if (dice.chance(40))
        *faults[dice.below(5)] = static_cast<int>(dice.scaled(1, 200)) - 1;
    gpu.open_fails = dice.chance(4);
    return gpu;
}

Behaviour random_cpu(Dice &dice)
{
    Behaviour cpu;
    cpu.kind = MCPI_CPU;
    cpu.units = 1 + static_cast<unsigned>(dice.below(3));
    cpu.slice_darts = dice.chance(50) ? uint64_t{1} << 40 : 2 * (1 + dice.below(50000));
    /* None dies: a thread that both counts and recounts would leave one of its handles open. */
    int *const faults[] = {&cpu.submit_fails_at, &cpu.collect_fails_at};
    if (dice.chance(10))
        *faults[dice.below(2)] = static_cast<int>(dice.scaled(1, 100)) - 1;
    if (dice.chance(20))
        cpu.open_seconds = dice.scaled(1e-4, 0.1);
    return cpu;
}

/* True parts with holes between them, as of a run that was stopped. */
std::vector<mcpi_part> random_parts(Dice &dice, uint64_t first, uint64_t darts)
{
    std::vector<mcpi_part> parts;
    for (uint64_t at = first + dice.below(darts / 4 + 1); at < first + darts;) {
        const uint64_t length = 1 + dice.below(std::min(darts / 2 + 1, first + darts - at));
        parts.push_back({at, length, truth(at, length)});
        at += length + 1 + dice.below(darts / 4 + 1);
    }
    return parts;
}

struct Case {
    std::vector<Behaviour> devices;
    std::vector<mcpi_part> parts;
    mcpi_state state{};
    mcpi_options options = MCPI_OPTIONS_DEFAULT;

    Case() = default;
    Case(const Case &) = delete;
    Case &operator=(const Case &) = delete;

    bool any_liar() const
    {
        for (const Behaviour &device : devices)
            for (const FakeKernel &kernel : device.kernels)
                if (kernel.lies)
                    return true;
        return false;
    }
    /* The CPU, which recounts, has no fault. */
    bool sure_recount() const
    {
        const Behaviour &cpu = devices[0];
        return cpu.submit_fails_at < 0 && cpu.collect_fails_at < 0;
    }
};

void make(Case &c, Dice &dice)
{
    static const char *const selections[] = {"all", "all", "gpu", "gpu:1,1", "gpu:1,1,2,1", "auto", "cpu"};
    c.devices = {random_cpu(dice), random_gpu(dice), random_gpu(dice)};
    mcpi_options &options = c.options;
    options.devices = selections[dice.below(7)];
    options.threads = static_cast<unsigned>(dice.below(4));
    options.verify = std::array{MCPI_VERIFY_OFF, MCPI_VERIFY_ON, MCPI_VERIFY_FULL}[dice.below(3)];
    options.first = dice.chance(50) ? 0 : dice.below(100000);
    options.darts = static_cast<uint64_t>(dice.scaled(dice.chance(50) ? 1 : 2e5, 1e6));
    options.trace = dice.chance(20);
    if (dice.chance(10)) {
        options.darts = most_darts;
        options.target_error = dice.scaled(1.05e-3, 3e-3);
    }
    if (dice.chance(10))
        options.kernel = kernel_names[0];
    if (dice.chance(5))
        options.time_limit_seconds = dice.scaled(1e-3, 0.1);
    if (dice.chance(20)) {
        c.state = mcpi_state_towards(&options, mcpi_first_goal(&options));
        c.parts = random_parts(dice, options.first, c.state.goal);
        c.state.part_count = c.parts.size();
        c.state.parts = c.parts.data();
        options.resume = &c.state;
    }
}

/* After how many darts a run with that target ends. */
uint64_t last_goal(const mcpi_options &options)
{
    uint64_t goal = mcpi_first_goal(&options);
    for (uint64_t next; (next = mcpi_next_goal(&options, goal, truth(options.first, goal))) != goal;)
        goal = next;
    return goal;
}

void check_kernels(const Case &c, const mcpi_device_result &device)
{
    uint64_t darts = 0;
    uint64_t most = 0;
    ASSERT_LE(device.kernel_count, c.devices[device.device.index].kernels.size());
    for (size_t i = 0; i < device.kernel_count; i++) {
        const mcpi_kernel_result &kernel = device.kernels[i];
        EXPECT_GT(kernel.darts, 0U);
        EXPECT_TRUE(std::isfinite(kernel.darts_per_second));
        if (device.device.kind == MCPI_GPU && c.options.verify == MCPI_VERIFY_ON && c.sure_recount()) {
            EXPECT_GT(kernel.recounted_darts, 0U) << device.device.id << ' ' << kernel.name;
        }
        darts += kernel.darts;
        most = std::max(most, kernel.darts);
    }
    EXPECT_EQ(darts, device.darts);
    for (size_t i = 0; i < device.kernel_count; i++)
        if (std::string(device.kernels[i].name) == device.device.kernel) {
            EXPECT_EQ(device.kernels[i].darts, most);
        }
}

/* Has a kernel counted that lies in every slice? */
bool sure_lie(const Case &c, Fleet &fleet)
{
    for (size_t i = 0; i < c.devices.size(); i++)
        for (const std::string &name : fleet.records[i].counted)
            if (fake_kernel(c.devices[i], name.c_str())->lies &&
                (c.devices[i].slice_darts > most_darts || c.options.verify == MCPI_VERIFY_FULL))
                return true;
    return false;
}

void check(const Case &c, Fleet &fleet, mcpi_status status, const mcpi_result &result, const mcpi_error &error)
{
    SCOPED_TRACE(error.message);
    const bool checked = c.options.verify != MCPI_VERIFY_OFF;
    const bool trusted = !c.any_liar() || status == MCPI_MISMATCH || c.options.verify == MCPI_VERIFY_FULL;
    if (checked && c.sure_recount() && sure_lie(c, fleet)) {
        EXPECT_EQ(status, MCPI_MISMATCH) << "a lie was not found";
    }
    if (!c.any_liar() || (status == MCPI_OK && c.options.verify == MCPI_VERIFY_FULL)) {
        EXPECT_EQ(result.hits, truth(c.options.first, result.darts));
    }
    if (status == MCPI_OK && c.options.time_limit_seconds == 0 && (trusted || c.options.target_error == 0)) {
        EXPECT_TRUE(result.complete);
        EXPECT_EQ(result.darts, last_goal(c.options));
    }
    if (result.complete && c.options.time_limit_seconds == 0 && result.hits == truth(c.options.first, result.darts)) {
        EXPECT_EQ(result.darts, last_goal(c.options)) << "the goal was not planned from the counts of the result";
    }
    expect_worker_sums(result);
    uint64_t darts = result.resumed_darts;
    for (size_t i = 0; i < result.device_count; i++) {
        check_kernels(c, result.devices[i]);
        darts += result.devices[i].darts;
    }
    /* A time limit leaves the gaps of a state that is resumed: the prefix ends there. */
    if (status == MCPI_OK && c.options.resume && c.options.time_limit_seconds > 0) {
        EXPECT_GE(darts, result.darts);
    } else if (status == MCPI_OK) {
        EXPECT_EQ(darts, result.darts);
    }
}

/* What the fleets came to, to be sure that they are not all tame. */
struct Tally {
    int trials = 0; /* GPUs that counted with several kernels */
    int done = 0, wrong = 0, failed = 0;
};

void add(Tally &tally, mcpi_status status, const mcpi_result &result)
{
    for (size_t i = 0; i < result.device_count; i++)
        tally.trials += result.devices[i].kernel_count > 1;
    (status == MCPI_OK ? tally.done : status == MCPI_MISMATCH ? tally.wrong : tally.failed)++;
}

void run_fleet(int number, Tally &tally)
{
    SCOPED_TRACE("fleet " + std::to_string(number));
    Dice dice(static_cast<uint64_t>(number));
    Case c;
    make(c, dice);
    SCOPED_TRACE(std::string(c.options.devices) + " verify " + std::to_string(c.options.verify) + " darts " +
                 std::to_string(c.options.darts));
    Fleet fleet(c.devices);
    mcpi_plan plan;
    mcpi_error error{};
    mcpi_result *result = nullptr;
    fleet_at_work = number;
    alarm(seconds_to_end);
    mcpi_status status = mcpi_plan_make(&c.options, fake_backends, &plan, &error);
    ASSERT_EQ(status, MCPI_OK) << error.message;
    status = mcpi_engine_run(&plan, &result, &error);
    mcpi_plan_free(&plan);
    alarm(0);
    ASSERT_TRUE(result);
    check(c, fleet, status, *result, error);
    add(tally, status, *result);
    mcpi_result_free(result);
    EXPECT_TRUE(fleet.all_closed());
}

/* The environment can ask for others than those that are always tried: MCPI_FLEETS is "100" or "5000-6000". */
TEST(Fleets, CountByDefinitionWhateverHappens)
{
    int begin = 0;
    int end = 200;
    if (const char *const wanted = std::getenv("MCPI_FLEETS"))
        if (std::sscanf(wanted, "%d-%d", &begin, &end) == 1)
            end = begin + 1;
    Tally tally;
    std::signal(SIGALRM, report_hang);
    for (int number = begin; number < end; number++)
        run_fleet(number, tally);
    if (end - begin < 100)
        return;
    EXPECT_GT(tally.trials, 10);
    EXPECT_GT(tally.done, 10);
    EXPECT_GT(tally.wrong, 10);
    EXPECT_GT(tally.failed, 0);
}

} // namespace
