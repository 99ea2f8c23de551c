#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "cli/io/exit_process.h"
#include "cli/io/three_digits.h"
#include "cli/run/progress.h"
#include "cli/run/run_report.h"
#include "cli/stress/node_rows.h"

/* ---- a line ---- */

static size_t add_states(char *line, size_t width, const node_sum *sum)
{
    size_t used = 0;
    line[0] = '\0';
    for (node_state state = NODE_FAULTY; state <= NODE_OK; state++) {
        if (sum->states[state] == 0 || used >= width)
            continue;
        const int length = snprintf(line + used, width + 1 - used, "%s%zu %s", used > 0 ? ", " : "", sum->states[state],
                                    node_state_name(state));
        used += (size_t)length;
    }
    return used < width ? used : width;
}

void node_table_line(char *line, size_t width, const node_table *table)
{
    char time[32], rate[16], states[200];
    const node_sum sum = node_table_sum(table);
    format_time(time, sizeof time, sum.seconds);
    add_states(states, sizeof states - 1, &sum);
    snprintf(line, width + 1, "%s  %zu node%s: %s  %s darts/s  %" PRIu64 " disagreement%s", time, table->count,
             plural(table->count), states, three_digits(rate, sum.rate), sum.disagreements, plural(sum.disagreements));
}

/* ---- the table ---- */

/* "64 cores + 8 GPUs" */
static void name_devices(char *text, size_t size, const node_account *account)
{
    char cores[40] = "", gpus[40] = "";
    if (account->cores > 0)
        snprintf(cores, sizeof cores, "%" PRIu64 " core%s", account->cores, plural(account->cores));
    if (account->gpus > 0)
        snprintf(gpus, sizeof gpus, "%" PRIu64 " GPU%s", account->gpus, plural(account->gpus));
    snprintf(text, size, "%s%s%s", cores, cores[0] && gpus[0] ? " + " : "", gpus);
    if (text[0] == '\0')
        snprintf(text, size, "none");
}

/* Over all rows, so that columns line up. */
static int node_width(const node_table *table)
{
    size_t widest = strlen("node");
    for (size_t i = 0; i < table->count; i++) {
        const size_t length = strlen(table->rows[i].node);
        widest = length > widest ? length : widest;
    }
    return (int)widest;
}

static void print_row(FILE *out, int width, const node_table *table, const node_row *row)
{
    char devices[90], checked[16];
    name_devices(devices, sizeof devices, &row->account);
    fprintf(out, "%5u  %-*s  %-11s  %-20s %9s %7" PRIu64 "\n", row->rank, width, row->node,
            node_state_name(node_state_of(table, row)), devices,
            three_digits(checked, (double)row->account.confirmed_darts), row->account.disagreements);
}

bool node_table_print(FILE *out, const node_table *table, bool bad_only)
{
    const int width = node_width(table);
    if (bad_only && node_table_sum(table).bad == 0)
        return false;
    fprintf(out, "%5s  %-*s  %-11s  %-20s %9s %7s\n", "rank", width, "node", "state", "devices", "checked", "faults");
    for (size_t i = 0; i < table->count; i++)
        if (!bad_only || node_is_bad(node_state_of(table, &table->rows[i])))
            print_row(out, width, table, &table->rows[i]);
    return true;
}

/* ---- the verdict ---- */

static void print_silence(FILE *out, const node_row *row)
{
    char when[40];
    struct tm utc;
    const time_t heard = time(NULL) - (time_t)row->silent_seconds;
    gmtime_r(&heard, &utc);
    strftime(when, sizeof when, "%Y-%m-%d %H:%M:%S UTC", &utc);
    fprintf(out, "%s: rank %u has not been heard from since %s\n", row->node, row->rank, when);
}

static void print_lines(FILE *out, const node_row *row)
{
    const char *line = row->lines;
    for (uint64_t i = 0; i < row->account.line_count; i++, line += strlen(line) + 1)
        fprintf(out, "%s: %s\n", row->node, line);
    if (row->lost || row->silent)
        print_silence(out, row);
}

static void print_bad_names(FILE *out, const node_table *table, const node_sum *sum)
{
    const char *separator = ": ";
    fprintf(out, "NOT OK: %zu of %zu node%s", sum->bad, table->count, plural(table->count));
    for (size_t i = 0; i < table->count; i++) {
        if (!node_is_bad(node_state_of(table, &table->rows[i])))
            continue;
        fprintf(out, "%s%s", separator, table->rows[i].node);
        separator = ", ";
    }
}

static void print_head(FILE *out, const node_table *table, const node_sum *sum)
{
    if (sum->bad > 0)
        print_bad_names(out, table, sum);
    else
        fprintf(out, "%s: %zu node%s", node_table_exit_code(table) == EXIT_DONE ? "OK" : "INTERRUPTED", table->count,
                plural(table->count));
}

static void print_gpuless(FILE *out, const node_table *table, const node_sum *sum)
{
    if (sum->without_gpu == 0)
        return;
    fputs("; no GPU was tested", out);
    if (sum->without_gpu < table->count)
        fprintf(out, " on %zu node%s", sum->without_gpu, plural(sum->without_gpu));
    fprintf(out, " (%s: %s)", sum->gpuless, sum->no_gpu);
}

void node_table_verdict(FILE *out, const node_table *table)
{
    char time[32], asked[32], darts[16];
    const node_sum sum = node_table_sum(table);
    for (size_t i = 0; i < table->count; i++)
        print_lines(out, &table->rows[i]);
    print_head(out, table, &sum);
    format_time(time, sizeof time, sum.seconds);
    format_time(asked, sizeof asked, table->asked_seconds);
    const bool cut = sum.interrupted && table->asked_seconds > 0.0;
    fprintf(out, "; in %s%s%s, %s darts were counted twice; %" PRIu64 " disagreement%s", time, cut ? " of " : "",
            cut ? asked : "", three_digits(darts, (double)sum.confirmed_darts), sum.disagreements,
            plural(sum.disagreements));
    print_gpuless(out, table, &sum);
    fputc('\n', out);
}
