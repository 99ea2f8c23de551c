/* The table of commands as calls of fish's complete. */
#include <string.h>

#include "cli/manual/completion.h"
#include "cli/manual/manual.h"

static void put_option(FILE *out, const cli_program *program, const cli_command *command, const option_use *use)
{
    const cli_option *const option = use->option;
    fprintf(out, "complete -c %s -n '__%s_is %s'", program->name, program->name, command->name);
    if (option->letter)
        fprintf(out, " -s %c", option->letter);
    fprintf(out, " -l %s", option->name);
    if (option->kind == OPTION_FILE || option->kind == OPTION_FILES) {
        fputs(" -r -F", out);
    } else if (option->argument) {
        fprintf(out, " -x -a '(__%s_", program->name);
        put_value(out, option);
        fputs(")'", out);
    }
    fputs(" -d '", out);
    put_help(out, use, "'\\");
    fputs("'\n", out);
}

static void put_command(FILE *out, const cli_program *program, const cli_command *command)
{
    fprintf(out, "complete -c %s -n __%s_begins -a %s -d '", program->name, program->name, command->name);
    put_escaped(out, command->summary, "'\\");
    fputs("'\n", out);
    const option_use *use;
    for (unsigned place = 0; (use = option_at(command, place)); place++)
        if (use->option)
            put_option(out, program, command, use);
    if (command->operands && strcmp(operand_value(command), "files") == 0)
        fprintf(out, "complete -c %s -n '__%s_is %s' -F\n", program->name, program->name, command->name);
    else if (command->operands)
        fprintf(out, "complete -c %s -n '__%s_is %s' -a '(__%s_%s)'\n", program->name, program->name, command->name,
                program->name, operand_value(command));
}

bool write_fish_table(FILE *out, const manual *m)
{
    const cli_command *command;
    fprintf(out, "function __%s_commands\n    printf '%%s\\n'", m->program->name);
    for (unsigned place = 0; (command = command_at(m->program, place)); place++)
        fprintf(out, " %s", command->name);
    fputs("\nend\n\n", out);
    for (unsigned place = 0; (command = command_at(m->program, place)); place++)
        put_command(out, m->program, command);
    return !ferror(out);
}
