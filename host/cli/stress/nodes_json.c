#include <math.h>
#include <string.h>
#include <time.h>

#include "cli/args/options.h"
#include "cli/io/exit_process.h"
#include "cli/io/json.h"
#include "cli/stress/node_rows.h"

static void put_lines(json_writer *j, const node_row *row)
{
    const char *line = row->lines;
    put_open(j, "messages", '[');
    for (uint64_t i = 0; i < row->account.line_count; i++, line += strlen(line) + 1)
        put_string(j, NULL, line);
    put_close(j, ']');
}

static void put_row(json_writer *j, const node_table *table, const node_row *row)
{
    put_open(j, NULL, '{');
    put_integer(j, "rank", row->rank);
    put_string(j, "node", row->node);
    put_string(j, "state", node_state_name(node_state_of(table, row)));
    put_integer(j, "exit_code", (uint64_t)node_exit_code(table, row));
    put_bool(j, "ended", row->account.ended);
    put_bool(j, "lost", row->lost);
    if (row->silent || row->lost)
        put_seconds(j, "silent_seconds", row->silent_seconds);
    put_lines(j, row);
    if (row->json)
        put_json(j, "report", row->json);
    put_close(j, '}');
}

static void put_bad(json_writer *j, const node_table *table)
{
    put_open(j, "bad_nodes", '[');
    for (size_t i = 0; i < table->count; i++)
        if (node_is_bad(node_state_of(table, &table->rows[i])))
            put_string(j, NULL, table->rows[i].node);
    put_close(j, ']');
}

static const char *status_of(const node_sum *sum, int exit_code)
{
    return sum->bad > 0 ? "NOT OK" : exit_code == EXIT_DONE ? "OK" : "INTERRUPTED";
}

void node_table_json(FILE *out, const node_table *table, const run_origin *origin)
{
    const time_t now = table->ended ? origin->ended : time(NULL);
    json_writer j = json_begin(out, "mcpi.stress_nodes.v1");
    const node_sum sum = node_table_sum(table);
    const int exit_code = node_table_exit_code(table);
    put_bool(&j, "summary", table->ended);
    if (table->ended)
        put_string(&j, "status", status_of(&sum, exit_code));
    put_integer(&j, "exit_code", (uint64_t)exit_code);
    put_integer(&j, "time", (uint64_t)now);
    put_utc(&j, "time_utc", now);
    put_seconds(&j, "seconds", sum.seconds);
    put_number(&j, "asked_seconds", table->asked_seconds > 0.0 ? table->asked_seconds : NAN);
    put_integer(&j, "confirmed_darts", sum.confirmed_darts);
    put_open(&j, "exact", '{');
    put_exact(&j, "confirmed_darts", sum.confirmed_darts);
    put_close(&j, '}');
    put_integer(&j, "disagreements", sum.disagreements);
    put_origin(&j, origin);
    put_bad(&j, table);
    put_open(&j, "nodes", '[');
    for (size_t i = 0; i < table->count; i++)
        put_row(&j, table, &table->rows[i]);
    put_close(&j, ']');
    json_end(&j);
}
