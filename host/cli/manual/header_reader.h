/*
 * Reads a public header of mcpi, which documents itself: a declaration follows its comment, a member of a type precedes
 * its own in the same line. This is no C parser: it knows the forms of those headers only.
 */
#ifndef MCPI_CLI_MANUAL_HEADER_READER_H
#define MCPI_CLI_MANUAL_HEADER_READER_H

#include <stdbool.h>
#include <stddef.h>

/* A piece of the header; empty: length 0. */
typedef struct slice {
    const char *text;
    size_t length;
} slice;

typedef enum header_kind {
    HEADER_HEADING,  /* a comment between dashes; `code` is its text */
    HEADER_FUNCTION, /* a prototype, without its semicolon */
    HEADER_CONSTANT, /* a macro without parameters that has a comment; `code` is its name */
    HEADER_OPAQUE,   /* a type without members */
    HEADER_TYPE,     /* a type; its members follow */
    HEADER_MEMBER,   /* a member or an enumerator, without what ends it */
    HEADER_TYPE_END
} header_kind;

typedef struct header_item {
    header_kind kind;
    slice code;
    slice before, after; /* comments, without what begins and ends them */
} header_item;

typedef struct header_reader {
    const char *next; /* text of the header; set by the caller, as all else is to be zero */
    bool in_type, in_enum;
} header_reader;

/* The next item; false at the end. */
bool header_next(header_reader *r, header_item *item);

/* The last identifier of a declaration before its parameters, if it has any. */
slice header_name(slice code);

#endif
