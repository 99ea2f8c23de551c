/*
 * Write JSON (RFC 8259). Counts are exact integers. A number that is not finite becomes null, because JSON cannot
 * represent it.
 */
#ifndef MCPI_CLI_IO_JSON_H
#define MCPI_CLI_IO_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "core/backend.h"
#include "stats/spread.h"

typedef struct json_writer {
    FILE *out;
    bool follows; /* an element precedes in the same object or array */
} json_writer;

/* Begin an object of this schema; end it, and its line. */
json_writer json_begin(FILE *out, const char *schema);
void json_end(json_writer *j);

/* Write a number with the fewest digits that read back as the same double. */
void write_number(FILE *out, double value);

/* Each writes a value, preceded by `key` inside an object; `key` is NULL inside an array. */
void put_open(json_writer *j, const char *key, char bracket);
void put_close(json_writer *j, char bracket);
void put_integer(json_writer *j, const char *key, uint64_t value);
void put_number(json_writer *j, const char *key, double value);
void put_seconds(json_writer *j, const char *key, double value); /* rounded to nanoseconds */
void put_bool(json_writer *j, const char *key, bool value);
void put_null(json_writer *j, const char *key);

/* The value may hold any bytes: bytes that are not UTF-8 become U+FFFD. */
void put_string(json_writer *j, const char *key, const char *value);

/* A string; null if it is empty, which stands for unknown. */
void put_known(json_writer *j, const char *key, const char *value);

/* Write a value that is already JSON. */
void put_json(json_writer *j, const char *key, const char *text);

/* {"median":..,"lowest":..,"highest":..,"low":..,"high":..} */
void put_spread(json_writer *j, const char *key, const mcpi_spread *spread);

/* An integer as a string: jq 1.6, JavaScript and others read numbers as doubles and round them above 2^53. */
void put_exact(json_writer *j, const char *key, uint64_t value);

/* "exact":{"seed":"..","stream":"..","first":"..","darts":".."} */
void put_exact_range(json_writer *j, const mcpi_job *range);

#endif
