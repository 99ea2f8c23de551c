/* The pictures of comparisons, from made-up rates and times: nothing lies outside the axes, and every row, line and
   crossing is drawn. */
#include <gtest/gtest.h>

#include <random>

#include "tests/cli/plot_script.h"
#include "tests/cli/printed.h"

extern "C" {
#include "cli/bench/compare_plot.h"
}

namespace
{

const plot_heading heading = {"A title", "details", "Made-up 9000", nullptr};

template <typename Draw> std::string script_of(Draw draw)
{
    return printed([&](FILE *out) {
        plot p = {};
        p.terminal = "svg";
        p.script.file = out;
        draw(&p);
    });
}

void expect_parts(const std::string &script, std::initializer_list<const char *> parts)
{
    for (const char *part : parts)
        EXPECT_NE(script.find(part), std::string::npos) << part << "\n" << script;
}

size_t occurrences(const std::string &text, const std::string &part)
{
    size_t count = 0;
    for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
        count++;
    return count;
}

/* ---- bars ---- */

std::string bars_of(const std::vector<compare_bar> &bars)
{
    const compare_chart chart = {bars.data(), bars.size(), nullptr, 0, nullptr, 0};
    return script_of([&](plot *p) { compare_plot(p, &heading, &chart); });
}

void expect_all_bars(const std::vector<compare_bar> &bars, const std::string &script)
{
    const PlotScript plotted(script);
    ASSERT_EQ(plotted.panels.size(), 1U);
    const Panel &panel = plotted.panels[0];
    EXPECT_EQ(panel.drawn_with("boxxyerror").size(), bars.size());
    EXPECT_EQ(panel.drawn_with("xerrorbars").size(), bars.size());
    expect_all_inside(panel);
}

TEST(CompareBars, AreLinearFromZeroUpToARatioOf20)
{
    const std::vector<compare_bar> bars = {{"one core", 3.5e9, 3.4e9, 3.6e9, "1"},
                                           {"it's all", 7e10, 6e10, 8e10, "20.0 (19-21)"}};
    const std::string script = bars_of(bars);
    expect_all_bars(bars, script);
    expect_parts(script, {"$bars << END\n3.5 1 3.4 3.6 0 0.64 1.36\n70 0 60 80 0 -0.36 0.36\nEND\n",
                          "set ytics scale 0 ('one core' 1, 'it''s all' 0) noenhanced", "set xrange [0:84]",
                          "set label '20.0 (19-21)' at graph 1, first 0 ", "set xlabel '10^{9} darts per second'"});
    EXPECT_EQ(script.find("logscale"), std::string::npos);
}

TEST(CompareBars, AreLogarithmicAboveARatioOf20)
{
    const std::vector<compare_bar> bars = {{"one core", 3.5e9, 3.4e9, 3.6e9, "1"},
                                           {"gpu:0", 6e11, 5.9e11, 6.1e11, "171 (168-173)"}};
    const std::string script = bars_of(bars);
    expect_all_bars(bars, script);
    const PlotScript plotted(script);
    EXPECT_TRUE(plotted.panels[0].x.is_logarithmic);
    EXPECT_EQ(plotted.panels[0].x.low, 1e9);
    expect_parts(script, {"3.5e+09 1 3.4e+09 3.6e+09 1e+09 ", "(logarithmic axis)"});
}

TEST(CompareBars, WithoutASpreadOrARateHaveTheirRow)
{
    const std::vector<compare_bar> bars = {{"one core", 3.5e9, NAN, NAN, ""}, {"gpu:0", NAN, NAN, NAN, "-"}};
    const std::string script = bars_of(bars);
    expect_all_bars(bars, script);
    expect_parts(script, {"\n3.5 1 3.5 3.5 0 ", "\nnan 0 nan nan 0 ", "'gpu:0' 0)"});
    expect_all_bars({bars[1]}, bars_of({bars[1]}));
}

TEST(CompareBars, OfManyRowsAreNarrowerAndNotAllNamed)
{
    for (const auto &[count, texts] : {std::pair{1U, 1U}, {46, 46}, {47, 47}, {80, 80}, {81, 41}, {300, 75}}) {
        std::vector<compare_bar> bars(count, {"gpu:0, which has a name that nobody can read", 6e11, 5e11, 7e11, "171"});
        const std::string script = bars_of(bars);
        expect_all_bars(bars, script);
        std::smatch size;
        ASSERT_TRUE(std::regex_search(script, size, std::regex(" size 800,([0-9]+)'")));
        EXPECT_LE(std::stoi(size[1]), 1353);
        EXPECT_EQ(occurrences(script, "'gpu:0, which has a name...' "), texts) << count;
        EXPECT_EQ(occurrences(script, "set label '171'"), texts) << count;
    }
}

TEST(CompareBars, LieWithinTheAxesWhateverTheRates)
{
    std::mt19937 draws(1);
    const auto uniform = [&](double low, double high) { return std::uniform_real_distribution(low, high)(draws); };
    for (int i = 0; i < 200 && !testing::Test::HasFailure(); i++) {
        std::vector<compare_bar> bars;
        const double decades = uniform(0, 6);
        for (size_t count = 1 + draws() % 12; bars.size() < count;) {
            const double rate = std::pow(10, uniform(6, 6 + decades));
            bars.push_back({"a", rate, rate * uniform(0.1, 1), rate * uniform(1, 3), "1"});
        }
        expect_all_bars(bars, bars_of(bars));
    }
}

/* ---- times ---- */

struct Times {
    std::vector<compare_line> lines;
    std::vector<compare_crossing> crossings;
};

std::string script_of_times(const Times &t)
{
    const compare_bar bar = {"a", 1e9, NAN, NAN, "1"};
    const compare_chart chart = {&bar, 1, t.lines.data(), t.lines.size(), t.crossings.data(), t.crossings.size()};
    return script_of([&](plot *p) { compare_plot(p, &heading, &chart); });
}

size_t timed(const Times &times)
{
    size_t count = 0;
    for (const compare_line &line : times.lines)
        count += line.time_count;
    return count;
}

void expect_all_times(const Times &times)
{
    const PlotScript plotted(script_of_times(times));
    ASSERT_EQ(plotted.panels.size(), 2U);
    const Panel &panel = plotted.panels[1];
    EXPECT_TRUE(panel.x.is_logarithmic && panel.y.is_logarithmic);
    EXPECT_EQ(panel.drawn_with("yerrorbars").size(), timed(times));
    EXPECT_EQ(panel.drawn_with("points").size(), times.crossings.size());
    expect_all_inside(panel);
}

const compare_time measured[] = {{1e9, 0.28, 0.27, 0.3}, {1e6, 1.5e-3, 1e-3, 9e-3}};

TEST(CompareTimes, AreMeasuredUpToAPointAndThenExtrapolated)
{
    const Times times = {{{"one core", {1e-3, 3.5e9}, measured, 2}, {"gpu:0", {0.3, 6e11}, nullptr, 0}},
                         {{1.05e9, 0.302, "the GPU pays from 1.1e9 darts"}}};
    expect_all_times(times);
    const std::string script = script_of_times(times);
    PlotScript plotted(script);
    EXPECT_EQ(plotted.blocks["measured0"].front()[0], 1e3);
    EXPECT_EQ(plotted.blocks["measured0"].back(), plotted.blocks["extrapolated0"].front());
    EXPECT_EQ(plotted.blocks["measured0"].back()[0], 1e9);
    EXPECT_EQ(plotted.blocks["extrapolated0"].back()[0], 1e13);
    EXPECT_EQ(plotted.blocks["measured1"].back()[0], 1e3);
    for (const std::vector<double> &row : plotted.blocks["extrapolated1"])
        EXPECT_NEAR(row[1], 0.3 + row[0] / 6e11, 1e-5 * row[1]);
    expect_parts(script, {"$times0 << END\n1e+09 0.28 0.27 0.3\n1e+06 0.0015 0.001 0.009\nEND\n",
                          "set label 'one core' at graph 1.025,", "set label 'gpu:0' at graph 1.025,",
                          "set label 'the GPU pays from 1.1e9 darts' at first 1.05e+09,", "'1 ms' 0.001, '10 ms' 0.01",
                          "'100 ms' 0.1, '1 s' 1, ", "$extrapolated0 using 1:2 with lines dashtype 2",
                          "set arrow from first 1.05e+09, graph 0 to first 1.05e+09, first 0.302 "});
    EXPECT_EQ(script.find("$times1 using"), std::string::npos);
}

/* The heights of the labels at the ends of the lines, and the texts in that order. */
std::vector<std::pair<int, std::string>> names_in(const std::string &script)
{
    std::vector<std::pair<int, std::string>> names;
    const std::regex label("set label '([^']*)' at graph 1.025, screen from_bottom\\(([0-9]+)\\)");
    for (std::sregex_iterator i(script.begin(), script.end(), label), end; i != end; ++i)
        names.push_back({std::stoi((*i)[2]), (*i)[1]});
    return names;
}

TEST(CompareTimes, NamesDoNotOverlapAndAreInTheOrderOfTheLines)
{
    Times times;
    for (double rate : {6e11, 3.5e9, 6e11, 6.1e11, 4.7e12})
        times.lines.push_back({rate < 1e10 ? "slowest" : rate > 1e12 ? "fastest" : "gpu", {1e-3, rate}, nullptr, 0});
    const auto names = names_in(script_of_times(times));
    ASSERT_EQ(names.size(), 5U);
    EXPECT_EQ(names.front().second, "slowest");
    EXPECT_EQ(names.back().second, "fastest");
    for (size_t i = 1; i < names.size(); i++)
        EXPECT_GE(names[i - 1].first - names[i].first, 16);
}

TEST(CompareTimes, NamesStayWithinThePicture)
{
    Times times;
    for (int i = 0; i < 300; i++)
        times.lines.push_back({"gpu", {1e-3, i < 150 ? 1e9 : 1e14}, nullptr, 0});
    const auto names = names_in(script_of_times(times));
    ASSERT_EQ(names.size(), 300U);
    for (const auto &[height, text] : names)
        EXPECT_TRUE(height >= 60 && height <= 66 + 386) << height;
}

TEST(CompareTimes, LieWithinTheAxesWhateverTheyAre)
{
    std::mt19937 draws(1);
    const auto power = [&](double low, double high) {
        return std::pow(10, std::uniform_real_distribution(low, high)(draws));
    };
    for (int i = 0; i < 100 && !testing::Test::HasFailure(); i++) {
        std::vector<std::vector<compare_time>> points(1 + draws() % 6);
        Times times;
        for (std::vector<compare_time> &of_line : points) {
            for (size_t count = draws() % 8; of_line.size() < count;) {
                const double seconds = power(-5, 4);
                of_line.push_back({power(0, 16), seconds, seconds * power(-2, 0), seconds * power(0, 2)});
            }
            times.lines.push_back({"a", {power(-5, 1), power(6, 14)}, of_line.data(), of_line.size()});
        }
        for (size_t count = draws() % 6; times.crossings.size() < count;) {
            const double darts = power(2, 14);
            times.crossings.push_back({darts, mcpi_course_seconds(&times.lines[0].course, darts), "it pays"});
        }
        expect_all_times(times);
    }
}

} // namespace
