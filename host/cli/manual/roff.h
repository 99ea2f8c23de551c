/* Text for manual pages: escaped, so that it looks the same in every encoding and can be copied into a shell. */
#ifndef MCPI_CLI_MANUAL_ROFF_H
#define MCPI_CLI_MANUAL_ROFF_H

#include <stddef.h>
#include <stdio.h>

/* Write text to be filled, in lines of at most 64 characters: newlines and several spaces become one space. */
void roff_text(FILE *out, const char *text, size_t length);

/* The same, up to its end. */
void roff_string(FILE *out, const char *text);

/* The same, in bold or italics. */
void roff_bold(FILE *out, const char *text, size_t length);
void roff_italic(FILE *out, const char *text);

/* Write a line as it is, of a display or a heading. */
void roff_line(FILE *out, const char *text, size_t length);

#endif
