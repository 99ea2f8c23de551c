/* mcpi verify: recount parts of a result on the devices of this machine. */
#include <math.h>
#include <stdlib.h>
#include <sys/random.h>

#include "cli/args/library_texts.h"
#include "cli/commands.h"
#include "cli/io/complain.h"
#include "cli/io/exit_process.h"
#include "cli/io/interrupt.h"
#include "cli/merge/read_shard.h"
#include "cli/run/progress.h"
#include "cli/verify/verify_report.h"
#include "stats/sampling.h"

/* Without --sample no part is begun after this time. */
static const double usual_seconds = 10.0;

/* ---- counting ---- */

/* Of all recounts together. */
typedef struct observed {
    progress progress;
    const verification *v;
    uint64_t goal, hits;
} observed;

static void show_progress(void *user, const mcpi_progress *part)
{
    observed *const o = user;
    mcpi_progress all = *part;
    all.darts += o->v->darts;
    all.hits += o->hits;
    all.reached += o->v->darts;
    all.goal = o->goal;
    all.counting_seconds += o->v->seconds;
    progress_update(&o->progress, &all);
}

/* Take the result of a recount if the whole part was counted. */
static void take_result(verification *v, const mcpi_part *claim, mcpi_result *result)
{
    if (!result)
        return;
    ending_note_devices(result);
    mcpi_result_free(v->last);
    v->last = result;
    if (!result->complete)
        return;
    const recounted_part part = {*claim, result->hits};
    v->recounted[v->count++] = part;
    v->darts += claim->darts;
    v->seconds += result->counting_seconds;
    v->disagreements += disagrees(&part);
}

static bool goes_on(const verification *v, mcpi_status status)
{
    return status == MCPI_OK && !v->last->left_behind && v->count < v->chosen &&
           !(v->has_time_limit && v->seconds >= usual_seconds);
}

/* Recount the chosen parts. Returns how that ended. */
static mcpi_status recount(const cli_options *options, verification *v, const size_t *order)
{
    mcpi_options run = options->run;
    mcpi_error error;
    mcpi_status status;
    observed o = {.progress = progress_start(options), .v = v};
    o.progress.limit = v->has_time_limit ? usual_seconds : 0.0;
    for (size_t i = 0; i < v->chosen; i++)
        o.goal += v->state->parts[order[i]].darts;
    run.seed = v->state->seed;
    run.stream = v->state->stream;
    run.stop = interrupt_requested;
    run.progress = show_progress;
    run.user = &o;
    interrupt_poll_begin();
    do {
        const mcpi_part *const claim = &v->state->parts[order[v->count]];
        mcpi_result *result;
        run.first = claim->first;
        run.darts = claim->darts;
        status = options->runner(&run, &result, &error);
        name_options_in_run(options, status, result, &error);
        take_result(v, claim, result);
        o.hits += result && result->complete ? result->hits : 0;
    } while (goes_on(v, status));
    interrupt_poll_end();
    progress_finish(&o.progress);
    v->complete = status == MCPI_OK;
    if (status != MCPI_OK)
        complain("%s", error.message);
    return status;
}

/* ---- the answer ---- */

static int report(const cli_options *options, verification *v, mcpi_status status, const report_files *files)
{
    static const report_renderers renderers = {{[REPORT_TEXT] = verify_text, [REPORT_JSON] = verify_json}};
    v->origin = origin_end(&options->origin);
    report_write(files, &renderers, v);
    if (v->disagreements > 0)
        complain_from(&v->origin, "counts disagree in %zu of %zu recounted parts of %s", v->disagreements, v->count,
                      v->file);
    return v->disagreements > 0 ? EXIT_MISMATCH : exit_code_of(status);
}

/* Parts for a sample of this share, at least one. */
static size_t sample_size(size_t parts, double share)
{
    const size_t size = (size_t)ceil(share * (double)parts);
    return size < 1 ? 1 : size < parts ? size : parts;
}

/* A number that is short enough to be typed. */
static uint64_t any_pick(void)
{
    uint32_t number = 0;
    if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number)
        number = (uint32_t)time(NULL);
    return number;
}

static int verify(const cli_options *options, const mcpi_shard *shard, const report_files *files)
{
    const size_t parts = shard->state->part_count;
    verification v = {
        .file = shard->name,
        .state = shard->state,
        .pick = is_given(options, "pick") ? options->pick : any_pick(),
        .has_time_limit = options->sample <= 0.0,
        .recounted = calloc(parts, sizeof *v.recounted),
    };
    v.chosen = v.has_time_limit ? parts : sample_size(parts, options->sample);
    size_t *const order = calloc(parts, sizeof *order);
    int code = EXIT_FAILED;
    if (v.recounted && order) {
        mcpi_sample_order(v.pick, parts, order);
        const mcpi_status status = recount(options, &v, order);
        code = v.last ? report(options, &v, status, files) : exit_code_of(status);
    } else {
        complain("out of memory");
    }
    mcpi_result_free(v.last);
    free(v.recounted);
    free(order);
    return code;
}

static int command_verify(const cli_options *options, report_files *files)
{
    mcpi_shard shard;
    const mcpi_status status = read_shard(options->operands[0], &shard);
    int code = exit_code_of(status);
    if (status == MCPI_OK && shard.state->part_count > 0) {
        code = verify(options, &shard, files);
    } else if (status == MCPI_OK) {
        complain("%s: has no darts to recount", shard.name);
        code = EXIT_USAGE;
    }
    free(shard.state);
    return code;
}

/* ---- the row ---- */

static bool complete_verify(cli_options *options, usage_error *error)
{
    return options->operand_count == 1 || usage_fail(error, "verify: needs one FILE; '-' is standard input");
}

static const cli_option option_sample =
    CLI_OPTION("sample", 0, "P", OPTION_SHARE, sample, "share of the parts to recount: 5%  [10 s of them]");

static const cli_option option_pick =
    CLI_OPTION("pick", 0, "R", OPTION_WORD, pick, "choose the parts by this number  [a random one]");

const cli_command verify_command = {
    .name = "verify",
    .summary = "recount parts of a result on this machine",
    .operands = "FILE",
    .report = command_verify,
    .formats = 1U << REPORT_TEXT,
    .complete = complete_verify,
    .options = {{&option_sample, NULL},
                {&option_pick, NULL},
                {NULL, "Devices"},
                {&option_device, NULL},
                {&option_threads, NULL},
                {&option_pin, NULL},
                {&option_workers, NULL},
                {&option_kernel, NULL},
                {&option_expect, NULL},
                {NULL, "Output"},
                {&option_quiet, NULL},
                {&option_verbose, NULL},
                {&option_progress, NULL},
                {&option_interval, NULL}},
    .examples = {{"verify pi.json", "recount parts of it for 10 seconds"},
                 {"verify pi.json --sample 100% -d cpu", "recount all of it, on the CPU"}},
};
