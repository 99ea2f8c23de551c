#include "cli/merge/merge_report.h"

#include <inttypes.h>
#include <math.h>

#include "cli/io/three_digits.h"
#include "cli/run/run_report.h"
#include "cli/run/run_warnings.h"

mcpi_result merge_prefix(const mcpi_state *merged)
{
    const bool begins = merged->part_count > 0 && merged->parts[0].first == merged->first;
    const mcpi_part prefix = begins ? merged->parts[0] : (mcpi_part){0};
    return (mcpi_result){
        .seed = merged->seed,
        .stream = merged->stream,
        .first = merged->first,
        .darts = prefix.darts,
        .hits = prefix.hits,
        .goal = merged->goal,
        .complete = prefix.darts == merged->goal,
        .estimate = mcpi_estimate_from(prefix.darts, prefix.hits),
        .dispersion.p_value = NAN,
    };
}

void merge_text(FILE *out, const void *report)
{
    const merge_outcome *const outcome = report;
    const mcpi_state *state = outcome->state;
    const mcpi_result prefix = merge_prefix(state);
    report_text(out, &prefix);
    uint64_t hits = 0;
    for (size_t i = 0; i < state->part_count; i++)
        hits += state->parts[i].hits;
    const uint64_t darts = mcpi_darts_of_parts(state->parts, state->part_count);
    if (darts > prefix.darts)
        fprintf(out, "in all    %" PRIu64 " hit%s in %" PRIu64 " darts, in %zu part%s\n", hits, plural(hits), darts,
                state->part_count, plural(state->part_count));
}

static void put_parts(json_writer *j, const mcpi_result *prefix, const merge_outcome *outcome)
{
    const mcpi_state *state = outcome->state;
    const exact_counts counts = exact_counts_of(prefix);
    const exact_parts parts = {state->parts, state->part_count, outcome->unconfirmed};
    put_open(j, "parts", '[');
    for (size_t i = 0; i < parts.count; i++) {
        put_open(j, NULL, '{');
        put_exact(j, "first", parts.parts[i].first);
        put_exact(j, "darts", parts.parts[i].darts);
        put_exact(j, "hits", parts.parts[i].hits);
        put_close(j, '}');
    }
    put_close(j, ']');
    put_exact(j, "unconfirmed_darts", parts.unconfirmed);
    put_string(j, "parts_checksum", exact_parts_checksum_of(&counts, &parts).text);
}

/* An object that the schema requires, with unknown members. */
static void put_unknown(json_writer *j, const char *key, const char *const members[3])
{
    put_open(j, key, '{');
    for (size_t i = 0; i < 3; i++)
        put_number(j, members[i], NAN);
    put_close(j, '}');
}

void merge_json(FILE *out, const void *report)
{
    const merge_outcome *const outcome = report;
    json_writer j = json_begin(out, "mcpi.result.v1");
    const mcpi_result prefix = merge_prefix(outcome->state);
    warning_list warnings = {0};
    warn_of_z(&warnings, &prefix);
    put_count(&j, &prefix);
    if (!prefix.complete || outcome->unconfirmed > 0)
        put_parts(&j, &prefix, outcome);
    put_unknown(&j, "seconds", (const char *const[]){"total", "setup", "counting"});
    put_open(&j, "devices", '[');
    put_close(&j, ']');
    put_unknown(&j, "verify", (const char *const[]){"slices", "darts", "mismatches"});
    put_unknown(&j, "dispersion", (const char *const[]){"slices", "chi_square", "p_value"});
    put_warnings(&j, &warnings);
    warnings_free(&warnings);
    json_end(&j);
}
