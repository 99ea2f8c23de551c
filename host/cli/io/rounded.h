/* Numbers that other programs have written again: jq 1.6, JavaScript and others read each of them as a double. */
#ifndef MCPI_CLI_IO_ROUNDED_H
#define MCPI_CLI_IO_ROUNDED_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

/* Up to here, 2^53, a double holds every integer. */
#define ROUNDED_ABOVE (UINT64_C(1) << 53)

/*
 * Does this JSON number stand for `exact`: is it the same number, or what a double makes of it, with the digits that
 * bring that double back or with all of them? `maximum_is_rounded` says that UINT64_MAX is what json-c made of such a
 * number beyond 64 bits.
 */
bool stands_for(json_object *value, uint64_t exact, bool maximum_is_rounded);

/* Does this JSON number equal `expected`, to the last digit that it shows, of which at least six count? */
bool shows(json_object *value, double expected);

#endif
