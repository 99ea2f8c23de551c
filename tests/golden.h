/* The counts of golden.tsv, which no code of ours computed. */
#ifndef MCPI_TESTS_GOLDEN_H
#define MCPI_TESTS_GOLDEN_H

#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

struct GoldenRow {
    uint64_t seed, stream, first, darts, hits;
};

/* All rows of at most `most_darts` darts. */
inline std::vector<GoldenRow> golden_rows(uint64_t most_darts = UINT64_MAX)
{
    std::ifstream file(MCPI_TEST_DATA "/golden.tsv");
    std::string header;
    std::getline(file, header);
    std::vector<GoldenRow> rows;
    for (GoldenRow row; file >> row.seed >> row.stream >> row.first >> row.darts >> row.hits;)
        if (row.darts <= most_darts)
            rows.push_back(row);
    return rows;
}

#endif
