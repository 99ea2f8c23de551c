#include "cli/manual/completion.h"

#include <string.h>

#include "cli/io/plot.h"

static const char *function_of(option_kind kind)
{
    switch (kind) {
    case OPTION_FILE:
    case OPTION_FILES:
        return "files";
    case OPTION_PICTURE:
        return "pictures";
    case OPTION_CHOICE:
        return "word";
    case OPTION_CHOICES:
        return "words";
    case OPTION_DEVICES:
        return "devices";
    case OPTION_EXPECTATION:
        return "expected";
    case OPTION_KERNEL:
        return "kernel";
    case OPTION_KERNELS:
        return "kernels";
    default:
        return "text";
    }
}

void put_value(FILE *out, const cli_option *option)
{
    fputs(function_of(option->kind), out);
    if (option->kind == OPTION_PICTURE)
        for (const char *const *ending = plot_endings; *ending; ending++)
            fprintf(out, " %s", *ending);
    for (const option_choice *choice = option->choices; choice && choice->name; choice++)
        fprintf(out, " %s", choice->name);
}

const char *operand_value(const cli_command *command)
{
    if (command->operands && strstr(command->operands, "FILE"))
        return "files";
    return command->operands && strstr(command->operands, "COMMAND") ? "commands" : "text";
}

void put_escaped(FILE *out, const char *text, const char *special)
{
    for (; *text; text++) {
        if (strchr(special, *text))
            fputc('\\', out);
        if (*text == '\n')
            fputc(' ', out);
        else if (!(text[0] == ' ' && text[1] == ' '))
            fputc(*text, out);
    }
}

void put_help(FILE *out, const option_use *use, const char *special)
{
    const char *const help = help_of(use);
    put_escaped(out, help ? help : "", special);
}
