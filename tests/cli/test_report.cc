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
        std::strcpy(result.verify.kernel, "avx2");
    }
    mcpi_worker_result workers[2]{};
    mcpi_device_result gpu{};
    mcpi_result result{};
};

/* Why "auto" left the GPUs out is in the report, and null in JSON if it did not. */
TEST_F(Report, SaysWhyAutoStaysOnTheCpu)
{
    EXPECT_EQ(printed([&](FILE *out) { report_text(out, &result); }).find("choice"), std::string::npos);
    std::strcpy(result.auto_reason, "the reason");
    EXPECT_NE(
        printed([&](FILE *out) { report_text(out, &result); }).find("\nchoice    counted on the CPU: the reason\n"),
        std::string::npos);
    const Document document(printed([&](FILE *out) { report_json(out, &result, &made_up_origin); }));
    EXPECT_STREQ(json_object_get_string(document.at("auto_reason")), "the reason");
}

TEST_F(Report, JsonHasTheSchemasFieldsWithExactIntegers)
{
    const Document document(printed([&](FILE *out) { report_json(out, &result, &made_up_origin); }));
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
    result.dispersion = {400, 405, 0.75};
    result.sharing = {8, 2, 3, 70, 60, 5000, 1, 0.5};
    std::strcpy(gpu.node, "node1");
    gpu.rank = 7;
    gpu.kernel_count = 1;
    gpu.in_processes = 1;
    gpu.restarts = 2;
    std::strcpy(gpu.first_restart, "gpu:0 was killed");
    gpu.ranges = 9;
    gpu.hits = 11;
    gpu.recounted_darts = 12;
    std::strcpy(gpu.device.name, "Made-up");
    std::strcpy(gpu.failure, "gpu:0 went away");
    EXPECT_EQ(
        without_build(printed([&](FILE *out) { report_json(out, &result, &made_up_origin); })),
        R"({"schema":"mcpi.result.v1","version":")" MCPI_VERSION
        R"(","seed":18446744073709551615,"stream":3,"first":5,"darts":10000000000,"hits":7854023410,)"
        R"("resumed_darts":6,"complete":false,"goal":20000000000,"exact":{"seed":"18446744073709551615",)"
        R"("stream":"3","first":"5","darts":"10000000000","hits":"7854023410","goal":"20000000000"},)"
        R"("checksum":"b0c50ff0f4f3fe82","pi":3,"std_error":0.5,"ci95":[2,4],"z":-0.25,"seconds":{"total":0.5,)"
        R"("setup":0.25,"counting":0.125},"paused_seconds":22.5,"origin":)" MADE_UP_ORIGIN_JSON
        R"(,"auto_reason":null,"devices":[{"id":"gpu:0","name":"Made-up","node":"node1","rank":7,"uuid":"GPU-5c1e",)"
        R"("driver":"580.82.07, CUDA 13.0",)"
        R"("kernel":"fp32-test","kernels":[{"name":"fp64-product","darts":1000,"recounted_darts":10,)"
        R"("darts_per_second":90000000000}],"threads":2,"ranges":9,"darts":10000000000,"hits":11,)"
        R"("recounted_darts":12,"setup_seconds":0.375,"startup_seconds":{"driver":0.0625,"context":0.25,)"
        R"("module":0.03125,"memory":0.015625},"busy_seconds":0.1,"busy_share":0.75,)"
        R"("darts_per_second":100000000000,"speedup_vs_cpu":50,"speedup_vs_core":400,)"
        R"("in_processes":true,"restarts":2,"first_restart":"gpu:0 was killed",)"
        R"("failure":"gpu:0 went away","workers":[{"ranges":40,"darts":6000000000,"hits":4712414046,)"
        R"("busy_seconds":0.0625,"darts_per_second":60000000000},{"pid":4711,"restarts":2,"ranges":30,)"
        R"("darts":4000000000,"hits":3141609364,"busy_seconds":0.0375,"darts_per_second":40000000000,)"
        R"("failure":"gpu:0: killed by signal 9"}]}],"verify":{"slices":4,"darts":16777216,"mismatches":1,"kernel":"avx2",)"
        R"("threads":2,"busy_seconds":0.0625,"darts_per_second":2000000000,)"
        R"("first_mismatch":"gpu:0 counted 5, cpu counted 6"},"dispersion":{"slices":400,"chi_square":405,)"
        R"("p_value":0.75},"sharing":{"processes":8,"nodes":2,"rounds":3,"chunks":70,"reports":60,)"
        R"("report_bytes":5000,"waited_seconds":0.5,"lost":1}})"
        "\n");
}

TEST_F(Report, JsonHasNullForWhatIsNotKnown)
{
    result.darts = result.hits = 0;
    result.estimate = mcpi_estimate_from(0, 0);
    gpu.speedup_vs_cpu = NAN;
    const Document document(printed([&](FILE *out) { report_json(out, &result, &made_up_origin); }));
    ASSERT_NE(document.root, nullptr);
    for (const char *path : {"pi", "std_error", "z", "devices.0.speedup_vs_cpu"}) {
        EXPECT_TRUE(document.has(path)) << path;
        EXPECT_EQ(document.at(path), nullptr) << path;
    }
}

TEST_F(Report, OneThatWasStoppedSaysWhatItWasHeadingFor)
{
    result.goal = UINT64_MAX;
    EXPECT_FALSE(Document(printed([&](FILE *out) { report_json(out, &result, &made_up_origin); })).has("goal"));
    result.complete = 0;
    const Document document(printed([&](FILE *out) { report_json(out, &result, &made_up_origin); }));
    EXPECT_FALSE(json_object_get_boolean(document.at("complete")));
    EXPECT_EQ(json_object_get_uint64(document.at("goal")), UINT64_MAX);
}

TEST_F(Report, WithoutDevicesThereIsNoTableAndNoTime)
{
    result.device_count = 0;
    result.verify = {};
    result.dispersion = {0, 0, NAN};
    result.total_seconds = result.setup_seconds = result.counting_seconds = 0;
    EXPECT_EQ(printed([&](FILE *out) { report_text(out, &result); }),
              "pi        3.141609 +- 0.000016 standard error, z = +1.02\n"
              "95 %      3.141577 to 3.141642\n"
              "count     7854023410 hits in 10000000000 darts, from dart 5, seed 18446744073709551615, stream 3\n");
}

TEST_F(Report, TextSaysItAll)
{
    const std::string text = printed([&](FILE *out) { report_text(out, &result); });
    for (const char *part :
         {"pi        3.141609 +- 0.000016", "z = +1.02", "7854023410 hits in 10000000000 darts, from dart 5", "gpu:0",
          "100.0 %", "1.00e11", "gpu:0 is 50.0 times as fast as all CPU threads, 400 times as fast as one", "4 slices",
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

TEST_F(Report, TextWarnsOfCountsThatScatterWrongly)
{
    const auto text = [&] { return printed([&](FILE *out) { report_text(out, &result); }); };
    result.dispersion = {400, 405, 0.85};
    EXPECT_EQ(text().find("WARNING"), std::string::npos);
    result.dispersion = {400, 900, 1e-41};
    EXPECT_NE(text().find("WARNING: the counts of 400 slices scatter too much: chi-square 900"), std::string::npos);
    result.dispersion = {400, 90, 1e-41};
    EXPECT_NE(text().find("scatter too little"), std::string::npos);
    result.dispersion = {0, 0, NAN};
    EXPECT_EQ(text().find("WARNING"), std::string::npos);
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
