#include "cli/saved/sweep_pool.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/io/three_digits.h"
#include "cli/io/with_error.h"
#include "core/backend.h"
#include "core/status.h"

/* ---- one machine ---- */

static mcpi_status check_fact(const saved_sweep *a, const saved_sweep *b, saved_fact fact, mcpi_error *error)
{
    const char *const of_a = a->facts[fact].text;
    const char *const of_b = b->facts[fact].text;
    if (!of_a[0] || !of_b[0] || strcmp(of_a, of_b) == 0)
        return MCPI_OK;
    return mcpi_fail(error, MCPI_BAD_OPTION,
                     "%.100s and %.100s are of different machines (%s, %s): compare only two such files", a->file,
                     b->file, of_a, of_b);
}

/* A sweep that is given twice would make the interval too narrow. */
static mcpi_status check_different(const saved_sweep *a, const saved_sweep *b, mcpi_error *error)
{
    if (strcmp(a->facts[SAVED_STARTED].text, b->facts[SAVED_STARTED].text) != 0 ||
        a->rows[0].rates.median != b->rows[0].rates.median)
        return MCPI_OK;
    return mcpi_fail(error, MCPI_BAD_OPTION, "%.100s and %.100s are the same sweep", a->file, b->file);
}

static mcpi_status check_all_different(const sweep_pool *p, mcpi_error *error)
{
    mcpi_status status = MCPI_OK;
    for (size_t i = 0; i < p->count; i++)
        for (size_t k = i + 1; k < p->count && status == MCPI_OK; k++)
            status = check_different(p->sweeps[i], p->sweeps[k], error);
    return status;
}

static mcpi_status check_machines(const sweep_pool *p, mcpi_error *error)
{
    mcpi_status status = MCPI_OK;
    for (size_t i = 1; i < p->count && status == MCPI_OK; i++) {
        status = check_fact(p->sweeps[0], p->sweeps[i], SAVED_HOST, error);
        if (status == MCPI_OK)
            status = check_fact(p->sweeps[0], p->sweeps[i], SAVED_CPU, error);
    }
    return status;
}

/* ---- rows ---- */

/* The same row in each sweep; false if one does not have it. */
static bool find_in_all(const sweep_pool *p, const saved_row *row, const saved_row **found)
{
    for (size_t i = 0; i < p->count; i++)
        if (!(found[i] = saved_find_row(p->sweeps[i], row)))
            return false;
    return true;
}

static double rate_in(const saved_row *row)
{
    return row->rates.median;
}

static double core_ratio_in(const saved_row *row)
{
    return row->vs_core;
}

static double cpu_ratio_in(const saved_row *row)
{
    return row->vs_cpu;
}

static mcpi_spread spread_over(const saved_row **rows, size_t count, double (*value_in)(const saved_row *))
{
    double values[pool_most_sweeps];
    for (size_t i = 0; i < count; i++) {
        values[i] = value_in(rows[i]);
        if (isnan(values[i]))
            return mcpi_no_spread;
    }
    return mcpi_spread_of(values, count);
}

static bool is_one_core(const pooled_row *row)
{
    return row->first->workers == 1 && row->first->gpus == 0;
}

/* The ratio of one core to itself says nothing. */
static bool leads(const pooled_row *row, const pooled_row *other)
{
    if (is_one_core(row) != is_one_core(other))
        return is_one_core(other);
    return row->vs_core.median > other->vs_core.median;
}

static void add_rows(sweep_pool *p)
{
    const saved_row *found[pool_most_sweeps];
    for (size_t i = 0; i < p->sweeps[0]->row_count; i++) {
        const saved_row *const first = &p->sweeps[0]->rows[i];
        if (!find_in_all(p, first, found))
            continue;
        pooled_row *const row = &p->rows[p->row_count++];
        *row = (pooled_row){
            .first = first,
            .rates = spread_over(found, p->count, rate_in),
            .vs_core = spread_over(found, p->count, core_ratio_in),
            .vs_cpu = spread_over(found, p->count, cpu_ratio_in),
        };
        if (!p->lead || leads(row, p->lead))
            p->lead = row;
    }
}

static void warn(sweep_pool *p)
{
    for (size_t i = 0; i < p->count; i++)
        saved_warn_of_sweep(&p->warnings, p->sweeps[i]);
    for (size_t i = 1; i < p->count; i++)
        saved_warn_of_conditions(&p->warnings, p->sweeps[0], p->sweeps[i]);
}

mcpi_status sweep_pool_of(sweep_pool *p, const saved_sweep *const *sweeps, size_t count, mcpi_error *error)
{
    *p = (sweep_pool){.sweeps = sweeps, .count = count};
    mcpi_status status = check_machines(p, error);
    if (status == MCPI_OK)
        status = check_all_different(p, error);
    if (status != MCPI_OK)
        return status;
    p->rows = calloc(sweeps[0]->row_count, sizeof *p->rows);
    if (!p->rows)
        return mcpi_fail(error, MCPI_NO_MEMORY, "out of memory");
    add_rows(p);
    p->counts = saved_compare_counts(sweeps, count);
    warn(p);
    return MCPI_OK;
}

void sweep_pool_free(sweep_pool *p)
{
    free(p->rows);
    warnings_free(&p->warnings);
    p->rows = NULL;
}

/* ---- words ---- */

void sweep_pool_headline(char *text, size_t size, const sweep_pool *p)
{
    char number[3][32];
    const char *const end = count_verdict_text(p->counts.verdict);
    if (!p->lead) {
        snprintf(text, size, "no row is in all files; %s", end);
        return;
    }
    const mcpi_spread *const ratio = &p->lead->vs_core;
    const char *const who = p->lead->first->who.text;
    if (isnan(ratio->low))
        snprintf(text, size, "%s: %s to %s times one core in %zu sweeps; %s", who,
                 three_digits(number[0], ratio->lowest), three_digits(number[1], ratio->highest), p->count, end);
    else
        snprintf(text, size, "%s: %s times one core, over %zu sweeps; %s", who,
                 median_with_error(number[2], ratio, 1.0), p->count, end);
}
