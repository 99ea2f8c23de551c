/*
 * Properties of a stress test over random fleets: it ends, every device that it names is guilty, every guilty one that
 * had to be seen is named, and the status says so. MCPI_FLEET_SEED and MCPI_FLEET_RUNS choose tests.
 */
#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "stress/run_test.h"
#include "tests/core/random_fleet.h"

namespace
{

constexpr unsigned seconds_to_end = 60;

/* ---- choices ---- */

/* The devices of `characters` are the CPU, the GPUs, and then each core by itself. */
struct Test {
    std::vector<Character> characters;
    size_t device_count = 0;
    std::string devices;
    mcpi_stress_options options{};
    int stop_at_look = 0;
    int stop = MCPI_STOP;
    int looks = 0;
    RandomFleet *fleet = nullptr;
    Skipper skipper;
    bool stopped = false;

    Test() = default;
    Test(const Test &) = delete;
    Test &operator=(const Test &) = delete;

    bool at_once() const
    {
        return stopped && stop == MCPI_STOP_AT_ONCE;
    }
};

Character random_tester(Dice &dice, mcpi_device_kind kind)
{
    Character character = random_character(dice, kind);
    character.real_rate = dice.scaled(1e6, 4e6); /* the clock on the wall decides how many darts a range has */
    return character;
}

std::string random_selection(Dice &dice, size_t gpus)
{
    static const char *const any[] = {"all", "all", "gpu", "auto", "cpu"};
    if (gpus == 0)
        return dice.chance(50) ? "cpu" : "all";
    return dice.chance(20) ? "gpu:" + std::to_string(1 + dice.below(gpus)) : dice.one_of(any);
}

int stop(void *user)
{
    auto *test = static_cast<Test *>(user);
    test->skipper.look(*test->fleet);
    test->stopped |= test->looks++ >= test->stop_at_look;
    return test->stopped ? test->stop : 0;
}

void choose(Test &test, Dice &dice)
{
    std::vector<Character> &all = test.characters;
    all.push_back(random_tester(dice, MCPI_CPU));
    for (uint64_t gpus = dice.below(5); gpus > 0; gpus--)
        all.push_back(random_tester(dice, MCPI_GPU));
    test.device_count = all.size();
    for (unsigned core = 0; core < all[0].units; core++)
        all.push_back(random_tester(dice, MCPI_CPU));
    const unsigned faulty = dice.chance(40) ? 20 : 60; /* in the first case often just one */
    for (size_t i = 1; i < all.size(); i++)
        if (dice.chance(faulty))
            add_faults(all[i], dice, {true, true});
    test.devices = random_selection(dice, test.device_count - 1);
    test.stop_at_look = static_cast<int>(dice.below(3));
    test.stop = dice.chance(80) ? MCPI_STOP : MCPI_STOP_AT_ONCE;
    const Stream stream = dice.one_of(known_streams);
    test.options.deadline_seconds = 2;
    mcpi_options &run = test.options.run;
    run = MCPI_OPTIONS_DEFAULT;
    run.devices = test.devices.c_str();
    run.seed = stream.seed;
    run.stream = stream.stream;
    run.first = dice.chance(50) ? 0 : dice.below(100000);
    run.user = &test;
    run.stop = stop;
    if (dice.chance(40))
        run.time_limit_seconds = dice.scaled(0.01, 1);
}

/* ---- verdicts ---- */

size_t who_is(const Test &test, const mcpi_stress_row &row)
{
    const bool core = row.device.kind == MCPI_CPU;
    return core ? test.device_count + std::strtoul(row.device.id + 4, nullptr, 10)
                : static_cast<size_t>(row.device.index);
}

uint64_t faults_of(const mcpi_stress_row &row)
{
    return row.faults[MCPI_TRANSIENT] + row.faults[MCPI_PERSISTENT] + row.faults[MCPI_UNDECIDED];
}

/* Nothing went wrong but that some lied. */
bool none_was_lost(const RandomFleet &fleet)
{
    return std::none_of(fleet.stories.begin(), fleet.stories.end(),
                        [](const Story &story) { return story.failed() || story.contradictions > 0; });
}

void check_accused(const RandomFleet &fleet, const Test &test, const mcpi_stress_row &row, const Story &story)
{
    if (row.faults[MCPI_TRANSIENT] + row.faults[MCPI_PERSISTENT] > 0) {
        EXPECT_TRUE(story.counted_wrong()) << "it was never wrong: " << row.first_fault;
    }
    if (row.faults[MCPI_PERSISTENT] > 0) {
        EXPECT_GT(story.lies + story.contradictions, 1) << "it was wrong once: " << row.first_fault;
    }
    if (fleet.liars() <= 1 && none_was_lost(fleet) && !test.at_once()) {
        EXPECT_TRUE(faults_of(row) == 0 || story.lies > 0) << "it is named in place of another: " << row.first_fault;
    }
    if (row.failure[0]) {
        EXPECT_TRUE(story.failed()) << "it did not fail: " << row.failure;
    }
}

/* All that was counted is compared, if the test may finish and no device is lost. One lie is then seen for sure; of two
   about the same range one may cover the other. */
void check_guilty(const RandomFleet &fleet, const Test &test, const mcpi_stress_row &row, const Story &story)
{
    if (test.at_once())
        return;
    if (story.failed()) {
        EXPECT_STRNE(row.failure, "") << "it failed, and is not named";
    }
    if (story.contradictions > 0) {
        EXPECT_GT(faults_of(row), 0U) << "it contradicted itself, and is not named";
    }
    if (story.lies > 0 && fleet.liars() == 1 && none_was_lost(fleet)) {
        EXPECT_GT(faults_of(row), 0U) << "it lied, and is not named";
    }
}

/* The status that is right, and why. */
std::pair<mcpi_status, const char *> expect_status(const Test &test, const mcpi_stress_report &report)
{
    const mcpi_stress_row *const begin = report.rows;
    const mcpi_stress_row *const end = begin + report.row_count;
    if (report.disagreements > 0)
        return {MCPI_MISMATCH, "counts differ"};
    if (std::any_of(begin, end, [](const mcpi_stress_row &row) { return row.failure[0]; }))
        return {MCPI_DEVICE_FAILED, "a device failed"};
    if (test.stopped && test.options.run.time_limit_seconds > 0 && report.interrupted)
        return {MCPI_STOPPED, "the observer stopped it before its time was over"};
    if (std::any_of(begin, end, [](const mcpi_stress_row &row) { return row.tested && row.darts == 0; }))
        return {MCPI_DEVICE_FAILED, "a device never counted"};
    return {MCPI_OK, "all counted, and nothing differed"};
}

void check(const RandomFleet &fleet, const Test &test, mcpi_status status, const mcpi_stress_report &report)
{
    EXPECT_EQ(fleet.broken_contract, "");
    const auto [expected, why] = expect_status(test, report);
    EXPECT_EQ(status, expected) << mcpi_status_name(expected) << " would be right: " << why;
    if (report.disagreements > 0) {
        EXPECT_TRUE(fleet.counted_wrong()) << "counts differ, and all were right";
    }
    if (fleet.liars() > 0 && none_was_lost(fleet) && !test.at_once()) {
        EXPECT_GT(report.disagreements, 0U) << "no lie was seen";
    }
    if (report.interrupted) {
        EXPECT_TRUE(test.stopped);
    }
    for (size_t i = 0; i < report.row_count; i++) {
        const mcpi_stress_row &row = report.rows[i];
        const Story &story = fleet.stories[who_is(test, row)];
        SCOPED_TRACE(row.device.id + (":" + story.told()));
        check_accused(fleet, test, row, story);
        check_guilty(fleet, test, row, story);
    }
}

void run_test(uint64_t seed, std::map<mcpi_status, int> &ended)
{
    SCOPED_TRACE("repeat it with: " + FleetRuns::command(seed));
    const Watchdog watchdog(seed, seconds_to_end);
    Dice dice(seed);
    Test test;
    choose(test, dice);
    RandomFleet &fleet = Fleets::add(test.characters, test.device_count);
    test.fleet = &fleet;
    mcpi_stress_report *report = nullptr;
    mcpi_error error{};
    const mcpi_status status = mcpi_stress_run(&test.options, fleet_backends, &report, &error);
    wait_for_threads(fleet);
    SCOPED_TRACE("-d " + test.devices + ": " + mcpi_status_name(status) + ": " + error.message);
    ASSERT_TRUE(report);
    check(fleet, test, status, *report);
    mcpi_stress_report_free(report);
    ended[status]++;
}

TEST(RandomTesters, NameTheGuiltyAndNobodyElse)
{
    const FleetRuns runs(10);
    std::map<mcpi_status, int> ended;
    for (uint64_t seed = runs.seed; seed < runs.seed + runs.count && !HasFailure(); seed++)
        run_test(seed, ended);
    if (runs.count < 50) /* whether a device lies before the test is over depends on the order of threads */
        return;
    EXPECT_GT(ended[MCPI_MISMATCH], 0);
    EXPECT_LT(ended[MCPI_MISMATCH], runs.count);
}

} // namespace
