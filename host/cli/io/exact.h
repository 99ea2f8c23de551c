/*
 * The numbers of a result that must survive other programs: its JSON has them as strings ("exact"), protected by a
 * checksum. docs/result.md describes the format.
 */
#ifndef MCPI_CLI_IO_EXACT_H
#define MCPI_CLI_IO_EXACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mcpi/mcpi.h"

enum { EXACT_SEED, EXACT_STREAM, EXACT_FIRST, EXACT_DARTS, EXACT_HITS, EXACT_GOAL, EXACT_NUMBERS };

/* The key of each number, in "exact" and beside it. */
extern const char *const exact_keys[EXACT_NUMBERS];

typedef struct exact_counts {
    uint64_t numbers[EXACT_NUMBERS]; /* the goal of a complete result is its darts */
    bool complete;
} exact_counts;

/* Sixteen lower-case hexadecimal digits and a zero. */
typedef struct exact_checksum {
    char text[17];
} exact_checksum;

exact_checksum exact_checksum_of(const exact_counts *counts);

/* The parts of a result. */
typedef struct exact_parts {
    const mcpi_part *parts; /* all counted parts, in order */
    size_t count;
    uint64_t unconfirmed; /* of these darts, those that runs with --verify full counted only once */
} exact_parts;

/* The checksum of the parts and the counts, so that parts of another result do not match it. */
exact_checksum exact_parts_checksum_of(const exact_counts *counts, const exact_parts *parts);

/*
 * Read a number below 2^64. False if the text contains anything but decimal digits, or a leading zero: each number has
 * one spelling.
 */
bool exact_parse(const char *text, uint64_t *number);

/* The darts counted without a gap from the first one on. */
mcpi_part exact_prefix(const exact_counts *counts);

/* A state with this seed, stream and range, with room for `parts` parts; the caller frees it with free(). NULL if out
   of memory. */
mcpi_state *exact_state(const exact_counts *counts, size_t parts);

#endif
