/*
 * The scaling that a sweep over 1, 2, 4 ... workers and GPUs shows, what it says about more workers, and the reports:
 * text, JSON (schema mcpi.scaling.v1), CSV and a picture.
 *
 * Nothing here looks at the machine: everything is a function of a sweep and a topology.
 */
#ifndef MCPI_CLI_BENCH_SCALING_H
#define MCPI_CLI_BENCH_SCALING_H

#include "cli/bench/sweep.h"
#include "cli/io/plot.h"
#include "stats/scaling_laws.h"

/* What each worker of a step has to itself. CPU workers are placed on physical cores first. */
typedef enum scaling_place {
    PLACE_CORES,
    PLACE_HYPERTHREADS, /* a hardware thread; some share a core */
    PLACE_SHARED,       /* less than that: there are more workers than CPUs */
    PLACE_GPU,
    PLACE_TOGETHER
} scaling_place;

typedef struct scaling_step {
    const sweep_row *row;
    scaling_place place;
    mcpi_spread seconds, setup_seconds; /* counting time and set-up time of a run */
    mcpi_spread rates;                  /* darts per second of counting time */
    mcpi_spread speedups;               /* rates over that of one worker in the same round */
    mcpi_spread gpu_speedups;           /* GPUs: rates over that of the first GPU in the same round; otherwise NaN */
} scaling_step;

/* What a kind of workers costs, compared with the same step and round of the first kind. */
typedef struct scaling_cost {
    mcpi_spread setup_seconds; /* more set-up time */
    mcpi_spread rates;         /* the rate, over that of the other */
} scaling_cost;

/* How much higher the rate of a step is than that of an earlier one, as a share of the latter. NULL steps if one of
   them was not measured. */
typedef struct scaling_gain {
    const scaling_step *from, *to;
    mcpi_spread gain;
} scaling_gain;

/* What the steps on cores of their own say about a serial fraction. */
typedef enum scaling_verdict {
    LAW_HOLDS,      /* it is above 0, and the law fits within the noise */
    LAW_NO_LOSS,    /* its interval holds 0, or lies below: there is no loss beyond the noise */
    LAW_MISFIT,     /* the law does not fit */
    LAW_FEW_ROUNDS, /* fewer than 6 rounds have no interval */
    LAW_FEW_STEPS   /* fewer than 3 steps: any two fit the law */
} scaling_verdict;

typedef struct scaling {
    const sweep *sweep;
    mcpi_topology topology;
    bool weak;
    mcpi_law law;         /* Amdahl's or, for weak scaling, Gustafson's */
    unsigned fitted;      /* steps whose workers have cores of their own */
    unsigned most_fitted; /* workers of the last of these steps */
    scaling_verdict verdict;
    mcpi_spread serial; /* serial fractions: the fits of the rounds; NaN for fewer than 3 steps */
    double misfit; /* greatest difference between the law's speed-ups and the measured ones, as a share of the latter */
    scaling_gain hyperthreads, shared;
    int count;           /* steps with the first kind of workers */
    int total;           /* the same steps again for each other kind */
    scaling_step *steps; /* on the heap: scaling_free */
} scaling;

/* Physical cores that workers can have to themselves, within affinity and quota. */
unsigned scaling_cores(const mcpi_topology *topology);

/* The worker count of the step after one with `workers`: the next power of two, or an earlier end of the cores, of the
   CPUs or `most`; 0 after `most`. */
unsigned scaling_step_after(const mcpi_topology *topology, unsigned most, unsigned workers);

scaling_place scaling_place_of(const mcpi_topology *topology, unsigned workers);

/* The expected rate of the workers as a multiple of one worker's: as many as there are cores for them. */
double scaling_expected_speedup(const mcpi_topology *topology, unsigned workers);

/* Summarise a finished sweep whose first row is one worker. *s keeps pointers to its rows. False, with a message,
   without memory. */
bool scaling_summarise(scaling *s, const sweep *sweep, const mcpi_topology *topology, bool weak);
void scaling_free(scaling *s);

/* The last step at a place, with the first kind of workers; NULL if there is none. */
const scaling_step *scaling_last_at(const scaling *s, scaling_place place);

/* NaN unless it is a step of CPU workers; the second one is also NaN unless they have cores of their own. */
double scaling_efficiency(const scaling_step *step);
double scaling_serial_fraction(const scaling *s, const scaling_step *step);

/* The speed-up over the first GPU, for each GPU. NaN unless it is a step of GPUs of one model. */
double scaling_gpu_efficiency(const scaling *s, const scaling_step *step);

/* NaN for steps with the first kind of workers. */
scaling_cost scaling_cost_of(const scaling *s, const scaling_step *step);

/* The workers for which there is a prediction: twice the measured ones on cores of their own. More would not be
   justified, see docs/scaling.md. */
unsigned scaling_predicted_workers(const scaling *s);

/* The speed-up that they have by the law. NaN unless the verdict is LAW_HOLDS. */
mcpi_spread scaling_prediction(const scaling *s);

/* With LAW_NO_LOSS: the serial fraction that the noise can hide at most, and the speed-up that twice the workers have
   at least. Otherwise NaN. */
double scaling_most_serial(const scaling *s);
double scaling_least_speedup(const scaling *s);

/* The name of a step in a table: "16", "gpu:0", "2 GPUs", "together". */
typedef struct scaling_name {
    char text[24];
} scaling_name;
scaling_name scaling_name_of(const scaling_step *step);

/* "cores", "hyperthreads", "oversubscribed", "gpu", "together" */
const char *scaling_place_name(scaling_place place);

/* Renderers: they take a scaling. */
void scaling_text(FILE *out, const void *report);
void scaling_json(FILE *out, const void *report);
void scaling_csv(FILE *out, const void *report);
void scaling_markdown(FILE *out, const void *report);

/* Write the whole script. The caller finishes the plot. */
void scaling_plot(plot *p, const scaling *s);

#endif
