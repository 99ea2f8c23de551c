/* The table of commands as specifications of zsh's _arguments. */
#include <string.h>

#include "cli/manual/completion.h"
#include "cli/manual/manual.h"

/* An option that can be repeated is not excluded once it has been given. */
static void put_spelling(FILE *out, const cli_option *option)
{
    if (option->kind == OPTION_FILES)
        fputs("'*'", out);
    else if (option->letter)
        fprintf(out, "'(-%c --%s)'", option->letter, option->name);
    const char *const after_letter = option->argument ? "+" : "";
    const char *const after_name = option->argument ? "=" : "";
    if (option->letter)
        fprintf(out, "{-%c%s,--%s%s}", option->letter, after_letter, option->name, after_name);
    else
        fprintf(out, "--%s%s", option->name, after_name);
}

static void put_option(FILE *out, const cli_program *program, const option_use *use)
{
    const cli_option *const option = use->option;
    fputs("            ", out);
    put_spelling(out, option);
    fputs("\"[", out);
    put_help(out, use, "[]\\\"$`");
    fputs("]\"", out);
    if (option->argument) {
        fprintf(out, "':%s: _%s_", option->argument, program->name);
        put_value(out, option);
        fputc('\'', out);
    }
    fputc('\n', out);
}

static void put_command(FILE *out, const cli_program *program, const cli_command *command)
{
    const option_use *use;
    fprintf(out, "    (%s)\n        specs=(\n", command->name);
    for (unsigned place = 0; (use = option_at(command, place)); place++)
        if (use->option)
            put_option(out, program, use);
    if (command->operands)
        fprintf(out, "            '%s: : _%s_%s'\n", strstr(command->operands, "...") ? "*" : "1", program->name,
                operand_value(command));
    fputs("        ) ;;\n", out);
}

bool write_zsh_table(FILE *out, const manual *m)
{
    const cli_command *command;
    fputs("    (commands)\n        specs=(\n", out);
    for (unsigned place = 0; (command = command_at(m->program, place)); place++) {
        fprintf(out, "            \"%s:", command->name);
        put_escaped(out, command->summary, "\\\"$`");
        fputs("\"\n", out);
    }
    fputs("        ) ;;\n", out);
    for (unsigned place = 0; (command = command_at(m->program, place)); place++)
        put_command(out, m->program, command);
    return !ferror(out);
}
