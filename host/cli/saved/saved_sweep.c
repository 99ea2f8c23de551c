#include "cli/saved/saved_sweep.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cli/bench/sweep.h"
#include "cli/io/exact.h"
#include "cli/io/parse_json.h"
#include "cli/io/three_digits.h"
#include "cli/io/utf8.h"
#include "core/backend.h"
#include "core/status.h"
#include "mcpi/dart.h"

/* More warnings of a file are ignored, and those without a text. */
enum { most_warnings = 64 };

/* What is being read, for messages: "", "row 2: " or "row 2, round 3: ". */
typedef struct reader {
    mcpi_error *error;
    size_t row, round; /* from 1 on; 0: none */
} reader;

__attribute__((format(printf, 2, 3))) static mcpi_status refuse(const reader *r, const char *format, ...)
{
    char what[200];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    if (r->round > 0)
        return mcpi_fail(r->error, MCPI_BAD_OPTION, "row %zu, round %zu: %s", r->row, r->round, what);
    if (r->row > 0)
        return mcpi_fail(r->error, MCPI_BAD_OPTION, "row %zu: %s", r->row, what);
    return mcpi_fail(r->error, MCPI_BAD_OPTION, "%s", what);
}

/* ---- values ---- */

static void copy_line(char *line, size_t size, const char *text)
{
    snprintf(line, size, "%.*s", (int)utf8_prefix(text, size - 1), text);
    mask_control_characters(line);
}

/* Empty if there is no such string. */
static void read_line(json_object *object, const char *key, char *line, size_t size)
{
    json_object *const value = json_member(object, key);
    copy_line(line, size, json_object_is_type(value, json_type_string) ? json_object_get_string(value) : "");
}

static saved_text text_of(json_object *object, const char *key)
{
    saved_text text;
    read_line(object, key, text.text, sizeof text.text);
    return text;
}

static mcpi_status take_whole(const reader *r, json_object *object, const char *key, uint64_t *number)
{
    json_object *const value = json_member(object, key);
    if (!json_object_is_type(value, json_type_int) || json_object_get_int64(value) < 0)
        return refuse(r, "\"%s\" is missing or not a whole number", key);
    *number = json_object_get_uint64(value);
    return MCPI_OK;
}

/* An array with 1 to `most` elements. */
static mcpi_status take_list(const reader *r, json_object *object, const char *key, size_t most, json_object **list)
{
    *list = json_member(object, key);
    if (!json_object_is_type(*list, json_type_array))
        return refuse(r, "\"%s\" is missing or not a list", key);
    const size_t count = json_object_array_length(*list);
    if (count == 0)
        return refuse(r, "\"%s\" is empty", key);
    return count <= most ? MCPI_OK : refuse(r, "\"%s\" has more than %zu elements", key, most);
}

/* ---- rows ---- */

/* A step of a scaling on the CPU is a bare number: "4" becomes "4 workers". */
static saved_text label_of(json_object *row, const char *key)
{
    saved_text label = text_of(row, key);
    const size_t digits = strspn(label.text, "0123456789");
    if (digits > 0 && !label.text[digits] && digits < 20)
        snprintf(label.text + digits, sizeof label.text - digits, " worker%s",
                 plural(strcmp(label.text, "1") != 0 ? 2 : 1));
    return label;
}

static mcpi_status take_rate(const reader *r, json_object *round, double *rate)
{
    uint64_t darts = 0;
    const mcpi_status status = take_whole(r, round, "darts", &darts);
    if (status != MCPI_OK)
        return status;
    *rate = (double)darts / json_amount(round, "counting_seconds");
    return isfinite(*rate) && *rate > 0.0 ? MCPI_OK : refuse(r, "\"darts\" and \"counting_seconds\" must be above 0");
}

static mcpi_status take_rounds(reader *r, json_object *row, saved_row *taken)
{
    double rates[sweep_most_rounds];
    json_object *rounds;
    mcpi_status status = take_list(r, row, "rounds", sweep_most_rounds, &rounds);
    taken->rounds = status == MCPI_OK ? json_object_array_length(rounds) : 0;
    for (size_t i = 0; i < taken->rounds && status == MCPI_OK; i++) {
        r->round = i + 1;
        status = take_rate(r, json_object_array_get_idx(rounds, i), &rates[i]);
    }
    r->round = 0;
    if (status == MCPI_OK)
        taken->rates = mcpi_spread_of(rates, taken->rounds);
    return status;
}

/* The rows of a comparison count the same darts; the steps of a scaling each say theirs. */
static mcpi_status take_count(const reader *r, const saved_sweep *saved, json_object *root, json_object *row,
                              saved_row *taken)
{
    mcpi_status status = take_whole(r, saved->is_scaling ? row : root, "darts", &taken->darts);
    if (status == MCPI_OK)
        status = take_whole(r, row, "hits", &taken->hits);
    if (status == MCPI_OK && (taken->darts > MCPI_DART_END || saved->first > MCPI_DART_END - taken->darts))
        return refuse(r, "its darts extend beyond 2^63");
    if (status == MCPI_OK && taken->hits > taken->darts)
        return refuse(r, "more hits than darts");
    return status;
}

static mcpi_status take_row(reader *r, const saved_sweep *saved, json_object *root, json_object *row, saved_row *taken)
{
    const char *const who = saved->is_scaling ? "step" : "who";
    taken->who = label_of(row, who);
    taken->name = text_of(row, "name");
    taken->kernel = text_of(row, "kernel");
    taken->worker_kind = text_of(row, "worker_kind");
    taken->vs_core = json_amount(json_member(row, saved->is_scaling ? "speedup" : "speedup_vs_core"), "median");
    taken->vs_cpu = json_amount(json_member(row, "speedup_vs_cpu"), "median");
    if (!taken->who.text[0])
        return refuse(r, "\"%s\" is missing or not a name", who);
    mcpi_status status = take_whole(r, row, "workers", &taken->workers);
    if (status == MCPI_OK && json_member(row, "gpus"))
        status = take_whole(r, row, "gpus", &taken->gpus);
    if (status == MCPI_OK)
        status = take_count(r, saved, root, row, taken);
    return status == MCPI_OK ? take_rounds(r, row, taken) : status;
}

static mcpi_status take_rows(reader *r, json_object *root, saved_sweep *saved)
{
    json_object *rows;
    mcpi_status status = take_list(r, root, saved->is_scaling ? "steps" : "rows", sweep_most_rows, &rows);
    if (status != MCPI_OK)
        return status;
    const size_t count = json_object_array_length(rows);
    saved->rows = calloc(count, sizeof *saved->rows);
    if (!saved->rows)
        return mcpi_fail(r->error, MCPI_NO_MEMORY, "out of memory");
    for (; saved->row_count < count && status == MCPI_OK; saved->row_count++) {
        r->row = saved->row_count + 1;
        status =
            take_row(r, saved, root, json_object_array_get_idx(rows, saved->row_count), &saved->rows[saved->row_count]);
    }
    r->row = 0;
    return status;
}

/* ---- the rest ---- */

static mcpi_status take_schema(const reader *r, json_object *root, saved_sweep *saved)
{
    const saved_text schema = text_of(root, "schema");
    saved->is_scaling = strcmp(schema.text, "mcpi.scaling.v1") == 0;
    if (saved->is_scaling || strcmp(schema.text, "mcpi.compare.v1") == 0)
        return MCPI_OK;
    if (!schema.text[0])
        return refuse(r, "JSON, but not of mcpi: it has no \"schema\"");
    return refuse(r,
                  "schema %.40s: only results of compare (mcpi.compare.v1) or scaling (mcpi.scaling.v1) can be "
                  "compared",
                  schema.text);
}

static mcpi_status take_range(const reader *r, json_object *root, saved_sweep *saved)
{
    uint64_t *const numbers[] = {&saved->seed, &saved->stream, &saved->first};
    json_object *const exact = json_member(root, "exact");
    for (int i = EXACT_SEED; i <= EXACT_FIRST; i++) {
        json_object *const value = json_member(exact, exact_keys[i]);
        if (!json_object_is_type(value, json_type_string) || !exact_parse(json_object_get_string(value), numbers[i]))
            return refuse(r, "\"%s\" in \"exact\" is missing or not a whole number below 2^64", exact_keys[i]);
    }
    return saved->first <= MCPI_DART_END ? MCPI_OK : refuse(r, "its darts extend beyond 2^63");
}

static mcpi_status check_identical(const reader *r, json_object *root)
{
    json_object *const identical = json_member(root, "identical");
    if (!json_object_is_type(identical, json_type_boolean))
        return refuse(r, "\"identical\" is missing or neither true nor false");
    if (json_object_get_boolean(identical))
        return MCPI_OK;
    return mcpi_fail(r->error, MCPI_MISMATCH, "the counts of this sweep disagreed, so its rates are worthless");
}

static void read_origin(json_object *root, saved_sweep *saved)
{
    json_object *const origin = json_member(root, "origin");
    json_object *const build = json_member(origin, "build");
    saved->facts[SAVED_HOST] = text_of(origin, "host");
    saved->facts[SAVED_SYSTEM] = text_of(json_member(origin, "system"), "release");
    saved->facts[SAVED_VERSION] = text_of(root, "version");
    saved->facts[SAVED_COMMIT] = text_of(build, "commit");
    saved->facts[SAVED_COMPILER] = text_of(build, "compiler");
    saved->facts[SAVED_STARTED] = text_of(origin, "started");
    saved->load = json_amount(json_member(origin, "before"), "load_average");
    saved->clock_hertz = json_amount(json_member(origin, "after"), "cpu_clock_hertz");
}

static void read_cpu(saved_sweep *saved)
{
    for (size_t i = 0; i < saved->row_count; i++)
        if (saved->rows[i].gpus == 0 && !saved->facts[SAVED_CPU].text[0])
            saved->facts[SAVED_CPU] = saved->rows[i].name;
}

static mcpi_status read_warnings(const reader *r, json_object *root, saved_sweep *saved)
{
    json_object *const list = json_member(root, "warnings");
    if (!json_object_is_type(list, json_type_array))
        return MCPI_OK;
    saved->warnings = calloc(most_warnings, sizeof *saved->warnings);
    if (!saved->warnings)
        return mcpi_fail(r->error, MCPI_NO_MEMORY, "out of memory");
    for (size_t i = 0; i < json_object_array_length(list) && saved->warning_count < most_warnings; i++) {
        saved_warning *const warning = &saved->warnings[saved->warning_count];
        json_object *const element = json_object_array_get_idx(list, i);
        read_line(element, "code", warning->code, sizeof warning->code);
        read_line(element, "text", warning->text, sizeof warning->text);
        saved->warning_count += warning->text[0] != '\0';
    }
    return MCPI_OK;
}

static mcpi_status take_sweep(reader *r, json_object *root, saved_sweep *saved)
{
    mcpi_status status = take_schema(r, root, saved);
    if (status == MCPI_OK)
        status = take_range(r, root, saved);
    if (status == MCPI_OK)
        status = check_identical(r, root);
    if (status == MCPI_OK)
        status = take_rows(r, root, saved);
    if (status == MCPI_OK)
        status = read_warnings(r, root, saved);
    read_origin(root, saved);
    read_cpu(saved);
    return status;
}

mcpi_status saved_sweep_read(const char *text, size_t length, const char *file, saved_sweep *saved, mcpi_error *error)
{
    reader r = {.error = error};
    parsed_json json;
    *saved = (saved_sweep){.load = NAN, .clock_hertz = NAN};
    copy_line(saved->file, sizeof saved->file, file);
    mcpi_status status = parse_json(text, length, "not", &json, error);
    if (status == MCPI_OK)
        status = take_sweep(&r, json.root, saved);
    json_object_put(json.root);
    return status;
}

void saved_sweep_free(saved_sweep *saved)
{
    free(saved->rows);
    free(saved->warnings);
    saved->rows = NULL;
    saved->warnings = NULL;
}
