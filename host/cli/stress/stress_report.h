/*
 * Reports of a stress test: a line of progress, a table at the end, JSON (schema mcpi.stress.v1), and metrics for
 * Prometheus.
 */
#ifndef MCPI_CLI_STRESS_STRESS_REPORT_H
#define MCPI_CLI_STRESS_STRESS_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "cli/args/expect.h"
#include "cli/io/origin.h"
#include "mcpi/stress.h"

/* The state of a test beyond its report. */
typedef struct stress_state {
    bool running;                /* the test is running */
    bool judged;                 /* there is a verdict: from the first fault or failure on, or at the end */
    mcpi_status status;          /* if there is a verdict, how the test ended or will end */
    int exit_code;               /* the exit code for `status` */
    uint64_t judged_seconds;     /* time of the verdict, in seconds since 1970 */
    const char *error;           /* why the test could not begin; NULL if it did */
    const expectation *expected; /* --expect */
    const inventory *found;      /* the devices that `expected` is compared with */
    run_origin origin;           /* with its end time once the test is over */
} stress_state;

/* "OK", "INTERRUPTED", or mcpi_status_name of another status. */
const char *stress_status_name(mcpi_status status);

/* Measures rates between two readings of a test. */
typedef struct meter {
    double seconds;  /* time of the last reading */
    size_t count;    /* number of devices */
    uint64_t *darts; /* darts of each device at the last reading */
    double *rates;   /* darts per second between the last two readings */
} meter;

/* Start a meter for `count` devices; false if out of memory. */
bool meter_start(meter *m, size_t count);
void meter_free(meter *m);

/* Take a reading. If the last one is less than a second ago, and not the first, the rates stay unchanged. */
void meter_read(meter *m, const mcpi_stress_report *report);

/* One line without its newline, at most `width` columns: time, all rates, faults, each GPU, the cores together. */
void stress_line(char *line, size_t width, const mcpi_stress_report *report, const double *rates);

/* Print the table of all devices, their errors, and the verdict. */
void stress_summary(FILE *out, const mcpi_stress_report *report);

/* Print one object on one line. A test that could not start has an empty report; `rates` is then not used. */
void stress_json(FILE *out, const mcpi_stress_report *report, const double *rates, const stress_state *state);

/* Print Prometheus' text format; the same applies. */
void stress_metrics(FILE *out, const mcpi_stress_report *report, const double *rates, const stress_state *state);

/* All faults of a device, of any kind. */
uint64_t stress_faults(const mcpi_stress_row *row);

/* Its darts per second over the whole time. */
double stress_average(const mcpi_stress_report *report, const mcpi_stress_row *row);

#endif
