/* Parse JSON (RFC 8259) with json-c. Input that json-c accepts beyond the standard is refused. */
#ifndef MCPI_CLI_IO_PARSE_JSON_H
#define MCPI_CLI_IO_PARSE_JSON_H

#include <json-c/json.h>
#include <stdbool.h>

#include "mcpi/mcpi.h"

/*
 * In bytes. The result of a run has some kilobytes, a merged one up to 100 bytes more for each of its parts: this is
 * room for 160,000 parts. json-c takes 15 times the memory of such a text, and up to 200 times that of others.
 */
enum { PARSE_JSON_LONGEST = 16 << 20 };

typedef struct parsed_json {
    json_object *root; /* the caller releases it with json_object_put */
    /* It contains 2^64 - 1, or a number near it, rounded to a double. json-c reads it as UINT64_MAX. */
    bool has_rounded_maximum;
} parsed_json;

/*
 * Parse one value of up to PARSE_JSON_LONGEST bytes. BAD_OPTION, with the position, if the text is not JSON, an object
 * contains a key twice, or a whole number exceeds 64 bits; parsed->root is then NULL. `not_a` begins messages: "not",
 * or "neither a checkpoint nor" where the text could have been one.
 */
mcpi_status parse_json(const char *text, size_t length, const char *not_a, parsed_json *parsed, mcpi_error *error);

/* A member of an object; NULL if it is missing or null, or if `object` is no object. */
json_object *json_member(const json_object *object, const char *key);

/* A number in an object; NaN if there is none, or if it is negative or infinite. */
double json_amount(const json_object *object, const char *key);

#endif
