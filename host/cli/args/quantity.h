/*
 * Numbers as people type them. Each parser accepts the whole string or nothing: no number is rounded, clamped or cut
 * short.
 */
#ifndef MCPI_CLI_ARGS_QUANTITY_H
#define MCPI_CLI_ARGS_QUANTITY_H

#include <stdint.h>

typedef enum quantity_status {
    QUANTITY_OK,
    QUANTITY_NOT_A_NUMBER, /* not of the form asked for */
    QUANTITY_NEGATIVE,     /* where a count is wanted */
    QUANTITY_NOT_POSITIVE, /* where a number above 0 is wanted */
    QUANTITY_NOT_WHOLE,    /* a number, but not an integer: 1.5, 1e-3 */
    QUANTITY_REPEATED,     /* twice in a list of different numbers */
    QUANTITY_TOO_LARGE,    /* above what the parser's type or limit holds */
    QUANTITY_TOO_MANY      /* more numbers than a list holds */
} quantity_status;

/* A count: 10000000000, 1e10, 2.5e9, 2^33, or with k M G T P E for powers of a thousand: 10G, 1.5M. */
quantity_status parse_count(const char *text, uint64_t *count);

/* 64 bits, decimal or 0x... */
quantity_status parse_word(const char *text, uint64_t *word);

/* 1 to UINT_MAX, decimal or 0x... */
quantity_status parse_positive_int(const char *text, unsigned *number);

enum { number_list_most = 128 };

/* Different whole numbers above 0, in rising order. */
typedef struct number_list {
    unsigned count;
    unsigned numbers[number_list_most];
} number_list;

/* "8" or "1,2,4,8", in any order. */
quantity_status parse_number_list(const char *text, number_list *list);

/* A decimal number above 0: 0.001, 1e-6. Neither inf nor nan. */
quantity_status parse_positive(const char *text, double *number);

/* A percentage above 0 and up to 100 with its sign: 5%, 0.5%. The share is at most 1. */
quantity_status parse_share(const char *text, double *share);

/* Seconds above 0: 10s, 500ms, 5m, 2h, or a number alone, which is seconds. */
quantity_status parse_duration(const char *text, double *seconds);

#endif
