/* mcpi scaling on made-up machines: its steps, its report and its plots. */
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
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
    EXPECT_EQ(text_of(machine), R"(Made-up 9000, kernel avx2: 6 physical cores, 12 hardware threads
strong scaling: the same 4000000000 darts for any number of workers

 workers  on                     time  spread       set-up   darts/s  speed-up             efficiency  Karp-Flatt
       1  cores              1.2500 s   2.0 %       0.2 ms    3.20e9  1.00 (1.00-1.00)        100.0 %           -
       2  cores              0.6438 s   2.0 %       0.2 ms    6.21e9  1.96 (1.87-1.96)         98.1 %      1.98 %
       4  cores              0.3406 s   2.0 %       0.2 ms   1.17e10  3.74 (3.58-3.74)         93.6 %      2.29 %
       6  cores              0.2396 s   2.0 %       0.2 ms   1.67e10  5.14 (5.14-5.38)         85.7 %      3.35 %
       8  hyperthreads       0.2178 s   2.0 %       0.2 ms   1.84e10  5.71 (5.71-5.97)         71.4 %           -
      12  hyperthreads       0.1843 s   2.0 %       0.2 ms   2.17e10  6.82 (6.52-6.82)         56.8 %           -
      16  oversubscribed     0.1843 s   2.0 %       0.2 ms   2.17e10  6.88 (6.58-6.89)         43.0 %           -

Amdahl's law: a serial fraction of 3.16 % (95 %: 2.34 to 3.58 %), fitted to the 4 steps on cores.
It fits every measured speed-up within 2.4 %. For more cores of this kind it predicts
   2x:     12 workers   speed-up 8.90 (8.61-9.54)
   4x:     24 workers   speed-up 13.9 (13.2-15.6)
  16x:     96 workers   speed-up 24.0 (21.8-29.7)
  any number            speed-up below 31.6 (27.9-42.7)
Hyperthreads begin at 7 workers: 12 count +32.6 % (+26.8 to +32.7) against 6.
From 13 on there are more workers than CPUs: 16 count +1.0 % (-3.4 to +1.0) against 12.

Medians of 9 interleaved rounds (lowest-highest); spread is half the range of the times.
Time, rate and speed-up are without set-up, which starts the workers: up to 0.2 ms on the CPU,
or 0.02 % of one worker's time. Set-up is serial, too.
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
    EXPECT_NE(text.find("Hyperthreads begin at 7 workers: 12 count +30.0 %"), std::string::npos) << text;
    EXPECT_NE(text.find("From 13 on there are more workers than CPUs: 16 count +0.0 %"), std::string::npos) << text;
}

TEST(Report, OfWeakScalingWithAQuotaAndUnknownCores)
{
    Machine machine(128, 128, 3, false);
    machine.weak = true;
    machine.options.run.seed = 7;
    machine.options.run.first = 5;
    EXPECT_EQ(text_of(machine),
              R"(Made-up 9000, kernel avx2: 128 hardware threads, limited by a quota to the time of 3
which of them share a core is unknown: each is treated as a core
weak scaling: 4000000000 darts for each worker

 workers  on                     time  spread       set-up   darts/s  speed-up             efficiency   Gustafson
       1  cores              1.2500 s   0.0 %       0.2 ms    3.20e9  1.00 (1.00-1.00)        100.0 %           -
       2  cores              1.2563 s   0.0 %       0.2 ms    6.37e9  1.99 (1.99-1.99)         99.5 %      1.00 %
       3  cores              1.2584 s   0.0 %       0.2 ms    9.54e9  2.98 (2.98-2.98)         99.3 %      1.00 %

Gustafson's law: a serial fraction of 1.00 % (95 %: 1.00 to 1.00 %), fitted to the 3 steps on cores.
It fits every measured speed-up within 0.0 %. For more cores of this kind it predicts
   2x:      6 workers   speed-up 5.95 (5.95-5.95)
   4x:     12 workers   speed-up 11.9 (11.9-11.9)
  16x:     48 workers   speed-up 47.5 (47.5-47.5)

Medians of 9 interleaved rounds (lowest-highest); spread is half the range of the times.
Time, rate and speed-up are without set-up, which starts the workers: up to 0.2 ms on the CPU,
or 0.02 % of one worker's time. Set-up is serial, too.
All 3 count 3000000000 hits in the 4000000000 darts from dart 5, seed 7, stream 0.
)");
}

TEST(Report, OfGpus)
{
    Machine machine(64, 128, 128);
    machine.serial = 0.004;
    machine.gpus = 3;
    machine.gpu_speed = 330;
    EXPECT_EQ(text_of(machine), R"(Made-up 9000, kernel avx2: 64 physical cores, 128 hardware threads
strong scaling: the same 4000000000 darts for any number of workers

 workers  on                     time  spread       set-up   darts/s  speed-up             efficiency  Karp-Flatt
       1  cores              1.2500 s   0.0 %       0.2 ms    3.20e9  1.00 (1.00-1.00)        100.0 %           -
       2  cores              0.6275 s   0.0 %       0.2 ms    6.37e9  1.99 (1.99-1.99)         99.6 %      0.40 %
       4  cores              0.3163 s   0.0 %       0.2 ms   1.26e10  3.95 (3.95-3.95)         98.8 %      0.40 %
       8  cores              0.1606 s   0.0 %       0.2 ms   2.49e10  7.78 (7.78-7.78)         97.3 %      0.40 %
      16  cores              0.0828 s   0.0 %       0.2 ms   4.83e10  15.1 (15.1-15.1)         94.3 %      0.40 %
      32  cores              0.0439 s   0.0 %       0.2 ms   9.11e10  28.5 (28.5-28.5)         89.0 %      0.40 %
      64  cores              0.0245 s   0.0 %       0.2 ms   1.64e11  51.1 (51.1-51.1)         79.9 %      0.40 %
     128  hyperthreads       0.0188 s   0.0 %       0.2 ms   2.13e11  66.5 (66.5-66.5)         51.9 %           -
   gpu:0  gpu                0.0038 s   0.0 %     300.0 ms   1.06e12  330 (330-330)                 -           -
  2 GPUs  gpu                0.0019 s   0.0 %     300.0 ms   2.10e12  657 (657-657)                 -           -
  3 GPUs  gpu                0.0013 s   0.0 %     300.0 ms   3.15e12  983 (983-983)                 -           -
together  together           0.0012 s   0.0 %     300.0 ms   3.36e12  1050 (1050-1050)              -           -

Amdahl's law: a serial fraction of 0.40 % (95 %: 0.40 to 0.40 %), fitted to the 7 steps on cores.
It fits every measured speed-up within 0.0 %. For more cores of this kind it predicts
   2x:    128 workers   speed-up 84.9 (84.9-84.9)
   4x:    256 workers   speed-up 127 (127-127)
  16x:   1024 workers   speed-up 201 (201-201)
  any number            speed-up below 250 (250-250)
Hyperthreads begin at 65 workers: 128 count +30.0 % (+30.0 to +30.0) against 64.
2 GPUs count 1.99 (1.99-1.99) times as fast as gpu:0, an efficiency of 99.5 %.
3 GPUs count 2.98 (2.98-2.98) times as fast as gpu:0, an efficiency of 99.3 %.

Medians of 9 interleaved rounds (lowest-highest); spread is half the range of the times.
Time, rate and speed-up are without set-up, which starts the workers: up to 0.2 ms on the CPU,
or 0.02 % of one worker's time. Set-up is serial, too.
With set-up, gpu:0 takes 0.304 s, which is 4.11 times as fast as one worker.
Too short to reach the full rate (below 20 ms): 128, gpu:0, 2 GPUs, 3 GPUs, together. Use more darts (-n) or more time (-T).
With --weak, each GPU counts as much as all CPU workers together.
All 12 count 3000000000 hits in the 4000000000 darts from dart 0, seed 0, stream 0.
)");
}

void expect_parts(const std::string &text, std::initializer_list<const char *> parts)
{
    for (const char *part : parts)
        EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
}

TEST(Report, OfWhatIsFasterTogetherPredictsNoMoreThanTheIdeal)
{
    Machine machine(64, 128, 10);
    machine.serial = -0.002;
    machine.noise = 0.005;
    const std::string text = text_of(machine);
    expect_parts(text, {"limited by a quota to the time of 10", "\n   2x:     20 workers   speed-up 20.0 (", "-20.0)\n",
                        "any number            speed-up without limit (", " or more)\n",
                        "A fraction outside 0 to 100 % is noise"});
    EXPECT_EQ(text.find("Hyperthreads begin"), std::string::npos) << text;
}

TEST(Report, OfOneWorkerHasNothingToFit)
{
    Machine machine(1, 1, 1);
    const std::string text = text_of(machine);
    expect_parts(text,
                 {": 1 physical core, 1 hardware thread\n", "No fit of Amdahl's law", "\nIt counts 3000000000 hits"});
}

TEST(Report, OfOneRoundHasNoIntervals)
{
    Machine machine(2, 2, 2);
    machine.rounds_done = 1;
    const std::string text = text_of(machine);
    expect_parts(text, {"a serial fraction of 1.00 %, fitted", "  2x:      4 workers   speed-up 3.88\n"});
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

 workers       set-up  set-up cost                    darts/s  rate ratio
       1       3.2 ms  +3.0 ms (+3.0 to +3.0)          3.17e9  0.990 (0.990-0.990)
       2       6.2 ms  +6.0 ms (+6.0 to +6.0)          6.27e9  0.990 (0.990-0.990)
   gpu:0     303.0 ms  +3.0 ms (+3.0 to +3.0)         3.17e11  0.990 (0.990-0.990)
  2 GPUs     306.0 ms  +6.0 ms (+6.0 to +6.0)         6.30e11  0.990 (0.990-0.990)
together     312.0 ms  +12.0 ms (+12.0 to +12.0)      6.37e11  0.990 (0.990-0.990)
A process starts the driver of its GPU in each run. Threads find it started by an earlier run.

Medians of 9 interleaved)"),
              std::string::npos)
        << text;
    EXPECT_NE(text.find("fitted to the 2 steps on cores"), std::string::npos) << text;
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
    EXPECT_NE(printed([&](FILE *out) { scaling_csv(out, s); }).find(",processes,0.003,0.003,0.003,0.5,0.5,0.5\n"),
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
        {"steps.7.step", "gpu:0"},        {"steps.8.on", "together"},       {"fit.law", "amdahl"}};
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
                                                                     {"fit.predictions.2.workers", 96},
                                                                     {"hyperthreads.begin", 7},
                                                                     {"hyperthreads.workers", 12},
                                                                     {"oversubscribed.begin", 13}};
    for (const auto &[path, value] : integers)
        EXPECT_EQ(json_object_get_uint64(document.at(path)), value) << path;
    const std::vector<std::pair<const char *, double>> numbers = {{"steps.0.seconds.median", 1.25},
                                                                  {"steps.0.runs.4.seconds", 1.25},
                                                                  {"steps.0.setup_seconds.median", 0.0002},
                                                                  {"steps.0.darts_per_second.lowest", 3.2e9},
                                                                  {"steps.3.speedup.highest", 6 / 1.15},
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
        R"(step,on,workers,darts,hits,seconds_median,seconds_lowest,seconds_highest,setup_seconds_median,darts_per_second_median,darts_per_second_lowest,darts_per_second_highest,speedup_median,speedup_lowest,speedup_highest,efficiency,serial_fraction,gpus,gpu_speedup_median,gpu_speedup_lowest,gpu_speedup_highest,gpu_efficiency,worker_kind,setup_cost_seconds_median,setup_cost_seconds_lowest,setup_cost_seconds_highest,rate_ratio_median,rate_ratio_lowest,rate_ratio_highest
1,cores,1,4000000000,3000000000,1.25,1.25,1.25,0.0002,3.2e+09,3.2e+09,3.2e+09,1,1,1,1,,0,,,,,threads,,,,,,
2,hyperthreads,2,4000000000,3000000000,1,1,1,0.0002,4e+09,4e+09,4e+09,1.25,1.25,1.25,0.625,,0,,,,,threads,,,,,,
gpu:0,gpu,1,4000000000,3000000000,0.0125,0.0125,0.0125,0.3,3.2e+11,3.2e+11,3.2e+11,100,100,100,,,1,1,1,1,1,threads,,,,,,
2 GPUs,gpu,2,4000000000,3000000000,0.00625,0.00625,0.00625,0.3,6.4e+11,6.4e+11,6.4e+11,200,200,200,,,2,2,2,2,1,threads,,,,,,
together,together,4,4000000000,3000000000,0.00621118012,0.00621118012,0.00621118012,0.3,6.44e+11,6.44e+11,6.44e+11,201.25,201.25,201.25,,,2,,,,,threads,,,,,,
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
            scaling_plot(&p, s, nullptr);
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
         "\n8 4.70588 4.70588 4.70588 58.8235 58.8235 58.8235\nEND\n$ideal",
         "set xtics ('all' 96, \"3\\nGPUs\" 48, \"2\\nGPUs\" 32, \"GPU\\n0\" 16, '8' 8, '4' 4, '2' 2, '1' 1)",
         "title 'GPUs; efficiency over the first GPU'", "rectangle from first 2.5, graph 0 to first 4.5, graph 1",
         "\"hyper-\\nthreads\"", "\"over-\\nsubscribed\"", "title 'Amdahl, serial 10.00 % (95 %: 10.00 to 10.00 %)'"});
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
    scaling_summarise(machine.made.get(), machine.swept.get(), &machine.topology, machine.weak);
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
