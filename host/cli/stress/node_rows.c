#include "cli/stress/node_rows.h"

#include <stdlib.h>
#include <string.h>

#include "cli/args/options.h"
#include "cli/io/exit_process.h"

static bool keep_json(node_row *row, const char *json)
{
    char *const copy = strdup(json);
    if (!copy)
        return false;
    free(row->json);
    row->json = copy;
    return true;
}

bool node_row_read(node_row *row, unsigned rank, const job_standing *standing)
{
    const char *json = NULL;
    row->rank = rank;
    row->node = standing->node;
    row->silent_seconds = standing->silent_seconds;
    row->silent = standing->silent;
    row->lost = standing->lost;
    if (!standing->report)
        return true;
    return node_account_unpack(standing->report, standing->bytes, &row->account, &row->lines, &json) &&
           (!json || keep_json(row, json));
}

/* ---- states ---- */

/* The name of each state, and the exit code of a node in it. */
static const struct {
    const char *name;
    int exit_code;
} states[] = {
    [NODE_FAULTY] = {"FAULTY", EXIT_MISMATCH},
    [NODE_FAILED] = {"FAILED", EXIT_FAILED},
    [NODE_LOST] = {"LOST", EXIT_FAILED},
    [NODE_MISSING] = {"MISSING", EXIT_NO_DEVICE},
    [NODE_REFUSED] = {"REFUSED", EXIT_USAGE},
    [NODE_SILENT] = {"SILENT", EXIT_DONE},
    [NODE_INTERRUPTED] = {"INTERRUPTED", EXIT_INTERRUPTED},
    [NODE_STARTING] = {"starting", EXIT_DONE},
    [NODE_OK] = {"ok", EXIT_DONE},
};

/* The first state with that exit code. */
static node_state state_of_exit(int exit_code)
{
    if (exit_code == EXIT_DONE)
        return NODE_OK;
    for (node_state state = NODE_FAULTY; state < NODE_OK; state++)
        if (states[state].exit_code == exit_code)
            return state;
    return NODE_FAILED;
}

node_state node_state_of(const node_table *table, const node_row *row)
{
    const node_account *const account = &row->account;
    const node_state by_exit = state_of_exit((int)account->exit_code);
    if (by_exit < NODE_LOST)
        return by_exit;
    if (row->lost)
        return NODE_LOST;
    if (by_exit != NODE_OK || account->ended)
        return by_exit;
    if (row->silent)
        return NODE_SILENT;
    if (table->ended)
        return NODE_INTERRUPTED;
    return account->began ? NODE_OK : NODE_STARTING;
}

const char *node_state_name(node_state state)
{
    return states[state].name;
}

bool node_is_bad(node_state state)
{
    return state < NODE_INTERRUPTED;
}

int worse_exit_code(int a, int b)
{
    return state_of_exit(a) < state_of_exit(b) ? a : b;
}

/* A node that is silent when the test ends has failed. */
int node_exit_code(const node_table *table, const node_row *row)
{
    const node_state state = node_state_of(table, row);
    return state == NODE_SILENT && table->ended ? EXIT_FAILED : states[state].exit_code;
}

int node_table_exit_code(const node_table *table)
{
    int code = EXIT_DONE;
    for (size_t i = 0; i < table->count; i++)
        code = worse_exit_code(code, node_exit_code(table, &table->rows[i]));
    return code;
}

/* ---- order ---- */

static size_t copy_state(node_row *rows, const node_table *table, node_state state)
{
    size_t count = 0;
    for (size_t i = 0; i < table->count; i++)
        if (node_state_of(table, &table->rows[i]) == state)
            rows[count++] = table->rows[i];
    return count;
}

static int compare_ranks(const void *a, const void *b)
{
    const unsigned left = ((const node_row *)a)->rank;
    const unsigned right = ((const node_row *)b)->rank;
    return (left > right) - (left < right);
}

/* If out of memory, the rows stay unsorted. */
void node_table_sort(node_table *table)
{
    node_row *const sorted = malloc((table->count + 1) * sizeof *sorted);
    size_t count = 0;
    if (!sorted)
        return;
    qsort(table->rows, table->count, sizeof *table->rows, compare_ranks);
    for (node_state state = NODE_FAULTY; state <= NODE_OK; state++)
        count += copy_state(sorted + count, table, state);
    memcpy(table->rows, sorted, count * sizeof *sorted);
    free(sorted);
}

/* ---- sums ---- */

static void add_row(node_sum *sum, const node_table *table, const node_row *row)
{
    const node_account *const account = &row->account;
    const node_state state = node_state_of(table, row);
    sum->states[state]++;
    sum->interrupted |= account->interrupted || state == NODE_INTERRUPTED;
    sum->bad += node_is_bad(state);
    sum->confirmed_darts += account->confirmed_darts;
    sum->disagreements += account->disagreements;
    sum->rate += account->ended || row->lost ? 0.0 : account->rate;
    if (account->seconds > sum->seconds)
        sum->seconds = account->seconds;
    if (account->no_gpu[0] == '\0')
        return;
    if (sum->without_gpu++ == 0) {
        sum->no_gpu = account->no_gpu;
        sum->gpuless = row->node;
    }
}

node_sum node_table_sum(const node_table *table)
{
    node_sum sum = {0};
    for (size_t i = 0; i < table->count; i++)
        add_row(&sum, table, &table->rows[i]);
    return sum;
}
