#include "cli/manual/header_reader.h"

#include <ctype.h>
#include <string.h>

static slice trimmed(const char *begin, const char *end)
{
    while (begin < end && isspace((unsigned char)*begin))
        begin++;
    while (end > begin && isspace((unsigned char)end[-1]))
        end--;
    return (slice){begin, (size_t)(end - begin)};
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* The end of what `what` ends, or of the header. */
static const char *after(const char *text, const char *what)
{
    const char *const found = strstr(text, what);
    return found ? found + strlen(what) : text + strlen(text);
}

/* ---- pieces: each is at the reader's position, and moves it behind itself ---- */

/* Blanks. True if there was an empty line. */
static bool skip_blanks(header_reader *r)
{
    unsigned newlines = 0;
    for (; isspace((unsigned char)*r->next); r->next++)
        newlines += *r->next == '\n';
    return newlines > 1;
}

static slice take_comment(header_reader *r)
{
    const char *const begin = r->next + 2;
    r->next = after(begin, "*/");
    return trimmed(begin, r->next - 2);
}

/* A directive, with its further lines. What only C++ sees is skipped. */
static slice take_directive(header_reader *r)
{
    const char *const begin = r->next;
    const char *end = begin;
    if (begins(begin, "#ifdef __cplusplus"))
        end = after(begin, "#endif");
    while (*end && !(*end == '\n' && end[-1] != '\\'))
        end++;
    r->next = end;
    return trimmed(begin, end);
}

static slice take_code(header_reader *r, const char *ends)
{
    const char *const begin = r->next;
    r->next += strcspn(begin, ends);
    return trimmed(begin, r->next);
}

/* A comment in the same line, after what ends the code before it. */
static slice take_comment_after(header_reader *r)
{
    if (*r->next == ',' || *r->next == ';')
        r->next++;
    const char *const comment = r->next + strspn(r->next, " \t");
    if (!begins(comment, "/*"))
        return (slice){r->next, 0};
    r->next = comment;
    return take_comment(r);
}

/* ---- items ---- */

/* "---- devices ----" */
static bool is_heading(slice comment, slice *heading)
{
    static const char dashes[] = "----";
    const size_t length = sizeof dashes - 1;
    if (comment.length <= 2 * length || !begins(comment.text, dashes))
        return false;
    *heading = trimmed(comment.text + length, comment.text + comment.length - length);
    return true;
}

/* "#define NAME value" */
static bool is_constant(slice directive, slice *name)
{
    static const char define[] = "#define ";
    if (!begins(directive.text, define))
        return false;
    const char *const begin = directive.text + sizeof define - 1;
    const char *const end = begin + strcspn(begin, " (\n");
    *name = trimmed(begin, end);
    return *end == ' ';
}

static void take_member(header_reader *r, header_item *item)
{
    item->kind = HEADER_MEMBER;
    item->code = take_code(r, r->in_enum ? ",}#/" : ";");
    item->after = take_comment_after(r);
}

static void take_type_end(header_reader *r, header_item *item)
{
    item->kind = HEADER_TYPE_END;
    item->code = take_code(r, ";");
    r->next += *r->next == ';';
    r->in_type = r->in_enum = false;
}

static void take_declaration(header_reader *r, header_item *item)
{
    item->code = take_code(r, ";{");
    if (*r->next == '{') {
        item->kind = HEADER_TYPE;
        r->in_type = true;
        r->in_enum = begins(item->code.text, "enum") || begins(item->code.text, "typedef enum");
    } else {
        item->kind = memchr(item->code.text, '(', item->code.length) ? HEADER_FUNCTION : HEADER_OPAQUE;
    }
    r->next += *r->next != '\0';
}

static void take_c(header_reader *r, header_item *item)
{
    if (!r->in_type)
        take_declaration(r, item);
    else if (*r->next == '}')
        take_type_end(r, item);
    else
        take_member(r, item);
}

bool header_next(header_reader *r, header_item *item)
{
    slice comment = {NULL, 0};
    *item = (header_item){0};
    for (;;) {
        if (skip_blanks(r))
            comment.length = 0;
        item->before = comment;
        if (!*r->next)
            return false;
        if (begins(r->next, "/*")) {
            comment = take_comment(r);
            item->kind = HEADER_HEADING;
            if (is_heading(comment, &item->code))
                return true;
        } else if (*r->next == '#') {
            item->kind = HEADER_CONSTANT;
            if (is_constant(take_directive(r), &item->code) && comment.length > 0)
                return true;
            comment.length = 0;
        } else {
            take_c(r, item);
            return true;
        }
    }
}

slice header_name(slice code)
{
    static const char *const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
    const char *const parameters = memchr(code.text, '(', code.length);
    const char *const end = parameters ? parameters : code.text + code.length;
    const char *begin = end;
    while (begin > code.text && strchr(letters, begin[-1]))
        begin--;
    return (slice){begin, (size_t)(end - begin)};
}
