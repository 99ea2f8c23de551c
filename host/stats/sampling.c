#include "stats/sampling.h"

#include "mcpi/mcpi.h"

/* SplitMix64: Steele, Lea and Flood, OOPSLA 2014, as its authors publish it. */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* Fisher and Yates. The remainder favours some orders by less than count / 2^64. */
void mcpi_sample_order(uint64_t pick, size_t count, size_t *order)
{
    for (size_t i = 0; i < count; i++) {
        const size_t at = (size_t)(next_random(&pick) % (i + 1));
        order[i] = order[at];
        order[at] = i;
    }
}

double mcpi_miss_probability(size_t count, size_t wrong, size_t sampled)
{
    double missed = 1.0;
    for (size_t i = 0; i < sampled && missed > 0.0; i++)
        missed *= count - i > wrong ? (double)(count - i - wrong) / (double)(count - i) : 0.0;
    return missed;
}
