#include "cli/saved/compare_files.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/io/complain.h"
#include "cli/io/exit_process.h"
#include "cli/io/operand.h"
#include "cli/saved/side_by_side.h"
#include "cli/saved/sweep_pool.h"

/* ---- the command line ---- */

/* The options of the report. All others say what to time, how to show progress, or what to draw. */
static bool suits_files(const char *option)
{
    static const char *const suitable[] = {"quiet", "json", "csv", "markdown", "output", "help", "version"};
    for (size_t i = 0; i < sizeof suitable / sizeof *suitable; i++)
        if (strcmp(option, suitable[i]) == 0)
            return true;
    return false;
}

static bool check_options(const cli_options *options, usage_error *error)
{
    const option_use *use;
    for (unsigned place = 0; (use = option_at(options->command, place)); place++)
        if (use->option && is_given(options, use->option->name) && !suits_files(use->option->name))
            return usage_fail(error, "--%s: not with files, because compare then times nothing", use->option->name);
    return true;
}

bool compare_files_check(const cli_options *options, usage_error *error)
{
    if (options->operand_count < 2)
        return usage_fail(error, "'%.200s': compare needs two or more saved results, or no file", options->operands[0]);
    if (options->operand_count > pool_most_sweeps)
        return usage_fail(error, "compare: takes up to %d files", pool_most_sweeps);
    if (operands_share_stdin(options->operands, options->operand_count))
        return usage_fail(error, "'-' is given more than once, but standard input can be read only once");
    return check_options(options, error);
}

/* ---- in ---- */

static mcpi_status read_file(const char *operand, saved_sweep *saved)
{
    const char *const name = operand_name(operand);
    size_t length;
    mcpi_error error;
    char *const text = operand_read(operand, &length);
    if (!text)
        return MCPI_BAD_OPTION;
    const mcpi_status status = saved_sweep_read(text, length, name, saved, &error);
    free(text);
    if (status != MCPI_OK)
        complain("%s: %s", name, error.message);
    return status;
}

static mcpi_status read_files(const cli_options *options, saved_sweep *saved)
{
    for (size_t i = 0; i < options->operand_count; i++) {
        const mcpi_status status = read_file(options->operands[i], &saved[i]);
        if (status != MCPI_OK)
            return status;
        if (saved[i].is_scaling == saved[0].is_scaling)
            continue;
        complain("%s and %s: one is of compare, the other of scaling", saved[0].file, saved[i].file);
        return MCPI_BAD_OPTION;
    }
    return MCPI_OK;
}

/* ---- out ---- */

static int finish(const count_comparison *counts, const warning_list *warnings)
{
    const saved_row *const *const rows = counts->rows;
    warnings_print(warnings);
    if (counts->verdict != COUNTS_DIFFER)
        return EXIT_DONE;
    complain("counts DISAGREE: of the %" PRIu64 " darts from dart %" PRIu64 ", seed %" PRIu64 ", stream %" PRIu64
             ", %" PRIu64 " hit in %s ('%s') and %" PRIu64 " in %s ('%s')",
             rows[0]->darts, counts->sweeps[0]->first, counts->sweeps[0]->seed, counts->sweeps[0]->stream,
             rows[0]->hits, counts->sweeps[0]->file, rows[0]->who.text, rows[1]->hits, counts->sweeps[1]->file,
             rows[1]->who.text);
    return EXIT_MISMATCH;
}

static int report_two(const saved_sweep *a, const saved_sweep *b, const report_files *files)
{
    static const report_renderers renderers = {{[REPORT_TEXT] = side_by_side_text,
                                                [REPORT_JSON] = side_by_side_json,
                                                [REPORT_CSV] = side_by_side_csv,
                                                [REPORT_MARKDOWN] = side_by_side_markdown}};
    side_by_side s;
    int code = EXIT_FAILED;
    if (side_by_side_of(&s, a, b)) {
        report_write(files, &renderers, &s);
        code = finish(&s.counts, &s.warnings);
    } else {
        complain("out of memory");
    }
    side_by_side_free(&s);
    return code;
}

static int report_pool(const saved_sweep *const *sweeps, size_t count, const report_files *files)
{
    static const report_renderers renderers = {{[REPORT_TEXT] = sweep_pool_text,
                                                [REPORT_JSON] = sweep_pool_json,
                                                [REPORT_CSV] = sweep_pool_csv,
                                                [REPORT_MARKDOWN] = sweep_pool_markdown}};
    sweep_pool p;
    mcpi_error error;
    const mcpi_status status = sweep_pool_of(&p, sweeps, count, &error);
    int code = exit_code_of(status);
    if (status == MCPI_OK) {
        report_write(files, &renderers, &p);
        code = finish(&p.counts, &p.warnings);
    } else {
        complain("%s", error.message);
    }
    sweep_pool_free(&p);
    return code;
}

static int report(const saved_sweep *saved, size_t count, const report_files *files)
{
    const saved_sweep *sweeps[pool_most_sweeps];
    for (size_t i = 0; i < count; i++)
        sweeps[i] = &saved[i];
    return count == 2 ? report_two(sweeps[0], sweeps[1], files) : report_pool(sweeps, count, files);
}

int compare_files(const cli_options *options, const report_files *files)
{
    saved_sweep *const saved = calloc(options->operand_count, sizeof *saved);
    if (!saved) {
        complain("out of memory");
        return EXIT_FAILED;
    }
    const mcpi_status status = read_files(options, saved);
    const int code = status == MCPI_OK ? report(saved, options->operand_count, files) : exit_code_of(status);
    for (size_t i = 0; i < options->operand_count; i++)
        saved_sweep_free(&saved[i]);
    free(saved);
    return code;
}
