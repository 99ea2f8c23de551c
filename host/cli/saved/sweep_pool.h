/*
 * Sweeps of one machine, taken at different times and pooled: the median of the ratios that each sweep has measured,
 * and how far the sweeps differ. Another program that runs through a whole sweep slows its rounds alike, and its
 * interval cannot show that; beside the other sweeps it can be seen. Text, Markdown, JSON (schema
 * mcpi.compare_files.v1) and CSV.
 */
#ifndef MCPI_CLI_SAVED_SWEEP_POOL_H
#define MCPI_CLI_SAVED_SWEEP_POOL_H

#include <stdio.h>

#include "cli/saved/saved_match.h"

enum { pool_most_sweeps = 1000 };

/* A row that all sweeps have. The spreads are over the medians of the sweeps; none if one of them is unknown. */
typedef struct pooled_row {
    const saved_row *first; /* in the first sweep */
    mcpi_spread rates, vs_core, vs_cpu;
} pooled_row;

typedef struct sweep_pool {
    const saved_sweep *const *sweeps;
    size_t count;
    count_comparison counts;
    size_t row_count;
    pooled_row *rows;
    const pooled_row *lead; /* the largest ratio to one core, of other rows if there are any; NULL without rows */
    warning_list warnings;
} sweep_pool;

/*
 * Pool up to pool_most_sweeps sweeps, which must stay valid. BAD_OPTION if two are known to be of different machines
 * (host or CPU), or are the same sweep; NO_MEMORY. Free it with sweep_pool_free(), after a failure, too.
 */
mcpi_status sweep_pool_of(sweep_pool *p, const saved_sweep *const *sweeps, size_t count, mcpi_error *error);
void sweep_pool_free(sweep_pool *p);

/* One line without newline: "all cores: 1.98 +- 0.02 times one core, over 7 sweeps; the counts of the same darts
   agree". */
void sweep_pool_headline(char *text, size_t size, const sweep_pool *p);

/* Renderers: they take a sweep_pool. */
void sweep_pool_text(FILE *out, const void *report);
void sweep_pool_markdown(FILE *out, const void *report);
void sweep_pool_json(FILE *out, const void *report);
void sweep_pool_csv(FILE *out, const void *report);

#endif
