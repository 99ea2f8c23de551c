#include "cli/args/expect.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/io/complain.h"
#include "cli/io/three_digits.h"
#include "core/selection.h"

enum { most_devices = sizeof((inventory *)0)->device / sizeof(mcpi_device), most_threads = 65536, id_size = 64 };

/* ---- the list ---- */

/* False after the last one. */
static bool next_item(mcpi_item *item)
{
    *item = mcpi_next_item(item);
    return item->text != NULL;
}

static bool begins(mcpi_item item, const char *prefix)
{
    return item.length >= strlen(prefix) && strncmp(item.text, prefix, strlen(prefix)) == 0;
}

static bool is_word(mcpi_item item, const char *word)
{
    return item.length == strlen(word) && begins(item, word);
}

/* Reads the item from `begin` to its end as a decimal number from `least` to `most` without leading zeros. */
static bool has_number(mcpi_item item, size_t begin, unsigned least, unsigned most, unsigned *number)
{
    enum { most_digits = 6 };
    const char *const digits = item.text + begin;
    const size_t count = item.length - begin;
    if (count == 0 || count > most_digits || strspn(digits, "0123456789") < count || (*digits == '0' && count > 1))
        return false;
    *number = (unsigned)strtoul(digits, NULL, 10);
    return *number >= least && *number <= most;
}

/* Whether the item names one device by id or UUID, "gpu:0" or "gpu:GPU-5c1e". */
static bool names_one(mcpi_item item)
{
    return item.kind == MCPI_ITEM_INDEX || item.kind == MCPI_ITEM_UUID;
}

/* Whether the item starts with the name of a GPU backend. */
static bool is_named_gpu(mcpi_item item)
{
    unsigned number;
    if (!names_one(item) || item.which == item.text || item.length >= id_size || begins(item, "cpu:"))
        return false;
    return item.kind == MCPI_ITEM_UUID || has_number(item, item.name_length + 1, 0, most_devices - 1, &number);
}

/* Reads "cpu" or "cpu=N", or the same for "gpu". False if the number was already given. */
static bool take_number(mcpi_item item, const char *word, unsigned most, unsigned *number)
{
    return *number == 0 && (is_word(item, word) ? (*number = 1) == 1 : has_number(item, 4, 1, most, number));
}

static bool is_repeated(const char *spec, mcpi_item item)
{
    for (mcpi_item before = mcpi_first_item(spec); before.text < item.text; next_item(&before))
        if (before.length == item.length && strncasecmp(before.text, item.text, item.length) == 0)
            return true;
    return false;
}

static bool take_item(expectation *expected, mcpi_item item)
{
    if (is_word(item, "cpu") || begins(item, "cpu="))
        return take_number(item, "cpu", most_threads, &expected->threads);
    if (is_word(item, "gpu") || begins(item, "gpu="))
        return take_number(item, "gpu", most_devices, &expected->gpus);
    return is_named_gpu(item) && !is_repeated(expected->spec, item);
}

bool parse_expectation(const char *spec, expectation *expected)
{
    *expected = (expectation){.spec = spec};
    mcpi_item item = mcpi_first_item(spec);
    do {
        if (!take_item(expected, item))
            return false;
    } while (next_item(&item));
    return true;
}

/* ---- what is there ---- */

void inventory_take(inventory *found)
{
    const size_t count = mcpi_list_devices(found->device, most_devices);
    found->count = count < most_devices ? count : most_devices;
    found->tested = NULL;
}

static bool is_tested(const mcpi_stress_report *report, const char *id)
{
    for (size_t i = 0; i < report->row_count; i++)
        if (report->rows[i].tested && strcmp(report->rows[i].device.id, id) == 0)
            return true;
    return false;
}

static bool is_usable(const inventory *found, const mcpi_device *device)
{
    return device->available && (!found->tested || is_tested(found->tested, device->id));
}

/* A GPU, not the entry that explains why there is none. */
static bool is_gpu(const mcpi_device *device)
{
    return device->kind == MCPI_GPU && !mcpi_is_absent(device);
}

static unsigned listed_gpus(const inventory *found)
{
    unsigned count = 0;
    for (size_t i = 0; i < found->count; i++)
        count += is_gpu(&found->device[i]);
    return count;
}

unsigned usable_gpus(const inventory *found)
{
    unsigned count = 0;
    for (size_t i = 0; i < found->count; i++)
        count += is_gpu(&found->device[i]) && is_usable(found, &found->device[i]);
    return count;
}

/* A test has a row for each thread. */
static unsigned usable_threads(const inventory *found)
{
    unsigned count = 0;
    if (found->tested) {
        for (size_t i = 0; i < found->tested->row_count; i++)
            count += found->tested->rows[i].tested && found->tested->rows[i].device.kind == MCPI_CPU;
        return count;
    }
    for (size_t i = 0; i < found->count; i++)
        if (found->device[i].kind == MCPI_CPU && found->device[i].available)
            count += found->device[i].units;
    return count;
}

/* ---- what is missing ---- */

static bool is_named(const expectation *expected, const mcpi_device *gpu)
{
    mcpi_item item = mcpi_first_item(expected->spec);
    do {
        if (mcpi_item_names(&item, gpu) && names_one(item))
            return true;
    } while (next_item(&item));
    return false;
}

/* Why a GPU that is listed cannot be used. */
static const char *why_not(const mcpi_device *gpu)
{
    return gpu->available ? "present, but not selected by --device" : gpu->note;
}

/* Why a GPU is not listed. */
static void explain_absence(const inventory *found, char *reason, size_t size)
{
    for (size_t i = 0; i < found->count; i++) {
        if (mcpi_is_absent(&found->device[i])) {
            snprintf(reason, size, "%s", found->device[i].note);
            return;
        }
    }
    const unsigned listed = listed_gpus(found);
    snprintf(reason, size, "the driver reports %u GPU%s", listed, plural(listed));
}

typedef struct search {
    const expectation *expected;
    const inventory *found;
    missing_function *report;
    void *user;
    unsigned count;
} search;

static void miss(search *s, const char *id, const char *reason)
{
    s->count++;
    if (s->report)
        s->report(s->user, id, reason);
}

static void look_for_threads(search *s)
{
    char id[32], reason[120];
    const unsigned wanted = s->expected->threads, there = usable_threads(s->found);
    if (there >= wanted)
        return;
    snprintf(id, sizeof id, wanted > 1 ? "cpu=%u" : "cpu", wanted);
    snprintf(reason, sizeof reason, "%s %u hardware thread%s%s",
             s->found->tested ? "the test uses" : "this process may use", there, plural(there),
             s->found->tested ? " of the CPU; see --device and --threads" : "");
    miss(s, id, reason);
}

/* Several UUIDs may begin with the same characters. One usable GPU is enough. */
static void look_for_named(search *s, mcpi_item item)
{
    const mcpi_device *unusable = NULL;
    char id[id_size], reason[240];
    for (size_t i = 0; i < s->found->count; i++) {
        const mcpi_device *const device = &s->found->device[i];
        if (!is_gpu(device) || !mcpi_item_names(&item, device))
            continue;
        if (is_usable(s->found, device))
            return;
        unusable = device;
    }
    snprintf(id, sizeof id, "%.*s", (int)item.length, item.text);
    explain_absence(s->found, reason, sizeof reason);
    miss(s, id, unusable ? why_not(unusable) : reason);
}

/* Reports the listed GPUs that cannot be used, then those that are not listed, under the numbers they would have. GPUs
   expected by name are skipped here. */
static void look_for_number(search *s)
{
    const unsigned there = usable_gpus(s->found);
    unsigned missing = s->expected->gpus > there ? s->expected->gpus - there : 0;
    for (size_t i = 0; i < s->found->count && missing > 0; i++) {
        const mcpi_device *const device = &s->found->device[i];
        if (!is_gpu(device) || is_usable(s->found, device))
            continue;
        missing--;
        if (!is_named(s->expected, device))
            miss(s, device->id, why_not(device));
    }
    char reason[240];
    explain_absence(s->found, reason, sizeof reason);
    for (unsigned number = listed_gpus(s->found); missing > 0; number++, missing--) {
        mcpi_device absent = {0};
        snprintf(absent.id, sizeof absent.id, "gpu:%u", number);
        if (!is_named(s->expected, &absent))
            miss(s, absent.id, reason);
    }
}

unsigned list_missing(const expectation *expected, const inventory *found, missing_function *report, void *user)
{
    search s = {expected, found, report, user, 0};
    if (!expected->spec)
        return 0;
    look_for_threads(&s);
    mcpi_item item = mcpi_first_item(expected->spec);
    do {
        if (names_one(item))
            look_for_named(&s, item);
    } while (next_item(&item));
    look_for_number(&s);
    return s.count;
}

unsigned expected_gpus(const expectation *expected)
{
    unsigned named = 0;
    mcpi_item item = mcpi_first_item(expected->spec);
    do {
        named += names_one(item);
    } while (next_item(&item));
    return named > expected->gpus ? named : expected->gpus;
}

/* ---- messages and JSON ---- */

typedef struct complainer {
    const char *spec;
    const run_origin *origin;
} complainer;

static void complain_of(void *user, const char *id, const char *reason)
{
    const complainer *const c = user;
    complain_from(c->origin, "--expect %s: %s is missing: %s", c->spec, id, reason);
}

bool expectation_met(const expectation *expected, const inventory *found, const run_origin *origin)
{
    complainer c = {expected->spec, origin};
    return list_missing(expected, found, complain_of, &c) == 0;
}

static void put_missing(void *user, const char *id, const char *reason)
{
    json_writer *const j = user;
    put_open(j, NULL, '{');
    put_string(j, "id", id);
    put_string(j, "reason", reason);
    put_close(j, '}');
}

void put_expectation(json_writer *j, const expectation *expected, const inventory *found)
{
    if (!expected->spec)
        return;
    put_open(j, "expected", '{');
    put_string(j, "spec", expected->spec);
    put_integer(j, "threads", expected->threads);
    put_integer(j, "gpus", expected_gpus(expected));
    put_close(j, '}');
    put_open(j, "missing", '[');
    list_missing(expected, found, put_missing, j);
    put_close(j, ']');
}
