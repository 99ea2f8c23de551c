/* Numbers for people. */
#ifndef MCPI_CLI_IO_THREE_DIGITS_H
#define MCPI_CLI_IO_THREE_DIGITS_H

#include <stdint.h>

/* "1.23e9", "45.6": a rate or a ratio in three digits. Returns `text`, of at least 16 characters. */
char *three_digits(char *text, double value);

/* The ending of the noun after a number: "s", or "" after 1. */
static inline const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

#endif
