/*
 * Pictures: --plot FILE.svg or FILE.png, drawn by gnuplot, which is looked for at run time.
 *
 * Whoever draws writes a gnuplot script with its data in it, as datablocks. The script names no file: it is read from
 * standard input and the picture comes out on standard output. Where there is no gnuplot, or it fails, the script is
 * kept beside the picture's name, with .gnuplot for its ending, and can be drawn elsewhere.
 *
 *     plot p;
 *     if (!plot_open(&p, "board.svg"))
 *         return EXIT_USAGE;
 *     FILE *script = plot_begin(&p, 560, &(plot_heading){...});
 *     fputs("plot sin(x) lc rgb blue\n", script);
 *     return plot_finish(&p);
 *
 * Each of the two files is written whole or not at all.
 */
#ifndef MCPI_CLI_IO_PLOT_H
#define MCPI_CLI_IO_PLOT_H

#include "cli/io/output.h"

typedef struct plot {
    output picture;
    output script;
    char script_name[PATH_MAX];
    const char *terminal; /* gnuplot's word for the picture's format */
    char date[16];        /* ", 2026-11-22" */
} plot;

/* What stands above a picture, on three lines. Any text will do: it is quoted, and cut where it is too long. */
typedef struct plot_heading {
    const char *title;
    const char *details;
    const char *machine; /* what counted; the date is put behind it */
} plot_heading;

/* Whether a picture can have this name: it ends with .svg or .png. */
bool plot_takes_name(const char *name);

/*
 * The name of the script that stands for the picture `name`, which plot_takes_name. `script_name` has PATH_MAX bytes.
 * False if it is too long.
 */
bool plot_name_script(const char *name, char *script_name);

/*
 * Open both files, before anything is counted; `name`, which plot_takes_name, must stay. False, with nothing left open
 * and a complaint, if one cannot be written or SOURCE_DATE_EPOCH (seconds since 1970), which gives the date where it is
 * set, is no such number.
 */
bool plot_open(plot *p, const char *name);

/*
 * Begin the script of a picture 800 wide and `height` high, and return where to write the rest of it. What is there:
 * the heading, above which plots must stay (their top margin is set); a grid; and the Okabe-Ito colours as the
 * variables blue, orange, green, vermilion, sky, purple, yellow, and grey for what is not data. (Okabe and Ito, "Color
 * universal design", 2008: told apart by readers who are colour-blind.)
 */
FILE *plot_begin(plot *p, unsigned height, const plot_heading *heading);

/*
 * Write text as a string of gnuplot's, in single quotes, in which it substitutes nothing. What is not printable ASCII
 * becomes question marks: gnuplot would take it as the locale says. Where it stands "noenhanced" must stand, too: else
 * _ ^ @ & ~ { } and \ are markup.
 */
void plot_string(FILE *script, const char *text);

/* Have it drawn. Returns the program's exit code: DONE also without gnuplot, FAILED with a complaint. */
int plot_finish(plot *p);

/* There is nothing to draw: drop both files. */
void plot_discard(plot *p);

#endif
