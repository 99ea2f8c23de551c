/*
 * The progress of a long command, on standard error: on a terminal one line that is redrawn; in a file a line with the
 * time every --interval, so that short commands print none and logs stay short.
 */
#ifndef MCPI_CLI_RUN_PROGRESS_H
#define MCPI_CLI_RUN_PROGRESS_H

#include "cli/args/options.h"

typedef struct progress {
    FILE *out;
    bool shown, terminal, colour;
    bool drawn;                /* the terminal shows a line */
    double (*seconds)(void);   /* a clock for intervals */
    time_t (*now)(time_t *at); /* the time of day, as time() returns it */
    double started;            /* by `seconds` */
    double next_time;          /* seconds after the start at which the next line is due */
    double interval;           /* seconds between two lines of a log */
    double limit;              /* the run's time limit in seconds; 0: none */
    char step[80];             /* which of several runs this is; empty: the only one */
} progress;

/* Decide whether and how to show progress, from the options and the kind of standard error. */
progress progress_start(const cli_options *options);

/* Fits mcpi_options.progress; `user` is the progress. */
void progress_update(void *user, const mcpi_progress *state);

/* Begin another one of several runs, with this time limit in seconds, 0 if it has none. On a terminal `step` is shown;
   in a log it precedes the progress of the run. */
void progress_step(progress *p, const char *step, double limit);

/* Show another line in the same place; on a terminal only. */
void progress_say(progress *p, const char *text);

/* Clear the line. Call this before anything else is printed. */
void progress_finish(progress *p);

/* "12 s", "3:07", "2:03:59" */
void format_time(char *text, size_t size, double seconds);

/* One line without its newline, at most `width` columns: bar, rate, time left, estimate with its error. `limit` is the
   run's time limit in seconds, 0 if it has none. */
void progress_format(char *line, size_t width, const mcpi_progress *state, double limit);

#endif
