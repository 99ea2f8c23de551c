/* How a test stands, and how it ended. */
#ifndef MCPI_STRESS_SNAPSHOT_H
#define MCPI_STRESS_SNAPSHOT_H

#include "stress/test_state.h"

/* A report with room for all testers, or NULL without memory. */
mcpi_stress_report *mcpi_report_make(const test *t);

/* Write into it how the test stands. With the lock held. */
void mcpi_snapshot(const test *t, mcpi_stress_report *report);

/* How the test ended, by its last report. */
mcpi_status mcpi_stress_outcome(const mcpi_stress_report *report, mcpi_error *error);

#endif
