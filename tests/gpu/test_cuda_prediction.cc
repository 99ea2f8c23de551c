/* The predictions of the program are those of docs/gpu.md, which a script works out from sass.tsv by itself. */
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "cuda/prediction.h"

namespace
{

using Cells = std::vector<std::string>;

/* The cells of a row of a table, without emphasis. */
Cells cells_of(const std::string &line)
{
    Cells cells;
    std::istringstream row(line);
    for (std::string cell; std::getline(row, cell, '|');) {
        std::string text;
        for (const char c : cell)
            if (c != ' ' && c != '*')
                text += c;
        cells.push_back(text);
    }
    return cells;
}

/* The rows of the first table of predictions, its heading first. */
std::vector<Cells> predictions_of_the_page()
{
    std::ifstream page(MCPI_GPU_PAGE);
    std::vector<Cells> rows;
    for (std::string line; std::getline(page, line);) {
        const bool heading = line.rfind("| card |", 0) == 0;
        if ((rows.empty() && !heading) || line.rfind("|---", 0) == 0)
            continue;
        if (line.empty())
            break;
        rows.push_back(cells_of(line));
    }
    return rows;
}

enum { CARD = 1, ARCHITECTURE, MULTIPROCESSORS, GIGAHERTZ, FIRST_KERNEL };

TEST(CudaPrediction, IsThatOfThePage)
{
    const std::vector<Cells> rows = predictions_of_the_page();
    ASSERT_GE(rows.size(), 8U);
    const Cells &heading = rows[0];
    int compared = 0;
    for (size_t row = 1; row < rows.size(); row++) {
        const Cells &cells = rows[row];
        const int architecture = std::stoi(cells[ARCHITECTURE].substr(3));
        for (size_t column = FIRST_KERNEL; column < cells.size(); column++) {
            if (cells[column] == "-")
                continue;
            const double cycles = mcpi_predicted_cycles(heading[column].c_str(), architecture);
            const double rate =
                mcpi_predicted_rate(heading[column].c_str(), architecture, (unsigned)std::stoi(cells[MULTIPROCESSORS]),
                                    1e9 * std::stod(cells[GIGAHERTZ]));
            char text[40];
            std::snprintf(text, sizeof text, "%.1f;%.2e", cycles, rate);
            EXPECT_EQ(text, cells[column]) << cells[CARD] << ", " << heading[column];
            compared++;
        }
    }
    EXPECT_GE(compared, 24);
}

TEST(CudaPrediction, IsUnknownForWhatTheModelDoesNotHave)
{
    EXPECT_EQ(mcpi_predicted_cycles("fp64-product", 90), 29.5);
    for (const int architecture : {0, 9, 70, 103, 121})
        EXPECT_TRUE(std::isnan(mcpi_predicted_cycles("fp64-product", architecture))) << architecture;
    for (const char *kernel : {"", "avx512", "fp64_product", "fp64"})
        EXPECT_TRUE(std::isnan(mcpi_predicted_cycles(kernel, 90))) << kernel;
    EXPECT_TRUE(std::isnan(mcpi_predicted_rate("avx512", 90, 132, 1.98e9)));
}

} // namespace
