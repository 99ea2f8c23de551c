#include "cli/merge/read_parts.h"

#include <stdlib.h>
#include <string.h>

#include "core/backend.h"
#include "core/status.h"
#include "save/state_text.h"

bool has_parts(const json_object *root)
{
    static const char *const keys[] = {"parts", "unconfirmed_darts", "parts_checksum"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (json_object_object_get_ex(root, keys[i], NULL))
            return true;
    return false;
}

static bool take_string(const json_object *object, const char *key, uint64_t *number)
{
    json_object *value;
    return json_object_object_get_ex(object, key, &value) && json_object_is_type(value, json_type_string) &&
           exact_parse(json_object_get_string(value), number);
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

/* Whether the parts up to the first gap add up to the count. */
static bool add_up_to_prefix(const mcpi_state *state, const exact_counts *counts)
{
    const mcpi_part expected = exact_prefix(counts);
    const mcpi_part prefix = mcpi_state_prefix(state);
    return prefix.darts == expected.darts && prefix.hits == expected.hits;
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
    if (!mcpi_state_is_consistent(state) || !add_up_to_prefix(state, counts) ||
        unconfirmed > mcpi_darts_of_parts(state->parts, state->part_count))
        return mcpi_fail(error, MCPI_BAD_OPTION, "damaged: its parts overlap or contradict its count");
    return MCPI_OK;
}

mcpi_status take_parts(const json_object *root, const exact_counts *counts, mcpi_state **result, uint64_t *unconfirmed,
                       mcpi_error *error)
{
    json_object *list;
    if (!json_object_object_get_ex(root, "parts", &list) || !json_object_is_type(list, json_type_array) ||
        !take_string(root, "unconfirmed_darts", unconfirmed))
        return mcpi_fail(error, MCPI_BAD_OPTION,
                         "damaged: one of \"parts\", \"unconfirmed_darts\" and \"parts_checksum\" is missing or wrong");
    mcpi_state *state = exact_state(counts, json_object_array_length(list));
    if (!state)
        return mcpi_fail(error, MCPI_NO_MEMORY, "out of memory");
    const mcpi_status status =
        take_list(list, state) ? check_parts(root, counts, state, *unconfirmed, error)
                               : mcpi_fail(error, MCPI_BAD_OPTION,
                                           "damaged: \"parts\" contains a value that is not a whole number below 2^64");
    if (status == MCPI_OK)
        *result = state;
    else
        free(state);
    return status;
}
