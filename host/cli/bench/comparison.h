/*
 * What `mcpi compare` finds out: the rates of a sweep, and what they mean to a user: which device is how much faster,
 * how long a result takes from the start, and from how many darts on a GPU pays; which share of its bound a kernel
 * reaches, and what a dart costs in energy. The reports: text, Markdown, JSON (schema mcpi.compare.v1), CSV, a picture.
 */
#ifndef MCPI_CLI_BENCH_COMPARISON_H
#define MCPI_CLI_BENCH_COMPARISON_H

#include "cli/bench/sweep.h"
#include "cli/io/plot.h"
#include "core/backend.h"
#include "sensors/energy.h"
#include "stats/break_even.h"

enum { comparison_most_times = 16 };

/* The time from start to result for some darts, over a few runs. */
typedef struct start_time {
    uint64_t darts;
    mcpi_spread seconds;
} start_time;

/* The energy of one run. */
typedef struct comparison_energy {
    mcpi_energy energy; /* NaN if it is unknown */
    double seconds;     /* of the interval */
    uint64_t darts;     /* counted in it */
    char absence[200];  /* why it is unknown; may be empty */
} comparison_energy;

typedef struct comparison_row {
    const sweep_row *row;
    mcpi_spread rates;           /* darts per second of counting time */
    mcpi_spread vs_core, vs_cpu; /* rates over those of one core and of all CPU workers in the same round */
    size_t time_count;
    start_time times[comparison_most_times]; /* ascending; the first is for so few darts that it is the set-up */
    mcpi_course course;                      /* NaN if no start was timed */
    mcpi_bound bound;
    comparison_energy energy;
} comparison_row;

/* `fast` has its result earlier than `slow` from this number of darts on. */
typedef struct break_even {
    const comparison_row *fast, *slow;
    bool known;   /* the interval of their ratio leaves out 1 */
    double darts; /* 0: for any number; infinity: for none */
} break_even;

typedef struct comparison {
    sweep *sweep;
    const comparison_row *one_core, *all_cores, *all_gpus; /* all_gpus: NULL if there are fewer than two */
    const comparison_row *lead;                            /* the fastest GPUs or, without any, all cores */
    uint64_t goal;                                         /* darts of the time that the table shows */
    bool machine_has_hyperthreads;                         /* workers are not physical cores */
    size_t row_count, break_even_count;
    break_even break_evens[3];
    comparison_row rows[sweep_most_rows];
} comparison;

/* A time from start to result for `darts` darts: measured if that number was timed, otherwise from set-up and rate. */
double comparison_seconds(const comparison_row *r, uint64_t darts, bool *measured);

/* The row of the fastest GPU alone; NULL if there is none. */
const comparison_row *comparison_fastest_gpu(const comparison *c);

/* The rate as a share of the bound; NaN if that is unknown. */
double comparison_share(const comparison_row *r);

/* Renderers: they take a comparison. */
void comparison_text(FILE *out, const void *report);
void comparison_markdown(FILE *out, const void *report);
void comparison_json(FILE *out, const void *report);
void comparison_csv(FILE *out, const void *report);

/* One line without newline: "gpu:0 is 212 +- 3 times as fast as all 16 cores, 2100 +- 20 times one core; all counts
   agree". */
void comparison_headline(char *text, size_t size, const comparison *c);

/* Its beginning: "gpu:0 is 212 +- 3 times as fast as all 16 cores". */
void comparison_title(char *text, size_t size, const comparison *c);

/* "all 16 cores", "gpu:0", "all 8 GPUs", and with several kernels in the comparison "one core (avx2)": in a sentence.
 */
typedef struct row_name {
    char text[64];
} row_name;
row_name comparison_name(const comparison *c, const comparison_row *r);

/* The kernel that tells a row from others, if --kernel lists several; otherwise empty. */
const char *comparison_kernel(const comparison *c, const comparison_row *r);

/* The same without the kernel. */
row_name comparison_devices(const comparison *c, const comparison_row *r);

/* Write the whole script. The caller finishes the plot. False without memory. */
bool comparison_plot(plot *p, const comparison *c);

#endif
