/*
 * Two saved sweeps side by side: how much faster is the second, and do their counts agree? Text, Markdown, JSON (schema
 * mcpi.compare_files.v1) and CSV.
 *
 * The rounds of different sweeps are not pairs, so a ratio is that of the medians of their rates: stats/unpaired.h.
 */
#ifndef MCPI_CLI_SAVED_SIDE_BY_SIDE_H
#define MCPI_CLI_SAVED_SIDE_BY_SIDE_H

#include <stdio.h>

#include "cli/saved/saved_match.h"

typedef enum rate_change { CHANGE_UNKNOWN, CHANGE_NONE, CHANGE_FASTER, CHANGE_SLOWER } rate_change;

typedef struct side_row {
    row_pair rows;
    mcpi_spread ratio; /* the rate in B over that in A; NaN if only one has the row */
    rate_change change;
} side_row;

typedef struct side_by_side {
    const saved_sweep *a, *b;
    count_comparison counts;
    size_t row_count;
    side_row *rows;       /* those of both first, in the order of A */
    const side_row *lead; /* of both, the fastest in A; NULL if there is none */
    warning_list warnings;
} side_by_side;

/* Compare two sweeps, which must stay valid. Returns false without memory. Free it with side_by_side_free(). */
bool side_by_side_of(side_by_side *s, const saved_sweep *a, const saved_sweep *b);
void side_by_side_free(side_by_side *s);

/* "unknown" (fewer than 6 rounds, or a row of one sweep only), "none", "faster", "slower" */
const char *rate_change_name(rate_change change);

/* One line without newline: "B is 3.1 +- 0.4 % faster than A on all cores; the counts of the same darts agree". */
void side_by_side_headline(char *text, size_t size, const side_by_side *s);

/* Renderers: they take a side_by_side. */
void side_by_side_text(FILE *out, const void *report);
void side_by_side_markdown(FILE *out, const void *report);
void side_by_side_json(FILE *out, const void *report);
void side_by_side_csv(FILE *out, const void *report);

#endif
