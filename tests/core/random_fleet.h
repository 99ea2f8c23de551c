/*
 * Fleets of fake devices with random faults. All choices follow from one seed and are made before a run begins; what a
 * device then does is written down, so that a test can compare the verdicts of a run with what happened.
 *
 * A fake counts real darts, by sums that were computed once. A lie adds hits to a slice: so a wrong count that remains
 * anywhere shows in every sum it is part of. How many hits differs between devices and between kernels, and two that
 * lie about one slice never agree.
 */
#ifndef MCPI_TESTS_CORE_RANDOM_FLEET_H
#define MCPI_TESTS_CORE_RANDOM_FLEET_H

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <cerrno>
#include <csignal>

#include <pthread.h>
#include <unistd.h>

#include "core/slices.h"
#include "core/status.h"
#include "tests/core/definition.h"
#include "tests/core/dice.h"

/* ---- darts ---- */

constexpr uint64_t known_darts = 3500000;

struct Stream {
    uint64_t seed, stream;
};
constexpr Stream known_streams[] = {{0, 0}, {7, 3}};

/* The hits of all darts below an index. */
inline const std::vector<uint32_t> &hits_below(uint64_t seed)
{
    static const auto &tables = *[] {
        auto &sums = *new std::array<std::vector<uint32_t>, 2>;
        for (size_t i = 0; i < 2; i++) {
            sums[i].resize(known_darts + 1);
            for (uint64_t dart = 0; dart < known_darts; dart++)
                sums[i][dart + 1] = sums[i][dart] + mcpi_dart(known_streams[i].seed, known_streams[i].stream, dart);
        }
        return &sums;
    }();
    return tables[seed == known_streams[1].seed];
}

inline uint64_t true_hits(const mcpi_job &job)
{
    if (job.first + job.darts > known_darts)
        return count_by_definition(job);
    const std::vector<uint32_t> &sums = hits_below(job.seed);
    return sums[job.first + job.darts] - sums[job.first];
}

/* ---- one device ---- */

enum Call { OPEN, SUBMIT, COLLECT, CLOSE, CALLS };
enum class Fault { FAILS, TIMES_OUT, CONTRADICTS, TOO_MANY, DIES, HANGS };

/* The n-th call of that kind, from 0, over all workers of the device. */
struct Accident {
    Call call;
    int nth;
    Fault fault;
};

struct Character {
    mcpi_device_kind kind = MCPI_GPU;
    unsigned units = 1;
    unsigned kernels = 1;
    double rates[3] = {1e6, 1e6, 1e6}; /* darts a second of each kernel, by the device's own clock */
    uint64_t slice_darts = uint64_t{1} << 40;
    int opening_microseconds = 0;
    double real_rate = 0; /* darts a second by the wall clock; 0: as fast as it can */
    std::vector<Accident> accidents;
    bool kernel_lies[3] = {false, false, false};
    unsigned lies_in_one_of = 1; /* such a kernel lies in one slice out of this number, always in the same ones */
    int lies_once_at = -1;       /* the n-th collect */

    bool lies() const
    {
        return kernel_lies[0] || kernel_lies[1] || kernel_lies[2] || lies_once_at >= 0;
    }
    bool healthy() const
    {
        return accidents.empty() && !lies();
    }
};

/* What has happened to one device. */
struct Story {
    std::atomic<int> calls[CALLS]{};
    std::atomic<int> lies{0}, honest_slices{0}; /* slices */
    std::atomic<int> lies_of_kernel[3]{};       /* of these lies */
    std::atomic<int> contradictions{0}, errors{0}, timeouts{0}, deaths{0}, hangs{0};
    std::atomic<int> hangs_in_open{0}; /* of these hangs */

    bool counted_wrong() const
    {
        return lies + contradictions > 0;
    }
    std::string told() const
    {
        std::string text;
        const auto add = [&text](int count, const char *what) {
            if (count > 0)
                text += ' ' + std::to_string(count) + ' ' + what;
        };
        add(lies, "slices were lies");
        add(contradictions, "contradictions");
        add(errors, "errors");
        add(timeouts, "timeouts");
        add(deaths, "deaths");
        add(hangs, "hangs");
        return text.empty() ? " no fault" : text;
    }
    bool failed() const
    {
        return errors + timeouts + deaths + hangs > 0;
    }
};

inline const char *const fleet_kernels[] = {"fake", "scalar", "third"};

struct FleetWorker;

struct RandomFleet {
    size_t number;
    std::vector<Character> characters; /* of the devices, and where cores are devices of their own, of these */
    size_t device_count;
    std::deque<Story> stories;
    std::atomic<bool> going{false};    /* those that hang come back */
    std::atomic<int> calls{0};         /* that are going on and do not hang */
    std::atomic<int> begun{0};         /* calls so far */
    std::atomic<int> lost_calls{0};    /* that hang, or whose thread has died */
    std::atomic<unsigned> statuses{0}; /* a bit for each status that was returned */
    std::mutex lock;
    std::set<FleetWorker *> handles;
    std::string broken_contract; /* what was done to a backend that may not be done */

    size_t handle_count()
    {
        std::lock_guard<std::mutex> guard(lock);
        return handles.size();
    }
    /* By kernel: the CPU may recount what it counted, with another one. */
    size_t liars() const
    {
        size_t count = 0;
        for (const Story &story : stories)
            for (const std::atomic<int> &lies : story.lies_of_kernel)
                count += lies > 0;
        return count;
    }
    bool counted_wrong() const
    {
        return std::any_of(stories.begin(), stories.end(), [](const Story &story) { return story.counted_wrong(); });
    }
    bool returned(mcpi_status status) const
    {
        return (statuses >> status) & 1;
    }
    void require(bool kept, const char *contract)
    {
        std::lock_guard<std::mutex> guard(lock);
        if (!kept && broken_contract.empty())
            broken_contract = contract;
    }
};

/* A run may leave threads behind that open their device much later. So no fleet ever goes, and each device knows by a
   number which one it belongs to. */
class Fleets
{
  public:
    static RandomFleet &add(std::vector<Character> characters, size_t device_count)
    {
        std::lock_guard<std::mutex> guard(lock());
        auto fleet = std::make_unique<RandomFleet>();
        fleet->number = all().size();
        fleet->stories.resize(characters.size());
        fleet->characters = std::move(characters);
        fleet->device_count = device_count;
        all().push_back(std::move(fleet));
        return *all().back();
    }
    static RandomFleet &at(size_t number)
    {
        std::lock_guard<std::mutex> guard(lock());
        return *all()[number];
    }
    static RandomFleet &current()
    {
        std::lock_guard<std::mutex> guard(lock());
        return *all().back();
    }

  private:
    static std::deque<std::unique_ptr<RandomFleet>> &all()
    {
        static auto &fleets = *new std::deque<std::unique_ptr<RandomFleet>>;
        return fleets;
    }
    static std::mutex &lock()
    {
        static std::mutex lock;
        return lock;
    }
};

/* ---- the backends ---- */

struct FleetWorker {
    RandomFleet *fleet;
    size_t who; /* its character and story */
    unsigned kernel, shape;
    std::thread::id thread;
    struct Job {
        mcpi_job job;
        unsigned kernel;
    };
    std::deque<Job> jobs;
    std::vector<uint64_t> hits;
    bool finished = false; /* a call has failed: it may only be closed */

    const Character &character() const
    {
        return fleet->characters[who];
    }
    Story &story() const
    {
        return fleet->stories[who];
    }
};

struct CallInProgress {
    RandomFleet &fleet;

    explicit CallInProgress(RandomFleet &of) : fleet(of)
    {
        fleet.begun++;
        fleet.calls++;
    }
    ~CallInProgress()
    {
        fleet.calls--;
    }
    CallInProgress(const CallInProgress &) = delete;
    CallInProgress &operator=(const CallInProgress &) = delete;
};

/* The thread ends here, and what it had open is lost. */
[[noreturn]] inline void die(RandomFleet &fleet, Story &story)
{
    story.deaths++;
    fleet.lost_calls++;
    {
        std::lock_guard<std::mutex> guard(fleet.lock);
        for (auto at = fleet.handles.begin(); at != fleet.handles.end();) {
            const bool mine = (*at)->thread == std::this_thread::get_id();
            if (mine)
                delete *at;
            at = mine ? fleet.handles.erase(at) : std::next(at);
        }
    }
    pthread_exit(nullptr);
}

inline void hang(RandomFleet &fleet, Story &story)
{
    story.hangs++;
    fleet.statuses |= 1U << MCPI_TIMED_OUT;
    fleet.lost_calls++;
    fleet.calls--;
    while (!fleet.going)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    fleet.calls++;
}

inline mcpi_status fail_in_fleet(RandomFleet &fleet, mcpi_status status, const char *what, mcpi_error *error)
{
    fleet.statuses |= 1U << status;
    return mcpi_fail(error, status, "%s on purpose", what);
}

/* What happens in this call, if anything does; OK if nothing. */
inline mcpi_status meet_accident(RandomFleet &fleet, size_t who, Call call, mcpi_error *error, bool *too_many = nullptr)
{
    Story &story = fleet.stories[who];
    const int nth = story.calls[call]++;
    for (const Accident &accident : fleet.characters[who].accidents) {
        if (accident.call != call || accident.nth != nth)
            continue;
        switch (accident.fault) {
        case Fault::FAILS:
            story.errors++;
            return fail_in_fleet(fleet, MCPI_DEVICE_FAILED, "failed", error);
        case Fault::TIMES_OUT:
            story.timeouts++;
            return fail_in_fleet(fleet, MCPI_TIMED_OUT, "timed out", error);
        case Fault::CONTRADICTS:
            story.contradictions++;
            return fail_in_fleet(fleet, MCPI_MISMATCH, "contradicted itself", error);
        case Fault::TOO_MANY:
            story.contradictions++;
            *too_many = true;
            return MCPI_OK;
        case Fault::DIES:
            fleet.statuses |= 1U << MCPI_SYSTEM;
            die(fleet, story);
        case Fault::HANGS:
            story.hangs_in_open += call == OPEN;
            hang(fleet, story);
            return mcpi_fail(error, MCPI_TIMED_OUT, "hung on purpose");
        }
    }
    return MCPI_OK;
}

inline mcpi_device fleet_device(const RandomFleet &fleet, size_t who)
{
    const Character &character = fleet.characters[who];
    mcpi_device device{};
    device.kind = character.kind;
    device.available = 1;
    device.index = static_cast<int>(who);
    device.units = character.units;
    device.memory_bytes = fleet.number;
    std::snprintf(device.id, sizeof device.id, character.kind == MCPI_CPU ? "cpu" : "gpu:%zu", who);
    std::snprintf(device.name, sizeof device.name, "Fake %zu", who);
    std::snprintf(device.kernel, sizeof device.kernel, "%s", fleet_kernels[0]);
    return device;
}

template <mcpi_device_kind kind> size_t enumerate_fleet(mcpi_device *devices, size_t capacity)
{
    const RandomFleet &fleet = Fleets::current();
    size_t count = 0;
    for (size_t i = 0; i < fleet.device_count; i++)
        if (fleet.characters[i].kind == kind && count++ < capacity)
            devices[count - 1] = fleet_device(fleet, i);
    return count;
}

inline size_t list_fleet_kernels(const mcpi_device *device, mcpi_kernel *kernels, size_t capacity)
{
    const size_t count = Fleets::at(device->memory_bytes).characters[device->index].kernels;
    for (size_t i = 0; i < count && i < capacity; i++) {
        kernels[i] = {};
        std::snprintf(kernels[i].name, sizeof kernels[i].name, "%s", fleet_kernels[i]);
        kernels[i].available = kernels[i].competes = 1;
    }
    return count;
}

inline unsigned fleet_kernel(const char *name)
{
    for (unsigned i = 0; i < 3; i++)
        if (name && std::strcmp(fleet_kernels[i], name) == 0)
            return i;
    return 0;
}

/* The cores of a stress test are named by the CPU that they are bound to. */
inline size_t who_is(const RandomFleet &fleet, const mcpi_device *device, const mcpi_worker_options *options)
{
    const bool core = device->kind == MCPI_CPU && fleet.characters.size() > fleet.device_count;
    return core ? fleet.device_count + static_cast<size_t>(options->place.cpus[0]) : static_cast<size_t>(device->index);
}

inline mcpi_status open_in_fleet(const mcpi_device *device, const mcpi_worker_options *options, void **worker,
                                 mcpi_error *error)
{
    RandomFleet &fleet = Fleets::at(device->memory_bytes);
    const CallInProgress call(fleet);
    const size_t who = who_is(fleet, device, options);
    std::this_thread::sleep_for(std::chrono::microseconds(fleet.characters[who].opening_microseconds));
    const mcpi_status status = meet_accident(fleet, who, OPEN, error);
    if (status != MCPI_OK)
        return status;
    auto *const w =
        new FleetWorker{&fleet, who, fleet_kernel(options->kernel), options->shape, std::this_thread::get_id(), {}, {}};
    std::lock_guard<std::mutex> guard(fleet.lock);
    fleet.handles.insert(w);
    *worker = w;
    return MCPI_OK;
}

inline bool select_in_fleet(void *worker, const char *kernel)
{
    auto *w = static_cast<FleetWorker *>(worker);
    w->kernel = fleet_kernel(kernel);
    return true;
}

inline void require_use(FleetWorker *w)
{
    w->fleet->require(w->thread == std::this_thread::get_id(), "a worker was used by another thread");
    w->fleet->require(!w->finished, "a worker was used after a call that failed");
}

template <unsigned in_flight> mcpi_status submit_in_fleet(void *worker, const mcpi_job *job, mcpi_error *error)
{
    auto *w = static_cast<FleetWorker *>(worker);
    const CallInProgress call(*w->fleet);
    require_use(w);
    w->fleet->require(job->darts > 0 && job->first <= MCPI_DART_END - job->darts, "a job has no darts, or too many");
    w->fleet->require(w->jobs.size() < in_flight, "too many jobs are in flight");
    const mcpi_status status = meet_accident(*w->fleet, w->who, SUBMIT, error);
    w->finished = status != MCPI_OK;
    if (status == MCPI_OK)
        w->jobs.push_back({*job, w->kernel});
    return status;
}

/* Lies are about the same slices each time, but for those that happen once. Slices of few darts are spared, for no
   count may exceed them. */
inline bool lies_about(const Character &character, unsigned kernel, const mcpi_job &slice, bool once)
{
    const uint64_t mixed = (slice.first + 1) * UINT64_C(0x9E3779B97F4A7C15) >> 40;
    return slice.darts >= 1000 && (once || (character.kernel_lies[kernel] && mixed % character.lies_in_one_of == 0));
}

inline void count_slices(FleetWorker *w, const FleetWorker::Job &counted, bool once)
{
    const mcpi_job &job = counted.job;
    const uint64_t slice_darts = w->character().slice_darts;
    const uint64_t origin = job.first & ~uint64_t{1};
    const uint64_t slices = (job.first + job.darts - origin + slice_darts - 1) / slice_darts;
    const uint64_t lie = 1 + 6 * w->who + 2 * counted.kernel + w->shape;
    w->hits.clear();
    for (uint64_t i = 0; i < slices; i++) {
        const mcpi_job slice = mcpi_slice(&job, slice_darts, i);
        const bool lies = lies_about(w->character(), counted.kernel, slice, once && i + 1 == slices);
        w->hits.push_back(true_hits(slice) + (lies ? lie : 0));
        (lies ? w->story().lies : w->story().honest_slices)++;
        w->story().lies_of_kernel[counted.kernel] += lies;
    }
}

inline mcpi_status collect_in_fleet(void *worker, mcpi_counts *counts, mcpi_error *error)
{
    auto *w = static_cast<FleetWorker *>(worker);
    const CallInProgress call(*w->fleet);
    require_use(w);
    w->fleet->require(!w->jobs.empty(), "nothing is in flight");
    const bool once = w->story().calls[COLLECT] == w->character().lies_once_at;
    bool too_many = false;
    const mcpi_status status = meet_accident(*w->fleet, w->who, COLLECT, error, &too_many);
    w->finished = status != MCPI_OK;
    if (status != MCPI_OK || w->jobs.empty())
        return status;
    const FleetWorker::Job counted = w->jobs.front();
    w->jobs.pop_front();
    count_slices(w, counted, once);
    if (too_many)
        w->hits.back() = counted.job.darts + 1;
    const auto darts = static_cast<double>(counted.job.darts);
    if (w->character().real_rate > 0)
        std::this_thread::sleep_for(std::chrono::duration<double>(darts / w->character().real_rate));
    *counts = mcpi_counts{w->character().slice_darts, w->hits.size(), w->hits.data(),
                          darts / w->character().rates[counted.kernel], 0};
    return MCPI_OK;
}

inline void close_in_fleet(void *worker)
{
    auto *w = static_cast<FleetWorker *>(worker);
    const CallInProgress call(*w->fleet);
    w->fleet->require(w->thread == std::this_thread::get_id(), "a worker was closed by another thread");
    mcpi_error error;
    meet_accident(*w->fleet, w->who, CLOSE, &error);
    std::lock_guard<std::mutex> guard(w->fleet->lock);
    if (w->fleet->handles.erase(w) == 0)
        w->fleet->broken_contract = "a worker was closed twice";
    else
        delete w;
}

/* Nobody is bound to these. */
inline mcpi_places *places_in_fleet(const mcpi_device *device, mcpi_pin)
{
    mcpi_places *places = mcpi_places_make(device->units, device->units);
    for (unsigned cpu = 0; cpu < device->units; cpu++) {
        places->cpus[cpu] = static_cast<int>(cpu);
        places->list[cpu] = {1, &places->cpus[cpu]};
    }
    return places;
}

inline const mcpi_backend fleet_cpus = {"cpu",
                                        MCPI_CPU,
                                        1,
                                        4096,
                                        enumerate_fleet<MCPI_CPU>,
                                        list_fleet_kernels,
                                        open_in_fleet,
                                        submit_in_fleet<1>,
                                        collect_in_fleet,
                                        close_in_fleet,
                                        nullptr,
                                        nullptr,
                                        nullptr,
                                        nullptr,
                                        places_in_fleet,
                                        nullptr};
inline const mcpi_backend fleet_gpus = {"gpu",
                                        MCPI_GPU,
                                        2,
                                        8192,
                                        enumerate_fleet<MCPI_GPU>,
                                        list_fleet_kernels,
                                        open_in_fleet,
                                        submit_in_fleet<2>,
                                        collect_in_fleet,
                                        close_in_fleet,
                                        select_in_fleet,
                                        close_in_fleet,
                                        nullptr,
                                        nullptr,
                                        nullptr,
                                        nullptr};
inline const mcpi_backend *const fleet_backends[] = {&fleet_cpus, &fleet_gpus, nullptr};

/* ---- random characters ---- */

/* Faults that a run does not get over yet: a call that never returns, a thread that ends in `close`, a CPU that fails
   both in counting and in recounting, or has too many hits in a recount, and a worker whose device times out while its
   slices wait to be recounted. */
constexpr bool with_hard_faults = true;

/* What calls of a device may do, apart from failing. */
struct Ends {
    bool hang, die;
};

inline Accident random_accident(Dice &dice, mcpi_device_kind kind, Ends may)
{
    static const Call calls[] = {OPEN, SUBMIT, SUBMIT, COLLECT, COLLECT, COLLECT, CLOSE};
    static const Fault usual[] = {Fault::FAILS,    Fault::TIMES_OUT, Fault::CONTRADICTS,
                                  Fault::TOO_MANY, Fault::DIES,      Fault::HANGS};
    for (;;) {
        const Call call = dice.one_of(calls);
        const Fault fault = dice.one_of(usual);
        const int nth =
            call == OPEN || call == CLOSE ? static_cast<int>(dice.below(3)) : static_cast<int>(dice.scaled(1, 60)) - 1;
        const bool counts = fault == Fault::CONTRADICTS || fault == Fault::TOO_MANY;
        const bool ends = fault == Fault::DIES || fault == Fault::HANGS;
        const bool possible = counts ? call == COLLECT : call != CLOSE || ends;
        const bool hard = (fault == Fault::HANGS && !may.hang) ||
                          (fault == Fault::DIES && (call == CLOSE || !may.die)) ||
                          (fault == Fault::TOO_MANY && kind == MCPI_CPU);
        if (possible && (with_hard_faults || !hard))
            return {call, nth, fault};
    }
}

inline void add_faults(Character &character, Dice &dice, Ends may)
{
    const bool may_fail_twice = with_hard_faults || character.kind == MCPI_GPU;
    for (uint64_t accidents = dice.chance(40) ? 1 + dice.below(1 + may_fail_twice) : 0; accidents > 0; accidents--)
        character.accidents.push_back(random_accident(dice, character.kind, may));
    if (dice.chance(30)) {
        character.kernel_lies[dice.below(character.kernels)] = true;
        character.lies_in_one_of = dice.chance(50) ? 1 : 1 + static_cast<unsigned>(dice.below(20));
    }
    if (dice.chance(10))
        character.lies_once_at = static_cast<int>(dice.scaled(1, 60)) - 1;
}

inline Character random_character(Dice &dice, mcpi_device_kind kind)
{
    Character character;
    character.kind = kind;
    character.units = 1 + static_cast<unsigned>(dice.below(3));
    character.kernels = kind == MCPI_CPU ? 2 : 1 + static_cast<unsigned>(dice.below(3));
    for (double &rate : character.rates)
        rate = dice.scaled(5e4, 5e6);
    if (dice.chance(50))
        character.slice_darts = 2 * (500 + dice.below(10000));
    if (dice.chance(30))
        character.opening_microseconds = static_cast<int>(dice.scaled(10, 20000));
    if (dice.chance(kind == MCPI_CPU ? 80 : 30))
        character.real_rate = dice.scaled(5e6, 2e8);
    return character;
}

/* ---- time ---- */

/* The clock of all runs; programs with this header are linked with --wrap=mcpi_seconds. It is the real one, but where a
   call that never returns is all that a run waits for: there it advances by large steps, so that no test waits for a
   deadline, and no other call misses one. */
inline std::atomic<double> &skipped_seconds()
{
    static std::atomic<double> seconds{0};
    return seconds;
}

extern "C" double __real_mcpi_seconds(void);
extern "C" inline double __attribute__((used)) __wrap_mcpi_seconds(void)
{
    return __real_mcpi_seconds() + skipped_seconds();
}

/* Asked by the observer of a run at each look. A thread may be about to begin a call, and not have its turn: so each
   step waits for a while in which nothing happens. */
class Skipper
{
  public:
    void look(const RandomFleet &fleet)
    {
        static const double quiet_seconds = 0.015;
        static const double step_seconds = 0.9; /* more than a second is a pause of the process */
        const double now = __real_mcpi_seconds();
        const int begun = fleet.begun;
        if (fleet.lost_calls == 0 || fleet.calls > 0 || begun != begun_before) {
            quiet_since = now;
            begun_before = begun;
        } else if (now - quiet_since >= quiet_seconds) {
            quiet_since = now;
            skipped_seconds() = skipped_seconds() + step_seconds;
        }
    }

  private:
    int begun_before = -1;
    double quiet_since = 0;
};

/* ---- what the environment asks for ---- */

/* MCPI_FLEET_SEED and MCPI_FLEET_RUNS: the first run, and how many. */
struct FleetRuns {
    uint64_t seed;
    int count;

    explicit FleetRuns(int usual) : seed(1), count(usual)
    {
#if defined(__SANITIZE_THREAD__)
        count = usual / 5;
#endif
        if (const char *const wanted = std::getenv("MCPI_FLEET_SEED"))
            seed = std::strtoull(wanted, nullptr, 10);
        if (const char *const wanted = std::getenv("MCPI_FLEET_RUNS"))
            count = std::atoi(wanted);
    }
    static std::string command(uint64_t seed)
    {
        return "MCPI_FLEET_SEED=" + std::to_string(seed) + " MCPI_FLEET_RUNS=1 " + program_invocation_name;
    }
};

/* A run that does not end is the end of the test: with the command that repeats it. */
class Watchdog
{
  public:
    Watchdog(uint64_t seed, unsigned seconds)
    {
        std::snprintf(text(), 200, "this did not end: %s\n", FleetRuns::command(seed).c_str());
        std::signal(SIGALRM, bark);
        alarm(seconds);
    }
    ~Watchdog()
    {
        alarm(0);
    }
    Watchdog(const Watchdog &) = delete;
    Watchdog &operator=(const Watchdog &) = delete;

  private:
    static char *text()
    {
        static char text[200];
        return text;
    }
    static void bark(int)
    {
        const ssize_t written = write(STDERR_FILENO, text(), std::strlen(text()));
        static_cast<void>(written);
        std::abort();
    }
};

/* All threads that a run left behind give their handles back, or die: until then the fleet must not be looked at. */
inline void wait_for_threads(RandomFleet &fleet)
{
    fleet.going = true;
    while (fleet.handle_count() > 0)
        std::this_thread::sleep_for(std::chrono::microseconds(200));
}

#endif
