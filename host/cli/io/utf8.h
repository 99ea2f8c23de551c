/* UTF-8 (RFC 3629) in strings that can hold any bytes: the environment, file names, messages of drivers. */
#ifndef MCPI_CLI_IO_UTF8_H
#define MCPI_CLI_IO_UTF8_H

#include <stddef.h>

/* The length in bytes, 1 to 4, of the character that begins at `text`; 0 if none begins there: overlong forms,
   surrogates and values above U+10FFFF are not characters. `text` ends with a zero byte, which counts as a character of
   1 byte. */
size_t utf8_length(const char *text);

/* The length of the longest prefix of whole characters in at most `most` bytes. Bytes that are not UTF-8 count as
   characters. */
size_t utf8_prefix(const char *text, size_t most);

/* Replace control characters, which may control a terminal, by question marks. */
void mask_control_characters(char *text);

#endif
