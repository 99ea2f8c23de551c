/*
 * What a sweep over 1, 2, 4 ... workers says of how far more of them carry, and its reports: text for people, JSON
 * (schema mcpi.scaling.v1) and CSV for programs, a picture.
 *
 * Nothing here looks at the machine: all is a function of a sweep and of a topology.
 */
#ifndef MCPI_CLI_BENCH_SCALING_H
#define MCPI_CLI_BENCH_SCALING_H

#include "cli/bench/sweep.h"
#include "cli/io/plot.h"
#include "stats/scaling_laws.h"

/* What a step's workers have each to itself: CPU workers are placed on physical cores first. */
typedef enum scaling_place {
    PLACE_CORES,
    PLACE_HYPERTHREADS, /* a hardware thread; some share a core */
    PLACE_SHARED,       /* less: there are more workers than the process may use CPUs */
    PLACE_GPU,
    PLACE_TOGETHER
} scaling_place;

typedef struct scaling_step {
    const sweep_row *row;
    scaling_place place;
    mcpi_spread seconds, setup_seconds; /* of a run: counting; before it */
    mcpi_spread rates;                  /* darts a second of counting */
    mcpi_spread speedups;               /* rates over that of one worker in the same round */
} scaling_step;

/* How much more one step counts in a second than an earlier one, as a share of that. Without steps if there are no such
   two. */
typedef struct scaling_gain {
    const scaling_step *from, *to;
    mcpi_spread gain;
} scaling_gain;

typedef struct scaling {
    const sweep *sweep;
    mcpi_topology topology;
    bool weak;
    mcpi_law law;         /* Amdahl's or, for weak scaling, Gustafson's */
    unsigned fitted;      /* steps on cores of their own; the fit needs two */
    unsigned most_fitted; /* workers of the last of them */
    mcpi_interval serial; /* fraction: the median of a fit a round, 95 % */
    double misfit;        /* how far the law's speed-ups are from the measured ones at most, as a share of these */
    scaling_gain hyperthreads, shared;
    int count;
    scaling_step steps[sweep_most_rows];
} scaling;

/* Physical cores that workers can have to themselves, affinity and quota respected. */
unsigned scaling_cores(const mcpi_topology *topology);

/* The step after one of `workers`: the next power of two, or before it where cores or CPUs end or `most` is; 0 after
   `most`. */
unsigned scaling_step_after(const mcpi_topology *topology, unsigned most, unsigned workers);

scaling_place scaling_place_of(const mcpi_topology *topology, unsigned workers);

/* The workers' speed in darts a second, in units of that of one worker, as one plans with it: as many as have cores. */
double scaling_expected_speedup(const mcpi_topology *topology, unsigned workers);

/* Of a sweep that is over; its first row is one worker. Rows stay where they are. */
void scaling_summarise(scaling *s, const sweep *sweep, const mcpi_topology *topology, bool weak);

/* NaN unless it is a step of CPU workers; the second one also unless they have cores of their own. */
double scaling_efficiency(const scaling_step *step);
double scaling_serial_fraction(const scaling *s, const scaling_step *step);

/* A worker count beyond what was measured: so many times those on cores of their own. */
enum { scaling_prediction_count = 3 };
extern const unsigned scaling_factors[scaling_prediction_count];

/* What a step is called in a table: "16", "gpu:0", "together". */
typedef struct scaling_name {
    char text[24];
} scaling_name;
scaling_name scaling_name_of(const scaling_step *step);

/* "cores", "hyperthreads", "oversubscribed", "gpu", "together" */
const char *scaling_place_name(scaling_place place);

void scaling_text(FILE *out, const scaling *s);
void scaling_json(FILE *out, const scaling *s);
void scaling_csv(FILE *out, const scaling *s);

/* The whole script; whoever opened the plot finishes it. */
void scaling_plot(plot *p, const scaling *s);

#endif
