#include "cli/read_result.h"

#include <stdlib.h>
#include <string.h>

#include "cli/contradiction.h"
#include "cli/exact.h"
#include "cli/parse_json.h"
#include "cli/rounded.h"
#include "mcpi/backend.h"
#include "mcpi/dart.h"
#include "save/state.h"

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

static mcpi_status take_complete(const json_object *root, exact_counts *counts, mcpi_error *error)
{
    json_object *complete;
    if (!json_object_object_get_ex(root, "complete", &complete) || !json_object_is_type(complete, json_type_boolean))
        return mcpi_fail(error, MCPI_BAD_OPTION, "\"complete\" is missing or neither true nor false");
    counts->complete = json_object_get_boolean(complete);
    return MCPI_OK;
}

/* ---- counts with a checksum ---- */

/* Decimal digits without a sign, and without a zero in front, so that each number has one spelling. */
static bool is_number(const char *text, uint64_t *number)
{
    *number = 0;
    if (!*text || (*text == '0' && text[1]))
        return false;
    for (const char *c = text; *c; c++)
        if (*c < '0' || *c > '9' || __builtin_mul_overflow(*number, UINT64_C(10), number) ||
            __builtin_add_overflow(*number, (uint64_t)(*c - '0'), number))
            return false;
    return true;
}

static mcpi_status take_strings(const json_object *exact, exact_counts *counts, mcpi_error *error)
{
    for (int i = 0; i < EXACT_NUMBERS; i++) {
        json_object *value = NULL;
        json_object_object_get_ex(exact, exact_keys[i], &value);
        if (!json_object_is_type(value, json_type_string) ||
            !is_number(json_object_get_string(value), &counts->numbers[i]))
            return mcpi_fail(error, MCPI_BAD_OPTION,
                             "damaged: \"%s\" in \"exact\" is missing or not a whole number below 2^64", exact_keys[i]);
    }
    return MCPI_OK;
}

static mcpi_status check_checksum(const json_object *checksum, const exact_counts *counts, mcpi_error *error)
{
    if (json_object_is_type(checksum, json_type_string) &&
        strcmp(json_object_get_string((json_object *)checksum), exact_checksum_of(counts).text) == 0)
        return MCPI_OK;
    return mcpi_fail(error, MCPI_BAD_OPTION, "damaged: its checksum does not match \"exact\" and \"complete\"");
}

/* The numbers beside the strings; there is no goal in a complete result. */
static mcpi_status check_numbers(const parsed_json *json, const exact_counts *counts, mcpi_error *error)
{
    for (int i = 0; i < EXACT_NUMBERS; i++) {
        json_object *value;
        const bool there = json_object_object_get_ex(json->root, exact_keys[i], &value);
        const bool expected = i != EXACT_GOAL || !counts->complete;
        if (there != expected || (there && !stands_for(value, counts->numbers[i], json->has_rounded_maximum)))
            return mcpi_fail(error, MCPI_BAD_OPTION, "damaged: \"%s\" differs from \"exact\"", exact_keys[i]);
    }
    return MCPI_OK;
}

static mcpi_status take_exact(const parsed_json *json, exact_counts *counts, mcpi_error *error)
{
    json_object *exact;
    json_object *checksum;
    if (!json_object_object_get_ex(json->root, "exact", &exact) || !json_object_is_type(exact, json_type_object) ||
        !json_object_object_get_ex(json->root, "checksum", &checksum))
        return mcpi_fail(error, MCPI_BAD_OPTION, "damaged: of \"exact\" and \"checksum\" it has only one");
    mcpi_status status = take_strings(exact, counts, error);
    if (status == MCPI_OK)
        status = check_checksum(checksum, counts, error);
    return status == MCPI_OK ? check_numbers(json, counts, error) : status;
}

/* ---- counts of older versions ---- */

/* Some programs write a large number with an exponent. A smaller one they leave whole. */
static bool is_large_double(const json_object *value)
{
    const double number = json_object_get_double(value);
    return json_object_is_type(value, json_type_double) && number > (double)ROUNDED_ABOVE && number < 0x1p64;
}

/* json-c makes 0 of a negative number where an unsigned one is asked for. */
static mcpi_status take_number(const parsed_json *json, const char *key, uint64_t *number, mcpi_error *error)
{
    json_object *value;
    const bool there = json_object_object_get_ex(json->root, key, &value);
    if (there && is_large_double(value)) {
        *number = (uint64_t)json_object_get_double(value);
        return MCPI_OK;
    }
    if (!there || !json_object_is_type(value, json_type_int) || json_object_get_int64(value) < 0 ||
        (json_object_get_uint64(value) == UINT64_MAX && json->has_rounded_maximum))
        return mcpi_fail(error, MCPI_BAD_OPTION, "\"%s\" is missing or not a whole number below 2^64", key);
    *number = json_object_get_uint64(value);
    return MCPI_OK;
}

/* A run that was stopped says what it was heading for; one that does not can have been heading anywhere. */
static mcpi_status take_goal(const parsed_json *json, exact_counts *counts, mcpi_error *error)
{
    uint64_t *const goal = &counts->numbers[EXACT_GOAL];
    const uint64_t first = counts->numbers[EXACT_FIRST];
    if (json_object_object_get_ex(json->root, "goal", NULL))
        return take_number(json, "goal", goal, error);
    *goal = counts->complete ? counts->numbers[EXACT_DARTS] : MCPI_DART_END - first;
    return MCPI_OK;
}

static mcpi_status take_numbers(const parsed_json *json, exact_counts *counts, mcpi_error *error)
{
    for (int i = 0; i < EXACT_GOAL; i++) {
        const mcpi_status status = take_number(json, exact_keys[i], &counts->numbers[i], error);
        if (status != MCPI_OK)
            return status;
    }
    return take_goal(json, counts, error);
}

static bool has_large_number(const exact_counts *counts)
{
    for (int i = 0; i < EXACT_GOAL; i++)
        if (counts->numbers[i] > ROUNDED_ABOVE)
            return true;
    return false;
}

static const char *doubt_of(const exact_counts *counts, bool has_estimate)
{
    if (!has_estimate)
        return "has no checksum; its counts cannot be checked";
    if (has_large_number(counts))
        return "has no checksum; its counts cannot be checked: another program may have rounded its numbers above 2^53";
    return "has no checksum; its seed, stream and first dart cannot be checked";
}

/* ---- both ---- */

static mcpi_status check_range(const exact_counts *counts, mcpi_error *error)
{
    const uint64_t *const n = counts->numbers;
    if (n[EXACT_DARTS] > MCPI_DART_END || n[EXACT_FIRST] > MCPI_DART_END - n[EXACT_DARTS])
        return mcpi_fail(error, MCPI_BAD_OPTION, "its darts reach beyond 2^63");
    if (n[EXACT_HITS] > n[EXACT_DARTS])
        return mcpi_fail(error, MCPI_BAD_OPTION, "more hits than darts");
    if (n[EXACT_GOAL] < n[EXACT_DARTS] || n[EXACT_GOAL] > MCPI_DART_END - n[EXACT_FIRST])
        return mcpi_fail(error, MCPI_BAD_OPTION, "its goal is below its darts or beyond 2^63");
    if (counts->complete && n[EXACT_GOAL] != n[EXACT_DARTS])
        return mcpi_fail(error, MCPI_BAD_OPTION, "damaged: it is complete, but its goal is beyond its darts");
    return MCPI_OK;
}

static mcpi_status check_estimate(const json_object *root, const exact_counts *counts, bool *all_there,
                                  mcpi_error *error)
{
    const char *const wrong = find_wrong_estimate(root, counts, all_there);
    if (wrong)
        return mcpi_fail(error, MCPI_BAD_OPTION, "damaged: \"%s\" does not follow from its darts and hits", wrong);
    return MCPI_OK;
}

static mcpi_status take_counts(const parsed_json *json, exact_counts *counts, result_notes *notes, mcpi_error *error)
{
    const bool is_proven =
        json_object_object_get_ex(json->root, "exact", NULL) || json_object_object_get_ex(json->root, "checksum", NULL);
    bool has_estimate = false;
    mcpi_status status = take_complete(json->root, counts, error);
    if (status == MCPI_OK)
        status = is_proven ? take_exact(json, counts, error) : take_numbers(json, counts, error);
    if (status == MCPI_OK)
        status = check_range(counts, error);
    if (status == MCPI_OK)
        status = check_estimate(json->root, counts, &has_estimate, error);
    if (status != MCPI_OK || is_proven)
        return status;
    if (contradicts_devices(json->root, counts))
        return mcpi_fail(error, MCPI_BAD_OPTION, "damaged: the counts of its devices do not add up to its own");
    notes->doubt = doubt_of(counts, has_estimate);
    return MCPI_OK;
}

static mcpi_state *new_state(const exact_counts *counts, size_t parts, mcpi_error *error)
{
    mcpi_state *state = mcpi_state_new(parts);
    if (!state) {
        mcpi_fail(error, MCPI_NO_MEMORY, "out of memory");
        return NULL;
    }
    state->seed = counts->numbers[EXACT_SEED];
    state->stream = counts->numbers[EXACT_STREAM];
    state->first = counts->numbers[EXACT_FIRST];
    state->darts = state->goal = counts->numbers[EXACT_GOAL];
    return state;
}

static mcpi_part prefix_of(const exact_counts *counts)
{
    const uint64_t *const n = counts->numbers;
    return (mcpi_part){n[EXACT_FIRST], n[EXACT_DARTS], n[EXACT_HITS]};
}

static mcpi_status take_prefix(const exact_counts *counts, mcpi_state **result, mcpi_error *error)
{
    mcpi_state *state = new_state(counts, 1, error);
    if (!state)
        return MCPI_NO_MEMORY;
    state->parts[0] = prefix_of(counts);
    state->part_count = state->parts[0].darts > 0;
    *result = state;
    return MCPI_OK;
}

/* ---- parts of a merged result ---- */

static bool take_string(const json_object *object, const char *key, uint64_t *number)
{
    json_object *value;
    return json_object_object_get_ex(object, key, &value) && json_object_is_type(value, json_type_string) &&
           is_number(json_object_get_string(value), number);
}

static bool take_part(const json_object *object, mcpi_part *part)
{
    return json_object_is_type(object, json_type_object) && take_string(object, "first", &part->first) &&
           take_string(object, "darts", &part->darts) && take_string(object, "hits", &part->hits);
}

static bool take_list(const json_object *list, mcpi_state *state)
{
    const size_t count = json_object_array_length(list);
    for (size_t i = 0; i < count; i++)
        if (!take_part(json_object_array_get_idx(list, i), &state->parts[i]))
            return false;
    state->part_count = count;
    return true;
}

/* The part at the first dart is the count; without such a part there is none. */
static bool begins_with_prefix(const mcpi_state *state, const exact_counts *counts)
{
    const mcpi_part prefix = prefix_of(counts);
    const bool begins = state->part_count > 0 && state->parts[0].first == state->first;
    return begins ? state->parts[0].darts == prefix.darts && state->parts[0].hits == prefix.hits : prefix.darts == 0;
}

static mcpi_status check_parts(const json_object *root, const exact_counts *counts, const mcpi_state *state,
                               uint64_t unconfirmed, mcpi_error *error)
{
    const exact_parts parts = {state->parts, state->part_count, unconfirmed};
    json_object *checksum;
    if (!json_object_object_get_ex(root, "parts_checksum", &checksum) ||
        !json_object_is_type(checksum, json_type_string) ||
        strcmp(json_object_get_string(checksum), exact_parts_checksum_of(counts, &parts).text) != 0)
        return mcpi_fail(error, MCPI_BAD_OPTION, "damaged: its checksum does not match \"parts\"");
    if (!mcpi_state_is_consistent(state) || !begins_with_prefix(state, counts) ||
        unconfirmed > mcpi_darts_of_parts(state->parts, state->part_count))
        return mcpi_fail(error, MCPI_BAD_OPTION, "damaged: its parts overlap or contradict its count");
    return MCPI_OK;
}

static mcpi_status take_parts(const json_object *root, const exact_counts *counts, mcpi_state **result,
                              uint64_t *unconfirmed, mcpi_error *error)
{
    json_object *list;
    if (!json_object_object_get_ex(root, "parts", &list) || !json_object_is_type(list, json_type_array) ||
        !take_string(root, "unconfirmed_darts", unconfirmed))
        return mcpi_fail(error, MCPI_BAD_OPTION,
                         "damaged: of \"parts\", \"unconfirmed_darts\" and \"parts_checksum\" one is missing or wrong");
    mcpi_state *state = new_state(counts, json_object_array_length(list), error);
    if (!state)
        return MCPI_NO_MEMORY;
    const mcpi_status status =
        take_list(list, state) ? check_parts(root, counts, state, *unconfirmed, error)
                               : mcpi_fail(error, MCPI_BAD_OPTION,
                                           "damaged: \"parts\" holds something other than whole numbers below 2^64");
    if (status == MCPI_OK)
        *result = state;
    else
        free(state);
    return status;
}

static mcpi_status make_state(const json_object *root, const exact_counts *counts, mcpi_state **state,
                              result_notes *notes, mcpi_error *error)
{
    static const char *const keys[] = {"parts", "unconfirmed_darts", "parts_checksum"};
    bool is_merged = false;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        is_merged |= json_object_object_get_ex(root, keys[i], NULL) != 0;
    if (!is_merged)
        return take_prefix(counts, state, error);
    return take_parts(root, counts, state, &notes->unconfirmed, error);
}

/* ---- all of it ---- */

mcpi_status read_result(const char *text, size_t length, mcpi_state **state, result_notes *notes, mcpi_error *error)
{
    parsed_json json;
    exact_counts counts = {0};
    *state = NULL;
    *notes = (result_notes){0};
    mcpi_status status = parse_json(text, length, &json, error);
    if (status == MCPI_OK)
        status = check_schema(json.root, error);
    if (status == MCPI_OK)
        status = take_counts(&json, &counts, notes, error);
    if (status == MCPI_OK)
        status = make_state(json.root, &counts, state, notes, error);
    if (status != MCPI_OK)
        *notes = (result_notes){0};
    json_object_put(json.root);
    return status;
}
