/* The parts of a result: in order, without gaps, as many as there may be, and each with its own count. */
#ifndef MCPI_TESTS_CORE_EXPECT_PARTS_H
#define MCPI_TESTS_CORE_EXPECT_PARTS_H

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <vector>

#include "mcpi/mcpi.h"

inline void expect_parts(const mcpi_result &result, const std::vector<mcpi_part> &parts, uint64_t least,
                         const std::function<uint64_t(uint64_t first, uint64_t darts)> &truth)
{
    uint64_t end = result.first;
    uint64_t hits = 0;
    EXPECT_LE(parts.size(), size_t{MCPI_MOST_PARTS});
    for (const mcpi_part &part : parts) {
        SCOPED_TRACE("the part from dart " + std::to_string(part.first));
        EXPECT_EQ(part.first, end);
        EXPECT_GT(part.darts, 0U);
        EXPECT_TRUE(end == result.first || end % least == 0);
        EXPECT_EQ(part.hits, truth(part.first, part.darts));
        end = part.first + part.darts;
        hits += part.hits;
    }
    EXPECT_EQ(end, result.first + result.darts);
    EXPECT_EQ(hits, result.hits);
}

#endif
