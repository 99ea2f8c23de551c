/*
 * One stress test of this machine, for the command or for one node of a job.
 */
#ifndef MCPI_CLI_STRESS_STRESS_TEST_H
#define MCPI_CLI_STRESS_STRESS_TEST_H

#include "cli/args/options.h"
#include "cli/stress/stress_report.h"

/* Receives the reports of a test, in place of standard output and of the signals of this process. */
typedef struct stress_observer {
    void *user;
    /* Called about ten times a second, and once with a state that is not running. */
    void (*watch)(void *user, const mcpi_stress_report *report, const stress_state *state);
    /* Fits mcpi_options.stop. */
    int (*stop)(void *user);
} stress_observer;

/* Run the test, and write the metrics and, unless `files` is NULL, the files. `observer` may be NULL. Returns the exit
   code. */
int stress_test(const cli_options *options, const report_files *files, const stress_observer *observer);

/* Whether a line is written every interval. */
bool stress_has_lines(const cli_options *options);

#endif
