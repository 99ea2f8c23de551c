#include "cli/stress/node_test.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/io/complain.h"
#include "cli/io/exit_process.h"
#include "cli/io/interrupt.h"
#include "cli/stress/node_account.h"
#include "cli/stress/stress_test.h"
#include "core/c_locale.h"

/* A test that makes no progress is in the call that lists the GPUs, which may never return. It gets this time, and less
   once it should stop, as in cli/io/interrupt.h. */
static const double patience_seconds = 60.0;
static const double stopping_seconds = 2.0;

struct node_test {
    cli_options options;
    bool details_at_end;
    stress_observer observer;
    pthread_t thread;

    pthread_mutex_t lock; /* protects the members below */
    job_want want;
    double still_seconds; /* time since its last progress */
    node_account account;
    char *lines;
    size_t line_bytes;
    void *message; /* not taken yet */
    size_t bytes;
    char *json; /* JSON of the latest account; NULL: none */
    bool given_up, no_memory;

    /* used only by its thread */
    meter meter;
    uint64_t told_lines;
};

/* ---- accounts, with the lock held ---- */

static void post(node_test *t, const char *json)
{
    size_t bytes;
    void *const message = node_account_pack(&t->account, t->lines, t->line_bytes, json, &bytes);
    if (!message) {
        t->no_memory = true;
        return;
    }
    free(t->message);
    t->message = message;
    t->bytes = bytes;
}

static void add_line(node_test *t, const char *line)
{
    const size_t length = strlen(line) + 1;
    char *const lines = realloc(t->lines, t->line_bytes + length);
    if (!lines) {
        t->no_memory = true;
        return;
    }
    memcpy(lines + t->line_bytes, line, length);
    t->lines = lines;
    t->line_bytes += length;
    t->account.line_count++;
}

/* ---- on the thread of the test ---- */

static void on_complaint(void *user, const char *line)
{
    node_test *const t = user;
    pthread_mutex_lock(&t->lock);
    if (!t->given_up)
        add_line(t, line);
    pthread_mutex_unlock(&t->lock);
}

static int on_stop(void *user)
{
    node_test *const t = user;
    pthread_mutex_lock(&t->lock);
    const int stop = t->no_memory || t->given_up ? MCPI_STOP_AT_ONCE : t->want.stop;
    pthread_mutex_unlock(&t->lock);
    return stop;
}

/* Rates are measured since the last call, which was in the last round. */
static bool look(node_test *t, const mcpi_stress_report *report)
{
    if (!t->meter.rates && !meter_start(&t->meter, report->row_count))
        return false;
    meter_read(&t->meter, report);
    return true;
}

/* The caller frees it; NULL if out of memory. */
static char *write_json(const node_test *t, const mcpi_stress_report *report, const stress_state *state)
{
    char *text = NULL;
    size_t size = 0;
    FILE *const out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    stress_json(out, report, t->meter.rates, state);
    const bool written = fclose(out) == 0;
    if (written && size > 0 && text[size - 1] == '\n')
        text[size - 1] = '\0';
    return written ? text : NULL;
}

static bool is_due(const node_test *t, const mcpi_stress_report *report, const stress_state *state)
{
    return !state->running || t->want.round != t->account.round || t->account.line_count != t->told_lines ||
           (report->row_count > 0 && !t->account.began);
}

/* The last account is sent later, because it also contains messages printed after the last call. */
static void note(node_test *t, const mcpi_stress_report *report, const stress_state *state, uint64_t round, char *json)
{
    node_account_fill(&t->account, report, t->meter.rates, state);
    t->account.began |= report->row_count > 0;
    t->account.round = round;
    t->told_lines = t->account.line_count;
    if (state->running)
        post(t, json);
    free(t->json);
    t->json = json;
}

static void on_watch(void *user, const mcpi_stress_report *report, const stress_state *state)
{
    node_test *const t = user;
    pthread_mutex_lock(&t->lock);
    const bool due = is_due(t, report, state);
    const bool details = state->running ? t->want.details : t->details_at_end;
    const uint64_t round = t->want.round;
    t->still_seconds = 0.0;
    pthread_mutex_unlock(&t->lock);
    if (!due || (report->row_count > 0 && !look(t, report)))
        return;
    char *const json = details ? write_json(t, report, state) : NULL;
    pthread_mutex_lock(&t->lock);
    if (t->given_up)
        free(json);
    else
        note(t, report, state, round, json);
    pthread_mutex_unlock(&t->lock);
}

static void end(node_test *t, int exit_code, const char *json)
{
    t->account.ended = 1;
    t->account.exit_code = (uint64_t)exit_code;
    post(t, json);
}

static void *work(void *user)
{
    node_test *const t = user;
    mcpi_locale_enter();
    complain_to(on_complaint, t);
    const int exit_code = stress_test(&t->options, NULL, &t->observer);
    pthread_mutex_lock(&t->lock);
    if (!t->given_up)
        end(t, exit_code, t->details_at_end ? t->json : NULL);
    pthread_mutex_unlock(&t->lock);
    return NULL;
}

/* ---- on the thread of the process ---- */

node_test *node_test_start(const cli_options *options, bool details)
{
    node_test *const t = calloc(1, sizeof *t);
    if (!t)
        return NULL;
    t->options = *options;
    t->details_at_end = details;
    /* Only rank 0 prints and writes files, except for the metrics. */
    t->options.quiet = true;
    t->options.format = REPORT_TEXT;
    t->options.progress = PROGRESS_NEVER;
    t->observer = (stress_observer){t, on_watch, on_stop};
    pthread_mutex_init(&t->lock, NULL);
    if (pthread_create(&t->thread, NULL, work, t) == 0)
        return t;
    pthread_mutex_destroy(&t->lock);
    free(t);
    return NULL;
}

static void give_up(node_test *t)
{
    const bool stops = t->want.stop && !t->account.began;
    add_line(t, t->account.began ? "the test does not end"
                : stops          ? "the test was stopped before the driver had listed the GPUs"
                                 : "the test cannot start: the driver did not list the GPUs within 60 s");
    end(t, stops ? EXIT_INTERRUPTED : EXIT_FAILED, NULL);
    t->given_up = true;
    pthread_detach(t->thread);
}

void node_test_direct(node_test *t, const job_want *want, double seconds)
{
    pthread_mutex_lock(&t->lock);
    const bool stops_now = want->stop && !t->want.stop;
    t->still_seconds = stops_now ? 0.0 : t->still_seconds + seconds;
    t->want = *want;
    const double patience = want->stop && !t->account.began ? stopping_seconds : patience_seconds;
    const bool hangs = !t->account.ended && t->still_seconds > patience;
    if (hangs)
        give_up(t);
    pthread_mutex_unlock(&t->lock);
    if (hangs)
        stress_never_ran(&t->options, (int)t->account.exit_code);
}

void *node_test_take(node_test *t, size_t *bytes)
{
    pthread_mutex_lock(&t->lock);
    void *const message = t->message;
    *bytes = t->bytes;
    t->message = NULL;
    pthread_mutex_unlock(&t->lock);
    return message;
}

bool node_test_has_ended(node_test *t)
{
    pthread_mutex_lock(&t->lock);
    const bool ended = t->account.ended;
    pthread_mutex_unlock(&t->lock);
    return ended;
}

void node_test_free(node_test *t)
{
    if (t->given_up || !node_test_has_ended(t)) {
        ending_note_hung(true);
        return;
    }
    pthread_join(t->thread, NULL);
    pthread_mutex_destroy(&t->lock);
    meter_free(&t->meter);
    free(t->message);
    free(t->json);
    free(t->lines);
    free(t);
}
