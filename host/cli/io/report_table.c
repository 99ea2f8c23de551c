#include "cli/io/report_table.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cli/io/three_digits.h"

table table_begin(const table_column *columns, size_t count)
{
    table t = {.columns = count < table_most_columns ? count : table_most_columns};
    memcpy(t.heads, columns, t.columns * sizeof *columns);
    return t;
}

void table_add(table *t, const char *format, ...)
{
    va_list arguments;
    char *text;
    char **const cells = realloc(t->cells, (t->count + 1) * sizeof *cells);
    if (!cells)
        return;
    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0)
        text = NULL;
    va_end(arguments);
    t->cells = cells;
    t->cells[t->count++] = text;
}

void table_add_time(table *t, double seconds, const char *mark)
{
    char text[16];
    if (!isfinite(seconds))
        table_add(t, "-");
    else if (seconds < 1e-3)
        table_add(t, "%s us%s", three_digits(text, 1e6 * seconds), mark);
    else if (seconds < 1.0)
        table_add(t, "%s ms%s", three_digits(text, 1e3 * seconds), mark);
    else
        table_add(t, "%s s%s", three_digits(text, seconds), mark);
}

static const char *cell_at(const table *t, size_t place)
{
    return place < t->count && t->cells[place] ? t->cells[place] : "";
}

static int width_of(const table *t, size_t column)
{
    size_t width = strlen(t->heads[column].heading);
    for (size_t i = column; i < t->count; i += t->columns)
        width = strlen(cell_at(t, i)) > width ? strlen(cell_at(t, i)) : width;
    return (int)width;
}

/* Blanks at the end of a line are left out. */
static void print_cell(FILE *out, const table *t, size_t column, int width, const char *text)
{
    const bool is_last = column + 1 == t->columns;
    const bool is_text = t->heads[column].is_text;
    fprintf(out, "%*s%s", is_text ? (is_last ? 0 : -width) : width, text, is_last ? "\n" : "  ");
}

void table_print_text(FILE *out, const table *t)
{
    int widths[table_most_columns];
    for (size_t i = 0; i < t->columns; i++) {
        widths[i] = width_of(t, i);
        print_cell(out, t, i, widths[i], t->heads[i].heading);
    }
    for (size_t row = 0; row < t->count; row += t->columns)
        for (size_t i = 0; i < t->columns; i++)
            print_cell(out, t, i, widths[i], cell_at(t, row + i));
}

void markdown_text(FILE *out, const char *text)
{
    for (const char *c = text; *c; c++) {
        if (strchr("|\\`*_<[", *c))
            fputc('\\', out);
        fputc(*c == '\n' || *c == '\r' ? ' ' : *c, out);
    }
}

static void print_markdown_row(FILE *out, const table *t, size_t first)
{
    for (size_t i = 0; i < t->columns; i++) {
        fputs("| ", out);
        markdown_text(out, cell_at(t, first + i));
        fputs(" ", out);
    }
    fputs("|\n", out);
}

void table_print_markdown(FILE *out, const table *t)
{
    for (size_t i = 0; i < t->columns; i++)
        fprintf(out, "| %s ", t->heads[i].heading);
    fputs("|\n", out);
    for (size_t i = 0; i < t->columns; i++)
        fputs(t->heads[i].is_text ? "|---" : "|--:", out);
    fputs("|\n", out);
    for (size_t i = 0; i < t->count; i += t->columns)
        print_markdown_row(out, t, i);
}

void table_free(table *t)
{
    for (size_t i = 0; i < t->count; i++)
        free(t->cells[i]);
    free(t->cells);
    *t = (table){0};
}
