/* mcpi verify: recount parts of a result on the devices of this machine. */
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include "cli/commands.h"
#include "cli/io/complain.h"
#include "cli/io/exit_process.h"
#include "cli/io/interrupt.h"
#include "cli/merge/read_shard.h"
#include "cli/run/progress.h"
#include "cli/verify/verify_report.h"

/* Without --sample no part is begun after this time. */
static const double usual_seconds = 10.0;

/* A number that is short enough to be typed. */
static uint64_t any_pick(void)
{
    uint32_t number = 0;
    if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number)
        number = (uint32_t)time(NULL);
    return number;
}

/* Recount the chosen parts. Says how that ended if it is not complete. */
static mcpi_status recount(const cli_options *options, const mcpi_state *state, uint64_t pick,
                           mcpi_recount_report **report, mcpi_error *error)
{
    mcpi_recount_options recount = {options->run, options->sample, pick};
    recount.run.time_limit_seconds = options->sample > 0.0 ? 0.0 : usual_seconds;
    progress p = progress_start(options);
    p.limit = recount.run.time_limit_seconds;
    recount.run.stop = interrupt_requested;
    recount.run.progress = progress_update;
    recount.run.user = &p;
    interrupt_poll_begin();
    const mcpi_status status = mcpi_recount(state, &recount, report, error);
    interrupt_poll_end();
    progress_finish(&p);
    if (!*report)
        complain("%s", error->message);
    else if (!(*report)->complete)
        complain("%s", (*report)->failure.message);
    return status;
}

static void answer(const verification *v, const mcpi_error *error, const report_files *files)
{
    static const report_renderers renderers = {{[REPORT_TEXT] = verify_text, [REPORT_JSON] = verify_json}};
    report_write(files, &renderers, v);
    if (v->report->disagreements > 0)
        complain_from(&v->origin, "%s of %s", error->message, v->file);
}

static int verify(const cli_options *options, const shard_file *shard, const report_files *files)
{
    const uint64_t pick = is_given(options, "pick") ? options->pick : any_pick();
    mcpi_recount_report *report;
    mcpi_error error;
    const mcpi_status status = recount(options, shard->state, pick, &report, &error);
    if (report) {
        const verification v = {shard->name, shard->state, pick, report, origin_end(&options->origin)};
        ending_note_hung(report->hung != 0);
        answer(&v, &error, files);
    }
    mcpi_recount_report_free(report);
    return exit_code_of(status);
}

static int command_verify(const cli_options *options, report_files *files)
{
    shard_file shard;
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
