#include "cli/merge/read_result.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/io/exact.h"
#include "cli/io/parse_json.h"
#include "cli/io/rounded.h"
#include "cli/merge/contradiction.h"
#include "cli/merge/read_parts.h"
#include "core/backend.h"
#include "core/status.h"
#include "mcpi/dart.h"

static mcpi_status check_schema(const json_object *root, mcpi_error *error)
{
    json_object *schema;
    if (!json_object_is_type(root, json_type_object) || !json_object_object_get_ex(root, "schema", &schema) ||
        !json_object_is_type(schema, json_type_string))
        return mcpi_fail(error, MCPI_BAD_OPTION, "JSON, but not an mcpi result: it has no \"schema\"");
    if (strcmp(json_object_get_string(schema), "mcpi.result.v1") == 0)
        return MCPI_OK;
    /* Printed as JSON, the value takes one line, whatever it contains. */
    return mcpi_fail(error, MCPI_BAD_OPTION, "schema %.40s: not a result (\"mcpi.result.v1\")",
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

static mcpi_status take_strings(const json_object *exact, exact_counts *counts, mcpi_error *error)
{
    for (int i = 0; i < EXACT_NUMBERS; i++) {
        json_object *value = NULL;
        json_object_object_get_ex(exact, exact_keys[i], &value);
        if (!json_object_is_type(value, json_type_string) ||
            !exact_parse(json_object_get_string(value), &counts->numbers[i]))
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

/* Check the numbers that accompany the strings. A complete result has no goal. */
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
        return mcpi_fail(error, MCPI_BAD_OPTION, "damaged: it has only one of \"exact\" and \"checksum\"");
    mcpi_status status = take_strings(exact, counts, error);
    if (status == MCPI_OK)
        status = check_checksum(checksum, counts, error);
    return status == MCPI_OK ? check_numbers(json, counts, error) : status;
}

/* ---- counts of older versions ---- */

/* Some programs write large numbers with an exponent, but keep smaller ones as integers. */
static bool is_large_double(const json_object *value)
{
    const double number = json_object_get_double(value);
    return json_object_is_type(value, json_type_double) && number > (double)ROUNDED_ABOVE && number < 0x1p64;
}

/* json-c returns 0 for a negative number where an unsigned one is requested. */
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

/* A stopped run states its goal. Without one, its goal is unknown. */
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
        return mcpi_fail(error, MCPI_BAD_OPTION, "its darts extend beyond 2^63");
    if (n[EXACT_HITS] > n[EXACT_DARTS])
        return mcpi_fail(error, MCPI_BAD_OPTION, "more hits than darts");
    if (n[EXACT_GOAL] < n[EXACT_DARTS] || n[EXACT_GOAL] > MCPI_DART_END - n[EXACT_FIRST])
        return mcpi_fail(error, MCPI_BAD_OPTION, "its goal is less than its darts or beyond 2^63");
    if (counts->complete && n[EXACT_GOAL] != n[EXACT_DARTS])
        return mcpi_fail(error, MCPI_BAD_OPTION, "damaged: it is complete, but its goal exceeds its darts");
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
        return mcpi_fail(error, MCPI_BAD_OPTION, "damaged: the counts of its devices do not add up to its total");
    notes->doubt = doubt_of(counts, has_estimate);
    return MCPI_OK;
}

static mcpi_status take_prefix(const exact_counts *counts, mcpi_state **result, mcpi_error *error)
{
    mcpi_state *state = exact_state(counts, 1);
    if (!state)
        return mcpi_fail(error, MCPI_NO_MEMORY, "out of memory");
    state->parts[0] = exact_prefix(counts);
    state->part_count = state->parts[0].darts > 0;
    *result = state;
    return MCPI_OK;
}

static mcpi_status make_state(const json_object *root, const exact_counts *counts, mcpi_state **result,
                              result_notes *notes, mcpi_error *error)
{
    return has_parts(root) ? take_parts(root, counts, result, &notes->unconfirmed, error)
                           : take_prefix(counts, result, error);
}

/* ---- times ---- */

/* A merged result says of how many darts it knows the time. Darts that a run resumed were not counted in its time. */
static uint64_t timed_darts(const json_object *root, const mcpi_state *state)
{
    json_object *value;
    uint64_t darts;
    const uint64_t all = mcpi_darts_of_parts(state->parts, state->part_count);
    if (json_object_object_get_ex(root, "timed_darts", &value))
        return json_object_is_type(value, json_type_string) && exact_parse(json_object_get_string(value), &darts) &&
                       darts <= all
                   ? darts
                   : 0;
    const uint64_t resumed =
        json_object_object_get_ex(root, "resumed_darts", &value) ? json_object_get_uint64(value) : 0;
    return resumed < all ? all - resumed : 0;
}

static void take_times(const json_object *root, const mcpi_state *state, result_notes *notes)
{
    const double seconds = json_amount(json_member(root, "seconds"), "counting");
    if (isnan(seconds))
        return;
    notes->timed_darts = timed_darts(root, state);
    notes->seconds = notes->timed_darts > 0 ? seconds : 0.0;
}

mcpi_status read_result(const char *text, size_t length, mcpi_state **state, result_notes *notes, mcpi_error *error)
{
    parsed_json json;
    exact_counts counts = {0};
    *state = NULL;
    *notes = (result_notes){0};
    mcpi_status status = parse_json(text, length, "neither a checkpoint nor", &json, error);
    if (status == MCPI_OK)
        status = check_schema(json.root, error);
    if (status == MCPI_OK)
        status = take_counts(&json, &counts, notes, error);
    if (status == MCPI_OK)
        status = make_state(json.root, &counts, state, notes, error);
    if (status == MCPI_OK && *state)
        take_times(json.root, *state, notes);
    else
        *notes = (result_notes){0};
    json_object_put(json.root);
    return status;
}
