#include "cli/verify/verify_report.h"

#include <inttypes.h>
#include <math.h>

#include "cli/io/json.h"
#include "cli/io/three_digits.h"

static bool disagrees(const mcpi_recounted_part *part)
{
    return part->hits != part->claim.hits;
}

static double rate_of(const verification *v)
{
    const mcpi_recount_report *const report = v->report;
    return report->counting_seconds > 0.0 ? (double)report->darts / report->counting_seconds : NAN;
}

/* A tenth of the parts, and at least one. */
static size_t tenth_of(const verification *v)
{
    return (v->state->part_count + 9) / 10;
}

static double miss_probability(const verification *v, size_t wrong)
{
    return mcpi_miss_probability(v->state->part_count, wrong, v->report->part_count);
}

/* ---- text ---- */

static void print_claim(FILE *out, const verification *v)
{
    const mcpi_state *const state = v->state;
    const uint64_t darts = mcpi_darts_of_parts(state->parts, state->part_count);
    fprintf(out, "claim     %s: %" PRIu64 " dart%s, from dart %" PRIu64 ", seed %" PRIu64 ", stream %" PRIu64 "\n",
            v->file, darts, plural(darts), state->first, state->seed, state->stream);
}

static void print_recounted(FILE *out, const verification *v)
{
    char rate[16];
    fprintf(out, "recounted %zu of %zu part%s (--pick %" PRIu64 "): %" PRIu64 " dart%s", v->report->part_count,
            v->state->part_count, plural(v->state->part_count), v->pick, v->report->darts, plural(v->report->darts));
    if (v->report->part_count > 0)
        fprintf(out, " in %.3f s, at %s darts/s", v->report->counting_seconds, three_digits(rate, rate_of(v)));
    fputc('\n', out);
}

static void print_devices(FILE *out, const mcpi_result *last)
{
    for (size_t i = 0; last && i < last->device_count; i++)
        fprintf(out, "device    %s: %s, %s\n", last->devices[i].device.id, last->devices[i].device.name,
                last->devices[i].device.kernel);
}

static void print_disagreements(FILE *out, const verification *v)
{
    const mcpi_recounted_part *const parts = v->report->parts;
    for (const mcpi_recounted_part *part = parts; part < parts + v->report->part_count; part++)
        if (disagrees(part))
            fprintf(out,
                    "DISAGREES darts %" PRIu64 " to %" PRIu64 " (--first %" PRIu64 " -n %" PRIu64 "): %" PRIu64
                    " hit%s in the file, %" PRIu64 " counted here\n",
                    part->claim.first, part->claim.first + part->claim.darts - 1, part->claim.first, part->claim.darts,
                    part->claim.hits, plural(part->claim.hits), part->hits);
}

/* What the answer is worth. */
static void print_odds(FILE *out, const verification *v)
{
    const size_t all = v->state->part_count;
    char one[16];
    char tenth[16];
    if (v->report->part_count == all)
        return;
    fprintf(out, "odds      with 1 wrong part in %zu, this check finds none with probability %s", all,
            three_digits(one, miss_probability(v, 1)));
    if (tenth_of(v) > 1)
        fprintf(out, "; with %zu, %s", tenth_of(v), three_digits(tenth, miss_probability(v, tenth_of(v))));
    fputc('\n', out);
}

void verify_text(FILE *out, const void *report)
{
    const verification *const v = report;
    print_job(out, &v->origin);
    if (!v->report->complete)
        fputs("INCOMPLETE: the check ended early; the answer covers exactly the parts below\n", out);
    print_claim(out, v);
    print_recounted(out, v);
    print_devices(out, v->report->last);
    print_disagreements(out, v);
    if (v->report->part_count > 0 && v->report->disagreements == 0) {
        fprintf(out, "AGREES    %s\n",
                v->report->part_count == v->state->part_count ? "all parts" : "all parts that were recounted");
        print_odds(out, v);
    }
}

/* ---- JSON ---- */

static void put_claim(json_writer *j, const verification *v)
{
    const mcpi_state *const state = v->state;
    put_string(j, "file", v->file);
    put_exact(j, "seed", state->seed);
    put_exact(j, "stream", state->stream);
    put_exact(j, "first", state->first);
    put_exact(j, "darts", mcpi_darts_of_parts(state->parts, state->part_count));
    put_integer(j, "parts", state->part_count);
}

static void put_recounted(json_writer *j, const verification *v)
{
    const mcpi_recounted_part *const parts = v->report->parts;
    put_open(j, "recounted", '[');
    for (const mcpi_recounted_part *part = parts; part < parts + v->report->part_count; part++) {
        put_open(j, NULL, '{');
        put_exact(j, "first", part->claim.first);
        put_exact(j, "darts", part->claim.darts);
        put_exact(j, "hits", part->claim.hits);
        put_exact(j, "hits_here", part->hits);
        put_bool(j, "agrees", !disagrees(part));
        put_close(j, '}');
    }
    put_close(j, ']');
}

static void put_answer(json_writer *j, const verification *v)
{
    if (v->report->part_count > 0)
        put_bool(j, "agrees", v->report->disagreements == 0);
    else
        put_null(j, "agrees");
    put_bool(j, "complete", v->report->complete);
    put_integer(j, "disagreements", v->report->disagreements);
    put_number(j, "miss_probability_1", miss_probability(v, 1));
    put_number(j, "miss_probability_tenth", miss_probability(v, tenth_of(v)));
}

static void put_devices(json_writer *j, const mcpi_result *last)
{
    put_open(j, "devices", '[');
    for (size_t i = 0; last && i < last->device_count; i++) {
        put_open(j, NULL, '{');
        put_string(j, "id", last->devices[i].device.id);
        put_string(j, "name", last->devices[i].device.name);
        put_string(j, "kernel", last->devices[i].device.kernel);
        put_close(j, '}');
    }
    put_close(j, ']');
}

void verify_json(FILE *out, const void *report)
{
    const verification *const v = report;
    json_writer j = json_begin(out, "mcpi.verify.v1");
    put_claim(&j, v);
    put_exact(&j, "pick", v->pick);
    put_answer(&j, v);
    put_exact(&j, "recounted_darts", v->report->darts);
    put_seconds(&j, "counting_seconds", v->report->counting_seconds);
    put_number(&j, "darts_per_second", rate_of(v));
    put_devices(&j, v->report->last);
    put_recounted(&j, v);
    put_origin(&j, &v->origin);
    json_end(&j);
}
