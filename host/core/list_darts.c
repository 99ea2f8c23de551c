/* mcpi_list_darts of mcpi/mcpi.h. */
#include <inttypes.h>

#include "core/status.h"
#include "mcpi/dart.h"

mcpi_status mcpi_list_darts(uint64_t seed, uint64_t stream, uint64_t first, size_t count, int32_t *x, int32_t *y,
                            uint8_t *hits, mcpi_error *error)
{
    mcpi_words block = {{0}};
    if (count > MCPI_DART_END || first > MCPI_DART_END - count)
        return mcpi_fail(error, MCPI_BAD_OPTION,
                         "first %" PRIu64 ", count %zu: darts are numbered below 2^63 = 9223372036854775808", first,
                         count);
    for (size_t i = 0; i < count; i++) {
        const uint64_t number = first + i;
        if (i == 0 || number % 2 == 0)
            block = mcpi_block(seed, stream, number / 2);
        const uint32_t *const words = block.w + 2 * (number % 2);
        if (x)
            x[i] = (int32_t)words[0];
        if (y)
            y[i] = (int32_t)words[1];
        if (hits)
            hits[i] = (uint8_t)mcpi_hit(words[0], words[1]);
    }
    return MCPI_OK;
}
