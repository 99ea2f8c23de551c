/* mcpi scaling on made-up machines: its steps, its report and its plots. */
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <random>
#include <sstream>
#include <unistd.h>

#include "cli/io/exit_process.h"
#include "tests/cli/document.h"
#include "tests/cli/plot_script.h"
#include "tests/cli/printed.h"
#include "tests/cpu/machine.h"

namespace
{

using Steps = std::vector<unsigned>;

/* A machine with these cores and threads; `workers` may be used. */
Steps steps(unsigned cores, unsigned threads, unsigned workers, unsigned most)
{
    const mcpi_topology topology = {threads, cores, 1, workers, 1};
    Steps taken;
    for (unsigned step = 1; step > 0; step = scaling_step_after(&topology, most, step))
        taken.push_back(step);
    return taken;
}

TEST(Steps, ArePowersOfTwoAndWhereCoresAndCpusEnd)
{
    EXPECT_EQ(steps(1, 1, 1, 1), (Steps{1}));
    EXPECT_EQ(steps(2, 2, 2, 2), (Steps{1, 2}));
    EXPECT_EQ(steps(6, 12, 12, 12), (Steps{1, 2, 4, 6, 8, 12}));
    EXPECT_EQ(steps(64, 128, 128, 128), (Steps{1, 2, 4, 8, 16, 32, 64, 128}));
    EXPECT_EQ(steps(48, 96, 96, 96), (Steps{1, 2, 4, 8, 16, 32, 48, 64, 96}));
    EXPECT_EQ(steps(64, 128, 10, 10), (Steps{1, 2, 4, 8, 10}));
    EXPECT_EQ(steps(6, 12, 10, 10), (Steps{1, 2, 4, 6, 8, 10}));
    EXPECT_EQ(steps(6, 12, 12, 7), (Steps{1, 2, 4, 6, 7}));
    EXPECT_EQ(steps(2, 2, 2, 8), (Steps{1, 2, 4, 8}));
    EXPECT_EQ(steps(6, 12, 12, 32), (Steps{1, 2, 4, 6, 8, 12, 16, 32}));
    EXPECT_EQ(steps(64, 128, 10, 20), (Steps{1, 2, 4, 8, 10, 16, 20}));
    EXPECT_EQ(steps(1, 2, 2, 1), (Steps{1}));
    EXPECT_LE(steps(3, 5, 5, 65536).size(), 20U);
}

TEST(Steps, KnowWhatTheirWorkersHave)
{
    const mcpi_topology machine = {12, 6, 1, 12, 1};
    EXPECT_EQ(scaling_place_of(&machine, 6), PLACE_CORES);
    EXPECT_EQ(scaling_place_of(&machine, 7), PLACE_HYPERTHREADS);
    EXPECT_EQ(scaling_place_of(&machine, 12), PLACE_HYPERTHREADS);
    EXPECT_EQ(scaling_place_of(&machine, 13), PLACE_SHARED);
    const mcpi_topology quota = {128, 64, 2, 10, 1};
    EXPECT_EQ(scaling_place_of(&quota, 10), PLACE_CORES);
    EXPECT_EQ(scaling_place_of(&quota, 11), PLACE_SHARED);
    EXPECT_EQ(scaling_cores(&quota), 10U);
}

std::string text_of(Machine &machine)
{
    const scaling *s = machine.report();
    return printed([&](FILE *out) { scaling_text(out, s); });
}

TEST(Report, OfStrongScalingWithHyperthreadsAndMore)
{
    Machine machine(6, 12, 12);
    machine.serial = 0.03;
    machine.noise = 0.02;
    machine.most = 16;
    EXPECT_EQ(text_of(machine), R"(12 workers are 6.817 times as fast as one; efficiency 57 %; all counts agree

Made-up 9000, kernel avx2: 6 physical cores, 12 hardware threads
strong scaling: the same 4000000000 darts for any number of workers

workers  on                time  set-up  darts/s      speed-up  efficiency
      1  cores           1.25 s  200 us   3.20e9             1       100 %
      2  cores           644 ms  200 us   6.21e9  1.96 +- 0.09        98 %
      4  cores           341 ms  200 us  1.17e10    3.7 +- 0.2        94 %
      6  cores           240 ms  200 us  1.67e10    5.1 +- 0.2        86 %
      8  hyperthreads    218 ms  200 us  1.84e10         5.711     71.38 %
     12  hyperthreads    184 ms  200 us  2.17e10         6.817      56.8 %
     16  oversubscribed  184 ms  200 us  2.17e10    6.9 +- 0.3        43 %

6 workers on cores of their own have an efficiency of 86 +- 4 %.
Amdahl's law fits with a serial fraction of 3.16 % (95 %: 2.34 to 3.58 %).
It gives 12 workers a speed-up of 8.90 (8.61 to 9.54). A clock that falls as
more cores work looks the same, without serial work: more cores then lose less.
Hyperthreads begin at 7 workers: 12 count 33 +- 6 % more than 6.
From 13 on there are more workers than CPUs: 16 count 1 +- 4 % more than 12.

Ratios are medians over 9 rounds, +- the farther end of their 95 % interval.
A ratio is taken in each round, so its median need not be the ratio of medians.
The rounds ended at their limit, before every ratio was known to +-1 %.
A program that runs all the time slows every round alike, and one sweep cannot
show it. Measure again at another time, and pool the results with
mcpi compare A.json B.json C.json.
Time, rate and speed-up are without set-up, which starts the workers: up to
0.2 ms on the CPU, or 0.02 % of one worker's time. Set-up is serial, too.
All 7 count 3000000000 hits in the 4000000000 darts from dart 0, seed 0, stream 0.
)");
}

/* The gain of hyperthreads is over one worker on each core, whatever else is in the list. */
TEST(Report, OfAListHasTheGainsBetweenItsSteps)
{
    Machine machine(6, 12, 12);
    machine.list = {1, 4, 9, 16};
    std::string text = text_of(machine);
    EXPECT_EQ(text.find("Hyperthreads begin"), std::string::npos) << text;
    EXPECT_EQ(text.find("more workers than CPUs"), std::string::npos) << text;
    Machine whole(6, 12, 12);
    whole.list = {1, 6, 9, 12, 16};
    text = text_of(whole);
    EXPECT_NE(text.find("Hyperthreads begin at 7 workers: 12 count 30 % more than 6.\n"), std::string::npos) << text;
    EXPECT_NE(text.find("From 13 on there are more workers than CPUs: 16 count 0 % more than 12.\n"), std::string::npos)
        << text;
    Machine slowed(6, 12, 12);
    slowed.list = whole.list;
    slowed.made_up_speedup = [](unsigned workers) { return workers > 12 ? 1.5 : workers > 9 ? 3.0 : workers; };
    text = text_of(slowed);
    EXPECT_NE(text.find("Hyperthreads begin at 7 workers: 12 count 50 % less than 6.\n"), std::string::npos) << text;
    EXPECT_NE(text.find("CPUs: 16 count 50 % less than 12.\n"), std::string::npos) << text;
}

TEST(Report, OfWeakScalingWithAQuotaAndUnknownCores)
{
    Machine machine(128, 128, 3, false);
    machine.weak = true;
    machine.options.run.seed = 7;
    machine.options.run.first = 5;
    EXPECT_EQ(text_of(machine),
              R"(3 workers are 2.98 times as fast as one; efficiency 99 %; all counts agree

Made-up 9000, kernel avx2: 128 hardware threads, limited by a quota to the time of 3
which of them share a core is unknown: each is treated as a core
weak scaling: 4000000000 darts for each worker

workers  on       time  set-up  darts/s  speed-up  efficiency
      1  cores  1.25 s  200 us   3.20e9         1       100 %
      2  cores  1.26 s  200 us   6.37e9      1.99      99.5 %
      3  cores  1.26 s  200 us   9.54e9      2.98     99.33 %

3 workers on cores of their own have an efficiency of 99.33 %.
Gustafson's law fits with a serial fraction of 1.00 % (95 %: 1.00 to 1.00 %).
It gives 6 workers a speed-up of 5.95 (5.95 to 5.95). A clock that falls as
more cores work looks the same, without serial work: more cores then lose less.

Ratios are medians over 9 rounds, +- the farther end of their 95 % interval.
A ratio is taken in each round, so its median need not be the ratio of medians.
The rounds ended at their limit, before every ratio was known to +-1 %.
A program that runs all the time slows every round alike, and one sweep cannot
show it. Measure again at another time, and pool the results with
mcpi compare A.json B.json C.json.
Time, rate and speed-up are without set-up, which starts the workers: up to
0.2 ms on the CPU, or 0.02 % of one worker's time. Set-up is serial, too.
All 3 count 3000000000 hits in the 4000000000 darts from dart 5, seed 7, stream 0.
)");
}

TEST(Report, OfGpus)
{
    Machine machine(64, 128, 128);
    machine.serial = 0.004;
    machine.gpus = 3;
    machine.gpu_speed = 330;
    EXPECT_EQ(text_of(machine), R"(128 workers are 66.45 times as fast as one; efficiency 52 %; all counts agree
3 GPUs are 983.4 times as fast as one worker

Made-up 9000, kernel avx2: 64 physical cores, 128 hardware threads
strong scaling: the same 4000000000 darts for any number of workers

 workers  on               time  set-up  darts/s  speed-up  efficiency
       1  cores          1.25 s  200 us   3.20e9         1       100 %
       2  cores          628 ms  200 us   6.37e9     1.992      99.6 %
       4  cores          316 ms  200 us  1.26e10     3.953     98.81 %
       8  cores          161 ms  200 us  2.49e10     7.782     97.28 %
      16  cores         82.8 ms  200 us  4.83e10     15.09     94.34 %
      32  cores         43.9 ms  200 us  9.11e10     28.47     88.97 %
      64  cores         24.5 ms  200 us  1.64e11     51.12     79.87 %
     128  hyperthreads  18.8 ms  200 us  2.13e11     66.45     51.92 %
   gpu:0  gpu           3.79 ms  300 ms  1.06e12       330           -
  2 GPUs  gpu           1.90 ms  300 ms  2.10e12     656.7           -
  3 GPUs  gpu           1.27 ms  300 ms  3.15e12     983.4           -
together  together      1.19 ms  300 ms  3.36e12      1050           -

64 workers on cores of their own have an efficiency of 79.87 %.
Amdahl's law fits with a serial fraction of 0.40 % (95 %: 0.40 to 0.40 %).
It gives 128 workers a speed-up of 84.9 (84.9 to 84.9). A clock that falls as
more cores work looks the same, without serial work: more cores then lose less.
Hyperthreads begin at 65 workers: 128 count 30 % more than 64.
2 GPUs count 1.99 times as fast as gpu:0, an efficiency of 99.5 %.
3 GPUs count 2.98 times as fast as gpu:0, an efficiency of 99.33 %.

Ratios are medians over 9 rounds, +- the farther end of their 95 % interval.
A ratio is taken in each round, so its median need not be the ratio of medians.
The rounds ended at their limit, before every ratio was known to +-1 %.
A program that runs all the time slows every round alike, and one sweep cannot
show it. Measure again at another time, and pool the results with
mcpi compare A.json B.json C.json.
Time, rate and speed-up are without set-up, which starts the workers: up to
0.2 ms on the CPU, or 0.02 % of one worker's time. Set-up is serial, too.
With set-up, gpu:0 takes 0.304 s, which is 4.11 times as fast as one worker.
Too short to reach the full rate (below 20 ms): 128, gpu:0, 2 GPUs, 3 GPUs, together.
Use more darts (-n) or more time (-T).
With --weak, each GPU counts as much as all CPU workers together.
All 12 count 3000000000 hits in the 4000000000 darts from dart 0, seed 0, stream 0.
)");
}

void expect_parts(const std::string &text, std::initializer_list<const char *> parts)
{
    for (const char *part : parts)
        EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
}

/* A clock that rises with the load, say, is no finding about serial work. */
TEST(Report, OfWhatIsFasterTogetherIsABoundAndNoLaw)
{
    Machine machine(64, 128, 10);
    machine.serial = -0.002;
    machine.noise = 0.005;
    const std::string text = text_of(machine);
    expect_parts(text,
                 {"limited by a quota to the time of 10", "\n10 workers on cores of their own have an efficiency of ",
                  "No loss beyond the noise: by Amdahl's law the serial fraction is at most\n0.00 %, and 20 workers "
                  "have a speed-up of at least 20.0.\n"});
    EXPECT_EQ(text.find("law fits"), std::string::npos) << text;
    EXPECT_EQ(text.find("Hyperthreads begin"), std::string::npos) << text;
}

TEST(Report, OfTimesThatDoNotFollowTheLawHasNoPrediction)
{
    Machine machine(64, 64, 64);
    machine.serial = 0.01;
    machine.knee = 16;
    const scaling *s = machine.report();
    EXPECT_EQ(s->verdict, LAW_MISFIT);
    const std::string text = printed([&](FILE *out) { scaling_text(out, s); });
    expect_parts(text, {"Amdahl's law does not fit: a step differs by "});
    EXPECT_EQ(text.find("speed-up of"), std::string::npos) << text;
    const Document document(printed([&](FILE *out) { scaling_json(out, s); }));
    EXPECT_STREQ(json_object_get_string(document.at("fit.verdict")), "misfit");
    EXPECT_EQ(json_object_array_length(document.at("fit.predictions")), 0U);
    EXPECT_GT(json_object_get_double(document.at("fit.misfit")), 0.05);
}

TEST(Report, OfOneWorkerHasNothingToFit)
{
    Machine machine(1, 1, 1);
    const std::string text = text_of(machine);
    expect_parts(text,
                 {"One worker counts 3.20e9 darts/s; all counts agree\n", ": 1 physical core, 1 hardware thread\n",
                  "\nAmdahl's law needs at least three steps on cores.\n", "\nIt counts 3000000000 hits"});
}

/* Two times fit any law of one parameter. */
TEST(Report, OfTwoStepsHasAnEfficiencyAndNoLaw)
{
    Machine machine(2, 2, 2);
    machine.noise = 0.01;
    const scaling *s = machine.report();
    const std::string text = printed([&](FILE *out) { scaling_text(out, s); });
    expect_parts(text, {"\n2 workers on cores of their own have an efficiency of 100 +- 2 %.\n"
                        "Amdahl's law needs at least three steps on cores.\n"});
    const Document document(printed([&](FILE *out) { scaling_json(out, s); }));
    EXPECT_STREQ(json_object_get_string(document.at("fit.verdict")), "few_steps");
    EXPECT_TRUE(document.has("fit.serial_fraction.median"));
    EXPECT_EQ(document.at("fit.serial_fraction.median"), nullptr);
    EXPECT_EQ(document.at("fit.misfit"), nullptr);
    EXPECT_EQ(json_object_array_length(document.at("fit.predictions")), 0U);
}

TEST(Report, OfOneRoundHasNoIntervalsAndNoLaw)
{
    Machine machine(6, 6, 6);
    machine.rounds_done = 1;
    const scaling *s = machine.report();
    const std::string text = printed([&](FILE *out) { scaling_text(out, s); });
    expect_parts(text, {"\nAmdahl's law needs at least 6 rounds.\n",
                        "Ratios are medians over 1 round; fewer than 6 have no 95 % interval.\n"});
    EXPECT_EQ(text.find("+- "), std::string::npos) << text;
    const Document document(printed([&](FILE *out) { scaling_json(out, s); }));
    EXPECT_TRUE(document.has("steps.1.speedup.low"));
    EXPECT_EQ(document.at("steps.1.speedup.low"), nullptr);
    EXPECT_STREQ(json_object_get_string(document.at("fit.verdict")), "few_rounds");
    EXPECT_EQ(json_object_array_length(document.at("fit.predictions")), 0U);
}

/* With the widest numbers: up to 256 workers, and GPUs. */
TEST(Report, HasATableOfEightyColumns)
{
    for (const double noise : {0.0, 0.0004, 0.02}) {
        for (const int rounds : {1, 9}) {
            Machine machine(64, 128, 128);
            machine.most = 256;
            machine.gpus = 16;
            machine.gpu_speed = 330;
            machine.noise = noise;
            machine.rounds_done = rounds;
            const std::string text = text_of(machine);
            std::istringstream table(text.substr(text.find("\n workers") + 1));
            int lines = 0;
            for (std::string line; std::getline(table, line) && !line.empty(); lines++)
                EXPECT_LE(line.size(), 80U) << line;
            EXPECT_EQ(lines, 1 + 9 + 5 + 1);
        }
    }
}

/* ---- simulations ---- */

/* Sweeps with noise of the times, and the speed-ups of a function. */
class Simulated
{
  public:
    Simulated(unsigned cores, double noise) : machine(cores, cores, cores), noise(noise)
    {
        machine.rounds_done = 20;
    }
    const scaling *next(const std::function<double(unsigned)> &speedup)
    {
        machine.swept->row_count = 0;
        machine.made_up_speedup = speedup;
        machine.report();
        std::normal_distribution<double> normal;
        for (int i = 0; i < machine.swept->row_count; i++)
            for (int round = 0; round < machine.rounds_done; round++)
                machine.swept->rows[i].runs[round].counting_seconds *= 1 + noise * normal(generator);
        return machine.summarise();
    }
    Machine machine;

  private:
    double noise;
    std::mt19937_64 generator{1967};
};

/* Half of all fits to a perfect machine are below 0, and one in 40 intervals lies above it. */
TEST(Law, OfAPerfectMachineIsNoFinding)
{
    enum { sweeps = 2000 };
    Simulated simulated(64, 0.01);
    int laws = 0;
    int bounds = 0;
    for (int i = 0; i < sweeps; i++) {
        const scaling *s = simulated.next([](unsigned workers) { return workers; });
        laws += s->verdict == LAW_HOLDS;
        bounds += s->verdict == LAW_NO_LOSS && scaling_most_serial(s) < 0.001 && scaling_least_speedup(s) > 120;
    }
    RecordProperty("laws", laws);
    EXPECT_LE(laws, 0.035 * sweeps);
    EXPECT_GE(bounds, 0.9 * sweeps);
    const std::string text =
        printed([&](FILE *out) { scaling_text(out, simulated.next([](unsigned workers) { return workers; })); });
    EXPECT_EQ(text.find("law fits"), std::string::npos) << text;
}

/* A machine with serial work is recognised. */
TEST(Law, OfAmdahlsMachineIsFound)
{
    enum { sweeps = 500 };
    Simulated simulated(64, 0.01);
    int laws = 0;
    int held = 0;
    for (int i = 0; i < sweeps; i++) {
        const scaling *s = simulated.next([](unsigned p) { return mcpi_law_speedup(MCPI_AMDAHL, 0.01, p); });
        laws += s->verdict == LAW_HOLDS;
        held += s->serial.low <= 0.01 && 0.01 <= s->serial.high;
    }
    EXPECT_GE(laws, 0.7 * sweeps);
    EXPECT_GE(held, 0.93 * sweeps);
}

/* The clock falls by 4.2 % with each busy core after the first, and none of the work is serial. Amdahl's law fits, with
   4.6 %, and would give 64 cores 16.3; cores at the clock of four would give 56. */
TEST(Law, OfAFallingClockPredictsNoMoreThanTwiceTheCores)
{
    Simulated simulated(4, 0.01);
    int laws = 0;
    for (int i = 0; i < 200; i++) {
        const scaling *s = simulated.next([](unsigned workers) { return workers * (1 - 0.125 * (workers - 1) / 3); });
        const Document document(printed([&](FILE *out) { scaling_json(out, s); }));
        const std::string text = printed([&](FILE *out) { scaling_text(out, s); });
        ASSERT_LE(json_object_array_length(document.at("fit.predictions")), 1U);
        ASSERT_EQ(text.find("16x"), std::string::npos);
        if (s->verdict == LAW_HOLDS) {
            laws++;
            ASSERT_NEAR(s->serial.median, 0.046, 0.02);
            ASSERT_EQ(json_object_get_uint64(document.at("fit.predictions.0.workers")), 8U);
            ASSERT_NE(text.find("A clock that falls as\nmore cores work looks the same"), std::string::npos) << text;
        }
    }
    EXPECT_GT(laws, 150) << "this test shows nothing";
    RecordProperty("laws", laws);
}

TEST(Report, OfTwoKindsOfWorkersSaysWhatTheSecondCosts)
{
    Machine machine(2, 2, 2);
    machine.gpus = 2;
    machine.gpu_speed = 100;
    machine.process_rate = 0.99;
    const std::string text = text_of(machine);
    EXPECT_NE(text.find(R"(
Workers in processes, compared with threads:

 workers   set-up  set-up cost, ms  darts/s  rate ratio
       1  3.20 ms                3   3.17e9        0.99
       2  6.20 ms                6   6.27e9        0.99
   gpu:0   303 ms                3  3.17e11        0.99
  2 GPUs   306 ms                6  6.30e11        0.99
together   312 ms               12  6.37e11        0.99

A process starts the driver of its GPU in each run. Threads find it started by an earlier run.

Ratios are medians over 9 rounds)"),
              std::string::npos)
        << text;
    EXPECT_NE(text.find("All 10 count"), std::string::npos) << text;
}

TEST(Report, OfTwoKindsOfWorkersAsJsonAndCsvHasTheirCost)
{
    Machine machine(1, 1, 1);
    machine.process_rate = 0.5;
    const scaling *s = machine.report();
    const Document document(printed([&](FILE *out) { scaling_json(out, s); }));
    EXPECT_STREQ(json_object_get_string(document.at("steps.0.worker_kind")), "threads");
    EXPECT_EQ(document.at("steps.0.rate_ratio.median"), nullptr);
    EXPECT_STREQ(json_object_get_string(document.at("steps.1.worker_kind")), "processes");
    EXPECT_STREQ(json_object_get_string(document.at("steps.1.step")), "1");
    EXPECT_EQ(json_object_get_double(document.at("steps.1.rate_ratio.median")), 0.5);
    EXPECT_EQ(json_object_get_double(document.at("steps.1.speedup.median")), 0.5);
    EXPECT_NEAR(json_object_get_double(document.at("steps.1.setup_cost_seconds.highest")), 0.003, 1e-12);
    EXPECT_NE(printed([&](FILE *out) {
                  scaling_csv(out, s);
              }).find(",processes,0.003,0.003,0.003,0.5,0.5,0.5,0.5,0.5,,,0.5,0.5,"),
              std::string::npos);
}

TEST(Report, OfCountsThatDisagreeHasNoTimes)
{
    Machine machine(2, 2, 2);
    machine.rounds_done = 0;
    machine.swept->dispute.by = machine.swept->rows;
    const scaling *s = machine.report();
    EXPECT_NE(printed([&](FILE *out) { scaling_text(out, s); }).find("Nothing was timed"), std::string::npos);
    const Document document(printed([&](FILE *out) { scaling_json(out, s); }));
    ASSERT_NE(document.root, nullptr);
    EXPECT_FALSE(json_object_get_boolean(document.at("identical")));
    EXPECT_TRUE(document.has("steps.1.seconds.median"));
    EXPECT_EQ(document.at("steps.1.seconds.median"), nullptr);
    EXPECT_EQ(printed([&](FILE *out) { scaling_csv(out, s); }).find("nan"), std::string::npos);
}

TEST(Report, AsJsonHasTheSchemasFields)
{
    Machine machine(6, 12, 12);
    machine.serial = 0.03;
    machine.most = 16;
    machine.gpus = 1;
    machine.gpu_speed = 100;
    machine.options.run.seed = UINT64_MAX;
    const scaling *s = machine.report();
    const Document document(printed([&](FILE *out) { scaling_json(out, s); }));
    ASSERT_NE(document.root, nullptr);
    const std::vector<std::pair<const char *, const char *>> strings = {
        {"schema", "mcpi.scaling.v1"},    {"version", MCPI_VERSION},        {"scaling", "strong"},
        {"machine.name", "Made-up 9000"}, {"machine.kernel", "avx2"},       {"steps.0.on", "cores"},
        {"steps.5.on", "hyperthreads"},   {"steps.6.on", "oversubscribed"}, {"steps.7.on", "gpu"},
        {"steps.7.step", "gpu:0"},        {"steps.8.on", "together"},       {"fit.law", "amdahl"},
        {"fit.verdict", "holds"},         {"rounds_ended_by", "limit"}};
    for (const auto &[path, value] : strings)
        EXPECT_STREQ(json_object_get_string(document.at(path)), value) << path;
    EXPECT_STREQ(json_object_get_string(document.at("exact.seed")), "18446744073709551615");
    EXPECT_STREQ(json_object_get_string(document.at("exact.darts")), "4000000000");
    const std::vector<std::pair<const char *, uint64_t>> integers = {{"machine.cores", 6},
                                                                     {"machine.threads", 12},
                                                                     {"machine.workers", 12},
                                                                     {"seed", UINT64_MAX},
                                                                     {"darts", 4000000000},
                                                                     {"rounds", 9},
                                                                     {"steps.3.workers", 6},
                                                                     {"steps.3.darts", 4000000000},
                                                                     {"steps.3.hits", 3000000000},
                                                                     {"fit.steps", 4},
                                                                     {"fit.predictions.0.workers", 12},
                                                                     {"hyperthreads.begin", 7},
                                                                     {"hyperthreads.workers", 12},
                                                                     {"oversubscribed.begin", 13}};
    for (const auto &[path, value] : integers)
        EXPECT_EQ(json_object_get_uint64(document.at(path)), value) << path;
    const std::vector<std::pair<const char *, double>> numbers = {
        {"steps.0.seconds.median", 1.25},
        {"steps.0.runs.4.seconds", 1.25},
        {"steps.0.setup_seconds.median", 0.0002},
        {"steps.0.darts_per_second.lowest", 3.2e9},
        {"steps.3.speedup.highest", 6 / 1.15},
        {"steps.3.speedup.low", 6 / 1.15},
        {"steps.3.rounds.8.counting_seconds", 1.25 * 1.15 / 6},
        {"steps.3.rounds.8.darts", 4e9},
        {"steps.3.cpu_share", 1},
        {"steps.3.efficiency", 1 / 1.15},
        {"steps.3.serial_fraction", 0.03},
        {"steps.7.speedup.median", 100},
        {"fit.serial_fraction.median", 0.03},
        {"fit.serial_fraction.low", 0.03},
        {"fit.misfit", 0},
        {"fit.predictions.0.speedup.high", 12 / 1.33},
        {"hyperthreads.gain.median", 0.3}};
    for (const auto &[path, value] : numbers)
        EXPECT_NEAR(json_object_get_double(document.at(path)), value, 1e-9 * (1 + value)) << path;
    for (const char *path : {"steps.0.serial_fraction", "steps.5.serial_fraction", "steps.7.efficiency"}) {
        EXPECT_TRUE(document.has(path)) << path;
        EXPECT_EQ(document.at(path), nullptr) << path;
    }
    EXPECT_TRUE(json_object_get_boolean(document.at("identical")));
}

TEST(Report, AsJsonLeavesOutWhatIsNotThere)
{
    Machine machine(2, 2, 2);
    machine.weak = true;
    const scaling *s = machine.report();
    const Document document(printed([&](FILE *out) { scaling_json(out, s); }));
    EXPECT_STREQ(json_object_get_string(document.at("scaling")), "weak");
    EXPECT_STREQ(json_object_get_string(document.at("fit.law")), "gustafson");
    EXPECT_EQ(json_object_get_uint64(document.at("steps.1.darts")), 8000000000);
    EXPECT_EQ(json_object_get_uint64(document.at("steps.1.hits")), 6000000000);
    EXPECT_FALSE(document.has("hyperthreads"));
    EXPECT_FALSE(document.has("oversubscribed"));
}

TEST(Report, AsCsvHasARowAStep)
{
    Machine machine(1, 2, 2);
    machine.gpus = 2;
    machine.gpu_loss = 0;
    machine.gpu_speed = 100;
    machine.hyperthread = 0.25;
    const scaling *s = machine.report();
    EXPECT_EQ(
        printed([&](FILE *out) { scaling_csv(out, s); }),
        R"(step,on,workers,darts,hits,seconds_median,seconds_lowest,seconds_highest,setup_seconds_median,darts_per_second_median,darts_per_second_lowest,darts_per_second_highest,speedup_median,speedup_lowest,speedup_highest,efficiency,serial_fraction,gpus,gpu_speedup_median,gpu_speedup_lowest,gpu_speedup_highest,gpu_efficiency,worker_kind,setup_cost_seconds_median,setup_cost_seconds_lowest,setup_cost_seconds_highest,rate_ratio_median,rate_ratio_lowest,rate_ratio_highest,speedup_low,speedup_high,gpu_speedup_low,gpu_speedup_high,rate_ratio_low,rate_ratio_high,cpu_share
1,cores,1,4000000000,3000000000,1.25,1.25,1.25,0.0002,3200000000,3200000000,3200000000,1,1,1,1,,0,,,,,threads,,,,,,,1,1,,,,,1
2,hyperthreads,2,4000000000,3000000000,1,1,1,0.0002,4000000000,4000000000,4000000000,1.25,1.25,1.25,0.625,,0,,,,,threads,,,,,,,1.25,1.25,,,,,1
gpu:0,gpu,1,4000000000,3000000000,0.0125,0.0125,0.0125,0.3,320000000000,320000000000,320000000000,100,100,100,,,1,1,1,1,1,threads,,,,,,,100,100,1,1,,,
2 GPUs,gpu,2,4000000000,3000000000,0.00625,0.00625,0.00625,0.3,640000000000,640000000000,640000000000,200,200,200,,,2,2,2,2,1,threads,,,,,,,200,200,2,2,,,
together,together,4,4000000000,3000000000,0.006211180124223602,0.006211180124223602,0.006211180124223602,0.3,644000000000,644000000000,644000000000,201.25,201.25,201.25,,,2,,,,,threads,,,,,,,201.25,201.25,,,,,
)");
}

/* Draws into a folder of its own. */
class Picture : public testing::Test
{
  protected:
    void SetUp() override
    {
        char name[] = "/tmp/mcpi-scaling.XXXXXX";
        folder = mkdtemp(name);
        path = getenv("PATH");
        setenv("SOURCE_DATE_EPOCH", "100000", 1);
    }
    void TearDown() override
    {
        setenv("PATH", path.c_str(), 1);
        unsetenv("SOURCE_DATE_EPOCH");
        std::filesystem::remove_all(folder);
    }
    /* What gnuplot has complained about is in `complaint`. */
    int draw(const scaling *s, const std::string &file)
    {
        const std::string name = folder / file;
        plot p;
        testing::internal::CaptureStderr();
        const bool opened = plot_open(&p, name.c_str());
        if (opened)
            scaling_plot(&p, s);
        const int code = opened ? plot_finish(&p) : EXIT_USAGE;
        complaint = testing::internal::GetCapturedStderr();
        return code;
    }
    std::string content(const std::string &file) const
    {
        std::ostringstream text;
        text << std::ifstream(folder / file).rdbuf();
        return text.str();
    }
    std::filesystem::path folder;
    std::string path, complaint;
};

TEST_F(Picture, HasTheDataInItsScript)
{
    Machine machine(2, 4, 4);
    machine.serial = 0.1;
    machine.hyperthread = 0.1;
    machine.most = 8;
    machine.gpus = 3;
    machine.gpu_loss = 0.1;
    machine.gpu_speed = 20;
    setenv("PATH", folder.c_str(), 1);
    EXPECT_EQ(draw(machine.report(), "a.svg"), EXIT_DONE);
    const std::string script = content("a.gnuplot");
    expect_parts(
        script,
        {"'Strong scaling: 8 workers are 2.00 times as fast as one'",
         "'Made-up 9000, kernel avx2, cores: 2, threads: 4'",
         "$steps0 << END\n1 1 1 1 100 100 100\n2 1.81818 1.81818 1.81818 90.9091 90.9091 90.9091\nEND\n",
         "$steps1 << END\n4 2 2 2 50 50 50\nEND\n", "$steps2 << END\n8 2 2 2 25 25 25\nEND\n",
         "$steps3 << END\n16 20 20 20 100 100 100\n32 38 38 38 95 95 95\n48 56 56 56 93.3333 93.3333 93.3333\nEND\n",
         "$steps4 << END\n96 58 58 58 ", "\n8 8 8 8 100\n\n16 20 20 20 100\n32 40 40 40 100\n48 60 60 60 100\nEND\n",
         "set xtics ('all' 96, \"3\\nGPUs\" 48, \"2\\nGPUs\" 32, \"GPU\\n0\" 16, '8' 8, '4' 4, '2' 2, '1' 1)",
         "title 'GPUs; efficiency over the first GPU'", "rectangle from first 2.5, graph 0 to first 4.5, graph 1",
         "\"hyper-\\nthreads\"", "\"over-\\nsubscribed\""});
    EXPECT_EQ(script.find("Amdahl"), std::string::npos) << "two steps have no law\n" << script;
}

TEST_F(Picture, HasTheLawIfItHolds)
{
    Machine machine(6, 12, 12);
    machine.serial = 0.1;
    setenv("PATH", folder.c_str(), 1);
    EXPECT_EQ(draw(machine.report(), "a.svg"), EXIT_DONE);
    expect_parts(content("a.gnuplot"), {"\n12 5.71429 5.71429 5.71429 47.619 47.619 47.619\nEND\n$ideal",
                                        "title 'Amdahl, serial 10.00 % (95 %: 10.00 to 10.00 %)'"});
}

TEST_F(Picture, OfAListHasTheCoresAndTheCpusOfTheMachine)
{
    Machine machine(6, 12, 12);
    machine.list = {1, 4, 9, 16};
    setenv("PATH", folder.c_str(), 1);
    EXPECT_EQ(draw(machine.report(), "a.svg"), EXIT_DONE);
    const std::string script = content("a.gnuplot");
    expect_parts(script, {"rectangle from first 6.5, graph 0 to first 12.5, graph 1",
                          "rectangle from first 12.5, graph 0 to first 20.8, graph 1"});
}

TEST_F(Picture, OfTwoKindsOfWorkersHasTheSecondToo)
{
    Machine machine(1, 1, 1);
    machine.process_rate = 0.5;
    machine.gpus = 1;
    machine.gpu_speed = 8;
    setenv("PATH", folder.c_str(), 1);
    EXPECT_EQ(draw(machine.report(), "a.svg"), EXIT_DONE);
    const std::string script = content("a.gnuplot");
    expect_parts(script,
                 {"$repeated << END\n1 0.5 0.5 0.5 50 50 50\n2 4 4 4 nan nan nan\n4 4.5 4.5 4.5 nan nan nan\nEND\n",
                  "title 'the same, workers in processes'"});
}

TEST_F(Picture, OfALongListNamesNoTwoStepsInOnePlace)
{
    Machine machine(64, 128, 128);
    for (unsigned workers = 1; workers <= 128; workers++)
        machine.list.push_back(workers);
    setenv("PATH", folder.c_str(), 1);
    EXPECT_EQ(draw(machine.report(), "a.svg"), EXIT_DONE);
    const std::string script = content("a.gnuplot");
    expect_parts(script,
                 {"set xtics ('128' 128, '' 127, ", ", '10' 10, '' 9, '' 8, '7' 7, ", "'2' 2, '1' 1) noenhanced"});
}

TEST_F(Picture, OfDifferentGpusHasNoEfficiencyOfThem)
{
    Machine machine(2, 2, 2);
    machine.gpus = 4;
    machine.gpu_speed = 100;
    machine.other_models_from = 3;
    machine.weak = true;
    setenv("PATH", folder.c_str(), 1);
    EXPECT_EQ(draw(machine.report(), "a.svg"), EXIT_DONE);
    expect_parts(content("a.gnuplot"),
                 {"set xtics ('all' 32, \"4\\nGPUs\" 16, \"2\\nGPUs\" 8, \"GPU\\n0\" 4, '2' 2, '1' 1) noenhanced",
                  "title 'GPUs of different models'", "\n4 100 100 100 nan nan nan\n"});
    machine.swept->row_count = 0;
    machine.swept->gpu_count = 0;
    machine.weak = false;
    EXPECT_EQ(draw(machine.report(), "b.svg"), EXIT_DONE);
    const std::string script = content("b.gnuplot");
    EXPECT_NE(script.find("title 'GPUs of different models'"), std::string::npos) << script;
    EXPECT_NE(script.find("$ideal << END\n1 1 1 1 100\n2 2 2 2 100\nEND\n"), std::string::npos) << script;
}

/* Multiply the time of each run of a row by one factor, and then by another for each round. */
void disturb(Machine &machine, std::mt19937 &draws, double of_rows, double of_rounds)
{
    const auto factor = [&](double most) { return std::exp(std::uniform_real_distribution(-1.0, 1.0)(draws) * most); };
    for (int i = 0; i < machine.swept->row_count; i++) {
        const double of_row = factor(std::log(of_rows));
        for (int round = 0; round < machine.rounds_done; round++)
            machine.swept->rows[i].runs[round].counting_seconds *= of_row * factor(std::log(of_rounds));
    }
    machine.summarise();
}

/* GPUs have one if there are several of one model. */
int efficiencies_of(const scaling *s)
{
    const unsigned gpus = s->sweep->gpu_count;
    const bool of_gpus = gpus > 1 && !sweep_other_model(s->sweep, gpus);
    int count = 0;
    for (int i = 0; i < s->total; i++)
        count += s->steps[i].row->kind == SWEEP_CPU || (s->steps[i].row->kind == SWEEP_GPU && of_gpus);
    return count;
}

/* The key is in the upper left corner of the first panel, which has 316 pixels: a line of 17 for each title. */
void expect_none_under_the_key(const Panel &panel, const std::string &script)
{
    const std::string speedups = script.substr(0, script.find("unset key"));
    size_t titles = 0;
    for (size_t found = speedups.find(" title '"); found != std::string::npos;
         found = speedups.find(" title '", found + 1))
        titles++;
    ASSERT_GE(titles, 2U);
    for (const Mark &mark : panel.drawn_with("yerrorbars")) {
        const double right = std::log(mark.x[0] / panel.x.low) / std::log(panel.x.high / panel.x.low);
        const double up = std::log(mark.y[2] / panel.y.low) / std::log(panel.y.high / panel.y.low);
        EXPECT_TRUE(right > 0.59 || up < 1 - 17.0 * titles / 316) << right << ", " << up << ", " << titles;
    }
}

/* Every step is a point of the first panel, and every efficiency one of the second. */
void expect_all_drawn(const scaling *s, const std::string &script)
{
    const PlotScript plotted(script);
    ASSERT_EQ(plotted.panels.size(), 2U);
    EXPECT_EQ(plotted.panels[0].drawn_with("yerrorbars").size(), static_cast<size_t>(s->total));
    int efficiencies = 0;
    for (const Mark &mark : plotted.panels[1].drawn_with("yerrorbars"))
        efficiencies += std::isfinite(mark.y[0]);
    EXPECT_EQ(efficiencies, efficiencies_of(s));
    for (const Panel &panel : plotted.panels)
        expect_all_inside(panel);
    expect_none_under_the_key(plotted.panels[0], script);
}

TEST_F(Picture, LosesNothingThatWasMeasured)
{
    const unsigned cores[] = {1, 2, 6, 64, 1024}, gpus[] = {0, 1, 3, 8};
    setenv("PATH", folder.c_str(), 1);
    std::mt19937 draws(1);
    for (int i = 0; i < 200 && !HasFailure(); i++) {
        Machine machine(cores[draws() % 5], 0, 0);
        machine.topology.threads = machine.topology.workers = machine.topology.cores * (1 + draws() % 2);
        machine.most = draws() % 3 == 0 ? 2 * machine.topology.workers : 0;
        machine.gpus = gpus[draws() % 4];
        machine.gpu_speed = draws() % 2 ? 1 : 1000;
        machine.other_models_from = draws() % 4 == 0 ? 1 : 256;
        machine.process_rate = draws() % 2 ? 0 : 0.3;
        machine.weak = draws() % 2;
        machine.rounds_done = draws() % 2 ? 9 : 1;
        machine.serial = draws() % 2 ? 0.5 : -0.0001;
        machine.report();
        disturb(machine, draws, draws() % 2 ? 1 : 30, draws() % 2 ? 1.02 : 5);
        ASSERT_EQ(draw(machine.made.get(), "a.svg"), EXIT_DONE);
        SCOPED_TRACE(i);
        expect_all_drawn(machine.made.get(), content("a.gnuplot"));
    }
}

TEST_F(Picture, IsDrawnOfEveryMachine)
{
    if (system("command -v gnuplot >/dev/null") != 0)
        GTEST_SKIP() << "no gnuplot (Debian: gnuplot-nox)";
    struct {
        unsigned cores, threads, workers, most, gpus;
        int rounds;
        bool weak;
    } const machines[] = {{1, 1, 1, 1, 0, 9, false},     {1, 1, 1, 1, 1, 9, false},      {2, 2, 2, 2, 0, 1, false},
                          {6, 12, 12, 32, 0, 9, true},   {64, 128, 128, 0, 4, 9, false}, {1, 1, 1, 1, 1, 9, true},
                          {3, 5, 5, 65536, 8, 9, false}, {4, 4, 4, 4, 6, 9, true}};
    for (const auto &m : machines) {
        Machine machine(m.cores, m.threads, m.workers);
        machine.most = m.most;
        machine.gpus = m.gpus;
        machine.gpu_speed = 300;
        machine.rounds_done = m.rounds;
        machine.weak = m.weak;
        machine.process_rate = m.cores == 6 ? 0.9 : 0;
        EXPECT_EQ(draw(machine.report(), "a.svg"), EXIT_DONE);
        EXPECT_EQ(complaint, "") << m.cores;
        EXPECT_NE(content("a.svg").find("</svg>"), std::string::npos);
    }
}

} // namespace
