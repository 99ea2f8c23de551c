/* What results look like: the progress line, the text, the JSON as a JSON library reads it. */
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "tests/cli/document.h"
#include "tests/cli/made_up_origin.h"
#include "tests/cli/printed.h"

extern "C" {
#include "cli/io/json.h"
#include "cli/io/three_digits.h"
#include "cli/run/progress.h"
#include "cli/run/run_report.h"
#include "cli/run/run_warnings.h"
}

namespace
{

class Report : public testing::Test
{
  protected:
    void SetUp() override
    {
        result.seed = UINT64_MAX;
        result.stream = 3;
        result.first = 5;
        result.darts = 10000000000;
        result.hits = 7854023410;
        result.complete = 1;
        result.estimate = mcpi_estimate_from(result.darts, result.hits);
        result.total_seconds = 0.5;
        result.setup_seconds = 0.25;
        result.counting_seconds = 0.125;
        result.paused_seconds = 22.5;
        result.device_count = 1;
        result.devices = &gpu;
        std::strcpy(gpu.device.id, "gpu:0");
        std::strcpy(gpu.device.name, "A \"fast\"\\ GPU\n");
        std::strcpy(gpu.device.kernel, "fp32-test");
        gpu.kernel_count = 2;
        gpu.kernels[0] = {"fp64-product", 1000, 10, 0.9e11};
        gpu.kernels[1] = {"fp32-test", 9999999000, 20, 1e11};
        gpu.device.kind = MCPI_GPU;
        gpu.workers = 2;
        gpu.per_worker = workers;
        workers[0] = {40, 6000000000, 4712414046, 0.0625, 6e10, 0, 0, ""};
        workers[1] = {30, 4000000000, 3141609364, 0.0375, 4e10, 4711, 2, "gpu:0: killed by signal 9"};
        gpu.darts = result.darts;
        gpu.hits = result.hits;
        std::strcpy(gpu.device.uuid, "GPU-5c1e");
        std::strcpy(gpu.device.driver, "580.82.07, CUDA 13.0");
        gpu.setup_seconds = 0.375;
        gpu.startup = {0.0625, 0.25, 0.03125, 0.015625};
        gpu.busy_seconds = 0.1;
        gpu.busy_share = 0.75;
        gpu.darts_per_second = 1e11;
        gpu.speedup_vs_cpu = 50;
        gpu.speedup_vs_core = 400;
        result.verify.slices = 4;
        result.verify.darts = 16777216;
        result.verify.workers = 2;
        result.verify.darts_per_second = 2e9;
        result.verify.busy_seconds = 0.0625;
        result.verify.rate_spread = 0.03125;
        std::strcpy(result.verify.kernel, "avx2");
        result.dispersion = {400, 405, 0.85, -2.5, 1, 8388608, 4194304, "gpu:0", 0};
    }
    void TearDown() override
    {
        warnings_free(&warnings);
    }
    mcpi_worker_result workers[2]{};
    mcpi_device_result gpu{};
    std::string text() const
    {
        return printed([&](FILE *out) { report_text(out, &result); });
    }
    mcpi_result result{};
    warning_list warnings{};
};

/* Why "auto" left the GPUs out is in the report, and null in JSON if it did not. */
TEST_F(Report, SaysWhyAutoStaysOnTheCpu)
{
    EXPECT_EQ(printed([&](FILE *out) { report_text(out, &result); }).find("choice"), std::string::npos);
    std::strcpy(result.auto_reason, "the reason");
    EXPECT_NE(
        printed([&](FILE *out) { report_text(out, &result); }).find("\nchoice    counted on the CPU: the reason\n"),
        std::string::npos);
    const Document document(printed([&](FILE *out) { report_json(out, &result, &made_up_origin, &warnings); }));
    EXPECT_STREQ(json_object_get_string(document.at("auto_reason")), "the reason");
}

TEST_F(Report, JsonHasTheSchemasFieldsWithExactIntegers)
{
    const Document document(printed([&](FILE *out) { report_json(out, &result, &made_up_origin, &warnings); }));
    ASSERT_NE(document.root, nullptr);
    const std::vector<std::pair<const char *, uint64_t>> integers = {{"seed", UINT64_MAX},
                                                                     {"stream", 3},
                                                                     {"first", 5},
                                                                     {"darts", 10000000000},
                                                                     {"hits", 7854023410},
                                                                     {"verify.slices", 4},
                                                                     {"verify.mismatches", 0},
                                                                     {"verify.darts", 16777216},
                                                                     {"devices.0.threads", 2},
                                                                     {"devices.0.darts", 10000000000},
                                                                     {"devices.0.hits", 7854023410},
                                                                     {"devices.0.kernels.0.darts", 1000},
                                                                     {"devices.0.kernels.0.recounted_darts", 10},
                                                                     {"devices.0.kernels.1.darts", 9999999000},
                                                                     {"devices.0.workers.0.ranges", 40},
                                                                     {"devices.0.workers.0.darts", 6000000000},
                                                                     {"devices.0.workers.0.hits", 4712414046},
                                                                     {"devices.0.workers.1.hits", 3141609364},
                                                                     {"devices.0.workers.1.pid", 4711}};
    for (const auto &[path, value] : integers) {
        ASSERT_TRUE(json_object_is_type(document.at(path), json_type_int)) << path;
        EXPECT_EQ(json_object_get_uint64(document.at(path)), value) << path;
    }
    const std::vector<std::pair<const char *, double>> numbers = {{"pi", result.estimate.pi},
                                                                  {"std_error", result.estimate.std_error},
                                                                  {"ci95.0", result.estimate.ci95[0]},
                                                                  {"ci95.1", result.estimate.ci95[1]},
                                                                  {"z", result.estimate.z},
                                                                  {"seconds.total", 0.5},
                                                                  {"seconds.setup", 0.25},
                                                                  {"seconds.counting", 0.125},
                                                                  {"paused_seconds", 22.5},
                                                                  {"devices.0.setup_seconds", 0.375},
                                                                  {"devices.0.startup_seconds.driver", 0.0625},
                                                                  {"devices.0.startup_seconds.context", 0.25},
                                                                  {"devices.0.startup_seconds.module", 0.03125},
                                                                  {"devices.0.startup_seconds.memory", 0.015625},
                                                                  {"devices.0.busy_seconds", 0.1},
                                                                  {"devices.0.busy_share", 0.75},
                                                                  {"devices.0.darts_per_second", 1e11},
                                                                  {"devices.0.kernels.1.darts_per_second", 1e11},
                                                                  {"devices.0.workers.0.busy_seconds", 0.0625},
                                                                  {"devices.0.workers.1.darts_per_second", 4e10},
                                                                  {"devices.0.speedup_vs_cpu", 50}};
    for (const auto &[path, value] : numbers)
        EXPECT_EQ(json_object_get_double(document.at(path)), value) << path;
    const std::vector<std::pair<const char *, const char *>> strings = {
        {"devices.0.kernels.0.name", "fp64-product"},
        {"devices.0.kernels.1.name", "fp32-test"},
        {"schema", "mcpi.result.v1"},
        {"version", MCPI_VERSION},
        {"origin.job.id", "1234\xef\xbf\xbd"},
        {"origin.ended", "2023-11-14T22:14:50Z"},
        {"devices.0.id", "gpu:0"},
        {"devices.0.uuid", "GPU-5c1e"},
        {"devices.0.kernel", "fp32-test"},
        {"devices.0.workers.1.failure", "gpu:0: killed by signal 9"},
        {"devices.0.name", "A \"fast\"\\ GPU\n"}};
    for (const auto &[path, value] : strings)
        EXPECT_STREQ(json_object_get_string(document.at(path)), value) << path;
    const std::vector<std::pair<const char *, const char *>> exact = {
        {"exact.seed", "18446744073709551615"}, {"exact.stream", "3"},        {"exact.first", "5"},
        {"exact.darts", "10000000000"},         {"exact.hits", "7854023410"}, {"exact.goal", "10000000000"}};
    for (const auto &[path, value] : exact) {
        ASSERT_TRUE(json_object_is_type(document.at(path), json_type_string)) << path;
        EXPECT_STREQ(json_object_get_string(document.at(path)), value) << path;
    }
    EXPECT_TRUE(json_object_get_boolean(document.at("complete")));
    for (const char *path : {"devices.0.failure", "devices.0.workers.0.failure", "devices.0.workers.0.pid"})
        EXPECT_FALSE(document.has(path)) << path;
}

/* To the letter, so that no field is lost or takes the value of another. */
TEST_F(Report, JsonHasAllThatIsKnown)
{
    result.resumed_darts = 6;
    result.complete = 0;
    result.goal = 20000000000;
    result.estimate = {3, 0.5, {2, 4}, -0.25};
    result.verify.mismatches = 1;
    result.verify.busy_seconds = 0.0625;
    std::strcpy(result.verify.first_mismatch, "gpu:0 counted 5, cpu counted 6");
    result.dispersion = {400, 405, 0.75, -2.5, 0.5, 8388608, 4194304, "gpu:0", 6};
    warnings_add(&warnings, "paused", "it was \"stopped\"");
    result.sharing = {8, 2, 3, 70, 60, 5000, 1, 0.5};
    std::strcpy(gpu.node, "node1");
    gpu.rank = 7;
    gpu.kernel_count = 1;
    gpu.in_processes = 1;
    gpu.restarts = 2;
    std::strcpy(gpu.first_restart, "gpu:0 was killed");
    gpu.ranges = 9;
    gpu.hits = 11;
    gpu.recounted_slices = 13;
    gpu.recounted_darts = 12;
    std::strcpy(gpu.device.name, "Made-up");
    std::strcpy(gpu.failure, "gpu:0 went away");
    EXPECT_EQ(
        without_build(printed([&](FILE *out) { report_json(out, &result, &made_up_origin, &warnings); })),
        R"({"schema":"mcpi.result.v1","version":")" MCPI_VERSION
        R"(","seed":18446744073709551615,"stream":3,"first":5,"darts":10000000000,"hits":7854023410,)"
        R"("resumed_darts":6,"complete":false,"goal":20000000000,"exact":{"seed":"18446744073709551615",)"
        R"("stream":"3","first":"5","darts":"10000000000","hits":"7854023410","goal":"20000000000"},)"
        R"("checksum":"b0c50ff0f4f3fe82","pi":3,"std_error":0.5,"ci95":[2,4],"z":-0.25,"error":-0.14159265358979312,)"
        R"("error_in_std_errors":-0.28318530717958623,"seconds":{"total":0.5,)"
        R"("setup":0.25,"counting":0.125},"paused_seconds":22.5,"origin":)" MADE_UP_ORIGIN_JSON
        R"(,"auto_reason":null,"devices":[{"id":"gpu:0","name":"Made-up","node":"node1","rank":7,"uuid":"GPU-5c1e",)"
        R"("driver":"580.82.07, CUDA 13.0",)"
        R"("kernel":"fp32-test","kernels":[{"name":"fp64-product","darts":1000,"recounted_darts":10,)"
        R"("darts_per_second":90000000000}],"threads":2,"ranges":9,"darts":10000000000,"hits":11,)"
        R"("recounted_slices":13,"recounted_darts":12,"setup_seconds":0.375,"startup_seconds":{"driver":0.0625,"context":0.25,)"
        R"("module":0.03125,"memory":0.015625},"busy_seconds":0.1,"busy_share":0.75,)"
        R"("darts_per_second":100000000000,"speedup_vs_cpu":50,"speedup_vs_core":400,)"
        R"("in_processes":true,"restarts":2,"first_restart":"gpu:0 was killed",)"
        R"("failure":"gpu:0 went away","workers":[{"ranges":40,"darts":6000000000,"hits":4712414046,)"
        R"("busy_seconds":0.0625,"darts_per_second":60000000000},{"pid":4711,"restarts":2,"ranges":30,)"
        R"("darts":4000000000,"hits":3141609364,"busy_seconds":0.0375,"darts_per_second":40000000000,)"
        R"("failure":"gpu:0: killed by signal 9"}]}],"verify":{"slices":4,"darts":16777216,"mismatches":1,"kernel":"avx2",)"
        R"("threads":2,"busy_seconds":0.0625,"darts_per_second":2000000000,"rate_spread":0.03125,)"
        R"("first_mismatch":"gpu:0 counted 5, cpu counted 6"},"dispersion":{"slices":400,"chi_square":405,)"
        R"("p_value":0.75,"largest_z":-2.5,"largest_p_value":0.5,"largest_first":8388608,"largest_darts":4194304,)"
        R"("largest_device":"gpu:0","largest_rank":6},"sharing":{"processes":8,"nodes":2,"rounds":3,"chunks":70,"reports":60,)"
        R"("report_bytes":5000,"waited_seconds":0.5,"lost":1},)"
        R"("warnings":[{"code":"paused","text":"it was \"stopped\""}]})"
        "\n");
}

TEST_F(Report, JsonHasNullForWhatIsNotKnown)
{
    result.darts = result.hits = 0;
    result.estimate = mcpi_estimate_from(0, 0);
    gpu.speedup_vs_cpu = NAN;
    const Document document(printed([&](FILE *out) { report_json(out, &result, &made_up_origin, &warnings); }));
    ASSERT_NE(document.root, nullptr);
    for (const char *path : {"pi", "std_error", "z", "devices.0.speedup_vs_cpu"}) {
        EXPECT_TRUE(document.has(path)) << path;
        EXPECT_EQ(document.at(path), nullptr) << path;
    }
}

TEST_F(Report, OneThatWasStoppedSaysWhatItWasHeadingFor)
{
    result.goal = UINT64_MAX;
    EXPECT_FALSE(
        Document(printed([&](FILE *out) { report_json(out, &result, &made_up_origin, &warnings); })).has("goal"));
    result.complete = 0;
    const Document document(printed([&](FILE *out) { report_json(out, &result, &made_up_origin, &warnings); }));
    EXPECT_FALSE(json_object_get_boolean(document.at("complete")));
    EXPECT_EQ(json_object_get_uint64(document.at("goal")), UINT64_MAX);
}

TEST_F(Report, WithoutDevicesThereIsNoTableAndNoTime)
{
    result.device_count = 0;
    result.verify = {};
    result.dispersion = {};
    result.total_seconds = result.setup_seconds = result.counting_seconds = 0;
    EXPECT_EQ(printed([&](FILE *out) { report_text(out, &result); }),
              "pi        3.141609 +- 0.000016 standard error, z = +1.02\n"
              "95 %      3.141577 to 3.141642\n"
              "error     +0.000017, +1.02 standard errors; pi is 3.14159265358979...\n"
              "count     7854023410 hits in 10000000000 darts, from dart 5, seed 18446744073709551615, stream 3\n");
}

TEST_F(Report, TextSaysItAll)
{
    const std::string text = printed([&](FILE *out) { report_text(out, &result); });
    for (const char *part :
         {"pi        3.141609 +- 0.000016", "z = +1.02", "7854023410 hits in 10000000000 darts, from dart 5", "gpu:0",
          "100.0 %", "1.00e11",
          "gpu:0 is 50.0 times as fast as the CPU, 400 times as fast as one of its workers, in this run", "4 slices",
          "all agree", "75.0 %", "0.500 s: 0.250 set-up, 0.125 counting at 8.00e10 darts/s, 0.125 to finish",
          "kernels   gpu:0: fp64-product 9.00e10 darts/s, fp32-test 1.00e11 darts/s",
          "gpu:0 was ready after 0.375 s: driver 0.062, context 0.250, kernel 0.031, memory 0.016"})
        EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
    EXPECT_EQ(text.find("INCOMPLETE"), std::string::npos);
}

TEST_F(Report, ATableHasARowForEachWorker)
{
    EXPECT_EQ(printed([&](FILE *out) { report_workers(out, &result); }),
              "\nworker            darts         hits    ranges         busy  darts/s\n"
              "gpu:0 #0     6000000000   4712414046        40      0.062 s  6.00e10\n"
              "gpu:0 #1     4000000000   3141609364        30      0.037 s  4.00e10\n"
              "          dropped: gpu:0: killed by signal 9\n");
}

TEST_F(Report, InARunOfSeveralProcessesItHasRanksAndNodes)
{
    result.sharing.processes = 2;
    gpu.rank = 1;
    std::strcpy(gpu.node, "n1");
    EXPECT_EQ(printed([&](FILE *out) { report_workers(out, &result); }),
              "\nrank  node  worker            darts         hits    ranges         busy  darts/s\n"
              "   1  n1    gpu:0 #0     6000000000   4712414046        40      0.062 s  6.00e10\n"
              "   1  n1    gpu:0 #1     4000000000   3141609364        30      0.037 s  4.00e10\n"
              "          dropped: gpu:0: killed by signal 9\n");
}

/* The lines from the first heading of a table on, while they are not empty. */
std::vector<std::string> table(const std::string &text, const std::string &heading)
{
    std::vector<std::string> lines;
    for (size_t begin = text.find(heading); text[begin] != '\n' && begin < text.size();) {
        const size_t end = text.find('\n', begin);
        lines.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return lines;
}

TEST_F(Report, ItsTablesAreAsWideAsATerminal)
{
    std::strcpy(gpu.device.kernel, "fp64-product");
    std::strcpy(gpu.device.name, "NVIDIA GeForce RTX 4090 Laptop GPU");
    workers[1] = {};
    for (const uint64_t darts : {UINT64_C(1000000), UINT64_C(10000000000), UINT64_C(1000000000000000)}) {
        gpu.darts = workers[0].darts = darts;
        gpu.hits = workers[0].hits = darts / 4 * 3;
        const std::string text = printed([&](FILE *out) {
            report_text(out, &result);
            report_workers(out, &result);
        });
        for (const char *heading : {"device ", "worker "}) {
            const std::vector<std::string> lines = table(text, heading);
            ASSERT_EQ(lines.size(), 3U) << text;
            EXPECT_EQ(lines[0].size(), lines[2].size()) << text;
            EXPECT_NE(text.find(' ' + std::to_string(darts / 4 * 3) + ' ', text.find(heading)), std::string::npos);
            for (const std::string &line : lines)
                EXPECT_LE(line.size(), 80U) << line;
        }
    }
}

TEST_F(Report, TextHasALineAboutTheRanks)
{
    const auto ranks = [&](mcpi_sharing sharing) {
        result.sharing = sharing;
        const std::string text = printed([&](FILE *out) { report_text(out, &result); });
        const size_t begin = text.find("ranks     ");
        return begin == std::string::npos ? "" : text.substr(begin, text.find('\n', begin) - begin);
    };
    EXPECT_EQ(ranks({}), "");
    EXPECT_EQ(ranks({1, 1, 1, 1, 0, 0, 0, 0}), "ranks     1 on 1 node: 1 chunk handed out, 1 round");
    EXPECT_EQ(ranks({2, 1, 1, 2, 1, 100, 1, 0}),
              "ranks     2 on 1 node: 2 chunks handed out, 1 report of 100 bytes, 1 round; 1 rank LOST");
    EXPECT_EQ(ranks({8, 2, 2, 70, 60, 5000, 2, 0}),
              "ranks     8 on 2 nodes: 70 chunks handed out, 60 reports of 5000 bytes, 2 rounds; 2 ranks LOST");
}

/* ---- recounts and what follows from them ---- */

bool has(const std::string &text, const std::string &part)
{
    return text.find(part) != std::string::npos;
}

TEST_F(Report, SpeedupsAreWhatWasMeasured)
{
    EXPECT_FALSE(has(text(), "compare")) << "the CPU counted in this run";
    gpu.speedup_vs_cpu = NAN;
    EXPECT_TRUE(has(text(), "speed-up  gpu:0 is 400 times as fast as one CPU worker that recounts (timed for 0.062 s, "
                            "+- 3 %)\n          'mcpi compare' measures GPUs against all CPU workers at once\n"));
    result.verify.rate_spread = NAN;
    EXPECT_TRUE(has(text(), "recounts (timed once)\n"));
    gpu.speedup_vs_core = NAN;
    EXPECT_FALSE(has(text(), "speed-up"));
    EXPECT_TRUE(has(text(), "'mcpi compare' measures GPUs")) << "nothing was recounted";
    gpu.device.kind = MCPI_CPU;
    EXPECT_FALSE(has(text(), "compare"));
}

/* (1 - f)^n = 5 %: with 95 slices f is 3.1 %. */
TEST_F(Report, TextSaysWhatTheRecountsWouldHaveFound)
{
    gpu.recounted_slices = 95;
    gpu.recounted_darts = 4096;
    EXPECT_TRUE(has(text(), "          a GPU with more than 3.1 % wrong slices would have been found with a "
                            "probability of 95 %\n"));
    mcpi_device_result two[] = {gpu, gpu};
    two[1].recounted_slices = 7;
    result.devices = two;
    result.device_count = 2;
    EXPECT_TRUE(has(text(), "          7 to 95 slices of each GPU: a GPU with more than 34.8 % wrong slices"));
    two[0].recounted_slices = 7;
    EXPECT_TRUE(has(text(), "          7 slices of each GPU: a GPU with more than 34.8 % wrong slices"));
    two[0].recounted_darts = two[0].darts; /* with --verify full all were recounted */
    two[1].darts = 0;                      /* it counted nothing */
    EXPECT_FALSE(has(text(), "wrong slices"));
}

TEST_F(Report, FewDartsHaveAnIntervalButNoStandardError)
{
    result.devices = nullptr;
    result.device_count = 0;
    result.darts = 10;
    result.hits = 10;
    result.estimate = mcpi_estimate_from(10, 10);
    EXPECT_EQ(text().substr(0, text().find("count")), "pi        4.0, of too few darts for a standard error\n"
                                                      "95 %      2.9 to 4.0\n"
                                                      "error     +0.9; pi is 3.14159265358979...\n");
    result.darts = 29;
    result.hits = 20;
    result.estimate = mcpi_estimate_from(29, 20);
    EXPECT_FALSE(has(text(), "+-"));
    result.darts = 30;
    result.estimate = mcpi_estimate_from(30, 20);
    EXPECT_TRUE(has(text(), "pi        2.67 +- 0.34 standard error"));
}

/* ---- warnings ---- */

/* Their codes, each with a blank. */
std::string codes_of(const mcpi_result &result)
{
    warning_list w{};
    std::string codes;
    warn_of_result(&w, &result);
    for (size_t i = 0; i < w.count; i++)
        codes += std::string(w.all[i].code) + ' ';
    warnings_free(&w);
    return codes;
}

std::string warning_of(const mcpi_result &result)
{
    warning_list w{};
    warn_of_result(&w, &result);
    const std::string text = w.count > 0 ? w.all[0].text : "";
    warnings_free(&w);
    return text;
}

class Warnings : public Report
{
  protected:
    void SetUp() override
    {
        Report::SetUp();
        result.paused_seconds = 0;
    }
    /* 1000 slices of 4 million darts; by definition 3141592654 hits. */
    void count_short_by(uint64_t hits)
    {
        result.darts = 4000000000;
        result.hits = 3141592654 - hits;
        result.estimate = mcpi_estimate_from(result.darts, result.hits);
    }
};

TEST_F(Warnings, AreNoneOfASoundRun)
{
    EXPECT_EQ(codes_of(result), "");
}

/* The fault of the issue: each slice is 300 hits short, which is 0.37 of its standard deviations. */
TEST_F(Warnings, TellOfHitsThatAreMissingEverywhere)
{
    count_short_by(300 * 1000);
    EXPECT_EQ(codes_of(result), "z ");
    EXPECT_TRUE(has(warning_of(result), "z = -11.55")) << warning_of(result);
    count_short_by(126000);
    EXPECT_EQ(codes_of(result), "") << result.estimate.z;
    count_short_by(128000);
    EXPECT_EQ(codes_of(result), "z ") << result.estimate.z;
    result.darts = 10; /* chance gives such a z too often */
    result.estimate = mcpi_estimate_from(10, 0);
    EXPECT_EQ(codes_of(result), "");
}

TEST_F(Warnings, NameTheSliceThatIsFarOff)
{
    result.dispersion.largest_z = -7.25;
    result.dispersion.largest_p_value = 1.67e-10;
    EXPECT_EQ(codes_of(result), "slice_z ");
    EXPECT_EQ(warning_of(result), "the count of darts [8388608, 12582912) by gpu:0 has z = -7.25, the farthest of 400 "
                                  "slices, which has a probability of 1.67e-10 by chance: suspect this device");
    result.sharing.processes = 8;
    result.dispersion.largest_rank = 5;
    EXPECT_TRUE(has(warning_of(result), "by gpu:0 of rank 5 has z"));
    result.dispersion.largest_p_value = 1.1e-6;
    EXPECT_EQ(codes_of(result), "");
    result.dispersion = {};
    EXPECT_EQ(codes_of(result), "") << "no slice was large enough";
}

TEST_F(Warnings, TellOfCountsThatScatterWrongly)
{
    result.dispersion.chi_square = 900;
    result.dispersion.p_value = 1e-41;
    EXPECT_EQ(codes_of(result), "dispersion ");
    EXPECT_TRUE(has(warning_of(result), "the counts of 400 slices scatter too much: chi-square 900"));
    result.dispersion.chi_square = 90;
    EXPECT_TRUE(has(warning_of(result), "scatter too little"));
}

TEST_F(Warnings, TellOfDevicesAndPauses)
{
    result.complete = 0;
    result.goal = 20000000000;
    result.paused_seconds = 22.5;
    gpu.restarts = 2;
    std::strcpy(gpu.first_restart, "gpu:0 was killed");
    std::strcpy(gpu.failure, "gpu:0 went away");
    EXPECT_EQ(codes_of(result), "incomplete worker_restarted worker_failed paused ");
    EXPECT_EQ(warning_of(result), "the result is incomplete: not all darts were counted");
    result.goal = result.darts;
    EXPECT_EQ(warning_of(result), "the result is incomplete: not all darts were counted twice, as requested");
}

/* ---- CSV and Markdown ---- */

/* The cells of each line; the text has no quoted line breaks. */
std::vector<std::vector<std::string>> cells(const std::string &csv)
{
    std::vector<std::vector<std::string>> rows(1, {""});
    bool quoted = false;
    for (size_t i = 0; i < csv.size(); i++) {
        if (csv[i] == '"' && quoted && csv[i + 1] == '"')
            rows.back().back() += csv[++i];
        else if (csv[i] == '"')
            quoted = !quoted;
        else if (csv[i] == ',' && !quoted)
            rows.back().emplace_back();
        else if (csv[i] == '\n' && !quoted)
            rows.push_back({""});
        else
            rows.back().back() += csv[i];
    }
    rows.pop_back();
    return rows;
}

TEST_F(Report, CsvHasARowForTheRunAndOneForEachDevice)
{
    std::strcpy(gpu.device.name, "A \"fast\", GPU");
    gpu.speedup_vs_cpu = NAN;
    const auto rows = cells(printed([&](FILE *out) { report_csv(out, &result, &made_up_origin); }));
    ASSERT_EQ(rows.size(), 3U);
    for (const auto &row : rows)
        EXPECT_EQ(row.size(), rows[0].size());
    const auto cell = [&](size_t row, const std::string &column) -> std::string {
        for (size_t i = 0; i < rows[0].size(); i++)
            if (rows[0][i] == column)
                return rows[row][i];
        return "no column " + column;
    };
    const std::vector<std::vector<std::string>> expected = {{"row", "run", "device"},
                                                            {"id", "", "gpu:0"},
                                                            {"name", "", "A \"fast\", GPU"},
                                                            {"kernel", "", "fp32-test"},
                                                            {"first", "5", ""},
                                                            {"darts", "10000000000", "10000000000"},
                                                            {"hits", "7854023410", "7854023410"},
                                                            {"workers", "0", "2"},
                                                            {"busy_share", "", "0.75"},
                                                            {"setup_seconds", "0.25", "0.375"},
                                                            {"counting_seconds", "0.125", ""},
                                                            {"total_seconds", "0.5", ""},
                                                            {"darts_per_second", "80000000000", "100000000000"},
                                                            {"speedup_vs_cpu", "", ""},
                                                            {"speedup_vs_core", "", "400"},
                                                            {"recounted_slices", "4", "0"},
                                                            {"recounted_darts", "16777216", "0"},
                                                            {"pi", "3.141609364", ""},
                                                            {"complete", "true", ""},
                                                            {"seed", "18446744073709551615", "18446744073709551615"},
                                                            {"stream", "3", "3"},
                                                            {"version", MCPI_VERSION, MCPI_VERSION},
                                                            {"failure", "", ""},
                                                            {"rank", "", ""}};
    for (const auto &row : expected)
        for (size_t i = 1; i <= 2; i++)
            EXPECT_EQ(cell(i, row[0]), row[i]) << row[0];
    EXPECT_EQ(std::stod(cell(1, "error")), result.estimate.pi - M_PI);
    EXPECT_EQ(std::stod(cell(1, "ci95_low")), result.estimate.ci95[0]);
}

TEST_F(Report, CsvLeavesEmptyWhatIsNotKnown)
{
    result.darts = result.hits = 0;
    result.estimate = mcpi_estimate_from(0, 0);
    result.counting_seconds = 0;
    result.device_count = 0;
    const std::string csv = printed([&](FILE *out) { report_csv(out, &result, &made_up_origin); });
    EXPECT_FALSE(has(csv, "nan")) << csv;
    EXPECT_FALSE(has(csv, "inf")) << csv;
    EXPECT_FALSE(has(csv, "null")) << csv;
    EXPECT_EQ(cells(csv).size(), 2U);
}

TEST_F(Report, MarkdownHasTheCountTheDevicesAndTheWarnings)
{
    std::strcpy(gpu.device.name, "A|B GPU");
    warnings_add(&warnings, "paused", "it was stopped");
    run_origin origin = made_up_origin;
    std::strcpy(origin.host, "node_3");
    EXPECT_EQ(printed([&](FILE *out) { report_markdown(out, &result, &origin, &warnings); }),
              "| mcpi " MCPI_VERSION " | node\\_3 |\n"
              "|---|---|\n"
              "| hits | 7854023410 |\n"
              "| darts | 10000000000 |\n"
              "| first dart, seed, stream | 5, 18446744073709551615, 3 |\n"
              "| pi | 3.141609 ± 0.000016 |\n"
              "| 95 % interval | 3.141577 to 3.141642 |\n"
              "| error | +0.000017, +1.02 standard errors |\n"
              "| counting | 0.125 s, 8.00e10 darts/s |\n"
              "| recounted on the CPU | 4 slices, 0 differ |\n"
              "\n"
              "| device | name | kernel | workers | darts | hits | busy | darts/s |\n"
              "|---|---|---|--:|--:|--:|--:|--:|\n"
              "| gpu:0 | A\\|B GPU | fp32-test | 2 | 10000000000 | 7854023410 | 75.0 % | 1.00e11 |\n"
              "\n"
              "Warnings:\n"
              "\n"
              "- it was stopped\n");
}

TEST_F(Report, TextShoutsWhereItMust)
{
    result.complete = 0;
    result.verify.mismatches = 1;
    std::strcpy(result.verify.first_mismatch, "gpu:0 counted 5, cpu counted 6");
    std::strcpy(gpu.failure, "gpu:0: cudaLaunchKernel failed");
    const std::string text = printed([&](FILE *out) { report_text(out, &result); });
    for (const char *part : {"INCOMPLETE", "FAILED: 1 of 4 slices differ", "gpu:0 counted 5, cpu counted 6",
                             "dropped: gpu:0: cudaLaunchKernel failed"})
        EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
}

TEST(ThreeDigits, OfAnySize)
{
    char text[16];
    EXPECT_STREQ(three_digits(text, 1.2345e9), "1.23e9");
    EXPECT_STREQ(three_digits(text, 9.999e9), "1.00e10");
    EXPECT_STREQ(three_digits(text, 1234.4), "1234");
    EXPECT_STREQ(three_digits(text, 45.67), "45.7");
    EXPECT_STREQ(three_digits(text, 1), "1.00");
    EXPECT_STREQ(three_digits(text, 0.5), "0.500");
    EXPECT_STREQ(three_digits(text, 1.5e-5), "1.50e-5");
    EXPECT_STREQ(three_digits(text, 0), "0.000");
    EXPECT_STREQ(three_digits(text, -48.94), "-48.9");
    EXPECT_STREQ(three_digits(text, -1.2345e9), "-1.23e9");
    EXPECT_STREQ(three_digits(text, NAN), "-");
}

TEST(JsonNumber, ComesBackAsTheSameDouble)
{
    for (const double value : {0.1, 1.0 / 3.0, M_PI, 1e300, 5e-324, 123456789.0, -2.5}) {
        const std::string text = printed([&](FILE *out) {
            json_writer j = {out, false};
            put_number(&j, nullptr, value);
        });
        EXPECT_EQ(std::strtod(text.c_str(), nullptr), value) << text;
    }
}

TEST(JsonString, ControlCharactersAreEscaped)
{
    const std::string text = printed([&](FILE *out) {
        json_writer j = {out, false};
        put_string(&j, nullptr, "a\"b\\c\n\x01");
    });
    EXPECT_EQ(text, "\"a\\\"b\\\\c\\u000a\\u0001\"");
}

std::string progress_line(size_t width, uint64_t darts, double limit = 0, double seconds = 10)
{
    mcpi_progress state{};
    state.darts = state.reached = darts;
    state.hits = darts / 4 * 3;
    state.goal = 1000000000;
    state.counting_seconds = seconds;
    std::string line(width + 1, '#');
    progress_format(line.data(), width, &state, limit);
    line.resize(std::strlen(line.c_str()));
    return line;
}

TEST(ProgressLine, FitsAnyWidth)
{
    for (size_t width = 20; width <= 200; width++)
        EXPECT_LE(progress_line(width, 250000000).size(), width);
    EXPECT_EQ(progress_line(120, 250000000),
              "[=======>                      ]  25 %  2.50e7 darts/s  30 s left  pi 3.00000 +- 1.1e-04");
}

TEST(ProgressLine, KnowsATimeLimit)
{
    EXPECT_NE(progress_line(120, 250000000, 20).find(" 50 %"), std::string::npos);
    EXPECT_NE(progress_line(120, 250000000, 20).find("10 s left"), std::string::npos);
}

TEST(ProgressLine, StandsARunThatHasNotBegun)
{
    EXPECT_EQ(progress_line(40, 0), "setting up ...");
    EXPECT_EQ(progress_line(40, 1000, 0, 0), "setting up ...") << "from a resumed state";
}

/* CUDA's are four; a device without a driver and a context has none of theirs. */
TEST_F(Report, TextHasThePartsOfTheStartupThatWereMeasured)
{
    const auto set_up = [&](mcpi_startup startup) {
        gpu.startup = startup;
        const std::string text = printed([&](FILE *out) { report_text(out, &result); });
        const size_t begin = text.find("set-up    gpu:0");
        return text.substr(begin, text.find('\n', begin) - begin);
    };
    EXPECT_EQ(set_up({0.0625, 0.25, 0.03125, 0.015625}),
              "set-up    gpu:0 was ready after 0.375 s: driver 0.062, context 0.250, kernel 0.031, memory 0.016");
    EXPECT_EQ(set_up({}), "set-up    gpu:0 was ready after 0.375 s");
    EXPECT_EQ(set_up({0, 0, 0.125, 0}), "set-up    gpu:0 was ready after 0.375 s: kernel 0.125");
}

} // namespace
