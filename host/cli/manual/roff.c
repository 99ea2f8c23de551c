#include "cli/manual/roff.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

static void put_character(FILE *out, char c)
{
    static const struct {
        char character;
        const char *escape;
    } escapes[] = {{'\\', "\\e"}, {'-', "\\-"}, {'\'', "\\(aq"}, {'`', "\\(ga"}, {'^', "\\(ha"}, {'~', "\\(ti"}};
    for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++) {
        if (escapes[i].character == c) {
            fputs(escapes[i].escape, out);
            return;
        }
    }
    fputc(c, out);
}

/* At the beginning of a line, a dot begins a request. */
static void put_word(FILE *out, const char *word, size_t length)
{
    if (word[0] == '.')
        fputs("\\&", out);
    for (size_t i = 0; i < length; i++)
        put_character(out, word[i]);
}

static size_t skip(const char *text, size_t at, size_t length, bool space)
{
    while (at < length && (isspace((unsigned char)text[at]) != 0) == space)
        at++;
    return at;
}

void roff_text(FILE *out, const char *text, size_t length)
{
    enum { width = 64 };
    size_t column = 0;
    for (size_t word = skip(text, 0, length, true); word < length;) {
        const size_t end = skip(text, word, length, false);
        if (column > 0)
            fputc(column + end - word > width ? '\n' : ' ', out);
        column = column > 0 && column + end - word <= width ? column + 1 : 0;
        put_word(out, text + word, end - word);
        column += end - word;
        word = skip(text, end, length, true);
    }
}

void roff_string(FILE *out, const char *text)
{
    roff_text(out, text, strlen(text));
}

void roff_bold(FILE *out, const char *text, size_t length)
{
    fputs("\\fB", out);
    roff_text(out, text, length);
    fputs("\\fR", out);
}

void roff_italic(FILE *out, const char *text)
{
    fputs("\\fI", out);
    roff_string(out, text);
    fputs("\\fR", out);
}

void roff_line(FILE *out, const char *text, size_t length)
{
    if (length > 0)
        put_word(out, text, length);
    fputc('\n', out);
}
