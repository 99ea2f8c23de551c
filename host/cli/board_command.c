/*
 * mcpi board: print or draw single darts and whether they hit, as mcpi/dart.h defines it.
 */
#include <inttypes.h>
#include <math.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/io/complain.h"
#include "cli/io/exit_process.h"
#include "cli/io/interrupt.h"
#include "cli/io/plot.h"
#include "cli/io/three_digits.h"
#include "mcpi/dart.h"

/* More points would overlap, and the file would take seconds to open. */
static const uint64_t most_drawn = 100000;

typedef struct board_dart {
    double x, y; /* in radii of the disc: [-1, 1) */
    bool hits;
} board_dart;

static board_dart throw_dart(const mcpi_options *run, uint64_t number)
{
    static const double radius = 2147483648.0;
    int32_t x, y;
    uint8_t hit;
    mcpi_list_darts(run->seed, run->stream, number, 1, &x, &y, &hit, NULL);
    return (board_dart){x / radius, y / radius, hit != 0};
}

/* ---- as a table ---- */

static int print_table(FILE *out, const mcpi_options *run)
{
    fputs("dart,x,y,hit\n", out);
    for (uint64_t i = run->first; i < run->first + run->darts; i++) {
        if (interrupt_requested(NULL))
            return EXIT_INTERRUPTED;
        const board_dart dart = throw_dart(run, i);
        /* Ten digits distinguish any two darts. */
        if (fprintf(out, "%" PRIu64 ",%.10f,%.10f,%d\n", i, dart.x, dart.y, dart.hits) < 0)
            break; /* the caller reports the error */
    }
    return EXIT_DONE;
}

/* ---- as a picture ---- */

static uint64_t count_hits(const mcpi_options *run)
{
    uint64_t hits = 0;
    for (uint64_t i = 0; i < run->darts; i++)
        hits += mcpi_dart(run->seed, run->stream, run->first + i);
    return hits;
}

/* Hits and misses differ in colour and in shape. */
static const struct {
    const char *name, *style, *size;
} kinds[] = {{"miss", "points pointtype 2 linecolor rgb vermilion", "1.4 * point_size"},
             {"hit", "points pointtype 7 linecolor rgb blue", "point_size"}};

static void write_darts(FILE *script, const mcpi_options *run, bool hits)
{
    fprintf(script, "$%s << EOD\n", kinds[hits].name);
    for (uint64_t i = 0; i < run->darts; i++) {
        const board_dart dart = throw_dart(run, run->first + i);
        if (dart.hits == hits)
            fprintf(script, "%.4f %.4f\n", dart.x, dart.y);
    }
    fputs("EOD\n", script);
}

/* `counts`: misses, hits. Gnuplot warns about data without points, so an empty kind is not plotted. */
static void write_plot(FILE *script, const uint64_t *counts)
{
    fprintf(script, "point_size = %.2f\nplot ", fmin(fmax(25.0 / sqrt((double)(counts[0] + counts[1])), 0.15), 1.5));
    for (int kind = 1; kind >= 0; kind--)
        fprintf(script, "keyentry with %s title '%s: %" PRIu64 "'%s", kinds[kind].style, kinds[kind].name, counts[kind],
                kind == 1 ? ", " : "");
    for (int kind = 1; kind >= 0; kind--)
        if (counts[kind] > 0)
            fprintf(script, ", \\\n     $%s with %s pointsize %s notitle", kinds[kind].name, kinds[kind].style,
                    kinds[kind].size);
    fputc('\n', script);
}

static void draw(plot *p, const mcpi_options *run, uint64_t hits)
{
    enum { height = 880 };
    char title[120];
    char details[200];
    mcpi_device machine = {0};
    mcpi_list_devices(&machine, 1);
    snprintf(title, sizeof title, "%" PRIu64 " of %" PRIu64 " dart%s hit: pi is about %.3f", hits, run->darts,
             plural(run->darts), mcpi_estimate_from(run->darts, hits).pi);
    snprintf(details, sizeof details, "seed %" PRIu64 ", stream %" PRIu64 ", from dart %" PRIu64, run->seed,
             run->stream, run->first);
    FILE *const script = plot_begin(p, height, &(plot_heading){title, details, machine.name, NULL});
    write_darts(script, run, true);
    write_darts(script, run, false);
    fputs(
        "set size ratio -1; unset grid\n"
        "set xrange [-1:1]; set yrange [-1:1]; set xtics 0.5; set ytics 0.5\n"
        "set xlabel 'x, in radii of the disc'; set ylabel 'y, in radii of the disc'\n"
        "set object circle at 0,0 size 1 behind fillcolor rgb '#EDF3F8' fillstyle solid border linecolor rgb 'black'\n"
        "set bmargin at screen 0.11; set key at screen 0.5, screen 0.02 center bottom horizontal reverse Left samplen "
        "1 width 4\n",
        script);
    write_plot(script, (const uint64_t[]){run->darts - hits, hits});
}

static int draw_picture(const cli_options *options)
{
    const mcpi_options *const run = &options->run;
    plot p;
    if (run->darts == 0 || run->darts > most_drawn) {
        complain("--samples %" PRIu64 ": a picture shows 1 to %" PRIu64 " darts; without --plot, they are printed",
                 run->darts, most_drawn);
        return EXIT_USAGE;
    }
    if (!plot_open(&p, options->plot))
        return EXIT_USAGE;
    draw(&p, run, count_hits(run));
    return plot_finish(&p);
}

static bool would_flood_terminal(const cli_options *options)
{
    return !options->output && !options->plot && !is_given(options, "samples") && isatty(STDOUT_FILENO);
}

static int command_board(const cli_options *options, FILE *out)
{
    const mcpi_options *const run = &options->run;
    if (run->first > MCPI_DART_END - run->darts) {
        complain("--first %" PRIu64 " --samples %" PRIu64 ": darts are numbered below 2^63 = 9223372036854775808",
                 run->first, run->darts);
        return EXIT_USAGE;
    }
    if (would_flood_terminal(options)) {
        complain("board prints a line for each of %" PRIu64
                 " darts: write them to a file (-o FILE or > FILE), draw them "
                 "(--plot FILE.svg), or say how many to print (-n N)",
                 run->darts);
        return EXIT_USAGE;
    }
    const int drawn = options->plot ? draw_picture(options) : EXIT_DONE;
    const bool is_table_wanted = options->output || !options->plot;
    return drawn == EXIT_DONE && is_table_wanted ? print_table(out, run) : drawn;
}

const cli_command board_command = {
    .name = "board",
    .summary = "print (CSV) or draw the darts themselves, hits and misses",
    .print = command_board,
    .darts = 4000, /* the most that are legible in a picture */
    .options = {{&option_samples, "number of darts  [4000]"},
                {&option_first, NULL},
                {&option_seed, NULL},
                {&option_stream, NULL},
                {&option_plot, "draw the darts (.svg or .png) instead"},
                {&option_quiet, NULL}},
    .examples = {{"board -n 1000 --plot board.svg", "a picture"}, {"board -n 1e6 -o darts.csv", "a table"}},
};
