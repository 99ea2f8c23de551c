/* The picture of a run's convergence, from made-up traces: what its heading says, and that no point is outside its
   axes. */
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "tests/cli/plot_script.h"
#include "tests/cli/printed.h"

extern "C" {
#include "cli/io/three_digits.h"
#include "cli/run/trace.h"
}

namespace
{

std::string count(uint64_t number)
{
    char text[32];
    return readable_count(text, number);
}

TEST(ReadableCount, IsExactAndShort)
{
    EXPECT_EQ(count(0), "0");
    EXPECT_EQ(count(1), "1");
    EXPECT_EQ(count(10), "10");
    EXPECT_EQ(count(9999), "9999");
    EXPECT_EQ(count(10000), "10,000");
    EXPECT_EQ(count(99999), "99,999");
    EXPECT_EQ(count(100000), "10^5");
    EXPECT_EQ(count(200000), "200,000");
    EXPECT_EQ(count(1000001), "1,000,001");
    EXPECT_EQ(count(10000000000), "10^10");
    EXPECT_EQ(count(10000000000000000000U), "10^19");
    EXPECT_EQ(count(UINT64_MAX), "18,446,744,073,709,551,615");
}

/* The script of a run whose trace is these points. The last is its result. */
std::string script_of(std::vector<mcpi_point> points, bool complete = true)
{
    mcpi_result result = {};
    mcpi_device_result device = {};
    snprintf(device.device.name, sizeof device.device.name, "Made-up 9000");
    result.trace = points.data();
    result.trace_count = points.size();
    result.devices = &device;
    result.device_count = 1;
    result.darts = points.back().darts;
    result.hits = points.back().hits;
    result.complete = complete;
    result.estimate = mcpi_estimate_from(result.darts, result.hits);
    return printed([&](FILE *out) {
        plot p = {};
        p.terminal = "svg";
        p.script.file = out;
        draw_trace(&p, &result, nullptr);
    });
}

TEST(TracePicture, SaysWhatTheEstimateIs)
{
    const auto has = [](const std::string &script, const char *part) {
        EXPECT_NE(script.find(part), std::string::npos) << part << "\n" << script.substr(0, 1000);
    };
    has(script_of({{1, 1}}), "'estimate 4.0 (95 %: 0.8 to 4.0) after 1 dart'");
    has(script_of({{1, 1}}), "'1 hit; seed 0, stream 0, from dart 0'");
    has(script_of({{1, 0}}), "'0 hits; seed 0");
    has(script_of({{1000000, 785850}}), "'estimate 3.1434 +- 0.0016 after 10^6 darts'");
    has(script_of({{1000000, 785850}}), "'785,850 hits; seed 0");
    has(script_of({{1234567, 969600}}, false), " after 1,234,567 darts (stopped early)'");
    has(script_of({{1234567, 969600}}), "title 'pi = 3.14159265...'");
}

/* Three panels with all points, and within their axes. */
void expect_all_drawn(const std::vector<mcpi_point> &points)
{
    const PlotScript script(script_of(points));
    ASSERT_EQ(script.panels.size(), 3U);
    for (const Panel &panel : script.panels) {
        EXPECT_EQ(panel.drawn_with("@run").size(), points.size());
        expect_all_inside(panel);
    }
}

TEST(TracePicture, LosesNoPoint)
{
    expect_all_drawn({{1, 0}});
    expect_all_drawn({{1, 1}});
    expect_all_drawn({{10, 0}, {11, 11}});
    expect_all_drawn({{1000, 1000}});
    expect_all_drawn({{452, 355}, {1420, 1115}});                 /* 355/113 is closer than 3e-7 */
    expect_all_drawn({{UINT64_C(1) << 62, 3622009729038561421}}); /* the error is below what a double can hold */
    expect_all_drawn({{1000000, 0}, {UINT64_C(1000000000000000), 785398163397448}});
}

TEST(TracePicture, LosesNoPointOfRandomRuns)
{
    std::mt19937_64 draws(1);
    for (int run = 0; run < 30 && !HasFailure(); run++) {
        std::vector<mcpi_point> points;
        double darts = std::pow(10, draws() % 6);
        for (size_t count = 1 + draws() % 100; points.size() < count; darts = std::ceil(1.122 * darts)) {
            const double sigma = std::sqrt(darts * M_PI / 4 * (1 - M_PI / 4));
            const double hits = darts * M_PI / 4 + sigma * std::normal_distribution(0.0, 3.0)(draws);
            points.push_back(
                {static_cast<uint64_t>(darts), static_cast<uint64_t>(std::min(std::max(hits, 0.0), darts))});
        }
        expect_all_drawn(points);
    }
}

} // namespace
