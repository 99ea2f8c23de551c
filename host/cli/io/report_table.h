/*
 * A table for people: as text, in columns as wide as their longest cell, or as GitHub Markdown. Add cells row by row.
 */
#ifndef MCPI_CLI_IO_REPORT_TABLE_H
#define MCPI_CLI_IO_REPORT_TABLE_H

#include <stdbool.h>
#include <stdio.h>

enum { table_most_columns = 16 };

typedef struct table_column {
    const char *heading;
    bool is_text; /* aligned to the left; numbers to the right */
} table_column;

typedef struct table {
    size_t columns;
    table_column heads[table_most_columns];
    size_t count; /* of cells */
    char **cells; /* NULL: without memory, an empty cell */
} table;

/* A table without rows; the headings must stay valid. */
table table_begin(const table_column *columns, size_t count);

/* Add a cell. */
__attribute__((format(printf, 2, 3))) void table_add(table *t, const char *format, ...);

/* Add a time as "541 us", "1.30 ms" or "2.64 s", followed by `mark`; "-" if it is not known. */
void table_add_time(table *t, double seconds, const char *mark);

typedef void table_printer(FILE *out, const table *t);
table_printer table_print_text, table_print_markdown;

/* Write text for Markdown, on one line: characters with a meaning there are escaped. */
void markdown_text(FILE *out, const char *text);

void table_free(table *t);

#endif
