#include "upper_halves.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>

#include "cpu/kernels.h"
#include "in_parts.h"

namespace
{

constexpr uint64_t edge = UINT64_C(1) << 62;
constexpr int halves = 1 << 16;

int16_t upper_half(int i)
{
    return (int16_t)(i - halves / 2);
}

/* Of each upper half X the smallest and the largest square of a word 2^16 X + a, 0 <= a < 2^16. No word's range crosses
   0, so they belong to the two extreme lower halves. */
struct Squares {
    std::vector<int16_t> upper = std::vector<int16_t>(halves);
    std::vector<uint64_t> least = std::vector<uint64_t>(halves), most = std::vector<uint64_t>(halves);

    Squares()
    {
        for (int i = 0; i < halves; i++) {
            const int64_t first = (int64_t)upper_half(i) * halves, last = first + halves - 1;
            upper[i] = upper_half(i);
            least[i] = (uint64_t)std::min(first * first, last * last);
            most[i] = (uint64_t)std::max(first * first, last * last);
        }
    }
};

/* Those y, by the number of their upper half, that are below the edge together with an x: [first, end). */
struct Range {
    int first, end;
};

/* x*x + y*y with these squares. It is one range, because squares fall until y = 0 and rise from there. */
Range below_edge(uint64_t square_of_x, const std::vector<uint64_t> &squares_of_y)
{
    const auto below = [=](uint64_t square) { return square_of_x + square < edge; };
    const auto begin = squares_of_y.begin(), zero = begin + halves / 2;
    return {(int)(std::partition_point(begin, zero, std::not_fn(below)) - begin),
            (int)(std::partition_point(zero, squares_of_y.end(), below) - begin)};
}

inline uint32_t lowest_bits(int n)
{
    return (uint32_t)((UINT64_C(1) << std::clamp(n, 0, 32)) - 1);
}

/* A bit for each of the 32 upper halves from number y on. */
inline uint32_t bits_in(Range range, int y)
{
    return lowest_bits(range.end - y) & ~lowest_bits(range.first - y);
}

struct Tally {
    std::atomic<uint64_t> wrong{0}, near{0};
};

/* Hits must be hits whatever the lower halves are, misses misses; a dart that is left to the exact test is no hit yet.
 */
void try_all_y(int x, const Squares &squares, decide_function *decide, Tally *tally)
{
    const Range sure_hits = below_edge(squares.most[x], squares.most);
    const Range possible_hits = below_edge(squares.least[x], squares.least);
    uint64_t wrong = 0, near = 0;
    for (int y = 0; y < halves; y += 32) {
        const decisions decided = decide(squares.upper[x], &squares.upper[y]);
        const uint32_t misses = ~decided.hits & ~decided.near;
        wrong += __builtin_popcount((decided.hits & ~bits_in(sure_hits, y)) | (misses & bits_in(possible_hits, y)) |
                                    (decided.hits & decided.near));
        near += __builtin_popcount(decided.near);
    }
    tally->wrong += wrong;
    tally->near += near;
}

void prove(const char *kernel, decide_function *decide)
{
    const mcpi_count_kernel *found;
    mcpi_error error;
    if (mcpi_pick_kernel(kernel, mcpi_probe_features(&mcpi_this_machine), nullptr, &found, &error) != MCPI_OK)
        GTEST_SKIP() << error.message;
    const Squares squares;
    Tally tally;
    largest_of_parts(halves, [&](uint64_t begin, uint64_t end) {
        for (uint64_t x = begin; x < end; x++)
            try_all_y((int)x, squares, decide, &tally);
        return 0;
    });
    EXPECT_EQ(tally.wrong, 0U);
    EXPECT_GT(tally.near, 0U);
    EXPECT_LT(tally.near, (UINT64_C(1) << 32) / 1000) << "more than one dart in 1000 is left to the exact test";
}

#if defined(__x86_64__)
TEST(UpperHalves, DecideRightInAvx2)
{
    prove("avx2", decide_avx2);
}

TEST(UpperHalves, DecideRightInAvx512)
{
    prove("avx512", decide_avx512);
}
#elif defined(__aarch64__)
TEST(UpperHalves, DecideRightInNeon)
{
    prove("neon", decide_neon);
}
#endif

} // namespace
