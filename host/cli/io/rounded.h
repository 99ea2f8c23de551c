/* Numbers that other programs have rewritten: jq 1.6, JavaScript and others read them as doubles. */
#ifndef MCPI_CLI_IO_ROUNDED_H
#define MCPI_CLI_IO_ROUNDED_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

/* 2^53: up to here a double holds every integer. */
#define ROUNDED_ABOVE (UINT64_C(1) << 53)

/*
 * Whether this JSON number represents `exact`: it is the same number, or the nearest double, written with the fewest
 * digits or with all of them. `maximum_is_rounded`: a UINT64_MAX may be the result of json-c's reading such a double
 * beyond 64 bits.
 */
bool stands_for(json_object *value, uint64_t exact, bool maximum_is_rounded);

/* Whether this JSON number equals `expected` in all the digits it shows, at least six. */
bool shows(json_object *value, double expected);

#endif
