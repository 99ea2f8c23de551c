/*
 * The nodes of a stress test: a table with a row for each, the bad ones first, and one verdict. Pure functions over the
 * accounts of the nodes.
 */
#ifndef MCPI_CLI_STRESS_NODE_ROWS_H
#define MCPI_CLI_STRESS_NODE_ROWS_H

#include "cli/stress/job_link.h"
#include "cli/stress/node_account.h"

/* From bad to good; the order of the rows. */
typedef enum node_state {
    NODE_FAULTY,      /* counts disagree */
    NODE_FAILED,      /* a device failed, or metrics could not be written */
    NODE_LOST,        /* no longer responding; given up */
    NODE_MISSING,     /* an expected device is missing */
    NODE_REFUSED,     /* its command line is wrong there */
    NODE_SILENT,      /* not responding at the moment */
    NODE_INTERRUPTED, /* stopped before its time was over */
    NODE_STARTING,    /* no account yet, or its devices are not known yet */
    NODE_OK
} node_state;

typedef struct node_row {
    unsigned rank;
    const char *node;
    node_account account; /* the latest account; all 0 if there is none */
    const char *lines;    /* the lines of that account */
    char *json;           /* the latest JSON, owned by the row; NULL: none */
    double silent_seconds;
    bool silent, lost; /* not responding at the moment; given up */
} node_row;

typedef struct node_table {
    node_row *rows; /* one for each rank that tests a node */
    size_t count;
    bool ended;           /* no more accounts will arrive */
    double asked_seconds; /* as in a report */
} node_table;

/* Read a rank's report into the row of its node. The row keeps pointers into it. False if it is malformed. */
bool node_row_read(node_row *row, unsigned rank, const job_standing *standing);

/* The state so far. Once table->ended is set, a node that has not ended counts as interrupted. */
node_state node_state_of(const node_table *table, const node_row *row);

/* "FAULTY", ... */
const char *node_state_name(node_state state);

/* Whether the state is an error. An interruption is not. */
bool node_is_bad(node_state state);

/* The exit code of one node: EXIT_FAILED for a lost one. */
int node_exit_code(const node_table *table, const node_row *row);

/* The worst exit code of the nodes: MISMATCH, FAILED, NO_DEVICE, USAGE, INTERRUPTED, DONE, in this order. */
int node_table_exit_code(const node_table *table);

/* The worse of two exit codes, in that order. */
int worse_exit_code(int a, int b);

/* Sort the bad nodes to the front; nodes in the same state by rank. */
void node_table_sort(node_table *table);

/* Totals over all nodes. */
typedef struct node_sum {
    size_t states[NODE_OK + 1]; /* nodes in each state */
    size_t bad;
    bool interrupted;    /* a node was stopped before its time was over */
    size_t without_gpu;  /* nodes that say why no GPU is tested */
    const char *no_gpu;  /* the first reason; NULL: none */
    const char *gpuless; /* the node that gives it */
    uint64_t confirmed_darts, disagreements;
    double seconds; /* of the longest test */
    double rate;
} node_sum;

node_sum node_table_sum(const node_table *table);

/* One line without its newline, at most `width` columns: time, nodes in each state, rate, disagreements. */
void node_table_line(char *line, size_t width, const node_table *table);

/* A row for each node; with `bad_only` for bad ones only. False if there are none, and nothing was printed. */
bool node_table_print(FILE *out, const node_table *table, bool bad_only);

/* Print the errors of each node, and the verdict. */
void node_table_verdict(FILE *out, const node_table *table);

/* One object on one line, schema mcpi.stress_nodes.v1; `origin` is that of rank 0. */
void node_table_json(FILE *out, const node_table *table, const run_origin *origin);

#endif
