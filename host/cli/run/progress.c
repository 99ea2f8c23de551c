#include "cli/run/progress.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/io/origin.h"
#include "cli/io/three_digits.h"
#include "cli/run/run_report.h"
#include "core/status.h"

/* Time until the first line on a terminal, so that short runs show none, and between two. */
static const double first_line_seconds = 0.5;
static const double terminal_seconds = 0.1;

enum { narrowest = 20, widest = 400, usual = 80, bar_least = 8, bar_most = 30, most_facts = 160 };

static size_t terminal_width(FILE *out)
{
    struct winsize size;
    if (ioctl(fileno(out), TIOCGWINSZ, &size) != 0 || size.ws_col < narrowest)
        return usual;
    return size.ws_col < widest ? size.ws_col : widest;
}

progress progress_start(const cli_options *options)
{
    const bool terminal = isatty(STDERR_FILENO) == 1;
    const char *const no_colour = getenv("NO_COLOR");
    const char *const kind = getenv("TERM");
    const bool dumb = kind && strcmp(kind, "dumb") == 0;
    const bool redrawn = terminal && !dumb;
    return (progress){
        .out = stderr,
        .shown = !options->quiet && options->progress != PROGRESS_NEVER,
        .terminal = redrawn,
        .colour = redrawn && !(no_colour && *no_colour),
        .seconds = mcpi_seconds,
        .now = time,
        .started = mcpi_seconds(),
        .next_time = redrawn || options->progress == PROGRESS_ALWAYS ? first_line_seconds : options->interval_seconds,
        .interval = options->interval_seconds,
        .limit = options->run.time_limit_seconds,
    };
}

void format_time(char *text, size_t size, double seconds)
{
    if (!(seconds < 1e8))
        snprintf(text, size, "more than 3 years");
    else if (seconds < 60.0)
        snprintf(text, size, "%.0f s", ceil(seconds));
    else if (seconds < 3600.0)
        snprintf(text, size, "%d:%02d", (int)seconds / 60, (int)seconds % 60);
    else
        snprintf(text, size, "%d:%02d:%02d", (int)seconds / 3600, (int)seconds / 60 % 60, (int)seconds % 60);
}

/* The share of the run that is done, by darts or by time, whichever ends it first, and the seconds left. */
static double share_done(const mcpi_progress *state, double limit, double *left)
{
    const double rate = (double)(state->reached - state->resumed_darts) / state->counting_seconds;
    const double by_darts = (double)state->reached / (double)state->goal;
    const double by_time = limit > 0.0 ? state->counting_seconds / limit : 0.0;
    *left = (double)(state->goal - state->reached) / rate;
    if (limit > 0.0)
        *left = fmin(*left, fmax(limit - state->counting_seconds, 0.0));
    return fmin(fmax(by_darts, by_time), 1.0);
}

static void format_bar(char *bar, int width, double share)
{
    const int full = (int)(share * width);
    bar[0] = '[';
    for (int i = 0; i < width; i++)
        bar[i + 1] = "= >"[i < full ? 0 : i == full ? 2 : 1];
    bar[width + 1] = ']';
    bar[width + 2] = '\0';
}

/* Percentage, rate, time left, estimate with its error. */
static void format_facts(char *facts, size_t size, const mcpi_progress *state, double limit)
{
    if (state->darts == 0 || state->counting_seconds <= 0.0) {
        snprintf(facts, size, "setting up ...");
        return;
    }
    const mcpi_estimate estimate = mcpi_estimate_from(state->darts, state->hits);
    char left_text[32];
    char rate[16];
    double left;
    const double share = share_done(state, limit, &left);
    format_time(left_text, sizeof left_text, left);
    snprintf(facts, size, " %3.0f %%  %s darts/s  %s left  pi %.*f +- %.1e", floor(100.0 * share),
             three_digits(rate, (double)(state->reached - state->resumed_darts) / state->counting_seconds), left_text,
             decimals_of(&estimate), estimate.pi, estimate.std_error);
}

void progress_format(char *line, size_t width, const mcpi_progress *state, double limit)
{
    char facts[most_facts];
    char bar[bar_most + 3] = "";
    double left;
    format_facts(facts, sizeof facts, state, limit);
    const size_t length = strlen(facts);
    if (facts[0] == ' ' && width >= length + bar_least + 2) {
        const size_t room = width - length - 2;
        format_bar(bar, (int)(room < bar_most ? room : bar_most), share_done(state, limit, &left));
    }
    snprintf(line, width + 1, "%s%s", bar, facts);
}

/* Another program may be using the terminal. With `stty tostop` writing would stop this process (SIGTTOU). */
static bool is_in_background(const progress *p)
{
    const pid_t foreground = p->terminal ? tcgetpgrp(fileno(p->out)) : -1;
    return foreground >= 0 && foreground != getpgrp();
}

static void draw(progress *p, const char *line)
{
    fprintf(p->out, "\r%s%s%s\033[K", p->colour ? "\033[36m" : "", line, p->colour ? "\033[0m" : "");
    fflush(p->out);
    p->drawn = true;
}

/* The last column stays free: writing to it makes some terminals wrap. */
static size_t room(const progress *p)
{
    return terminal_width(p->out) - 1;
}

/* Whether it is time for a line. */
static bool is_due(progress *p)
{
    const double seconds = p->seconds() - p->started;
    if (!p->shown || seconds < p->next_time)
        return false;
    p->next_time = seconds + (p->terminal ? terminal_seconds : p->interval);
    return !is_in_background(p);
}

static void write_log(progress *p, const mcpi_progress *state)
{
    char facts[most_facts];
    char time[32];
    format_facts(facts, sizeof facts, state, p->limit);
    format_utc(time, sizeof time, p->now(NULL));
    const char *const text = facts + strspn(facts, " ");
    fprintf(p->out, "mcpi: %s  %s%s%s\n", time, p->step, p->step[0] ? ": " : "", text);
}

void progress_update(void *user, const mcpi_progress *state)
{
    progress *p = user;
    char line[widest + 1];
    if (p->terminal && p->step[0])
        return; /* runs that are timed: to redraw would disturb them */
    if (!is_due(p))
        return;
    if (!p->terminal) {
        write_log(p, state);
        return;
    }
    progress_format(line, room(p), state, p->limit);
    draw(p, line);
}

void progress_step(progress *p, const char *step, double limit)
{
    snprintf(p->step, sizeof p->step, "%s", step);
    p->limit = limit;
    progress_say(p, step);
}

void progress_say(progress *p, const char *text)
{
    char line[widest + 1];
    if (!p->shown || !p->terminal || is_in_background(p))
        return;
    snprintf(line, room(p) + 1, "%s", text);
    draw(p, line);
}

void progress_finish(progress *p)
{
    if (p->drawn)
        fputs("\r\033[K", p->out);
    p->drawn = false;
}
