#include "cli/stress/stress_nodes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/commands.h"
#include "cli/io/complain.h"
#include "cli/io/exit_process.h"
#include "cli/io/interrupt.h"
#include "cli/run/progress.h"
#include "cli/stress/node_rows.h"
#include "cli/stress/node_test.h"
#include "cli/stress/stress_test.h"
#include "core/backend.h"
#include "core/status.h"

enum { line_width = 400 };

static const double look_seconds = 0.01;
static const double draw_seconds = 1.0;
/* If more time passes between two calls, this process itself was stopped. */
static const double longest_look_seconds = 0.5;
/* The time in seconds that rank 0 waits for the answers of a round, and for the last accounts after INTERRUPT_PRINT. */
static const double answer_seconds = 1.0;

/* The parameters of the test, sent by rank 0; all are 64-bit words. */
typedef struct stress_opening {
    uint64_t seed, stream, first;
    double time_limit_seconds, interval_seconds;
    uint64_t details; /* 0 or 1: the last account has all details */
} stress_opening;

/* ---- all processes ---- */

typedef struct part {
    const job_link *link;
    node_test *test; /* NULL: this process tests nothing */
    job_want want;
    double looked, seconds; /* time of the last call, and since the call before */
} part;

/* Report that the test of this node could not be started. */
static void report_failure(const job_link *link)
{
    static const char line[] = "cannot start the test: out of memory";
    node_account account = {.ended = 1, .exit_code = EXIT_FAILED, .line_count = 1};
    size_t bytes;
    void *const message = node_account_pack(&account, line, sizeof line, NULL, &bytes);
    if (message)
        link->report(link->user, message, bytes);
    free(message);
}

static part begin(const cli_options *options, const stress_opening *opening, const job_link *link, bool tests)
{
    cli_options own = *options;
    part p = {.link = link, .looked = mcpi_seconds()};
    own.run.seed = opening->seed;
    own.run.stream = opening->stream;
    own.run.first = opening->first;
    own.run.time_limit_seconds = opening->time_limit_seconds;
    own.interval_seconds = opening->interval_seconds;
    interrupt_poll_begin();
    if (tests && !(p.test = node_test_start(&own, opening->details != 0)))
        report_failure(link);
    return p;
}

/* Exchange new messages with the other ranks, and wait a little. */
static void attend(part *p)
{
    const double now = mcpi_seconds();
    size_t bytes;
    p->seconds = fmin(now - p->looked, longest_look_seconds);
    p->looked = now;
    if (interrupt_requested(NULL))
        p->link->stop(p->link->user, interrupt_requested(NULL));
    p->want = p->link->exchange(p->link->user);
    if (p->test) {
        node_test_direct(p->test, &p->want, p->seconds);
        void *const message = node_test_take(p->test, &bytes);
        if (message)
            p->link->report(p->link->user, message, bytes);
        free(message);
    }
    nanosleep(&(struct timespec){0, (long)(1e9 * look_seconds)}, NULL);
}

static void end(part *p)
{
    interrupt_poll_end();
    p->link->close(p->link->user);
    if (p->test)
        node_test_free(p->test);
}

void stress_follow(const cli_options *options, const void *opening, const job_link *link, bool tests)
{
    part p = begin(options, opening, link, tests);
    while (!p.want.over)
        attend(&p);
    end(&p);
}

/* ---- rank 0 ---- */

typedef struct board {
    const cli_options *options;
    const report_files *files;
    part part;
    progress progress;
    node_table table;  /* sorted by rank */
    uint64_t *told;    /* number of lines printed for each row */
    bool told_refusal; /* printed once: all ranks have the same command line */
    double seconds;    /* time since the start, without pauses of this process */
    double next_interval, next_draw;
    uint64_t round;          /* the round being answered; 0: none */
    double asked;            /* time at which that round was requested */
    bool interval;           /* whether that round ends an interval */
    double printing_seconds; /* time since the request to print at once */
} board;

static bool make_rows(board *b)
{
    const job_link *const link = b->part.link;
    b->table.rows = calloc(link->ranks, sizeof *b->table.rows);
    b->told = calloc(link->ranks, sizeof *b->told);
    for (unsigned rank = 0; b->table.rows && rank < link->ranks; rank++)
        if (link->standing(link->user, rank).first_on_node)
            b->table.rows[b->table.count++].rank = rank;
    return b->table.rows && b->told;
}

static void free_rows(board *b)
{
    for (size_t i = 0; i < b->table.count; i++)
        free(b->table.rows[i].json);
    free(b->table.rows);
    free(b->told);
}

/* ---- receiving ---- */

static void tell_new_lines(board *b, size_t index)
{
    const node_row *const row = &b->table.rows[index];
    const char *line = row->lines;
    for (uint64_t i = 0; i < row->account.line_count; i++, line += strlen(line) + 1) {
        if (i < b->told[index] || (row->account.exit_code == EXIT_USAGE && b->told_refusal))
            continue;
        b->told_refusal |= row->account.exit_code == EXIT_USAGE;
        progress_finish(&b->progress);
        complain("%s: %s", row->node, line);
    }
    b->told[index] = row->account.line_count;
}

static void read_rows(board *b)
{
    const job_link *const link = b->part.link;
    for (size_t i = 0; i < b->table.count; i++) {
        node_row *const row = &b->table.rows[i];
        const job_standing standing = link->standing(link->user, row->rank);
        if (node_row_read(row, row->rank, &standing))
            tell_new_lines(b, i);
    }
}

/* The verdict does not wait for nodes that may never respond again if no other node is outstanding. */
static void give_up_gone(const board *b)
{
    const job_link *const link = b->part.link;
    for (size_t i = 0; i < b->table.count; i++) {
        const node_row *const row = &b->table.rows[i];
        if (!row->account.ended && !row->lost && !link->standing(link->user, row->rank).gone)
            return;
    }
    for (size_t i = 0; i < b->table.count; i++) {
        const node_row *const row = &b->table.rows[i];
        if (!row->account.ended && !row->lost)
            link->give_up(link->user, row->rank);
    }
}

static bool have_all_ended(const board *b)
{
    for (size_t i = 0; i < b->table.count; i++)
        if (!b->table.rows[i].account.ended && !b->table.rows[i].lost)
            return false;
    return true;
}

/* ---- printing ---- */

/* A copy of the table sorted for printing, which the caller frees; the table itself if out of memory. */
static node_table sorted(const board *b)
{
    node_table copy = b->table;
    copy.rows = malloc((copy.count + 1) * sizeof *copy.rows);
    if (!copy.rows)
        return b->table;
    memcpy(copy.rows, b->table.rows, copy.count * sizeof *copy.rows);
    node_table_sort(&copy);
    return copy;
}

static void free_sorted(const board *b, node_table *table)
{
    if (table->rows != b->table.rows)
        free(table->rows);
}

static void print_interval(board *b)
{
    char line[line_width + 1];
    node_table table = sorted(b);
    if (b->options->format == REPORT_JSON) {
        node_table_json(stdout, &table, &b->options->origin);
        fflush(stdout);
    }
    if (!b->progress.terminal && stress_has_lines(b->options)) {
        node_table_line(line, line_width, &table);
        complain("%s", line);
        node_table_print(stderr, &table, false);
    }
    free_sorted(b, &table);
}

static void draw(board *b)
{
    char line[line_width + 1];
    node_table_line(line, line_width, &b->table);
    progress_say(&b->progress, line);
}

static bool have_answered(const board *b)
{
    for (size_t i = 0; i < b->table.count; i++) {
        const node_row *const row = &b->table.rows[i];
        if (row->account.began && !row->account.ended && !row->lost && !row->silent && row->account.round < b->round)
            return false;
    }
    return true;
}

static void end_round(board *b)
{
    if (b->interval)
        print_interval(b);
    draw(b);
    b->round = 0;
    b->interval = false;
}

static void begin_round(board *b)
{
    const job_link *const link = b->part.link;
    b->interval = b->seconds >= b->next_interval;
    if (!b->interval && (!b->progress.terminal || b->seconds < b->next_draw))
        return;
    if (b->interval)
        b->next_interval = b->seconds + b->options->interval_seconds;
    b->next_draw = b->seconds + draw_seconds;
    b->asked = b->seconds;
    link->ask(link->user, b->interval && b->options->format == REPORT_JSON);
    b->round = link->exchange(link->user).round;
}

static void follow_rounds(board *b)
{
    if (b->round == 0)
        begin_round(b);
    else if (have_answered(b) || b->seconds >= b->asked + answer_seconds)
        end_round(b);
}

/* ---- all of it ---- */

static void lead(board *b)
{
    while (!have_all_ended(b) && b->printing_seconds < answer_seconds) {
        attend(&b->part);
        b->seconds += b->part.seconds;
        b->printing_seconds += b->part.want.stop >= INTERRUPT_PRINT ? b->part.seconds : 0.0;
        read_rows(b);
        give_up_gone(b);
        follow_rounds(b);
        if (ferror(stdout)) /* the output is lost */
            b->part.link->stop(b->part.link->user, INTERRUPT_FINISH);
    }
    read_rows(b);
}

/* All nodes refused the command line, which has been reported, so there is no table to print. */
static bool is_refused(const node_table *table)
{
    return node_table_sum(table).states[NODE_REFUSED] == table->count;
}

static int conclude(board *b)
{
    const run_origin origin = origin_end(&b->options->origin);
    b->table.ended = true;
    node_table table = sorted(b);
    progress_finish(&b->progress);
    if (b->options->format == REPORT_JSON) {
        node_table_json(stdout, &table, &origin);
    } else if (!is_refused(&table)) {
        print_job(stdout, &origin);
        if (node_table_print(stdout, &table, b->options->quiet))
            fputc('\n', stdout);
        node_table_verdict(stdout, &table);
    }
    for (size_t i = 0; i < b->files->count; i++)
        node_table_json(b->files->files[i].file, &table, &origin);
    const int code = node_table_exit_code(&table);
    const bool output_lost = fflush(stdout) != 0 || ferror(stdout);
    const bool passed = code == EXIT_DONE || (code == EXIT_INTERRUPTED && !interrupt_requested(NULL));
    free_sorted(b, &table);
    return passed && output_lost ? EXIT_FAILED : code;
}

static stress_opening opening_of(const cli_options *options)
{
    return (stress_opening){
        .seed = options->run.seed,
        .stream = options->run.stream,
        .first = options->run.first,
        .time_limit_seconds = options->run.time_limit_seconds,
        .interval_seconds = options->interval_seconds,
        .details = options->format == REPORT_JSON || options->outputs.count > 0,
    };
}

static int refuse(const cli_options *options, const mcpi_error *error)
{
    complain("%s", error->message);
    stress_never_ran(options, exit_code_of(error->status));
    return exit_code_of(error->status);
}

int stress_lead(const cli_options *options, const report_files *files, const job_link *link)
{
    const stress_opening opening = opening_of(options);
    mcpi_error error = {0};
    if (link->open(link->user, &opening, sizeof opening, &error) != MCPI_OK)
        return refuse(options, &error);
    board b = {
        .options = options,
        .files = files,
        .progress = progress_start(options),
        .table.asked_seconds = options->run.time_limit_seconds,
        .next_interval = options->interval_seconds,
        .part = begin(options, &opening, link, true),
    };
    int code = EXIT_FAILED;
    if (make_rows(&b)) {
        lead(&b);
        code = conclude(&b);
    } else {
        complain("out of memory");
    }
    free_rows(&b);
    end(&b.part);
    return code;
}
