/* The present state of a test, and its outcome. */
#ifndef MCPI_STRESS_SNAPSHOT_H
#define MCPI_STRESS_SNAPSHOT_H

#include "stress/test_state.h"

/* A report with room for all testers; NULL if out of memory. */
mcpi_stress_report *mcpi_report_make(const test *t);

/* Write the present state of the test to `report`. With the lock held. */
void mcpi_snapshot(const test *t, mcpi_stress_report *report);

/* The outcome of a test, from its last report. */
mcpi_status mcpi_stress_outcome(const mcpi_stress_report *report, mcpi_error *error);

#endif
