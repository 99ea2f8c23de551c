#include "cli/io/complain.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/io/three_digits.h"
#include "cli/io/utf8.h"

void note_pause(double seconds)
{
    char text[16];
    if (seconds > 0.0)
        complain("the process was stopped for %s s; this time is not counted", three_digits(text, seconds));
}

/* Per thread: the test of a node runs on its own thread, and its messages go to rank 0. */
static _Thread_local complaint_sink *sink;
static _Thread_local void *sink_user;

void complain_to(complaint_sink *instead, void *user)
{
    sink = instead;
    sink_user = user;
}

/* Prints one line. File names and option values may contain control characters, which must not control the terminal. A
   sink knows the host of its lines. */
static void print_line(const char *host, const char *format, va_list arguments)
{
    char *text;
    char *line;
    const bool names_host = host && !sink;
    if (vasprintf(&text, format, arguments) < 0)
        return;
    const int length = asprintf(&line, "%s%s%s", names_host ? host : "", names_host ? ": " : "", text);
    free(text);
    if (length < 0)
        return;
    mask_control_characters(line);
    if (sink)
        sink(sink_user, line);
    else
        fprintf(stderr, "mcpi: %s\n", line);
    free(line);
}

void complain(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print_line(NULL, format, arguments);
    va_end(arguments);
}

void complain_from(const run_origin *origin, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print_line(origin->job.scheduler ? origin->host : NULL, format, arguments);
    va_end(arguments);
}
