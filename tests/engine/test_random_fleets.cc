/*
 * Properties of a run over random fleets: whatever its devices do, and whenever it is stopped, saved and resumed, it
 * ends, what it says of its devices is true, and what it calls counted is the count by definition.
 *
 * A journey is a run and those that resume it, each with a fleet of its own; the last one has a healthy fleet and must
 * finish the count. MCPI_FLEET_SEED and MCPI_FLEET_RUNS choose journeys. A seed fixes all choices; the order in which
 * threads run it cannot fix.
 */
#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "tests/core/event_ledger.h"
#include "tests/core/expect_parts.h"
#include "tests/core/random_fleet.h"
#include "tests/core/worker_sums.h"
#include "tests/save/kept_state.h"

extern "C" {
#include "engine/goal.h"
#include "engine/run.h"
}

namespace
{

constexpr unsigned seconds_to_end = 60; /* no journey takes a hundredth of that on an idle machine */

/* ---- choices ---- */

/* One run of a journey. */
struct Scenario {
    std::vector<Character> characters;
    std::string devices;
    mcpi_options options = MCPI_OPTIONS_DEFAULT;
    int stop_at_look = -1; /* the n-th call of the observer */
    int stop = 0;          /* what it answers from then on */

    Scenario() = default;
    Scenario(const Scenario &) = delete;
    Scenario &operator=(const Scenario &) = delete;

    bool has_gpus() const
    {
        return characters.size() > 1;
    }
    bool cpu_counts() const
    {
        return devices == "cpu" || devices == "all" || (devices == "auto" && !has_gpus());
    }
    bool only_cpu_counts() const
    {
        return devices == "cpu" || !has_gpus();
    }
    bool counts(size_t device) const
    {
        return device == 0 ? cpu_counts()
                           : !only_cpu_counts() && (devices.find(':') == std::string::npos ||
                                                    devices.find(std::to_string(device)) != std::string::npos);
    }
};

std::string random_selection(Dice &dice, size_t gpus)
{
    static const char *const alone[] = {"cpu", "all", "auto"};
    static const char *const any[] = {"all", "all", "all", "gpu", "gpu", "auto", "cpu"};
    if (gpus == 0)
        return dice.one_of(alone);
    if (!dice.chance(30))
        return dice.one_of(any);
    std::string list = "gpu:" + std::to_string(1 + dice.below(gpus));
    for (uint64_t more = dice.below(3); more > 0; more--)
        list += "," + std::to_string(1 + dice.below(gpus));
    return list;
}

void choose_range(mcpi_options &options, Dice &dice)
{
    const Stream stream = dice.one_of(known_streams);
    options.seed = stream.seed;
    options.stream = stream.stream;
    options.first = dice.chance(50) ? 0 : dice.below(100000);
    options.darts = static_cast<uint64_t>(dice.scaled(dice.chance(20) ? 1 : 2e4, 3e5));
    options.trace = dice.chance(20);
    options.part_darts = uint64_t{1} << (4 + dice.below(14));
    if (dice.chance(5)) {
        options.darts = 3000000;
        options.target_error = dice.scaled(1.05e-3, 3e-3);
    }
}

/* Healthy: no device has a fault, and nobody stops it. */
void choose_run(Scenario &run, Dice &dice, bool healthy)
{
    static const mcpi_verify verify[] = {MCPI_VERIFY_OFF, MCPI_VERIFY_ON, MCPI_VERIFY_FULL, MCPI_VERIFY_FULL};
    run.characters.push_back(random_character(dice, MCPI_CPU));
    for (uint64_t gpus = dice.below(6); gpus > 0; gpus--)
        run.characters.push_back(random_character(dice, MCPI_GPU));
    run.devices = random_selection(dice, run.characters.size() - 1);
    run.options.devices = run.devices.c_str();
    run.options.threads = static_cast<unsigned>(dice.below(4));
    run.options.verify = dice.one_of(verify);
    run.options.save_seconds = dice.chance(20) ? 5.0 : dice.scaled(1e-4, 0.02);
    if (healthy)
        return;
    for (Character &character : run.characters)
        if (dice.chance(60))
            add_faults(character, dice, {false, true});
    if (dice.chance(8))
        run.options.time_limit_seconds = dice.scaled(1e-3, 0.05);
    if (dice.chance(30)) {
        run.stop_at_look = static_cast<int>(dice.scaled(1, 40)) - 1;
        run.stop = dice.chance(50) ? MCPI_STOP : MCPI_STOP_AT_ONCE;
    }
}

/* ---- one run ---- */

struct Outcome {
    mcpi_status status = MCPI_OK;
    mcpi_result *result = nullptr;
    mcpi_error error{};
    std::vector<Kept> states;
    int looks = 0;
    bool stopped = false;
    const Scenario *scenario = nullptr;
    RandomFleet *fleet = nullptr;
    std::unique_ptr<EventLedger> events;
    Skipper skipper;

    Outcome() = default;
    Outcome(const Outcome &) = delete;
    Outcome &operator=(const Outcome &) = delete;
    ~Outcome()
    {
        mcpi_result_free(result);
    }
    bool stopped_at_once() const
    {
        return stopped && scenario->stop == MCPI_STOP_AT_ONCE;
    }
};

int stop(void *user)
{
    auto *outcome = static_cast<Outcome *>(user);
    const Scenario &run = *outcome->scenario;
    outcome->skipper.look(*outcome->fleet);
    outcome->stopped |= outcome->looks++ == run.stop_at_look;
    return outcome->stopped ? run.stop : 0;
}

void save(void *user, const mcpi_state *state)
{
    static_cast<Outcome *>(user)->states.emplace_back(*state);
}

void observe(void *user, const mcpi_event *event)
{
    static_cast<Outcome *>(user)->events->tell(*event);
}

void carry_out(Scenario &run, RandomFleet &fleet, Outcome &outcome)
{
    mcpi_plan plan;
    outcome.fleet = &fleet;
    outcome.scenario = &run;
    run.options.user = &outcome;
    run.options.stop = stop;
    run.options.save = save;
    run.options.event = observe;
    outcome.events = std::make_unique<EventLedger>(run.options);
    outcome.status = mcpi_plan_make(&run.options, fleet_backends, &plan, &outcome.error);
    ASSERT_EQ(outcome.status, MCPI_OK) << outcome.error.message;
    outcome.status = mcpi_engine_run(&plan, &outcome.result, &outcome.error);
    mcpi_plan_free(&plan);
}

/* ---- counts ---- */

uint64_t truth(const mcpi_options &options, uint64_t first, uint64_t darts)
{
    return true_hits({options.seed, options.stream, first, darts});
}

bool are_true(const mcpi_options &options, const std::vector<mcpi_part> &parts)
{
    return std::all_of(parts.begin(), parts.end(),
                       [&](const mcpi_part &part) { return part.hits == truth(options, part.first, part.darts); });
}

/* After how many darts a run with these options ends. */
uint64_t last_goal(const mcpi_options &options)
{
    uint64_t goal = mcpi_first_goal(&options);
    for (uint64_t next; (next = mcpi_next_goal(&options, goal, truth(options, options.first, goal))) != goal;)
        goal = next;
    return goal;
}

/* Was everything true that the run began with? */
bool began_true(const Scenario &run)
{
    const mcpi_state *const state = run.options.resume;
    if (!state)
        return true;
    const bool confirmed_only = run.options.verify == MCPI_VERIFY_FULL;
    const mcpi_part *const parts = confirmed_only ? state->confirmed : state->parts;
    return are_true(run.options, {parts, parts + (confirmed_only ? state->confirmed_count : state->part_count)});
}

void expect_order(const mcpi_options &options, const mcpi_state &state, const std::vector<mcpi_part> &parts)
{
    uint64_t end = options.first;
    for (const mcpi_part &part : parts) {
        EXPECT_GE(part.first, end);
        EXPECT_GT(part.darts, 0U);
        EXPECT_LE(part.hits, part.darts);
        end = part.first + part.darts;
    }
    EXPECT_LE(end, options.first + state.goal);
}

/* Darts of `inner` that are not in `outer`. */
uint64_t darts_beyond(const std::vector<mcpi_part> &inner, const std::vector<mcpi_part> &outer)
{
    uint64_t darts = 0;
    for (const mcpi_part &part : inner) {
        darts += part.darts;
        for (const mcpi_part &other : outer) {
            const uint64_t first = std::max(part.first, other.first);
            const uint64_t end = std::min(part.first + part.darts, other.first + other.darts);
            darts -= end > first ? end - first : 0;
        }
    }
    return darts;
}

void check_states(const Scenario &run, const RandomFleet &fleet, const Outcome &outcome)
{
    bool liar_found = false; /* the only one */
    for (const Kept &state : outcome.states) {
        liar_found |= state.state.supersedes && fleet.liars() == 1;
        expect_order(run.options, state.state, state.parts);
        expect_order(run.options, state.state, state.confirmed);
        EXPECT_EQ(darts_beyond(state.confirmed, state.parts), 0U) << "darts are confirmed that are not counted";
        if (began_true(run) && (fleet.liars() == 0 || liar_found)) {
            EXPECT_TRUE(are_true(run.options, state.parts)) << "a state has a wrong count";
        }
        if (began_true(run)) {
            EXPECT_TRUE(are_true(run.options, state.confirmed)) << "a wrong count was confirmed";
        }
    }
}

/* ---- who is named ---- */

const mcpi_device_result *find(const mcpi_result &result, size_t device)
{
    for (size_t i = 0; i < result.device_count; i++)
        if (result.devices[i].device.index == static_cast<int>(device))
            return &result.devices[i];
    return nullptr;
}

bool is_named_wrong(const mcpi_result &result, size_t device)
{
    const mcpi_device_result *const found = find(result, device);
    return found && std::strstr(found->failure, "counted wrong");
}

bool all_liars_are_named(const RandomFleet &fleet, const mcpi_result &result)
{
    for (size_t i = 0; i < fleet.stories.size(); i++)
        if (fleet.stories[i].lies > 0 && find(result, i) && !is_named_wrong(result, i))
            return false;
    return true;
}

void check_accused(const RandomFleet &fleet, const mcpi_result &result)
{
    for (size_t i = 0; i < result.device_count; i++) {
        const mcpi_device_result &device = result.devices[i];
        const Story &story = fleet.stories[device.device.index];
        SCOPED_TRACE(std::string(device.device.id) + ":" + story.told() + ": " + device.failure);
        if (is_named_wrong(result, device.device.index)) {
            EXPECT_GT(story.lies, 0) << "it never lied";
            EXPECT_EQ(device.darts, 0U) << "a liar's counts are used";
        } else if (device.failure[0]) {
            EXPECT_TRUE(story.failed() || story.contradictions > 0) << "it did not fail";
        }
        if (device.hung) {
            EXPECT_GT(story.timeouts + story.hangs, 0) << "it did not hang";
        }
    }
    if (result.verify.mismatches > 0) {
        EXPECT_GT(fleet.liars(), 0U) << result.verify.first_mismatch;
    }
}

/* The CPU that recounts has done so throughout, and truthfully. */
bool recounts_were_sure(const RandomFleet &fleet)
{
    const Story &cpu = fleet.stories[0];
    return !cpu.failed() && !cpu.counted_wrong();
}

/* Did the run have to find out that this device lies? One that does so always, if only one slice of it was recounted;
   another one if all were. A device that was dropped because of a failure may have lied in vain. */
bool had_to_be_found(const Scenario &run, const RandomFleet &fleet, const mcpi_result &result, size_t device)
{
    const Story &story = fleet.stories[device];
    if (story.lies == 0 || story.failed() || story.contradictions > 0 || device == 0 || !recounts_were_sure(fleet))
        return false;
    return run.options.verify == MCPI_VERIFY_FULL ? result.complete
                                                  : run.options.verify == MCPI_VERIFY_ON && story.honest_slices == 0;
}

void check_guilty(const Scenario &run, const RandomFleet &fleet, const Outcome &outcome)
{
    if (outcome.stopped_at_once())
        return; /* what nobody waited for need not have been seen */
    const mcpi_result &result = *outcome.result;
    for (size_t i = 0; i < fleet.stories.size(); i++) {
        const mcpi_device_result *const device = find(result, i);
        if (!device)
            continue;
        const Story &story = fleet.stories[i];
        SCOPED_TRACE(device->device.id + (":" + story.told()));
        /* A run that is stopped does not wait for a device that still opens, and need not learn that it hangs. */
        const bool may_be_late = outcome.stopped && story.hangs_in_open > 0;
        const bool role_known = i > 0 || !(run.only_cpu_counts() && run.options.verify == MCPI_VERIFY_FULL);
        if (role_known && !may_be_late && (story.failed() || story.contradictions > 0)) {
            EXPECT_STRNE(device->failure, "") << "it failed, and is not named";
        }
        if (had_to_be_found(run, fleet, result, i)) {
            EXPECT_TRUE(is_named_wrong(result, i)) << "it lied, and is not named";
        }
    }
}

/* ---- how it ended ---- */

bool all_are_named(const mcpi_result &result)
{
    return std::all_of(result.devices, result.devices + result.device_count,
                       [](const mcpi_device_result &device) { return device.failure[0]; });
}

bool times_out(const Character &character)
{
    return std::any_of(character.accidents.begin(), character.accidents.end(),
                       [](const Accident &accident) { return accident.fault == Fault::TIMES_OUT; });
}

/* A device that counts without a fault is there to the end, and if all is to be recounted so is the CPU. What other
   workers of a device that times out have counted is then recounted, if hard faults are got over. */
bool had_to_finish(const Scenario &run)
{
    const std::vector<Character> &all = run.characters;
    const bool full = run.options.verify == MCPI_VERIFY_FULL;
    if (full && (!all[0].healthy() || (!with_hard_faults && std::any_of(all.begin(), all.end(), times_out))))
        return false;
    for (size_t i = 0; i < run.characters.size(); i++)
        if (run.counts(i) && run.characters[i].healthy())
            return true;
    return false;
}

/* Those statuses that are right, and why. */
struct Expected {
    std::set<mcpi_status> statuses;
    std::string why;
};

Expected expect_status(const Scenario &run, const RandomFleet &fleet, const Outcome &outcome)
{
    const mcpi_result &result = *outcome.result;
    const bool contradicted = std::any_of(fleet.stories.begin(), fleet.stories.end(),
                                          [](const Story &story) { return story.contradictions > 0; });
    Expected expected;
    const auto add = [&](mcpi_status status, const char *why) {
        expected.statuses.insert(status);
        expected.why += std::string("\n  ") + mcpi_status_name(status) + ": " + why;
    };
    if (result.verify.mismatches > 0 || (contradicted && !outcome.stopped_at_once())) {
        add(MCPI_MISMATCH, "two counts differ, or a device contradicted itself");
        return expected;
    }
    if (contradicted)
        add(MCPI_MISMATCH, "a device contradicted itself, perhaps in time");
    if (result.complete) {
        add(MCPI_OK, "all is counted");
        return expected;
    }
    if (outcome.stopped)
        add(MCPI_STOPPED, "the observer stopped it");
    if (run.options.time_limit_seconds > 0)
        add(MCPI_OK, "its time was over");
    if (all_are_named(result) || run.options.verify == MCPI_VERIFY_FULL)
        for (const mcpi_status status : {MCPI_DEVICE_FAILED, MCPI_TIMED_OUT, MCPI_SYSTEM})
            if (fleet.returned(status))
                add(status, "nobody was left to count, or to recount");
    return expected;
}

void check_outcome(const Scenario &run, const RandomFleet &fleet, const Outcome &outcome)
{
    const mcpi_result &result = *outcome.result;
    const Expected expected = expect_status(run, fleet, outcome);
    EXPECT_TRUE(expected.statuses.count(outcome.status))
        << "it ended with " << mcpi_status_name(outcome.status) << "; right would be:" << expected.why;
    if (had_to_finish(run) && !outcome.stopped && run.options.time_limit_seconds == 0) {
        EXPECT_TRUE(result.complete) << "a healthy device was there to finish it";
    }
}

void check_counts(const Scenario &run, const RandomFleet &fleet, const Outcome &outcome)
{
    const mcpi_result &result = *outcome.result;
    const bool confirmed = run.options.verify == MCPI_VERIFY_FULL && result.complete;
    if (began_true(run) && (confirmed || all_liars_are_named(fleet, result))) {
        EXPECT_EQ(result.hits, truth(run.options, run.options.first, result.darts)) << "the count is wrong";
        expect_parts(result, {result.parts, result.parts + result.part_count}, run.options.part_darts,
                     [&](uint64_t first, uint64_t darts) { return truth(run.options, first, darts); });
        for (size_t i = 0; i < result.trace_count; i++)
            EXPECT_EQ(result.trace[i].hits, truth(run.options, run.options.first, result.trace[i].darts));
        if (result.complete && run.options.time_limit_seconds == 0) {
            EXPECT_EQ(result.darts, last_goal(run.options));
        }
    }
    EXPECT_LE(result.darts, run.options.darts);
    uint64_t darts = result.resumed_darts;
    for (size_t i = 0; i < result.device_count; i++)
        darts += result.devices[i].darts;
    if (outcome.status == MCPI_OK && result.complete && run.options.time_limit_seconds == 0) {
        EXPECT_EQ(darts, result.darts) << "the devices' darts do not add up";
    }
}

/* Each worker has its own ranges, unless its device counted wrong. */
void check_workers(const Outcome &outcome)
{
    expect_worker_sums(*outcome.result);
    for (size_t i = 0; i < outcome.result->device_count; i++) {
        const mcpi_device_result &device = outcome.result->devices[i];
        const bool wrong = is_named_wrong(*outcome.result, device.device.index);
        for (unsigned number = 0; number < device.workers; number++) {
            const mcpi_worker_result told = outcome.events->counted_by(device.device.id, static_cast<int>(number));
            const mcpi_worker_result &worker = device.per_worker[number];
            SCOPED_TRACE(device.device.id + (" #" + std::to_string(number)));
            EXPECT_EQ(worker.ranges, wrong ? 0 : told.ranges);
            EXPECT_EQ(worker.darts, wrong ? 0 : told.darts);
            EXPECT_EQ(worker.hits, wrong ? 0 : told.hits);
        }
    }
}

/* What was told while the run went on is what came of it. */
void check_events(const Outcome &outcome)
{
    const EventLedger &events = *outcome.events;
    uint64_t darts = 0, hits = 0;
    for (size_t i = 0; i < outcome.result->device_count; i++) {
        darts += outcome.result->devices[i].darts;
        hits += outcome.result->devices[i].hits;
    }
    EXPECT_EQ(events.broken, "");
    EXPECT_TRUE(events.all_are_back());
    EXPECT_EQ(events.darts(), darts);
    EXPECT_EQ(events.hits(), hits);
    EXPECT_EQ(events.count(MCPI_EVENT_RECOUNTED), outcome.result->verify.slices);
}

/* ---- journeys ---- */

/* What they came to, to be sure that they are not all tame. */
struct Tally {
    int runs = 0, resumed = 0, states = 0;
    std::map<mcpi_status, int> ended;
};

void run_one(Scenario &run, Outcome &outcome, Tally &tally)
{
    RandomFleet &fleet = Fleets::add(run.characters, run.characters.size());
    carry_out(run, fleet, outcome);
    wait_for_threads(fleet);
    ASSERT_TRUE(outcome.result);
    std::ostringstream about;
    about << "-d " << run.devices << " --verify " << run.options.verify << " --first " << run.options.first << " -n "
          << run.options.darts << ": " << mcpi_status_name(outcome.status) << ": " << outcome.error.message;
    SCOPED_TRACE(about.str());
    EXPECT_EQ(fleet.broken_contract, "");
    check_states(run, fleet, outcome);
    check_accused(fleet, *outcome.result);
    check_guilty(run, fleet, outcome);
    check_outcome(run, fleet, outcome);
    check_counts(run, fleet, outcome);
    check_events(outcome);
    check_workers(outcome);
    tally.runs++;
    tally.resumed += run.options.resume != nullptr;
    tally.states += static_cast<int>(outcome.states.size());
    tally.ended[outcome.status]++;
}

const Kept *choose_state(std::vector<Kept> &states, Dice &dice)
{
    return states.empty() ? nullptr : &states[dice.chance(70) ? states.size() - 1 : dice.below(states.size())];
}

void travel(uint64_t seed, Tally &tally)
{
    SCOPED_TRACE("repeat it with: " + FleetRuns::command(seed));
    const Watchdog watchdog(seed, seconds_to_end);
    Dice dice(seed);
    mcpi_options range = MCPI_OPTIONS_DEFAULT;
    choose_range(range, dice);
    Kept state;
    bool resumes = false;
    for (uint64_t left = dice.chance(50) ? 0 : 1 + dice.below(3);; left--) {
        Scenario run;
        Outcome outcome;
        run.options = range;
        choose_run(run, dice, left == 0 && resumes);
        if (resumes)
            run.options.resume = state.get();
        run_one(run, outcome, tally);
        if (left == 0 || testing::Test::HasFailure())
            break;
        if (const Kept *const chosen = choose_state(outcome.states, dice)) {
            state = *chosen;
            resumes = true;
        }
    }
}

TEST(RandomFleets, CountByDefinitionAndNameTheGuilty)
{
    const FleetRuns runs(40);
    Tally tally;
    for (uint64_t seed = runs.seed; seed < runs.seed + runs.count && !HasFailure(); seed++)
        travel(seed, tally);
    RecordProperty("runs", tally.runs);
    if (runs.count < 40)
        return;
    EXPECT_GT(tally.resumed, 10);
    EXPECT_GT(tally.states, 100);
    EXPECT_GT(tally.ended[MCPI_OK], 3);
    EXPECT_GT(tally.ended[MCPI_MISMATCH], 3);
    EXPECT_GT(tally.runs - tally.ended[MCPI_OK] - tally.ended[MCPI_MISMATCH], 3) << "few were stopped or failed";
}

} // namespace
