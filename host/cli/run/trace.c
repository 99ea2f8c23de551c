#include "cli/run/trace.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "cli/args/file_conflicts.h"
#include "cli/io/complain.h"
#include "cli/io/exit_process.h"
#include "cli/io/json.h"
#include "cli/io/three_digits.h"
#include "cli/run/run_report.h"

/* ---- the table ---- */

void write_trace(FILE *out, const mcpi_result *result)
{
    fputs("darts,hits,pi,std_error,z\n", out);
    for (size_t i = 0; i < result->trace_count; i++) {
        const mcpi_point *point = &result->trace[i];
        const mcpi_estimate estimate = mcpi_estimate_from(point->darts, point->hits);
        fprintf(out, "%" PRIu64 ",%" PRIu64 ",", point->darts, point->hits);
        write_number(out, estimate.pi);
        fputc(',', out);
        write_number(out, estimate.std_error);
        fputc(',', out);
        write_number(out, estimate.z);
        fputc('\n', out);
    }
}

/* ---- the picture ---- */

/* Write the devices that counted, as in "2 x NVIDIA H100, AMD EPYC". `text` must be all zeros. */
static void name_machine(char *text, size_t size, const mcpi_result *result)
{
    FILE *const out = fmemopen(text, size - 1, "w"); /* a truncated text must end with a zero byte, too */
    if (!out)
        return;
    for (size_t i = 0, same; i < result->device_count; i += same) {
        const char *const name = result->devices[i].device.name;
        for (same = 1; i + same < result->device_count; same++)
            if (strcmp(result->devices[i + same].device.name, name) != 0)
                break;
        fputs(i > 0 ? ", " : "", out);
        if (same > 1)
            fprintf(out, "%zu x ", same);
        fputs(name, out);
    }
    fclose(out);
}

enum { height = 960 };

static void begin(plot *p, const mcpi_result *result)
{
    char title[120];
    char details[200];
    char machine[1000] = "";
    const int decimals = decimals_of(&result->estimate);
    snprintf(title, sizeof title, "pi is %.*f +- %.*f after %" PRIu64 " dart%s%s", decimals, result->estimate.pi,
             decimals, result->estimate.std_error, result->darts, plural(result->darts),
             result->complete ? "" : " (stopped early)");
    snprintf(details, sizeof details, "%" PRIu64 " hit%s; seed %" PRIu64 ", stream %" PRIu64 ", from dart %" PRIu64,
             result->hits, plural(result->hits), result->seed, result->stream, result->first);
    name_machine(machine, sizeof machine, result);
    plot_begin(p, height, &(plot_heading){title, details, machine});
}

static void write_data(FILE *script, const mcpi_result *result)
{
    fputs("# darts, estimate of pi, its distance from pi in standard errors\n$trace << EOD\n", script);
    for (size_t i = 0; i < result->trace_count; i++) {
        const mcpi_point *point = &result->trace[i];
        const mcpi_estimate estimate = mcpi_estimate_from(point->darts, point->hits);
        fprintf(script, "%" PRIu64 " %.15f %.6f\n", point->darts, estimate.pi, estimate.z);
    }
    fputs("EOD\n", script);
}

/* Three panels over the same axis, one below the other; the heading is above the first. */
static const char panels[] =
    "sigma(darts) = sqrt(pi * (4 - pi) / darts)\n"
    "error_floor = 10 ** (floor(log10(sigma(last))) - 1)\n"
    "two = \"with filledcurves linecolor rgb '#E6EFF7'\"; one = \"with filledcurves linecolor rgb '#C6DCEE'\"\n"
    "run = 'with lines linewidth 2 linecolor rgb vermilion'\n"
    "end = 'every ::points - 1 with points pointtype 7 pointsize 0.8 linecolor rgb vermilion notitle'\n"
    "set samples 61; set logscale x; set xrange [begin:last]; set format x ''\n"
    "set lmargin at screen 0.12; set rmargin at screen 0.97; set key top right; set tics nomirror; unset mxtics; set "
    "multiplot\n"
    "\n"
    "set bmargin at screen 0.64; set yrange [2:4.2]; set ytics 0.5; set format y '%.1f'\n"
    "set ylabel 'estimate of pi'\n"
    "plot '+' using 1:(pi - 2 * sigma($1)):(pi + 2 * sigma($1)) @two title 'within two standard errors', \\\n"
    "     '+' using 1:(pi - sigma($1)):(pi + sigma($1)) @one title 'within one standard error', \\\n"
    "     pi linecolor rgb grey notitle, $trace using 1:2 @run title 'this run', $trace using 1:2 @end\n"
    "unset label; unset key\n"
    "\n"
    "set tmargin at screen 0.615; set bmargin at screen 0.355\n"
    "set logscale y; set yrange [error_floor:2]; set ytics auto; unset mytics; set format y '10^{%T}'\n"
    "set ylabel '| estimate - pi |'\n"
    "plot '+' using 1:(error_floor):(2 * sigma($1)) @two, '+' using 1:(error_floor):(sigma($1)) @one, \\\n"
    "     $trace using 1:(abs($2 - pi)) @run, $trace using 1:(abs($2 - pi)) @end\n"
    "\n"
    "set tmargin at screen 0.33; set bmargin at screen 0.075\n"
    "unset logscale y; set yrange [* < -3.5 : 3.5 < *] noextend; set ytics 1; set format y '%g'\n"
    "set ylabel 'z, in standard errors'; set xlabel 'darts'; set format x '10^{%T}'\n"
    "plot '+' using 1:(-2):(2) @two, '+' using 1:(-1):(1) @one, 0 linecolor rgb grey, \\\n"
    "     $trace using 1:3 @run, $trace using 1:3 @end\n"
    "unset multiplot\n";

void draw_trace(plot *p, const mcpi_result *result)
{
    enum { least_last = 100 };
    const uint64_t begin_at = result->trace[0].darts;
    begin(p, result);
    write_data(p->script.file, result);
    fprintf(p->script.file, "points = %zu; begin = %" PRIu64 "; last = %.17g\n", result->trace_count,
            begin_at < 10 ? begin_at : 10, fmax((double)result->darts, least_last));
    fputs(panels, p->script.file);
}

/* ---- the files ---- */

static bool open_table(trace_files *c)
{
    if (!c->options->trace || output_open(&c->table, c->options->trace, 0))
        return true;
    complain("--trace %s: cannot be written: %s", c->options->trace, strerror(errno));
    return false;
}

bool trace_open(trace_files *c, const cli_options *options)
{
    *c = (trace_files){.options = options};
    if (!open_table(c))
        return false;
    if (!options->plot || plot_open(&c->picture, options->plot))
        return true;
    if (options->trace)
        output_discard(&c->table);
    return false;
}

static int finish_table(trace_files *c, const mcpi_result *result)
{
    if (!result) {
        output_discard(&c->table);
        return EXIT_DONE;
    }
    write_trace(c->table.file, result);
    if (result->trace_missing > 0)
        complain("--trace %s: %zu points are missing: the resumed darts were counted without a trace",
                 c->options->trace, result->trace_missing);
    if (output_commit(&c->table))
        return EXIT_DONE;
    complain_of_file("--trace", c->options->trace, errno);
    return EXIT_FAILED;
}

static int finish_picture(trace_files *c, const mcpi_result *result)
{
    if (result && result->trace_count > 0) {
        draw_trace(&c->picture, result);
        return plot_finish(&c->picture);
    }
    plot_discard(&c->picture);
    if (!result)
        return EXIT_DONE;
    complain("--plot %s: nothing to draw, because no darts were counted", c->options->plot);
    return EXIT_FAILED;
}

int trace_finish(trace_files *c, const mcpi_result *result)
{
    const int table = c->options->trace ? finish_table(c, result) : EXIT_DONE;
    const int picture = c->options->plot ? finish_picture(c, result) : EXIT_DONE;
    return table != EXIT_DONE ? table : picture;
}
