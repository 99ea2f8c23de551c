#include "cli/merge/contradiction.h"

#include <math.h>

#include "cli/io/rounded.h"
#include "mcpi/mcpi.h"

const char *find_wrong_estimate(const json_object *root, const exact_counts *counts, bool *all_there)
{
    const mcpi_estimate estimate = mcpi_estimate_from(counts->numbers[EXACT_DARTS], counts->numbers[EXACT_HITS]);
    const struct {
        const char *key;
        double expected;
    } numbers[] = {{"pi", estimate.pi}, {"std_error", estimate.std_error}, {"z", estimate.z}};
    *all_there = true;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        json_object *value;
        if (!json_object_object_get_ex(root, numbers[i].key, &value))
            *all_there = false;
        else if (isnan(numbers[i].expected) ? value != NULL : !shows(value, numbers[i].expected))
            return numbers[i].key;
    }
    return NULL;
}

/* Saturating addition. A number that is missing or negative counts as 0. */
static uint64_t add_member(uint64_t sum, const json_object *object, const char *key)
{
    json_object *value;
    if (!json_object_is_type(object, json_type_object) || !json_object_object_get_ex(object, key, &value))
        return sum;
    return __builtin_add_overflow(sum, json_object_get_uint64(value), &sum) ? UINT64_MAX : sum;
}

static uint64_t add_up_devices(const json_object *devices, const char *key)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < json_object_array_length(devices); i++)
        sum = add_member(sum, json_object_array_get_idx(devices, i), key);
    return sum;
}

/* Each number may have been rounded to a double, and then to the digits that a double needs. */
static uint64_t slack_of(uint64_t number, size_t numbers)
{
    return number > ROUNDED_ABOVE ? 2048 * ((uint64_t)numbers + 2) : 0;
}

bool contradicts_devices(const json_object *root, const exact_counts *counts)
{
    json_object *devices;
    if (!json_object_object_get_ex(root, "devices", &devices) || !json_object_is_type(devices, json_type_array) ||
        json_object_array_length(devices) == 0)
        return false;
    const uint64_t resumed = add_member(0, root, "resumed_darts");
    const uint64_t darts = add_member(add_up_devices(devices, "darts"), root, "resumed_darts");
    const uint64_t hits = add_up_devices(devices, "hits");
    const uint64_t slack = slack_of(counts->numbers[EXACT_DARTS], json_object_array_length(devices));
    if (darts < counts->numbers[EXACT_DARTS])
        return counts->numbers[EXACT_DARTS] - darts > slack;
    const uint64_t expected = counts->numbers[EXACT_HITS];
    const uint64_t apart = hits < expected ? expected - hits : hits - expected;
    return resumed == 0 && darts == counts->numbers[EXACT_DARTS] && apart > slack;
}
