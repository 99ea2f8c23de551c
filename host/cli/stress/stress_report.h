/*
 * How a stress test stands: a line for people, a table at the end, JSON for programs (schema mcpi.stress.v1), and
 * metrics for Prometheus.
 */
#ifndef MCPI_CLI_STRESS_STRESS_REPORT_H
#define MCPI_CLI_STRESS_STRESS_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "cli/args/expect.h"
#include "cli/io/origin.h"
#include "mcpi/stress.h"

/* What a report does not say of a test. */
typedef struct stress_state {
    bool running;                /* the test goes on */
    bool judged;                 /* there is a verdict: at the end, and from the first fault or failure on */
    mcpi_status status;          /* if there is a verdict, how the test ended or will end */
    int exit_code;               /* the same as an exit code */
    uint64_t judged_seconds;     /* and when that was known, in seconds since 1970 */
    const char *error;           /* why the test could not begin; NULL if it did */
    const expectation *expected; /* --expect */
    const inventory *found;      /* what it is compared with */
    run_origin origin;           /* ended when the test is over */
} stress_state;

/* "OK", "INTERRUPTED", or mcpi_status_name of another status. */
const char *stress_status_name(mcpi_status status);

/* Rates over the time between two looks at a test. */
typedef struct meter {
    double seconds;  /* of the last look */
    size_t count;    /* of devices */
    uint64_t *darts; /* of each device, by then */
    double *rates;   /* darts a second between the last two looks */
} meter;

/* For that many devices; false without memory. */
bool meter_start(meter *m, size_t count);
void meter_free(meter *m);

/* Look; but if the last look is less than a second ago, and not the first, the rates stay as they are. */
void meter_read(meter *m, const mcpi_stress_report *report);

/* One line without its newline, at most `width` columns: time, all rates, faults, each GPU, the cores together. */
void stress_line(char *line, size_t width, const mcpi_stress_report *report, const double *rates);

/* The table of all devices, what is wrong with which, and the verdict. */
void stress_summary(FILE *out, const mcpi_stress_report *report);

/* One object on one line. A test that could not begin has an empty report; `rates` is not looked at then. */
void stress_json(FILE *out, const mcpi_stress_report *report, const double *rates, const stress_state *state);

/* In Prometheus' text format; the same holds. */
void stress_metrics(FILE *out, const mcpi_stress_report *report, const double *rates, const stress_state *state);

/* All faults of a device, of any kind. */
uint64_t stress_faults(const mcpi_stress_row *row);

/* Its darts over the whole time. */
double stress_average(const mcpi_stress_report *report, const mcpi_stress_row *row);

#endif
