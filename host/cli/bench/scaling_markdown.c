/* The table of steps as Markdown. */
#include "cli/bench/scaling.h"
#include "cli/io/report_table.h"
#include "cli/io/three_digits.h"

static void add_step(table *t, const scaling_step *step)
{
    char text[2][16];
    table_add(t, "%s", scaling_name_of(step).text);
    table_add(t, "%s", scaling_place_name(step->place));
    table_add(t, "%.4f s", step->seconds.median);
    table_add(t, "%s", three_digits(text[0], step->rates.median));
    table_add(t, "%s", three_digits(text[1], step->speedups.median));
}

void scaling_markdown(FILE *out, const void *report)
{
    static const table_column columns[] = {
        {"workers", false}, {"on", true}, {"time", false}, {"darts/s", false}, {"speed-up", false}};
    const scaling *const s = report;
    table t = table_begin(columns, sizeof columns / sizeof *columns);
    for (int i = 0; i < s->count; i++)
        add_step(&t, &s->steps[i]);
    table_print_markdown(out, &t);
    table_free(&t);
}
