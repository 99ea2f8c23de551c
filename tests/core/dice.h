/* Random choices that a seed repeats on every machine. */
#ifndef MCPI_TESTS_CORE_DICE_H
#define MCPI_TESTS_CORE_DICE_H

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>

class Dice
{
  public:
    explicit Dice(uint64_t seed) : engine(seed)
    {
    }
    uint64_t below(uint64_t end)
    {
        return engine() % end;
    }
    bool chance(unsigned per_cent)
    {
        return below(100) < per_cent;
    }
    /* Small numbers are as likely as large ones. */
    double scaled(double least, double most)
    {
        return least * std::pow(most / least, static_cast<double>(below(1000000)) / 1e6);
    }
    template <class T, size_t size> const T &one_of(const T (&list)[size])
    {
        return list[below(size)];
    }

  private:
    std::mt19937_64 engine; /* the same on every machine, unlike the distributions of the standard library */
};

#endif
