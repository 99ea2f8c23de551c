/* Pictures: the names they can have, the escaping of text in a script, and the results with and without gnuplot. */
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <unistd.h>

#include "tests/cli/printed.h"

extern "C" {
#include "cli/args/options.h"
#include "cli/io/exit_process.h"
#include "cli/io/plot.h"
}

namespace
{

namespace fs = std::filesystem;

std::string quoted(const char *text)
{
    return printed([&](FILE *out) { plot_string(out, text); });
}

/* What stands between the quotes. */
std::string inside(const char *text)
{
    const std::string all = quoted(text);
    EXPECT_EQ(all.front(), '\'');
    EXPECT_EQ(all.back(), '\'');
    return all.substr(1, all.size() - 2);
}

TEST(PlotName, EndsAsThePictureIsMade)
{
    for (const char *name : {"a.svg", "a.png", "a.SVG", "./a b.png", "x.svg.png", "'\n.svg"})
        EXPECT_TRUE(plot_takes_name(name)) << name;
    for (const char *name : {"", "a", ".svg", "a.pdf", "a.svgz", "asvg", "svg", "a.svg/b"})
        EXPECT_FALSE(plot_takes_name(name)) << name;
}

TEST(PlotString, IsShortenedToItsLimit)
{
    const auto cut = [](const char *text, size_t most) {
        return printed([&](FILE *out) { plot_short_string(out, text, most); });
    };
    EXPECT_EQ(cut("0123456789", 11), "'0123456789'");
    EXPECT_EQ(cut("0123456789", 10), "'0123456789'");
    EXPECT_EQ(cut("0123456789", 9), "'012345...'");
    EXPECT_EQ(cut("", 10), "''");
}

TEST(PlotString, LeavesGnuplotNothingToSubstitute)
{
    EXPECT_EQ(inside("AMD EPYC"), "AMD EPYC");
    EXPECT_EQ(inside(""), "");
    EXPECT_EQ(inside("a'b''"), "a''b''''");
    EXPECT_EQ(inside("`id` \"$x\" @y \\ #"), "`id` \"$x\" @y \\ #");
    EXPECT_EQ(inside("a\nb\r\t\x7f\x80\xff"), "a?b?????");
}

/* In a folder of its own, with a gnuplot of the test's making in front of the real one, or none at all. */
class Plot : public testing::Test
{
  protected:
    void SetUp() override
    {
        std::string name = testing::TempDir() + "mcpi-plot-XXXXXX";
        ASSERT_NE(mkdtemp(name.data()), nullptr);
        folder = name;
        path = getenv("PATH");
        setenv("PATH", folder.c_str(), 1);
        setenv("SOURCE_DATE_EPOCH", "86400", 1);
        picture = folder / "a picture.svg";
        script = folder / "a picture.gnuplot";
    }
    void TearDown() override
    {
        setenv("PATH", path.c_str(), 1);
        unsetenv("SOURCE_DATE_EPOCH");
        fs::remove_all(folder);
        warnings_free(&warnings);
    }
    void fake_gnuplot(const char *body) const
    {
        const fs::path name = folder / "gnuplot";
        std::ofstream(name) << "#!/bin/sh\n" << body << "\n";
        fs::permissions(name, fs::perms::owner_all);
    }
    /* Returns the exit code; what was complained about is in `complaint`. */
    int draw()
    {
        testing::internal::CaptureStderr();
        plot p;
        int code = EXIT_USAGE;
        const std::string name = picture.string();
        if (plot_open(&p, name.c_str())) {
            const plot_heading heading = {"A 'title'", "_details_", "A `machine`", &warnings};
            fputs("plot sin(x) linecolor rgb blue\n", plot_begin(&p, 400, &heading));
            code = plot_finish(&p);
        }
        complaint = testing::internal::GetCapturedStderr();
        return code;
    }
    static std::string content(const fs::path &name)
    {
        std::ostringstream text;
        text << std::ifstream(name).rdbuf();
        return text.str();
    }
    size_t files() const
    {
        return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
    }
    fs::path folder, picture, script;
    std::string path, complaint;
    warning_list warnings = {};
};

TEST_F(Plot, WithoutGnuplotTheScriptIsKeptAndTheMessageSaysSo)
{
    EXPECT_EQ(draw(), EXIT_DONE);
    EXPECT_NE(complaint.find("gnuplot-nox"), std::string::npos) << complaint;
    EXPECT_NE(complaint.find("gnuplot -d <'" + script.string() + "' >'" + picture.string() + "'\n"), std::string::npos)
        << complaint;
    EXPECT_EQ(files(), 1U);
    const std::string text = content(script);
    EXPECT_NE(text.find("set label 'A ''title'''"), std::string::npos) << text;
    EXPECT_NE(text.find("'A `machine`'.', 1970-01-02'"), std::string::npos) << text;
    EXPECT_NE(text.find("\nplot sin(x) linecolor rgb blue\n"), std::string::npos) << text;
    EXPECT_EQ(text.find(folder.string()), std::string::npos) << text;
}

TEST_F(Plot, TheMessageCanBeTyped)
{
    picture = folder / "it's; `x` $y.svg";
    EXPECT_EQ(draw(), EXIT_DONE);
    const std::string gnuplot = "GNUTERM=unknown gnuplot -d";
    const size_t command = complaint.find(gnuplot + " <");
    ASSERT_NE(command, std::string::npos) << complaint;
    EXPECT_EQ(system(("PATH=" + path + "; cat" + complaint.substr(command + gnuplot.size())).c_str()), 0);
    EXPECT_NE(content(picture).find("plot sin"), std::string::npos);
}

TEST_F(Plot, TheScriptGoesInAndThePictureComesOut)
{
    fake_gnuplot("while read -r line; do echo \"$line\"; done");
    EXPECT_EQ(draw(), EXIT_DONE);
    EXPECT_EQ(complaint, "");
    EXPECT_EQ(files(), 2U); /* the other is gnuplot */
    EXPECT_NE(content(picture).find("plot sin(x) linecolor rgb blue\n"), std::string::npos);
}

TEST_F(Plot, AFailureKeepsTheScriptAndTheOldPicture)
{
    std::ofstream(picture) << "old";
    for (const auto &[body, reason] : {std::pair{"echo half; exit 3", "failed with exit code 3"},
                                       {"kill -9 $$", "killed by signal 9"},
                                       {"exit 0", "wrote no picture"}}) {
        fs::remove(script);
        fake_gnuplot(body);
        EXPECT_EQ(draw(), EXIT_FAILED) << body;
        EXPECT_NE(complaint.find(reason), std::string::npos) << complaint;
        EXPECT_EQ(content(picture), "old");
        EXPECT_NE(content(script).find("plot sin"), std::string::npos);
        EXPECT_EQ(files(), 3U);
    }
}

TEST_F(Plot, ALongTextIsCutAndTheDateIsNot)
{
    plot p;
    const std::string name = picture.string(), machine(500, 'x');
    ASSERT_TRUE(plot_open(&p, name.c_str()));
    const plot_heading heading = {"title", "details", machine.c_str(), nullptr};
    plot_begin(&p, 400, &heading);
    testing::internal::CaptureStderr();
    EXPECT_EQ(plot_finish(&p), EXIT_DONE);
    testing::internal::GetCapturedStderr();
    const std::string text = content(script);
    EXPECT_NE(text.find("xxx...'.', 1970-01-02'"), std::string::npos) << text;
    EXPECT_EQ(text.find(machine.substr(0, 100)), std::string::npos) << text;
}

/* The tallest label of a heading and the top margin of the plots, in pixels from the bottom; the picture's height. */
struct Heading {
    std::vector<int> lines;
    int margin, height;
};

Heading heading_of(const std::string &script)
{
    Heading found = {};
    std::smatch match;
    const std::regex label("set label '.*from_bottom\\(([0-9]+)\\) left"), margin("set tmargin .*\\(([0-9]+)\\)");
    const std::regex height(" size 800,([0-9]+)'");
    std::istringstream lines(script);
    for (std::string line; std::getline(lines, line);) {
        if (std::regex_search(line, match, label))
            found.lines.push_back(std::stoi(match[1]));
        if (std::regex_search(line, match, margin))
            found.margin = std::stoi(match[1]);
        if (std::regex_search(line, match, height))
            found.height = std::stoi(match[1]);
    }
    return found;
}

TEST_F(Plot, WarningsStandBetweenTheHeadingAndThePlot)
{
    for (int count = 0; count <= 4; count++) {
        EXPECT_EQ(draw(), EXIT_DONE);
        const std::string text = content(script);
        const Heading heading = heading_of(text);
        ASSERT_EQ(heading.lines.size(), 3U + std::min(count, 2));
        EXPECT_EQ(heading.margin, 400 - 92);
        EXPECT_EQ(heading.height, 400 + 21 * std::min(count, 2));
        EXPECT_NE(text.find("from_bottom(pixels) = pixels / " + std::to_string(heading.height) + ".0\n"),
                  std::string::npos);
        EXPECT_GE(heading.lines.back(), heading.margin + 21);
        for (size_t i = 1; i < heading.lines.size(); i++)
            EXPECT_EQ(heading.lines[i - 1] - heading.lines[i], 21);
        EXPECT_EQ(text.find("'Warning: noise 1'") != std::string::npos, count >= 1) << text;
        EXPECT_EQ(text.find("'Warning: noise 2'") != std::string::npos, count >= 2) << text;
        EXPECT_EQ(text.find("' (and 2 more)'") != std::string::npos, count == 4) << text;
        EXPECT_EQ(text.find("noise 3"), std::string::npos) << text;
        warnings_add(&warnings, "noise", "noise %d", count + 1);
    }
}

TEST_F(Plot, ALongWarningIsCut)
{
    warnings_add(&warnings, "noise", "%s", std::string(500, 'n').c_str());
    EXPECT_EQ(draw(), EXIT_DONE);
    const std::string text = content(script);
    EXPECT_NE(text.find("'Warning: nnn"), std::string::npos) << text;
    EXPECT_NE(text.find("nnn...'.''"), std::string::npos) << text;
    EXPECT_EQ(text.find(std::string(100, 'n')), std::string::npos) << text;
}

TEST_F(Plot, WhatCannotBeWrittenIsFoundOutAtOnce)
{
    for (const fs::path &name : {folder / "nowhere" / "a.svg", folder / (std::string(300, 'x') + ".svg"),
                                 folder / (std::string(3000, 'x') + ".svg")}) {
        picture = name;
        EXPECT_EQ(draw(), EXIT_USAGE) << name;
        EXPECT_NE(complaint.find("cannot be written"), std::string::npos) << complaint;
    }
    picture = folder / "b.svg";
    fs::create_directory(picture);
    EXPECT_EQ(draw(), EXIT_USAGE);
    EXPECT_EQ(files(), 1U);
}

TEST_F(Plot, TheDateMustBeOne)
{
    for (const char *epoch : {"", "yesterday", "-1", "1.5", "18446744073709551615"}) {
        setenv("SOURCE_DATE_EPOCH", epoch, 1);
        EXPECT_EQ(draw(), EXIT_USAGE) << epoch;
        EXPECT_NE(complaint.find("SOURCE_DATE_EPOCH"), std::string::npos) << complaint;
        EXPECT_EQ(files(), 0U);
    }
}

TEST_F(Plot, GnuplotDrawsBothKinds)
{
    setenv("PATH", path.c_str(), 1);
    if (system("command -v gnuplot >/dev/null") != 0)
        GTEST_SKIP() << "no gnuplot (Debian: gnuplot-nox)";
    EXPECT_EQ(draw(), EXIT_DONE);
    EXPECT_EQ(complaint, "");
    EXPECT_EQ(content(picture).substr(0, 5), "<?xml");
    EXPECT_NE(content(picture).find("</svg>"), std::string::npos);
    EXPECT_NE(content(picture).find(">A `machine`, 1970-01-02<"), std::string::npos);
    picture = folder / "b.PNG";
    EXPECT_EQ(draw(), EXIT_DONE);
    EXPECT_EQ(complaint, "");
    EXPECT_EQ(content(picture).substr(1, 3), "PNG");
}

} // namespace
