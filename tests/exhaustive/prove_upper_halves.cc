#include "upper_halves.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>

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

/* A bit for each of 32 neighbouring upper halves of y: x*x + y*y is below the edge with these squares. */
inline uint32_t below_edge(uint64_t square_of_x, const uint64_t squares_of_y[32])
{
    uint32_t below = 0;
    for (int i = 0; i < 32; i++)
        below |= (uint32_t)(square_of_x + squares_of_y[i] < edge) << i;
    return below;
}

struct Tally {
    std::atomic<uint64_t> wrong{0}, near{0};
};

/* Hits must be hits whatever the lower halves are, misses misses; a dart that is left to the exact test is no hit yet.
 */
void try_all_y(int x, const Squares &squares, decide_function *decide, Tally *tally)
{
    uint64_t wrong = 0, near = 0;
    for (int y = 0; y < halves; y += 32) {
        const decisions decided = decide(squares.upper[x], &squares.upper[y]);
        const uint32_t surely_hit = below_edge(squares.most[x], &squares.most[y]);
        const uint32_t maybe_hit = below_edge(squares.least[x], &squares.least[y]);
        const uint32_t misses = ~decided.hits & ~decided.near;
        wrong +=
            __builtin_popcount((decided.hits & ~surely_hit) | (misses & maybe_hit) | (decided.hits & decided.near));
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
#endif

} // namespace
