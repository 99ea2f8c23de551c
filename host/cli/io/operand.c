#include "cli/io/operand.h"

#include <errno.h>
#include <string.h>

#include "cli/io/complain.h"
#include "core/files.h"

static bool is_stdin(const char *operand)
{
    return strcmp(operand, "-") == 0;
}

const char *operand_name(const char *operand)
{
    return is_stdin(operand) ? "standard input" : operand;
}

bool operands_share_stdin(char *const *operands, size_t count)
{
    size_t times = 0;
    for (size_t i = 0; i < count; i++)
        times += is_stdin(operands[i]);
    return times > 1;
}

char *operand_read(const char *operand, size_t *length)
{
    char *const text = is_stdin(operand) ? mcpi_files_read_open(stdin, length) : mcpi_files_read(operand, length);
    if (!text)
        complain("%s: cannot be read: %s", operand_name(operand), strerror(errno));
    return text;
}
