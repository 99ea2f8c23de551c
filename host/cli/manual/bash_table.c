/* The table of commands as cases of bash. */
#include "cli/manual/completion.h"
#include "cli/manual/manual.h"

static void put_names(FILE *out, const cli_command *command)
{
    const option_use *use;
    for (unsigned place = 0; (use = option_at(command, place)); place++)
        if (use->option)
            fprintf(out, " --%s", use->option->name);
}

static void put_value_case(FILE *out, const cli_command *command, const cli_option *option)
{
    fprintf(out, "    %s/--%s", command->name, option->name);
    if (option->letter)
        fprintf(out, " | %s/-%c", command->name, option->letter);
    fputs(") value='", out);
    put_value(out, option);
    fputs("' ;;\n", out);
}

static void put_command(FILE *out, const cli_command *command)
{
    const option_use *use;
    fprintf(out, "    %s/) value='%s' options='", command->name, operand_value(command));
    put_names(out, command);
    fputs("' ;;\n", out);
    for (unsigned place = 0; (use = option_at(command, place)); place++)
        if (use->option && use->option->argument)
            put_value_case(out, command, use->option);
}

bool write_bash_table(FILE *out, const manual *m)
{
    const cli_command *command;
    fputs("    commands)\n        options='", out);
    for (unsigned place = 0; (command = command_at(m->program, place)); place++)
        fprintf(out, " %s", command->name);
    fputs("' ;;\n", out);
    for (unsigned place = 0; (command = command_at(m->program, place)); place++)
        put_command(out, command);
    return !ferror(out);
}
