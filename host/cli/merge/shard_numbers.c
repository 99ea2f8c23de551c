#include "cli/merge/shard_numbers.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- numbers in names ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Read the number whose last digit is directly before `end`. */
static bool read_number(const char *begin, const char *end, uint64_t *number)
{
    while (end > begin && is_digit(end[-1]))
        end--;
    errno = 0;
    *number = strtoull(end, NULL, 10);
    return errno == 0;
}

/* The number at `position` in a name, counted from the right, because files of one set may lie in folders of different
   depth. */
static bool number_in(const char *name, size_t position, uint64_t *number)
{
    const char *end = name + strlen(name);
    for (;; position--) {
        while (end > name && !is_digit(end[-1]))
            end--;
        if (end == name)
            return false;
        if (position == 0)
            return read_number(name, end, number);
        while (end > name && is_digit(end[-1]))
            end--;
    }
}

/* ---- do they fit ---- */

static bool fits(const shard_numbers *numbers, uint64_t highest, uint64_t number, const mcpi_state *state)
{
    uint64_t first;
    return !__builtin_mul_overflow(number - numbers->lowest, numbers->darts, &first) &&
           !__builtin_add_overflow(first, numbers->first, &first) && state->first == first &&
           (state->goal == numbers->darts || (number == highest && state->goal > 0 && state->goal < numbers->darts));
}

/* Find the lowest and the highest number, and the shard of the lowest, which predicts all others. */
static bool find_ends(const shard_file *shards, size_t count, size_t position, shard_numbers *numbers,
                      uint64_t *highest)
{
    *numbers = (shard_numbers){.lowest = UINT64_MAX};
    *highest = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t number;
        if (!number_in(shards[i].name, position, &number))
            return false;
        *highest = number > *highest ? number : *highest;
        if (number <= numbers->lowest)
            *numbers = (shard_numbers){number, shards[i].state->first, shards[i].state->goal};
    }
    return *highest > numbers->lowest;
}

static bool fit_all(const shard_file *shards, size_t count, size_t position, shard_numbers *numbers)
{
    uint64_t highest;
    bool fit = find_ends(shards, count, position, numbers, &highest) && numbers->darts > 0;
    for (size_t i = 0; i < count && fit; i++) {
        uint64_t number;
        fit = number_in(shards[i].name, position, &number) && fits(numbers, highest, number, shards[i].state);
    }
    return fit;
}

shard_numbers find_shard_numbers(const shard_file *shards, size_t count)
{
    static const shard_numbers none = {0};
    shard_numbers found = none;
    const size_t most = strlen(shards[0].name);
    for (size_t position = 0; position < most; position++) {
        shard_numbers numbers;
        if (!fit_all(shards, count, position, &numbers))
            continue;
        if (found.darts > 0 && found.lowest != numbers.lowest)
            return none;
        found = numbers;
    }
    return found;
}

/* ---- gaps ---- */

static uint64_t number_at(const shard_numbers *numbers, uint64_t dart)
{
    return numbers->lowest + (dart - numbers->first) / numbers->darts;
}

shard_range shards_of_gap(const shard_numbers *numbers, const mcpi_part *gap)
{
    return (shard_range){number_at(numbers, gap->first), number_at(numbers, gap->first + gap->darts - 1)};
}

static void write_range(FILE *out, const char *separator, const shard_range *range)
{
    fprintf(out, "%s%" PRIu64, separator, range->lowest);
    if (range->highest > range->lowest)
        fprintf(out, "-%" PRIu64, range->highest);
}

static void write_missing(FILE *out, const shard_numbers *numbers, const mcpi_state *merged)
{
    shard_range open = {1, 0}; /* the range that may still grow; empty so far */
    const char *separator = "";
    for (size_t i = 0; i <= merged->part_count; i++) {
        const mcpi_part gap = mcpi_state_gap(merged, i);
        if (gap.darts == 0)
            continue;
        const shard_range range = shards_of_gap(numbers, &gap);
        if (open.lowest <= open.highest && range.lowest <= open.highest + 1) {
            open.highest = range.highest;
            continue;
        }
        if (open.lowest <= open.highest) {
            write_range(out, separator, &open);
            separator = ",";
        }
        open = range;
    }
    write_range(out, separator, &open);
}

char *format_missing_shards(const shard_numbers *numbers, const mcpi_state *merged)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    write_missing(out, numbers, merged);
    const bool written = !ferror(out);
    if (fclose(out) == 0 && written)
        return text;
    free(text);
    return NULL;
}
