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

/* One line, whatever names of files and values of options stand in it: nor shall they steer the terminal. */
void complain(const char *format, ...)
{
    va_list arguments;
    char *line;
    va_start(arguments, format);
    const int length = vasprintf(&line, format, arguments);
    va_end(arguments);
    if (length < 0)
        return;
    for (char *c = line; *c; c++)
        if (iscntrl((unsigned char)*c))
            *c = '?';
    fprintf(stderr, "mcpi: %s\n", line);
    free(line);
}

void complain_from(const run_origin *origin, const char *format, ...)
{
    va_list arguments;
    char *text;
    va_start(arguments, format);
    const int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length < 0)
        return;
    if (origin->job.scheduler)
        complain("%s: %s", origin->host, text);
    else
        complain("%s", text);
    free(text);
}
