#include "cli/bench/compare_plot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/io/three_digits.h"

/* Of a text of 11 points; capital letters need the width. */
static const double character_pixels = 8.4, text_pixels = 15.0;

static size_t longer(size_t length, const char *text, size_t most)
{
    const size_t other = strnlen(text, most);
    return other > length ? other : length;
}

/* ---- bars ---- */

enum { most_in_label = 26, most_in_ratio = 20, bars_foot = 60 };

/* The axis of rates, in units of `unit` darts per second. */
typedef struct rate_axis {
    plot_range range;
    bool is_logarithmic;
    double unit;
} rate_axis;

static compare_bar with_known_ends(compare_bar bar)
{
    bar.low = isfinite(bar.low) ? bar.low : bar.rate;
    bar.high = isfinite(bar.high) ? bar.high : bar.rate;
    return bar;
}

static rate_axis axis_of(const compare_bar *bars, size_t count)
{
    const double most_ratio = 20.0, room = 1.05;
    plot_range rates = {INFINITY, 0.0}, ends = {INFINITY, 0.0};
    for (size_t i = 0; i < count; i++) {
        const compare_bar bar = with_known_ends(bars[i]);
        plot_extend(&rates, bar.rate);
        plot_extend(&ends, bar.low);
        plot_extend(&ends, bar.high);
    }
    if (!isfinite(rates.low))
        return (rate_axis){.range = {0.0, 1.0}, .unit = 1.0};
    if (rates.high > most_ratio * rates.low)
        return (rate_axis){{plot_decade_below(ends.low / room), room * ends.high}, true, 1.0};
    return (rate_axis){{0.0, room * ends.high}, false, pow(1000.0, floor(log10(ends.high) / 3.0))};
}

/* Columns: rate, position, low, high, the begin of the bar, its lower and its upper edge. */
static void write_bars(FILE *script, const compare_bar *bars, size_t count, const rate_axis *axis)
{
    const double half_width = 0.36, unit = axis->unit;
    fputs("$bars << END\n", script);
    for (size_t i = 0; i < count; i++) {
        const compare_bar bar = with_known_ends(bars[i]);
        const double y = (double)(count - 1 - i);
        fprintf(script, "%.6g %g %.6g %.6g %.6g %g %g\n", bar.rate / unit, y, bar.low / unit, bar.high / unit,
                axis->range.low / unit, y - half_width, y + half_width);
    }
    fputs("END\n", script);
}

/* Labels to the left of the bars and ratios to the right, for one row in `every`. */
static void write_texts(FILE *script, const compare_bar *bars, size_t count, size_t every)
{
    fputs("set ytics scale 0 (", script);
    for (size_t i = 0; i < count; i += every) {
        fputs(i > 0 ? ", " : "", script);
        plot_short_string(script, bars[i].label, most_in_label);
        fprintf(script, " %zu", count - 1 - i);
    }
    fputs(") noenhanced\n", script);
    for (size_t i = 0; i < count; i += every) {
        fputs("set label ", script);
        plot_short_string(script, bars[i].ratio, most_in_ratio);
        fprintf(script, " at graph 1, first %zu offset 1 left noenhanced\n", count - 1 - i);
    }
}

static void write_margins(FILE *script, const compare_bar *bars, size_t count, unsigned bottom)
{
    const double gap = 24.0;
    size_t label = 0, ratio = 0;
    for (size_t i = 0; i < count; i++) {
        label = longer(label, bars[i].label, most_in_label);
        ratio = longer(ratio, bars[i].ratio, most_in_ratio);
    }
    fprintf(script, "set lmargin at screen %.4f\nset rmargin at screen %.4f\nset bmargin at screen from_bottom(%u)\n",
            (gap + character_pixels * (double)label) / plot_width,
            1.0 - (gap + character_pixels * (double)ratio) / plot_width, bottom + bars_foot);
}

static void write_rate_axis(FILE *script, const rate_axis *axis)
{
    plot_set_range(script, 'x', (plot_range){axis->range.low / axis->unit, axis->range.high / axis->unit});
    if (axis->is_logarithmic)
        fputs("set logscale x\nset format x '10^{%T}'\nset xlabel 'darts per second (logarithmic axis)'\n", script);
    else
        fprintf(script, "set xlabel '10^{%.0f} darts per second'\n", log10(axis->unit));
}

static double row_height(size_t count)
{
    const double most_pixels = 1200.0, row_most = 26.0;
    return fmin(row_most, most_pixels / (double)count);
}

/* Of the panel in pixels, without the heading. */
static unsigned bars_height(size_t count)
{
    return (unsigned)ceil(row_height(count) * (double)count) + bars_foot;
}

/* `bottom`: of the panel, in pixels from that of the picture. */
static void plot_bars(FILE *script, const compare_bar *bars, size_t count, unsigned bottom)
{
    const double slim = 10.0;
    const double row = row_height(count);
    const rate_axis axis = axis_of(bars, count);
    write_bars(script, bars, count, &axis);
    write_margins(script, bars, count, bottom);
    write_texts(script, bars, count, (size_t)ceil(text_pixels / row));
    write_rate_axis(script, &axis);
    plot_set_range(script, 'y', (plot_range){-0.5, (double)count - 0.5});
    fprintf(script,
            "set grid noytics\nset tics nomirror\nunset key\nset errorbars %s\n"
            "plot $bars using 1:2:5:1:6:7 with boxxyerror linecolor rgb sky fillstyle solid noborder, \\\n"
            "  $bars using 1:2:3:4 with xerrorbars pointtype 7 pointsize 0.4 linewidth 1.5 linecolor rgb 'black'\n",
            row < slim ? "0" : "small");
}

/* ---- times ---- */

enum { times_pixels = 386, times_foot = 66, times_gap = 24, points_a_decade = 10, most_in_name = 20 };

static const struct look {
    const char *colour;
    int shape;
} looks[] = {{"blue", 7}, {"vermilion", 5}, {"green", 13}, {"purple", 9}, {"orange", 11}, {"'black'", 15}};

static const struct look *look_of(size_t line)
{
    return &looks[line % (sizeof looks / sizeof *looks)];
}

/* The margins, in pixels from the left. */
static const double times_left = 104.0, times_right = 600.0;

static double most_timed(const compare_line *line, double least)
{
    double most = least;
    for (size_t i = 0; i < line->time_count; i++)
        most = fmax(most, line->times[i].darts);
    return most;
}

static compare_time with_known_range(compare_time time)
{
    time.low = isfinite(time.low) ? time.low : time.seconds;
    time.high = isfinite(time.high) ? time.high : time.seconds;
    return time;
}

/* Whole decades. */
static plot_range range_of_darts(const compare_line *lines, size_t count, const compare_crossing *crossings,
                                 size_t crossing_count)
{
    const double usual_end = 1e13;
    plot_range darts = {1e3, usual_end};
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < lines[i].time_count; k++)
            plot_extend(&darts, lines[i].times[k].darts);
    for (size_t i = 0; i < crossing_count; i++)
        plot_extend(&darts, crossings[i].darts);
    return (plot_range){plot_decade_below(darts.low),
                        darts.high > usual_end ? 10.0 * plot_decade_below(darts.high) : usual_end};
}

/* Whole decades. Below the lowest line there is room for a line of text for each crossing. */
static plot_range range_of_seconds(const compare_line *lines, size_t count, plot_range darts, size_t crossing_count)
{
    const double texts_a_decade = 3.0, frame = 1.3; /* no line lies on it */
    plot_range seconds = {INFINITY, 0.0};
    for (size_t i = 0; i < count; i++) {
        plot_extend(&seconds, mcpi_course_seconds(&lines[i].course, darts.low));
        plot_extend(&seconds, mcpi_course_seconds(&lines[i].course, darts.high));
        for (size_t k = 0; k < lines[i].time_count; k++) {
            plot_extend(&seconds, with_known_range(lines[i].times[k]).low);
            plot_extend(&seconds, with_known_range(lines[i].times[k]).high);
        }
    }
    const double room = ceil((double)crossing_count / texts_a_decade);
    return (plot_range){plot_decade_below(seconds.low / frame) / pow(10.0, room),
                        10.0 * plot_decade_below(seconds.high)};
}

/* The line from one number of darts to another. */
static void write_curve(FILE *script, const char *name, size_t number, const compare_line *line, plot_range darts)
{
    const int steps = 1 + (int)ceil(points_a_decade * log10(darts.high / darts.low));
    fprintf(script, "$%s%zu << END\n", name, number);
    for (int i = 0; i <= steps; i++) {
        const double at = i == steps ? darts.high : darts.low * pow(darts.high / darts.low, (double)i / steps);
        fprintf(script, "%.6g %.6g\n", at, mcpi_course_seconds(&line->course, at));
    }
    fputs("END\n", script);
}

static void write_line(FILE *script, size_t number, const compare_line *line, plot_range darts)
{
    const double measured = most_timed(line, darts.low);
    write_curve(script, "measured", number, line, (plot_range){darts.low, measured});
    write_curve(script, "extrapolated", number, line, (plot_range){measured, darts.high});
    fprintf(script, "$times%zu << END\n", number);
    for (size_t i = 0; i < line->time_count; i++) {
        const compare_time time = with_known_range(line->times[i]);
        fprintf(script, "%.6g %.6g %.6g %.6g\n", time.darts, time.seconds, time.low, time.high);
    }
    fputs("END\n", script);
}

/* "1 ms", "10 s" */
static void write_time_tics(FILE *script, plot_range seconds)
{
    const char *separator = "";
    fputs("set ytics (", script);
    for (long decade = lround(log10(seconds.low)); decade <= lround(log10(seconds.high)); decade++) {
        const double at = pow(10.0, (double)decade);
        if (at < 0.9e-3)
            fprintf(script, "%s'%g us' %g", separator, 1e6 * at, at);
        else if (at < 0.9)
            fprintf(script, "%s'%g ms' %g", separator, 1e3 * at, at);
        else
            fprintf(script, "%s'%.0f s' %g", separator, at, at);
        separator = ", ";
    }
    fputs(") noenhanced\n", script);
}

/* ---- names of lines and crossings ---- */

/* A line, and the height of its name above the plot's bottom in pixels. */
typedef struct line_name {
    size_t line;
    double height;
} line_name;

static int from_top(const void *a, const void *b)
{
    const double first = ((const line_name *)a)->height, second = ((const line_name *)b)->height;
    return (first < second) - (first > second);
}

/* Names are beside the ends of their lines, and moved apart where they would overlap. */
static void place_names(line_name *names, size_t count)
{
    const double distance = fmin(17.0, (double)times_pixels / (double)count);
    qsort(names, count, sizeof *names, from_top);
    for (size_t i = 1; i < count; i++)
        names[i].height = fmin(names[i].height, names[i - 1].height - distance);
    for (size_t i = count; i-- > 0;)
        names[i].height = fmax(names[i].height, distance * (double)(count - 1 - i));
}

static double share_of(plot_range range, double value)
{
    return log(value / range.low) / log(range.high / range.low);
}

static void write_names(FILE *script, const compare_line *lines, size_t count, double darts, plot_range seconds)
{
    line_name *const names = count > 0 ? calloc(count, sizeof *names) : NULL;
    if (!names)
        return;
    for (size_t i = 0; i < count; i++)
        names[i] = (line_name){i, times_pixels * share_of(seconds, mcpi_course_seconds(&lines[i].course, darts))};
    place_names(names, count);
    for (size_t i = 0; i < count; i++) {
        const struct look *const look = look_of(names[i].line);
        fputs("set label ", script);
        plot_short_string(script, lines[names[i].line].name, most_in_name);
        fprintf(
            script,
            " at graph 1.025, screen from_bottom(%.0f) left offset 1 point pointtype %d pointsize 1.2 linecolor rgb %s "
            "noenhanced\n",
            times_foot + names[i].height, look->shape, look->colour);
    }
    free(names);
}

/* The texts stand one above another at the bottom, each on the side of its crossing that has room. */
static void write_crossings(FILE *script, const compare_crossing *crossings, size_t count, plot_range darts)
{
    enum { most_in_text = 50 };
    const double width = times_right - times_left, line = 18.0;
    for (size_t i = 0; i < count; i++) {
        const double length = character_pixels * (double)(2 + strnlen(crossings[i].text, most_in_text));
        const bool fits = width * share_of(darts, crossings[i].darts) + length < width;
        fprintf(script,
                "set arrow from first %.6g, graph 0 to first %.6g, first %.6g nohead dashtype 3 linecolor rgb grey\n"
                "set label ",
                crossings[i].darts, crossings[i].darts, crossings[i].seconds);
        plot_short_string(script, crossings[i].text, most_in_text);
        fprintf(script, " at first %.6g, screen from_bottom(%.0f) %s offset %d noenhanced\n", crossings[i].darts,
                times_foot + line * ((double)(count - i) - 0.4), fits ? "left" : "right", fits ? 1 : -1);
    }
    fputs("$crossings << END\n", script);
    for (size_t i = 0; i < count; i++)
        fprintf(script, "%.6g %.6g\n", crossings[i].darts, crossings[i].seconds);
    fputs("END\n", script);
}

static void write_times_plot(FILE *script, const compare_line *lines, size_t count, size_t crossing_count)
{
    fputs("plot keyentry with lines linewidth 2 linecolor rgb 'black' title 'up to the most darts measured', "
          "keyentry with lines dashtype 2 linewidth 2 linecolor rgb 'black' title 'extrapolated by the rate'",
          script);
    for (size_t i = 0; i < count; i++) {
        const struct look *const look = look_of(i);
        fprintf(script,
                ", \\\n  $extrapolated%zu using 1:2 with lines dashtype 2 linewidth 2 linecolor rgb %s notitle, "
                "$measured%zu using 1:2 with lines linewidth 2 linecolor rgb %s notitle",
                i, look->colour, i, look->colour);
        if (lines[i].time_count > 0)
            fprintf(
                script,
                ", \\\n  $times%zu using 1:2:3:4 with yerrorbars pointtype %d pointsize 1.2 linewidth 1.5 linecolor "
                "rgb %s notitle",
                i, look->shape, look->colour);
    }
    if (crossing_count > 0)
        fputs(", \\\n  $crossings using 1:2 with points pointtype 6 pointsize 2.2 linewidth 2 linecolor rgb 'black' "
              "notitle",
              script);
    fputc('\n', script);
}

static void plot_times(FILE *script, const compare_chart *c)
{
    const plot_range darts = range_of_darts(c->lines, c->line_count, c->crossings, c->crossing_count);
    const plot_range seconds = range_of_seconds(c->lines, c->line_count, darts, c->crossing_count);
    for (size_t i = 0; i < c->line_count; i++)
        write_line(script, i, &c->lines[i], darts);
    fprintf(script,
            "set lmargin at screen %.4f\nset rmargin at screen %.4f\nset bmargin at screen from_bottom(%d)\n"
            "set tmargin at screen from_bottom(%d)\nset logscale x\nset logscale y\nset format x '10^{%%T}'\n"
            "unset mxtics\nset grid ytics\nset tics nomirror\nset ytics scale 1\n"
            "set xlabel 'darts'\nset ylabel 'time from start to result' offset 2\n"
            "set key top left reverse Left samplen 3\n",
            times_left / plot_width, times_right / plot_width, times_foot, times_foot + times_pixels);
    plot_set_range(script, 'x', darts);
    plot_set_range(script, 'y', seconds);
    write_time_tics(script, seconds);
    write_names(script, c->lines, c->line_count, darts.high, seconds);
    write_crossings(script, c->crossings, c->crossing_count, darts);
    write_times_plot(script, c->lines, c->line_count, c->crossing_count);
}

void compare_plot(plot *p, const plot_heading *heading, const compare_chart *chart)
{
    const unsigned times = chart->line_count > 0 ? times_foot + times_pixels + times_gap : 0;
    FILE *const script = plot_begin(p, plot_heading_height + bars_height(chart->bar_count) + times, heading);
    if (times > 0)
        fputs("set multiplot\n", script);
    plot_bars(script, chart->bars, chart->bar_count, times);
    if (times > 0) {
        fputs("unset label\nunset logscale\nset ytics autofreq\n", script);
        plot_times(script, chart);
        fputs("unset multiplot\n", script);
    }
}
