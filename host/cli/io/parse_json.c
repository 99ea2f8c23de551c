#include "cli/io/parse_json.h"

#include <json-c/json_visit.h>
#include <math.h>
#include <string.h>

#include "core/backend.h"
#include "core/status.h"

/* Deviations from the standard that json-c accepts even in strict mode. */
typedef struct laxities {
    const char *quote;  /* a single quote outside of strings; NULL if there is none */
    const char *number; /* a whole number beyond 64 bits, which json-c reads as the largest; NULL if there is none */
    bool has_rounded_maximum;
    size_t members; /* number of keys in all objects, repeated ones included */
} laxities;

/* 2^64 - 1 as written by programs that read numbers as doubles: with the fewest digits, or with all of them. */
static bool is_rounded_maximum(const char *digits, size_t length)
{
    return length == 20 &&
           (memcmp(digits, "18446744073709552000", 20) == 0 || memcmp(digits, "18446744073709551616", 20) == 0);
}

static bool is_beyond_64_bits(const char *digits, size_t length)
{
    uint64_t number = 0;
    for (size_t i = 0; i < length; i++)
        if (__builtin_mul_overflow(number, UINT64_C(10), &number) ||
            __builtin_add_overflow(number, (uint64_t)(digits[i] - '0'), &number))
            return true;
    return false;
}

static bool is_one_of(char c, const char *set)
{
    return c != '\0' && strchr(set, c);
}

/* Returns the end of the number that begins at `c`. */
static const char *look_at_number(laxities *found, const char *c, const char *end)
{
    const char *const begin = c;
    while (c < end && is_one_of(*c, "0123456789"))
        c++;
    const size_t length = (size_t)(c - begin);
    while (c < end && is_one_of(*c, "0123456789.eE+-"))
        c++;
    const bool is_whole = (size_t)(c - begin) == length;
    if (is_whole && is_rounded_maximum(begin, length))
        found->has_rounded_maximum = true;
    else if (is_whole && !found->number && is_beyond_64_bits(begin, length))
        found->number = begin;
    return c;
}

/* Returns the position after the string that begins at `c`. */
static const char *skip_string(const char *c, const char *end)
{
    for (c++; c < end && *c != '"'; c++)
        c += *c == '\\';
    return c + 1;
}

static laxities find_laxities(const char *text, const char *end)
{
    laxities found = {0};
    for (const char *c = text; c < end;) {
        if (*c >= '0' && *c <= '9') {
            c = look_at_number(&found, c, end);
        } else if (*c == '"') {
            c = skip_string(c, end);
        } else {
            found.members += *c == ':';
            if (*c == '\'' && !found.quote)
                found.quote = c;
            c++;
        }
    }
    return found;
}

/* A json_c_visit_userfunc. NOLINTNEXTLINE(readability-non-const-parameter) */
static int count_member(json_object *value, int flags, json_object *parent, const char *key, size_t *index, void *count)
{
    (void)value;
    (void)parent;
    (void)index;
    if (key && flags != JSON_C_VISIT_SECOND)
        ++*(size_t *)count;
    return JSON_C_VISIT_RETURN_CONTINUE;
}

/* If a key occurs twice, json-c keeps the last value. */
static bool has_doubled_key(json_object *root, const laxities *found)
{
    size_t members = 0;
    json_c_visit(root, 0, count_member, &members);
    return members != found->members;
}

static mcpi_status check_laxities(const char *text, size_t length, parsed_json *parsed, mcpi_error *error)
{
    const laxities found = find_laxities(text, text + length);
    parsed->has_rounded_maximum = found.has_rounded_maximum;
    if (found.quote)
        return mcpi_fail(error, MCPI_BAD_OPTION, "byte %zu: JSON does not allow single quotes",
                         (size_t)(found.quote - text));
    if (found.number)
        return mcpi_fail(error, MCPI_BAD_OPTION, "byte %zu: a whole number of 2^64 or more",
                         (size_t)(found.number - text));
    if (has_doubled_key(parsed->root, &found))
        return mcpi_fail(error, MCPI_BAD_OPTION, "damaged: an object contains a key twice");
    return MCPI_OK;
}

static mcpi_status parse(const char *text, size_t length, const char *not_a, json_object **root, mcpi_error *error)
{
    json_tokener *tokener = json_tokener_new();
    if (!tokener)
        return mcpi_fail(error, MCPI_NO_MEMORY, "out of memory");
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
    *root = json_tokener_parse_ex(tokener, text, (int)length);
    const enum json_tokener_error problem = json_tokener_get_error(tokener);
    const size_t end = json_tokener_get_parse_end(tokener);
    json_tokener_free(tokener);
    if (problem == json_tokener_continue)
        return mcpi_fail(error, MCPI_BAD_OPTION, "%s JSON: unexpected end of file", not_a);
    if (problem != json_tokener_success)
        return mcpi_fail(error, MCPI_BAD_OPTION, "%s JSON: byte %zu: %s", not_a, end, json_tokener_error_desc(problem));
    if (end < length)
        return mcpi_fail(error, MCPI_BAD_OPTION, "%s JSON: byte %zu: more than one value", not_a, end);
    return MCPI_OK;
}

mcpi_status parse_json(const char *text, size_t length, const char *not_a, parsed_json *parsed, mcpi_error *error)
{
    *parsed = (parsed_json){0};
    if (length > PARSE_JSON_LONGEST)
        return mcpi_fail(error, MCPI_BAD_OPTION, "%s a result: longer than 16 MiB", not_a);
    mcpi_status status = parse(text, length, not_a, &parsed->root, error);
    if (status == MCPI_OK)
        status = check_laxities(text, length, parsed, error);
    if (status == MCPI_OK)
        return MCPI_OK;
    json_object_put(parsed->root);
    parsed->root = NULL;
    return status;
}

json_object *json_member(const json_object *object, const char *key)
{
    json_object *value = NULL;
    if (json_object_is_type(object, json_type_object))
        json_object_object_get_ex(object, key, &value);
    return value;
}

double json_amount(const json_object *object, const char *key)
{
    const json_object *const value = json_member(object, key);
    if (!json_object_is_type(value, json_type_double) && !json_object_is_type(value, json_type_int))
        return NAN;
    const double amount = json_object_get_double(value);
    return isfinite(amount) && amount >= 0.0 ? amount : NAN;
}
