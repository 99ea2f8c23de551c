#include "cli/io/csv.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "cli/io/json.h"

static void begin_cell(csv_writer *w)
{
    if (w->follows)
        fputc(',', w->out);
    w->follows = 1;
}

void csv_text(csv_writer *w, const char *text)
{
    begin_cell(w);
    if (!strpbrk(text, ",\"\r\n")) {
        fputs(text, w->out);
        return;
    }
    fputc('"', w->out);
    for (const char *c = text; *c; c++)
        fprintf(w->out, *c == '"' ? "%c\"" : "%c", *c);
    fputc('"', w->out);
}

void csv_integer(csv_writer *w, uint64_t value)
{
    begin_cell(w);
    fprintf(w->out, "%" PRIu64, value);
}

void csv_number(csv_writer *w, double value)
{
    begin_cell(w);
    if (isfinite(value))
        write_number(w->out, value);
}

void csv_spread(csv_writer *w, const mcpi_spread *spread)
{
    csv_number(w, spread->median);
    csv_number(w, spread->low);
    csv_number(w, spread->high);
}

void csv_end_row(csv_writer *w)
{
    fputc('\n', w->out);
    w->follows = 0;
}
