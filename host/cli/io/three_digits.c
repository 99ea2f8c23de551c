#include "cli/io/three_digits.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *three_digits(char *text, double value)
{
    enum { size = 16 };
    if (!isfinite(value)) {
        snprintf(text, size, "-");
    } else if (value != 0.0 && (value >= 1e4 || value < 1e-3)) {
        /* Write 1.23e+09 as 1.23e9. */
        snprintf(text, size, "%.2e", value);
        char *const exponent = strchr(text, 'e') + 1;
        const long power = strtol(exponent, NULL, 10);
        snprintf(exponent, size - (size_t)(exponent - text), "%ld", power);
    } else {
        const int digits = value >= 100.0 ? 0 : value >= 10.0 ? 1 : value >= 1.0 ? 2 : 3;
        snprintf(text, size, "%.*f", digits, value);
    }
    return text;
}
