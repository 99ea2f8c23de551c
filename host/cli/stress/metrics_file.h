/* The file that --metrics names. */
#ifndef MCPI_CLI_STRESS_METRICS_FILE_H
#define MCPI_CLI_STRESS_METRICS_FILE_H

#include "cli/stress/stress_report.h"

/* Replace the file atomically. On failure returns false, sets errno and leaves the old file unchanged. */
bool metrics_write(const char *name, const mcpi_stress_report *report, const double *rates, const stress_state *state);

#endif
