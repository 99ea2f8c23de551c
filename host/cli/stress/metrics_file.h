/* The file that --metrics names. */
#ifndef MCPI_CLI_STRESS_METRICS_FILE_H
#define MCPI_CLI_STRESS_METRICS_FILE_H

#include "cli/stress/stress_report.h"

/* Replace the file, as a whole. On failure false, with errno set, and the old file is as it was. */
bool metrics_write(const char *name, const mcpi_stress_report *report, const double *rates, const stress_state *state);

#endif
