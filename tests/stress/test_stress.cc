/* The stress test over backends that are slow, failing, hanging and lying: who is wrong is named, and nobody else. */
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <map>
#include <string>

#include <dlfcn.h>

#include "mcpi/stress.h"
#include "stress/run_test.h"
#include "stress/verdict.h"
#include "tests/core/fake_backend.h"

namespace
{

Behaviour cpu(unsigned cores = 1)
{
    Behaviour behaviour;
    behaviour.kind = MCPI_CPU;
    behaviour.units = cores;
    behaviour.darts_per_second = 4e6;
    return behaviour;
}

Behaviour gpu()
{
    Behaviour behaviour;
    behaviour.slice_darts = 4096;
    behaviour.darts_per_second = 4e6;
    return behaviour;
}

using Report = const mcpi_stress_report &;
using Predicate = std::function<bool(Report)>;

/* One test, from its options to its report; it ends when `enough` holds, or after half a minute at the latest. No time
   is asked for, so that this is no interruption. */
struct Stress {
    mcpi_stress_options options{};
    mcpi_status status = MCPI_OK;
    mcpi_stress_report *report = nullptr;
    mcpi_error error{};
    Predicate enough;
    bool stop = false;

    explicit Stress(const char *devices)
    {
        options.run = MCPI_OPTIONS_DEFAULT;
        options.run.devices = devices;
        options.run.user = this;
        options.deadline_seconds = 2;
        options.watch = [](void *user, const mcpi_stress_report *now) {
            auto *self = static_cast<Stress *>(user);
            self->stop = self->enough(*now) || now->seconds > 30;
        };
        options.run.stop = [](void *user) -> int { return static_cast<Stress *>(user)->stop; };
    }
    Stress(const Stress &) = delete;
    Stress &operator=(const Stress &) = delete;
    ~Stress()
    {
        mcpi_stress_report_free(report);
    }

    void run(Predicate until)
    {
        enough = std::move(until);
        status = mcpi_stress_run(&options, fake_backends, &report, &error);
    }

    const mcpi_stress_row &row(const char *id) const
    {
        for (size_t i = 0; i < report->row_count; i++)
            if (std::strcmp(report->rows[i].device.id, id) == 0)
                return report->rows[i];
        ADD_FAILURE() << "there is no " << id;
        return report->rows[0];
    }
};

uint64_t faults_of(const mcpi_stress_row &row)
{
    return row.faults[MCPI_TRANSIENT] + row.faults[MCPI_PERSISTENT] + row.faults[MCPI_UNDECIDED];
}

/* All that are tested have counted some ranges, and if there is one to check slices, of each GPU, too. */
bool all_have_counted(Report report)
{
    const bool checked = std::any_of(report.rows, report.rows + report.row_count,
                                     [](const mcpi_stress_row &row) { return row.device.kind == MCPI_CPU; });
    return std::all_of(report.rows, report.rows + report.row_count, [&](const mcpi_stress_row &row) {
        const bool counted = !row.tested || row.ranges + row.recounts > 20;
        return counted && (row.device.kind == MCPI_CPU || !checked || row.slices > 2);
    });
}

bool any_fault(Report report)
{
    return report.disagreements > 0 && all_have_counted(report);
}

void expect_no_fault(const mcpi_stress_row &row)
{
    EXPECT_EQ(faults_of(row), 0U) << row.first_fault;
    EXPECT_STREQ(row.first_fault, "");
    EXPECT_STREQ(row.failure, "");
}

/* ranges by their first dart, and how often each was counted */
std::map<std::pair<uint64_t, uint64_t>, int> times_counted(Fleet &fleet, std::vector<size_t> devices)
{
    std::map<std::pair<uint64_t, uint64_t>, int> times;
    for (const size_t device : devices)
        for (const mcpi_job &job : fleet.records[device].jobs)
            times[{job.first, job.darts}]++;
    return times;
}

Behaviour broken_gpu()
{
    Behaviour behaviour = gpu();
    behaviour.available = false;
    behaviour.broken = true;
    return behaviour;
}

TEST(Stress, FailsForADeviceThatIsBroken)
{
    for (const char *devices : {"all", "gpu", "auto"}) {
        Fleet fleet({cpu(), gpu(), broken_gpu()});
        Stress stress(devices);
        stress.run([](Report report) { return report.rows[0].darts > 0 && report.rows[1].darts > 0; });
        EXPECT_EQ(stress.status, MCPI_DEVICE_FAILED) << devices;
        EXPECT_STREQ(stress.row("gpu:2").failure,
                     "gpu:2 cannot be tested: broken on purpose; -d cpu tests the cores alone");
        EXPECT_EQ(stress.row("gpu:2").darts, 0U);
        EXPECT_TRUE(stress.row("gpu:2").tested);
        EXPECT_FALSE(stress.row("gpu:2").up);
        expect_no_fault(stress.row("gpu:1"));
        EXPECT_GT(stress.row("gpu:1").ranges, 0U);
        EXPECT_STREQ(stress.report->no_gpu, "");
    }
}

TEST(Stress, FailsAtOnceIfAllThatWasAskedForIsBroken)
{
    Fleet fleet({cpu(), broken_gpu()});
    Stress stress("gpu");
    stress.run([](Report) { return false; });
    EXPECT_EQ(stress.status, MCPI_DEVICE_FAILED);
    ASSERT_NE(stress.report, nullptr);
    ASSERT_EQ(stress.report->row_count, 1U);
    EXPECT_LT(stress.report->seconds, 30);
}

TEST(Stress, TestsTheCoresWhereTheGpuIsBroken)
{
    Fleet fleet({cpu(2), broken_gpu()});
    for (const char *devices : {"all", "auto"}) {
        Stress stress(devices);
        stress.run([](Report report) { return report.rows[0].ranges > 2 && report.rows[1].ranges > 2; });
        EXPECT_EQ(stress.status, MCPI_DEVICE_FAILED) << devices;
        EXPECT_EQ(stress.report->row_count, 3U);
        EXPECT_GT(stress.report->rows[0].ranges, 0U);
    }
    Stress cores("cpu");
    cores.run(all_have_counted);
    EXPECT_EQ(cores.status, MCPI_OK) << cores.error.message;
    EXPECT_EQ(cores.report->row_count, 2U);
}

TEST(Stress, SaysWhyNoGpuIsTested)
{
    Behaviour absent = gpu();
    absent.available = false;
    Fleet fleet({cpu(), absent});
    for (const char *devices : {"all", "auto"}) {
        Stress stress(devices);
        stress.run(all_have_counted);
        EXPECT_EQ(stress.status, MCPI_OK) << stress.error.message;
        EXPECT_STREQ(stress.report->no_gpu, "broken on purpose");
    }
    Stress cores("cpu");
    cores.run(all_have_counted);
    EXPECT_STREQ(cores.report->no_gpu, "");
    Stress gpus("gpu");
    gpus.run([](Report) { return true; });
    EXPECT_EQ(gpus.status, MCPI_NO_DEVICE);
}

TEST(Stress, IsInterruptedOnlyBeforeItsTimeIsOver)
{
    Fleet fleet({cpu(2)});
    Stress cut("cpu");
    cut.options.run.time_limit_seconds = 3600;
    cut.run(all_have_counted);
    EXPECT_EQ(cut.status, MCPI_STOPPED);
    EXPECT_TRUE(cut.report->interrupted);
    EXPECT_EQ(cut.report->asked_seconds, 3600);
    EXPECT_LT(cut.report->seconds, 3600);

    Stress unlimited("cpu");
    unlimited.run(all_have_counted);
    EXPECT_EQ(unlimited.status, MCPI_OK) << unlimited.error.message;
    EXPECT_FALSE(unlimited.report->interrupted);

    Stress whole("cpu"); /* its time is over before it looks for a signal */
    whole.options.run.time_limit_seconds = 1e-9;
    whole.run([](Report) { return true; });
    EXPECT_NE(whole.status, MCPI_STOPPED);
    EXPECT_FALSE(whole.report->interrupted);
}

TEST(Stress, AnInterruptionHidesNoFaultAndNoFailure)
{
    Behaviour bad = gpu();
    bad.contradicts_at = 3;
    Fleet contradicting({cpu(), gpu(), bad});
    Stress faulty("gpu");
    faulty.options.run.time_limit_seconds = 3600;
    faulty.run([](Report report) { return report.disagreements > 0; });
    EXPECT_EQ(faulty.status, MCPI_MISMATCH);
    EXPECT_TRUE(faulty.report->interrupted);
}

TEST(Stress, AnInterruptedTestWithABrokenDeviceHasFailed)
{
    Fleet fleet({cpu(), gpu(), broken_gpu()});
    Stress stress("gpu");
    stress.options.run.time_limit_seconds = 3600;
    stress.run([](Report) { return true; });
    EXPECT_EQ(stress.status, MCPI_DEVICE_FAILED);
    EXPECT_TRUE(stress.report->interrupted);
}

TEST(Stress, DoesNotBeginIfItsDevicesWillNotDo)
{
    Fleet fleet({cpu(2), gpu()});
    static size_t rows;
    Stress stress("all");
    stress.options.ready = [](void *, const mcpi_stress_report *report) -> int {
        rows = report->row_count;
        return 0;
    };
    stress.run([](Report) { return true; });
    EXPECT_EQ(stress.status, MCPI_NO_DEVICE);
    EXPECT_EQ(stress.report, nullptr);
    EXPECT_EQ(rows, 3U);
    EXPECT_EQ(fleet.records[1].opened, 0);
}

TEST(Stress, CountsEveryRangeOfGpusTwiceByDifferentOnes)
{
    Fleet fleet({gpu(), gpu(), gpu()});
    Stress stress("gpu");
    stress.run(all_have_counted);
    ASSERT_EQ(stress.status, MCPI_OK) << stress.error.message;
    ASSERT_EQ(stress.report->row_count, 3U);
    uint64_t ranges = 0, recounts = 0;
    for (size_t i = 0; i < 3; i++) {
        const mcpi_stress_row &row = stress.report->rows[i];
        expect_no_fault(row);
        EXPECT_TRUE(row.tested);
        ranges += row.ranges;
        recounts += row.recounts;
        EXPECT_EQ(fleet.records[i].shapes, (std::vector<unsigned>{0, 1}));
    }
    EXPECT_EQ(ranges, recounts);
    uint64_t darts = 0;
    uint64_t most = 0;
    for (const auto &[range, times] : times_counted(fleet, {0, 1, 2})) {
        EXPECT_EQ(times, 2) << range.first;
        darts += range.second;
        most = std::max(most, range.second);
    }
    EXPECT_EQ(stress.report->confirmed_darts, darts);
    EXPECT_GE(most, fake_gpus.opening_darts);
    EXPECT_TRUE(fleet.all_closed());
}

TEST(Stress, ReportsWhichDartsItCountedAndHowMany)
{
    Fleet fleet({gpu(), gpu()});
    Stress stress("gpu");
    stress.options.run.seed = 7;
    stress.options.run.stream = 9;
    stress.options.run.first = 100000;
    stress.run(all_have_counted);
    ASSERT_EQ(stress.status, MCPI_OK) << stress.error.message;
    EXPECT_EQ(stress.report->seed, 7U);
    EXPECT_EQ(stress.report->stream, 9U);
    EXPECT_EQ(stress.report->first, 100000U);
    for (size_t i = 0; i < 2; i++) {
        uint64_t darts = 0;
        for (const mcpi_job &job : fleet.records[i].jobs) {
            EXPECT_EQ(job.seed, 7U);
            EXPECT_EQ(job.stream, 9U);
            EXPECT_GE(job.first, 100000U);
            darts += job.darts;
        }
        EXPECT_EQ(stress.report->rows[i].darts, darts);
        EXPECT_TRUE(stress.report->rows[i].up);
    }
}

TEST(Stress, RecountsTheOnlyGpuInItsOtherShapeAndChecksSlicesOnTheCpu)
{
    Fleet fleet({cpu(2), gpu()});
    fleet.behaviours[0].darts_per_second = 0;
    Stress stress("gpu");
    stress.run(all_have_counted);
    ASSERT_EQ(stress.status, MCPI_OK) << stress.error.message;
    ASSERT_EQ(stress.report->row_count, 3U);
    const mcpi_stress_row &row = stress.row("gpu:1");
    EXPECT_EQ(row.ranges, row.recounts);
    EXPECT_GT(row.slices, 2U);
    EXPECT_EQ(row.slices, stress.row("cpu:0").slices + stress.row("cpu:1").slices);
    for (const char *core : {"cpu:0", "cpu:1"}) {
        expect_no_fault(stress.row(core));
        EXPECT_FALSE(stress.row(core).tested);
        EXPECT_EQ(stress.row(core).ranges + stress.row(core).recounts, 0U);
    }
    EXPECT_EQ(std::count(fleet.records[0].kernels.begin(), fleet.records[0].kernels.end(), "scalar"), 2);
    for (const mcpi_job &slice : fleet.records[0].jobs)
        EXPECT_LE(slice.darts, 4096U);
}

/* Its ranges have one slice each, and there are more cores to check them. */
TEST(Stress, ChecksEachSliceOfAGpuOnceAtMost)
{
    Fleet fleet({cpu(4), gpu()});
    fleet.behaviours[0].darts_per_second = 0;
    fleet.behaviours[1].slice_darts = uint64_t{1} << 40;
    Stress stress("gpu");
    stress.run(all_have_counted);
    ASSERT_EQ(stress.status, MCPI_OK) << stress.error.message;
    for (const auto &[range, times] : times_counted(fleet, {0}))
        EXPECT_EQ(times, 1) << range.first;
}

/* NVML is found under the name that the library has which is loaded already. */
TEST(Stress, ReadsTheSensorsOfEachGpu)
{
    void *const nvml = dlopen(MCPI_FAKE_NVML, RTLD_NOW);
    ASSERT_NE(nvml, nullptr) << dlerror();
    setenv("NVML_FAKE_UUID", "GPU-00112233", 1);
    Fleet fleet({gpu(), gpu()});
    fleet.behaviours[0].uuid = "GPU-00112233";
    Stress stress("gpu");
    stress.run([](Report report) { return !std::isnan(report.rows[0].hottest_celsius); });
    EXPECT_EQ(stress.row("gpu:0").reading.temperature_celsius, 91);
    EXPECT_EQ(stress.row("gpu:0").hottest_celsius, 91);
    EXPECT_EQ(stress.row("gpu:0").throttled, 0x48U);
    EXPECT_TRUE(std::isnan(stress.row("gpu:1").hottest_celsius));
    unsetenv("NVML_FAKE_UUID");
    dlclose(nvml);
}

TEST(Stress, TestsEachCoreByItselfAndRecountsOnAnother)
{
    Fleet fleet({cpu(3)});
    Stress stress("cpu");
    stress.run(all_have_counted);
    ASSERT_EQ(stress.status, MCPI_OK) << stress.error.message;
    ASSERT_EQ(stress.report->row_count, 3U);
    uint64_t ranges = 0, recounts = 0;
    for (const char *core : {"cpu:0", "cpu:1", "cpu:2"}) {
        expect_no_fault(stress.row(core));
        ranges += stress.row(core).ranges;
        recounts += stress.row(core).recounts;
    }
    EXPECT_EQ(ranges, recounts);
    for (const auto &[range, times] : times_counted(fleet, {0}))
        EXPECT_EQ(times, 2) << range.first;
    std::vector<std::vector<int>> places = fleet.records[0].places;
    std::sort(places.begin(), places.end());
    EXPECT_EQ(places, (std::vector<std::vector<int>>{{0}, {0}, {1}, {1}, {2}, {2}}));
}

/* In turn, those included that a run would not choose. */
TEST(Stress, RecountsTheOnlyGpuWithAllItsOtherKernels)
{
    Behaviour behaviour = gpu();
    behaviour.kernels = {{"one"}, {"two"}, {"three"}, {"not here"}, {"textbook"}};
    behaviour.kernels[3].available = false;
    behaviour.kernels[4].competes = false;
    Fleet fleet({behaviour});
    Stress stress("gpu");
    stress.run([](Report now) { return now.rows[0].recounts >= 9; });
    ASSERT_EQ(stress.status, MCPI_OK) << stress.error.message;
    const std::vector<std::string> &opened = fleet.records[0].kernels;
    EXPECT_EQ(opened, (std::vector<std::string>{"one", "two", "three", "textbook"}));
    EXPECT_EQ(fleet.records[0].shapes, (std::vector<unsigned>{0, 1, 1, 1}));
    const std::vector<std::string> &counted = fleet.records[0].counted;
    for (const char *kernel : {"two", "three", "textbook"})
        EXPECT_GE(std::count(counted.begin(), counted.end(), kernel), 3) << kernel;
}

TEST(Stress, RecountsTheOnlyGpuWithItsUsualKernelIfAnotherOneIsAskedFor)
{
    Behaviour behaviour = gpu();
    behaviour.kernels = {{"one"}, {"two"}};
    Fleet fleet({behaviour});
    Stress stress("gpu");
    stress.options.run.kernel = "two";
    stress.run([](Report now) { return now.rows[0].recounts >= 3; });
    ASSERT_EQ(stress.status, MCPI_OK) << stress.error.message;
    EXPECT_EQ(fleet.records[0].kernels, (std::vector<std::string>{"two", "one"}));
}

TEST(Stress, NamesTheKernelOfAGpuThatIsWrong)
{
    Behaviour behaviour = gpu();
    behaviour.kernels = {{"right"}, {"wrong", 0, true}};
    Fleet fleet({behaviour});
    Stress stress("gpu");
    stress.run([](Report now) { return now.rows[0].faults[MCPI_PERSISTENT] > 0; });
    EXPECT_EQ(stress.status, MCPI_MISMATCH);
    EXPECT_NE(std::string(stress.row("gpu:0").first_fault).find("with kernel wrong in darts"), std::string::npos)
        << stress.row("gpu:0").first_fault;
}

TEST(Stress, RecountsTheOnlyCoreWithAnotherKernel)
{
    for (const char *kernel : {"fake", "scalar"}) {
        Fleet fleet({cpu(1)});
        Stress stress("cpu");
        stress.options.run.kernel = kernel;
        stress.run(all_have_counted);
        ASSERT_EQ(stress.status, MCPI_OK) << stress.error.message;
        EXPECT_EQ(stress.row("cpu:0").ranges, stress.row("cpu:0").recounts);
        const char *other = std::strcmp(kernel, "scalar") == 0 ? "" : "scalar";
        EXPECT_EQ(fleet.records[0].kernels, (std::vector<std::string>{kernel, other}));
    }
}

TEST(Stress, TestsAllTogether)
{
    Fleet fleet({cpu(2), gpu(), gpu()});
    Stress stress("all");
    stress.run(all_have_counted);
    ASSERT_EQ(stress.status, MCPI_OK) << stress.error.message;
    ASSERT_EQ(stress.report->row_count, 4U);
    for (const char *id : {"cpu:0", "cpu:1", "gpu:1", "gpu:2"}) {
        expect_no_fault(stress.row(id));
        EXPECT_TRUE(stress.row(id).tested);
    }
}

TEST(Stress, DoesNotWaitForASlowGpu)
{
    Fleet fleet({gpu(), gpu()});
    fleet.behaviours[1].darts_per_second = 1e5;
    Stress stress("gpu");
    stress.run([](Report report) { return report.rows[0].ranges > 50 && report.rows[1].recounts > 0; });
    ASSERT_EQ(stress.status, MCPI_OK) << stress.error.message;
    EXPECT_GT(stress.row("gpu:0").recounts, stress.row("gpu:1").recounts); /* its own, in the other shape */
}

TEST(Stress, TellsATransientFaultOfAGpu)
{
    Fleet fleet({gpu(), gpu()});
    fleet.behaviours[1].lies_at = 7;
    Stress stress("gpu");
    uint64_t darts_when_found = 0;
    stress.run([&](Report report) {
        if (report.disagreements > 0 && darts_when_found == 0)
            darts_when_found = report.rows[1].darts;
        return any_fault(report) && report.rows[1].darts > darts_when_found;
    });
    EXPECT_EQ(stress.status, MCPI_MISMATCH);
    EXPECT_EQ(stress.report->disagreements, 1U);
    expect_no_fault(stress.row("gpu:0"));
    const mcpi_stress_row &wrong = stress.row("gpu:1");
    EXPECT_EQ(wrong.faults[MCPI_TRANSIENT], 1U);
    EXPECT_EQ(faults_of(wrong), 1U);
    EXPECT_NE(std::string(wrong.first_fault).find("transient fault: gpu:1 (Fake 1) counted "), std::string::npos);
    EXPECT_NE(std::string(stress.error.message).find(wrong.first_fault), std::string::npos);
    EXPECT_GT(wrong.darts, darts_when_found); /* it went on */
    EXPECT_STREQ(wrong.failure, "");
}

TEST(Stress, TellsAPersistentFaultOfAGpu)
{
    Fleet fleet({gpu(), gpu()});
    fleet.behaviours[0].lies = true;
    Stress stress("gpu");
    stress.run(any_fault);
    EXPECT_EQ(stress.status, MCPI_MISMATCH);
    expect_no_fault(stress.row("gpu:1"));
    const mcpi_stress_row &wrong = stress.row("gpu:0");
    EXPECT_GT(wrong.faults[MCPI_PERSISTENT], 1U);
    EXPECT_EQ(faults_of(wrong), wrong.faults[MCPI_PERSISTENT]);
    EXPECT_EQ(stress.report->disagreements, faults_of(wrong));
    const std::string text = wrong.first_fault;
    EXPECT_EQ(text.find("persistent fault: gpu:0 (Fake 0) counted "), 0U) << text;
    EXPECT_NE(text.find("; counted again, it was wrong again"), std::string::npos) << text;
    unsigned long long first = 0, end = 0;
    EXPECT_EQ(std::sscanf(text.c_str() + text.find('['), "[%llu, %llu)", &first, &end), 2) << text;
    EXPECT_LE(end - first, 4096U) << "the slice in which they differ";
}

TEST(Stress, FindsTheOnlyGpuOutBySlices)
{
    Fleet fleet({cpu(1), gpu()});
    fleet.behaviours[0].darts_per_second = 0;
    fleet.behaviours[1].lies = true; /* in both shapes alike, so that its recounts agree */
    fleet.behaviours[1].slice_darts = 1 << 14;
    Stress stress("gpu");
    stress.run(any_fault);
    EXPECT_EQ(stress.status, MCPI_MISMATCH);
    expect_no_fault(stress.row("cpu:0"));
    EXPECT_GT(stress.row("gpu:1").faults[MCPI_PERSISTENT], 0U);
}

TEST(Stress, FindsTheOnlyGpuOutByItsOtherShape)
{
    Fleet fleet({gpu()});
    fleet.behaviours[0].lies_in_shape = 1;
    Stress stress("gpu");
    stress.run(any_fault);
    EXPECT_EQ(stress.status, MCPI_MISMATCH);
    EXPECT_GT(stress.row("gpu:0").faults[MCPI_PERSISTENT], 0U);
    EXPECT_EQ(faults_of(stress.row("gpu:0")), stress.row("gpu:0").faults[MCPI_PERSISTENT]);
}

TEST(Stress, TellsAFaultyCore)
{
    Fleet fleet({cpu(3)});
    fleet.behaviours[0].lies_at = 30;
    Stress stress("cpu");
    stress.run(any_fault);
    EXPECT_EQ(stress.status, MCPI_MISMATCH);
    EXPECT_EQ(stress.report->disagreements, 1U);
    uint64_t transient = 0;
    for (size_t i = 0; i < 3; i++) {
        transient += stress.report->rows[i].faults[MCPI_TRANSIENT];
        EXPECT_EQ(stress.report->rows[i].faults[MCPI_PERSISTENT] + stress.report->rows[i].faults[MCPI_UNDECIDED], 0U);
    }
    EXPECT_EQ(transient, 1U);
}

TEST(Stress, BlamesBothWhereTheDefinitionAgreesWithNeither)
{
    Fleet fleet({gpu(), gpu()});
    fleet.behaviours[0].lies = true;
    fleet.behaviours[1].pretends = true;
    Stress stress("gpu");
    stress.run(any_fault);
    EXPECT_EQ(stress.status, MCPI_MISMATCH);
    for (const char *id : {"gpu:0", "gpu:1"}) {
        EXPECT_GT(stress.row(id).faults[MCPI_UNDECIDED], 0U);
        EXPECT_EQ(faults_of(stress.row(id)), stress.row(id).faults[MCPI_UNDECIDED]);
        const std::string text = stress.row(id).first_fault;
        EXPECT_NE(text.find("gpu:0 (Fake 0) counted "), std::string::npos) << text;
        EXPECT_NE(text.find("gpu:1 (Fake 1) counted "), std::string::npos) << text;
        EXPECT_NE(text.find(", which have "), std::string::npos) << text;
    }
}

TEST(Stress, TakesACountThatContradictsItselfForAFault)
{
    Fleet fleet({gpu(), gpu()});
    fleet.behaviours[1].contradicts_at = 9;
    Stress stress("gpu");
    stress.run(any_fault);
    EXPECT_EQ(stress.status, MCPI_MISMATCH);
    expect_no_fault(stress.row("gpu:0"));
    EXPECT_EQ(stress.row("gpu:1").faults[MCPI_TRANSIENT], 1U);
    EXPECT_STREQ(stress.row("gpu:1").first_fault,
                 "transient fault: collect contradicts itself on purpose; counted again, it was right");
    EXPECT_GT(fleet.records[1].opened, 2); /* and goes on with new workers */
    EXPECT_EQ(fleet.records[1].abandoned, 0);
}

TEST(Stress, NamesAContradictionOfADeviceThatThenHangs)
{
    Fleet fleet({gpu(), gpu()});
    std::atomic<int> opened{0};
    fleet.behaviours[1].contradicts_at = 9;
    fleet.behaviours[1].at_open = [&] {
        if (++opened > 2) /* once for each way of counting, and then again */
            fleet.hang();
    };
    Stress stress("gpu");
    stress.options.deadline_seconds = 0.3;
    stress.run([](Report report) { return report.rows[1].failure[0] != '\0' && report.rows[0].ranges > 20; });
    EXPECT_EQ(stress.status, MCPI_MISMATCH);
    EXPECT_EQ(stress.row("gpu:1").faults[MCPI_UNDECIDED], 1U);
    EXPECT_EQ(std::string(stress.row("gpu:1").failure).find("gpu:1 (Fake 1) does not answer"), 0U);
    expect_no_fault(stress.row("gpu:0"));
}

/* To close its handles is then part of opening them again, and not the end of its work. */
TEST(Stress, NamesAContradictionOfADeviceThatThenDoesNotClose)
{
    Fleet fleet({gpu(), gpu()});
    fleet.behaviours[1].contradicts_at = 9;
    fleet.behaviours[1].close_hangs = true;
    Stress stress("gpu");
    stress.options.deadline_seconds = 0.3;
    stress.run([](Report report) { return report.rows[1].failure[0] != '\0' && report.rows[0].ranges > 20; });
    EXPECT_EQ(stress.status, MCPI_MISMATCH);
    EXPECT_EQ(stress.row("gpu:1").faults[MCPI_UNDECIDED], 1U);
    EXPECT_FALSE(stress.row("gpu:1").up);
    expect_no_fault(stress.row("gpu:0"));
}

/* It counts two ranges and recounts both, and hangs in the first slice that is to be counted again. */
TEST(Stress, SaysWhatCountsDifferInIfTheDeviceThenHangs)
{
    Fleet fleet({gpu()});
    fleet.behaviours[0].lies_in_shape = 1;
    fleet.behaviours[0].hangs_at = 4;
    Stress stress("gpu");
    stress.options.deadline_seconds = 0.3;
    stress.run([](Report) { return false; });
    EXPECT_EQ(stress.status, MCPI_MISMATCH);
    EXPECT_EQ(stress.report->disagreements, 2U);
    EXPECT_EQ(stress.row("gpu:0").faults[MCPI_UNDECIDED], 2U);
    const std::string text = stress.row("gpu:0").first_fault;
    EXPECT_EQ(text.find("undecided fault: gpu:0 (Fake 0) counted "), 0U) << text;
    EXPECT_NE(text.find(" in darts [0, 8192)"), std::string::npos) << text;
}

TEST(Stress, TakesLastingContradictionsForAPersistentFault)
{
    Fleet fleet({gpu(), gpu()});
    fleet.behaviours[1].contradicts = true;
    Stress stress("gpu");
    stress.run([](Report report) { return report.disagreements > 3 && report.rows[0].ranges > 20; });
    EXPECT_EQ(stress.status, MCPI_MISMATCH);
    expect_no_fault(stress.row("gpu:0"));
    EXPECT_GT(stress.row("gpu:1").faults[MCPI_PERSISTENT], 1U);
}

TEST(Stress, TakesMoreHitsThanDartsForAFault)
{
    Fleet fleet({gpu(), gpu()});
    fleet.behaviours[0].too_many_at = 5;
    Stress stress("gpu");
    stress.run(any_fault);
    EXPECT_EQ(stress.status, MCPI_MISMATCH);
    EXPECT_EQ(stress.row("gpu:0").faults[MCPI_TRANSIENT], 1U);
}

TEST(Stress, GoesOnWithoutADeviceThatFails)
{
    Fleet fleet({cpu(2), gpu(), gpu()});
    fleet.behaviours[1].submit_fails_at = 12;
    Stress stress("all");
    stress.run([](Report report) { return report.rows[2].failure[0] != '\0' && report.rows[3].ranges > 50; });
    EXPECT_EQ(stress.status, MCPI_DEVICE_FAILED);
    EXPECT_STREQ(stress.error.message, "a device failed: submit failed on purpose");
    EXPECT_STREQ(stress.row("gpu:1").failure, "submit failed on purpose");
    EXPECT_FALSE(stress.row("gpu:1").up);
    EXPECT_EQ(faults_of(stress.row("gpu:1")), 0U);
    for (const char *id : {"cpu:0", "cpu:1", "gpu:2"})
        expect_no_fault(stress.row(id));
    for (const auto &[range, times] : times_counted(fleet, {1, 2}))
        EXPECT_EQ(times, 2) << range.first; /* what it had counted was recounted nevertheless */
}

TEST(Stress, AbandonsADeviceThatHangs)
{
    Fleet fleet({gpu(), gpu()});
    fleet.behaviours[1].collect_fails_at = 12; /* with "timed out" */
    Stress stress("gpu");
    stress.run([](Report report) { return report.rows[1].failure[0] != '\0' && report.rows[0].ranges > 50; });
    EXPECT_EQ(stress.status, MCPI_DEVICE_FAILED);
    EXPECT_EQ(fleet.records[1].abandoned, 2);
    EXPECT_EQ(fleet.records[0].abandoned, 0);
    expect_no_fault(stress.row("gpu:0"));
}

TEST(Stress, WritesOffADeviceThatNeverComesBack)
{
    Fleet fleet({gpu(), gpu()});
    fleet.behaviours[1].hangs_at = 12;
    Stress stress("gpu");
    stress.options.deadline_seconds = 0.3;
    stress.run([](Report report) { return report.rows[1].failure[0] != '\0' && report.rows[0].ranges > 50; });
    EXPECT_EQ(stress.status, MCPI_DEVICE_FAILED);
    const std::string failure = stress.row("gpu:1").failure;
    EXPECT_EQ(failure.find("gpu:1 (Fake 1) does not answer: a call of its driver has taken 0."), 0U) << failure;
    expect_no_fault(stress.row("gpu:0"));
    EXPECT_LT(stress.report->seconds, 10);
}

TEST(Stress, WritesOffADeviceThatNeverOpens)
{
    Fleet fleet({gpu(), gpu()});
    fleet.behaviours[0].open_hangs = true;
    Stress stress("gpu");
    stress.options.deadline_seconds = 0.3;
    stress.run([](Report report) { return report.rows[0].failure[0] != '\0' && report.rows[1].ranges > 20; });
    EXPECT_EQ(stress.status, MCPI_DEVICE_FAILED);
    const std::string failure = stress.row("gpu:0").failure;
    EXPECT_EQ(failure.find("gpu:0 (Fake 0) does not answer: opening it has taken "), 0U) << failure;
    EXPECT_EQ(stress.row("gpu:1").ranges, stress.row("gpu:1").recounts);
}

TEST(Stress, IsNoSuccessForADeviceThatDoesNotOpen)
{
    Fleet fleet({cpu(1), gpu()});
    fleet.behaviours[1].open_fails = true;
    Stress stress("all");
    stress.run([](Report report) { return report.rows[0].ranges > 20; });
    EXPECT_EQ(stress.status, MCPI_DEVICE_FAILED);
    EXPECT_STREQ(stress.error.message, "a device failed: gpu:1: would not open");
}

TEST(Stress, IsNoSuccessForADeviceThatNeverCounted)
{
    Fleet fleet({cpu(1), gpu()});
    fleet.behaviours[1].open_seconds = 1.0;
    Stress stress("all");
    stress.options.run.time_limit_seconds = 0.3;
    stress.run([](Report) { return false; });
    EXPECT_EQ(stress.status, MCPI_DEVICE_FAILED);
    EXPECT_EQ(std::string(stress.error.message).find("gpu:1 (Fake 1) never counted: it was not ready within "), 0U);
    EXPECT_GT(stress.row("cpu:0").ranges, 0U);
}

TEST(Stress, EndsByItselfWhenNobodyIsLeft)
{
    Fleet fleet({gpu(), gpu()});
    fleet.behaviours[0].collect_fails_at = 3;
    fleet.behaviours[1].submit_fails_at = 3;
    Stress stress("gpu");
    stress.run([](Report) { return false; });
    EXPECT_EQ(stress.status, MCPI_DEVICE_FAILED);
    EXPECT_LT(stress.report->seconds, 10);
}

TEST(Stress, EndsInTime)
{
    Fleet fleet({cpu(2)});
    Stress stress("cpu");
    stress.options.run.time_limit_seconds = 0.5;
    stress.run([](Report) { return false; });
    EXPECT_EQ(stress.status, MCPI_OK) << stress.error.message;
    EXPECT_GE(stress.report->seconds, 0.5);
    EXPECT_LT(stress.report->seconds, 3);
}

TEST(Stress, BeginsAgainWhenAllDartsAreCounted)
{
    Fleet fleet({gpu(), gpu()});
    Stress stress("gpu");
    stress.options.run.first = (UINT64_C(1) << 63) - 5000;
    stress.run(all_have_counted);
    EXPECT_EQ(stress.status, MCPI_OK) << stress.error.message;
    EXPECT_GT(stress.report->confirmed_darts, 50000U);
    for (const mcpi_job &job : fleet.records[0].jobs)
        EXPECT_GE(job.first, stress.options.run.first);
}

TEST(Stress, RefusesWhatItCannotTest)
{
    Fleet fleet({cpu(2), gpu()});
    struct {
        const char *devices;
        unsigned threads;
        uint64_t first;
        mcpi_status status;
        const char *message;
    } const cases[] = {
        {"gpu:7", 0, 0, MCPI_NO_DEVICE, "options.devices gpu:7: there is no gpu:7"},
        {"tpu", 0, 0, MCPI_BAD_OPTION, "options.devices tpu: must be"},
        {"gpu:1,1", 0, 0, MCPI_BAD_OPTION, "options.devices: gpu:1 is listed 2 times; a test uses each device once"},
        {"cpu", 3, 0, MCPI_BAD_OPTION, "options.threads 3: each thread tests one core; must be at most 2"},
        {"cpu", 0, UINT64_C(1) << 63, MCPI_BAD_OPTION, "options.first 9223372036854775808: there are no darts"},
    };
    for (const auto &wrong : cases) {
        Stress stress(wrong.devices);
        stress.options.run.threads = wrong.threads;
        stress.options.run.first = wrong.first;
        stress.run([](Report) { return true; });
        EXPECT_EQ(stress.status, wrong.status);
        EXPECT_EQ(stress.report, nullptr);
        EXPECT_EQ(std::string(stress.error.message).find(wrong.message), 0U) << stress.error.message;
    }
}

/* ---- the judge by itself ---- */

class Judge : public testing::Test
{
  protected:
    void SetUp() override
    {
        for (int i = 0; i < 2; i++) {
            std::snprintf(list[i].device.id, sizeof list[i].device.id, "gpu:%d", i);
            std::snprintf(list[i].device.name, sizeof list[i].device.name, "GPU");
        }
        testers.count = 2;
        testers.list = list;
    }

    mcpi_dispute dispute(uint64_t one, uint64_t other, uint64_t truth)
    {
        const mcpi_job job = {0, 0, 100, 50};
        const mcpi_claim first = {0, MCPI_USUAL, one};
        const mcpi_claim second = {1, MCPI_USUAL, other};
        mcpi_dispute made = mcpi_dispute_between(&job, &first, &second, &testers);
        made.truth = truth;
        return made;
    }

    std::string text(const mcpi_dispute &dispute, mcpi_fault fault)
    {
        char text[400];
        mcpi_pronounce(&dispute, fault, text, sizeof text);
        return text;
    }

    mcpi_tester list[2] = {};
    mcpi_testers testers = {};
};

TEST_F(Judge, AccusesWhomTheDefinitionContradicts)
{
    mcpi_dispute first = dispute(41, 40, 40);
    ASSERT_TRUE(mcpi_accuse(&first, &testers));
    EXPECT_EQ(first.accused, 0U);
    EXPECT_EQ(mcpi_verdict(&first, 41), MCPI_PERSISTENT);
    EXPECT_EQ(mcpi_verdict(&first, 42), MCPI_PERSISTENT); /* wrong in another way is wrong again */
    EXPECT_EQ(mcpi_verdict(&first, MCPI_NO_COUNT), MCPI_PERSISTENT);
    EXPECT_EQ(mcpi_verdict(&first, 40), MCPI_TRANSIENT);
    EXPECT_EQ(text(first, MCPI_TRANSIENT), "transient fault: gpu:0 (GPU) counted 41 hits in darts [100, 150), which "
                                           "have 40; counted again, it was right");

    mcpi_dispute second = dispute(40, MCPI_NO_COUNT, 40);
    ASSERT_TRUE(mcpi_accuse(&second, &testers));
    EXPECT_EQ(second.accused, 1U);
    EXPECT_EQ(text(second, MCPI_PERSISTENT), "persistent fault: gpu:1 (GPU) counted what contradicts itself in darts "
                                             "[100, 150), which have 40; counted again, it was wrong again");
}

TEST_F(Judge, AccusesNobodyWhereBothAreWrong)
{
    mcpi_dispute both = dispute(41, 42, 40);
    EXPECT_FALSE(mcpi_accuse(&both, &testers));
    EXPECT_EQ(text(both, MCPI_UNDECIDED),
              "undecided fault: gpu:0 (GPU) counted 41 hits, gpu:1 (GPU) counted 42 hits in darts [100, 150), which "
              "have 40; could not determine which device is at fault, or whether the fault is persistent");
}

TEST_F(Judge, NeedsNoTruthForACountThatContradictsItself)
{
    const mcpi_job job = {0, 0, 0, 10};
    const mcpi_claim claim = {1, MCPI_OTHER, MCPI_NO_COUNT};
    const mcpi_dispute dispute = mcpi_dispute_of_one(&job, &claim, "it does not add up");
    EXPECT_EQ(dispute.stage, MCPI_REPEAT);
    EXPECT_EQ(mcpi_verdict(&dispute, 7), MCPI_TRANSIENT);
    EXPECT_EQ(mcpi_verdict(&dispute, MCPI_NO_COUNT), MCPI_PERSISTENT);
    EXPECT_EQ(text(dispute, MCPI_PERSISTENT),
              "persistent fault: it does not add up; counted again, it was wrong again");
}

TEST(Fault, HasAName)
{
    EXPECT_STREQ(mcpi_fault_name(MCPI_TRANSIENT), "transient");
    EXPECT_STREQ(mcpi_fault_name(MCPI_PERSISTENT), "persistent");
    EXPECT_STREQ(mcpi_fault_name(MCPI_UNDECIDED), "undecided");
    EXPECT_STREQ(mcpi_fault_name(MCPI_FAULTS), "?");
}

/* ---- pending ranges by themselves ---- */

TEST(Pending, GivesTheOldestThatIsWanted)
{
    const uint64_t hits[] = {3, 4};
    const mcpi_counts counts = {4, 2, hits, 0, 0};
    mcpi_pending pending = {};
    for (const size_t counter : {0, 1, 0}) {
        const mcpi_job job = {0, 0, 8 * (mcpi_pending_of(&pending, 0) + mcpi_pending_of(&pending, 1)), 8};
        mcpi_pending_add(&pending, mcpi_pending_range_make(&job, counter, &counts));
    }
    EXPECT_EQ(mcpi_pending_of(&pending, 0), 2U);
    const mcpi_wanted by_counter = [](const void *user, const mcpi_pending_range *entry) {
        return entry->tester == *static_cast<const size_t *>(user);
    };
    const size_t one = 1, two = 2, zero = 0;
    EXPECT_EQ(mcpi_pending_take(&pending, by_counter, &two), nullptr);
    mcpi_pending_range *entry = mcpi_pending_take(&pending, by_counter, &one);
    ASSERT_NE(entry, nullptr);
    EXPECT_EQ(entry->job.first, 8U);
    EXPECT_EQ(entry->hits, 7U);
    EXPECT_EQ(entry->slice_hits[1], 4U);
    free(entry);
    entry = mcpi_pending_take(&pending, by_counter, &zero);
    EXPECT_EQ(entry->job.first, 0U);
    mcpi_pending_give_back(&pending, entry);
    entry = mcpi_pending_take(&pending, by_counter, &zero);
    EXPECT_EQ(entry->job.first, 0U);
    free(entry);
    mcpi_pending_clear(&pending);
    EXPECT_EQ(pending.oldest, nullptr);
}

} // namespace
