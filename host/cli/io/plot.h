/*
 * Pictures: --plot FILE.svg or FILE.png, drawn by gnuplot, which is searched for at run time.
 *
 * The caller writes a gnuplot script that contains its data as datablocks. The script names no file: gnuplot reads it
 * from standard input and writes the picture to standard output. Without gnuplot, or if gnuplot fails, the script is
 * kept under the picture's name with the ending .gnuplot, and can be drawn on another machine.
 *
 *     plot p;
 *     if (!plot_open(&p, "board.svg"))
 *         return EXIT_USAGE;
 *     FILE *script = plot_begin(&p, 560, &(plot_heading){...});
 *     fputs("plot sin(x) lc rgb blue\n", script);
 *     return plot_finish(&p);
 *
 * Each of the two files is written atomically.
 */
#ifndef MCPI_CLI_IO_PLOT_H
#define MCPI_CLI_IO_PLOT_H

#include "cli/io/output.h"
#include "cli/io/warnings.h"

typedef struct plot {
    output picture;
    output script;
    char script_name[PATH_MAX];
    const char *terminal; /* gnuplot's name of the picture's format */
    char date[16];        /* ", 2026-11-22" */
} plot;

/* The lines above a picture. Any text is allowed: it is quoted, and shortened if it is too long. */
typedef struct plot_heading {
    const char *title;
    const char *details;
    const char *machine;          /* the devices that counted; the date is appended */
    const warning_list *warnings; /* of the numbers drawn: a line each for the first two; NULL: none */
} plot_heading;

/* Of a picture in pixels: its width, and the height of the heading without warnings. */
enum { plot_width = 800, plot_heading_height = 92 };

/* ".svg", ".png"; NULL ends the list. */
extern const char *const plot_endings[];

/* Whether a picture can have this name: it ends in .svg or .png, in upper or lower case. */
bool plot_takes_name(const char *name);

/*
 * The name of the script that is kept if the picture `name` cannot be drawn. `name` must satisfy plot_takes_name, and
 * `script_name` must have PATH_MAX bytes. False if the name is too long.
 */
bool plot_name_script(const char *name, char *script_name);

/*
 * Open both files before anything is counted. `name` must satisfy plot_takes_name and stay valid. False, after a
 * message and with nothing left open, if a file cannot be written, or if SOURCE_DATE_EPOCH, which replaces the current
 * date, is not a number of seconds since 1970.
 */
bool plot_open(plot *p, const char *name);

/*
 * Begin the script of a picture 800 pixels wide, and return the stream for the rest of it. It defines
 *
 * - the heading, which plots must not overlap: their top margin is set;
 * - from_bottom(pixels), the "screen" coordinate of a height in pixels. Warnings make the picture higher than `height`
 *   pixels, but move nothing that is placed by from_bottom;
 * - a grid, and the Okabe-Ito colours as the variables blue, orange, green, vermilion, sky, purple, yellow, and grey
 *   for what is not data. (Okabe and Ito, "Color universal design", 2008: colour-blind readers can distinguish these
 *   colours.)
 */
FILE *plot_begin(plot *p, unsigned height, const plot_heading *heading);

/*
 * Write text as a gnuplot string in single quotes, in which gnuplot substitutes nothing. Characters that are not
 * printable ASCII become question marks, because gnuplot would interpret them by the locale. Use it with "noenhanced":
 * otherwise _ ^ @ & ~ { } and \ are markup.
 */
void plot_string(FILE *script, const char *text);

/* The same, but at most `most` characters: a longer text is shortened and ends with dots. */
void plot_short_string(FILE *script, const char *text, size_t most);

/* What an axis shows. */
typedef struct plot_range {
    double low, high;
} plot_range;

/* Make the range contain `value`; NaN and infinities are ignored. */
void plot_extend(plot_range *range, double value);

/* Write "set xrange" or, for axis 'y', "set yrange", with all digits. */
void plot_set_range(FILE *script, char axis, plot_range range);

/* The power of ten at or below a positive value. */
double plot_decade_below(double value);

/* Draw the picture. Returns the program's exit code: DONE also without gnuplot, FAILED after a message. */
int plot_finish(plot *p);

/* Discard both files, if there is nothing to draw. */
void plot_discard(plot *p);

#endif
