#include "cli/run/trace.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "cli/args/file_conflicts.h"
#include "cli/io/complain.h"
#include "cli/io/csv.h"
#include "cli/io/exit_process.h"
#include "cli/io/three_digits.h"
#include "cli/run/run_report.h"

/* ---- the table ---- */

void write_trace(FILE *out, const mcpi_result *result)
{
    csv_writer w = {.out = out};
    fputs("darts,hits,pi,std_error,z\n", out);
    for (size_t i = 0; i < result->trace_count; i++) {
        const mcpi_point *point = &result->trace[i];
        const mcpi_estimate estimate = mcpi_estimate_from(point->darts, point->hits);
        csv_integer(&w, point->darts);
        csv_integer(&w, point->hits);
        csv_number(&w, estimate.pi);
        csv_number(&w, estimate.std_error);
        csv_number(&w, estimate.z);
        csv_end_row(&w);
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

static void write_estimate(char *text, size_t size, const mcpi_result *result)
{
    const mcpi_estimate *const e = &result->estimate;
    const int decimals = decimals_of(e);
    if (has_std_error(result))
        snprintf(text, size, "%.*f +- %.*f", decimals, e->pi, decimals, e->std_error);
    else
        snprintf(text, size, "%.*f (95 %%: %.*f to %.*f)", decimals, e->pi, decimals, e->ci95[0], decimals, e->ci95[1]);
}

static void begin(plot *p, const mcpi_result *result, const warning_list *warnings)
{
    char estimate[80];
    char title[160];
    char details[200];
    char machine[1000] = "";
    char count[3][32];
    write_estimate(estimate, sizeof estimate, result);
    snprintf(title, sizeof title, "estimate %s after %s dart%s%s", estimate, readable_count(count[0], result->darts),
             plural(result->darts), result->complete ? "" : " (stopped early)");
    snprintf(details, sizeof details, "%s hit%s; seed %" PRIu64 ", stream %" PRIu64 ", from dart %s",
             readable_count(count[1], result->hits), plural(result->hits), result->seed, result->stream,
             readable_count(count[2], result->first));
    name_machine(machine, sizeof machine, result);
    plot_begin(p, height, &(plot_heading){title, details, machine, warnings});
}

/* What is drawn of a point. An error of 0 has no place on a logarithmic axis. */
typedef struct drawn_point {
    double estimate, error, z;
} drawn_point;

static drawn_point drawn_point_of(const mcpi_point *point)
{
    const double least_error = 1e-16;
    const mcpi_estimate estimate = mcpi_estimate_from(point->darts, point->hits);
    return (drawn_point){estimate.pi, fmax(fabs(estimate.pi - M_PI), least_error), estimate.z};
}

/* The ranges of the axes. They contain every point. */
typedef struct ranges {
    plot_range darts, estimate, error, z;
} ranges;

/* The standard error of an estimate from this number of darts. */
static double sigma(double darts)
{
    return sqrt(M_PI * (4.0 - M_PI) / darts);
}

static ranges ranges_of(const mcpi_result *result)
{
    const double least_last = 100.0, first = (double)result->trace[0].darts, last = (double)result->darts;
    ranges r = {{fmin(first, 10.0), fmax(last, least_last)}, {2.0, 4.2}, {INFINITY, 2.0}, {-3.5, 3.5}};
    r.error.low = plot_decade_below(sigma(r.darts.high)) / 10.0;
    for (size_t i = 0; i < result->trace_count; i++) {
        const drawn_point point = drawn_point_of(&result->trace[i]);
        plot_extend(&r.estimate, point.estimate - 0.1);
        plot_extend(&r.estimate, point.estimate + 0.1);
        plot_extend(&r.error, plot_decade_below(point.error));
        plot_extend(&r.error, 1.25 * point.error);
        plot_extend(&r.z, point.z - 0.25);
        plot_extend(&r.z, point.z + 0.25);
    }
    return r;
}

static void write_data(FILE *script, const mcpi_result *result)
{
    fputs("# darts, estimate of pi, its distance from pi, the same in standard errors\n$trace << EOD\n", script);
    for (size_t i = 0; i < result->trace_count; i++) {
        const drawn_point point = drawn_point_of(&result->trace[i]);
        fprintf(script, "%" PRIu64 " %.15f %.6g %.6f\n", result->trace[i].darts, point.estimate, point.error, point.z);
    }
    fputs("EOD\n", script);
}

/* Three panels over the same axis, one below the other; the heading is above the first. */
static const char all_panels[] =
    "sigma(darts) = sqrt(pi * (4 - pi) / darts)\n"
    "two = \"with filledcurves linecolor rgb '#E6EFF7'\"; one = \"with filledcurves linecolor rgb '#C6DCEE'\"\n"
    "run = 'with lines linewidth 2 linecolor rgb vermilion'\n"
    "end = 'every ::points - 1 with points pointtype 7 pointsize 0.8 linecolor rgb vermilion notitle'\n"
    "truth = \"linecolor rgb 'black' dashtype 2\"\n"
    "set samples 61; set logscale x; set format x ''; set lmargin at screen 0.12; set rmargin at screen 0.97\n"
    "set key top right; set tics nomirror; unset mxtics; set multiplot\n";

static const char estimate_panel[] =
    "set bmargin at screen from_bottom(614); set ytics 0.5; set format y '%.1f'; set ylabel 'estimate of pi'\n"
    "plot '+' using 1:(pi - 2 * sigma($1)):(pi + 2 * sigma($1)) @two title 'within two standard errors', \\\n"
    "     '+' using 1:(pi - sigma($1)):(pi + sigma($1)) @one title 'within one standard error', \\\n"
    "     pi @truth title 'pi = 3.14159265...', $trace using 1:2 @run title 'this run', $trace using 1:2 @end\n"
    "unset label; unset key\n";

static const char error_panel[] =
    "set tmargin at screen from_bottom(590); set bmargin at screen from_bottom(341)\n"
    "set logscale y; set ytics auto; unset mytics; set format y '10^{%T}'; set ylabel '| estimate - pi |'\n"
    "plot '+' using 1:(error_floor):(2 * sigma($1)) @two, '+' using 1:(error_floor):(sigma($1)) @one, \\\n"
    "     $trace using 1:3 @run, $trace using 1:3 @end\n"
    "unset logscale y\n";

static const char z_panel[] = "set tmargin at screen from_bottom(317); set bmargin at screen from_bottom(72)\n"
                              "set format y '%g'\n"
                              "set ylabel 'z, in standard errors'; set xlabel 'darts'; set format x '10^{%T}'\n"
                              "plot '+' using 1:(-2):(2) @two, '+' using 1:(-1):(1) @one, 0 @truth, \\\n"
                              "     $trace using 1:4 @run, $trace using 1:4 @end\n"
                              "unset multiplot\n";

void draw_trace(plot *p, const mcpi_result *result, const warning_list *warnings)
{
    const double most_tics_of_1 = 14.0;
    const ranges ranges = ranges_of(result);
    FILE *const script = p->script.file;
    begin(p, result, warnings);
    write_data(script, result);
    fprintf(script, "points = %zu; error_floor = %.17g\n", result->trace_count, ranges.error.low);
    fputs(all_panels, script);
    plot_set_range(script, 'x', ranges.darts);
    plot_set_range(script, 'y', ranges.estimate);
    fputs(estimate_panel, script);
    plot_set_range(script, 'y', ranges.error);
    fputs(error_panel, script);
    plot_set_range(script, 'y', ranges.z);
    fprintf(script, "set ytics %s\n", ranges.z.high - ranges.z.low < most_tics_of_1 ? "1" : "autofreq");
    fputs(z_panel, script);
}

/* ---- the files ---- */

static bool open_table(trace_files *c)
{
    if (!c->options->trace || output_open(&c->table, c->options->trace, 0))
        return true;
    complain_of_file("--trace", c->options->trace, errno);
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

static int finish_picture(trace_files *c, const mcpi_result *result, const warning_list *warnings)
{
    if (result && result->trace_count > 0) {
        draw_trace(&c->picture, result, warnings);
        return plot_finish(&c->picture);
    }
    plot_discard(&c->picture);
    if (!result)
        return EXIT_DONE;
    complain("--plot %s: nothing to draw, because no darts were counted", c->options->plot);
    return EXIT_FAILED;
}

int trace_finish(trace_files *c, const mcpi_result *result, const warning_list *warnings)
{
    const int table = c->options->trace ? finish_table(c, result) : EXIT_DONE;
    const int picture = c->options->plot ? finish_picture(c, result, warnings) : EXIT_DONE;
    return table != EXIT_DONE ? table : picture;
}
