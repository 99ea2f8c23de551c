/* The parts of a program's manual page that come from its row. */
#include <string.h>

#include "cli/manual/manual.h"
#include "cli/manual/roff.h"

bool write_synopsis(FILE *out, const manual *m)
{
    const char *line = m->program->usage;
    for (;;) {
        line += strspn(line, " ");
        const size_t length = strcspn(line, "\n");
        roff_text(out, line, length);
        line += length;
        fputc('\n', out);
        if (!*line++)
            return true;
        fputs(".br\n", out);
    }
}

static void put_option(FILE *out, const cli_option *option, const char *help)
{
    fputs(".TP\n", out);
    if (option->letter)
        fprintf(out, "\\fB\\-%c\\fR, ", option->letter);
    fputs("\\fB\\-\\-", out);
    roff_string(out, option->name);
    fputs("\\fR", out);
    if (option->argument) {
        fputc(' ', out);
        roff_italic(out, option->argument);
    }
    fputc('\n', out);
    roff_string(out, help);
    fputc('\n', out);
}

static void put_use(FILE *out, const option_use *use)
{
    const char *const help = help_of(use);
    if (use->option && help) {
        put_option(out, use->option, help);
    } else if (help) {
        fputs(".PP\n", out);
        roff_italic(out, help);
        fputc('\n', out);
    }
}

static void put_heading(FILE *out, const cli_program *program, const cli_command *command)
{
    const bool is_default = command == program->commands[0];
    const char *const operands = command->operands ? command->operands : "";
    char heading[80];
    const int length = snprintf(heading, sizeof heading, is_default ? "%s [%s] [options]%s%s" : "%s %s [options]%s%s",
                                program->name, command->name, *operands ? " " : "", operands);
    fputs(".SS ", out);
    roff_line(out, heading, (size_t)length);
    roff_string(out, command->summary);
    fputc('\n', out);
}

bool write_commands(FILE *out, const manual *m)
{
    const cli_command *command;
    for (unsigned i = 0; (command = command_at(m->program, i)); i++) {
        put_heading(out, m->program, command);
        const option_use *use;
        for (unsigned place = 0; (use = option_at(command, place)); place++)
            put_use(out, use);
    }
    return true;
}

static void put_example(FILE *out, const cli_program *program, const cli_example *example)
{
    fputs(".TP\n\\fB", out);
    roff_string(out, program->name);
    fputc(' ', out);
    roff_string(out, example->arguments);
    fputs("\\fR\n", out);
    roff_string(out, example->purpose);
    fputc('\n', out);
}

bool write_examples(FILE *out, const manual *m)
{
    const cli_command *command;
    for (unsigned place = 0; (command = command_at(m->program, place)); place++)
        for (const cli_example *example = command->examples; example->arguments; example++)
            put_example(out, m->program, example);
    return true;
}
