/* Numbers for people. */
#ifndef MCPI_CLI_IO_THREE_DIGITS_H
#define MCPI_CLI_IO_THREE_DIGITS_H

#include <stdint.h>

/* "1.23e9", "45.6": a rate or a ratio in three digits. Returns `text`, of at least 16 characters. */
char *three_digits(char *text, double value);

/*
 * A count, exactly: "10^9" for powers of ten from 10^5 on, otherwise "1234" or "1,234,567,890", with its digits in
 * groups from 10000 on. Returns `text`, of at least 32 characters.
 */
char *readable_count(char *text, uint64_t count);

/* The ending of the noun after a number: "s", or "" after 1. */
static inline const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

#endif
