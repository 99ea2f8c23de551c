/* What saved sweeps have in common, and what differs: rows, counts, machines. */
#ifndef MCPI_CLI_SAVED_SAVED_MATCH_H
#define MCPI_CLI_SAVED_SAVED_MATCH_H

#include "cli/io/warnings.h"
#include "cli/saved/saved_sweep.h"

/* Room for a headline. */
enum { saved_headline_size = 280 };

/* A row of two sweeps; NULL where only one has it. */
typedef struct row_pair {
    const saved_row *a, *b;
} row_pair;

/* The rows of both, then those of `b` alone. Rows are the same if label, kernel, number and kind of workers are equal;
   of the others, if the label is equal and occurs once in each sweep. `pairs` has room for the rows of both sweeps.
   Returns how many there are. */
size_t saved_pair_rows(const saved_sweep *a, const saved_sweep *b, row_pair *pairs);

/* The row of a sweep with the label, kernel, number and kind of workers of `row`; NULL if there is none. */
const saved_row *saved_find_row(const saved_sweep *saved, const saved_row *row);

/* Whether counts of the same darts are equal. */
typedef enum count_verdict { COUNTS_AGREE, COUNTS_DIFFER, COUNTS_OF_OTHER_DARTS } count_verdict;

typedef struct count_comparison {
    count_verdict verdict;
    const saved_sweep *sweeps[2]; /* two that disagree, and the rows with their counts; otherwise NULL */
    const saved_row *rows[2];
} count_comparison;

/* Compare the counts of all sweeps. They agree if at least two sweeps counted the same darts, and all such counts are
   equal. */
count_comparison saved_compare_counts(const saved_sweep *const *sweeps, size_t count);

/* "agree", "differ", "other_darts" */
const char *count_verdict_name(count_verdict verdict);

/* "the counts of the same darts agree": the end of a headline. */
const char *count_verdict_text(count_verdict verdict);

/* Add a warning for each condition that differs between two sweeps, and can explain a difference of their rates: host,
   CPU, Linux, version and compiler of mcpi, clock, load. */
void saved_warn_of_conditions(warning_list *w, const saved_sweep *a, const saved_sweep *b);

/* The same for a row of both: kernel, device, number of workers. */
void saved_warn_of_rows(warning_list *w, const saved_sweep *a, const saved_sweep *b, const row_pair *pair);

/* Add the warnings of a sweep itself. */
void saved_warn_of_sweep(warning_list *w, const saved_sweep *saved);

#endif
