#include "cli/io/exact.h"

#include <inttypes.h>
#include <stdio.h>

#include "save/crc64.h"
#include "save/state_text.h"

const char *const exact_keys[EXACT_NUMBERS] = {"seed", "stream", "first", "darts", "hits", "goal"};

/* A key takes 6 characters at most, a number 20. */
enum { longest_text = 32 * (EXACT_NUMBERS + 2), longest_line = 80 };

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

static exact_checksum format_checksum(uint64_t crc)
{
    exact_checksum checksum;
    snprintf(checksum.text, sizeof checksum.text, "%016" PRIx64, crc);
    return checksum;
}

exact_checksum exact_checksum_of(const exact_counts *counts)
{
    char text[longest_text];
    const size_t length = format_counts(counts, text);
    return format_checksum(mcpi_crc64(text, length));
}

exact_checksum exact_parts_checksum_of(const exact_counts *counts, const exact_parts *parts)
{
    char text[longest_text];
    char line[longest_line];
    const size_t length = format_counts(counts, text);
    uint64_t crc = mcpi_crc64(text, length);
    int size = snprintf(line, sizeof line, "unconfirmed %" PRIu64 "\nparts %zu\n", parts->unconfirmed, parts->count);
    crc = mcpi_crc64_add(crc, line, (size_t)size);
    for (size_t i = 0; i < parts->count; i++) {
        const mcpi_part *part = &parts->parts[i];
        size =
            snprintf(line, sizeof line, "%" PRIu64 " %" PRIu64 " %" PRIu64 "\n", part->first, part->darts, part->hits);
        crc = mcpi_crc64_add(crc, line, (size_t)size);
    }
    return format_checksum(crc);
}

bool exact_parse(const char *text, uint64_t *number)
{
    *number = 0;
    if (!*text || (*text == '0' && text[1]))
        return false;
    for (const char *c = text; *c; c++)
        if (*c < '0' || *c > '9' || __builtin_mul_overflow(*number, UINT64_C(10), number) ||
            __builtin_add_overflow(*number, (uint64_t)(*c - '0'), number))
            return false;
    return true;
}

mcpi_part exact_prefix(const exact_counts *counts)
{
    return (mcpi_part){counts->numbers[EXACT_FIRST], counts->numbers[EXACT_DARTS], counts->numbers[EXACT_HITS]};
}

mcpi_state *exact_state(const exact_counts *counts, size_t parts)
{
    mcpi_state *state = mcpi_state_new(parts);
    if (!state)
        return NULL;
    state->seed = counts->numbers[EXACT_SEED];
    state->stream = counts->numbers[EXACT_STREAM];
    state->first = counts->numbers[EXACT_FIRST];
    state->darts = state->goal = counts->numbers[EXACT_GOAL];
    return state;
}
