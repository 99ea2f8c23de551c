/*
 * Fake backends with scripted behaviour: slow, uneven, failing, lying. They count the real darts by dart.h, and then
 * change the count according to their script.
 */
#ifndef MCPI_TESTS_CORE_FAKE_BACKEND_H
#define MCPI_TESTS_CORE_FAKE_BACKEND_H

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <pthread.h>

#include "core/slices.h"
#include "core/status.h"
#include "tests/core/definition.h"

/* One kernel of a fake GPU. */
struct FakeKernel {
    const char *name = "fake";
    double claimed_rate = 0; /* darts a second by the device's own clock, which is made up; 0: by the real one */
    bool lies = false;       /* it has one hit too many in its first slice */
    bool competes = true;
    bool available = true;
    bool loads = true; /* otherwise it looks available, and cannot be selected */
};

/* What one fake device does. */
struct Behaviour {
    mcpi_device_kind kind = MCPI_GPU;
    double darts_per_second = 0; /* 0: as fast as it comes */
    double runs = 1;             /* the share of a job's time for which it works on the job */
    uint64_t slice_darts = uint64_t{1} << 40;
    bool open_fails = false;
    double open_seconds = 0;
    const char *uuid = "";
    int submit_fails_at = -1;  /* the n-th submit, from 0 */
    int collect_fails_at = -1; /* the n-th collect */
    int dies_at = -1;          /* the n-th collect ends the thread */
    int lies_at = -1;          /* the n-th collect has one hit too many, or one too few, in its last slice */
    int too_many_at = -1;      /* the n-th collect claims more hits than darts */
    bool pretends = false;     /* takes its time, but does not count: all are misses */
    bool lies = false;         /* every collect has one hit too many in its first slice */
    int lies_in_shape = -1;    /* and so it is in launches of this shape only */
    int contradicts_at = -1;   /* the n-th collect says itself that it cannot be right */
    bool contradicts = false;  /* as does every one */
    bool open_hangs = false;   /* it comes back when the fleet goes, with an error */
    int hangs_at = -1;         /* so does the n-th collect, */
    int submit_hangs_at = -1;  /* the n-th submit, */
    int select_hangs_at = -1;  /* and the n-th selection of a kernel */
    bool close_hangs = false;  /* so does every close, but it does close */
    bool available = true;
    bool broken = false; /* it is not available, and should be */
    unsigned units = 1;
    std::vector<FakeKernel> kernels = std::vector<FakeKernel>(1); /* the first one is preferred */
    /* Called from the thread of the worker, if they are there: when it is opened, and in the n-th collect. */
    std::function<void()> at_open, in_collect;
    int in_collect_at = -1;
    /* Called from the thread of the worker before each collect: what it waits for decides in which order they come
     * back. */
    std::function<void(const mcpi_job &)> before_collect;
};

/* What happened to one fake device. */
struct Record {
    std::atomic<int> opened{0}, closed{0}, abandoned{0}, submitted{0}, collected{0}, selected{0}, most_in_flight{0};
    std::atomic<uint64_t> submitted_darts{0};
    std::mutex lock;
    std::vector<mcpi_job> jobs;
    std::vector<std::string> kernels; /* of each worker that was opened */
    std::vector<std::string> counted; /* by which kernel of a GPU each job was */
    std::vector<unsigned> shapes;
    std::vector<std::vector<int>> places; /* the CPUs of each */
};

/* The fleet that is in service; one at a time, since a backend is a constant struct of plain functions. */
struct Fleet {
    std::vector<Behaviour> behaviours;
    std::deque<Record> records;
    std::atomic<int> hanging{0};
    std::atomic<int> calls{0}; /* that are going on and do not hang: open, submit, collect, close */
    std::atomic<bool> going{false};
    std::vector<bool> profiled; /* what profilers were told; the engine does so under its lock */

    explicit Fleet(std::vector<Behaviour> devices) : behaviours(std::move(devices)), records(behaviours.size())
    {
        current() = this;
    }
    /* Threads that were given up come back now, and must find all of this. */
    ~Fleet()
    {
        going = true;
        while (hanging > 0 || calls > 0 || !all_closed())
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        current() = nullptr;
    }
    Fleet(const Fleet &) = delete;
    Fleet &operator=(const Fleet &) = delete;

    static Fleet *&current()
    {
        static Fleet *fleet = nullptr;
        return fleet;
    }

    bool all_closed() const
    {
        for (const Record &record : records)
            if (record.opened != record.closed)
                return false;
        return true;
    }

    void hang()
    {
        hanging++;
        calls--;
        while (!going)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        calls++;
        hanging--;
    }

    mcpi_device device(int index) const
    {
        mcpi_device device{};
        const Behaviour &behaviour = behaviours[index];
        device.kind = behaviour.kind;
        device.available = behaviour.available;
        device.broken = behaviour.broken;
        device.index = index;
        device.units = behaviour.units;
        std::snprintf(device.name, sizeof device.name, "Fake %d", index);
        std::snprintf(device.uuid, sizeof device.uuid, "%s", behaviour.uuid);
        std::snprintf(device.kernel, sizeof device.kernel, "%s", behaviour.kernels.front().name);
        if (!behaviour.available)
            std::snprintf(device.note, sizeof device.note, "broken on purpose");
        return device;
    }
};

/* Around a call. The thread may be ended in it. */
struct FakeCall {
    Fleet *const fleet = Fleet::current();
    FakeCall()
    {
        fleet->calls++;
    }
    ~FakeCall()
    {
        fleet->calls--;
    }
    FakeCall(const FakeCall &) = delete;
    FakeCall &operator=(const FakeCall &) = delete;
};

struct FakeWorker {
    const Behaviour *behaviour;
    Record *record;
    int shape;
    const FakeKernel *kernel; /* of the jobs to come */
    std::deque<mcpi_job> jobs;
    std::deque<const FakeKernel *> kernels; /* of these */
    std::vector<uint64_t> hits;
    std::thread::id thread; /* that opened it */
};

/* By the contract of a backend, the thread that opened a worker makes all calls for it. */
inline FakeWorker *fake_worker(void *worker)
{
    auto *w = static_cast<FakeWorker *>(worker);
    if (w->thread != std::this_thread::get_id()) {
        std::fputs("a worker is used by a thread that did not open it\n", stderr);
        std::abort();
    }
    return w;
}

inline size_t fake_enumerate(mcpi_device_kind kind, mcpi_device *devices, size_t capacity)
{
    const Fleet *fleet = Fleet::current();
    size_t count = 0;
    for (size_t i = 0; i < fleet->behaviours.size(); i++) {
        if (fleet->behaviours[i].kind != kind)
            continue;
        if (count < capacity)
            devices[count] = fleet->device(static_cast<int>(i));
        count++;
    }
    return count;
}

inline size_t fake_enumerate_cpus(mcpi_device *devices, size_t capacity)
{
    return fake_enumerate(MCPI_CPU, devices, capacity);
}

inline size_t fake_enumerate_gpus(mcpi_device *devices, size_t capacity)
{
    return fake_enumerate(MCPI_GPU, devices, capacity);
}

/* The fake CPU has these, which all do the same unless its behaviour says otherwise. */
inline size_t fake_cpu_kernels(const mcpi_device *, mcpi_kernel *kernels, size_t capacity)
{
    const char *const names[] = {"fake", "scalar", "special"};
    for (size_t i = 0; i < 3 && i < capacity; i++) {
        kernels[i] = {};
        std::snprintf(kernels[i].name, sizeof kernels[i].name, "%s", names[i]);
        kernels[i].available = kernels[i].competes = 1;
    }
    return 3;
}

inline size_t fake_gpu_kernels(const mcpi_device *device, mcpi_kernel *kernels, size_t capacity)
{
    const std::vector<FakeKernel> &all = Fleet::current()->behaviours[device->index].kernels;
    for (size_t i = 0; i < all.size() && i < capacity; i++) {
        kernels[i] = {};
        std::snprintf(kernels[i].name, sizeof kernels[i].name, "%s", all[i].name);
        std::snprintf(kernels[i].note, sizeof kernels[i].note, "%s", all[i].available ? "" : "not on this fake");
        kernels[i].available = all[i].available;
        kernels[i].competes = all[i].competes;
    }
    return all.size();
}

/* NULL if it has no such kernel. Kernels of a fake CPU that its behaviour does not list are its first one. */
inline const FakeKernel *fake_kernel(const Behaviour &behaviour, const char *name)
{
    mcpi_kernel cpus[3];
    const size_t count = behaviour.kind == MCPI_CPU ? fake_cpu_kernels(nullptr, cpus, 3) : 0;
    for (const FakeKernel &kernel : behaviour.kernels)
        if (name && std::strcmp(kernel.name, name) == 0)
            return &kernel;
    for (size_t i = 0; i < count; i++)
        if (name && std::strcmp(cpus[i].name, name) == 0)
            return &behaviour.kernels.front();
    return name ? nullptr : &behaviour.kernels.front();
}

inline bool fake_select(void *worker, const char *kernel)
{
    const FakeCall call;
    auto *w = fake_worker(worker);
    if (w->record->selected++ == w->behaviour->select_hangs_at)
        Fleet::current()->hang();
    const FakeKernel *const wanted = fake_kernel(*w->behaviour, kernel);
    if (!wanted || !wanted->loads)
        return false;
    w->kernel = wanted;
    return true;
}

inline mcpi_status fake_open(const mcpi_device *device, const mcpi_worker_options *options, void **worker,
                             mcpi_error *error)
{
    const FakeCall call;
    Fleet *fleet = Fleet::current();
    const Behaviour &behaviour = fleet->behaviours[device->index];
    Record &record = fleet->records[device->index];
    std::this_thread::sleep_for(std::chrono::duration<double>(behaviour.open_seconds));
    if (behaviour.at_open)
        behaviour.at_open();
    if (behaviour.open_hangs) {
        fleet->hang();
        return mcpi_fail(error, MCPI_DEVICE_FAILED, "%s: hung", device->id);
    }
    if (behaviour.open_fails)
        return mcpi_fail(error, MCPI_DEVICE_FAILED, "%s: would not open", device->id);
    const FakeKernel *const kernel = fake_kernel(behaviour, options->kernel);
    if (!kernel)
        return mcpi_fail(error, MCPI_BAD_OPTION, "%s: no kernel %s", device->id, options->kernel);
    record.opened++;
    {
        std::lock_guard<std::mutex> guard(record.lock);
        record.kernels.emplace_back(options->kernel ? options->kernel : "");
        record.shapes.push_back(options->shape);
        record.places.emplace_back(options->place.cpus, options->place.cpus + options->place.count);
    }
    *worker = new FakeWorker{&behaviour, &record, static_cast<int>(options->shape), kernel, {},
                             {},         {},      std::this_thread::get_id()};
    return MCPI_OK;
}

inline mcpi_status fake_submit(void *worker, const mcpi_job *job, mcpi_error *error)
{
    const FakeCall call;
    auto *w = fake_worker(worker);
    const int nth = w->record->submitted++;
    if (nth == w->behaviour->submit_fails_at)
        return mcpi_fail(error, MCPI_DEVICE_FAILED, "submit failed on purpose");
    if (nth == w->behaviour->submit_hangs_at) {
        Fleet::current()->hang();
        return mcpi_fail(error, MCPI_TIMED_OUT, "submit hung on purpose");
    }
    w->record->submitted_darts += job->darts;
    w->jobs.push_back(*job);
    w->kernels.push_back(w->kernel);
    const int in_flight = static_cast<int>(w->jobs.size());
    if (in_flight > w->record->most_in_flight)
        w->record->most_in_flight = in_flight;
    return MCPI_OK;
}

inline mcpi_status fake_collect(void *worker, mcpi_counts *counts, mcpi_error *error)
{
    const FakeCall call;
    auto *w = fake_worker(worker);
    const Behaviour &b = *w->behaviour;
    const int nth = w->record->collected++;
    if (nth == b.collect_fails_at)
        return mcpi_fail(error, MCPI_TIMED_OUT, "collect failed on purpose");
    if (nth == b.dies_at) {
        w->record->closed++; /* a real one would be lost */
        delete w;
        pthread_exit(nullptr);
    }
    if (nth == b.hangs_at) {
        Fleet::current()->hang();
        return mcpi_fail(error, MCPI_TIMED_OUT, "collect hung on purpose");
    }
    const double before = mcpi_seconds();
    if (b.before_collect)
        b.before_collect(w->jobs.front());
    if (nth == b.in_collect_at)
        b.in_collect();
    if (nth == b.contradicts_at || b.contradicts)
        return mcpi_fail(error, MCPI_MISMATCH, "collect contradicts itself on purpose");
    const auto begun = std::chrono::steady_clock::now();
    const mcpi_job job = w->jobs.front();
    const FakeKernel *const kernel = w->kernels.front();
    w->jobs.pop_front();
    w->kernels.pop_front();
    {
        std::lock_guard<std::mutex> guard(w->record->lock);
        w->record->jobs.push_back(job);
        w->record->counted.emplace_back(kernel->name);
    }
    const uint64_t origin = job.first & ~uint64_t{1};
    const uint64_t slices = (job.first + job.darts - origin + b.slice_darts - 1) / b.slice_darts;
    w->hits.clear();
    for (uint64_t i = 0; i < slices; i++) {
        const mcpi_job slice = mcpi_slice(&job, b.slice_darts, i);
        w->hits.push_back(b.pretends ? 0 : count_by_definition(slice));
    }
    const mcpi_job last = mcpi_slice(&job, b.slice_darts, slices - 1);
    if (nth == b.lies_at)
        w->hits.back() += w->hits.back() < last.darts ? 1 : -1; /* a lie that could be true */
    if (b.lies || kernel->lies || w->shape == b.lies_in_shape)
        w->hits.front() += 1;
    if (nth == b.too_many_at)
        w->hits.back() = job.darts + 1;
    if (b.darts_per_second > 0)
        std::this_thread::sleep_until(begun + std::chrono::duration<double>(job.darts / b.darts_per_second));
    const double busy = kernel->claimed_rate > 0 ? job.darts / kernel->claimed_rate : mcpi_seconds() - before;
    *counts = mcpi_counts{b.slice_darts, w->hits.size(), w->hits.data(), b.runs * busy, busy};
    return MCPI_OK;
}

inline void fake_close(void *worker)
{
    const FakeCall call;
    auto *w = fake_worker(worker);
    if (w->behaviour->close_hangs)
        Fleet::current()->hang();
    w->record->closed++;
    delete w;
}

inline void fake_abandon(void *worker)
{
    static_cast<FakeWorker *>(worker)->record->abandoned++;
    fake_close(worker);
}

inline void fake_startup(void *worker, mcpi_startup *startup)
{
    *startup = {0, static_cast<FakeWorker *>(worker)->behaviour->open_seconds, 0.25, 0.5};
}

inline void fake_profile(void *, bool on)
{
    Fleet::current()->profiled.push_back(on);
}

/* Nobody is bound to these. The CPU that is played has cores of two threads, 0 and 1, 2 and 3, and so on; it hands them
   out in the order 0 2 4 1 3 5. */
inline mcpi_places *fake_cpu_places(const mcpi_device *device, mcpi_pin pin)
{
    mcpi_places *places = mcpi_places_make(device->units, device->units);
    mcpi_place *next = places->list;
    const unsigned size = pin == MCPI_PIN_CORES ? 2 : 1;
    for (unsigned cpu = 0; cpu < device->units; cpu++)
        places->cpus[cpu] = static_cast<int>(cpu);
    for (unsigned thread = 0; thread < 2; thread++)
        for (unsigned cpu = thread; cpu < device->units; cpu += 2)
            *next++ = {size, &places->cpus[cpu / size * size]};
    return places;
}

/* CPUs 40 and 41 are near each GPU but device number 2, of which nothing is known. */
inline mcpi_places *fake_gpu_places(const mcpi_device *device, mcpi_pin)
{
    mcpi_places *places = mcpi_places_make(device->index == 2 ? 0 : 1, 2);
    places->cpus[0] = 40;
    places->cpus[1] = 41;
    if (places->count > 0)
        places->list[0] = {2, places->cpus};
    return places;
}

inline const mcpi_backend fake_cpus = {"cpu",
                                       MCPI_CPU,
                                       1,
                                       4096,
                                       fake_enumerate_cpus,
                                       fake_cpu_kernels,
                                       fake_open,
                                       fake_submit,
                                       fake_collect,
                                       fake_close,
                                       nullptr,
                                       nullptr,
                                       nullptr,
                                       nullptr,
                                       fake_cpu_places,
                                       nullptr};
inline const mcpi_backend fake_gpus = {
    "gpu",           MCPI_GPU,     2,          8192,        fake_enumerate_gpus, fake_gpu_kernels, fake_open,
    fake_submit,     fake_collect, fake_close, fake_select, fake_abandon,        fake_startup,     fake_profile,
    fake_gpu_places, nullptr};
inline const mcpi_backend *const fake_backends[] = {&fake_cpus, &fake_gpus, nullptr};

#endif
