/*
 * The progress of a long run, on standard error: one line redrawn in place on a terminal; where it goes to a file and
 * was asked for, a plain line now and then, so that logs are not flooded.
 */
#ifndef MCPI_CLI_RUN_PROGRESS_H
#define MCPI_CLI_RUN_PROGRESS_H

#include "cli/args/options.h"

typedef struct progress {
    FILE *out;
    bool shown, terminal, colour;
    bool drawn;       /* a line stands on the terminal */
    double next_time; /* seconds of counting at which the next line is due */
    double limit;     /* the run's time limit in seconds; 0: none */
} progress;

/* Whether and how to show it, from the options and what standard error is. */
progress progress_start(const cli_options *options);

/* Fits mcpi_options.progress; `user` is the progress. */
void progress_update(void *user, const mcpi_progress *state);

/* The same place for a line of one's own; on a terminal only. */
void progress_say(progress *p, const char *text);

/* Clear the line away before anything else is printed. */
void progress_finish(progress *p);

/* "12 s", "3:07", "2:03:59" */
void format_time(char *text, size_t size, double seconds);

/* One line without its newline, at most `width` columns: bar, rate, time left, estimate with its error. `limit` is the
   run's time limit in seconds, 0 if it has none. */
void progress_format(char *line, size_t width, const mcpi_progress *state, double limit);

#endif
