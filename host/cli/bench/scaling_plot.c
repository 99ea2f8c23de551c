/*
 * Two panels over the same axis of workers. The upper one shows the speed-up, with both axes logarithmic: the ideal is
 * a straight line, and one worker is as legible as a thousand. The lower one shows the efficiency, which makes the loss
 * visible; that of GPUs is over the first GPU. Steps on cores, on hyperthreads, on neither and on GPUs differ in colour
 * and shape. Whatever was measured lies within the axes.
 */
#include <math.h>

#include "cli/bench/scaling.h"
#include "cli/io/three_digits.h"
#include "cli/run/run_report.h"

enum { height = 680, speedup_pixels = 316, points_of_law = 100 };

static const double left_margin = 0.11, right_margin = 0.98;

/* The axis of workers begins a little before 1 and ends half a doubling after the last step. */
static const double axis_begin = 0.8, axis_behind = 1.5;

/* Between the middles of two names under that axis, the first of which is a number, or that of GPUs. */
static const double number_pixels = 30.0, gpus_pixels = 45.0;

static const struct look {
    const char *title, *colour;
    int shape;
} looks[] = {
    [PLACE_CORES] = {"measured, on cores of their own", "blue", 7},
    [PLACE_HYPERTHREADS] = {"measured, on hyperthreads", "vermilion", 5},
    [PLACE_SHARED] = {"measured, more workers than CPUs", "purple", 9},
    [PLACE_GPU] = {"GPUs", "green", 13},
    [PLACE_TOGETHER] = {"all together", "orange", 11},
};

enum { place_count = sizeof looks / sizeof *looks };

static const scaling_step *last_cpu_step(const scaling *s)
{
    int i = s->count - 1;
    while (s->steps[i].row->kind != SWEEP_CPU)
        i--;
    return &s->steps[i];
}

/* Whether the efficiency of GPUs is drawn. */
static bool any_gpu_efficiency(const scaling *s)
{
    return s->sweep->gpu_count > 1 && !sweep_other_model(s->sweep, s->sweep->gpu_count);
}

static bool has_efficiency(const scaling *s, const scaling_step *step)
{
    return step->row->kind == SWEEP_CPU || (step->place == PLACE_GPU && any_gpu_efficiency(s));
}

/* The position of a step on that axis: GPUs are to the right of all workers, one doubling apart; then all together. */
static double place_on_axis(const scaling *s, const scaling_step *step)
{
    const sweep_row *const row = step->row;
    if (row->kind == SWEEP_CPU)
        return row->workers;
    return 2.0 * last_cpu_step(s)->row->workers * row->gpus * (row->kind == SWEEP_TOGETHER ? 2.0 : 1.0);
}

static bool any_at(const scaling *s, scaling_place place)
{
    return scaling_last_at(s, place) != NULL;
}

/* ---- data ---- */

/* A measured value, and the ends of its bar. */
typedef struct bar {
    double value, low, high;
} bar;

/* The 95 % interval or, in few rounds, the lowest and the highest. */
static bar bar_of(const mcpi_spread *spread, double scale)
{
    const bool known = isfinite(spread->low);
    return (bar){scale * spread->median, scale * (known ? spread->low : spread->lowest),
                 scale * (known ? spread->high : spread->highest)};
}

static bar speedup_of(const scaling_step *step)
{
    return bar_of(&step->speedups, 1.0);
}

/* In %; NaN if it has none. */
static bar efficiency_of(const scaling *s, const scaling_step *step)
{
    const mcpi_spread *const gain = step->place == PLACE_GPU ? &step->gpu_speedups : &step->speedups;
    const double percent = has_efficiency(s, step) ? 100.0 / step->row->workers : NAN;
    return bar_of(gain, percent);
}

/* Columns: position on the axis, speed-up, efficiency, each as value, low and high. */
static void write_step(FILE *script, const scaling *s, const scaling_step *step)
{
    const bar speedup = speedup_of(step), efficiency = efficiency_of(s, step);
    fprintf(script, "%g %.6g %.6g %.6g %.6g %.6g %.6g\n", place_on_axis(s, step), speedup.value, speedup.low,
            speedup.high, efficiency.value, efficiency.low, efficiency.high);
}

static void write_steps(FILE *script, const scaling *s, scaling_place place)
{
    fprintf(script, "$steps%d << END\n", (int)place);
    for (int i = 0; i < s->count; i++)
        if (s->steps[i].place == place)
            write_step(script, s, &s->steps[i]);
    fputs("END\n", script);
}

/* Those with the second kind of workers. */
static void write_repeated(FILE *script, const scaling *s)
{
    fputs("$repeated << END\n", script);
    for (int i = s->count; i < s->total; i++)
        write_step(script, s, &s->steps[i]);
    fputs("END\n", script);
}

/* Columns: workers, the law's speed-up (median, low, high), the same as an efficiency in %. Without an interval the
   band is a line. */
static void write_law(FILE *script, const scaling *s)
{
    const double most = last_cpu_step(s)->row->workers;
    fputs("$law << END\n", script);
    for (int i = 0; i <= points_of_law; i++) {
        const double workers = exp2(log2(most) * i / points_of_law);
        const mcpi_spread law = mcpi_law_spread(s->law, &s->serial, workers);
        const double low = isfinite(law.low) ? law.low : law.median;
        const double high = isfinite(law.high) ? law.high : law.median;
        const double percent = 100.0 / workers;
        fprintf(script, "%.6g %.6g %.6g %.6g %.6g %.6g %.6g\n", workers, law.median, low, high, percent * law.median,
                percent * low, percent * high);
    }
    fputs("END\n", script);
}

/* The speed-up over one worker if each GPU were as fast as the first. */
static double ideal_of_gpus(const scaling_step *step)
{
    return step->row->gpus * step->speedups.median / step->gpu_speedups.median;
}

/* The same columns, up to the efficiency's first: of the workers and, after a gap, of GPUs of one model. */
static void write_ideal(FILE *script, const scaling *s)
{
    const unsigned most = last_cpu_step(s)->row->workers;
    fprintf(script, "$ideal << END\n1 1 1 1 100\n%u %u %u %u 100\n", most, most, most, most);
    for (int i = 0; any_gpu_efficiency(s) && i < s->count; i++) {
        const scaling_step *const step = &s->steps[i];
        const double speedup = ideal_of_gpus(step);
        if (step->place == PLACE_GPU)
            fprintf(script, "%s%g %.6g %.6g %.6g 100\n", step->row->gpus == 1 ? "\n" : "", place_on_axis(s, step),
                    speedup, speedup, speedup);
    }
    fputs("END\n", script);
}

/* ---- axes ---- */

/* The name of GPUs takes two lines, so that nine fit. */
static void write_name(FILE *script, const scaling_step *step, double pixels)
{
    if (step->place == PLACE_GPU && step->row->gpus > 1)
        fprintf(script, "\"%u%s\"", step->row->gpus, pixels < gpus_pixels ? "" : "\\nGPUs");
    else if (step->place == PLACE_GPU)
        fprintf(script, "\"GPU\\n%d\"", step->row->device.index);
    else
        plot_string(script, step->place == PLACE_TOGETHER ? "all" : scaling_name_of(step).text);
}

static double end_of_axis(const scaling *s)
{
    return axis_behind * place_on_axis(s, &s->steps[s->count - 1]);
}

/* From the last step to the first, because a name that would touch the next one is left out. The upper of two panels
   leaves all names to the lower one. */
static void write_tics(FILE *script, const scaling *s, bool named)
{
    const double doubling = plot_width * (right_margin - left_margin) / log2(end_of_axis(s) / axis_begin);
    double next = INFINITY;
    fputs("set xtics (", script);
    for (int i = s->count - 1; i >= 0; i--) {
        const double place = place_on_axis(s, &s->steps[i]);
        const double pixels = doubling * log2(next / place);
        if (named && pixels >= number_pixels) {
            write_name(script, &s->steps[i], pixels);
            next = place;
        } else {
            fputs("''", script);
        }
        fprintf(script, " %g%s", place, i > 0 ? ", " : ") noenhanced\n");
    }
}

/* Shade a part of the axis, and label it where the panel is empty. */
static void write_region(FILE *script, double begin, double end, const char *shade, const char *name)
{
    fprintf(script,
            "set object rectangle from first %g, graph 0 to first %g, graph 1 fillcolor rgb '%s' fillstyle solid "
            "noborder behind\n"
            "set label \"%s\" at first %g, graph %g center textcolor rgb grey\n",
            begin, end, shade, name, sqrt(begin * end), 0.11);
}

/* Beyond the cores, and beyond the CPUs. */
static void write_regions(FILE *script, const scaling *s)
{
    const double last = 1.3 * last_cpu_step(s)->row->workers;
    const double cpus_end = any_at(s, PLACE_SHARED) ? s->topology.workers + 0.5 : last;
    if (any_at(s, PLACE_HYPERTHREADS))
        write_region(script, s->topology.cores + 0.5, cpus_end, "#F4EFE6", "hyper-\\nthreads");
    if (any_at(s, PLACE_SHARED))
        write_region(script, cpus_end, last, "#E8E8E8", "over-\\nsubscribed");
}

/* ---- what is drawn ---- */

static void write_title_of_law(FILE *script, const scaling *s)
{
    char title[120];
    snprintf(title, sizeof title, "%s, serial %.2f %% (95 %%: %.2f to %.2f %%)", s->weak ? "Gustafson" : "Amdahl",
             100.0 * s->serial.median, 100.0 * s->serial.low, 100.0 * s->serial.high);
    fputs(" title ", script);
    plot_string(script, title);
    fputs(" noenhanced", script);
}

static const char *title_of(const scaling *s, int place)
{
    if (place != PLACE_GPU || s->sweep->gpu_count < 2)
        return looks[place].title;
    return any_gpu_efficiency(s) ? "GPUs; efficiency over the first GPU" : "GPUs of different models";
}

/* `column` is the first of three in the data: 2 for the speed-up, 5 for the efficiency. */
static void write_plot(FILE *script, const scaling *s, int column)
{
    fputs("plot ", script);
    if (s->verdict == LAW_HOLDS) {
        fprintf(script,
                "$law using 1:%d:%d with filledcurves linecolor rgb sky fillstyle transparent solid 0.35 notitle, \\\n"
                "  $law using 1:%d with lines linecolor rgb sky linewidth 2",
                column + 1, column + 2, column);
        write_title_of_law(script, s);
        fputs(", \\\n  ", script);
    }
    fprintf(script, "$ideal using 1:%d with lines linecolor rgb grey dashtype 2 linewidth 1.5 title 'ideal'", column);
    for (int place = 0; place < place_count; place++)
        if (any_at(s, (scaling_place)place) &&
            (column == 2 || place <= PLACE_SHARED || (place == PLACE_GPU && any_gpu_efficiency(s))))
            fprintf(script,
                    ", \\\n  $steps%d using 1:%d:%d:%d with yerrorbars pointtype %d pointsize 1.3 linewidth 1.5 "
                    "linecolor rgb %s title '%s'",
                    place, column, column + 1, column + 2, looks[place].shape, looks[place].colour, title_of(s, place));
    if (s->total > s->count)
        fprintf(script,
                ", \\\n  $repeated using 1:%d:%d:%d with yerrorbars pointtype 2 pointsize 1.3 linewidth 1.5 "
                "linecolor rgb 'black' title 'the same, workers in %s'",
                column, column + 1, column + 2, sweep_kind_name(s->steps[s->count].row->worker_kind));
    fputc('\n', script);
}

/* ---- the panels ---- */

static int keys_of(const scaling *s)
{
    int count = 1 + isfinite(s->serial.median) + (s->total > s->count);
    for (int place = 0; place < place_count; place++)
        count += any_at(s, (scaling_place)place);
    return count;
}

/* The end of a logarithmic axis at which `value` is below the key, in the panel's upper left corner. */
static double end_above_key(const scaling *s, double low, double value)
{
    const double line_pixels = 17.0, margin_pixels = 14.0;
    const double below_key = 1.0 - (keys_of(s) * line_pixels + margin_pixels) / speedup_pixels;
    return low * pow(value / low, 1.0 / below_key);
}

static bool is_under_key(const scaling *s, const scaling_step *step)
{
    const double share_of_width = 0.6;
    return log(place_on_axis(s, step) / axis_begin) < share_of_width * log(end_of_axis(s) / axis_begin);
}

/* The axis contains every bar and the ideal. It ends half a doubling above a tic, so that the number of the tic fits,
   or where no bar touches the key. */
static void write_range_of_speedups(FILE *script, const scaling *s)
{
    const double least_number = 0.03;
    plot_range range = {1.0, last_cpu_step(s)->row->workers};
    for (int i = 0; i < s->total; i++) {
        plot_extend(&range, speedup_of(&s->steps[i]).low);
        plot_extend(&range, speedup_of(&s->steps[i]).high);
        plot_extend(&range, ideal_of_gpus(&s->steps[i]));
    }
    range.low *= 0.7;
    range.high = 1.4 * exp2(ceil(log2(range.high)));
    for (int i = 0; i < s->total; i++)
        if (is_under_key(s, &s->steps[i]))
            plot_extend(&range, end_above_key(s, range.low, speedup_of(&s->steps[i]).high));
    plot_set_range(script, 'y', range);
    fprintf(script, "set format y '%s'\n", range.low < least_number ? "2^{%L}" : "% h");
}

/* From 0 to a little more than the ideal, or than the highest bar. */
static void write_range_of_efficiencies(FILE *script, const scaling *s)
{
    const double most_tics_of_20 = 160.0;
    double highest = 110.0;
    for (int i = 0; i < s->total; i++)
        highest = fmax(highest, efficiency_of(s, &s->steps[i]).high);
    fprintf(script, "set yrange [0:%.6g]\nset ytics %s\n", 1.05 * highest,
            highest < most_tics_of_20 ? "20" : "autofreq");
}

static void write_speedup(FILE *script, const scaling *s)
{
    fputs("set bmargin at screen from_bottom(272)\nset logscale y 2\nset ylabel 'speed-up over one worker' offset 0.5\n"
          "set key top left reverse Left samplen 2\n",
          script);
    write_range_of_speedups(script, s);
    write_tics(script, s, false);
    write_regions(script, s);
    write_plot(script, s, 2);
    fputs("set tmargin at screen from_bottom(258)\nunset logscale y\nset format y '% h'\nunset key\nunset label\n",
          script);
}

static void write_efficiency(FILE *script, const scaling *s)
{
    fputs("set bmargin at screen from_bottom(70)\nset ylabel 'efficiency (%)' offset 0.5\n"
          "set xlabel 'workers' noenhanced offset 0,-0.6\n",
          script);
    write_range_of_efficiencies(script, s);
    write_tics(script, s, true);
    write_plot(script, s, 5);
}

static void begin(plot *p, const scaling *s)
{
    enum { size = 200 };
    const scaling_step *const last = last_cpu_step(s);
    const mcpi_device *const cpu = &last->row->device;
    const int rounds = s->sweep->rounds_done;
    char title[size], details[size], machine[size], speedup[16], darts[32];
    if (last->row->workers > 1)
        snprintf(title, size, "%s scaling: %u workers are %s times as fast as one", s->weak ? "Weak" : "Strong",
                 last->row->workers, three_digits(speedup, last->speedups.median));
    else
        snprintf(title, size, "%s scaling of one worker", s->weak ? "Weak" : "Strong");
    snprintf(details, size, "%s dart%s%s; %s%d round%s%s", readable_count(darts, s->sweep->darts),
             plural(s->sweep->darts), s->weak ? " a worker" : " in all", rounds > 1 ? "medians of " : "", rounds,
             plural((uint64_t)rounds),
             isfinite(s->steps[0].seconds.low) ? " with 95 % intervals"
             : rounds > 1                      ? ", bars from lowest to highest"
                                               : "");
    snprintf(machine, size, "%s, kernel %s, cores: %u, threads: %u", cpu->name, cpu->kernel, s->topology.cores,
             s->topology.threads);
    plot_begin(p, height, &(plot_heading){title, details, machine, &s->sweep->warnings});
}

void scaling_plot(plot *p, const scaling *s)
{
    FILE *const script = p->script.file;
    begin(p, s);
    for (int place = 0; place < place_count; place++)
        if (any_at(s, (scaling_place)place))
            write_steps(script, s, (scaling_place)place);
    if (s->total > s->count)
        write_repeated(script, s);
    if (s->verdict == LAW_HOLDS)
        write_law(script, s);
    write_ideal(script, s);
    fprintf(script,
            "set multiplot\nset lmargin at screen %g\nset rmargin at screen %g\nset xtics scale 0.5\n"
            "set logscale x 2\nset xrange [%g:%g]\n",
            left_margin, right_margin, axis_begin, end_of_axis(s));
    write_speedup(script, s);
    write_efficiency(script, s);
    fputs("unset multiplot\n", script);
}
