/* Darts on which an inexact hit test would fail, and their positions in the generator's sequence. */
#ifndef MCPI_TESTS_CPU_EDGE_DARTS_H
#define MCPI_TESTS_CPU_EDGE_DARTS_H

#include <cmath>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

#include "mcpi/dart.h"

using Point = std::pair<int32_t, int32_t>;

/* By arithmetic that cannot overflow. */
inline bool is_hit(Point p)
{
    const auto x = (__int128)p.first, y = (__int128)p.second;
    return x * x + y * y < (__int128)1 << 62;
}

/* Points on the other side of the edge than the upper halves of their words, by nearly as much as there can be: hits
   whose halves' squares add up to 85000 above 2^30, and misses that far below. */
inline std::vector<Point> misleading_points()
{
    constexpr int32_t lower = 0xffff, far = 85000, edge = 1 << 30;
    std::vector<Point> points;
    std::mt19937 random(6);
    while (points.size() < 200) {
        const bool hit = points.size() % 2 == 0;
        const int32_t sign = hit ? -1 : 1, x = 15000 + (int32_t)(random() % 13000);
        auto y = (int32_t)std::sqrt(edge - x * x) + 3;
        const auto point = [&] { return Point{sign * x * 65536 + lower, sign * y * 65536 + lower}; };
        while (is_hit(point()) != hit || (!hit && !is_hit({point().first, point().second - 65536})))
            y--;
        if (sign * (edge - x * x - y * y) > far)
            points.push_back(point());
    }
    return points;
}

/* The corners, the axes, and on many heights the last point inside the disc and the first outside it. */
inline std::vector<Point> edge_points()
{
    std::vector<Point> points = misleading_points();
    points.push_back({0, 0});
    const int32_t ends[] = {INT32_MIN, INT32_MIN + 1, INT32_MAX - 1, INT32_MAX};
    for (const int32_t end : ends) {
        for (const int32_t other : ends)
            points.push_back({end, other});
        for (const int32_t other : {-1, 0, 1, 65536, 1 << 30}) {
            points.push_back({end, other});
            points.push_back({other, end});
        }
    }
    std::mt19937 random(2);
    for (int i = 0; i < 50; i++) {
        const auto x = (int32_t)random();
        int64_t y = std::llround(std::sqrt(std::ldexp(1.0, 62) - (double)x * x));
        while (y > INT32_MAX || !is_hit({x, (int32_t)y}))
            y--;
        points.insert(points.end(), {{x, (int32_t)y}, {x, (int32_t)-y}});
        if (y < INT32_MAX)
            points.insert(points.end(), {{x, (int32_t)y + 1}, {(int32_t)-y - 1, x}});
    }
    return points;
}

/* Newton's iteration doubles the bits that are right; 3 of an odd number's own are. */
inline uint32_t inverse(uint32_t odd)
{
    uint32_t x = odd;
    for (int i = 0; i < 4; i++)
        x *= 2 - odd * x;
    return x;
}

/* Philox runs backwards, too: the counter that becomes these words. */
inline mcpi_words philox_backwards(mcpi_words c, uint64_t seed)
{
    for (uint32_t round = MCPI_PHILOX_ROUNDS; round-- > 0;) {
        const uint32_t k0 = (uint32_t)seed + round * MCPI_PHILOX_W0;
        const uint32_t k1 = (uint32_t)(seed >> 32) + round * MCPI_PHILOX_W1;
        const uint64_t c0 = c.w[3] * inverse(MCPI_PHILOX_M0);
        const uint64_t c2 = c.w[1] * inverse(MCPI_PHILOX_M1);
        const uint32_t c1 = c.w[0] ^ (uint32_t)(c2 * MCPI_PHILOX_M1 >> 32) ^ k0;
        const uint32_t c3 = c.w[2] ^ (uint32_t)(c0 * MCPI_PHILOX_M0 >> 32) ^ k1;
        c = {{(uint32_t)c0, c1, (uint32_t)c2, c3}};
    }
    return c;
}

struct Place {
    uint64_t seed, stream, dart;
};

/* Somewhere that `point` is thrown, `odd` saying as which dart of its block, far from the ends of a span. */
inline Place place_of(Point point, bool odd, std::mt19937_64 &random)
{
    for (;;) {
        const uint64_t seed = random(), other = random();
        const uint32_t x = (uint32_t)point.first, y = (uint32_t)point.second;
        const uint32_t a = (uint32_t)other, b = (uint32_t)(other >> 32);
        const mcpi_words words = odd ? mcpi_words{{a, b, x, y}} : mcpi_words{{x, y, a, b}};
        const mcpi_words counter = philox_backwards(words, seed);
        const uint64_t block = (uint64_t)counter.w[1] << 32 | counter.w[0];
        const uint64_t stream = (uint64_t)counter.w[3] << 32 | counter.w[2];
        if (block < MCPI_DART_END / 2 && counter.w[0] > 1000 && counter.w[0] < UINT32_MAX - 1000)
            return {seed, stream, 2 * block + odd};
    }
}

#endif
