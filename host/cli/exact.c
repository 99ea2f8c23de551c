#include "cli/exact.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

#include "save/crc64.h"

const char *const exact_keys[EXACT_NUMBERS] = {"seed", "stream", "first", "darts", "hits", "goal"};

/* A key takes 6 characters at most, a number 20. */
enum { longest_text = 32 * (EXACT_NUMBERS + 2) };

static size_t format_counts(const exact_counts *counts, char text[longest_text])
{
    int length = snprintf(text, longest_text, "mcpi.result.v1\n");
    for (int i = 0; i < EXACT_NUMBERS; i++)
        length += snprintf(text + length, (size_t)(longest_text - length), "%s %" PRIu64 "\n", exact_keys[i],
                           counts->numbers[i]);
    length +=
        snprintf(text + length, (size_t)(longest_text - length), "complete %s\n", counts->complete ? "true" : "false");
    return (size_t)length;
}

exact_checksum exact_checksum_of(const exact_counts *counts)
{
    char text[longest_text];
    exact_checksum checksum;
    const size_t length = format_counts(counts, text);
    snprintf(checksum.text, sizeof checksum.text, "%016" PRIx64, mcpi_crc64(text, length));
    return checksum;
}
