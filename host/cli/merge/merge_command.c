/* mcpi merge: add up results and checkpoints of disjoint ranges. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "cli/commands.h"
#include "cli/io/complain.h"
#include "cli/io/exit_process.h"
#include "cli/io/operand.h"
#include "cli/merge/merge_report.h"
#include "cli/merge/read_shard.h"
#include "cli/merge/shard_numbers.h"
#include "cli/run/run_warnings.h"
#include "core/status.h"

/* The most gaps that are listed one by one. */
enum { most_gaps = 10 };

/* ---- in ---- */

static mcpi_status read_shards(const cli_options *options, shard_file *shards)
{
    mcpi_status status = MCPI_OK;
    if (operands_share_stdin(options->operands, options->operand_count)) {
        complain("merge: '-' is given more than once, but standard input can be read only once");
        return MCPI_BAD_OPTION;
    }
    for (size_t i = 0; i < options->operand_count && status == MCPI_OK; i++)
        status = read_shard(options->operands[i], &shards[i]);
    return status;
}

/* ---- out ---- */

/* A file whose requested range includes darts of this gap; NULL if there is none. */
static const char *incomplete_file(const cli_options *options, const shard_file *shards, const mcpi_part *gap)
{
    for (size_t i = 0; i < options->operand_count; i++) {
        const mcpi_state *state = shards[i].state;
        if (state->first < gap->first + gap->darts && gap->first < state->first + state->goal)
            return shards[i].name;
    }
    return NULL;
}

/* Write ": shard 3" or ": shards 7-9"; an empty text if the files are not numbered. */
static void name_shards(char *text, size_t size, const shard_numbers *numbers, const mcpi_part *gap)
{
    *text = '\0';
    if (numbers->darts == 0)
        return;
    const shard_range range = shards_of_gap(numbers, gap);
    if (range.lowest == range.highest)
        snprintf(text, size, ": shard %" PRIu64, range.lowest);
    else
        snprintf(text, size, ": shards %" PRIu64 "-%" PRIu64, range.lowest, range.highest);
}

static void complain_of_gap(const cli_options *options, const shard_file *shards, const shard_numbers *numbers,
                            const mcpi_part *gap)
{
    char which[64];
    const char *const file = options->operand_count > 1 ? incomplete_file(options, shards, gap) : NULL;
    name_shards(which, sizeof which, numbers, gap);
    complain("missing: darts %" PRIu64 " to %" PRIu64 " (--first %" PRIu64 " -n %" PRIu64 ")%s%s%s%s", gap->first,
             gap->first + gap->darts - 1, gap->first, gap->darts, which, file ? "; " : "", file ? file : "",
             file ? " is incomplete" : "");
}

static void suggest_array(const shard_numbers *numbers, const mcpi_state *merged)
{
    char *const shards = numbers->darts > 0 ? format_missing_shards(numbers, merged) : NULL;
    if (shards)
        complain("to count the missing shards as a job array: sbatch --array=%s", shards);
    free(shards);
}

static void complain_of_gaps(const cli_options *options, const shard_file *shards, const mcpi_state *merged)
{
    const shard_numbers numbers = find_shard_numbers(shards, options->operand_count);
    size_t gaps = 0;
    uint64_t darts = 0;
    for (size_t i = 0; i <= merged->part_count; i++) {
        const mcpi_part gap = mcpi_state_gap(merged, i);
        darts += gap.darts;
        gaps += gap.darts > 0;
        if (gap.darts > 0 && gaps <= most_gaps && !options->quiet)
            complain_of_gap(options, shards, &numbers, &gap);
    }
    if (gaps > most_gaps && !options->quiet)
        complain("missing: %zu more gaps", gaps - most_gaps);
    complain("incomplete: %" PRIu64 " of %" PRIu64 " darts are missing", darts, merged->goal);
    if (!options->quiet)
        suggest_array(&numbers, merged);
}

static bool can_be_read_back(const mcpi_state *merged, const report_files *files)
{
    if (!report_wants(files, REPORT_JSON) || merged->part_count <= MERGE_MOST_PARTS)
        return true;
    complain("the merged range has %zu parts with gaps between them; a result can have at most %d: merge fewer files "
             "at once",
             merged->part_count, MERGE_MOST_PARTS);
    return false;
}

static int report(const cli_options *options, const shard_file *shards, const mcpi_state *merged,
                  const report_files *files)
{
    static const report_renderers renderers = {{[REPORT_TEXT] = merge_text, [REPORT_JSON] = merge_json}};
    merge_outcome outcome = {.state = merged};
    double nanoseconds = 0.0; /* whole ones, so that the sum does not depend on the order of the files */
    for (size_t i = 0; i < options->operand_count; i++) {
        outcome.unconfirmed += shards[i].unconfirmed;
        outcome.timed_darts += shards[i].timed_darts;
        nanoseconds += round(1e9 * shards[i].seconds);
    }
    outcome.seconds = 1e-9 * nanoseconds;
    if (!can_be_read_back(merged, files))
        return EXIT_FAILED;
    const mcpi_result prefix = merge_prefix(&outcome);
    warn_of_z(&outcome.warnings, &prefix);
    report_write(files, &renderers, &outcome);
    warnings_print(&outcome.warnings);
    warnings_free(&outcome.warnings);
    if (prefix.complete)
        return EXIT_DONE;
    complain_of_gaps(options, shards, merged);
    return EXIT_FAILED;
}

static mcpi_status add_up(const shard_file *files, size_t count, mcpi_state **merged, mcpi_error *error)
{
    mcpi_shard *const shards = calloc(count, sizeof *shards);
    for (size_t i = 0; shards && i < count; i++)
        shards[i] = (mcpi_shard){files[i].name, files[i].state};
    const mcpi_status status =
        shards ? mcpi_merge(shards, count, merged, error) : mcpi_fail(error, MCPI_NO_MEMORY, "out of memory");
    free(shards);
    return status;
}

static int merge(const cli_options *options, const shard_file *shards, const report_files *files)
{
    mcpi_state *merged = NULL;
    mcpi_error error;
    const mcpi_status status = add_up(shards, options->operand_count, &merged, &error);
    if (!merged) {
        complain("%s", error.message);
        return exit_code_of(status);
    }
    const int code = report(options, shards, merged, files);
    free(merged);
    return code;
}

static int command_merge(const cli_options *options, report_files *files)
{
    shard_file *shards = calloc(options->operand_count, sizeof *shards);
    if (!shards) {
        complain("out of memory");
        return EXIT_FAILED;
    }
    const mcpi_status status = read_shards(options, shards);
    const int code = status == MCPI_OK ? merge(options, shards, files) : exit_code_of(status);
    for (size_t i = 0; i < options->operand_count; i++)
        free(shards[i].state);
    free(shards);
    return code;
}

static bool complete_merge(cli_options *options, usage_error *error)
{
    return options->operand_count > 0 || usage_fail(error, "merge: needs FILE...; '-' is standard input");
}

const cli_command merge_command = {
    .name = "merge",
    .summary = "add up results (JSON) and checkpoints of disjoint ranges",
    .operands = "FILE...",
    .report = command_merge,
    .formats = 1U << REPORT_TEXT,
    .complete = complete_merge,
    .options = {{&option_quiet, NULL}, {&option_verbose, NULL}},
    .examples = {{"merge shard-*.json", "the result of all shards"},
                 {"merge a.json run.state -o sum.json", "a result and a checkpoint"}},
};
