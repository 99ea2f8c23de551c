/*
 * A host program with a locale of its own: what the library reads, writes and says is the same as without one, and its
 * callbacks and the caller keep theirs. tests/core/locale.sh makes the locales and names one in MCPI_TEST_LOCALE.
 */
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "mcpi/mcpi.h"
#include "mcpi/stress.h"
#include "stress/run_test.h"
#include "tests/core/fake_backend.h"
#include "tests/save/checksum.h"

extern "C" {
#include "core/status.h"
#include "engine/run.h"
}

/* glibc keeps the name of a message catalogue where LeakSanitizer does not look for it. */
extern "C" const char *__lsan_default_suppressions()
{
    return "leak:argz_add_sep";
}

namespace
{

std::string printed(double value)
{
    char text[40];
    std::snprintf(text, sizeof text, "%.2f", value);
    return text;
}

std::string content(const std::string &name)
{
    std::ifstream file(name);
    return {std::istreambuf_iterator<char>(file), {}};
}

class Locale : public testing::Test
{
  protected:
    void SetUp() override
    {
        const char *const name = std::getenv("MCPI_TEST_LOCALE");
        if (!name)
            GTEST_SKIP() << "MCPI_TEST_LOCALE is not set: tests/core/locale.sh sets it";
        char pattern[] = "/tmp/mcpi-locale-XXXXXX";
        folder = mkdtemp(pattern);
        enter(name);
        ASSERT_EQ(printed(1.25), "1,25");
    }
    void TearDown() override
    {
        std::setlocale(LC_ALL, "C");
        if (folder.empty())
            return;
        EXPECT_EQ(std::system(("rm -r " + folder).c_str()), 0);
    }
    static void enter(const char *name)
    {
        ASSERT_NE(std::setlocale(LC_ALL, name), nullptr) << name;
    }
    /* What `say` returns in the locale under test, and in "C". */
    template <typename Say> static void expect_the_same(Say say)
    {
        const std::string here = say();
        std::setlocale(LC_ALL, "C");
        EXPECT_EQ(here, say());
        enter(std::getenv("MCPI_TEST_LOCALE"));
    }
    std::string save(const char *name, const mcpi_state &state) const
    {
        const std::string path = folder + "/" + name;
        mcpi_checkpoint *checkpoint = nullptr;
        mcpi_error error{};
        EXPECT_EQ(mcpi_checkpoint_open(path.c_str(), &checkpoint, &error), MCPI_OK) << error.message;
        EXPECT_EQ(mcpi_checkpoint_save(checkpoint, &state, &error), MCPI_OK) << error.message;
        mcpi_checkpoint_close(checkpoint);
        return path;
    }
    std::string folder;
};

/* The target error of a checkpoint; -1 if it is refused. */
double target_in(const std::string &path)
{
    mcpi_state *state = nullptr;
    mcpi_error error{};
    EXPECT_EQ(mcpi_checkpoint_load(path.c_str(), &state, &error), MCPI_OK) << error.message;
    const double target = state ? state->target_error : -1.0;
    std::free(state);
    return target;
}

/* What a run with these options says, and its count. */
std::string outcome(const mcpi_options &options)
{
    mcpi_result *result = nullptr;
    mcpi_error error{};
    const mcpi_status status = mcpi_run(&options, &result, &error);
    std::string text = std::string(mcpi_status_name(status)) + " " + error.message;
    if (result)
        text += " " + std::to_string(result->darts) + " " + std::to_string(result->hits);
    mcpi_result_free(result);
    return text;
}

mcpi_options cpu_options()
{
    mcpi_options options = MCPI_OPTIONS_DEFAULT;
    options.devices = "cpu";
    options.threads = 2;
    options.darts = 100000;
    return options;
}

TEST_F(Locale, CheckpointsAreTheSameBytes)
{
    mcpi_part part = {0, 1000, 781};
    const mcpi_state state = {7, 3, 0, 100000, 1.2345e-3, 50000, 1, &part, 0, nullptr, MCPI_VERIFY_ON, 0};
    const std::string here = save("here", state);
    EXPECT_EQ(target_in(here), 1.2345e-3);
    std::setlocale(LC_ALL, "C");
    const std::string there = save("there", state);
    EXPECT_EQ(content(here), content(there));
    EXPECT_EQ(target_in(here), 1.2345e-3);
    enter(std::getenv("MCPI_TEST_LOCALE"));
    EXPECT_EQ(target_in(there), 1.2345e-3);
}

TEST_F(Locale, CheckpointsWithACommaAreRead)
{
    const std::string path = folder + "/old";
    std::ofstream(path) << signed_text("mcpi checkpoint 1\ndart philox4x32-10 x*x+y*y<2^62\nseed 0\nstream 0\nfirst 0\n"
                                       "darts 100\ntarget-error 0x1,8p-3\ngoal 50\nparts 1\n0 10 9\n");
    EXPECT_EQ(target_in(path), 0.1875);
    std::setlocale(LC_ALL, "C");
    EXPECT_EQ(target_in(path), 0.1875);
}

TEST_F(Locale, RunsWithATargetErrorEndAtTheSameDart)
{
    mcpi_options options = cpu_options();
    options.darts = UINT64_C(1) << 40;
    options.target_error = 1.5e-3;
    expect_the_same([&] { return outcome(options); });
}

TEST_F(Locale, MessagesAreTheSame)
{
    mcpi_options options = cpu_options();
    for (const double wrong : {-0.5, 1e-300}) {
        options.target_error = wrong;
        expect_the_same([&] { return outcome(options); });
    }
    options = cpu_options();
    options.time_limit_seconds = -1.5;
    expect_the_same([&] { return outcome(options); });
    expect_the_same([&] {
        mcpi_part part = {0, 1, 1};
        const mcpi_state state = {0, 0, 0, 1, 0.0, 1, 1, &part, 0, nullptr, MCPI_VERIFY_ON, 0};
        const mcpi_recount_options recount = {cpu_options(), 1.5, 0};
        mcpi_recount_report *report = nullptr;
        mcpi_error error{};
        EXPECT_EQ(mcpi_recount(&state, &recount, &report, &error), MCPI_BAD_OPTION);
        return std::string(error.message);
    });
    expect_the_same([&] {
        mcpi_state *state = nullptr;
        mcpi_error error{};
        mcpi_checkpoint_load((folder + "/none").c_str(), &state, &error);
        return std::string(error.message);
    });
    expect_the_same([&] {
        mcpi_checkpoint *checkpoint = nullptr;
        mcpi_error error{};
        mcpi_checkpoint_open((folder + "/no/folder").c_str(), &checkpoint, &error);
        return std::string(error.message);
    });
}

/* In Turkish the small letter of I is not i. */
TEST_F(Locale, UuidsMatchInUpperAndLowerCase)
{
    mcpi_options options = cpu_options();
    for (const char *gpus : {"gpu:mig-41b9", "gpu:MIG-41B9", "gpu:gpu-5c1e"}) {
        options.devices = gpus;
        expect_the_same([&] { return outcome(options); });
    }
}

TEST_F(Locale, DevicesAndTopologyAreTheSame)
{
    expect_the_same([] {
        mcpi_device devices[8] = {};
        const size_t count = std::min<size_t>(mcpi_list_devices(devices, 8), 8);
        std::string text;
        for (size_t i = 0; i < count; i++)
            text += std::string(devices[i].name) + "|" + devices[i].note + "\n";
        mcpi_topology topology{};
        mcpi_read_topology(&topology);
        return text + std::to_string(topology.threads) + " " + std::to_string(topology.workers);
    });
}

struct Heard {
    std::vector<std::string> numbers; /* as each callback prints 1.25 */
};

void hear(void *user)
{
    static_cast<Heard *>(user)->numbers.push_back(printed(1.25));
}

TEST_F(Locale, CallbacksAndTheCallerKeepTheirs)
{
    Heard heard;
    mcpi_options options = cpu_options();
    options.user = &heard;
    options.stop = [](void *user) {
        hear(user);
        return 0;
    };
    options.progress = [](void *user, const mcpi_progress *) { hear(user); };
    options.save = [](void *user, const mcpi_state *) { hear(user); };
    outcome(options);
    EXPECT_GE(heard.numbers.size(), 1U);
    mcpi_stress_options stress{};
    stress.run = options;
    stress.run.time_limit_seconds = 0.2;
    stress.watch = [](void *user, const mcpi_stress_report *) { hear(user); };
    mcpi_stress_report *report = nullptr;
    mcpi_error error{};
    EXPECT_EQ(mcpi_stress(&stress, &report, &error), MCPI_OK) << error.message;
    mcpi_stress_report_free(report);
    mcpi_part parts[] = {{0, 1, 1}, {1, 1, 1}};
    const mcpi_state state = {0, 0, 0, 2, 0.0, 2, 2, parts, 0, nullptr, MCPI_VERIFY_ON, 0};
    const mcpi_recount_options recount = {options, 0.0, 0};
    mcpi_recount_report *recounted = nullptr;
    const size_t before = heard.numbers.size();
    EXPECT_EQ(mcpi_recount(&state, &recount, &recounted, &error), MCPI_OK) << error.message;
    EXPECT_GE(heard.numbers.size(), before + 2) << "stop and progress, between two parts";
    mcpi_recount_report_free(recounted);
    for (const std::string &number : heard.numbers)
        EXPECT_EQ(number, "1,25");
    EXPECT_EQ(printed(1.25), "1,25");
    EXPECT_EQ(uselocale(nullptr), LC_GLOBAL_LOCALE);
}

/* A GPU that fails on the thread of its worker, with a number in its message. */
mcpi_status open_with_number(const mcpi_device *, const mcpi_worker_options *, void **, mcpi_error *error)
{
    return mcpi_fail(error, MCPI_DEVICE_FAILED, "after %.2f s", 1.25);
}

TEST_F(Locale, ThreadsOfTheLibraryHaveNone)
{
    Behaviour cpu;
    cpu.kind = MCPI_CPU;
    cpu.units = 2;
    const Fleet fleet({cpu, Behaviour()});
    mcpi_backend broken = fake_gpus;
    broken.open = open_with_number;
    const mcpi_backend *const backends[] = {&fake_cpus, &broken, nullptr};
    mcpi_options options = cpu_options();
    options.devices = "all";
    mcpi_plan plan;
    mcpi_result *result = nullptr;
    ASSERT_EQ(mcpi_plan_make(&options, backends, &plan, nullptr), MCPI_OK);
    EXPECT_EQ(mcpi_engine_run(&plan, &result, nullptr), MCPI_OK);
    EXPECT_NE(std::string(result->devices[1].failure).find("after 1.25 s"), std::string::npos);
    mcpi_result_free(result);
    mcpi_plan_free(&plan);

    mcpi_stress_options stress{};
    stress.run = options;
    stress.run.time_limit_seconds = 0.2;
    mcpi_stress_report *report = nullptr;
    EXPECT_EQ(mcpi_stress_run(&stress, backends, &report, nullptr), MCPI_DEVICE_FAILED);
    std::string failures;
    for (size_t i = 0; report && i < report->row_count; i++)
        failures += report->rows[i].failure;
    EXPECT_NE(failures.find("after 1.25 s"), std::string::npos) << failures;
    mcpi_stress_report_free(report);
}

/* A thread's own locale counts before that of the program. */
TEST_F(Locale, TheLocaleOfAThreadIsKept)
{
    const locale_t mine = newlocale(LC_ALL_MASK, std::getenv("MCPI_TEST_LOCALE"), nullptr);
    ASSERT_NE(mine, nullptr);
    std::setlocale(LC_ALL, "C");
    const locale_t before = uselocale(mine);
    Heard heard;
    mcpi_options options = cpu_options();
    options.user = &heard;
    options.progress = [](void *user, const mcpi_progress *) { hear(user); };
    options.target_error = 2.5e-3;
    const std::string here = outcome(options);
    EXPECT_EQ(uselocale(before), mine);
    for (const std::string &number : heard.numbers)
        EXPECT_EQ(number, "1,25");
    EXPECT_EQ(here, outcome(options));
    freelocale(mine);
}

} // namespace
