/* Numbers as people type them: what is taken is in range, and what is no number by its form is never called one. */
#include <cmath>
#include <cstring>

#include "tests/fuzz/fuzz.h"

extern "C" {
#include "cli/args/quantity.h"
}

namespace
{

size_t take_digits(const char **text)
{
    const size_t digits = std::strspn(*text, "0123456789");
    *text += digits;
    return digits;
}

/* A decimal number by its form, and what stands behind it; NULL if there is none. */
const char *behind_number(const char *text)
{
    text += *text == '+' || *text == '-';
    size_t digits = take_digits(&text);
    if (*text == '.' && (digits > 0 || std::strspn(text + 1, "0123456789") > 0)) {
        text++;
        digits += take_digits(&text);
    }
    if (digits == 0)
        return nullptr;
    if (*text == 'e' || *text == 'E') {
        const char *exponent = text + 1;
        exponent += *exponent == '+' || *exponent == '-';
        if (take_digits(&exponent) > 0)
            text = exponent;
    }
    return text;
}

bool is_unit(const char *text)
{
    for (const char *const unit : {"", "ms", "s", "m", "h"})
        if (std::strcmp(text, unit) == 0)
            return true;
    return false;
}

void check_real(quantity_status status, bool has_form, double value)
{
    FUZZ_CHECK((status == QUANTITY_NOT_A_NUMBER) == !has_form);
    FUZZ_CHECK(status == QUANTITY_OK ? std::isfinite(value) && value > 0.0 : value == 7.0);
}

/* A count or a word that was taken, written in decimal, is the same again. */
template <typename Parse> void check_whole(Parse parse, const char *text)
{
    uint64_t value = 7;
    const quantity_status status = parse(text, &value);
    FUZZ_CHECK(status == QUANTITY_OK || value == 7);
    uint64_t again = 0;
    FUZZ_CHECK(parse(std::to_string(value).c_str(), &again) == QUANTITY_OK && again == value);
}

/* Different numbers, in rising order. */
void check_list(const char *text)
{
    number_list list;
    if (parse_number_list(text, &list) != QUANTITY_OK)
        return;
    FUZZ_CHECK(list.count > 0 && list.numbers[0] > 0);
    for (unsigned i = 1; i < list.count; i++)
        FUZZ_CHECK(list.numbers[i - 1] < list.numbers[i]);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    const std::string input(bytes, bytes + count);
    const char *const text = input.c_str();
    check_whole(parse_count, text);
    check_whole(parse_word, text);
    check_list(text);

    const char *const behind = behind_number(text);
    double value = 7.0;
    quantity_status status = parse_positive(text, &value);
    check_real(status, behind && !*behind, value);
    value = 7.0;
    status = parse_duration(text, &value);
    check_real(status, behind && is_unit(behind), value);
    return 0;
}
