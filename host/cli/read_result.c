#include "cli/read_result.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "mcpi/backend.h"
#include "mcpi/dart.h"
#include "save/state.h"

/* Results are some kilobytes. json-c takes a hundred times the memory of what it reads: anything longer is none. */
enum { longest = 1 << 20 };

/*
 * What json-c takes although it was told to be strict: strings in single quotes, and whole numbers beyond 64 bits, of
 * which it makes the largest. Returns where such a thing stands, or NULL.
 */
static const char *find_laxity(const char *text, const char *end)
{
    bool in_string = false;
    uint64_t number = 0;
    for (const char *c = text; c < end; c++) {
        const bool is_digit = !in_string && *c >= '0' && *c <= '9';
        if (is_digit && (__builtin_mul_overflow(number, UINT64_C(10), &number) ||
                         __builtin_add_overflow(number, (uint64_t)(*c - '0'), &number)))
            return c;
        if (!is_digit)
            number = 0;
        if (in_string && *c == '\\')
            c++;
        else if (*c == '"')
            in_string = !in_string;
        else if (!in_string && *c == '\'')
            return c;
    }
    return NULL;
}

static mcpi_status parse(const char *text, size_t length, json_object **root, mcpi_error *error)
{
    *root = NULL;
    if (length > longest)
        return mcpi_fail(error, MCPI_BAD_OPTION, "neither a checkpoint nor a result: longer than 1 MiB");
    json_tokener *tokener = json_tokener_new();
    if (!tokener)
        return mcpi_fail(error, MCPI_NO_MEMORY, "out of memory");
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
    *root = json_tokener_parse_ex(tokener, text, (int)length);
    const enum json_tokener_error problem = json_tokener_get_error(tokener);
    const size_t end = json_tokener_get_parse_end(tokener);
    json_tokener_free(tokener);
    const char *const lax = find_laxity(text, text + length);
    if (problem == json_tokener_success && end == length && !lax)
        return MCPI_OK;
    json_object_put(*root);
    *root = NULL;
    if (problem == json_tokener_continue)
        return mcpi_fail(error, MCPI_BAD_OPTION, "neither a checkpoint nor JSON: it ends too soon");
    if (problem != json_tokener_success)
        return mcpi_fail(error, MCPI_BAD_OPTION, "neither a checkpoint nor JSON: byte %zu: %s", end,
                         json_tokener_error_desc(problem));
    if (end < length)
        return mcpi_fail(error, MCPI_BAD_OPTION, "neither a checkpoint nor JSON: byte %zu: more than one value", end);
    return mcpi_fail(error, MCPI_BAD_OPTION, "byte %zu: %s", (size_t)(lax - text),
                     *lax == '\'' ? "JSON has no single quotes" : "a number beyond 2^64");
}

static mcpi_status check_schema(const json_object *root, mcpi_error *error)
{
    json_object *schema;
    if (!json_object_is_type(root, json_type_object) || !json_object_object_get_ex(root, "schema", &schema) ||
        !json_object_is_type(schema, json_type_string))
        return mcpi_fail(error, MCPI_BAD_OPTION, "JSON, but no result of mcpi: it names no schema");
    if (strcmp(json_object_get_string(schema), "mcpi.result.v1") == 0)
        return MCPI_OK;
    /* As JSON it is one line, whatever it holds. */
    return mcpi_fail(error, MCPI_BAD_OPTION, "schema %.40s: only results add up, \"mcpi.result.v1\"",
                     json_object_to_json_string(schema));
}

/* json-c makes 0 of a negative number where an unsigned one is asked for. */
static mcpi_status take_number(const json_object *object, const char *key, uint64_t *number, mcpi_error *error)
{
    json_object *value;
    if (!json_object_object_get_ex(object, key, &value) || !json_object_is_type(value, json_type_int) ||
        json_object_get_int64(value) < 0)
        return mcpi_fail(error, MCPI_BAD_OPTION, "\"%s\" is missing or not a whole number below 2^64", key);
    *number = json_object_get_uint64(value);
    return MCPI_OK;
}

static mcpi_status take_numbers(const json_object *root, mcpi_state *state, mcpi_part *part, mcpi_error *error)
{
    const struct {
        const char *key;
        uint64_t *number;
    } numbers[] = {{"seed", &state->seed},
                   {"stream", &state->stream},
                   {"first", &part->first},
                   {"darts", &part->darts},
                   {"hits", &part->hits}};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        const mcpi_status status = take_number(root, numbers[i].key, numbers[i].number, error);
        if (status != MCPI_OK)
            return status;
    }
    if (part->darts > MCPI_DART_END || part->first > MCPI_DART_END - part->darts)
        return mcpi_fail(error, MCPI_BAD_OPTION, "its darts reach beyond 2^63");
    if (part->hits > part->darts)
        return mcpi_fail(error, MCPI_BAD_OPTION, "more hits than darts");
    state->first = part->first;
    state->darts = part->darts;
    return MCPI_OK;
}

/* A run that was stopped says what it was heading for; one that does not can have been heading anywhere. */
static mcpi_status take_goal(const json_object *root, mcpi_state *state, mcpi_error *error)
{
    json_object *complete;
    if (!json_object_object_get_ex(root, "complete", &complete) || !json_object_is_type(complete, json_type_boolean))
        return mcpi_fail(error, MCPI_BAD_OPTION, "\"complete\" is missing or neither true nor false");
    state->goal = state->darts;
    if (json_object_get_boolean(complete))
        return MCPI_OK;
    state->goal = MCPI_DART_END - state->first;
    if (!json_object_object_get_ex(root, "goal", NULL))
        return MCPI_OK;
    const uint64_t most = state->goal;
    const mcpi_status status = take_number(root, "goal", &state->goal, error);
    if (status == MCPI_OK && (state->goal < state->darts || state->goal > most))
        return mcpi_fail(error, MCPI_BAD_OPTION, "its goal is below its darts or beyond 2^63");
    return status;
}

static mcpi_status take_state(const json_object *root, mcpi_state **result, mcpi_error *error)
{
    mcpi_state *state = mcpi_state_new(1);
    if (!state)
        return mcpi_fail(error, MCPI_NO_MEMORY, "out of memory");
    mcpi_status status = take_numbers(root, state, state->parts, error);
    if (status == MCPI_OK)
        status = take_goal(root, state, error);
    if (status != MCPI_OK) {
        free(state);
        return status;
    }
    state->part_count = state->darts > 0;
    state->darts = state->goal;
    *result = state;
    return MCPI_OK;
}

mcpi_status read_result(const char *text, size_t length, mcpi_state **state, mcpi_error *error)
{
    json_object *root;
    *state = NULL;
    mcpi_status status = parse(text, length, &root, error);
    if (status == MCPI_OK)
        status = check_schema(root, error);
    if (status == MCPI_OK)
        status = take_state(root, state, error);
    json_object_put(root);
    return status;
}
