#include "cli/io/warnings.h"

#include <stdarg.h>
#include <stdlib.h>

#include "cli/io/complain.h"
#include "cli/io/report_table.h"

static char *append(warning_list *w, const char *code, char *text)
{
    warning *const all = text ? realloc(w->all, (w->count + 1) * sizeof *all) : NULL;
    if (!all)
        return NULL;
    w->all = all;
    w->all[w->count++] = (warning){code, text};
    return text;
}

void warnings_add(warning_list *w, const char *code, const char *format, ...)
{
    va_list arguments;
    char *text;
    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0)
        text = NULL;
    va_end(arguments);
    if (append(w, code, text))
        return;
    complain("%s", text ? text : code);
    free(text);
}

void warnings_print(const warning_list *w)
{
    for (size_t i = 0; i < w->count; i++)
        complain("%s", w->all[i].text);
}

void put_warnings(json_writer *j, const warning_list *w)
{
    put_open(j, "warnings", '[');
    for (size_t i = 0; i < w->count; i++) {
        put_open(j, NULL, '{');
        put_string(j, "code", w->all[i].code);
        put_string(j, "text", w->all[i].text);
        put_close(j, '}');
    }
    put_close(j, ']');
}

void warnings_markdown(FILE *out, const warning_list *w)
{
    if (w->count > 0)
        fputs("\nWarnings:\n\n", out);
    for (size_t i = 0; i < w->count; i++) {
        fputs("- ", out);
        markdown_text(out, w->all[i].text);
        fputc('\n', out);
    }
}

void warnings_free(warning_list *w)
{
    for (size_t i = 0; i < w->count; i++)
        free(w->all[i].text);
    free(w->all);
    *w = (warning_list){0};
}
