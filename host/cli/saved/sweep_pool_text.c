/* The headline, a table of the rows and one of the sweeps: as text of at most 80 columns, and as Markdown. */
#include <math.h>

#include "cli/io/report_table.h"
#include "cli/io/three_digits.h"
#include "cli/io/with_error.h"
#include "cli/saved/sweep_pool.h"

static void add_ratio(table *t, const mcpi_spread *ratio)
{
    char text[32];
    char ends[2][16];
    table_add(t, "%s", median_with_error(text, ratio, 1.0));
    if (isnan(ratio->lowest))
        table_add(t, "-");
    else
        table_add(t, "%s to %s", three_digits(ends[0], ratio->lowest), three_digits(ends[1], ratio->highest));
}

static void print_rows(FILE *out, const sweep_pool *p, table_printer *print)
{
    static const table_column columns[] = {{"device", true},      {"kernel", true}, {"x one core", false},
                                           {"all sweeps", false}, {"x CPU", false}, {"all sweeps", false}};
    table t = table_begin(columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < p->row_count; i++) {
        const char *const kernel = p->rows[i].first->kernel.text;
        table_add(&t, "%s", p->rows[i].first->who.text);
        table_add(&t, "%s", kernel[0] ? kernel : "-");
        add_ratio(&t, &p->rows[i].vs_core);
        add_ratio(&t, &p->rows[i].vs_cpu);
    }
    print(out, &t);
    table_free(&t);
}

/* The row that leads in each sweep, so that a sweep unlike the others shows. */
static void print_sweeps(FILE *out, const sweep_pool *p, table_printer *print)
{
    static const table_column columns[] = {
        {"started", true}, {"load", false}, {"darts/s", false}, {"x one core", false}, {"file", true}};
    table t = table_begin(columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < p->count; i++) {
        const saved_sweep *const saved = p->sweeps[i];
        const saved_row *const row = saved_find_row(saved, p->lead->first);
        char text[16];
        table_add(&t, "%s", saved->facts[SAVED_STARTED].text);
        table_add(&t, "%s", three_digits(text, saved->load));
        table_add(&t, "%s", three_digits(text, row->rates.median));
        table_add(&t, "%s", three_digits(text, row->vs_core));
        table_add(&t, "%s", saved->file);
    }
    fprintf(out, "'%s' in each sweep:\n\n", p->lead->first->who.text);
    print(out, &t);
    table_free(&t);
}

static void print_method(FILE *out, const sweep_pool *p)
{
    fputs("Ratios are medians of the sweeps' ratios, ", out);
    if (p->count < MCPI_FEWEST_FOR_INTERVAL)
        fprintf(out, "with the lowest and the highest; fewer\nthan %d sweeps have no 95 %% interval.\n",
                MCPI_FEWEST_FOR_INTERVAL);
    else
        fputs("+- the farther end of their 95 %\ninterval over the sweeps, with the lowest and the highest.\n", out);
    fputs("A sweep that another program has slowed throughout differs from the others.\n", out);
}

static void print_report(FILE *out, const sweep_pool *p, table_printer *print)
{
    char headline[saved_headline_size];
    sweep_pool_headline(headline, sizeof headline, p);
    fprintf(out, "%s\n\n", headline);
    if (!p->lead)
        return;
    print_rows(out, p, print);
    fputc('\n', out);
    print_sweeps(out, p, print);
    fputc('\n', out);
    print_method(out, p);
}

void sweep_pool_text(FILE *out, const void *report)
{
    print_report(out, report, table_print_text);
}

void sweep_pool_markdown(FILE *out, const void *report)
{
    const sweep_pool *const p = report;
    print_report(out, p, table_print_markdown);
    warnings_markdown(out, &p->warnings);
}
