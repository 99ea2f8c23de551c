/*
 * Pictures of a comparison: the rates of its rows as bars, and the time from start to result against the number of
 * darts.
 *
 * The caller opens and finishes the plot. Everything that is given lies within the axes. Texts are shortened if they
 * are too long.
 */
#ifndef MCPI_CLI_BENCH_COMPARE_PLOT_H
#define MCPI_CLI_BENCH_COMPARE_PLOT_H

#include "cli/io/plot.h"
#include "stats/break_even.h"

/* One row. The rate is in darts per second and positive, or NaN if it is unknown; low and high are the ends of its
   spread or interval, and NaN if there is none. */
typedef struct compare_bar {
    const char *label;
    double rate, low, high;
    const char *ratio; /* a text beside the bar, such as "212 (209-215)" */
} compare_bar;

/* A measured time from start to result in seconds, with the ends of its spread or interval, or NaN. */
typedef struct compare_time {
    double darts, seconds, low, high;
} compare_time;

/* A set of devices with its course, whose members are positive. The line is solid up to the most darts that were timed,
   and dashed beyond, where it is extrapolated. */
typedef struct compare_line {
    const char *name;
    mcpi_course course;
    const compare_time *times; /* in any order */
    size_t time_count;
} compare_line;

/* Where one line begins to be below another. */
typedef struct compare_crossing {
    double darts, seconds;
    const char *text; /* such as "the GPU pays from 3.1e9 darts" */
} compare_crossing;

typedef struct compare_chart {
    const compare_bar *bars;
    size_t bar_count; /* at least 1 */
    const compare_line *lines;
    size_t line_count; /* 0: the picture has bars only */
    const compare_crossing *crossings;
    size_t crossing_count;
} compare_chart;

/*
 * The upper panel has horizontal bars, the first at the top. Its axis is logarithmic if the highest rate is more than
 * 20 times the lowest, and otherwise begins at 0. Above 46 rows, the rows become narrower; above 80, not every row has
 * its texts. Both axes of the lower panel are logarithmic. That of darts reaches from 10^3 to 10^13, and farther if
 * something lies there. Each line is named at its end. Six lines differ in colour and shape; more repeat them.
 */
void compare_plot(plot *p, const plot_heading *heading, const compare_chart *chart);

#endif
