#include "core/selection.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/status.h"

enum { most_digits = 6 }; /* of an index, so that an id has room for it */

static bool equals(const char *text, size_t length, const char *word)
{
    return strlen(word) == length && strncmp(text, word, length) == 0;
}

/* ---- devices ---- */

static void write_id(const mcpi_backend *backend, mcpi_device *device)
{
    const bool bare = device->kind == MCPI_CPU || device->index < 0;
    snprintf(device->id, sizeof device->id, bare ? "%s" : "%s:%d", backend->name, device->index);
}

size_t mcpi_enumerate(const mcpi_backend *backend, mcpi_device *devices, size_t capacity)
{
    const size_t count = backend->enumerate(devices, capacity);
    for (size_t i = 0; i < count && i < capacity; i++)
        write_id(backend, &devices[i]);
    return count;
}

/* The length of the backend's name in an id. */
static size_t name_length(const mcpi_device *device)
{
    return strcspn(device->id, ":");
}

const mcpi_backend *mcpi_backend_of(const mcpi_backend *const *backends, const mcpi_device *device)
{
    while (*backends && !equals(device->id, name_length(device), (*backends)->name))
        backends++;
    return *backends;
}

mcpi_bound mcpi_bound_of(const mcpi_backend *const *backends, const mcpi_device *device, const char *kernel,
                         unsigned workers)
{
    const mcpi_backend *const backend = mcpi_backend_of(backends, device);
    if (!backend || !backend->bound)
        return (mcpi_bound){.darts_per_second = NAN, .clock_hertz = NAN};
    return backend->bound(device, kernel, workers);
}

bool mcpi_is_absent(const mcpi_device *device)
{
    return device->kind == MCPI_GPU && device->id[name_length(device)] == '\0';
}

/* ---- items ---- */

static bool is_index(const char *text, size_t length)
{
    return length > 0 && length <= most_digits && strspn(text, "0123456789") >= length;
}

/* A word, a hyphen and hexadecimal digits, as in GPU-5c1e and MIG-41b9. */
static bool is_uuid(const char *text, size_t length)
{
    const size_t prefix = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    return prefix > 0 && prefix + 1 < length && text[prefix] == '-' &&
           strspn(text + prefix, "0123456789abcdefABCDEF-") >= length - prefix;
}

static mcpi_item_kind kind_of(const char *which, size_t length)
{
    if (is_index(which, length))
        return MCPI_ITEM_INDEX;
    return is_uuid(which, length) ? MCPI_ITEM_UUID : MCPI_ITEM_BAD;
}

static mcpi_item item_at(const char *text, const mcpi_item *before)
{
    const size_t length = strcspn(text, ",");
    const size_t name = strcspn(text, ":,");
    const size_t begin = name < length ? name + 1 : 0;
    mcpi_item item = {kind_of(text + begin, length - begin), text, length, text, name, text + begin, length - begin};
    if (begin > 0)
        return item;
    if (item.kind == MCPI_ITEM_BAD) {
        item.kind = MCPI_ITEM_WORD;
    } else {
        item.name = before ? before->name : "";
        item.name_length = before ? before->name_length : 0;
    }
    return item;
}

mcpi_item mcpi_first_item(const char *selection)
{
    return item_at(selection, NULL);
}

mcpi_item mcpi_next_item(const mcpi_item *item)
{
    if (!item->text) /* there was no item before it either */
        return (mcpi_item){0};
    const char *const end = item->text + item->length;
    return *end == ',' ? item_at(end + 1, item) : (mcpi_item){0};
}

static bool is_uuid_alone(const mcpi_item *item)
{
    return item->kind == MCPI_ITEM_UUID && item->which == item->text;
}

static bool is_word(const mcpi_item *item, const char *word)
{
    return item->kind == MCPI_ITEM_WORD && equals(item->text, item->length, word);
}

static bool names_kind(const mcpi_item *item, mcpi_device_kind kind)
{
    return is_word(item, kind == MCPI_CPU ? "cpu" : "gpu");
}

bool mcpi_item_names(const mcpi_item *item, const mcpi_device *device)
{
    const size_t length = name_length(device);
    const bool named = item->name_length == length && strncmp(item->name, device->id, length) == 0;
    switch (item->kind) {
    case MCPI_ITEM_WORD:
        return named || names_kind(item, device->kind);
    case MCPI_ITEM_INDEX:
        return named && device->id[length] == ':' && equals(item->which, item->which_length, device->id + length + 1);
    case MCPI_ITEM_UUID:
        return (named || is_uuid_alone(item)) && strncasecmp(device->uuid, item->which, item->which_length) == 0;
    default:
        return false;
    }
}

static bool may_name(const mcpi_item *item, const mcpi_backend *backend)
{
    return equals(item->name, item->name_length, backend->name) || names_kind(item, backend->kind) ||
           (is_uuid_alone(item) && backend->kind == MCPI_GPU);
}

/* ---- selections ---- */

static bool is_open(const char *selection)
{
    return strcmp(selection, "auto") == 0 || strcmp(selection, "all") == 0;
}

bool mcpi_selection_names(const char *selection, const mcpi_device *device)
{
    if (is_open(selection))
        return true;
    mcpi_item item = mcpi_first_item(selection);
    while (item.text && !mcpi_item_names(&item, device))
        item = mcpi_next_item(&item);
    return item.text;
}

bool mcpi_selection_may_name(const char *selection, const mcpi_backend *backend)
{
    if (is_open(selection))
        return true;
    mcpi_item item = mcpi_first_item(selection);
    while (item.text && !may_name(&item, backend))
        item = mcpi_next_item(&item);
    return item.text;
}

/* Whether the word occurs earlier in the selection. */
static bool is_repeated(const char *selection, const mcpi_item *word)
{
    for (mcpi_item item = mcpi_first_item(selection); item.text < word->text; item = mcpi_next_item(&item))
        if (item.kind == MCPI_ITEM_WORD && item.length == word->length &&
            strncmp(item.text, word->text, word->length) == 0)
            return true;
    return false;
}

/* The first backend that the item may name, or NULL. */
static const mcpi_backend *backend_for(const mcpi_item *item, const mcpi_backend *const *backends)
{
    while (*backends && !may_name(item, *backends))
        backends++;
    return *backends;
}

static mcpi_status check_item(const char *selection, const mcpi_item *item, const mcpi_backend *const *backends,
                              mcpi_error *error)
{
    const mcpi_backend *const backend = backend_for(item, backends);
    if (item->kind == MCPI_ITEM_INDEX && backend && backend->kind == MCPI_CPU)
        return mcpi_fail(
            error, MCPI_BAD_OPTION,
            "options.devices %s: the CPU is one device, cpu; 'taskset -c %.*s' confines a program to that CPU",
            selection, (int)item->which_length, item->which);
    if (item->kind == MCPI_ITEM_WORD && backend && is_repeated(selection, item))
        return backend->kind == MCPI_CPU
                   ? mcpi_fail(
                         error, MCPI_BAD_OPTION,
                         "options.devices %s: the CPU is one device; options.threads sets the number of its workers",
                         selection)
                   : mcpi_fail(
                         error, MCPI_BAD_OPTION,
                         "options.devices %s: %.*s means all of them; to give one two workers, list it as in %.*s:0,0",
                         selection, (int)item->length, item->text, (int)item->length, item->text);
    if (item->kind != MCPI_ITEM_BAD && backend)
        return MCPI_OK;
    const mcpi_item begin = mcpi_first_item(selection);
    const mcpi_item *const list = item->which != item->text ? item : &begin; /* "toy:x", or the "gpu:0" of "gpu:0,x" */
    const mcpi_backend *const listed = backend_for(list, backends);
    if (list->which != list->text && listed && listed->kind == MCPI_GPU)
        return mcpi_fail(error, MCPI_BAD_OPTION,
                         "options.devices %s: after '%.*s:' come numbers or UUIDs with commas, as in %.*s:0,1",
                         selection, (int)list->name_length, list->name, (int)list->name_length, list->name);
    return mcpi_fail(error, MCPI_BAD_OPTION,
                     "options.devices %s: must be auto, all or a list of cpu, gpu, gpu:0,1 and UUIDs, as in cpu,gpu:0",
                     selection);
}

mcpi_status mcpi_check_selection(const char *selection, const mcpi_backend *const *backends, mcpi_error *error)
{
    mcpi_status status = MCPI_OK;
    if (is_open(selection))
        return MCPI_OK;
    for (mcpi_item item = mcpi_first_item(selection); item.text && status == MCPI_OK; item = mcpi_next_item(&item))
        status = check_item(selection, &item, backends, error);
    return status;
}
