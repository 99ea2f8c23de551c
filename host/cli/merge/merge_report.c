#include "cli/merge/merge_report.h"

#include <inttypes.h>
#include <math.h>

#include "cli/io/three_digits.h"
#include "cli/run/run_report.h"

mcpi_result merge_prefix(const merge_outcome *outcome)
{
    const mcpi_state *const merged = outcome->state;
    const mcpi_part prefix = mcpi_state_prefix(merged);
    return (mcpi_result){
        .seed = merged->seed,
        .stream = merged->stream,
        .first = merged->first,
        .darts = prefix.darts,
        .hits = prefix.hits,
        .goal = merged->goal,
        .complete = prefix.darts == merged->goal,
        .unconfirmed_darts = outcome->unconfirmed,
        .estimate = mcpi_estimate_from(prefix.darts, prefix.hits),
        .dispersion.p_value = NAN,
        .part_count = merged->part_count,
        .parts = merged->parts,
    };
}

/* NaN if no time is known. */
static double seconds_of(const merge_outcome *outcome)
{
    return outcome->timed_darts > 0 ? outcome->seconds : NAN;
}

static double rate_of(const merge_outcome *outcome)
{
    return outcome->seconds > 0.0 ? (double)outcome->timed_darts / seconds_of(outcome) : NAN;
}

/* ---- text ---- */

/* The number of ranges with gaps between them. */
static size_t pieces_of(const mcpi_state *state)
{
    size_t pieces = 0;
    for (size_t i = 0; i < state->part_count; i++)
        pieces += i == 0 || mcpi_state_gap(state, i).darts > 0;
    return pieces;
}

static void print_time(FILE *out, const merge_outcome *outcome, uint64_t darts)
{
    char rate[16];
    if (darts == 0)
        return;
    if (outcome->timed_darts == 0) {
        fputs("time      not known: checkpoints have none\n", out);
        return;
    }
    fprintf(out, "time      %.3f s of counting, all runs together, at %s darts/s", outcome->seconds,
            three_digits(rate, rate_of(outcome)));
    if (outcome->timed_darts < darts)
        fprintf(out, "; not known for %" PRIu64 " dart%s: checkpoints have none", darts - outcome->timed_darts,
                plural(darts - outcome->timed_darts));
    fputc('\n', out);
}

void merge_text(FILE *out, const void *report)
{
    const merge_outcome *const outcome = report;
    const mcpi_state *state = outcome->state;
    const mcpi_result prefix = merge_prefix(outcome);
    report_text(out, &prefix);
    uint64_t hits = 0;
    for (size_t i = 0; i < state->part_count; i++)
        hits += state->parts[i].hits;
    const uint64_t darts = mcpi_darts_of_parts(state->parts, state->part_count);
    const size_t pieces = pieces_of(state);
    if (darts > prefix.darts)
        fprintf(out, "in all    %" PRIu64 " hit%s in %" PRIu64 " darts, in %zu part%s\n", hits, plural(hits), darts,
                pieces, plural(pieces));
    print_time(out, outcome, darts);
}

/* ---- JSON ---- */

/* An object that the schema requires, with unknown members. */
static void put_unknown(json_writer *j, const char *key, const char *const members[3])
{
    put_open(j, key, '{');
    for (size_t i = 0; i < 3; i++)
        put_number(j, members[i], NAN);
    put_close(j, '}');
}

static void put_time(json_writer *j, const merge_outcome *outcome)
{
    put_open(j, "seconds", '{');
    put_null(j, "total");
    put_null(j, "setup");
    put_seconds(j, "counting", seconds_of(outcome));
    put_close(j, '}');
    put_exact(j, "timed_darts", outcome->timed_darts);
    put_number(j, "darts_per_second", rate_of(outcome));
}

void merge_json(FILE *out, const void *report)
{
    const merge_outcome *const outcome = report;
    json_writer j = json_begin(out, "mcpi.result.v1");
    const mcpi_result prefix = merge_prefix(outcome);
    put_count(&j, &prefix);
    if (!prefix.complete || prefix.part_count > 1 || prefix.unconfirmed_darts > 0)
        put_parts(&j, &prefix);
    put_time(&j, outcome);
    put_open(&j, "devices", '[');
    put_close(&j, ']');
    put_unknown(&j, "verify", (const char *const[]){"slices", "darts", "mismatches"});
    put_unknown(&j, "dispersion", (const char *const[]){"slices", "chi_square", "p_value"});
    put_warnings(&j, &outcome->warnings);
    json_end(&j);
}
