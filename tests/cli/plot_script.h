/* What a gnuplot script draws of its data: the panels, their axes, and the points and bars in them. */
#ifndef MCPI_TESTS_CLI_PLOT_SCRIPT_H
#define MCPI_TESTS_CLI_PLOT_SCRIPT_H

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

struct Range {
    double low = NAN, high = NAN;
    bool is_logarithmic = false;
    bool has(double value) const
    {
        return value >= low && value <= high && (!is_logarithmic || value > 0);
    }
};

/* A point, a point with a bar, or a box. */
struct Mark {
    std::string data; /* the name of its block */
    std::string style;
    double x[3], y[3]; /* the point, and the ends of its bar or box: the same if it has none */
};

struct Panel {
    Range x, y;
    std::vector<Mark> marks;
    std::vector<Mark> drawn_with(const std::string &style) const
    {
        std::vector<Mark> found;
        for (const Mark &mark : marks)
            if (mark.style == style)
                found.push_back(mark);
        return found;
    }
};

/* Reads the commands that place data: data blocks, set xrange and yrange, set and unset logscale, plot. Elements of a
   plot other than data blocks with plain columns are curves and bands, and no data. */
class PlotScript
{
  public:
    explicit PlotScript(const std::string &script)
    {
        std::istringstream lines(joined(script));
        for (std::string line; std::getline(lines, line);)
            read(line, lines);
    }
    std::vector<Panel> panels;
    std::map<std::string, std::vector<std::vector<double>>> blocks;

  private:
    Panel next; /* its axes are those of the next plot */

    static std::string joined(const std::string &script)
    {
        std::string text = script;
        for (size_t end = text.find("\\\n"); end != std::string::npos; end = text.find("\\\n", end))
            text.replace(end, 2, " ");
        return text;
    }
    void read(const std::string &line, std::istringstream &lines)
    {
        std::smatch match;
        if (line[0] == '$' && std::regex_match(line, match, std::regex("\\$(\\w+) << (\\w+)")))
            read_block(blocks[match[1]], match[2], lines);
        else if (line.rfind("plot ", 0) == 0)
            read_plot(line);
        else if (line[0] != '#')
            read_axes(line);
    }
    static void read_block(std::vector<std::vector<double>> &rows, const std::string &end, std::istringstream &lines)
    {
        for (std::string line; std::getline(lines, line) && line != end;) {
            std::istringstream cells(line);
            std::vector<double> row;
            for (std::string cell; cells >> cell;)
                row.push_back(std::stod(cell));
            if (!row.empty())
                rows.push_back(row);
        }
    }
    void read_axes(const std::string &line)
    {
        const std::regex command("(set|unset) (?:([xy])range \\[([^:]*):([^\\]]*)\\]|logscale ([xy]))");
        for (std::sregex_iterator i(line.begin(), line.end(), command), end; i != end; ++i) {
            const std::smatch &match = *i;
            if (match[5].matched) {
                axis(match[5]).is_logarithmic = match[1] == "set";
                continue;
            }
            axis(match[2]).low = std::stod(match[3]);
            axis(match[2]).high = std::stod(match[4]);
        }
    }
    Range &axis(const std::string &name)
    {
        return name == "x" ? next.x : next.y;
    }
    void read_plot(const std::string &line)
    {
        panels.push_back(next);
        const std::regex element("\\$(\\w+) using ([0-9:]+) (?:with )?(@?\\w+)");
        for (std::sregex_iterator i(line.begin(), line.end(), element), end; i != end; ++i)
            for (const std::vector<double> &row : blocks[(*i)[1]])
                panels.back().marks.push_back(mark_of((*i)[1], (*i)[3], picked(row, (*i)[2])));
    }
    static std::vector<double> picked(const std::vector<double> &row, const std::string &columns)
    {
        std::vector<double> values;
        std::istringstream numbers(columns);
        for (std::string number; std::getline(numbers, number, ':');)
            values.push_back(row.at(std::stoul(number) - 1));
        return values;
    }
    static Mark mark_of(const std::string &data, const std::string &style, const std::vector<double> &v)
    {
        const double x = v.at(0), y = v.at(1);
        if (style == "yerrorbars")
            return {data, style, {x, x, x}, {y, v.at(2), v.at(3)}};
        if (style == "xerrorbars")
            return {data, style, {x, v.at(2), v.at(3)}, {y, y, y}};
        if (style == "boxxyerror")
            return {data, style, {x, v.at(2), v.at(3)}, {y, v.at(4), v.at(5)}};
        if (style == "filledcurves")
            return {data, style, {x, x, x}, {y, y, v.at(2)}};
        return {data, style, {x, x, x}, {y, y, y}};
    }
};

/* Every point, bar and box lies within the axes. A point without a value is no point. */
inline void expect_all_inside(const Panel &panel)
{
    EXPECT_LT(panel.x.low, panel.x.high);
    EXPECT_LT(panel.y.low, panel.y.high);
    for (const Mark &mark : panel.marks)
        for (int i = 0; i < 3; i++) {
            EXPECT_TRUE(std::isnan(mark.x[i]) || panel.x.has(mark.x[i]))
                << mark.data << ": x " << mark.x[i] << " in [" << panel.x.low << ":" << panel.x.high << "]";
            EXPECT_TRUE(std::isnan(mark.y[i]) || panel.y.has(mark.y[i]))
                << mark.data << ": y " << mark.y[i] << " in [" << panel.y.low << ":" << panel.y.high << "]";
        }
}

#endif
