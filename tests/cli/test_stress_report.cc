/* Reports of a stress test: the line, the summary, JSON as a JSON library reads it, metrics as Prometheus does. */
#include <gtest/gtest.h>
#include <json-c/json.h>
#include <regex.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/cli/made_up_origin.h"
#include "tests/cli/printed.h"

extern "C" {
#include "cli/stress/stress_report.h"
}

namespace
{

class StressReport : public testing::Test
{
  protected:
    void SetUp() override
    {
        const double unknown = std::numeric_limits<double>::quiet_NaN();
        report.seed = UINT64_MAX;
        report.first = 7;
        report.seconds = 90;
        report.confirmed_darts = 9007199254740993; /* more than a double holds */
        report.row_count = 3;
        report.rows = rows;
        const char *const ids[] = {"gpu:0", "gpu:1", "cpu:5"};
        for (int i = 0; i < 3; i++) {
            rows[i] = {};
            rows[i].tested = rows[i].up = 1;
            rows[i].device.kind = i < 2 ? MCPI_GPU : MCPI_CPU;
            std::strcpy(rows[i].device.id, ids[i]);
            std::strcpy(rows[i].device.name, "A \"fast\"\\ one");
            rows[i].darts = 1000000000000;
            rows[i].ranges = 40;
            rows[i].recounts = 41;
            rows[i].reading = {unknown, unknown, unknown, unknown, unknown, 0};
            rows[i].hottest_celsius = unknown;
        }
        rows[0].reading = {71, 350.5, 1.98e9, 3, unknown, 1U << 2};
        rows[0].hottest_celsius = 74;
        rows[0].throttled = 1U << 2 | 1U << 0;
    }

    void make_faulty()
    {
        report.disagreements = 2;
        rows[1].faults[MCPI_TRANSIENT] = 2;
        std::strcpy(rows[1].first_fault, "transient fault: of gpu:1");
        std::strcpy(rows[2].failure, "cpu:5 went away");
    }

    std::string line(size_t width)
    {
        std::string text(width + 1, 'x');
        stress_line(text.data(), width, &report, rates);
        return text.c_str();
    }

    std::string summary()
    {
        return printed([&](FILE *out) { stress_summary(out, &report); });
    }

    /* How a test of that exit code ended. */
    stress_state ended(mcpi_status status, int exit_code) const
    {
        return {false, true, status, exit_code, 1700000000, nullptr, &expected, &found, made_up_origin};
    }
    stress_state running() const
    {
        stress_state state = {true, false, MCPI_OK, 0, 0, nullptr, &expected, &found, made_up_origin};
        state.origin.ended = ORIGIN_NO_TIME;
        return state;
    }
    std::string metrics(const stress_state &state)
    {
        return printed([&](FILE *out) { stress_metrics(out, &report, rates, &state); });
    }

    mcpi_stress_row rows[3];
    mcpi_stress_report report = {};
    expectation expected = {};
    inventory found = {};
    double rates[3] = {1.25e12, 2.5e11, 6.6e9};
};

TEST_F(StressReport, LineFitsAnyWidth)
{
    EXPECT_EQ(line(200), "1:30  1.51e12 darts/s  0 disagreements  gpu:0 1.25e12 71 C 350 W 1.98 GHz  gpu:1 2.50e11  "
                         "1 core 6.60e9");
    for (const size_t width : {0, 1, 20, 40, 79})
        EXPECT_EQ(line(width), line(200).substr(0, width));
    make_faulty();
    std::strcpy(rows[0].failure, "gone");
    EXPECT_EQ(line(200), "1:30  1.51e12 darts/s  2 disagreements  gpu:0 FAILED 71 C 350 W 1.98 GHz  gpu:1 2.50e11  "
                         "1 core 6.60e9, 1 FAILED");
}

TEST_F(StressReport, SummaryNamesEveryDevice)
{
    const std::string text = summary();
    EXPECT_NE(text.find("gpu:0           40        41         0   1.00e12   1.11e10       0  ok      A \"fast\"\\ one, "
                        "up to 74 C; throttled by sw_power_cap\n"),
              std::string::npos)
        << text;
    EXPECT_NE(text.find("\nOK: 3 of 3 devices passed; in 1:30, 9.01e15 darts were counted twice; 0 "
                        "disagreements\n"),
              std::string::npos)
        << text;
}

TEST_F(StressReport, SummaryIsNoOkForAnyFaultFailureOrSilence)
{
    make_faulty();
    EXPECT_NE(summary().find("FAULTY"), std::string::npos);
    EXPECT_NE(summary().find("\ntransient fault: of gpu:1\ncpu:5 went away\nNOT OK: 1 of 3 devices"), std::string::npos)
        << summary();
    SetUp();
    report.disagreements = 0;
    rows[1].darts = 0;
    EXPECT_NE(summary().find("NEVER COUNTED"), std::string::npos);
    EXPECT_NE(summary().find("NOT OK: 2 of 3 devices"), std::string::npos);
    rows[1].tested = 0; /* it only checks, and there was nothing to */
    EXPECT_NE(summary().find("checks"), std::string::npos);
    EXPECT_NE(summary().find("\nOK: 2 of 2 devices"), std::string::npos) << summary();
}

TEST_F(StressReport, SummaryStatesWhatWasAskedAndWhatWasDone)
{
    report.asked_seconds = 3600;
    EXPECT_NE(summary().find("\nOK: 3 of 3 devices passed; in 1:30, "), std::string::npos) << summary();
    report.interrupted = 1;
    EXPECT_NE(summary().find("\nINTERRUPTED: 3 of 3 devices passed; in 1:30 of 1:00:00, "), std::string::npos)
        << summary();
    rows[1].darts = 0; /* not yet */
    EXPECT_NE(summary().find("\nINTERRUPTED: 2 of 3 "), std::string::npos) << summary();
    make_faulty();
    EXPECT_NE(summary().find("\nNOT OK: 1 of 3 devices passed; in 1:30 of 1:00:00, "), std::string::npos) << summary();
}

TEST_F(StressReport, VerdictSaysThatNoGpuWasTested)
{
    std::strcpy(report.no_gpu, "no CUDA driver is installed");
    EXPECT_NE(summary().find("\nOK: 3 of 3 devices passed; in 1:30, 9.01e15 darts were counted twice; 0 "
                             "disagreements; no GPU was tested: no CUDA driver is installed\n"),
              std::string::npos)
        << summary();
}

json_object *at(json_object *object, const char *key)
{
    json_object *value = nullptr;
    EXPECT_TRUE(json_object_object_get_ex(object, key, &value)) << key;
    return value;
}

TEST_F(StressReport, JsonIsOneObjectOnOneLine)
{
    make_faulty();
    const stress_state state = ended(MCPI_MISMATCH, 3);
    const std::string text = printed([&](FILE *out) { stress_json(out, &report, rates, &state); });
    EXPECT_EQ(text.find('\n'), text.size() - 1);
    json_object *object = json_tokener_parse(text.c_str());
    ASSERT_NE(object, nullptr);
    EXPECT_STREQ(json_object_get_string(at(object, "schema")), "mcpi.stress.v1");
    EXPECT_TRUE(json_object_get_boolean(at(object, "summary")));
    EXPECT_STREQ(json_object_get_string(at(object, "status")), "MISMATCH");
    EXPECT_EQ(json_object_get_int64(at(object, "time")), 1700000090);
    EXPECT_STREQ(json_object_get_string(at(object, "time_utc")), "2023-11-14T22:14:50Z");
    EXPECT_STREQ(json_object_get_string(at(at(object, "origin"), "host")), "node\"3\\\n");
    EXPECT_STREQ(json_object_get_string(at(at(object, "origin"), "ended")), "2023-11-14T22:14:50Z");
    EXPECT_EQ(json_object_get_uint64(at(object, "seed")), UINT64_MAX);
    EXPECT_EQ(json_object_get_uint64(at(object, "confirmed_darts")), 9007199254740993U);
    EXPECT_STREQ(json_object_get_string(at(at(object, "exact"), "seed")), "18446744073709551615");
    EXPECT_STREQ(json_object_get_string(at(at(object, "exact"), "confirmed_darts")), "9007199254740993");
    json_object *devices = at(object, "devices");
    ASSERT_EQ(json_object_array_length(devices), 3U);
    json_object *gpu = json_object_array_get_idx(devices, 0);
    EXPECT_STREQ(json_object_get_string(at(gpu, "name")), "A \"fast\"\\ one");
    EXPECT_STREQ(json_object_get_string(at(at(gpu, "exact"), "darts")), "1000000000000");
    EXPECT_EQ(json_object_get_double(at(gpu, "darts_per_second")), 1.25e12);
    EXPECT_EQ(json_object_get_double(at(gpu, "temperature_celsius")), 71);
    EXPECT_EQ(json_object_get_double(at(gpu, "ecc_corrected")), 3);
    EXPECT_FALSE(json_object_object_get_ex(gpu, "ecc_uncorrected", nullptr)); /* not known */
    EXPECT_EQ(json_object_array_length(at(gpu, "throttled")), 2U);
    json_object *faulty = json_object_array_get_idx(devices, 1);
    EXPECT_EQ(json_object_get_uint64(at(at(faulty, "faults"), "transient")), 2U);
    EXPECT_STREQ(json_object_get_string(at(faulty, "first_fault")), "transient fault: of gpu:1");
    EXPECT_FALSE(json_object_object_get_ex(faulty, "temperature_celsius", nullptr));
    EXPECT_STREQ(json_object_get_string(at(json_object_array_get_idx(devices, 2), "failure")), "cpu:5 went away");
    json_object_put(object);

    const stress_state now = running();
    const std::string interim = printed([&](FILE *out) { stress_json(out, &report, rates, &now); });
    object = json_tokener_parse(interim.c_str());
    EXPECT_FALSE(json_object_get_boolean(at(object, "summary")));
    EXPECT_FALSE(json_object_object_get_ex(object, "status", nullptr));
    EXPECT_GT(json_object_get_int64(at(object, "time")), 1700000090) << "the time of the line";
    EXPECT_STREQ(json_object_get_string(at(at(object, "origin"), "started")), "2023-11-14T22:13:20Z");
    EXPECT_EQ(at(at(object, "origin"), "ended"), nullptr) << "it goes on";
    json_object_put(object);
}

/* To the letter, so that no field is lost or takes the value of another. */
TEST_F(StressReport, JsonHasAllThatIsKnown)
{
    make_faulty();
    report.stream = 3;
    report.paused_seconds = 1.5;
    report.asked_seconds = 120;
    report.row_count = 2;
    std::strcpy(report.no_gpu, "no driver");
    rows[0].slices = 42;
    rows[0].reading.ecc_uncorrected = 4;
    rows[1].up = 0;
    std::strcpy(rows[0].device.name, "Made-up");
    std::strcpy(rows[0].device.kernel, "fp32-test");
    std::strcpy(rows[0].device.uuid, "GPU-5c1e");
    std::strcpy(rows[0].device.driver, "580.82.07, CUDA 13.0");
    std::strcpy(rows[1].failure, "gpu:1 went away");
    stress_state state = ended(MCPI_MISMATCH, 3);
    state.error = "counts disagree";
    EXPECT_EQ(without_build(printed([&](FILE *out) { stress_json(out, &report, rates, &state); })),
              R"({"schema":"mcpi.stress.v1","version":")" MCPI_VERSION
              R"(","summary":true,"status":"MISMATCH","error":"counts disagree","time":1700000090,)"
              R"("time_utc":"2023-11-14T22:14:50Z","seconds":90,"paused_seconds":1.5,"asked_seconds":120,)"
              R"("seed":18446744073709551615,"stream":3,"first":7,"confirmed_darts":9007199254740993,"exact":{)"
              R"("seed":"18446744073709551615","stream":"3","first":"7","confirmed_darts":"9007199254740993"},)"
              R"("origin":)" MADE_UP_ORIGIN_JSON
              R"(,"disagreements":2,"no_gpu":"no driver","devices":[{"id":"gpu:0","name":"Made-up","uuid":"GPU-5c1e",)"
              R"("driver":"580.82.07, CUDA 13.0",)"
              R"("kernel":"fp32-test","tested":true,"up":true,"ranges":40,"recounts":41,"slices":42,)"
              R"("darts":1000000000000,"exact":{"darts":"1000000000000"},"darts_per_second":1250000000000,)"
              R"("average_darts_per_second":11111111111.11111,"faults":{"transient":0,"persistent":0,"undecided":0},)"
              R"("temperature_celsius":71,"hottest_celsius":74,"power_watts":350.5,"sm_clock_hertz":1980000000,)"
              R"("ecc_corrected":3,"ecc_uncorrected":4,"throttle":["sw_power_cap"],"throttled":["gpu_idle",)"
              R"("sw_power_cap"]},{"id":"gpu:1","name":"A \"fast\"\\ one","driver":null,"kernel":"","tested":true,)"
              R"("up":false,)"
              R"("ranges":40,"recounts":41,"slices":0,"darts":1000000000000,"exact":{"darts":"1000000000000"},)"
              R"("darts_per_second":250000000000,"average_darts_per_second":11111111111.11111,"faults":{)"
              R"("transient":2,"persistent":0,"undecided":0},"first_fault":"transient fault: of gpu:1",)"
              R"("failure":"gpu:1 went away"}]})"
              "\n");
}

/* The first two groups of a POSIX expression in a whole line; nothing if it does not match. */
std::vector<std::string> groups_of(const char *expression, const std::string &line)
{
    regex_t compiled;
    regmatch_t found[3];
    std::vector<std::string> groups;
    EXPECT_EQ(regcomp(&compiled, expression, REG_EXTENDED), 0);
    if (regexec(&compiled, line.c_str(), 3, found, 0) == 0)
        for (const int i : {1, 2})
            groups.push_back(found[i].rm_so < 0 ? "" : line.substr(found[i].rm_so, found[i].rm_eo - found[i].rm_so));
    regfree(&compiled);
    return groups;
}

/* Prometheus' text format: every sample below the head of its metric, no metric in two places, no sample twice. */
void expect_prometheus(const std::string &text)
{
    const char help[] = "^# HELP (mcpi_stress_[a-z_]+) [^\\]+$";
    const char type[] = "^# TYPE (mcpi_stress_[a-z_]+) (counter|gauge)$";
    const char sample[] = "^(mcpi_stress_[a-z_]+)"
                          R"re((\{[a-z]+="([^"\]|\\.)*"(,[a-z]+="([^"\]|\\.)*")*\})? [0-9][0-9.e+]*$)re";
    std::set<std::string> metrics, samples;
    std::string current;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        const std::vector<std::string> head = groups_of(help, line), kind = groups_of(type, line);
        if (!head.empty()) {
            current = head[0];
            EXPECT_TRUE(metrics.insert(current).second) << line;
        } else if (!kind.empty()) {
            EXPECT_EQ(kind[0], current);
            const bool total = current.size() > 6 && current.substr(current.size() - 6) == "_total";
            EXPECT_EQ(kind[1] == "counter", total) << line;
        } else {
            const std::vector<std::string> value = groups_of(sample, line);
            ASSERT_FALSE(value.empty()) << line;
            EXPECT_EQ(value[0], current) << line;
            EXPECT_TRUE(samples.insert(line.substr(0, line.rfind(' '))).second) << line;
        }
    }
    EXPECT_GT(samples.size(), 20U);
    EXPECT_EQ(text.back(), '\n');
}

TEST_F(StressReport, MetricsAreAsPrometheusWantsThem)
{
    make_faulty();
    const std::string text = metrics(running());
    expect_prometheus(text);
    for (const char *line : {
             "mcpi_stress_running 1\n",
             "mcpi_stress_up{device=\"gpu:0\"} 1\n",
             "mcpi_stress_up{device=\"cpu:5\"} 0\n",
             "mcpi_stress_darts_total{device=\"gpu:0\"} 1000000000000\n",
             "mcpi_stress_ranges_total{device=\"cpu:5\"} 40\n",
             "mcpi_stress_disagreements_total{device=\"gpu:1\",kind=\"transient\"} 2\n",
             "mcpi_stress_disagreements_total{device=\"gpu:0\",kind=\"persistent\"} 0\n",
             "mcpi_stress_rate_darts_per_second{device=\"gpu:0\"} 1250000000000\n",
             "mcpi_stress_gpu_temperature_celsius{device=\"gpu:0\"} 71\n",
             "mcpi_stress_gpu_power_watts{device=\"gpu:0\"} 350.5\n",
             "mcpi_stress_gpu_sm_clock_hertz{device=\"gpu:0\"} 1980000000\n",
             "mcpi_stress_gpu_ecc_corrected_errors_total{device=\"gpu:0\"} 3\n",
             "mcpi_stress_gpu_throttled{device=\"gpu:0\",reason=\"sw_power_cap\"} 1\n",
             "mcpi_stress_gpu_throttled{device=\"gpu:0\",reason=\"hw_slowdown\"} 0\n",
             "mcpi_stress_device_info{device=\"gpu:0\",name=\"A \\\"fast\\\"\\\\ one\",uuid=\"\"} 1\n",
         })
        EXPECT_NE(text.find(line), std::string::npos) << line;
    EXPECT_EQ(text.find("uncorrected"), std::string::npos);               /* nobody knows it */
    EXPECT_EQ(text.find("celsius{device=\"gpu:1\"}"), std::string::npos); /* nor that */
}

TEST_F(StressReport, MetricsHaveAVerdictOnceThereIsOne)
{
    EXPECT_EQ(metrics(running()).find("mcpi_stress_passed"), std::string::npos);
    EXPECT_EQ(metrics(running()).find("verdict"), std::string::npos);
    const std::string good = metrics(ended(MCPI_OK, 0));
    expect_prometheus(good);
    for (const char *line :
         {"mcpi_stress_running 0\n", "\nmcpi_stress_passed 1\n", "\nmcpi_stress_exit_code 0\n",
          "\nmcpi_stress_interrupted 0\n", "\nmcpi_stress_last_verdict_timestamp_seconds 1700000000\n"})
        EXPECT_NE(good.find(line), std::string::npos) << line;
    report.interrupted = 1;
    const std::string cut = metrics(ended(MCPI_STOPPED, 130));
    for (const char *line :
         {"\nmcpi_stress_passed 0\n", "\nmcpi_stress_exit_code 130\n", "\nmcpi_stress_interrupted 1\n"})
        EXPECT_NE(cut.find(line), std::string::npos) << line;
}

TEST_F(StressReport, WhatIsMissingIsInMetricsAndJson)
{
    ASSERT_TRUE(parse_expectation("gpu=3", &expected));
    found.count = 2;
    found.device[0] = rows[0].device;
    found.device[1] = rows[1].device;
    found.device[0].available = found.device[1].available = 1;
    const std::string text = metrics(running());
    expect_prometheus(text);
    for (const char *line :
         {"\nmcpi_stress_gpus_expected 3\n", "\nmcpi_stress_gpus_found 2\n", "\nmcpi_stress_devices_missing 1\n"})
        EXPECT_NE(text.find(line), std::string::npos) << line;

    const mcpi_stress_report nothing = {};
    stress_state state = ended(MCPI_NO_DEVICE, 4);
    state.error = "one is missing";
    const std::string refusal = printed([&](FILE *out) { stress_json(out, &nothing, nullptr, &state); });
    json_object *object = json_tokener_parse(refusal.c_str());
    ASSERT_NE(object, nullptr) << refusal;
    EXPECT_TRUE(json_object_get_boolean(at(object, "summary")));
    EXPECT_STREQ(json_object_get_string(at(object, "status")), "NO_DEVICE");
    EXPECT_STREQ(json_object_get_string(at(object, "error")), "one is missing");
    EXPECT_EQ(json_object_get_uint64(at(at(object, "expected"), "gpus")), 3U);
    json_object *missing = json_object_array_get_idx(at(object, "missing"), 0);
    EXPECT_STREQ(json_object_get_string(at(missing, "id")), "gpu:2");
    EXPECT_STREQ(json_object_get_string(at(missing, "reason")), "the driver reports 2 GPUs");
    json_object_put(object);

    const std::string refused = printed([&](FILE *out) { stress_metrics(out, &nothing, nullptr, &state); });
    EXPECT_NE(refused.find("\nmcpi_stress_passed 0\n"), std::string::npos) << refused;
    EXPECT_EQ(refused.find("{device="), std::string::npos) << "of an earlier test";
}

TEST_F(StressReport, JsonOfAnInterruptedTestStatesWhatWasAskedAndWhatWasDone)
{
    report.asked_seconds = 3600;
    report.interrupted = 1;
    const stress_state state = ended(MCPI_STOPPED, 130);
    const std::string text = printed([&](FILE *out) { stress_json(out, &report, rates, &state); });
    json_object *object = json_tokener_parse(text.c_str());
    EXPECT_STREQ(json_object_get_string(at(object, "status")), "INTERRUPTED");
    EXPECT_EQ(json_object_get_double(at(object, "asked_seconds")), 3600);
    EXPECT_EQ(json_object_get_double(at(object, "seconds")), 90);
    json_object_put(object);
}

TEST_F(StressReport, MeterTakesRatesOverTheTimeSinceItsLastLook)
{
    meter m;
    ASSERT_TRUE(meter_start(&m, 3));
    meter_read(&m, &report);
    EXPECT_DOUBLE_EQ(m.rates[0], 1e12 / 90);
    report.seconds = 90.5;
    rows[0].darts += 1000;
    meter_read(&m, &report); /* too soon to tell */
    EXPECT_DOUBLE_EQ(m.rates[0], 1e12 / 90);
    report.seconds = 100;
    meter_read(&m, &report);
    EXPECT_DOUBLE_EQ(m.rates[0], 100);
    EXPECT_DOUBLE_EQ(m.rates[1], 0);
    meter_free(&m);
}

} // namespace
