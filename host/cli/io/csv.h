/* Write CSV (RFC 4180). Numbers have the fewest digits that read back as the same value; an unknown one is empty. */
#ifndef MCPI_CLI_IO_CSV_H
#define MCPI_CLI_IO_CSV_H

#include <stdint.h>
#include <stdio.h>

#include "stats/spread.h"

typedef struct csv_writer {
    FILE *out;
    int follows; /* a cell precedes in the same row */
} csv_writer;

/* Each adds a cell. The text may hold any characters. */
void csv_text(csv_writer *w, const char *text);
void csv_integer(csv_writer *w, uint64_t value);
void csv_number(csv_writer *w, double value);

/* Three cells: the median and the ends of its 95 % interval. */
void csv_spread(csv_writer *w, const mcpi_spread *spread);

void csv_end_row(csv_writer *w);

#endif
