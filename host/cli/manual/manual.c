#include "cli/manual/manual.h"

#include <stdlib.h>
#include <string.h>

#include <build_commit.h>

#include "cli/io/complain.h"
#include "cli/manual/roff.h"

static bool write_program(FILE *out, const manual *m)
{
    return fputs(m->program->name, out) >= 0;
}

static bool write_summary(FILE *out, const manual *m)
{
    roff_string(out, m->program->summary);
    return fputc('\n', out) >= 0;
}

static bool write_default_command(FILE *out, const manual *m)
{
    return fputs(m->program->commands[0]->name, out) >= 0;
}

static bool write_version(FILE *out, const manual *m)
{
    (void)m;
    return fputs(MCPI_VERSION, out) >= 0;
}

static bool write_date(FILE *out, const manual *m)
{
    (void)m;
    return fputs(MCPI_BUILD_DATE, out) >= 0;
}

static const struct {
    const char *name;
    manual_part *write;
} parts[] = {
    {"PROGRAM", write_program},           {"SUMMARY", write_summary},
    {"VERSION", write_version},           {"DATE", write_date},
    {"DEFAULT", write_default_command},   {"SYNOPSIS", write_synopsis},
    {"COMMANDS", write_commands},         {"EXAMPLES", write_examples},
    {"API_SYNOPSIS", write_api_synopsis}, {"API_FUNCTIONS", write_api_functions},
    {"API_TYPES", write_api_types},       {"API_EXAMPLE", write_api_example},
    {"BASH_TABLE", write_bash_table},     {"ZSH_TABLE", write_zsh_table},
    {"FISH_TABLE", write_fish_table},
};

static bool write_part(FILE *out, const char *name, size_t length, const manual *m)
{
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strlen(parts[i].name) == length && memcmp(parts[i].name, name, length) == 0)
            return parts[i].write(out, m);
    complain("@%.*s@: no such placeholder", (int)length, name);
    return false;
}

/* The length of the name of a placeholder that begins here; 0 if none does. */
static size_t placeholder_at(const char *text)
{
    if (*text != '@')
        return 0;
    const size_t length = strspn(text + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_");
    return text[1 + length] == '@' ? length : 0;
}

/* A part that stands alone on a line writes whole lines. */
static bool fill_line(FILE *out, const char *line, const manual *m)
{
    const size_t alone = placeholder_at(line);
    if (alone > 0 && strcmp(line + alone + 2, "\n") == 0)
        return write_part(out, line + 1, alone, m);
    while (*line) {
        const size_t length = placeholder_at(line);
        if (length == 0)
            fputc(*line++, out);
        else if (!write_part(out, line + 1, length, m))
            return false;
        else
            line += length + 2;
    }
    return true;
}

bool manual_write(FILE *out, FILE *in, const manual *m)
{
    char *line = NULL;
    size_t size = 0;
    bool filled = true;
    while (filled && getline(&line, &size, in) >= 0)
        filled = fill_line(out, line, m);
    free(line);
    return filled && !ferror(in) && !ferror(out);
}
