/*
 * The contract of host/core/backend.h as a suite of tests. A program makes it a suite about some backends:
 *
 *     INSTANTIATE_TEST_SUITE_P(Name, Conformance, testing::Values(&backend));
 *
 * Each test runs on every device of the backend that can count, and most of them with every kernel of it. A backend
 * without such a device is skipped, with the reason that it gives.
 */
#ifndef MCPI_TESTS_CORE_CONFORMANCE_H
#define MCPI_TESTS_CORE_CONFORMANCE_H

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <map>
#include <numeric>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "core/child.h"
#include "core/selection.h"
#include "core/slices.h"
#include "core/status.h"
#include "mcpi/dart.h"
#include "tests/core/definition.h"
#include "tests/core/golden.h"
#include "tests/cpu/edge_darts.h"

/* The program of each backend whose workers are processes. */
inline std::map<const mcpi_backend *, const char *> worker_programs;

/* A worker, as the engine uses it, on the thread that makes it. */
class ConformanceWorker
{
  public:
    ConformanceWorker(const mcpi_backend &of, const mcpi_device &device, mcpi_worker_options options = {}) : backend(of)
    {
        mcpi_child_init(&child);
        options.child = &child;
        const auto program = worker_programs.find(&backend); /* several threads look at the same time */
        options.program = program == worker_programs.end() ? nullptr : program->second;
        status = backend.open(&device, &options, &worker, &error);
    }
    ~ConformanceWorker()
    {
        if (worker)
            backend.close(worker);
        mcpi_child_destroy(&child);
    }
    ConformanceWorker(const ConformanceWorker &) = delete;
    ConformanceWorker &operator=(const ConformanceWorker &) = delete;

    mcpi_status submit(const mcpi_job &job)
    {
        return backend.submit(worker, &job, &error);
    }
    mcpi_status collect()
    {
        return backend.collect(worker, &counts, &error);
    }
    mcpi_status count(const mcpi_job &job)
    {
        const mcpi_status submitted = submit(job);
        return submitted == MCPI_OK ? collect() : submitted;
    }
    /* Of the job that was collected last. */
    uint64_t hits() const
    {
        return std::accumulate(counts.hits, counts.hits + counts.slices, uint64_t{0});
    }

    const mcpi_backend &backend;
    mcpi_child child;
    void *worker = nullptr;
    mcpi_error error{};
    mcpi_status status;
    mcpi_counts counts{};
};

class Conformance : public testing::TestWithParam<const mcpi_backend *>
{
  protected:
    void SetUp() override
    {
        std::string reason;
        for (const mcpi_device &device : list_devices()) {
            if (device.available)
                devices.push_back(device);
            else
                reason += std::string(device.id) + ": " + device.note + " ";
        }
        if (devices.empty())
            GTEST_SKIP() << reason;
    }

    std::vector<mcpi_device> list_devices() const
    {
        std::vector<mcpi_device> all(mcpi_enumerate(&backend, nullptr, 0));
        mcpi_enumerate(&backend, all.data(), all.size());
        return all;
    }

    std::vector<mcpi_kernel> list_kernels(const mcpi_device &device) const
    {
        if (!backend.kernels)
            return {};
        std::vector<mcpi_kernel> kernels(backend.kernels(&device, nullptr, 0));
        backend.kernels(&device, kernels.data(), kernels.size());
        return kernels;
    }

    std::vector<std::string> available_kernels(const mcpi_device &device) const
    {
        std::vector<std::string> names;
        for (const mcpi_kernel &kernel : list_kernels(device))
            if (kernel.available)
                names.emplace_back(kernel.name);
        return names;
    }

    /* With a worker of each device. */
    template <class Check> void with_each_device(Check check, mcpi_worker_options options = {})
    {
        for (const mcpi_device &device : devices) {
            SCOPED_TRACE(std::string(device.id) + " " + (options.kernel ? options.kernel : ""));
            ConformanceWorker worker(backend, device, options);
            ASSERT_EQ(worker.status, MCPI_OK) << worker.error.message;
            check(worker, device);
        }
    }

    /* With a worker of each device for each of its kernels. */
    template <class Check> void with_each_kernel(Check check)
    {
        for (const mcpi_device &device : devices) {
            for (const std::string &kernel : available_kernels(device)) {
                SCOPED_TRACE(std::string(device.id) + " " + kernel);
                mcpi_worker_options options{};
                options.kernel = kernel.c_str();
                ConformanceWorker worker(backend, device, options);
                ASSERT_EQ(worker.status, MCPI_OK) << worker.error.message;
                check(worker);
            }
        }
    }

    const mcpi_backend &backend = *GetParam();
    std::vector<mcpi_device> devices;
};

/* The slices of the job that was collected last, one by one. */
inline void expect_right_slices(const mcpi_counts &counts, const mcpi_job &job)
{
    uint64_t darts = 0;
    ASSERT_GE(counts.slices, 1U);
    EXPECT_TRUE(counts.slice_darts % 2 == 0 || counts.slice_darts > job.darts) << counts.slice_darts;
    for (size_t i = 0; i < counts.slices; i++) {
        const mcpi_job slice = mcpi_slice(&job, counts.slice_darts, i);
        EXPECT_GE(slice.darts, 1U);
        EXPECT_EQ(counts.hits[i], count_by_definition(slice)) << "slice " << i << " of " << counts.slices;
        darts += slice.darts;
    }
    EXPECT_EQ(darts, job.darts);
    EXPECT_GE(counts.busy_seconds, 0);
    EXPECT_TRUE(std::isfinite(counts.busy_seconds));
}

inline void expect_right_count(ConformanceWorker &worker, const mcpi_job &job)
{
    SCOPED_TRACE(testing::Message() << "seed " << job.seed << ", stream " << job.stream << ", " << job.darts
                                    << " darts from " << job.first);
    ASSERT_EQ(worker.count(job), MCPI_OK) << worker.error.message;
    expect_right_slices(worker.counts, job);
}

/* ---- what it says of itself ---- */

TEST_P(Conformance, DescribesItself)
{
    const std::string name = backend.name;
    EXPECT_TRUE(!name.empty() && name.size() <= 8 &&
                name.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == std::string::npos)
        << name;
    EXPECT_NE(name, "auto");
    EXPECT_NE(name, "all");
    EXPECT_GE(backend.in_flight, 1U);
    EXPECT_LE(backend.in_flight, MCPI_IN_FLIGHT_MAX);
    EXPECT_GE(backend.opening_darts, 1U);
}

TEST_P(Conformance, DescribesItsDevices)
{
    std::set<std::string> ids;
    for (const mcpi_device &device : list_devices()) {
        SCOPED_TRACE(device.id);
        EXPECT_TRUE(ids.insert(device.id).second) << "two devices have this id";
        EXPECT_TRUE(mcpi_selection_names(device.id, &device)) << "options.devices does not take this id";
        EXPECT_EQ(device.kind, backend.kind);
        EXPECT_STRNE(device.name, "");
        EXPECT_TRUE(device.available || device.note[0]) << "it does not say why it cannot count";
        EXPECT_FALSE(device.available && device.broken);
        EXPECT_TRUE(!device.available || device.units > 0);
        EXPECT_TRUE(!device.available || device.index >= 0);
    }
}

TEST_P(Conformance, ListsNoMoreDevicesThanFit)
{
    mcpi_device two[2];
    std::memset(two, 'x', sizeof two);
    EXPECT_EQ(mcpi_enumerate(&backend, two, 1), list_devices().size());
    EXPECT_STREQ(two[0].id, list_devices()[0].id);
    EXPECT_EQ(two[1].id[0], 'x');
}

TEST_P(Conformance, ListsItsKernels)
{
    ASSERT_NE(backend.kernels, nullptr);
    for (const mcpi_device &device : devices) {
        SCOPED_TRACE(device.id);
        std::set<std::string> names;
        for (const mcpi_kernel &kernel : list_kernels(device)) {
            EXPECT_TRUE(names.insert(kernel.name).second) << "two kernels are called " << kernel.name;
            EXPECT_EQ(kernel.note[0] == '\0', kernel.available != 0) << kernel.name << ": " << kernel.note;
            EXPECT_TRUE(kernel.available || kernel.darts_per_second == 0) << kernel.name;
        }
        const std::vector<std::string> available = available_kernels(device);
        EXPECT_EQ(std::count(available.begin(), available.end(), device.kernel), 1) << device.kernel;
        EXPECT_LE(names.size(), size_t{MCPI_KERNELS_MAX});
        mcpi_kernel two[2];
        std::memset(two, 'x', sizeof two);
        EXPECT_EQ(backend.kernels(&device, two, 1), names.size());
        EXPECT_EQ(two[1].name[0], 'x');
    }
}

TEST_P(Conformance, KnowsABoundOrSaysNothing)
{
    for (const mcpi_device &device : devices) {
        const mcpi_backend *const backends[] = {&backend, nullptr};
        for (const mcpi_kernel &kernel : list_kernels(device)) {
            const mcpi_bound bound = mcpi_bound_of(backends, &device, kernel.name, 1);
            EXPECT_TRUE(std::isnan(bound.darts_per_second) || bound.darts_per_second > 0) << kernel.name;
            EXPECT_TRUE(kernel.available || std::isnan(bound.darts_per_second)) << kernel.name;
            EXPECT_TRUE(bound.predicted || std::isnan(bound.clock_hertz)) << kernel.name;
        }
        EXPECT_TRUE(std::isnan(mcpi_bound_of(backends, &device, "no such kernel", 1).darts_per_second));
    }
}

/* ---- what it counts ---- */

/* As many darts as it counts in about a second, by the rate of the row before. */
TEST_P(Conformance, GivesTheGoldenCounts)
{
    std::vector<GoldenRow> rows = golden_rows();
    ASSERT_FALSE(rows.empty());
    std::stable_sort(rows.begin(), rows.end(), [](const auto &a, const auto &b) { return a.darts < b.darts; });
    with_each_kernel([&](ConformanceWorker &worker) {
        double rate = 1e6;
        for (const GoldenRow &row : rows) {
            if (row.darts == 0 || (row.darts > 1000003 && static_cast<double>(row.darts) > rate))
                continue;
            const double begin = mcpi_seconds();
            ASSERT_EQ(worker.count({row.seed, row.stream, row.first, row.darts}), MCPI_OK) << worker.error.message;
            rate = static_cast<double>(row.darts) / (mcpi_seconds() - begin);
            EXPECT_EQ(worker.hits(), row.hits) << row.darts << " darts from " << row.first;
        }
    });
}

/* Among them (-2^31, -2^31), whose squares add up to twice the edge: one miss, like any other. */
TEST_P(Conformance, CountsEdgeDarts)
{
    with_each_kernel([](ConformanceWorker &worker) {
        std::mt19937_64 random(5);
        for (const Point &point : edge_points()) {
            for (const bool odd : {false, true}) {
                const Place at = place_of(point, odd, random);
                ASSERT_EQ(worker.count({at.seed, at.stream, at.dart, 1}), MCPI_OK) << worker.error.message;
                EXPECT_EQ(worker.hits(), is_hit(point)) << point.first << ", " << point.second;
                expect_right_count(worker, {at.seed, at.stream, at.dart - 600, 1000});
            }
        }
    });
}

/* Where a dart at either end shares its block with one that is not in the job, and where the counter carries. */
TEST_P(Conformance, CountsAnyRange)
{
    const uint64_t span_darts = UINT64_C(1) << 33;
    with_each_kernel([&](ConformanceWorker &worker) {
        for (uint64_t darts = 1; darts <= 5; darts++)
            for (const uint64_t first :
                 {UINT64_C(0), UINT64_C(1), UINT64_C(77), span_darts - 3, span_darts - 2, MCPI_DART_END - darts})
                expect_right_count(worker, {11, 12, first, darts});
        for (const uint64_t darts : {511, 512, 513, 32767, 32768, 32769})
            for (const uint64_t first : {UINT64_C(0), span_darts - 16385, MCPI_DART_END - darts})
                expect_right_count(worker, {13, 14, first, darts});
        std::mt19937_64 random(2);
        for (int i = 0; i < 4; i++)
            expect_right_count(worker, {random(), random(), random() >> 2, 100000 + random() % 200000});
    });
}

/* A stress test counts the same darts in both shapes. A backend may have one cut for both. */
TEST_P(Conformance, CountsTheSameInAnotherShape)
{
    mcpi_worker_options other{};
    other.shape = 1;
    with_each_device(
        [](ConformanceWorker &worker, const mcpi_device &) {
            expect_right_count(worker, {7, 3, 12345, 3000001});
        },
        other);
}

/* ---- jobs in flight ---- */

TEST_P(Conformance, CollectsInOrder)
{
    with_each_device([&](ConformanceWorker &worker, const mcpi_device &) {
        std::vector<mcpi_job> jobs;
        for (uint64_t i = 0; i < 7; i++)
            jobs.push_back({5, 6, 100003 * i, 100003 - i});
        for (size_t i = 0; i < jobs.size() + backend.in_flight; i++) {
            if (i >= backend.in_flight && i - backend.in_flight < jobs.size()) {
                ASSERT_EQ(worker.collect(), MCPI_OK) << worker.error.message;
                expect_right_slices(worker.counts, jobs[i - backend.in_flight]);
            }
            if (i < jobs.size()) {
                ASSERT_EQ(worker.submit(jobs[i]), MCPI_OK) << worker.error.message;
            }
        }
    });
}

TEST_P(Conformance, ClosesWithJobsInFlight)
{
    for (unsigned jobs = 0; jobs <= backend.in_flight; jobs++) {
        with_each_device([&](ConformanceWorker &worker, const mcpi_device &) {
            for (uint64_t i = 0; i < jobs; i++)
                ASSERT_EQ(worker.submit({0, 0, 1000000 * i, 1000000}), MCPI_OK) << worker.error.message;
        });
    }
}

TEST_P(Conformance, CountsWithinALongDeadline)
{
    mcpi_worker_options options{};
    options.deadline_seconds = 3600;
    with_each_device(
        [](ConformanceWorker &worker, const mcpi_device &) {
            expect_right_count(worker, {8, 9, 1, 100001});
        },
        options);
}

/* Either the job is done, or the worker says that it is late; it can be closed after both. */
TEST_P(Conformance, CanBeClosedAfterAMissedDeadline)
{
    mcpi_worker_options options{};
    options.deadline_seconds = 1e-9;
    with_each_device(
        [](ConformanceWorker &worker, const mcpi_device &device) {
            const mcpi_job job = {8, 9, 1, 3000000};
            const mcpi_status status = worker.count(job);
            if (status == MCPI_OK)
                expect_right_slices(worker.counts, job);
            else
                EXPECT_EQ(status, MCPI_TIMED_OUT);
            EXPECT_TRUE(status == MCPI_OK || std::strstr(worker.error.message, device.id)) << worker.error.message;
        },
        options);
}

/* ---- workers ---- */

/* Each device with two workers, each worker with a thread: as when a device is listed twice. */
TEST_P(Conformance, WorkersDoNotDisturbEachOther)
{
    std::vector<std::thread> threads;
    for (const mcpi_device &device : devices)
        for (uint64_t stream = 0; stream < 2; stream++)
            threads.emplace_back([this, &device, stream] {
                ConformanceWorker worker(backend, device);
                ASSERT_EQ(worker.status, MCPI_OK) << worker.error.message;
                for (uint64_t i = 0; i < 5; i++)
                    expect_right_count(worker, {static_cast<uint64_t>(device.index), stream, 50001 * i, 50001});
            });
    for (std::thread &thread : threads)
        thread.join();
}

TEST_P(Conformance, KeepsTheCountsOfEachWorker)
{
    for (const mcpi_device &device : devices) {
        ConformanceWorker a(backend, device), b(backend, device);
        ASSERT_EQ(a.status, MCPI_OK) << a.error.message;
        ASSERT_EQ(b.status, MCPI_OK) << b.error.message;
        const mcpi_job of_a = {0, 0, 0, 1000}, of_b = {42, 0, 0, 100000};
        ASSERT_EQ(a.count(of_a), MCPI_OK) << a.error.message;
        ASSERT_EQ(b.count(of_b), MCPI_OK) << b.error.message;
        expect_right_slices(a.counts, of_a);
        expect_right_slices(b.counts, of_b);
    }
}

TEST_P(Conformance, OpensAfterItHasFailedToOpen)
{
    mcpi_worker_options unknown{};
    unknown.kernel = "no-such-kernel";
    for (const mcpi_device &device : devices) {
        SCOPED_TRACE(device.id);
        const ConformanceWorker worker(backend, device, unknown);
        EXPECT_EQ(worker.status, MCPI_BAD_OPTION);
        EXPECT_EQ(worker.error.status, MCPI_BAD_OPTION);
        EXPECT_NE(std::string(worker.error.message).find("no-such-kernel"), std::string::npos) << worker.error.message;
        EXPECT_EQ(worker.worker, nullptr);
        ConformanceWorker next(backend, device);
        ASSERT_EQ(next.status, MCPI_OK) << next.error.message;
        expect_right_count(next, {1, 2, 3, 1000});
    }
}

/* As a trial does: job after job with another kernel, as many in flight as there can be. */
TEST_P(Conformance, ChangesItsKernelFromJobToJob)
{
    if (!backend.select)
        GTEST_SKIP() << backend.name << " does not change kernels";
    with_each_device([&](ConformanceWorker &worker, const mcpi_device &device) {
        std::vector<mcpi_job> jobs;
        size_t collected = 0;
        const auto collect = [&] {
            ASSERT_EQ(worker.collect(), MCPI_OK) << worker.error.message;
            expect_right_slices(worker.counts, jobs[collected++]);
        };
        for (int round = 0; round < 2; round++) {
            for (const std::string &kernel : available_kernels(device)) {
                EXPECT_TRUE(backend.select(worker.worker, kernel.c_str())) << kernel;
                EXPECT_FALSE(backend.select(worker.worker, "no-such-kernel")) << "and keeps the one that it had";
                jobs.push_back({21, 22, 70001 * jobs.size(), 70001});
                ASSERT_EQ(worker.submit(jobs.back()), MCPI_OK) << worker.error.message;
                if (jobs.size() - collected == backend.in_flight)
                    collect();
            }
        }
        while (collected < jobs.size())
            collect();
    });
}

TEST_P(Conformance, SaysWhatOpeningTook)
{
    if (!backend.startup)
        GTEST_SKIP() << backend.name << " does not measure its start-up";
    with_each_device([&](ConformanceWorker &worker, const mcpi_device &) {
        mcpi_startup startup{-1, -1, -1, -1};
        backend.startup(worker.worker, &startup);
        for (const double seconds : {startup.driver, startup.context, startup.module, startup.memory})
            EXPECT_GE(seconds, 0);
    });
}

/* Which CPUs are near a device is the machine's business; that a worker may be put on a CPU is the contract's. */
TEST_P(Conformance, OpensInItsPlaces)
{
    if (!backend.places)
        GTEST_SKIP() << backend.name << " has no places";
    for (const mcpi_device &device : devices) {
        mcpi_places *const places = backend.places(&device, MCPI_PIN_THREADS);
        ASSERT_NE(places, nullptr);
        EXPECT_TRUE(device.kind == MCPI_CPU ? places->count >= 1 : places->count <= 1);
        for (size_t i = 0; i < places->count; i++)
            EXPECT_GE(places->list[i].count, 1U);
        std::free(places);
        std::thread([&] {
            int cpu = 0;
            mcpi_affinity_list(&cpu, 1);
            mcpi_worker_options options{};
            options.place = {1, &cpu};
            ConformanceWorker worker(backend, device, options);
            EXPECT_EQ(worker.status, MCPI_OK) << worker.error.message;
        }).join();
    }
}

#endif
