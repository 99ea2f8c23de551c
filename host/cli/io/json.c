#include "cli/io/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "cli/io/utf8.h"

static void write_ascii(FILE *out, char c)
{
    if (c == '"' || c == '\\')
        fprintf(out, "\\%c", c);
    else if (c < 0x20)
        fprintf(out, "\\u%04x", (unsigned)c);
    else
        fputc(c, out);
}

/* Returns the number of bytes of the text that it consumed. */
static size_t write_character(FILE *out, const char *text)
{
    static const char replacement[] = "\xEF\xBF\xBD"; /* U+FFFD */
    const size_t length = utf8_length(text);
    if (length == 1)
        write_ascii(out, *text);
    else if (length > 1)
        fwrite(text, 1, length, out);
    else
        fputs(replacement, out);
    return length ? length : 1;
}

static void write_string(FILE *out, const char *text)
{
    fputc('"', out);
    while (*text)
        text += write_character(out, text);
    fputc('"', out);
}

static void begin_value(json_writer *j, const char *key)
{
    if (j->follows)
        fputc(',', j->out);
    j->follows = true;
    if (key) {
        write_string(j->out, key);
        fputc(':', j->out);
    }
}

json_writer json_begin(FILE *out, const char *schema)
{
    json_writer j = {.out = out};
    put_open(&j, NULL, '{');
    put_string(&j, "schema", schema);
    put_string(&j, "version", mcpi_version());
    return j;
}

void json_end(json_writer *j)
{
    put_close(j, '}');
    fputc('\n', j->out);
}

void put_open(json_writer *j, const char *key, char bracket)
{
    begin_value(j, key);
    fputc(bracket, j->out);
    j->follows = false;
}

void put_close(json_writer *j, char bracket)
{
    fputc(bracket, j->out);
    j->follows = true;
}

void put_integer(json_writer *j, const char *key, uint64_t value)
{
    begin_value(j, key);
    fprintf(j->out, "%" PRIu64, value);
}

void put_exact(json_writer *j, const char *key, uint64_t value)
{
    begin_value(j, key);
    fprintf(j->out, "\"%" PRIu64 "\"", value);
}

void write_number(FILE *out, double value)
{
    if (!isfinite(value)) {
        fputs("null", out);
        return;
    }
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    fputs(text, out);
}

void put_number(json_writer *j, const char *key, double value)
{
    begin_value(j, key);
    write_number(j->out, value);
}

void put_seconds(json_writer *j, const char *key, double value)
{
    put_number(j, key, round(value * 1e9) / 1e9);
}

void put_bool(json_writer *j, const char *key, bool value)
{
    begin_value(j, key);
    fputs(value ? "true" : "false", j->out);
}

void put_null(json_writer *j, const char *key)
{
    begin_value(j, key);
    fputs("null", j->out);
}

void put_string(json_writer *j, const char *key, const char *value)
{
    begin_value(j, key);
    write_string(j->out, value);
}

void put_known(json_writer *j, const char *key, const char *value)
{
    if (value[0])
        put_string(j, key, value);
    else
        put_null(j, key);
}

void put_json(json_writer *j, const char *key, const char *text)
{
    begin_value(j, key);
    fputs(text, j->out);
}

void put_spread(json_writer *j, const char *key, const mcpi_spread *spread)
{
    put_open(j, key, '{');
    put_number(j, "median", spread->median);
    put_number(j, "lowest", spread->lowest);
    put_number(j, "highest", spread->highest);
    put_number(j, "low", spread->low);
    put_number(j, "high", spread->high);
    put_close(j, '}');
}

void put_exact_range(json_writer *j, const mcpi_job *range)
{
    put_open(j, "exact", '{');
    put_exact(j, "seed", range->seed);
    put_exact(j, "stream", range->stream);
    put_exact(j, "first", range->first);
    put_exact(j, "darts", range->darts);
    put_close(j, '}');
}
