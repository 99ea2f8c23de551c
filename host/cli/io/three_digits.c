#include "cli/io/three_digits.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *three_digits(char *text, double value)
{
    enum { size = 16 };
    const double magnitude = fabs(value);
    if (!isfinite(value)) {
        snprintf(text, size, "-");
    } else if (value != 0.0 && (magnitude >= 1e4 || magnitude < 1e-3)) {
        /* Write 1.23e+09 as 1.23e9. */
        snprintf(text, size, "%.2e", value);
        char *const exponent = strchr(text, 'e') + 1;
        const long power = strtol(exponent, NULL, 10);
        snprintf(exponent, size - (size_t)(exponent - text), "%ld", power);
    } else {
        const int digits = magnitude >= 100.0 ? 0 : magnitude >= 10.0 ? 1 : magnitude >= 1.0 ? 2 : 3;
        snprintf(text, size, "%.*f", digits, value);
    }
    return text;
}

/* The exponent of a power of ten; 0 for other numbers. */
static int exponent_of(uint64_t count)
{
    int exponent = 0;
    for (; count > 0 && count % 10 == 0; count /= 10)
        exponent++;
    return count == 1 ? exponent : 0;
}

static void group(char *text, const char *digits)
{
    const size_t length = strlen(digits);
    for (size_t i = 0; i < length; i++) {
        *text++ = digits[i];
        if (i + 1 < length && (length - i - 1) % 3 == 0)
            *text++ = ',';
    }
    *text = '\0';
}

char *readable_count(char *text, uint64_t count)
{
    enum { size = 32, least_exponent = 5, least_grouped = 10000 };
    char digits[24];
    snprintf(digits, sizeof digits, "%" PRIu64, count);
    if (exponent_of(count) >= least_exponent)
        snprintf(text, size, "10^%d", exponent_of(count));
    else if (count >= least_grouped)
        group(text, digits);
    else
        snprintf(text, size, "%s", digits);
    return text;
}
