#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>

#include "cli/commands.h"
#include "cli/report.h"

void note_pause(double seconds)
{
    char text[16];
    if (seconds > 0.0)
        complain("the process was stopped for %s s; this time is not counted", three_digits(text, seconds));
}

/* One line, whatever names of files and values of options are in it: they must not control the terminal either. */
static void say(const char *host, const char *format, va_list arguments)
{
    char *text;
    char *line;
    if (vasprintf(&text, format, arguments) < 0)
        return;
    const int length = asprintf(&line, "mcpi: %s%s%s", host ? host : "", host ? ": " : "", text);
    free(text);
    if (length < 0)
        return;
    for (char *c = line; *c; c++)
        if (iscntrl((unsigned char)*c))
            *c = '?';
    fprintf(stderr, "%s\n", line);
    free(line);
}

void complain(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(NULL, format, arguments);
    va_end(arguments);
}

void complain_from(const run_origin *origin, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(origin->job.scheduler ? origin->host : NULL, format, arguments);
    va_end(arguments);
}
