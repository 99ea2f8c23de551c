#include "recount/recount_state.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "core/status.h"
#include "save/state_text.h"
#include "stats/sampling.h"

/* A recount. */
typedef struct recount {
    mcpi_runner runner;
    const mcpi_state *state;
    const mcpi_recount_options *options;
    size_t *order; /* indices of all parts; the first ones are chosen */
    size_t chosen; /* how many of them are */
    uint64_t goal; /* darts in these */
    uint64_t hits; /* of the parts that were recounted */
    mcpi_recount_report *report;
} recount;

/* ---- the caller's functions ---- */

/* Show the progress of all parts, given that of the current one. */
static void show_progress(void *user, const mcpi_progress *part)
{
    const recount *const r = user;
    const mcpi_options *const run = &r->options->run;
    mcpi_progress all = *part;
    all.darts += r->report->darts;
    all.hits += r->hits;
    all.reached += r->report->darts;
    all.goal = r->goal;
    all.counting_seconds += r->report->counting_seconds;
    run->progress(run->user, &all);
}

static int stop(void *user)
{
    const mcpi_options *const run = &((const recount *)user)->options->run;
    return run->stop(run->user);
}

/* A run that is shorter than its first tick calls neither function. */
static bool is_asked_to_stop(recount *r)
{
    const mcpi_options *const run = &r->options->run;
    const mcpi_progress none = {0};
    if (run->progress)
        show_progress(r, &none);
    return run->stop && run->stop(run->user) != 0;
}

/* ---- counting ---- */

static mcpi_options options_of(recount *r, const mcpi_part *part)
{
    const mcpi_options *const run = &r->options->run;
    return (mcpi_options){
        .devices = run->devices,
        .seed = r->state->seed,
        .stream = r->state->stream,
        .first = part->first,
        .darts = part->darts,
        .threads = run->threads,
        .pin = run->pin,
        .kernel = run->kernel,
        .verify = run->verify,
        .stop = run->stop ? stop : NULL,
        .progress = run->progress ? show_progress : NULL,
        .user = r,
        .workers = run->workers,
        .worker_program = run->worker_program,
    };
}

static bool any_hangs(const mcpi_result *result)
{
    bool hung = result->left_behind;
    for (size_t i = 0; i < result->device_count; i++)
        hung |= result->devices[i].hung != 0;
    return hung;
}

/* Keep the result. Its count is added to the report if the whole part was counted. */
static void take_result(recount *r, const mcpi_part *claim, mcpi_result *result)
{
    mcpi_recount_report *const report = r->report;
    if (!result)
        return;
    mcpi_result_free(report->last);
    report->last = result;
    report->hung |= any_hangs(result);
    if (!result->complete)
        return;
    report->parts[report->part_count++] = (mcpi_recounted_part){*claim, result->hits};
    report->darts += claim->darts;
    report->counting_seconds += result->counting_seconds;
    report->disagreements += result->hits != claim->hits;
    r->hits += result->hits;
}

static mcpi_status recount_next(recount *r, mcpi_error *error)
{
    const mcpi_part *const claim = &r->state->parts[r->order[r->report->part_count]];
    const mcpi_options run = options_of(r, claim);
    mcpi_result *result;
    const mcpi_status status = r->runner(&run, &result, error);
    take_result(r, claim, result);
    return status;
}

/* Between two parts. Another run would wait for the same device as the threads that the last one left behind. */
static mcpi_status look_up(recount *r, mcpi_error *error)
{
    if (r->report->last->left_behind)
        return mcpi_fail(error, MCPI_TIMED_OUT, "a device does not respond; %zu of %zu parts have not been recounted",
                         r->chosen - r->report->part_count, r->chosen);
    if (is_asked_to_stop(r))
        return mcpi_fail(error, MCPI_STOPPED, "stopped on request");
    return MCPI_OK;
}

static bool goes_on(const recount *r)
{
    const mcpi_recount_report *const report = r->report;
    const double limit = r->options->run.time_limit_seconds;
    return report->part_count < r->chosen && !(limit > 0.0 && report->counting_seconds >= limit);
}

static void recount_parts(recount *r)
{
    mcpi_error error;
    mcpi_status status = recount_next(r, &error);
    while (status == MCPI_OK && goes_on(r)) {
        status = look_up(r, &error);
        if (status == MCPI_OK)
            status = recount_next(r, &error);
    }
    r->report->complete = status == MCPI_OK;
    if (status != MCPI_OK)
        r->report->failure = error;
}

static mcpi_status outcome(const mcpi_recount_report *report, mcpi_error *error)
{
    if (report->disagreements > 0)
        return mcpi_fail(error, MCPI_MISMATCH, "counts disagree in %zu of %zu recounted parts", report->disagreements,
                         report->part_count);
    return report->complete ? MCPI_OK : mcpi_fail(error, report->failure.status, "%s", report->failure.message);
}

/* ---- before and after ---- */

static mcpi_status check(const mcpi_state *state, const mcpi_recount_options *options, mcpi_error *error)
{
    const double limit = options->run.time_limit_seconds;
    if (!mcpi_state_is_consistent(state))
        return mcpi_fail(error, MCPI_BAD_OPTION, "the parts of the state are inconsistent");
    if (state->part_count == 0)
        return mcpi_fail(error, MCPI_BAD_OPTION, "the state has no darts to recount");
    if (!(options->share >= 0.0 && options->share <= 1.0))
        return mcpi_fail(error, MCPI_BAD_OPTION, "share %g: must be from 0 to 1", options->share);
    if (!(limit >= 0.0) || isinf(limit))
        return mcpi_fail(error, MCPI_BAD_OPTION, "time_limit_seconds %g: must be 0 or above", limit);
    return MCPI_OK;
}

/* Parts for a sample of this share, at least one. */
static size_t sample_size(size_t parts, double share)
{
    const size_t size = (size_t)ceil(share * (double)parts);
    if (share <= 0.0)
        return parts;
    return size < 1 ? 1 : size < parts ? size : parts;
}

static bool choose(recount *r)
{
    const size_t parts = r->state->part_count;
    r->chosen = sample_size(parts, r->options->share);
    r->order = calloc(parts, sizeof *r->order);
    if (!r->order)
        return false;
    mcpi_sample_order(r->options->pick, parts, r->order);
    for (size_t i = 0; i < r->chosen; i++)
        r->goal += r->state->parts[r->order[i]].darts;
    return true;
}

static mcpi_recount_report *make_report(size_t parts)
{
    mcpi_recount_report *const report = calloc(1, sizeof *report);
    if (report && (report->parts = calloc(parts, sizeof *report->parts)))
        return report;
    free(report);
    return NULL;
}

mcpi_status mcpi_recount_state(mcpi_runner runner, const mcpi_state *state, const mcpi_recount_options *options,
                               mcpi_recount_report **report, mcpi_error *error)
{
    recount r = {.runner = runner, .state = state, .options = options};
    *report = NULL;
    mcpi_status status = check(state, options, error);
    if (status != MCPI_OK)
        return status;
    if (choose(&r) && (r.report = make_report(r.chosen))) {
        recount_parts(&r);
        status = outcome(r.report, error);
    } else {
        status = mcpi_fail(error, MCPI_NO_MEMORY, "cannot begin to recount: out of memory");
    }
    free(r.order);
    if (r.report && r.report->last)
        *report = r.report;
    else
        mcpi_recount_report_free(r.report);
    return status;
}

void mcpi_recount_report_free(mcpi_recount_report *report)
{
    if (!report)
        return;
    mcpi_result_free(report->last);
    free(report->parts);
    free(report);
}
