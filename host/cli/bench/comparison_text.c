/* The headline, two tables and their notes, as text of at most 80 columns and as Markdown. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "cli/bench/comparison.h"
#include "cli/io/report_table.h"
#include "cli/io/three_digits.h"
#include "cli/io/with_error.h"
#include "cli/run/run_report.h"

/* "1e10", "2.5e9", "12345": as a user would type it. */
static void write_count(char *text, size_t size, uint64_t count)
{
    const double exponent = floor(log10((double)count));
    if (count < 100000 || fmod((double)count, pow(10.0, exponent - 2.0)) != 0.0)
        snprintf(text, size, "%" PRIu64, count);
    else
        snprintf(text, size, "%ge%.0f", (double)count / pow(10.0, exponent), exponent);
}

static void add_ratio(table *t, const mcpi_spread *ratio)
{
    char text[32];
    table_add(t, "%s", median_with_error(text, ratio, 1.0));
}

/* An asterisk marks a time that was not measured. */
static const char *mark_of(bool measured)
{
    return measured ? "" : "*";
}

static void add_row(table *t, const comparison *c, const comparison_row *r)
{
    char rate[16];
    bool measured;
    const double seconds = comparison_seconds(r, c->goal, &measured);
    table_add(t, "%s", r->row->label);
    table_add(t, "%s", r->row->device.kernel);
    table_add(t, "%s", three_digits(rate, r->rates.median));
    add_ratio(t, &r->vs_core);
    add_ratio(t, &r->vs_cpu);
    table_add_time(t, r->course.setup_seconds, "");
    table_add_time(t, seconds, mark_of(measured || !isfinite(seconds)));
}

static void print_rates(FILE *out, const comparison *c, table_printer *print)
{
    char count[32];
    char goal[48];
    write_count(count, sizeof count, c->goal);
    snprintf(goal, sizeof goal, "%s dart%s", count, plural(c->goal));
    const table_column columns[] = {{"device", true}, {"kernel", true},  {"darts/s", false}, {"x one core", false},
                                    {"x CPU", false}, {"set-up", false}, {goal, false}};
    table t = table_begin(columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < c->row_count; i++)
        add_row(&t, c, &c->rows[i]);
    print(out, &t);
    table_free(&t);
}

/* ---- bound and energy ---- */

static void add_efficiency(table *t, const comparison_row *r, bool with_energy)
{
    char text[16];
    const comparison_energy *const e = &r->energy;
    const double share = comparison_share(r);
    table_add(t, "%s", r->row->label);
    table_add(t, "%s", r->row->device.kernel);
    table_add(t, "%u", r->row->workers);
    if (isfinite(share))
        table_add(t, "%.0f %%%s", 100.0 * share, r->bound.predicted ? " (predicted)" : "");
    else
        table_add(t, "-");
    if (with_energy) {
        table_add(t, "%s", three_digits(text, e->energy.joules / e->seconds));
        table_add(t, "%s", three_digits(text, (double)e->darts / e->energy.joules));
    }
}

static void print_efficiency(FILE *out, const comparison *c, table_printer *print)
{
    static const table_column columns[] = {{"device", true},        {"kernel", true}, {"workers", false},
                                           {"of its bound", false}, {"watts", false}, {"darts/J", false}};
    enum { energy_columns = 2 };
    bool with_energy = false;
    for (size_t i = 0; i < c->row_count; i++)
        with_energy = with_energy || isfinite(c->rows[i].energy.energy.joules);
    table t = table_begin(columns, sizeof columns / sizeof *columns - (with_energy ? 0 : energy_columns));
    for (size_t i = 0; i < c->row_count; i++)
        add_efficiency(&t, &c->rows[i], with_energy);
    print(out, &t);
    table_free(&t);
}

/* Each reason once. */
static void print_absences(FILE *out, const comparison *c)
{
    for (size_t i = 0; i < c->row_count; i++) {
        const char *const absence = c->rows[i].energy.absence;
        size_t k = 0;
        while (k < i && strcmp(c->rows[k].energy.absence, absence) != 0)
            k++;
        if (absence[0] && k == i)
            fprintf(out, "Energy unknown: %s.\n", absence);
    }
}

/* ---- sentences ---- */

static void print_break_evens(FILE *out, const comparison *c)
{
    for (size_t i = 0; i < c->break_even_count; i++) {
        const break_even *const b = &c->break_evens[i];
        const char *const has = b->fast->row->workers == 1 ? "has" : "have";
        const char *const pays = b->fast->row->workers == 1 ? "pays" : "pay";
        char darts[16];
        const row_name fast = comparison_name(c, b->fast);
        const row_name slow = comparison_name(c, b->slow);
        if (!b->known)
            fprintf(out, "It is not known if %s %s against %s: the ratio may be 1.\n", fast.text, pays, slow.text);
        else if (isinf(b->darts))
            fprintf(out, "%s never %s the result before %s.\n", fast.text, has, slow.text);
        else if (b->darts < 1.0)
            fprintf(out, "%s %s the result before %s for any number of darts.\n", fast.text, has, slow.text);
        else
            fprintf(out, "%s %s from %s darts on: below, %s %s the result first.\n", fast.text, pays,
                    three_digits(darts, b->darts), slow.text, b->slow->row->workers == 1 ? "has" : "have");
    }
}

static bool any_extrapolated(const comparison *c)
{
    bool measured = true;
    for (size_t i = 0; i < c->row_count && measured; i++)
        (void)comparison_seconds(&c->rows[i], c->goal, &measured);
    return !measured;
}

/* The name of each device once, with the rows that it stands in. */
static void print_names(FILE *out, const comparison *c)
{
    for (size_t i = 0; i < c->row_count; i++) {
        const sweep_row *const row = c->rows[i].row;
        size_t k = 0;
        while (k < i && (c->rows[k].row->kind != row->kind || strcmp(c->rows[k].row->device.id, row->device.id) != 0))
            k++;
        if (row->kind != SWEEP_TOGETHER && k == i)
            fprintf(out, "%s: %s\n", row->device.id, row->device.name);
    }
}

static void print_notes(FILE *out, const comparison *c)
{
    fputs("Rates are darts over counting time, without set-up; x CPU is the ratio to all\n"
          "CPU workers. The last column is the time from start to result.\n",
          out);
    if (any_extrapolated(c))
        fputs("* follows from set-up and rate and was not measured.\n", out);
    if (c->sweep->gpu_count > 0)
        fputs("The set-up of a GPU is that of a new process.\n", out);
}

/* `print`: text or Markdown. */
static void print_report(FILE *out, const comparison *c, table_printer *print)
{
    char headline[200];
    comparison_headline(headline, sizeof headline, c);
    print_job(out, &c->sweep->origin);
    sweep_complete_text(out, c->sweep);
    if (c->sweep->rounds_done > 0)
        fprintf(out, "%s\n\n", headline);
    print_rates(out, c, print);
    fputc('\n', out);
    if (c->sweep->rounds_done == 0)
        return;
    print_efficiency(out, c, print);
    fputc('\n', out);
    print_names(out, c);
    print_break_evens(out, c);
    print_absences(out, c);
    fputc('\n', out);
    print_notes(out, c);
    sweep_method_text(out, c->sweep);
    sweep_text(out, c->sweep);
}

void comparison_text(FILE *out, const void *report)
{
    print_report(out, report, table_print_text);
}

void comparison_markdown(FILE *out, const void *report)
{
    const comparison *const c = report;
    print_report(out, c, table_print_markdown);
    warnings_markdown(out, &c->sweep->warnings);
}
