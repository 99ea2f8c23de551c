#include "cli/run/progress.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/io/three_digits.h"
#include "cli/run/run_report.h"

/* Time until the first line, so that short runs show none, and between the lines of a log. */
static const double first_line_seconds = 0.5;
static const double terminal_seconds = 0.1;
static const double log_seconds = 10.0;

enum { narrowest = 20, widest = 400, usual = 80, bar_least = 8, bar_most = 30 };

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
    return (progress){
        .out = stderr,
        .shown = !options->quiet &&
                 (options->progress == PROGRESS_ALWAYS || (options->progress == PROGRESS_AUTO && terminal && !dumb)),
        .terminal = terminal && !dumb,
        .colour = terminal && !dumb && !(no_colour && *no_colour),
        .next_time = first_line_seconds,
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

void progress_format(char *line, size_t width, const mcpi_progress *state, double limit)
{
    if (state->darts == 0 || state->counting_seconds <= 0.0) {
        snprintf(line, width + 1, "setting up ...");
        return;
    }
    const mcpi_estimate estimate = mcpi_estimate_from(state->darts, state->hits);
    char time[32];
    char rate[16];
    char facts[160];
    double left;
    const double share = share_done(state, limit, &left);
    format_time(time, sizeof time, left);
    snprintf(facts, sizeof facts, " %3.0f %%  %s darts/s  %s left  pi %.*f +- %.1e", floor(100.0 * share),
             three_digits(rate, (double)(state->reached - state->resumed_darts) / state->counting_seconds), time,
             (int)fmin(fmax(1.0 - floor(log10(estimate.std_error)), 1.0), 15.0), estimate.pi, estimate.std_error);
    const size_t length = strlen(facts);
    char bar[bar_most + 3] = "";
    if (width >= length + bar_least + 2) {
        const size_t room = width - length - 2;
        format_bar(bar, (int)(room < bar_most ? room : bar_most), share);
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
    return p->terminal ? terminal_width(p->out) - 1 : usual + 40;
}

void progress_update(void *user, const mcpi_progress *state)
{
    progress *p = user;
    char line[widest + 1];
    if (!p->shown || state->counting_seconds < p->next_time)
        return;
    p->next_time = state->counting_seconds + (p->terminal ? terminal_seconds : log_seconds);
    if (is_in_background(p))
        return;
    progress_format(line, room(p), state, p->limit);
    if (p->terminal)
        draw(p, line);
    else
        fprintf(p->out, "mcpi: %s\n", line);
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
