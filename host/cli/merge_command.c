/* mcpi merge: results and checkpoints of disjoint ranges, added up. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/keep.h"
#include "cli/read_result.h"
#include "cli/report.h"
#include "core/files.h"
#include "save/merge.h"
#include "save/state.h"

/* Gaps that are named one by one; the others are only added up. */
enum { most_gaps = 10 };

/* ---- in ---- */

static bool is_checkpoint(const char *text)
{
    static const char beginning[] = "mcpi checkpoint ";
    return strncmp(text, beginning, strlen(beginning)) == 0;
}

/* Of a run that was to confirm all of them, and may have been stopped when a count had just been found wrong. */
static void warn_of_unconfirmed(const mcpi_shard *shard)
{
    const uint64_t darts = unconfirmed_darts(shard->state);
    if (shard->state->verify == MCPI_VERIFY_FULL && darts > 0)
        complain("%s: %" PRIu64
                 " of its darts were counted only once, by a run with --verify full; the count may be wrong",
                 shard->name, darts);
}

static mcpi_status read_shard(const char *name, mcpi_shard *shard)
{
    const bool from_stdin = strcmp(name, "-") == 0;
    size_t length;
    const char *doubt = NULL;
    mcpi_error error;
    *shard = (mcpi_shard){.name = from_stdin ? "standard input" : name};
    char *text = from_stdin ? mcpi_files_read_open(stdin, &length) : mcpi_files_read(name, &length);
    if (!text) {
        complain("%s: cannot be read: %s", shard->name, strerror(errno));
        return MCPI_BAD_OPTION;
    }
    const mcpi_status status = is_checkpoint(text) ? mcpi_state_parse(text, length, &shard->state, &error)
                                                   : read_result(text, length, &shard->state, &doubt, &error);
    free(text);
    if (status != MCPI_OK)
        complain("%s: %s", shard->name, error.message);
    else if (doubt)
        complain("%s: %s", shard->name, doubt);
    else
        warn_of_unconfirmed(shard);
    return status;
}

static mcpi_status read_shards(const cli_options *options, mcpi_shard *shards)
{
    mcpi_status status = MCPI_OK;
    for (size_t i = 0; i < options->file_count && status == MCPI_OK; i++)
        status = read_shard(options->files[i], &shards[i]);
    return status;
}

/* ---- out ---- */

/* What a result is: a prefix of the range. */
static mcpi_result prefix_of(const mcpi_state *merged)
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

static void complain_of_gaps(const cli_options *options, const mcpi_state *merged)
{
    size_t gaps = 0;
    uint64_t darts = 0;
    for (size_t i = 0; i <= merged->part_count; i++) {
        const mcpi_part gap = mcpi_state_gap(merged, i);
        darts += gap.darts;
        gaps += gap.darts > 0;
        if (gap.darts > 0 && gaps <= most_gaps && !options->quiet)
            complain("missing: darts %" PRIu64 " to %" PRIu64 " (--first %" PRIu64 " -n %" PRIu64 ")", gap.first,
                     gap.first + gap.darts - 1, gap.first, gap.darts);
    }
    if (gaps > most_gaps && !options->quiet)
        complain("missing: %zu gaps more", gaps - most_gaps);
    complain("incomplete: of %" PRIu64 " darts %" PRIu64 " are missing", merged->goal, darts);
}

static int report(const cli_options *options, const mcpi_state *merged, FILE *file)
{
    const mcpi_result result = prefix_of(merged);
    if (options->json)
        report_json(stdout, &result, NULL);
    else
        report_text(stdout, &result);
    if (file)
        report_json(file, &result, NULL);
    if (result.complete)
        return EXIT_DONE;
    complain_of_gaps(options, merged);
    return EXIT_FAILED;
}

static int merge(const cli_options *options, const mcpi_shard *shards, FILE *file)
{
    mcpi_state *merged;
    mcpi_error error;
    const mcpi_status status = mcpi_merge(shards, options->file_count, &merged, &error);
    if (status != MCPI_OK) {
        complain("%s", error.message);
        return exit_code_of(status);
    }
    const int code = report(options, merged, file);
    free(merged);
    return code;
}

int command_merge(const cli_options *options, FILE *file)
{
    mcpi_shard *shards = calloc(options->file_count, sizeof *shards);
    if (!shards) {
        complain("out of memory");
        return EXIT_FAILED;
    }
    const mcpi_status status = read_shards(options, shards);
    const int code = status == MCPI_OK ? merge(options, shards, file) : exit_code_of(status);
    for (size_t i = 0; i < options->file_count; i++)
        free(shards[i].state);
    free(shards);
    return code;
}
