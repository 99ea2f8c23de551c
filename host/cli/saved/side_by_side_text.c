/* The headline, a table, and what the interval means: as text of at most 80 columns, and as Markdown. */
#include <inttypes.h>
#include <string.h>

#include "cli/io/report_table.h"
#include "cli/io/three_digits.h"
#include "cli/io/with_error.h"
#include "cli/saved/side_by_side.h"

static void print_file(FILE *out, char letter, const saved_sweep *saved)
{
    const char *const host = saved->facts[SAVED_HOST].text;
    const char *const started = saved->facts[SAVED_STARTED].text;
    fprintf(out, "%c: %s (host %s, %s, %zu round%s)\n", letter, saved->file, host[0] ? host : "unknown",
            started[0] ? started : "time unknown", saved->rows[0].rounds, plural(saved->rows[0].rounds));
}

/* "avx2", or "avx2, avx512" if they differ */
static void add_kernels(table *t, const row_pair *pair)
{
    const char *const a = pair->a->kernel.text;
    const char *const b = pair->b->kernel.text;
    if (strcmp(a, b) == 0)
        table_add(t, "%s", a[0] ? a : "-");
    else
        table_add(t, "%s, %s", a, b);
}

static void add_row(table *t, const side_row *row)
{
    static const char *const words[] = {
        [CHANGE_UNKNOWN] = "-", [CHANGE_NONE] = "no", [CHANGE_FASTER] = "faster", [CHANGE_SLOWER] = "slower"};
    char text[32];
    table_add(t, "%s", row->rows.a->who.text);
    add_kernels(t, &row->rows);
    table_add(t, "%s", three_digits(text, row->rows.a->rates.median));
    table_add(t, "%s", three_digits(text, row->rows.b->rates.median));
    table_add(t, "%s", median_with_error(text, &row->ratio, 1.0));
    table_add(t, "%s", words[row->change]);
}

static void print_rows(FILE *out, const side_by_side *s, table_printer *print)
{
    static const table_column columns[] = {{"device", true},      {"kernel", true}, {"A, darts/s", false},
                                           {"B, darts/s", false}, {"B/A", false},   {"difference", true}};
    table t = table_begin(columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < s->row_count; i++)
        if (s->rows[i].rows.a && s->rows[i].rows.b)
            add_row(&t, &s->rows[i]);
    print(out, &t);
    table_free(&t);
}

static void print_single(FILE *out, char letter, const saved_row *row)
{
    char rate[16];
    fprintf(out, "Only in %c: %s, %s%s%" PRIu64 " worker%s, %s darts/s\n", letter, row->who.text, row->kernel.text,
            row->kernel.text[0] ? ", " : "", row->workers, plural(row->workers), three_digits(rate, row->rates.median));
}

static void print_singles(FILE *out, const side_by_side *s)
{
    for (size_t i = 0; i < s->row_count; i++) {
        const row_pair *const rows = &s->rows[i].rows;
        if (!rows->b)
            print_single(out, 'A', rows->a);
        else if (!rows->a)
            print_single(out, 'B', rows->b);
    }
}

static void print_counts(FILE *out, const side_by_side *s)
{
    if (s->counts.verdict == COUNTS_OF_OTHER_DARTS)
        fputs("The sweeps counted different darts, so their counts cannot be compared. With the\n"
              "same -n, --first, --seed and --stream they can.\n",
              out);
}

static void print_method(FILE *out)
{
    fputs("B/A is the ratio of the median rates, +- the farther end of its 95 % interval,\n"
          "which holds for any noise of the rounds. It holds within these two sweeps: what\n"
          "changed between them, such as a clock, a temperature or other programs, is part\n"
          "of the ratio. Pool sweeps taken at different times with three or more files.\n",
          out);
}

static void print_report(FILE *out, const side_by_side *s, table_printer *print)
{
    char headline[saved_headline_size];
    side_by_side_headline(headline, sizeof headline, s);
    fprintf(out, "%s\n\n", headline);
    print_file(out, 'A', s->a);
    print_file(out, 'B', s->b);
    fputc('\n', out);
    if (s->lead) {
        print_rows(out, s, print);
        fputc('\n', out);
    }
    print_singles(out, s);
    print_counts(out, s);
    print_method(out);
}

void side_by_side_text(FILE *out, const void *report)
{
    print_report(out, report, table_print_text);
}

void side_by_side_markdown(FILE *out, const void *report)
{
    const side_by_side *const s = report;
    print_report(out, s, table_print_markdown);
    warnings_markdown(out, &s->warnings);
}
