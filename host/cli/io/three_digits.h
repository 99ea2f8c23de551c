/* Rates and ratios for people. */
#ifndef MCPI_CLI_IO_THREE_DIGITS_H
#define MCPI_CLI_IO_THREE_DIGITS_H

/* "1.23e9", "45.6": a rate or a ratio in three digits. Returns `text`, of at least 16 characters. */
char *three_digits(char *text, double value);

#endif
