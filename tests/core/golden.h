/* The counts of golden.tsv, which were computed by other programs. */
#ifndef MCPI_TESTS_CORE_GOLDEN_H
#define MCPI_TESTS_CORE_GOLDEN_H

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

struct GoldenRow {
    uint64_t seed, stream, first, darts, hits;
};

/* The folder that golden.tsv lies in: the environment names it where a program runs on another machine than the one
   that it was built on. */
inline std::string test_data()
{
    const char *const folder = std::getenv("MCPI_TEST_DATA");
    return folder ? folder : MCPI_TEST_DATA;
}

/* All rows of at most `most_darts` darts. */
inline std::vector<GoldenRow> golden_rows(uint64_t most_darts = UINT64_MAX)
{
    std::ifstream file(test_data() + "/golden.tsv");
    std::string header;
    std::getline(file, header);
    std::vector<GoldenRow> rows;
    for (GoldenRow row; file >> row.seed >> row.stream >> row.first >> row.darts >> row.hits;)
        if (row.darts <= most_darts)
            rows.push_back(row);
    return rows;
}

#endif
