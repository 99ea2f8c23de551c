#include "cli/stress/node_account.h"

#include <stdlib.h>
#include <string.h>

#include "cli/args/options.h"
#include "cli/io/exit_process.h"

static void add_row(node_account *account, const mcpi_stress_row *row, double rate)
{
    account->rate += rate;
    account->cores += row->tested && row->device.kind == MCPI_CPU;
    account->gpus += row->tested && row->device.kind == MCPI_GPU;
}

void node_account_fill(node_account *account, const mcpi_stress_report *report, const double *rates,
                       const stress_state *state)
{
    account->exit_code = state->judged ? (uint64_t)state->exit_code : EXIT_DONE;
    account->interrupted = report->interrupted != 0;
    account->confirmed_darts = report->confirmed_darts;
    account->disagreements = report->disagreements;
    account->seconds = report->seconds;
    account->rate = 0.0;
    account->cores = account->gpus = 0;
    for (size_t i = 0; i < report->row_count; i++)
        add_row(account, &report->rows[i], rates ? rates[i] : 0.0);
    memcpy(account->no_gpu, report->no_gpu, sizeof account->no_gpu);
}

static size_t in_words(size_t bytes)
{
    return (bytes + 7) / 8 * 8;
}

void *node_account_pack(node_account *account, const char *lines, size_t line_bytes, const char *json, size_t *bytes)
{
    account->line_bytes = line_bytes;
    account->json_bytes = json ? strlen(json) + 1 : 0;
    *bytes = in_words(sizeof *account + line_bytes + account->json_bytes);
    char *const message = calloc(1, *bytes);
    if (!message)
        return NULL;
    memcpy(message, account, sizeof *account);
    if (line_bytes > 0)
        memcpy(message + sizeof *account, lines, line_bytes);
    if (json)
        memcpy(message + sizeof *account + line_bytes, json, account->json_bytes);
    return message;
}

bool node_account_unpack(const void *message, size_t bytes, node_account *account, const char **lines,
                         const char **json)
{
    if (bytes < sizeof *account)
        return false;
    memcpy(account, message, sizeof *account);
    if (bytes != in_words(sizeof *account + account->line_bytes + account->json_bytes))
        return false;
    *lines = (const char *)message + sizeof *account;
    *json = account->json_bytes > 0 ? *lines + account->line_bytes : NULL;
    return true;
}
