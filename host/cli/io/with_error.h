/* A measured number with its error, for people. */
#ifndef MCPI_CLI_IO_WITH_ERROR_H
#define MCPI_CLI_IO_WITH_ERROR_H

#include "stats/spread.h"

/*
 * "212 +- 3", "14.9 +- 0.1", "(3.51 +- 0.02)e8": the error in one digit, and the value in as many digits as the error
 * justifies, at most four. With an error that these digits do not show, or of 0, the value stands alone in four digits;
 * with an unknown error (NaN), in three. Returns `text`, of at least 32 characters.
 */
char *with_error(char *text, double value, double error);

/* The median, times `unit`, with the farther end of its interval as the error. */
char *median_with_error(char *text, const mcpi_spread *spread, double unit);

#endif
