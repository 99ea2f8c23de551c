#include "cli/io/with_error.h"

#include <math.h>
#include <stdio.h>

#include "cli/io/three_digits.h"

enum { size = 32, most_digits = 4, most_power = 5 };

/* The power of ten of the first digit of a positive value: 2 for 212. */
static int power_of(double value)
{
    return (int)floor(log10(value));
}

/* The same after rounding to one digit: 0 for 0.96. */
static int power_of_rounded(double error)
{
    const int power = power_of(error);
    return power + (error >= 9.5 * pow(10.0, power));
}

/* Negative decimals round before the point. There is no -0. */
static double rounded(double value, int decimals)
{
    const double unit = pow(10.0, -decimals);
    if (fabs(value) < unit / 2.0)
        return 0.0;
    return decimals < 0 ? unit * round(value / unit) : value;
}

/* Write both with as many decimals as the error needs, in units of 10^power. */
static void write_both(char *text, double value, double error, int decimals, int power)
{
    const int places = decimals < 0 ? 0 : decimals;
    char end[16] = "";
    if (power != 0)
        snprintf(end, sizeof end, ")e%d", power);
    snprintf(text, size, "%s%.*f +- %.*f%s", power != 0 ? "(" : "", places, rounded(value, decimals), places,
             rounded(error, decimals), end);
}

char *with_error(char *text, double value, double error)
{
    if (!isfinite(value) || !isfinite(error))
        return three_digits(text, value);
    const double larger = fmax(fabs(value), error);
    const int digits_before = larger > 0.0 ? power_of(larger) + 1 : 0;
    const int power = digits_before > most_power || digits_before < -2 ? digits_before - 1 : 0;
    const double scale = pow(10.0, -power);
    const int most_decimals = most_digits - digits_before + power;
    const int decimals = error > 0.0 ? -power_of_rounded(error * scale) : most_decimals + 1;
    if (decimals <= most_decimals)
        write_both(text, value * scale, error * scale, decimals, power);
    else if (power == 0)
        snprintf(text, size, "%.*g", digits_before > most_digits ? digits_before : most_digits, value);
    else
        three_digits(text, value);
    return text;
}

char *median_with_error(char *text, const mcpi_spread *spread, double unit)
{
    return with_error(text, unit * spread->median, fabs(unit) * mcpi_spread_error(spread));
}
