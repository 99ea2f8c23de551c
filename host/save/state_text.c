#include "save/state_text.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/backend.h"
#include "core/status.h"
#include "mcpi/dart.h"
#include "save/crc64.h"

enum { newest_format = 2 };

static const char definition[] = "philox4x32-10 x*x+y*y<2^62";

/* ---- checksum ---- */

/* "checksum 0123456789abcdef\n" and its zero. */
typedef struct checksum_line {
    char text[27];
} checksum_line;

static checksum_line checksum_line_of(const char *text, size_t length)
{
    checksum_line line;
    snprintf(line.text, sizeof line.text, "checksum %016" PRIx64 "\n", mcpi_crc64(text, length));
    return line;
}

/* ---- writing ---- */

static const char *const verify_names[] = {
    [MCPI_VERIFY_OFF] = "off", [MCPI_VERIFY_ON] = "on", [MCPI_VERIFY_FULL] = "full"};

static void write_parts(FILE *out, const char *name, const mcpi_part *parts, size_t count)
{
    fprintf(out, "%s %zu\n", name, count);
    for (size_t i = 0; i < count; i++)
        fprintf(out, "%" PRIu64 " %" PRIu64 " %" PRIu64 "\n", parts[i].first, parts[i].darts, parts[i].hits);
}

static void write_body(FILE *out, const mcpi_state *state)
{
    fprintf(out, "mcpi checkpoint %d\ndart %s\nseed %" PRIu64 "\nstream %" PRIu64 "\nfirst %" PRIu64 "\ndarts %" PRIu64,
            newest_format, definition, state->seed, state->stream, state->first, state->darts);
    fprintf(out, "\ntarget-error %a\ngoal %" PRIu64 "\n", state->target_error, state->goal);
    fprintf(out, "verify %s\n", verify_names[state->verify]);
    write_parts(out, "parts", state->parts, state->part_count);
    write_parts(out, "confirmed", state->confirmed, state->confirmed_count);
}

char *mcpi_state_format(const mcpi_state *state, size_t *length)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, length);
    if (!out)
        return NULL;
    write_body(out, state);
    if (fflush(out) == 0)
        fputs(checksum_line_of(text, *length).text, out);
    const bool written = !ferror(out);
    if (fclose(out) == 0 && written)
        return text;
    free(text);
    return NULL;
}

/* ---- reading ---- */

/* The text that has not been read yet. */
typedef struct reader {
    const char *text, *end;
} reader;

static bool take_word(reader *r, const char *word)
{
    const size_t length = strlen(word);
    if ((size_t)(r->end - r->text) < length || memcmp(r->text, word, length) != 0)
        return false;
    r->text += length;
    return true;
}

/* Decimal digits without a sign, and without a zero in front, so that each number has one spelling. */
static bool take_number(reader *r, uint64_t *number)
{
    const char *const begin = r->text;
    for (*number = 0; r->text < r->end && *r->text >= '0' && *r->text <= '9'; r->text++) {
        const unsigned digit = (unsigned)(*r->text - '0');
        if (*number > (UINT64_MAX - digit) / 10)
            return false;
        *number = 10 * *number + digit;
    }
    return r->text > begin && (*begin != '0' || r->text == begin + 1);
}

static bool take_line(reader *r, const char *name, uint64_t *number)
{
    return take_word(r, name) && take_word(r, " ") && take_number(r, number) && take_word(r, "\n");
}

static bool take_target_error(reader *r, double *target)
{
    char number[32] = "";
    if (!take_word(r, "target-error "))
        return false;
    const char *const line_end = memchr(r->text, '\n', (size_t)(r->end - r->text));
    if (!line_end || (size_t)(line_end - r->text) >= sizeof number)
        return false;
    memcpy(number, r->text, (size_t)(line_end - r->text));
    char *const comma = strchr(number, ',');
    if (comma) /* written by a version that used the locale of its host program */
        *comma = '.';
    char *end;
    *target = strtod(number, &end);
    r->text = line_end + 1;
    return end != number && *end == '\0' && *target >= 0.0 && isfinite(*target);
}

static bool take_head(reader *r, mcpi_state *state)
{
    return take_line(r, "seed", &state->seed) && take_line(r, "stream", &state->stream) &&
           take_line(r, "first", &state->first) && take_line(r, "darts", &state->darts) &&
           take_target_error(r, &state->target_error) && take_line(r, "goal", &state->goal);
}

static bool take_verify(reader *r, mcpi_verify *verify)
{
    if (!take_word(r, "verify "))
        return false;
    for (size_t i = 0; i < sizeof verify_names / sizeof *verify_names; i++) {
        const reader before = *r;
        *verify = (mcpi_verify)i;
        if (take_word(r, verify_names[i]) && take_word(r, "\n"))
            return true;
        *r = before;
    }
    return false;
}

static bool take_part(reader *r, mcpi_part *part)
{
    return take_number(r, &part->first) && take_word(r, " ") && take_number(r, &part->darts) && take_word(r, " ") &&
           take_number(r, &part->hits) && take_word(r, "\n");
}

/* Whether the parts are in order, disjoint, within the goal, and have no more hits than darts. */
static bool are_consistent(const mcpi_state *state, const mcpi_part *parts, size_t count)
{
    const uint64_t end = state->first + state->goal;
    uint64_t at = state->first;
    for (size_t i = 0; i < count; i++) {
        const mcpi_part *part = &parts[i];
        if (part->first < at || part->first > end || part->darts == 0 || part->darts > end - part->first ||
            part->hits > part->darts)
            return false;
        at = part->first + part->darts;
    }
    return true;
}

bool mcpi_state_is_consistent(const mcpi_state *state)
{
    return state->darts <= MCPI_DART_END && state->first <= MCPI_DART_END - state->darts &&
           state->goal <= state->darts && are_consistent(state, state->parts, state->part_count) &&
           are_consistent(state, state->confirmed, state->confirmed_count);
}

mcpi_state *mcpi_state_new(size_t parts)
{
    mcpi_state *state = calloc(1, sizeof *state + parts * sizeof(mcpi_part));
    if (state)
        state->parts = state->confirmed = (mcpi_part *)(state + 1);
    return state;
}

/* Read "parts 2" and that number of lines into `parts`. */
static bool take_parts(reader *r, const char *name, mcpi_part *parts, size_t room, size_t *count)
{
    uint64_t wanted;
    *count = 0;
    if (!take_line(r, name, &wanted) || wanted > room)
        return false;
    while (*count < wanted && take_part(r, &parts[*count]))
        ++*count;
    return *count == wanted;
}

static mcpi_status parse_body(reader *r, uint64_t version, mcpi_state **result, mcpi_error *error)
{
    mcpi_state head = {.verify = MCPI_VERIFY_ON};
    if (!take_head(r, &head) || (version > 1 && !take_verify(r, &head.verify)))
        return mcpi_fail(error, MCPI_BAD_OPTION, "its checksum is correct, but this version cannot read its contents");
    /* A part takes at least six characters, so an impossible number of parts does not allocate memory. */
    const size_t room = (size_t)(r->end - r->text) / 6;
    mcpi_state *state = mcpi_state_new(room);
    if (!state)
        return mcpi_fail(error, MCPI_NO_MEMORY, "out of memory");
    head.parts = state->parts;
    *state = head;
    bool taken = take_parts(r, "parts", state->parts, room, &state->part_count);
    state->confirmed = state->parts + state->part_count;
    if (version > 1)
        taken =
            taken && take_parts(r, "confirmed", state->confirmed, room - state->part_count, &state->confirmed_count);
    if (!taken || r->text != r->end || !mcpi_state_is_consistent(state)) {
        free(state);
        return mcpi_fail(error, MCPI_BAD_OPTION, "its checksum is correct, but its parts are inconsistent");
    }
    *result = state;
    return MCPI_OK;
}

/* Find the checksum, the last line of a text; false if there is none. *body_end is the end of the text before it. */
static bool find_checksum_line(const char *text, size_t length, const char **body_end)
{
    const size_t line_length = sizeof(checksum_line) - 1;
    if (length < line_length || text[length - 1] != '\n')
        return false;
    *body_end = text + length - line_length;
    return memcmp(*body_end, "checksum ", 9) == 0;
}

mcpi_status mcpi_state_parse(const char *text, size_t length, mcpi_state **state, mcpi_error *error)
{
    reader r = {text, text + length};
    uint64_t version;
    *state = NULL;
    if (!take_word(&r, "mcpi checkpoint "))
        return mcpi_fail(error, MCPI_BAD_OPTION, "not a checkpoint of mcpi");
    if (!take_number(&r, &version) || !take_word(&r, "\n"))
        return mcpi_fail(error, MCPI_BAD_OPTION, "cut short or damaged");
    if (version < 1 || version > newest_format)
        return mcpi_fail(error, MCPI_BAD_OPTION, "has format %" PRIu64 "; this version of mcpi reads formats 1 to %d",
                         version, newest_format);
    if (!find_checksum_line(text, length, &r.end) || r.end < r.text)
        return mcpi_fail(error, MCPI_BAD_OPTION, "cut short");
    if (memcmp(checksum_line_of(text, (size_t)(r.end - text)).text, r.end, sizeof(checksum_line) - 1) != 0)
        return mcpi_fail(error, MCPI_BAD_OPTION, "damaged: its checksum does not match");
    if (!take_word(&r, "dart ") || !take_word(&r, definition) || !take_word(&r, "\n"))
        return mcpi_fail(error, MCPI_BAD_OPTION, "uses another definition of the dart");
    return parse_body(&r, version, state, error);
}
