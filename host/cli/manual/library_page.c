/* The parts of the library's manual page, which come from the public headers. */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cli/io/complain.h"
#include "cli/manual/header_reader.h"
#include "cli/manual/manual.h"
#include "cli/manual/roff.h"

static const char *const headers[] = {"mcpi/mcpi.h", "mcpi/stress.h", NULL};

/* The text of a source, which the caller frees; NULL after a message. */
static char *read_source(const manual *m, const char *folder, const char *name)
{
    char path[PATH_MAX];
    char *text = NULL;
    size_t size = 0;
    snprintf(path, sizeof path, "%s/%s/%s", m->sources, folder, name);
    FILE *const in = fopen(path, "r");
    if (!in || getdelim(&text, &size, '\0', in) < 0)
        complain("%s cannot be read: %s", path, strerror(errno));
    if (in)
        (void)fclose(in);
    return text;
}

/* Writes what one header contributes. */
typedef void header_writer(FILE *out, const char *name, const char *text);

static bool for_each_header(FILE *out, const manual *m, header_writer *write)
{
    for (const char *const *name = headers; *name; name++) {
        char *const text = read_source(m, "include", *name);
        if (!text)
            return false;
        write(out, *name, text);
        free(text);
    }
    return true;
}

/* ---- prototypes ---- */

/* A parameter, with its comma, or what precedes it. */
static size_t parameter_at(const char *text, const char *end)
{
    size_t length = 0;
    while (text + length < end && text[length] != ',')
        length++;
    return text + length < end ? length + 1 : length;
}

/* The text with single spaces. */
static size_t join_words(char *to, size_t size, slice text)
{
    size_t used = 0;
    for (size_t i = 0; i < text.length && used + 1 < size; i++) {
        const bool space = isspace((unsigned char)text.text[i]);
        if (!space || (used > 0 && to[used - 1] != ' '))
            to[used++] = (char)(space ? ' ' : text.text[i]);
    }
    return used;
}

/* One line, or several of which all but the first are indented. */
static void put_prototype(FILE *out, slice code)
{
    enum { width = 70 };
    char joined[400], line[sizeof joined + 8];
    size_t used = 0, length;
    const char *const end = joined + join_words(joined, sizeof joined - 1, code);
    for (const char *part = joined; part < end; part += length) {
        length = parameter_at(part, end);
        if (used > 0 && used + length > width) {
            roff_line(out, line, used);
            used = (size_t)snprintf(line, sizeof line, "   "); /* and the space before the parameter */
        }
        memcpy(line + used, part, length);
        used += length;
    }
    line[used++] = ';';
    roff_line(out, line, used);
}

static void put_prototypes(FILE *out, const char *name, const char *text)
{
    header_reader r = {.next = text};
    header_item item;
    fprintf(out, "%s.nf\n.ft B\n#include <%s>\n.sp\n", name == headers[0] ? "" : ".PP\n", name);
    while (header_next(&r, &item))
        if (item.kind == HEADER_FUNCTION)
            put_prototype(out, item.code);
    fputs(".ft R\n.fi\n", out);
}

bool write_api_synopsis(FILE *out, const manual *m)
{
    return for_each_header(out, m, put_prototypes);
}

/* ---- comments ---- */

/* The text of a line of a comment, without what lines it up. */
static slice line_of(const char *begin, const char *end)
{
    while (begin < end && strchr(" \t*", *begin) &&
           !(begin[0] == '*' && begin + 1 < end && isalnum((unsigned char)begin[1])))
        begin++;
    while (end > begin && isspace((unsigned char)end[-1]))
        end--;
    return (slice){begin, (size_t)(end - begin)};
}

/* An empty line separates paragraphs, by this request. */
static void put_comment(FILE *out, slice comment, const char *paragraph)
{
    if (comment.length == 0)
        return;
    const char *const end = comment.text + comment.length;
    for (const char *line = comment.text; line < end;) {
        const char *const newline = memchr(line, '\n', (size_t)(end - line));
        const slice text = line_of(line, newline ? newline : end);
        if (text.length > 0)
            roff_text(out, text.text, text.length);
        else
            fputs(paragraph, out);
        fputc('\n', out);
        line = newline ? newline + 1 : end;
    }
}

/* ---- functions ---- */

static void put_heading(FILE *out, slice heading)
{
    fputs(".SS ", out);
    roff_line(out, heading.text, heading.length);
}

static void put_name(FILE *out, const char *request, slice code)
{
    const slice name = header_name(code);
    fprintf(out, "%s\n", request);
    roff_bold(out, name.text, name.length);
    fputs("()\n", out);
}

/* Functions without a comment share that of the function before them. */
static void put_functions(FILE *out, const char *name, const char *text)
{
    header_reader r = {.next = text};
    header_item item;
    slice heading = {name, strlen(name)}, comment = {NULL, 0};
    while (header_next(&r, &item)) {
        if (item.kind == HEADER_HEADING)
            heading = item.code;
        if (item.kind != HEADER_FUNCTION)
            continue;
        if (item.before.length > 0)
            put_comment(out, comment, ".IP");
        if (heading.length > 0)
            put_heading(out, heading);
        heading.length = 0;
        put_name(out, item.before.length > 0 ? ".TP" : ".TQ", item.code);
        if (item.before.length > 0)
            comment = item.before;
    }
    put_comment(out, comment, ".IP");
}

bool write_api_functions(FILE *out, const manual *m)
{
    return for_each_header(out, m, put_functions);
}

/* ---- types ---- */

static void put_tag(FILE *out, const char *prefix, slice code)
{
    fputs(".TP\n\\fB", out);
    roff_string(out, prefix);
    roff_text(out, code.text, code.length);
    fputs("\\fR\n", out);
}

/* The entries X(NAME, "text") of the list that an enum is made from; a comment says more than the text. */
static void put_list(FILE *out, slice use, const char *header)
{
    char define[80];
    snprintf(define, sizeof define, "#define %.*s", (int)strcspn(use.text, "("), use.text);
    const char *const list = strstr(header, define);
    const char *const end = list ? strstr(list, "\n\n") : NULL;
    const char *entry = list ? strchr(list, ')') + 1 : NULL;
    while (entry && (entry = strstr(entry, "X(")) && entry < end) {
        const char *const name = entry + 2;
        const char *const text = strchr(name, '"') + 1;
        const char *const line_end = strchr(text, '\n');
        const char *const comment = strstr(text, "/*");
        put_tag(out, "MCPI_", (slice){name, strcspn(name, ",")});
        if (comment && comment < line_end)
            put_comment(out, line_of(comment + 2, strstr(comment, "*/")), ".IP");
        else
            put_comment(out, (slice){text, strcspn(text, "\"")}, ".IP");
        entry = line_end;
    }
}

/* `paragraph` is the request that separates it from what is above. */
static void put_member(FILE *out, const header_item *item, const char *header, const char *paragraph)
{
    static const char from_list[] = "_MAP(";
    if (item->before.length > 0)
        fputs(paragraph, out);
    put_comment(out, item->before, ".PP");
    if (memmem(item->code.text, item->code.length, from_list, sizeof from_list - 1)) {
        put_list(out, item->code, header);
    } else if (item->after.length > 0) {
        put_tag(out, "", item->code);
        put_comment(out, item->after, ".IP");
    } else {
        fputs(item->before.length > 0 ? ".PP\n" : paragraph, out);
        roff_bold(out, item->code.text, item->code.length);
        fputc('\n', out);
    }
}

static void put_type(FILE *out, const header_item *item)
{
    put_heading(out, header_name(item->code));
    put_comment(out, item->before, ".PP");
}

static void put_types(FILE *out, const char *name, const char *text)
{
    (void)name;
    header_reader r = {.next = text};
    header_item item;
    bool below_heading = false;
    while (header_next(&r, &item)) {
        if (item.kind == HEADER_TYPE || item.kind == HEADER_OPAQUE || item.kind == HEADER_CONSTANT)
            put_type(out, &item);
        else if (item.kind == HEADER_MEMBER)
            put_member(out, &item, text, below_heading ? "" : ".PP\n");
        below_heading = item.kind == HEADER_TYPE && item.before.length == 0;
    }
}

bool write_api_types(FILE *out, const manual *m)
{
    return for_each_header(out, m, put_types);
}

/* ---- the example ---- */

bool write_api_example(FILE *out, const manual *m)
{
    char *const text = read_source(m, "examples/library", "first_run.c");
    for (const char *line = text; line && *line;) {
        const size_t length = strcspn(line, "\n");
        roff_line(out, line, length);
        line += length + (line[length] == '\n');
    }
    free(text);
    return text != NULL;
}
