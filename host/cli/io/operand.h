/* Operands that name files to read; "-" is standard input. */
#ifndef MCPI_CLI_IO_OPERAND_H
#define MCPI_CLI_IO_OPERAND_H

#include <stdbool.h>
#include <stddef.h>

/* The operand, or "standard input": for messages. */
const char *operand_name(const char *operand);

/* Whether more than one of the operands is standard input, which can be read only once. */
bool operands_share_stdin(char *const *operands, size_t count);

/* Read the whole file; a zero byte follows. The caller frees it with free(). NULL, after a message, if it cannot be
   read. */
char *operand_read(const char *operand, size_t *length);

#endif
