/* JSON (RFC 8259), parsed by json-c. What json-c accepts beyond the standard is refused. */
#ifndef MCPI_CLI_PARSE_JSON_H
#define MCPI_CLI_PARSE_JSON_H

#include <json-c/json.h>
#include <stdbool.h>

#include "mcpi/mcpi.h"

typedef struct parsed_json {
    json_object *root; /* to be released with json_object_put */
    /* A number in it is what a double makes of 2^64 - 1 or of its neighbours. json-c reads it as UINT64_MAX. */
    bool has_rounded_maximum;
} parsed_json;

/*
 * Parse one value of up to 1 MiB. BAD_OPTION and the place if the text is no JSON, an object has the same key twice, or
 * a whole number is beyond 64 bits; parsed->root is then NULL.
 */
mcpi_status parse_json(const char *text, size_t length, parsed_json *parsed, mcpi_error *error);

#endif
