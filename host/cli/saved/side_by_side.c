#include "cli/saved/side_by_side.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/io/with_error.h"
#include "stats/unpaired.h"

/* ---- rows ---- */

static rate_change change_of(const mcpi_spread *ratio)
{
    if (isnan(ratio->low))
        return CHANGE_UNKNOWN;
    return ratio->low > 1.0 ? CHANGE_FASTER : ratio->high < 1.0 ? CHANGE_SLOWER : CHANGE_NONE;
}

static side_row compare_pair(row_pair pair)
{
    side_row row = {.rows = pair, .ratio = mcpi_no_spread};
    if (pair.a && pair.b)
        row.ratio = mcpi_unpaired_ratio(&pair.b->rates, &pair.a->rates);
    row.change = change_of(&row.ratio);
    return row;
}

/* Add the rows that both have, or those that only one has. */
static void add_rows(side_by_side *s, const row_pair *pairs, size_t count, bool of_both)
{
    for (size_t i = 0; i < count; i++)
        if ((pairs[i].a && pairs[i].b) == of_both)
            s->rows[s->row_count++] = compare_pair(pairs[i]);
}

static void find_lead(side_by_side *s)
{
    for (size_t i = 0; i < s->row_count && s->rows[i].rows.a && s->rows[i].rows.b; i++)
        if (!s->lead || s->rows[i].rows.a->rates.median > s->lead->rows.a->rates.median)
            s->lead = &s->rows[i];
}

/* ---- warnings ---- */

static void warn_of_rounds(warning_list *w, const side_by_side *s)
{
    for (size_t i = 0; i < s->row_count; i++) {
        const row_pair *const pair = &s->rows[i].rows;
        if (!pair->a || !pair->b ||
            (pair->a->rounds >= MCPI_FEWEST_FOR_INTERVAL && pair->b->rounds >= MCPI_FEWEST_FOR_INTERVAL))
            continue;
        warnings_add(w, "few_rounds",
                     "'%s' has %zu and %zu rounds; with fewer than %d there is no interval (compare --rounds)",
                     pair->a->who.text, pair->a->rounds, pair->b->rounds, MCPI_FEWEST_FOR_INTERVAL);
        return;
    }
}

static void warn(side_by_side *s)
{
    saved_warn_of_sweep(&s->warnings, s->a);
    saved_warn_of_sweep(&s->warnings, s->b);
    saved_warn_of_conditions(&s->warnings, s->a, s->b);
    for (size_t i = 0; i < s->row_count; i++)
        if (s->rows[i].rows.a && s->rows[i].rows.b)
            saved_warn_of_rows(&s->warnings, s->a, s->b, &s->rows[i].rows);
    warn_of_rounds(&s->warnings, s);
}

/* ---- both ---- */

bool side_by_side_of(side_by_side *s, const saved_sweep *a, const saved_sweep *b)
{
    *s = (side_by_side){.a = a, .b = b};
    row_pair *const pairs = calloc(a->row_count + b->row_count, sizeof *pairs);
    s->rows = calloc(a->row_count + b->row_count, sizeof *s->rows);
    if (!pairs || !s->rows) {
        free(pairs);
        return false;
    }
    const size_t count = saved_pair_rows(a, b, pairs);
    add_rows(s, pairs, count, true);
    add_rows(s, pairs, count, false);
    free(pairs);
    find_lead(s);
    s->counts = saved_compare_counts((const saved_sweep *const[]){a, b}, 2);
    warn(s);
    return true;
}

void side_by_side_free(side_by_side *s)
{
    free(s->rows);
    warnings_free(&s->warnings);
    *s = (side_by_side){0};
}

/* ---- words ---- */

const char *rate_change_name(rate_change change)
{
    static const char *const names[] = {
        [CHANGE_UNKNOWN] = "unknown", [CHANGE_NONE] = "none", [CHANGE_FASTER] = "faster", [CHANGE_SLOWER] = "slower"};
    return names[change];
}

/* "B is 3.1 +- 0.4 % faster than A" or, from a factor of 2 on, "B is 3.10 +- 0.04 times as fast as A". */
static void write_change(char *text, size_t size, const side_row *row)
{
    char number[32];
    const double ratio = row->ratio.median;
    if (ratio < 2.0 && ratio > 0.5)
        snprintf(text, size, "B is %s %% %s than A",
                 with_error(number, 100.0 * fabs(ratio - 1.0), 100.0 * mcpi_spread_error(&row->ratio)),
                 rate_change_name(row->change));
    else
        snprintf(text, size, "B is %s times as fast as A", median_with_error(number, &row->ratio, 1.0));
}

static void write_lead(char *text, size_t size, const side_row *row)
{
    char number[32];
    median_with_error(number, &row->ratio, 1.0);
    if (row->change == CHANGE_UNKNOWN)
        snprintf(text, size, "too few rounds to tell: B counts %s times as fast as A", number);
    else if (row->change == CHANGE_NONE)
        snprintf(text, size, "no difference: B counts %s times as fast as A", number);
    else
        write_change(text, size, row);
}

/* "all cores", "gpu:0", "all devices together": in a sentence. */
static const char *name_of(const saved_row *row)
{
    return strcmp(row->who.text, "together") == 0 ? "all devices together" : row->who.text;
}

void side_by_side_headline(char *text, size_t size, const side_by_side *s)
{
    char lead[120] = "no row is in both files";
    if (s->lead)
        write_lead(lead, sizeof lead, s->lead);
    snprintf(text, size, "%s%s%s; %s", lead, s->lead ? " on " : "", s->lead ? name_of(s->lead->rows.a) : "",
             count_verdict_text(s->counts.verdict));
}
