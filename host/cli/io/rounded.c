#include "cli/io/rounded.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The fewest digits of an estimate that are compared, and the digits after which any double reads back unchanged. */
enum { fewest_digits = 6, most_digits = 17 };

static int significant_digits(uint64_t number)
{
    while (number > 0 && number % 10 == 0)
        number /= 10;
    int digits = 0;
    for (; number > 0; number /= 10)
        digits++;
    return digits;
}

static bool is_rounded(uint64_t value, uint64_t exact)
{
    const double rounded = (double)exact;
    if (exact <= ROUNDED_ABOVE || (double)value != rounded)
        return false;
    return significant_digits(value) <= most_digits || (rounded < 0x1p64 && value == (uint64_t)rounded);
}

bool stands_for(json_object *value, uint64_t exact, bool maximum_is_rounded)
{
    if (json_object_is_type(value, json_type_double))
        return json_object_get_double(value) == (double)exact;
    if (!json_object_is_type(value, json_type_int) || json_object_get_int64(value) < 0)
        return false;
    const uint64_t number = json_object_get_uint64(value);
    if (number == UINT64_MAX && maximum_is_rounded)
        return (double)exact == 0x1p64;
    return number == exact || is_rounded(number, exact);
}

/* The number of significant digits of a JSON number. */
static int shown_digits(const char *number)
{
    int digits = 0;
    for (const char *c = number; *c && *c != 'e' && *c != 'E'; c++)
        if (*c >= '0' && *c <= '9' && (digits > 0 || *c != '0'))
            digits++;
    return digits;
}

bool shows(json_object *value, double expected)
{
    if (!json_object_is_type(value, json_type_double) && !json_object_is_type(value, json_type_int))
        return false;
    const double number = json_object_get_double(value);
    const int digits = shown_digits(json_object_get_string(value));
    char text[64];
    snprintf(text, sizeof text, "%.*e", (digits < fewest_digits ? fewest_digits : digits) - 1, expected);
    return number == expected || (digits <= most_digits && number == strtod(text, NULL));
}
