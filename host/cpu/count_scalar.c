/* The reference: dart.h in a loop. */
#include "cpu/kernels.h"
#include "mcpi/dart.h"

/* Inline everything: otherwise clang calls Philox for each block and recomputes its round keys each time. */
__attribute__((flatten)) uint64_t mcpi_count_scalar(uint64_t seed, uint64_t stream, uint64_t first, uint64_t darts)
{
    if (darts == 0)
        return 0;
    const uint64_t end = first + darts;
    uint64_t hits = 0;
    if (first % 2 == 1)
        hits += mcpi_dart(seed, stream, first);
    for (uint64_t block = (first + 1) / 2; block < end / 2; block++) {
        const mcpi_words words = mcpi_block(seed, stream, block);
        hits += mcpi_hit(words.w[0], words.w[1]) + mcpi_hit(words.w[2], words.w[3]);
    }
    if (end % 2 == 1)
        hits += mcpi_dart(seed, stream, end - 1);
    return hits;
}
