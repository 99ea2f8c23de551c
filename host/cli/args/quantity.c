#include "cli/args/quantity.h"

#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* value * base + digit, or false past 64 bits. */
static bool append_digit(uint64_t *value, unsigned base, unsigned digit)
{
    return !__builtin_mul_overflow(*value, (uint64_t)base, value) &&
           !__builtin_add_overflow(*value, (uint64_t)digit, value);
}

/* Reads digits at *text and moves *text past them; *count is their number. False past 64 bits. */
static bool read_digits(const char **text, uint64_t *value, unsigned *count)
{
    bool fits = true;
    for (*count = 0; is_digit(**text); ++*text, ++*count)
        fits &= append_digit(value, 10, (unsigned)(**text - '0'));
    return fits;
}

/* The power of ten a suffix stands for, or -1. */
static int suffix_power(char suffix)
{
    static const char suffixes[] = "kMGTPE";
    if (suffix == 'K')
        suffix = 'k';
    const char *at = suffix ? strchr(suffixes, suffix) : NULL;
    return at ? 3 * (int)(at - suffixes + 1) : -1;
}

/* mantissa * 10^power, if that is a whole number. */
static quantity_status scale(uint64_t mantissa, int power, uint64_t *count)
{
    if (mantissa == 0)
        power = 0;
    for (; power < 0; power++) {
        if (mantissa % 10 != 0)
            return QUANTITY_NOT_WHOLE;
        mantissa /= 10;
    }
    for (; power > 0; power--)
        if (!append_digit(&mantissa, 10, 0))
            return QUANTITY_TOO_LARGE;
    *count = mantissa;
    return QUANTITY_OK;
}

static quantity_status raise(uint64_t base, const char *text, uint64_t *count)
{
    uint64_t exponent = 0;
    unsigned digits;
    const bool fits = read_digits(&text, &exponent, &digits);
    if (digits == 0 || *text)
        return QUANTITY_NOT_A_NUMBER;
    uint64_t power = 1;
    if (base < 2) {
        *count = base == 1 || (fits && exponent == 0);
        return QUANTITY_OK;
    }
    if (!fits)
        return QUANTITY_TOO_LARGE;
    for (; exponent > 0; exponent--)
        if (__builtin_mul_overflow(power, base, &power))
            return QUANTITY_TOO_LARGE;
    *count = power;
    return QUANTITY_OK;
}

/* Reads the exponent after an 'e', limited to +-999: larger ones are out of range. False if there are no digits. */
static bool read_exponent(const char **text, int *power)
{
    const bool negative = **text == '-';
    if (**text == '-' || **text == '+')
        ++*text;
    uint64_t value = 0;
    unsigned digits;
    const bool fits = read_digits(text, &value, &digits);
    const int magnitude = fits && value < 999 ? (int)value : 999;
    *power += negative ? -magnitude : magnitude;
    return digits > 0;
}

quantity_status parse_count(const char *text, uint64_t *count)
{
    const bool negative = *text == '-';
    text += negative;
    uint64_t mantissa = 0;
    unsigned whole;
    unsigned fraction = 0;
    int power = 0;
    bool fits = read_digits(&text, &mantissa, &whole);
    if (whole > 0 && *text == '^' && !negative)
        return fits ? raise(mantissa, text + 1, count) : QUANTITY_TOO_LARGE;
    if (*text == '.') {
        text++;
        /* Trailing zeros do not change the value, but could overflow a mantissa that fits without them. */
        const size_t digits = strspn(text, "0123456789");
        size_t used = digits;
        while (used > 0 && text[used - 1] == '0')
            used--;
        for (size_t i = 0; i < used; i++)
            fits &= append_digit(&mantissa, 10, (unsigned)(text[i] - '0'));
        fraction = (unsigned)digits;
        power = -(int)used;
        text += digits;
    }
    if (whole + fraction == 0)
        return QUANTITY_NOT_A_NUMBER;
    if (*text == 'e' || (*text == 'E' && (is_digit(text[1]) || text[1] == '+' || text[1] == '-'))) {
        text++;
        if (!read_exponent(&text, &power))
            return QUANTITY_NOT_A_NUMBER;
    } else if (suffix_power(*text) > 0) {
        power += suffix_power(*text);
        text++;
    }
    if (*text)
        return QUANTITY_NOT_A_NUMBER;
    if (negative)
        return QUANTITY_NEGATIVE;
    if (!fits)
        return fraction > 0 ? QUANTITY_NOT_WHOLE : QUANTITY_TOO_LARGE;
    return scale(mantissa, power, count);
}

quantity_status parse_word(const char *text, uint64_t *word)
{
    const bool hexadecimal = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    const char *digits = text + (hexadecimal ? 2 : *text == '-');
    const char *const allowed = hexadecimal ? "0123456789abcdefABCDEF" : "0123456789";
    if (*digits == '\0' || digits[strspn(digits, allowed)] != '\0')
        return QUANTITY_NOT_A_NUMBER;
    if (*text == '-')
        return QUANTITY_NEGATIVE;
    uint64_t value = 0;
    for (; *digits; digits++) {
        const unsigned digit = is_digit(*digits) ? (unsigned)(*digits - '0') : (unsigned)((*digits | 0x20) - 'a' + 10);
        if (!append_digit(&value, hexadecimal ? 16 : 10, digit))
            return QUANTITY_TOO_LARGE;
    }
    *word = value;
    return QUANTITY_OK;
}

quantity_status parse_positive_int(const char *text, unsigned *number)
{
    uint64_t word = 0;
    const quantity_status status = parse_word(text, &word);
    if (status != QUANTITY_OK)
        return status;
    *number = (unsigned)word;
    return word == 0 ? QUANTITY_NOT_POSITIVE : word > UINT_MAX ? QUANTITY_TOO_LARGE : QUANTITY_OK;
}

static quantity_status insert(number_list *list, unsigned number)
{
    unsigned at = list->count;
    if (at == sizeof list->numbers / sizeof *list->numbers)
        return QUANTITY_TOO_MANY;
    for (; at > 0 && list->numbers[at - 1] >= number; at--)
        list->numbers[at] = list->numbers[at - 1];
    list->numbers[at] = number;
    list->count++;
    return at + 1 < list->count && list->numbers[at + 1] == number ? QUANTITY_REPEATED : QUANTITY_OK;
}

static quantity_status insert_text(number_list *list, const char *text, size_t length)
{
    char item[32];
    unsigned number;
    if (length >= sizeof item)
        return QUANTITY_NOT_A_NUMBER;
    snprintf(item, sizeof item, "%.*s", (int)length, text);
    const quantity_status status = parse_positive_int(item, &number);
    return status == QUANTITY_OK ? insert(list, number) : status;
}

quantity_status parse_number_list(const char *text, number_list *list)
{
    list->count = 0;
    for (;; text++) {
        const size_t length = strcspn(text, ",");
        const quantity_status status = insert_text(list, text, length);
        text += length;
        if (status != QUANTITY_OK || !*text)
            return status;
    }
}

/* Whether a double is a number above 0, and if not, why. */
static quantity_status positive_status(double number)
{
    if (number <= 0.0)
        return QUANTITY_NOT_POSITIVE;
    return isinf(number) ? QUANTITY_TOO_LARGE : QUANTITY_OK;
}

/* The decimal number that `text` begins with, and where it ends: strtod without inf, nan, hexadecimal and blanks. False
   if there is none. */
static bool read_decimal(const char *text, double *number, const char **end)
{
    const char *const digits = text + (*text == '+' || *text == '-');
    if ((!is_digit(*digits) && *digits != '.') || strpbrk(text, "xX"))
        return false;
    char *behind;
    *number = strtod(text, &behind);
    *end = behind;
    return behind != text;
}

quantity_status parse_positive(const char *text, double *number)
{
    const char *end;
    double value;
    if (!read_decimal(text, &value, &end) || *end)
        return QUANTITY_NOT_A_NUMBER;
    const quantity_status status = positive_status(value);
    if (status == QUANTITY_OK)
        *number = value;
    return status;
}

quantity_status parse_share(const char *text, double *share)
{
    const char *sign;
    double value;
    if (!read_decimal(text, &value, &sign) || strcmp(sign, "%") != 0)
        return QUANTITY_NOT_A_NUMBER;
    const quantity_status status = value > 100.0 ? QUANTITY_TOO_LARGE : positive_status(value);
    if (status == QUANTITY_OK)
        *share = value / 100.0;
    return status;
}

quantity_status parse_duration(const char *text, double *seconds)
{
    static const struct {
        const char *name;
        double seconds;
    } units[] = {{"", 1.0}, {"ms", 1e-3}, {"s", 1.0}, {"m", 60.0}, {"h", 3600.0}};
    const char *unit;
    double value;
    if (!read_decimal(text, &value, &unit))
        return QUANTITY_NOT_A_NUMBER;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strcmp(unit, units[i].name) != 0)
            continue;
        const quantity_status status = positive_status(value * units[i].seconds);
        if (status == QUANTITY_OK)
            *seconds = value * units[i].seconds;
        return status;
    }
    return QUANTITY_NOT_A_NUMBER;
}
